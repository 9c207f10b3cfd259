"""Values of command-line arguments: read, or refused in a sentence."""

from __future__ import annotations

import argparse
import math
import textwrap
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from planner.contracts.limits import MAX_FAILURES, MAX_SEARCH_SECONDS, MAX_SEED, MAX_VALUE, YEARS
from planner.contracts.values.weekly import DAY_NAMES, MINUTES_PER_DAY, parse_clock, parse_days

#: Columns of a terminal that every help fits.
WIDTH = 80
#: Every interval of the week; this very moment.
ALL, NOW = "all", "now"


class WeeklyHour(NamedTuple):
    """A moment of any week: ``day`` 0 = Monday, minutes from midnight; zone None: not said."""

    day: int
    minute: int
    zone: str | None = None


def described(purpose: str, *more: str) -> str:
    """What a command is for, as its help begins: examples below it keep their lines as they are."""
    text = " ".join([f"{purpose[0].upper()}{purpose[1:]}.", *more])
    return textwrap.fill(text, WIDTH, break_on_hyphens=False)


def number(
    low: float, high: float, *, above: bool = False, whole: bool = False
) -> Callable[[str], float]:
    """Reader of a number in ``[low, high]``, or ``(low, high]`` with ``above``."""

    def read(text: str) -> float:
        try:
            value = int(text) if whole else float(text)
        except ValueError:
            value = math.nan
        if not low <= value <= high or (above and value == low):
            kind = "a whole number" if whole else "a number"
            span = (
                f"above {low:g} and up to {high:.10g}" if above else f"from {low:g} to {high:.10g}"
            )
            raise argparse.ArgumentTypeError(f"{text!r}: expected {kind} {span}")
        return value

    return read


def moment(text: str) -> datetime:
    """An ISO 8601 moment; UTC where it has no offset."""
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        value = None
    if value is None or value.year not in YEARS:
        expected = (
            "a date and time such as 2030-03-04T09:00+01:00 (UTC without an offset), "
            f"from {YEARS[0]} to {YEARS[-1]}"
        )
        raise argparse.ArgumentTypeError(f"{text!r}: expected {expected}")
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def week_day(text: str) -> date:
    """An ISO date, which names the week in which it lies."""
    try:
        value = date.fromisoformat(text.strip())
    except ValueError:
        value = date.min
    if value.year not in YEARS:
        raise argparse.ArgumentTypeError(f"{text!r}: expected a date such as 2030-03-04")
    return value


def interval(text: str) -> WeeklyHour | str:
    """``all``, ``now``, or a weekly hour."""
    word = text.strip().lower()
    return word if word in (ALL, NOW) else weekly_hour(text)


def one_interval(text: str) -> WeeklyHour | str:
    """``now``, or a weekly hour."""
    if text.strip().lower() == ALL:
        raise argparse.ArgumentTypeError(f"{text!r}: expected now, or a weekday and time")
    return interval(text)


def weekly_hour(text: str) -> WeeklyHour:
    """Weekday and minute of the day of ``Mon 09:00``, or of ``Mon 09:00 America/Chicago``."""
    day, clock, zone = [*text.split(maxsplit=2), "", "", ""][:3]
    try:
        days, minute = parse_days(day), parse_clock(clock)
    except ValueError:
        days, minute = (), 0
    if len(days) != 1 or not day or minute == MINUTES_PER_DAY:
        expected = (
            f"a weekday ({', '.join(DAY_NAMES)}) and a time, such as 'Mon 09:00', or all, or now"
        )
        raise argparse.ArgumentTypeError(f"{text!r}: expected {expected}")
    if zone:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            expected = "a time zone such as America/Chicago after the time"
            raise argparse.ArgumentTypeError(f"{text!r}: expected {expected}") from error
    return WeeklyHour(days[0], minute, zone or None)


def add_planning(parser: argparse.ArgumentParser, what: str = "the search") -> None:
    """Add what every command says that plans: failures, when to stop, and the seed."""
    add_failures(parser)
    add_search(parser, what)
    add_seed(parser)


def add_redundancy(parser: argparse.ArgumentParser) -> None:
    """Add the weight of what survives the worst failure."""
    parser.add_argument(
        "--redundancy",
        type=number(0, 1),
        default=0.0,
        metavar="W",
        help="0 plans for value, 1 for the value that survives the worst failure (default 0)",
    )


