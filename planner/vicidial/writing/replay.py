"""What steps make of settings, without a database."""

from __future__ import annotations

from collections.abc import Sequence

from planner.vicidial.settings import Settings, TrunkRow
from planner.vicidial.writing.steps import TRUNKS, Step


def replayed(settings: Settings, steps: Sequence[Step]) -> Settings:
    """The settings after some steps, read out of their statements."""
    rows = list(settings.trunk_rows)
    agents = {row.remote_agent_id: row for row in settings.remote_agents}
    campaigns = {item.campaign_id: item for item in settings.campaigns}
    for step in steps:
        text, values = step.do.text, step.do.values
        if text.startswith(f"INSERT INTO {TRUNKS}"):
            rows.append(_row(values[:4]))
        elif text.startswith(f"DELETE FROM {TRUNKS}"):
            rows.remove(_row(values))
        elif text.startswith(f"UPDATE {TRUNKS}"):
            place = rows.index(_row(values[2:]))
            rows[place] = _row((*values[2:4], *values[:2]))
        elif text.startswith("UPDATE vicidial_remote_agents"):
            key = int(values[2])
            changed = {"number_of_lines": int(values[0]), "status": str(values[1])}
            agents[key] = agents[key].model_copy(update=changed)
        else:
            columns = ("dial_method", "available_only_ratio_tally", "auto_dial_level")
            name = str(values[3])
            changed_to = dict(zip(columns, values[:3], strict=True))
            campaigns[name] = campaigns[name].model_copy(update=changed_to)
    fields = settings.model_dump(exclude={"trunk_rows", "remote_agents", "campaigns"})
    return Settings(
        **fields,
        trunk_rows=tuple(rows),
        remote_agents=tuple(agents.values()),
        campaigns=tuple(campaigns.values()),
    )


def _row(cells: Sequence[str | int]) -> TrunkRow:
    ip, campaign, trunks, restriction = cells
    return TrunkRow(
        server_ip=str(ip),
        campaign_id=str(campaign),
        dedicated_trunks=int(trunks),
        trunk_restriction=str(restriction),
    )
