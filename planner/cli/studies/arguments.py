"""Arguments of the commands that compare many plans: whatif and frontier."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from planner.cli.arguments import add_move_cost, number, one_interval
from planner.contracts.limits import MAX_LEVELS, MAX_POINTS
from planner.report.text_layout import clean


class _Ordered(argparse.Action):
    """Keeps options in the order given: each --name closes the --set before it."""

    def __call__(
        self,
        _parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[object] | None,
        option_string: str | None = None,
    ) -> None:
        given = [*(getattr(namespace, self.dest) or ()), (option_string, values)]
        setattr(namespace, self.dest, given)


def add_whatif_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what describes worlds, and what is done with them."""
    parser.add_argument(
        "--set",
        dest="changes",
        action=_Ordered,
        metavar="EXPR",
        help="change the world: dialer.D1.in_service=false, campaign.C7.answer_rate*=1.2, "
        "campaign.*.agent_lines-=2, trunk_group.T.channels=300, assignment.C7.D1.dial_lines+=10; "
        "repeat it for more changes of the same world",
    )
    parser.add_argument(
        "--name",
        dest="changes",
        action=_Ordered,
        metavar="NAME",
        help="name the world made by the --set before it, and begin the next world; a name with "
        "no --set before it is a world in which nothing changes",
    )
    parser.add_argument(
        "--replan",
        action="store_true",
        help="also plan the lines of each world anew, with few moves, and list the moves; "
        "without it the current lines stay as they are",
    )
    parser.add_argument(
        "--interval",
        type=one_interval,
        metavar="now|'Mon 09:00'",
        help="compare that moment: who can run then, with the figures and dialers of then; on the "
        "clock of most campaigns, or of a zone named after it ('Mon 09:00 America/Chicago'), in "
        "the coming week. Campaigns that cannot run get no lines (default: all run at once, with "
        "their own figures)",
    )
    add_move_cost(parser, "", "5 %% of what a line earns")
    parser.add_argument(
        "--tornado",
        action="store_true",
        help="also tell how much the aim hangs on each input, 10 %% lower and higher; with "
        "--replan two plans for each input, which takes long",
    )


def add_frontier_arguments(parser: argparse.ArgumentParser) -> None:
    """Add how finely the trade-off is swept."""
    parser.add_argument(
        "--points",
        type=number(2, MAX_POINTS, whole=True),
        default=11,
        metavar="N",
        help="weights of what survives, evenly from 0 to 1 (default 11)",
    )
    parser.add_argument(
        "--levels",
        type=number(1, MAX_LEVELS, whole=True),
        default=3,
        metavar="N",
        help="abandonment levels at each weight: the limits of the files, then half and a quarter "
        "of what that plan abandons, and so on (default 3)",
    )


def worlds_of(changes: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """The expressions of each world by name, from --set and --name in the order given.

    A last world without --name is named after its expressions.

    Raises
    ------
    ValueError
        If two worlds have the same name.
    """
    found: list[tuple[str, list[str]]] = []
    waiting: list[str] = []
    for option, value in changes:
        if option == "--set":
            waiting.append(value)
        else:
            found.append((value, waiting))
            waiting = []
    if waiting:
        found.append((_name_of(waiting), waiting))
    names = [name for name, _ in found]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValueError(twice)
    return dict(found)


def _name_of(expressions: Sequence[str]) -> str:
    return clean(", ".join(expressions)).strip() or "changed"
