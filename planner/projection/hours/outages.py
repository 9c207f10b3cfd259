"""When a dialer is out of service: its outages as their union."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import NamedTuple

from planner.contracts.problem import Dialer, Outage, Problem


class OutOfService(NamedTuple):
    """A time without the dialer, from ``start`` to before ``end``; None: no end is known."""

    start: datetime
    end: datetime | None


def out_of_service(
    problem: Problem, dialer: Dialer, moment: datetime, start: datetime
) -> OutOfService | None:
    """The outage of a dialer that a moment lies in, None where the dialer is in service.

    Outages that overlap or follow at once are one. A dialer with ``in_service`` false is out over
    the whole horizon, from ``start`` on.
    """
    spells = [spell for spell in _union(problem.outages, dialer.dialer_id) if _holds(spell, moment)]
    if dialer.in_service:
        return spells[0] if spells else None
    return OutOfService(min(start, *(spell.start for spell in spells), moment), None)


def next_outage(problem: Problem, dialer: Dialer, moment: datetime) -> datetime | None:
    """When the next outage of a dialer begins, after a moment."""
    starts = [spell.start for spell in _union(problem.outages, dialer.dialer_id)]
    return min((start for start in starts if start > moment), default=None)


def overlap_notes(problem: Problem) -> list[str]:
    """Which dialers have outages that overlap, and how those are read."""
    found = []
    for dialer in problem.dialers:
        own = sorted(
            (outage for outage in problem.outages if outage.dialer_id == dialer.dialer_id),
            key=lambda outage: outage.start,
        )
        if any(later.start < earlier.end for earlier, later in pairwise(own)):
            spells = ", ".join(
                f"{_utc(spell.start)} to {_utc(spell.end)}"
                for spell in _union(own, dialer.dialer_id)
                if spell.end is not None
            )
            found.append(
                f"Outages of {dialer.dialer_id} overlap and are read as one time without it: "
                f"{spells} (UTC)."
            )
    return found


def _union(outages: Sequence[Outage], dialer_id: str) -> list[OutOfService]:
    spells: list[OutOfService] = []
    own = [(o.start, o.end) for o in outages if o.dialer_id == dialer_id]
    for start, end in sorted(own):
        last = spells[-1] if spells else None
        if last is not None and last.end is not None and start <= last.end:
            spells[-1] = OutOfService(last.start, max(last.end, end))
        else:
            spells.append(OutOfService(start, end))
    return spells


def _holds(spell: OutOfService, moment: datetime) -> bool:
    return spell.start <= moment and (spell.end is None or moment < spell.end)


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}"
