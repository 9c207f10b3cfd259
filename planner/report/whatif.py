"""A comparison of worlds as text: side by side, then world by world what is lost and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from planner.contracts.comparison import (
    CampaignOutcome,
    Comparison,
    Outcome,
    Replanned,
    Tornado,
    Unasked,
    World,
)
from planner.contracts.result import GIVEN_UP_COLUMNS, Move, PlanStatus
from planner.evaluation.move_gains import BroughtBack, brought_back
from planner.report.documents import assignment_row
from planner.report.given_up import (
    broken_sentences,
    given_up_sentences,
    left_out_sentences,
)
from planner.report.moves import move_sentences, way_sentence
from planner.report.text_layout import NOTHING, bullets, section, table, wrapped
from planner.report.words import STOPPED_EARLY, amount, share
from planner.tables.folder import PROJECTION_COLUMNS
from planner.tables.writing import write_csv
from planner.version import __version__

#: Longer lists are counted; the files of --out hold them all.
_MOST_ITEMS = 30
_MOST_INPUTS = 20
KEPT, ANEW = "as now", "anew"
#: First moves that are told with what they bring back; campaigns that are named in one sentence.
MOST_FIRST_MOVES, MOST_NAMED = 3, 5
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
    "World",
    "Lines",
    ">Value/h",
    ">Change",
    ">Survives/h",
    ">Transfers/h",
    ">Abandoned",
    ">Idle agents",
    ">Moved",
    ">Limits broken",
)


#: Columns of the text's two tables, by their places in TITLES.
_MONEY, _CALLS = (0, 1, 2, 3, 4, 9), (0, 1, 5, 6, 7, 8)


def _columns(comparison: Comparison, places: Sequence[int]) -> list[str]:
    rows = [[row[place] for place in places] for row in side_by_side(comparison)]
    return table([TITLES[place] for place in places], rows)


def outcomes(comparison: Comparison) -> Iterator[tuple[World, str, Outcome]]:
    """Every outcome with its world and what was done with the lines, the base first."""
    for world in (comparison.base, *comparison.worlds):
        yield world, KEPT, world.kept
        if world.replanned is not None and world.replanned.outcome is not None:
            yield world, ANEW, world.replanned.outcome


def side_by_side(comparison: Comparison) -> list[list[str]]:
    """Cells of a row for each outcome."""
    base = comparison.base.kept
    return [
        [
            world.name,
            lines,
            amount(found.value_per_hour),
            NOTHING if found is base else change(base.value_per_hour, found.value_per_hour),
            amount(found.surviving_value_per_hour),
            _amount(found.transfers_per_hour),
            NOTHING if found.abandon_rate is None else share(found.abandon_rate),
            _amount(found.agents_idle),
            str(found.lines_moved),
            str(len(found.breaches)),
        ]
        for world, lines, found in outcomes(comparison)
    ]


def change(before: float, after: float) -> str:
    """The change in per cent of what was before: ``-12.4 %``; ``0 %`` below a twentieth of one."""
    if before == 0:
        return NOTHING if after else "0 %"
    per_cent = round(100 * (after - before) / abs(before), 1)
    return f"{per_cent:+.1f} %" if per_cent else "0 %"


def _world(base: World, world: World) -> list[str]:
    lines = ["", *wrapped(f"{world.name}: {', '.join(world.expressions) or 'nothing changes'}", "")]
    lines += section("Lines that cannot run", _shortened(lost_sentences(world.kept)))
    lines += section("Status changes", _shortened(status_sentences(base.kept, world.kept)))
    lines += section("Limits that the lines as they are break", _shortened(world.kept.breaches))
    lines += section("Value an hour by campaign", _campaigns(base, world))
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
        f"{item.campaign_id} on {item.dialer_id}: {item.dial_lines} dial and {item.agent_lines} "
        f"agent lines, because {item.reason}."
        for item in found.lost
    ]


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
    """Campaigns whose value differs from the base in any outcome."""
    anew = world.replanned.outcome if world.replanned is not None else None
    before = {c.campaign_id: c.value_per_hour for c in base.kept.campaigns}
    after = {c.campaign_id: c.value_per_hour for c in anew.campaigns} if anew else {}
    rows = [
        [
            c.campaign_id,
            amount(before[c.campaign_id]),
            amount(c.value_per_hour),
            _amount(after.get(c.campaign_id)),
        ]
        for c in world.kept.campaigns
        if {c.value_per_hour, after.get(c.campaign_id, c.value_per_hour)} != {before[c.campaign_id]}
    ]
    return table(["Campaign", ">Base", ">Lines as they are", ">Planned anew"], rows) if rows else []


def _anew(found: Replanned) -> list[str]:
    if found.outcome is None:
        return section("Planned anew", bullets(_without_plan(found)))
    moves = [
        f"{move.step}. {told}"
        for move, told in zip(found.moves, move_sentences(found.moves), strict=True)
    ]
    told = [line for item in moves for line in wrapped(item, "  ")] or ["  No line has to move."]
    gained = section("Given up", bullets(given_up_sentences(found.given_up)))
    gained += section("Cannot run", bullets(left_out_sentences(found.left_out)))
    gained += section("Kept, but costs much", bullets(unasked_sentences(found)))
    gained += section("First moves", bullets(first_move_sentences(found)))
    gained += section("Moves, in this order", told)
    gained += wrapped(way_sentence(found.value_before_moves, found.moves), "  ")
    if found.gap is not None:
        gained += wrapped(
            f"The price of these moves is {amount(found.move_cost_per_hour)} an hour. No plan has "
            f"more than {_amount(found.bound_per_hour)} an hour of the aim less the price of its "
            f"moves; this one is within {share(found.gap)} of that.",
            "  ",
        )
    if found.stopped_early:
        gained += wrapped(STOPPED_EARLY, "  ")
    gained += section("Limits that it breaks", _shortened(found.outcome.breaches))
    return gained + section(
        "Limits that the simulation breaks", bullets(broken_sentences(found.limits_broken))
    )


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
        f"{item.move.instruction} {_back(item.share)}, {share(max(item.share_so_far, 0.0))} so far."
        for item in told
    ]


def _back(part: float) -> str:
    if part < 0:
        return f"Takes another {share(-part)} of the loss to make room"
    return f"Brings back {share(part)} of the loss"


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
            f"{amount(found.outcome.aim_per_hour)}."
        )
    return told


def _without_plan(found: Replanned) -> list[str]:
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
        titles = ["Input", ">If lower", ">If higher", ">Lower, anew", ">Higher, anew"]
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
            f"Base {amount(tornado.base_aim)} an hour, of the aim by the planning tables.", "  "
        ),
        *table(titles, rows),
        *([f"  and {rest} inputs that matter less"] if rest > 0 else []),
    ]


def _amount(value: float | None) -> str:
    return NOTHING if value is None else amount(value)


_NESTED = ("lines", "lost", "breaches", "figures", "campaigns")


def comparison_document(found: Comparison) -> dict[str, Any]:
    """Worlds beside the base; rates and values per hour, what does not apply is None."""
    return {
        "base": _world_document(found.base),
        "base_is_plan": found.base_is_plan,
        "worlds": [_world_document(world) for world in found.worlds],
        "move_cost": found.move_cost,
        "tornado": found.tornado and found.tornado.model_dump(mode="json"),
        "notes": list(found.notes),
        "options": found.options.model_dump(exclude={"seed"}),
        "seed": found.options.seed,
        "version": __version__,
    }


def _world_document(world: World) -> dict[str, Any]:
    return {
        "name": world.name,
        "expressions": list(world.expressions),
        "kept": _outcome(world.kept),
        "replanned": world.replanned and _replanned(world.replanned),
    }


def _replanned(found: Replanned) -> dict[str, Any]:
    return {
        "status": found.status.value,
        "move_cost_per_hour": found.move_cost_per_hour,
        "bound_per_hour": found.bound_per_hour,
        "gap": found.gap,
        "stopped_early": found.stopped_early,
        "outcome": found.outcome and _outcome(found.outcome),
        "value_before_moves": found.value_before_moves,
        "value_before_failure": found.value_before_failure,
        "moves": _moves(found),
        "given_up": [item.model_dump(mode="json") for item in found.given_up],
        "left_out": [item.model_dump(mode="json") for item in found.left_out],
        "limits_broken": [item.model_dump(mode="json") for item in found.limits_broken],
        "unasked": [_unasked(item) for item in found.unasked],
        "conflicts": [conflict.model_dump(mode="json") for conflict in found.conflicts],
    }


def _moves(found: Replanned) -> list[dict[str, Any]]:
    """Each move, with the share of the loss that it brings back, None where nothing was lost."""
    told: list[float | None] = [item.share for item in first_moves(found)]
    back = told or [None] * len(found.moves)
    return [
        move.model_dump() | {"brought_back": part}
        for move, part in zip(found.moves, back, strict=True)
    ]


def _unasked(item: Unasked) -> dict[str, Any]:
    names = {"campaign_id", "dialer_id", "dial_lines", "agent_lines"}
    return item.model_dump(exclude={"lines"}) | {
        "assignments": [line.model_dump(include=names) for line in item.lines]
    }


def _outcome(found: Outcome) -> dict[str, Any]:
    return found.model_dump(exclude=set(_NESTED)) | {
        "lost": [item.model_dump() for item in found.lost],
        "breaches": list(found.breaches),
        "assignments": [assignment_row(figures) for figures in found.figures],
        "campaigns": [campaign.model_dump() for campaign in found.campaigns],
    }


def write_comparison_files(folder: Path, found: Comparison) -> None:
    """Write comparison, campaigns_compared, figures, moves, given_up and tornado as CSV.

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    every = list(outcomes(found))
    totals = [name for name in Outcome.model_fields if name not in _NESTED]
    write_csv(
        folder / "comparison.csv",
        ["world", "lines", *totals, "limits_broken"],
        (
            [world.name, lines, *(getattr(o, name) for name in totals), len(o.breaches)]
            for world, lines, o in every
        ),
    )
    names = list(CampaignOutcome.model_fields)
    write_csv(
        folder / "campaigns_compared.csv",
        ["world", "lines", *names],
        (
            [world.name, lines, *(getattr(c, name) for name in names)]
            for world, lines, o in every
            for c in o.campaigns
        ),
    )
    write_csv(
        folder / "figures.csv",
        ["world", "lines", *PROJECTION_COLUMNS],
        (
            [world.name, lines, *(getattr(f, name) for name in PROJECTION_COLUMNS)]
            for world, lines, o in every
            for f in o.figures
        ),
    )
    moves = list(Move.model_fields)
    write_csv(
        folder / "moves.csv",
        ["world", *moves, "brought_back"],
        (
            [world.name, *(_cell(move[name]) for name in (*moves, "brought_back"))]
            for world in found.worlds
            for move in (_moves(world.replanned) if world.replanned is not None else ())
        ),
    )
    _write_given_up(folder / "given_up.csv", found)
    if found.tornado is not None:
        _write_tornado(folder / "tornado.csv", found)


def _write_given_up(path: Path, found: Comparison) -> None:
    """Write what plans give up; no file where none gives anything up."""
    rows = [
        [world.name, *(getattr(item, name) for name in GIVEN_UP_COLUMNS)]
        for world in found.worlds
        for item in (world.replanned.given_up if world.replanned is not None else ())
    ]
    if rows:
        write_csv(path, ["world", *GIVEN_UP_COLUMNS], rows)


def _cell(value: object) -> object:
    """Sentences in one cell."""
    return " ".join(value) if isinstance(value, tuple) else value


def _write_tornado(path: Path, found: Comparison) -> None:
    assert found.tornado is not None
    rows = found.tornado.rows
    names = list(type(rows[0]).model_fields) if rows else ["input"]
    write_csv(path, [*names, "span"], ([*(getattr(r, n) for n in names), r.span] for r in rows))
