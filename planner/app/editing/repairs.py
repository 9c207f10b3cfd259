"""One step that repairs a broken limit, where there is one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from planner.app.editing.edit_check import Changes, EditCheck, Limit, limit_of
from planner.app.editing.edited_lines import EditedLines, PairKey
from planner.app.editing.quick_edits import evened_out, with_lines
from planner.contracts.problem import LineAssignment
from planner.evaluation.limits.check import Breach

#: Dial lines are cut to so many parts of what they are, the most that holds the limit.
_PARTS = 256
_Lines = dict[PairKey, tuple[int, int]]
_Pairs = list[tuple[PairKey, LineAssignment]]


class Fix(NamedTuple):
    """What the step does, in words, and the dial and agent lines of the pairs that it changes."""

    words: str
    lines: Changes


def find_fixes(
    edited: EditedLines, breaches: Sequence[Breach], wanted: Iterable[int] | None = None
) -> list[Fix | None]:
    """Find steps after each of which one limit holds and no other is newly broken.

    Locked pairs are never changed. None where no step that we know does it.

    Parameters
    ----------
    breaches : all limits that are broken now
    wanted : places in ``breaches`` for which to find a step; all if left out
    """
    edits = EditCheck(edited, breaches)
    places = range(len(breaches)) if wanted is None else wanted
    return [_find(edited, edits, limit_of(breaches[place])) for place in places]


def fix_one(edited: EditedLines, breach: Breach) -> EditedLines:
    """The edited lines with this limit repaired; the same if no step does it."""
    edits = EditCheck(edited)
    fix = _find(edited, edits, limit_of(breach)) if limit_of(breach) in edits.broken else None
    return edited if fix is None else with_lines(edited, fix.lines)


def fix_all(edited: EditedLines) -> EditedLines:
    """The edited lines with every limit repaired that steps repair, one after the other.

    All steps together are one step of the history.
    """
    edits, changed = EditCheck(edited), dict[PairKey, tuple[int, int]]()
    tried = None
    while tried != edits.broken:
        # A step may make room for another, so ask again until none helps any more.
        tried = set(edits.broken)
        for limit in sorted(tried, key=str):
            fix = _find(edited, edits, limit) if limit in edits.broken else None
            if fix is not None:
                edits.take(fix.lines)
                changed |= fix.lines
    return with_lines(edited, changed)


def _find(edited: EditedLines, edits: EditCheck, limit: Limit) -> Fix | None:
    for words, lines in _steps(edited, edits, limit):
        after = edits.broken_after(lines) if lines else edits.broken
        if limit not in after and after <= edits.broken:
            return Fix(words, lines)
    return None


def _steps(edited: EditedLines, edits: EditCheck, limit: Limit) -> Iterator[tuple[str, _Lines]]:
    """Steps to try, the smallest first."""
    pairs = _concerned(edits, limit)
    match limit.rule:
        case "dial_lines":
            yield from _as_many_dial_lines(pairs)
        case "in_service" | "allowed_dialers":
            yield "take its lines away", {key: (0, 0) for key, _ in pairs}
        case "min_agent_lines":
            yield from _enough_agents(edits, pairs)
        case "agent_lines":
            yield "cut agent lines", _largest_cut(edits, limit, pairs, _cut_agents)
        case "min_dialers":
            yield "spread its lines evenly", _spread(edited, edits, limit)
        case "survivable_share":
            yield "spread its lines evenly", _spread(edited, edits, limit)
            yield from _over_domains(edits, limit, pairs)
        case _:
            yield "cut dial lines", _largest_cut(edits, limit, pairs, _cut_dial)
            if limit.rule == "max_abandon_rate":
                yield "spread its lines evenly", _spread(edited, edits, limit)
            yield "cut dial and agent lines", _largest_cut(edits, limit, pairs, _cut_both)


def _concerned(edits: EditCheck, limit: Limit) -> _Pairs:
    """Rows with lines that count in the limit and may be changed."""
    pairs = ((key, edits.pairs[key]) for key in edits.pairs_with_lines(limit))
    return [(key, item) for key, item in pairs if not item.locked]


def _as_many_dial_lines(pairs: _Pairs) -> Iterator[tuple[str, _Lines]]:
    more = {key: (max(item.agent_lines, 1), item.agent_lines) for key, item in pairs}
    yield "as many dial lines as agent lines", more
    fewer = {key: (item.dial_lines, min(item.agent_lines, item.dial_lines)) for key, item in pairs}
    yield "no more agent lines than dial lines", fewer


def _enough_agents(edits: EditCheck, pairs: _Pairs) -> Iterator[tuple[str, _Lines]]:
    problem = edits.problem
    for key, item in pairs:
        least = problem.campaigns[problem.campaign_index[key[0]]].min_agent_lines
        yield f"{least} agent lines", {key: (item.dial_lines, least)}
        yield "take its lines away", {key: (0, 0)}


def _spread(edited: EditedLines, edits: EditCheck, limit: Limit) -> _Lines:
    """The campaign's lines spread evenly over all dialers that it may use."""
    keys = [key for key in edited.pairs if key[0] == limit.campaign_id]
    return evened_out(edited.changed(lines=tuple(edits.pairs.values())), keys)


