"""How often none, some, and all dialers of a campaign are paused at once, in words and rows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from planner.contracts.projected import CampaignJoint, JointStep, Projection
from planner.contracts.values.told import share_in_table
from planner.report.text_layout import table
from planner.report.words import share
from planner.tables.writing import write_csv

_SHARES = ("none_paused", "some_paused", "all_paused")
_ENDS = tuple(f"{name}_{end}" for name in _SHARES for end in ("low", "high"))


def joint_sentences(projection: Projection) -> list[str]:
    """One sentence for each campaign that is split over several dialers.

    ``Solar: at least one of its 2 dialers dials 84 % of the time; in 48 % one is paused while the
    other dials on.``
    """
    return [_sentence(joint) for joint in projection.campaigns_joint if joint.dialers > 1]


def _sentence(joint: CampaignJoint) -> str:
    dials = share(1.0 - joint.all_paused)
    if joint.dialers == 2:
        some = "one is paused while the other dials on"
    else:
        some = "some are paused while others dial on"
    return (
        f"{joint.campaign_id}: at least one of its {joint.dialers} dialers dials {dials} of the "
        f"time; in {share(joint.some_paused)} {some}."
    )


def joint_table(joints: Sequence[CampaignJoint]) -> list[str]:
    """Shares of the time, and the number paused; empty where no campaign has several dialers."""
    rows = [
        [
            joint.campaign_id,
            str(joint.dialers),
            *(_told(joint, name) for name in _SHARES),
            f"{_mean(joint):.1f}",
        ]
        for joint in joints
        if joint.dialers > 1
    ]
    titles = [">Dialers", ">None paused", ">Some paused", ">All paused", ">Paused on average"]
    return table(["Campaign", *titles], rows) if rows else []


def _told(joint: CampaignJoint, name: str) -> str:
    return share_in_table(getattr(joint, name))


def _mean(joint: CampaignJoint) -> float:
    return sum(count * chance for count, chance in enumerate(joint.paused_distribution))


def joint_document(joint: CampaignJoint) -> dict[str, Any]:
    """A campaign's shares as plain data."""
    return {"campaign_id": joint.campaign_id, "engine": str(joint.engine)} | _shares(joint)


def step_document(step: JointStep) -> dict[str, Any]:
    """The shares of one step as plain data."""
    times = {"from": step.start.isoformat(), "to": step.end.isoformat()}
    return {"campaign_id": step.campaign_id} | times | _shares(step)


def _shares(joint: CampaignJoint | JointStep) -> dict[str, Any]:
    known = [("low", joint.low), ("high", joint.high)]
    if isinstance(joint, CampaignJoint):
        known += [("day_low", joint.day_low), ("day_high", joint.day_high)]
    ends = {f"{name}_{end}": values[name] for end, values in known for name in values}
    return {
        "dialers": joint.dialers,
        **{name: getattr(joint, name) for name in _SHARES},
        "paused_distribution": list(joint.paused_distribution),
        **ends,
    }


def write_joint_files(folder: Path, projection: Projection) -> None:
    """Write campaigns_joint.csv and timeline_joint.csv.

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    most = max((joint.dialers for joint in projection.campaigns_joint), default=0)
    counts = [f"paused_{number}" for number in range(most + 1)]
    columns = ["dialers", *_SHARES, *_ENDS, *counts]
    write_csv(
        folder / "campaigns_joint.csv",
        ["campaign_id", *columns],
        ([joint.campaign_id, *_cells(joint, most)] for joint in projection.campaigns_joint),
    )
    write_csv(
        folder / "timeline_joint.csv",
        ["campaign_id", "from", "to", *columns],
        (
            [step.campaign_id, step.start, step.end, *_cells(step, most)]
            for step in projection.timeline_joint
        ),
    )


def _cells(joint: CampaignJoint | JointStep, most: int) -> list[object]:
    ends = [values.get(name) for name in _SHARES for values in (joint.low, joint.high)]
    counts: list[float | None] = list(joint.paused_distribution[: most + 1])
    counts += [None] * (most + 1 - len(counts))
    return [joint.dialers, *(getattr(joint, name) for name in _SHARES), *ends, *counts]
