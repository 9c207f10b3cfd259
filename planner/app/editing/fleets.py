"""Whether two states of lines are of the same fleet."""

from __future__ import annotations

from collections.abc import Iterable

from planner.app.editing.edited_lines import EditedLines

_MOST_NAMED = 3


def fleet_difference(one: EditedLines, other: EditedLines) -> str:
    """What tells two fleets apart, in words; blank for the same campaigns and dialers."""
    return "; ".join(
        words
        for what, mine, theirs in (
            (
                "campaigns",
                [c.campaign_id for c in one.baseline.campaigns],
                [c.campaign_id for c in other.baseline.campaigns],
            ),
            (
                "dialers",
                [d.dialer_id for d in one.baseline.dialers],
                [d.dialer_id for d in other.baseline.dialers],
            ),
        )
        if (words := _words(what, mine, theirs))
    )


def _words(what: str, mine: list[str], theirs: list[str]) -> str:
    left = [name for name in mine if name not in set(theirs)]
    right = [name for name in theirs if name not in set(mine)]
    parts = [
        f"{what} of the {side} one alone: {_named(names)}"
        for side, names in (("left", left), ("right", right))
        if names
    ]
    return ", ".join(parts)


def _named(names: Iterable[str]) -> str:
    known = list(names)
    rest = len(known) - _MOST_NAMED
    return ", ".join(known[:_MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")