def _over_domains(edits: EditCheck, limit: Limit, pairs: _Pairs) -> Iterator[tuple[str, _Lines]]:
    """Put the same lines into each of several failure domains, on its dialer with most room."""
    problem = edits.problem
    campaign = problem.campaigns[problem.campaign_index[limit.campaign_id or ""]]
    own = dict(pairs)
    rooms: dict[str, tuple[int, PairKey]] = {}
    for dialer in problem.dialers:
        key = campaign.campaign_id, dialer.dialer_id
        if not problem.may_use(campaign, dialer) or edits.pairs[key].locked:
            continue
        room = dialer.ports - edits.ports_used(dialer, without=own)
        if room > rooms.get(dialer.domain, (0, key))[0]:
            rooms[dialer.domain] = room, key
    roomiest = sorted(rooms.values(), key=lambda found: -found[0])
    agents, dial = (
        sum(getattr(item, name) for item in own.values()) for name in ("agent_lines", "dial_lines")
    )
    found: list[tuple[int, int, _Lines]] = []
    for count in range(2, len(roomiest) + 1):
        each = agents // count
        most = min(dial // count, roomiest[count - 1][0] - each)
        lines: _Lines = dict.fromkeys(own, (0, 0))
        lines |= {key: (most, each) for _, key in roomiest[:count]}
        if most >= max(each, 1):
            found.append((most * count, count, lines))
    for _, count, lines in sorted(found, key=lambda item: -item[0]):  # most lines kept first
        yield f"spread its lines over {count} sites", lines


def _largest_cut(edits: EditCheck, limit: Limit, pairs: _Pairs, cut: _Cut) -> _Lines:
    """Cut the pairs in proportion, no more than the limit asks for.

    No pair that has its campaign's least agent lines gets fewer.
    """
    problem = edits.problem
    least = {
        key: min(
            problem.campaigns[problem.campaign_index[key[0]]].min_agent_lines, item.agent_lines
        )
        for key, item in pairs
    }

    def cut_to(parts: int) -> _Lines:
        return {key: cut(item, parts, least[key]) for key, item in pairs}

    low, high = 0, _PARTS  # the limit may hold at low, and does not at high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if edits.breaks(limit, cut_to(middle)) else (middle, high)
    return cut_to(low)


#: Dial and agent lines of a pair with so many parts left, and no fewer agent lines than the least.
_Cut = Callable[[LineAssignment, int, int], tuple[int, int]]


def _cut_dial(item: LineAssignment, parts: int, _: int) -> tuple[int, int]:
    dial = item.dial_lines * parts // _PARTS
    return max(dial, min(item.agent_lines, item.dial_lines)), item.agent_lines


def _cut_agents(item: LineAssignment, parts: int, least: int) -> tuple[int, int]:
    return item.dial_lines, max(item.agent_lines * parts // _PARTS, least)


def _cut_both(item: LineAssignment, parts: int, least: int) -> tuple[int, int]:
    agents = max(item.agent_lines * parts // _PARTS, least)
    return max(item.dial_lines * parts // _PARTS, agents), agents
