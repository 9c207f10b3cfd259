"""Rows of a drawn fleet: dialers, campaigns, limits, locks."""

from dataclasses import dataclass, field
from random import Random

Row = dict[str, str]
Tables = dict[str, list[Row]]


@dataclass(frozen=True)
class Size:
    """Upper ends of what is drawn; all draws of a kind keep within them."""

    dialers: int = 3
    campaigns: int = 3
    ports: int = 8
    agent_lines: int = 4


ONLY_WITH_AGENTS = ("max_abandon_rate", "min_agent_lines")  # no broadcast has these

SMALL = Size(dialers=2, campaigns=2, ports=4, agent_lines=3)  # for enumeration plan by plan


@dataclass
class Draft:
    """Tables under construction, and the source of chance."""

    chance: Random
    size: Size
    tables: Tables = field(default_factory=dict)

    def some(self, share: float) -> bool:
        """True with probability `share`."""
        return self.chance.random() < share

    def add(self, table: str, **values: object) -> None:
        """Append a row; None is a blank."""
        row = {key: _text(value) for key, value in values.items() if value is not None}
        self.tables.setdefault(table, []).append(row)


def draw_dialers(
    draft: Draft, groups: bool = False, down: float = 0.0, costs: bool = False
) -> list[str]:
    """Dialers, some of a common domain, and their trunk groups."""
    chance = draft.chance
    names = [f"D{d + 1}" for d in range(chance.randint(1, draft.size.dialers))]
    used: list[str] = []
    for name in names:
        group = chance.choice(["T1", "T1", "T2", None]) if groups else None
        if group is not None and group not in used:
            used.append(group)
        draft.add(
            "dialers",
            dialer_id=name,
            ports=chance.randint(2, draft.size.ports),
            cps=maybe(draft, 0.4 if groups else 0.1, round(chance.uniform(0.03, 0.6), 4)),
            failure_domain=chance.choice([None, None, "S1", "S2"]),
            trunk_group=group,
            agent_lines_use_ports=maybe(draft, 0.2, False),
            cost_per_attempt=maybe(draft, 0.7, round(chance.uniform(0.001, 0.05), 4), costs),
            cost_per_talk_minute=maybe(draft, 0.6, round(chance.uniform(0.01, 0.3), 3), costs),
            in_service=maybe(draft, down, False),
        )
    for group in used:
        draft.add(
            "trunk_groups",
            trunk_group=group,
            channels=chance.randint(1, 2 * draft.size.ports),
            cps=maybe(draft, 0.4, round(chance.uniform(0.1, 1), 4)),
            fails_together=chance.choice([True, False, None]),
        )
    return names


def draw_campaign(
    draft: Draft,
    number: int,
    dialers: list[str],
    nobody: float = 0.0,
    pooled: bool = False,
    **asked: object,
) -> str:
    """A campaign of either kind; `asked` replaces what is drawn here."""
    chance = draft.chance
    settings: dict[str, object] = {
        "min_dialers": chance.choice([0, 0, 1, 1, 2]),
        "survivable_share": chance.choice([None, None, 0.2, 0.4, 0.5]),
        "max_abandon_rate": maybe(draft, 0.25, chance.choice([0.03, 0.1, 0.2])),
        "max_dial_lines": maybe(draft, 0.2, chance.randint(0, draft.size.ports)),
        "allowed_dialers": maybe(draft, 0.25, subset(draft, dialers)),
        **asked,
    }
    if draft.some(0.2):
        name = f"C{number + 1}"
        draft.add(
            "campaigns",
            campaign_id=name,
            kind="broadcast",
            attempt_seconds=round(chance.uniform(10, 60), 2),
            answer_rate=chance.choice([0.5, 1, round(chance.uniform(0.1, 1), 3)]),
            value=chance.choice([0, 0.2, 0.36, 1]),
            **{k: v for k, v in settings.items() if k not in ONLY_WITH_AGENTS},
        )
        return name
    if draft.some(nobody):
        settings["agent_lines"] = 0
    elif pooled:
        settings["agent_lines"] = maybe(draft, 0.3, chance.randint(1, draft.size.agent_lines))
    return draw_live_transfer(draft, number, **settings)


def draw_live_transfer(draft: Draft, number: int, **settings: object) -> str:
    chance = draft.chance
    name = f"C{number + 1}"
    own: dict[str, object] = {"agent_lines": chance.randint(1, draft.size.agent_lines)}
    own.update(settings)
    draft.add(
        "campaigns",
        campaign_id=name,
        kind="live_transfer",
        attempt_seconds=round(chance.uniform(10, 60), 2),
        answer_rate=chance.choice([0.5, round(chance.uniform(0.1, 0.9), 3)]),
        transfer_rate=chance.choice([0, *(round(chance.uniform(0.1, 0.9), 3) for _ in range(9))]),
        talk_seconds=round(chance.uniform(60, 400), 1),
        value=chance.choice([0, 1, 1, 1, 2, 3, 5]),
        **own,
    )
    return name


def draw_limit(draft: Draft, campaigns: list[str], dialers: list[str]) -> None:
    """A row of limits.csv with one cap or one minimum."""
    chance = draft.chance
    minimum = draft.some(0.5)
    campaign = chance.choice(campaigns) if minimum or draft.some(0.5) else None
    kinds = {row["campaign_id"]: row["kind"] for row in draft.tables["campaigns"]}
    columns = ["max_dial_lines", "max_agent_lines", "max_lines"]
    if minimum:
        columns = ["min_dial_lines", "min_agent_lines"]
        if kinds[campaign or ""] == "broadcast":
            columns = ["min_dial_lines"]
    most = draft.size.agent_lines if minimum else draft.size.ports
    draft.add(
        "limits",
        campaign_id=campaign,
        dialer_id=maybe(draft, 0.5, subset(draft, dialers)),
        **{chance.choice(columns): chance.randint(1, most)},
    )


def draw_lock(draft: Draft, campaign: str, dialer: str) -> None:
    """A locked row that its campaign could have alone: one line, or none."""
    row = next(r for r in draft.tables["campaigns"] if r["campaign_id"] == campaign)
    agents = 0 if row["kind"] == "broadcast" else max(1, int(row.get("min_agent_lines", "1")))
    dial = max(1, agents)
    if draft.some(0.3) or dialer not in (row.get("allowed_dialers") or dialer).split("|"):
        dial = agents = 0
    draft.add(
        "assignments",
        campaign_id=campaign,
        dialer_id=dialer,
        dial_lines=dial,
        agent_lines=agents,
        locked=True,
    )


def maybe(draft: Draft, share: float, value: object, wanted: bool = True) -> object | None:
    """`value` with probability `share`, else a blank."""
    chosen = draft.some(share)
    return value if chosen and wanted else None


def subset(draft: Draft, names: list[str]) -> str:
    return "|".join(sorted(draft.chance.sample(names, draft.chance.randint(1, len(names)))))


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
