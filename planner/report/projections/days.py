"""What days do to the figures of a projection, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from planner.contracts.result import AssignmentFigures, PlanResult
from planner.contracts.values.told import share_set
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
    titles = [
        ">Paused",
        ">Abandoned an hour",
        ">Calls an hour",
        ">All busy after, busy day",
        ">slow day",
    ]
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


def abandon_day_sentences(result: PlanResult) -> Iterator[str]:
    """On how many days each abandonment limit holds, and what keeping it on them costs.

    ``Solar: abandons more than 3 % on about 34 % of its days.``
    """
    for row in result.abandon_days:
        limit, held = share_set(row.max_abandon_rate), row.share_of_days
        if row.asked_share_of_days is None:
            over = share(1.0 - held)
            yield f"{row.campaign_id}: abandons more than {limit} on about {over} of its days."
        else:
            yield (
                f"{row.campaign_id}: abandons at most {limit} on about {share(held)} of its days; "
                f"{share_set(row.asked_share_of_days)} were asked for."
            )
    low, high = result.abandon_days_cost_low, result.abandon_days_cost_high
    if low is not None and high is not None:
        least, most = amount(low), amount(high)
        costs = most if least == most else f"{least} to {most}"
        yield f"Holding the limits on so many days instead of the mean one costs {costs} an hour."
    elif result.abandon_days and result.options.abandon_days is None:
        yield "By the formulas. --abandon-days 0.9 holds the limits on 90 % of the days."