def add_failures(parser: argparse.ArgumentParser) -> None:
    """Add how many failures happen at once."""
    parser.add_argument(
        "--failures",
        type=number(1, MAX_FAILURES, whole=True),
        default=1,
        metavar="N",
        help="failures that happen at once in the worst case, 1 or 2 (default 1)",
    )


def add_move_cost(parser: argparse.ArgumentParser, from_where: str, default: str) -> None:
    """Add the price of a line that a dialer gets in addition; None where it is not given."""
    parser.add_argument(
        "--move-cost",
        type=number(0, MAX_VALUE),
        metavar="X",
        help="value an hour that each line must gain that a dialer gets in addition to its "
        f"current ones{from_where} (default {default})",
    )


def add_abandon_days(parser: argparse.ArgumentParser) -> None:
    """Add on what share of the days abandonment limits are to hold; None where it is not given."""
    parser.add_argument(
        "--abandon-days",
        type=number(0.01, 0.99),
        metavar="SHARE",
        help="where days differ (answer_rate_day_cv and the like), keep each max_abandon_rate on "
        "this share of the days, such as 0.9, instead of on the mean day",
    )


def add_abandon_level(parser: argparse.ArgumentParser) -> None:
    """Add what share of the abandoned calls campaigns may keep, as the frontier's levels."""
    parser.add_argument(
        "--abandon-level",
        type=number(0, 1, above=True),
        default=1.0,
        metavar="SHARE",
        help="let every campaign abandon at most this share of what the plan without it abandons, "
        "which is made first: 0.5 is half of it, as in planner frontier (default 1)",
    )


def add_relax(parser: argparse.ArgumentParser) -> None:
    """Add whether the nearest plan is taken where not everything can be had."""
    parser.add_argument(
        "--relax",
        action="store_true",
        help="where not everything can be had, take the nearest plan: it gives up as little as can "
        "be, campaigns with a lower priority number last",
    )


def add_keep_current(parser: argparse.ArgumentParser) -> None:
    """Add whether the current lines stay as they are."""
    parser.add_argument(
        "--keep-current",
        action="store_true",
        help="keep all lines of assignments.csv as they are, as if locked; only campaigns on "
        "dialers where they have no lines get new ones",
    )


def add_at(parser: argparse.ArgumentParser, what: str) -> None:
    """Add the moment that is taken for now."""
    parser.add_argument(
        "--at",
        type=moment,
        metavar="ISO",
        help=f"the moment {what}, in UTC where it has no offset (default now)",
    )


def add_every(parser: argparse.ArgumentParser, low: float, high: float, usual: float) -> None:
    """Add how often something is looked at again."""
    parser.add_argument(
        "--every",
        type=number(low, high),
        default=usual,
        metavar="SECONDS",
        help=f"how often to look (default {usual:g})",
    )


def add_search(parser: argparse.ArgumentParser, what: str = "the search") -> None:
    """Add what ends a search."""
    parser.add_argument(
        "--gap",
        type=number(0, 1),
        default=0.001,
        help="stop when the plan is proven this close to the best possible (default 0.001)",
    )
    parser.add_argument(
        "--time-limit",
        type=number(0, MAX_SEARCH_SECONDS, above=True),
        default=60.0,
        metavar="SECONDS",
        help=f"stop {what} after so long at the latest (default 60)",
    )


def add_folder(parser: argparse.ArgumentParser) -> None:
    """Add the planning folder, which every command reads."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="planning folder, or .xlsx file")


def add_json(parser: argparse.ArgumentParser) -> None:
    """Add one JSON document instead of text."""
    parser.add_argument("--json", action="store_true", help="print one JSON document instead")


def add_seed(parser: argparse.ArgumentParser) -> None:
    """Add the start of the random numbers."""
    parser.add_argument(
        "--seed",
        type=number(0, MAX_SEED, whole=True),
        default=0,
        help="start of the random numbers; the same seed gives the same result (default 0)",
    )


def add_out(parser: argparse.ArgumentParser, files: str) -> None:
    """Add the folder that files are written to."""
    parser.add_argument("--out", type=Path, metavar="DIR", help=f"folder to write {files} to")
