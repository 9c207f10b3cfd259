"""The hours ahead at a glance: rows are campaigns on dialers, heights how likely each status is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple

import altair as alt

from planner.contracts.projected import Projection, TimelineStep
from planner.contracts.result import AssignmentFigures, Status
from planner.report.charts.figure import STATUS_COLOURS, Figure
from planner.report.charts.rows import (
    CLOCK,
    WIDTH,
    blocks_in_rows,
    local_time,
    named_rows,
    pair_name,
    read_out,
    rows_scale,
)
from planner.report.words import share

DIALING = (Status.RUNNING, Status.ALL_BUSY)
#: From the top of a row down.
_ORDER = (*DIALING, *(status for status in Status if status not in DIALING))
#: A status less likely than this bears no words: it may as well be another.
_SURE = 0.75
#: Neighbours whose pauses differ by more than this are two blocks.
_SAME_PAUSES = 0.1
#: Dialing that is paused for more than this is told as paused.
_HALF = 0.5
#: A status less likely than this is too thin to be seen.
_SEEN = 0.005
#: Of fewer pauses, or so much less than all of the time, only the pauses are told in figures.
_FEW = 0.01
#: Said where the statuses are named, so that it goes wherever the chart does.
_LEGEND = "Height of a colour: share of time in that status"
#: A block shorter than this part of the horizon has no room for words.
_WORDED = 0.13
#: Share of a row that is left blank above and below.
_BETWEEN = 0.07


class Block(NamedTuple):
    """A time in which a row has one likeliest status.

    ``chance`` is that it has it or, of dialing, that it dials or pauses; ``paused`` the share of
    the dialing time in pauses; ``parts`` how likely every status is.
    """

    status: Status
    start: datetime
    end: datetime
    chance: float
    paused: float
    parts: Mapping[Status, float]

    @property
    def is_sure(self) -> bool:
        """Whether another status is unlikely."""
        return self.chance >= _SURE


def state_timeline(projection: Projection) -> Figure:
    """Statuses over time: a row per campaign and dialer, those of a dialer together.

    What is likely takes as much of a row's height: a row that pauses 40 % of the time shows two
    fifths of it in the colour of pauses. Words tell the same, where days differ between which
    shares on nine of ten.
    """
    rows = state_rows(projection)
    bands = {pair_name(f): _band(f) for f in projection.assignments}
    names = list(rows)
    least = timedelta(hours=projection.hours) * _WORDED
    values: list[dict[str, Any]] = []
    for place, (name, blocks_of) in enumerate(rows.items()):
        # The band is one of the figures of the first moment: other hours have other agents. It
        # leaves out the minutes in which agents become busy.
        early = next((b for b in blocks_of[:2] if b.end - b.start >= least), blocks_of[0])
        for block in blocks_of:
            band = bands.get(name, "") if block is early else ""
            values += _drawn(name, block, place, band, least)
    present = [status for status in Status if any(v["Status"] == status for v in values)]
    blocks = blocks_in_rows(values, names).encode(
        color=alt.Color(
            "Status:N",
            scale=alt.Scale(
                domain=[status.value for status in present],
                range=[STATUS_COLOURS[status] for status in present],
            ),
            legend=alt.Legend(orient="top", title=_LEGEND, titleLimit=0, labelLimit=0, columns=4),
        ),
        tooltip=["Line:N", "Status:N", "How likely:N", "Paused:N", "Time:N"],
    )
    words = (
        alt.Chart(alt.InlineData(values=[v for v in values if v["Words"]]), width=WIDTH)
        .mark_text(align="left", dx=6, color="white", fontSize=11, clip=True)
        .encode(
            x=alt.X("From:T", title=None, axis=CLOCK, scale=alt.Scale(type="utc")),
            y=alt.Y("Middle:Q", title=None, scale=rows_scale(names), axis=named_rows(names)),
            text="Words:N",
        )
    )
    told = [
        f"{name} {', then '.join(words for words, _ in groupby(map(_read, blocks_of)))}"
        for name, blocks_of in rows.items()
    ]
    return Figure(alt.layer(blocks, words), f"Statuses over time: {read_out(told)}.")


def state_rows(projection: Projection) -> dict[str, list[Block]]:
    """The blocks of each row, by its name; rows of one dialer follow each other."""
    order = list(dict.fromkeys(step.dialer_id for step in projection.timeline))
    found = {
        pair: list(_blocks(list(steps)))
        for pair, steps in groupby(projection.timeline, key=lambda s: (s.dialer_id, s.campaign_id))
    }
    return {
        " / ".join(pair): found[pair] for pair in sorted(found, key=lambda p: order.index(p[0]))
    }


def likeliest(chances: Mapping[Status, float]) -> tuple[Status, float, float]:
    """The likeliest status, how likely it is, and the share of dialing in pauses.

    Dialing and pausing count together: a row that pauses now and then dials.
    """
    paused = chances.get(Status.ALL_BUSY, 0.0)
    dialing = chances.get(Status.RUNNING, 0.0) + paused
    others = {status: chance for status, chance in chances.items() if status not in DIALING}
    other = max(others, key=lambda status: others[status], default=None)
    if other is not None and others[other] > dialing:
        return other, others[other], 0.0
    part = paused / dialing if dialing else 0.0
    return (Status.ALL_BUSY if part > _HALF else Status.RUNNING), dialing, part


def _blocks(steps: Sequence[TimelineStep]) -> Iterator[Block]:
    """Neighbours with the same likeliest status, as sure, joined; figures are means over time."""
    told = [
        Block(s, step.start, step.end, chance, paused, step.probabilities)
        for step in steps
        for s, chance, paused in [likeliest(step.probabilities)]
    ]
    for _, group in groupby(told, key=lambda block: (_kind(block.status), block.is_sure)):
        alike: list[Block] = []
        for block in group:
            if alike and abs(block.paused - _mean(alike).paused) > _SAME_PAUSES:
                yield _mean(alike)
                alike = []
            alike.append(block)
        yield _mean(alike)


def _kind(status: Status) -> Status:
    """Dialing and pausing are one kind: a share of pauses near a half is on either side of it."""
    return Status.RUNNING if status in DIALING else status


def _mean(blocks: Sequence[Block]) -> Block:
    """Blocks that follow each other as one; its figures are means over time."""
    seconds = [(block.end - block.start).total_seconds() for block in blocks]
    weights = [length / (sum(seconds) or 1.0) for length in seconds]

    def mean(values: Iterable[float]) -> float:
        return sum(w * value for w, value in zip(weights, values, strict=True))

    paused = mean(block.paused for block in blocks)
    status = _kind(blocks[0].status)
    return Block(
        Status.ALL_BUSY if status is Status.RUNNING and paused > _HALF else status,
        blocks[0].start,
        blocks[-1].end,
        mean(block.chance for block in blocks),
        paused,
        {s: mean(block.parts.get(s, 0.0) for block in blocks) for s in Status},
    )


def _band(figures: AssignmentFigures) -> str:
    """``29 to 49 %`` where days differ."""
    name = "all_busy_share"
    if name not in figures.day_low or name not in figures.day_high:
        return ""
    low, high = share(figures.day_low[name]), share(figures.day_high[name])
    return f"{low.removesuffix(' %')} to {high} on 9 of 10 days"


def _read(block: Block) -> str:
    """A block in two words; what it shows of pauses, not only which side of a half they are on."""
    if block.status not in DIALING:
        return block.status.value
    return f"paused {share(block.paused)}" if block.paused >= _SEEN else "dialing"


def _paused_words(paused: float, band: str) -> str:
    """Both colours of a block, as it stands on both: ``dials 60 %, paused 40 %``."""
    told = not band and _FEW <= paused <= 1 - _FEW
    part = f" {share(1 - paused)}" if told else ""
    dials = f"dials{part}, " if paused < 1 else ""
    return f"{dials}paused {band or share(paused)}"


def _drawn(
    name: str, block: Block, place: int, band: str, least: timedelta
) -> Iterator[dict[str, Any]]:
    """A rectangle for each status of a block, with the words on the first.

    Each goes down to the end of the row, and the next is drawn over it: there is no gap between.
    """
    dials = block.status in DIALING
    paused = _paused_words(block.paused, band) if dials and block.paused else ""
    is_worded = block.is_sure and block.end - block.start >= least
    top, whole = place + _BETWEEN, sum(block.parts.values()) or 1.0
    words = paused if is_worded else ""
    for status, chance in sorted(block.parts.items(), key=lambda item: _ORDER.index(item[0])):
        if chance < _SEEN:
            continue
        yield {
            "Line": name,
            "Status": status.value,
            "How likely": share(chance),
            "Paused": f"{share(block.paused)} of the dialing time" if dials else "does not dial",
            "Time": f"{block.start:%a %H:%M} to {block.end:%a %H:%M}",
            "Words": words,
            "From": local_time(block.start),
            "To": local_time(block.end),
            "Top": top,
            "Middle": place + 0.5,
            "Bottom": place + 1 - _BETWEEN,
        }
        top, words = top + (1 - 2 * _BETWEEN) * chance / whole, ""
