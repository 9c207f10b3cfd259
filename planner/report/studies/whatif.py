"""A comparison as text: scenarios side by side, then of each what is lost and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter

from planner.contracts.comparison import (
    Comparison,
    LostLines,
    Outcome,
    Replanned,
    Tornado,
    Unasked,
    World,
)
from planner.contracts.problem import LineAssignment
from planner.contracts.result import Move, PlanStatus
from planner.contracts.values.told import share_at_most, share_in_table
from planner.evaluation.moves.gains import BroughtBack, brought_back
from planner.report.plans.given_up import (
    NEEDED,
    broken_sentences,
    given_up_sentences,
    left_out_sentences,
    needed_sentences,
)
from planner.report.plans.losses import BEFORE, campaign_lines, change, counted, loss_sentences
from planner.report.plans.losses import TITLES as LOSS_TITLES
from planner.report.plans.moves import calls_on_the_way, move_sentences, way_sentence
from planner.report.text_layout import NOTHING, Row, bullets, section, table, wrapped
from planner.report.words import STOPPED_EARLY, amount, share, value_title

#: Longer lists are counted; the files of --out hold them all.
_MOST_ITEMS = 30
_MOST_INPUTS = 20
#: What is done with the lines, in files.
KEPT, ANEW = "as now", "anew"
#: The same on pages.
_LINES = {KEPT: "as they are", ANEW: "after the moves"}
#: First moves that are told with what they bring back; campaigns that are named in one sentence.
MOST_FIRST_MOVES, MOST_NAMED = 5, 5
#: Over the moves back.
BACK = "Once what is lost is back: to the lines as they were"
#: Dial and agent lines of a campaign that a dialer does not have.
NO_LINES = (0, 0)
_UNASKED = {
    "survivable_share": "A share of the calls survives any failure",
    "min_dialers": "Campaigns run on several dialers",
}


def comparison_text(comparison: Comparison) -> str:
    """Worlds side by side, each in detail, the inputs the aim hangs on, and notes."""
    lines = [
        *wrapped(_title(comparison), ""),
        *section("Money, an hour while running", _columns(comparison, _MONEY)),
        *section("Calls and agents, an hour while running", _columns(comparison, _CALLS)),
    ]
    for world in comparison.worlds:
        lines += _world(comparison.base, world)
    if comparison.tornado is not None:
        lines += section("Each input 10 % lower and higher", _tornado(comparison.tornado))
    lines += section("Notes", bullets(comparison.notes))
    return "\n".join(lines) + "\n"


def _title(comparison: Comparison) -> str:
    if comparison.base_is_plan:
        return "What if: compared with the plan, for there are no current lines"
    return "What if: compared with the current lines"


TITLES = (
    "Scenario",
    "Lines",
    ">Value an hour",
    ">Change",
    ">After the worst failure",
    ">Transfers an hour",
    ">Abandon rate",
    ">Idle agents",
    ">Moved",
    ">Limits broken",
)


#: Columns of the text's two tables, by their places in TITLES.
_MONEY, _CALLS = (1, 2, 3, 4, 9), (1, 5, 6, 7, 8)
_VALUE = TITLES.index(">Value an hour")


def _columns(comparison: Comparison, places: Sequence[int]) -> list[str]:
    """A table of some columns, under the name of each scenario."""
    rows: list[Row] = []
    titles, shown = _titles(comparison, places)
    for name, found in groupby(side_by_side(comparison), itemgetter(0)):
        rows += [name, *([row[place] for place in shown] for row in found)]
    return table(titles, rows)


def titled_columns(comparison: Comparison) -> tuple[list[str], list[list[str]]]:
    """Titles of the columns, and cells of a row for each outcome."""
    titles, shown = _titles(comparison, range(len(TITLES)))
    return titles, [[row[place] for place in shown] for row in side_by_side(comparison)]


def _titles(comparison: Comparison, places: Sequence[int]) -> tuple[list[str], list[int]]:
    """Titles of some columns, and their places: where each transfer counts 1 they are the value."""
    calls = {counted(comparison.base, world) for world in comparison.worlds}
    value = f">{value_title(calls.pop() if len(calls) == 1 else '')}"
    shown = [place for place in places if TITLES[place] != value or place == _VALUE]
    return [value if place == _VALUE else TITLES[place] for place in shown], shown


def outcomes(comparison: Comparison) -> Iterator[tuple[World, str, Outcome]]:
    """Every outcome with its world and what was done with the lines, the base first."""
    for world in (comparison.base, *comparison.worlds):
        yield world, KEPT, world.kept
        if world.replanned is not None and world.replanned.outcome is not None:
            yield world, ANEW, world.replanned.outcome


def named_outcomes(comparison: Comparison) -> Iterator[tuple[str, Outcome]]:
    """Every outcome with its name on pages: ``Before``, ``D1 down, as they are``."""
    for world, lines, found in outcomes(comparison):
        name = BEFORE if world is comparison.base else f"{world.name}, {_LINES[lines]}"
        yield name, found


def side_by_side(comparison: Comparison) -> list[list[str]]:
    """Cells of a row for each outcome."""
    base = comparison.base.kept
    return [
        [
            BEFORE if world is comparison.base else world.name,
            _LINES[lines],
            amount(found.value_per_hour),
            NOTHING if found is base else change(base.value_per_hour, found.value_per_hour),
            amount(found.surviving_value_per_hour),
            _amount(found.transfers_per_hour),
            NOTHING if found.abandon_rate is None else share_in_table(found.abandon_rate),
            _amount(found.agents_idle),
            str(found.lines_moved),
            str(len(found.breaches)),
        ]
        for world, lines, found in outcomes(comparison)
    ]


def _world(base: World, world: World) -> list[str]:
    set_to = ", ".join(world.expressions) or "nothing changes"
    said = world.name if set_to == world.name else f"{world.name}: {set_to}"
    lines = ["", *wrapped(said, "")]
    lines += [line for text in loss_sentences(base, world) for line in wrapped(text, "  ")]
    lines += section("Lines that cannot run", _shortened(lost_sentences(world.kept)))
    lines += section("Status changes", _shortened(status_sentences(base.kept, world.kept)))
    lines += section("Limits broken if nobody reacts", bullets(world.kept.breaches))
    lines += section(f"{value_title(counted(base, world))} by campaign", _campaigns(base, world))
    return lines + (_anew(world.replanned) if world.replanned is not None else [])


def _shortened(sentences: Sequence[str]) -> list[str]:
    return bullets(_first(sentences))


def _first(items: Sequence[str]) -> list[str]:
    """Items up to a number that can be read, and how many more there are."""
    rest = len(items) - _MOST_ITEMS
    return [*items[:_MOST_ITEMS], *([f"and {rest} more"] if rest > 0 else [])]


def lost_sentences(found: Outcome) -> list[str]:
    """Lines that cannot run, each with its reason."""
    return [
        f"{item.campaign_id} on {item.dialer_id}: {_lines_words(item)}, because {item.reason}."
        for item in found.lost
    ]


def _lines_words(item: LostLines) -> str:
    """``40 dial and 14 agent lines``; of those that there are none of nothing is told."""
    counts = ((item.dial_lines, "dial"), (item.agent_lines, "agent"))
    told = [f"{count} {kind}" for count, kind in counts if count]
    return f"{' and '.join(told)} line{'s' if item.dial_lines + item.agent_lines != 1 else ''}"


def status_sentences(base: Outcome, found: Outcome) -> list[str]:
    """Where a campaign's status on a dialer differs from the base."""
    before = {(f.campaign_id, f.dialer_id): f.status for f in base.figures}
    after = {(f.campaign_id, f.dialer_id): f.status for f in found.figures}
    return [
        f"{campaign} on {dialer}: {before.get((campaign, dialer), 'no lines')}, then "
        f"{after.get((campaign, dialer), 'no lines')}."
        for campaign, dialer in dict.fromkeys([*before, *after])
        if before.get((campaign, dialer)) != after.get((campaign, dialer))
    ]


