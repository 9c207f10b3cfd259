"""Edits of many pairs in one step: spread evenly, match the agents on shift, clear."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from planner.app.editing.edited_lines import EditedLines, PairKey, apply_edits
from planner.contracts.problem import Campaign, LineAssignment


def even_out(edited: EditedLines, pairs: Collection[PairKey]) -> EditedLines:
    """Spread the lines that each campaign has in these pairs evenly over them.

    Left alone are locked pairs, and pairs that the campaign may not use. What does not divide goes
    to the first pairs. Dial lines never get fewer than agent lines by it.
    """
    return with_lines(edited, evened_out(edited, pairs))


def evened_out(edited: EditedLines, pairs: Collection[PairKey]) -> dict[PairKey, tuple[int, int]]:
    """The dial and agent lines of pairs after :func:`even_out`."""
    lines: dict[PairKey, tuple[int, int]] = {}
    for campaign, mine in _by_campaign(edited, pairs):
        usable = [item for item in mine if _may_use(edited, campaign, item.dialer_id)]
        dial = _evenly(sum(item.dial_lines for item in usable), len(usable))
        agents = _evenly(sum(item.agent_lines for item in usable), len(usable))
        lines |= {
            (item.campaign_id, item.dialer_id): pair
            for item, pair in zip(usable, zip(dial, agents, strict=True), strict=True)
        }
    return lines


def match_agents(edited: EditedLines, pairs: Collection[PairKey]) -> EditedLines:
    """Make each campaign's agent lines those on shift, in proportion to what its pairs have.

    Locked pairs and pairs out of view keep theirs. No pair gets more agent lines than dial lines,
    so that agents may be left over.
    """
    lines: dict[PairKey, tuple[int, int]] = {}
    for campaign, mine in _by_campaign(edited, pairs):
        free = [item for item in mine if item.dial_lines]
        if not campaign.is_live_transfer or not free:
            continue
        keys = {(item.campaign_id, item.dialer_id) for item in free}
        others = sum(
            a.agent_lines
            for a in edited.lines
            if a.campaign_id == campaign.campaign_id and (a.campaign_id, a.dialer_id) not in keys
        )
        weights = [item.agent_lines for item in free]
        if not any(weights):
            weights = [item.dial_lines for item in free]
        limits = [item.dial_lines for item in free]
        counts = _shared_out(max(campaign.agent_lines - others, 0), weights, limits)
        lines |= {
            (item.campaign_id, item.dialer_id): (item.dial_lines, count)
            for item, count in zip(free, counts, strict=True)
        }
    return with_lines(edited, lines)


def clear(edited: EditedLines, pairs: Collection[PairKey]) -> EditedLines:
    """Take all lines of these pairs away, but for locked ones."""
    by_pair = edited.by_pair()
    return with_lines(edited, {key: (0, 0) for key in pairs if not by_pair[key].locked})


def with_lines(edited: EditedLines, lines: Mapping[PairKey, tuple[int, int]]) -> EditedLines:
    """The edited lines with these dial and agent lines, as one step of the history."""
    edits = {
        key: {"dial_lines": dial, "agent_lines": agents} for key, (dial, agents) in lines.items()
    }
    return apply_edits(edited, edits)[0]


def _by_campaign(
    edited: EditedLines, pairs: Collection[PairKey]
) -> Iterator[tuple[Campaign, list[LineAssignment]]]:
    """Each campaign with its pairs that are not locked, in the problem's order."""
    wanted, by_pair = set(pairs), edited.by_pair()
    mine: dict[str, list[LineAssignment]] = {c.campaign_id: [] for c in edited.baseline.campaigns}
    for key, item in by_pair.items():
        if key in wanted and not item.locked:
            mine[key[0]].append(item)
    for campaign in edited.baseline.campaigns:
        if mine[campaign.campaign_id]:
            yield campaign, mine[campaign.campaign_id]


def _may_use(edited: EditedLines, campaign: Campaign, dialer_id: str) -> bool:
    problem = edited.baseline
    return problem.may_use(campaign, problem.dialers[problem.dialer_index[dialer_id]])


def _evenly(total: int, places: int) -> list[int]:
    whole, rest = divmod(total, places) if places else (0, 0)
    return [whole + (place < rest) for place in range(places)]


def _shared_out(total: int, weights: list[int], limits: list[int]) -> list[int]:
    """Whole parts of a total in proportion to weights, none above its limit."""
    weight = sum(weights)
    parts = [min(total * w // weight, limit) for w, limit in zip(weights, limits, strict=True)]
    order = sorted(range(len(weights)), key=lambda i: -(total * weights[i] % weight))
    while (left := total - sum(parts)) > 0:
        open_places = [i for i in order if parts[i] < limits[i]]
        if not open_places:
            break
        for place in open_places[:left]:
            parts[place] += 1
    return parts
