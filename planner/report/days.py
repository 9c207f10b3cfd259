"""What days do to the figures of a projection, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from planner.contracts.result import AssignmentFigures
from planner.report.text_layout import NOTHING, table, wrapped
from planner.report.words import amount, duration, share

#: Said once, where figures of days stand beside those of the simulation.
EXPLAINED = (
    "Days differ: on nine of ten days a figure lies between these two values, for as many days as "
    "one likes to watch. The low and high ends of a simulated figure are another thing: they say "
    "how well the figure of the mean day is known, and close in with more simulated runs."
)


def day_lines(figures: Sequence[AssignmentFigures]) -> list[str]:
    """The explanation and a table; nothing where days do not differ."""
    rows = [list(_row(row)) for row in figures if row.day_low]
    if not rows:
        return []
    titles = [">Paused", ">Abandoned/h", ">Handled/h", ">All busy after, busy day", ">slow day"]
    return [*wrapped(EXPLAINED, "  "), *table(["Campaign", "Dialer", *titles], rows)]


def day_sentences(figures: Sequence[AssignmentFigures]) -> list[str]:
    """One sentence per row whose days differ.

    ``Solar on D1: paused 29 to 49 % of the time on nine of ten days; all agent lines busy after
    2.1 min on a busy day, after 5.4 min on a slow one.``
    """
    return [_sentence(row) for row in figures if "all_busy_share" in row.day_low]


def _sentence(row: AssignmentFigures) -> str:
    told = f"paused {_between(row, 'all_busy_share', share)} of the time on nine of ten days"
    soon, late = _ends(row, "seconds_to_all_busy_mean")
    if soon is not None and late is not None:
        told += (
            f"; all agent lines busy after {duration(soon)} on a busy day, after "
            f"{duration(late)} on a slow one"
        )
    return f"{row.campaign_id} on {row.dialer_id}: {told}."


def _row(row: AssignmentFigures) -> Iterator[str]:
    yield row.campaign_id
    yield row.dialer_id
    yield _between(row, "all_busy_share", share)
    yield _between(row, "abandons_per_hour", amount)
    handled = "transfers_per_hour"
    yield _between(row, handled if handled in row.day_low else "live_answers_per_hour", amount)
    for seconds in _ends(row, "seconds_to_all_busy_mean"):
        yield NOTHING if seconds is None else duration(seconds)


def _ends(row: AssignmentFigures, name: str) -> tuple[float | None, float | None]:
    return row.day_low.get(name), row.day_high.get(name)


def _between(row: AssignmentFigures, name: str, words: Callable[[float], str]) -> str:
    low, high = _ends(row, name)
    if low is None or high is None:
        return NOTHING
    first, last = words(low), words(high)
    return first if first == last else f"{first.removesuffix(' %')} to {last}"