def _campaigns(base: World, world: World) -> list[str]:
    """Campaigns whose value differs in any state, the largest loss first."""
    lines = campaign_lines(base, world)
    rows = [
        line.told() for line in lines if len({line.before, line.unmoved, line.moved} - {None}) > 1
    ]
    return table(["Campaign", *LOSS_TITLES[1:]], rows) if rows else []


def _anew(found: Replanned) -> list[str]:
    if found.outcome is None:
        return section("No plan", bullets(without_plan_sentences(found)))
    told = _numbered(found.moves) or ["  No line has to move."]
    gained = section("Given up", bullets(given_up_sentences(found.given_up)))
    gained += section(NEEDED, bullets(needed_sentences(found.needed, found.needed_search)))
    gained += section("Cannot run", bullets(left_out_sentences(found.left_out)))
    gained += section("Kept, but costs much", bullets(unasked_sentences(found)))
    gained += section("First moves", bullets(first_move_sentences(found)))
    gained += section("Moves, in this order", told)
    call = calls_on_the_way(found)
    gained += wrapped(way_sentence(found.value_before_moves, found.moves, call), "  ")
    if found.gap is not None:
        gained += wrapped(
            f"The price of these moves is {amount(found.move_cost_per_hour)} an hour. No plan has "
            f"more than {_amount(found.bound_per_hour)} an hour of the aim less the price of its "
            f"moves; this one is within {share_at_most(found.gap)} of that.",
            "  ",
        )
    if found.stopped_early:
        gained += wrapped(STOPPED_EARLY, "  ")
    way_back = way_sentence(
        found.value_before_moves_back, found.moves_back, calls_on_the_way(found)
    )
    gained += section(BACK, [*_numbered(found.moves_back), *wrapped(way_back, "  ")])
    gained += section("Limits broken after the moves", bullets(found.outcome.breaches))
    return gained + section(
        "Limits that the simulation breaks", bullets(broken_sentences(found.limits_broken))
    )


