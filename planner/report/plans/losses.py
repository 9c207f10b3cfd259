"""Before, if nobody reacts, after the moves: in total and by campaign, the largest losses first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from planner.contracts.comparison import CampaignOutcome, Outcome, World
from planner.contracts.values.told import share_change
from planner.report.text_layout import NOTHING
from planner.report.words import amount, share, value_noun, value_per_hour, value_title

#: What the three states of the lines are called, everywhere.
BEFORE, UNMOVED, MOVED = "Before", "If nobody reacts", "After the moves"
#: Campaigns that are named in one sentence.
_MOST_NAMED, _MOST_PAYING = 3, 5
#: A change below this part of what was there is rounding.
_ROUNDING = 1e-6
#: Gains of others below this part of what is lost are not worth a word.
_GAINED = 0.02
#: A campaign that loses more than this part of its value is named.
_CLEAR = 0.1


class Line(NamedTuple):
    """A figure in the three states; None where it does not apply, or nothing was planned."""

    name: str
    before: float | None
    unmoved: float | None
    moved: float | None
    words: Callable[[float], str] = amount

    @property
    def loss(self) -> float:
        """What is lost if nobody reacts."""
        return (self.before or 0.0) - (self.unmoved or 0.0)

    @property
    def left_lost(self) -> float:
        """What of it stays lost after the moves."""
        return (self.before or 0.0) - (self.moved or 0.0)

    def told(self) -> tuple[str, ...]:
        """Name, before, if nobody reacts, its change, after the moves, its change."""
        return (
            self.name,
            self._cell(self.before),
            self._cell(self.unmoved),
            self._change(self.unmoved),
            self._cell(self.moved),
            self._change(self.moved),
        )

    def _cell(self, value: float | None) -> str:
        return NOTHING if value is None else self.words(value)

    def _change(self, value: float | None) -> str:
        if value is None or self.before is None or self.words is not amount:
            return NOTHING
        return change(self.before, value)


#: Titles of :meth:`Line.told`; ``>`` is aligned to the right.
TITLES = ("", f">{BEFORE}", f">{UNMOVED}", ">Change", f">{MOVED}", ">Change then")


def change(before: float, after: float) -> str:
    """The change in per cent of what was before: ``-12 %``; ``0 %`` below a twentieth of one."""
    if before == 0:
        return NOTHING if after else "0 %"
    return share_change((after - before) / abs(before))


def _count(value: float) -> str:
    return f"{value:,.0f}"


def _lines(value: float) -> str:
    """A mean number of lines: its change in per cent of next to none would say nothing."""
    return amount(value)


_TOTALS: tuple[tuple[str, Callable[[Outcome], float | None], Callable[[float], str]], ...] = (
    ("Value an hour", lambda o: o.value_per_hour, amount),
    ("After the worst failure", lambda o: o.surviving_value_per_hour, amount),
    ("Transfers an hour", lambda o: o.transfers_per_hour, amount),
    ("Messages an hour", lambda o: o.messages_per_hour, amount),
    ("Abandon rate", lambda o: o.abandon_rate, share),
    ("Idle agent lines", lambda o: o.agents_idle, _lines),
    ("Lines moved", lambda o: o.lines_moved, _count),
    ("Limits broken", lambda o: len(o.breaches), _count),
)


def counted(base: World, world: World) -> str:
    """``transfer`` or ``message`` where in both the value is their number; else blank."""
    call = base.kept.counted_calls
    return call if call == world.kept.counted_calls else ""


def total_lines(base: World, world: World) -> list[Line]:
    """The figures of all campaigns together, the value first; what no state has is left out."""
    before, unmoved, moved = _states(base, world)
    (value, *_), title = _TOTALS[0], value_title(counted(base, world))
    lines = [
        Line(
            title if name == value else name,
            of(before),
            of(unmoved),
            None if moved is None else of(moved),
            words,
        )
        for name, of, words in _TOTALS
        if name == value or name != title
    ]
    return [line for line in lines if (line.before, line.unmoved) != (None, None)]


def campaign_lines(
    base: World, world: World, of: Callable[[CampaignOutcome], float] | None = None
) -> list[Line]:
    """A figure of each campaign, by default its value an hour, the largest loss first."""
    figure = of or (lambda c: c.value_per_hour)
    before, unmoved, moved = (
        {} if o is None else {c.campaign_id: figure(c) for c in o.campaigns}
        for o in _states(base, world)
    )
    lines = [
        Line(name, before.get(name), unmoved.get(name), moved.get(name))
        for name in dict.fromkeys([*before, *unmoved, *moved])
    ]
    return sorted(lines, key=lambda line: (-line.loss, -line.left_lost))


def _states(base: World, world: World) -> tuple[Outcome, Outcome, Outcome | None]:
    again = world.replanned
    return base.kept, world.kept, again.outcome if again is not None else None


def loss_sentences(base: World, world: World) -> list[str]:
    """What is lost if nobody reacts, and what the moves bring back; campaigns that lose most.

    ``If nobody reacts, 2,236 of the value of 9,241 an hour is lost (24 %): Medicare 1,120, Solar
    600 and 2 more.`` ``The moves bring back 1,900 of it; 336 stay lost (3.6 %): Medicare 300.``
    """
    (total, *_), lines = total_lines(base, world), campaign_lines(base, world)
    again = world.replanned.outcome if world.replanned is not None else None
    mended = again is not None and len(again.breaches) < len(world.kept.breaches)
    return [*_told(total, lines, mended, counted(base, world)), *_paying(lines)]


def _paying(lines: list[Line]) -> Iterator[str]:
    """The campaigns that the moves leave with clearly less than they had."""
    losing = [
        (line, line.moved)
        for line in lines
        if line.moved is not None and line.before and line.left_lost > _CLEAR * line.before
    ]
    if losing:
        losing.sort(key=lambda item: -item[0].left_lost)
        named = "; ".join(
            f"{line.name} {amount(moved)} instead of {amount(line.before or 0.0)} "
            f"({change(line.before or 0.0, moved)})"
            for line, moved in losing[:_MOST_PAYING]
        )
        rest = len(losing) - _MOST_PAYING
        more = f"; and {rest} more" if rest > 0 else ""
        yield f"More than a tenth less than before after the moves: {named}{more}."


def _told(total: Line, lines: list[Line], mended: bool, call: str) -> Iterator[str]:
    """The sentences of the totals; ``mended`` is whether the moves keep more limits."""
    before, noun = total.before or 0.0, value_noun(call)
    come = "come" if call else "comes"
    slack = _ROUNDING * max(abs(before), 1.0)
    if total.loss > slack:
        names = _named([(line.name, line.loss) for line in lines], slack, total.loss)
        yield f"If nobody reacts, {_lost(total, noun)}: {names}."
    elif total.loss < -slack:
        yield f"If nobody reacts, {amount(-total.loss)} {value_per_hour(call)} more {come} in."
    else:
        yield f"If nobody reacts, no {noun} {'are' if call else 'is'} lost."
    if total.moved is None:
        return
    back = total.moved - (total.unmoved or 0.0)
    if total.loss <= slack or back < -slack:
        words = f"{'more' if back >= 0 else 'fewer' if call else 'less'} {come} in than without"
        if back < 0 and mended:
            words += ": they keep limits that are broken otherwise"
        yield f"With the moves {amount(abs(back))} {value_per_hour(call)} {words}."
    elif total.left_lost > slack:
        left = sorted(lines, key=lambda line: -line.left_lost)
        names = _named([(line.name, line.left_lost) for line in left], slack, total.left_lost)
        yield (
            f"The moves bring back {amount(back)} of it; {amount(total.left_lost)} stay lost"
            f"{_part(total.left_lost, before)}: {names}."
        )
    else:
        more = -total.left_lost
        rest = f", and {amount(more)} more than before" if more > slack else ""
        yield f"The moves bring back all of it{rest}."


def _lost(total: Line, noun: str) -> str:
    """What is lost; what costs more than it brings loses no part of what it is worth."""
    before, after = total.before or 0.0, total.unmoved or 0.0
    if after < 0:
        return (
            f"the {noun} an hour falls by {amount(total.loss)}, from {amount(before)} to "
            f"{amount(after)}, as costs exceed what calls bring"
        )
    part = _part(total.loss, before)
    if noun == value_noun(""):
        return f"{amount(total.loss)} of the value of {amount(before)} an hour is lost{part}"
    return f"{amount(total.loss)} of {amount(before)} {noun} an hour are lost{part}"


def _part(loss: float, before: float) -> str:
    return f" ({share(loss / before)})" if before > 0 and loss <= before else ""


def _named(losses: list[tuple[str, float]], slack: float, total: float) -> str:
    """The campaigns that lose, the most first, and how many more do.

    Where they lose clearly more than all together, others gain, and that is said.
    """
    losing = [(name, loss) for name, loss in losses if loss > slack]
    named = ", ".join(f"{name} {amount(loss)}" for name, loss in losing[:_MOST_NAMED])
    rest = len(losing) - _MOST_NAMED
    named += f" and {rest} more" if rest > 0 else ""
    lost = sum(loss for _, loss in losing)
    return named + (", less what others gain" if lost > (1 + _GAINED) * total else "")


def breach_lists(base: World, world: World) -> list[tuple[str, tuple[str, ...]]]:
    """Every limit broken in each of the three states, none left out: as many as are counted."""
    titles = (BEFORE, UNMOVED, MOVED)
    return [
        (title, outcome.breaches)
        for title, outcome in zip(titles, _states(base, world), strict=True)
        if outcome is not None
    ]