def _numbered(moves: Sequence[Move]) -> list[str]:
    return [
        line
        for move, told in zip(moves, move_sentences(moves), strict=True)
        for line in wrapped(told, f"  {move.step}. ")
    ]


def back_sentences(found: Replanned) -> list[str]:
    """The moves back to the lines before, numbered, and what they come to."""
    told = [
        f"{move.step}. {words}"
        for move, words in zip(found.moves_back, move_sentences(found.moves_back), strict=True)
    ]
    return [
        *told,
        *filter(
            None,
            [
                way_sentence(
                    found.value_before_moves_back, found.moves_back, calls_on_the_way(found)
                )
            ],
        ),
    ]


def first_moves(found: Replanned, most: int | None = None) -> tuple[BroughtBack, ...]:
    """Moves with the share of the loss that each brings back; none where nothing was lost."""
    before, after = found.value_before_failure, found.value_before_moves
    if before is None or after is None:
        return ()
    return brought_back(before, after, found.moves, most)


def first_move_sentences(found: Replanned) -> list[str]:
    """The first moves and how much of the loss they bring back."""
    told = first_moves(found, MOST_FIRST_MOVES)
    return [
        f"{item.move.instruction} {_back(item.share)}, {_so_far(item.share_so_far)} so far."
        for item in told
    ]


def part_of_loss(part: float) -> str:
    """A share of a loss; lines that cost more than they bring may bring back more than all."""
    return f"{share(part)} of the loss" if part <= 1 else "more than the loss"


def _so_far(part: float) -> str:
    return share(max(part, 0.0)) if part <= 1 else "all of it"


def _back(part: float) -> str:
    if part < 0:
        return f"Takes another {share(-part)} of the loss to make room"
    return f"Brings back {part_of_loss(part)}"


def unasked_sentences(found: Replanned) -> list[str]:
    """What a requirement that is kept costs: the plan without it stands beside."""
    if found.outcome is None:
        return []
    told = []
    for item in found.unasked:
        names = ", ".join(item.campaigns[:MOST_NAMED])
        rest = len(item.campaigns) - MOST_NAMED
        names += f" and {rest} more" if rest > 0 else ""
        told.append(
            f"{_UNASKED[item.requirement]} ({names}): without that there is a plan of "
            f"{amount(item.value_per_hour)} an hour instead of "
            f"{amount(found.outcome.aim_per_hour)}. {_other_lines(item, found.outcome)}".rstrip()
        )
    return told


def _other_lines(item: Unasked, kept: Outcome) -> str:
    """Where its lines differ from those of the plan that keeps the requirement, the most first."""
    mine, there = _by_place(item.lines), _by_place(kept.lines)
    differ = [
        (abs(sum(mine.get(place, NO_LINES)) - sum(there.get(place, NO_LINES))), place)
        for place in {**there, **mine}
        if mine.get(place, NO_LINES) != there.get(place, NO_LINES)
    ]
    differ.sort(key=lambda row: (-row[0], row[1]))
    shown = [
        f"{campaign} on {dialer} {_dial_and_agent(mine.get((campaign, dialer)))} instead of "
        f"{_dial_and_agent(there.get((campaign, dialer)))}"
        for _, (campaign, dialer) in differ[:MOST_NAMED]
    ]
    if not shown:
        return ""
    rest = len(differ) - len(shown)
    more = f"; {rest} more differ" if rest > 0 else ""
    return f"Its lines (dial + agent): {'; '.join(shown)}{more}."


def _by_place(lines: Iterable[LineAssignment]) -> dict[tuple[str, str], tuple[int, int]]:
    return {(a.campaign_id, a.dialer_id): (a.dial_lines, a.agent_lines) for a in lines}


def _dial_and_agent(lines: tuple[int, int] | None) -> str:
    dial, agent = lines or NO_LINES
    return f"{dial} + {agent}"


def without_plan_sentences(found: Replanned) -> list[str]:
    """Why no lines were found."""
    if found.status is not PlanStatus.INFEASIBLE:
        return ["Stopped before any plan was found. A longer --time-limit may help."]
    sentences = ["No plan meets all requirements."]
    for conflict in found.conflicts:
        together = "; ".join(_first(conflict.requirements))
        sure = "" if conflict.smallest else " (not proven the smallest set)"
        sentences.append(f"Cannot hold together{sure}: {together}.")
        if conflict.relaxations:
            easings = "; ".join(_first(conflict.relaxations))
            sentences.append(f"Any one of these would help: {easings}.")
        elif conflict.all_tried:
            sentences.append("No change of one of these alone helps.")
        if not conflict.all_tried:
            sentences.append("Not all changes could be tried in time: others may help too.")
    return sentences


def _tornado(tornado: Tornado) -> list[str]:
    titles = ["Input", ">Tried", ">If lower", ">If higher"]
    if tornado.replanned:
        titles = ["Input", ">If lower", ">If higher", ">Lower, moved", ">Higher, moved"]
    rows = []
    for row in tornado.rows[:_MOST_INPUTS]:
        aims = [amount(row.low_aim), amount(row.high_aim)]
        if tornado.replanned:
            aims += [_amount(row.low_replanned), _amount(row.high_replanned)]
        else:
            aims.insert(0, f"{row.low_input:.4g} to {row.high_input:.4g}")
        rows.append([row.input, *aims])
    rest = len(tornado.rows) - _MOST_INPUTS
    return [
        *wrapped(
            f"Now {amount(tornado.base_aim)} an hour, of the aim by the planning tables.", "  "
        ),
        *table(titles, rows),
        *([f"  and {rest} inputs that matter less"] if rest > 0 else []),
    ]


def _amount(value: float | None) -> str:
    return NOTHING if value is None else amount(value)
