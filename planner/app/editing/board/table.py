"""What the board shows: campaigns down, dialers across, what each row and column comes to.

Knows no web page: plain values that a page sends to the browser.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from planner.app.editing.assessment import Assessment
from planner.app.editing.board.broken import BrokenLimits
from planner.app.editing.board.parts import Board, Cell, Foot, Measure, Note, Row
from planner.app.editing.board.pools import POOLS_HEAD, PoolSeats
from planner.app.editing.edited_lines import EditMessage, PairKey
from planner.contracts.problem import Campaign, Dialer, LineAssignment
from planner.contracts.result import AssignmentFigures, CampaignTotals, DialerUse
from planner.contracts.values.told import amount_beside, share_beside, share_set
from planner.report.words import amount, share

#: Changes below this are rounding, and so are those that no digit shows.
_ROUNDING = 1e-9
_NOTHING = "–"
#: Said where a share has no limit of this kind.
_NO_LIMIT = {"at most": "no limit", "at least": "nothing is asked"}


def draw_board(
    view: Assessment,
    opened: Assessment,
    measure: Measure,
    pairs: Sequence[PairKey],
    refused: Iterable[EditMessage] = (),
) -> Board:
    """The board of some pairs.

    Parameters
    ----------
    view, opened : the lines as they are now, and as they were opened
    pairs : in view; their campaigns and dialers make the rows and columns
    refused : what was typed and cannot be used
    """
    return _Drawing(view, opened, measure, pairs, refused).board()


class _Drawing:
    """One board while it is made."""

    def __init__(
        self,
        view: Assessment,
        opened: Assessment,
        measure: Measure,
        pairs: Sequence[PairKey],
        refused: Iterable[EditMessage],
    ) -> None:
        problem = view.edited.baseline
        self.view, self.opened, self.measure = view, opened, measure
        campaigns, dialers = {c for c, _ in pairs}, {d for _, d in pairs}
        self.campaigns = [c for c in problem.campaigns if c.campaign_id in campaigns]
        self.dialers = [d for d in problem.dialers if d.dialer_id in dialers]
        self.problem = problem
        self.pairs = set(view.edited.pairs)
        self.lines = view.edited.by_pair()
        self.before = opened.edited.by_pair()
        self.broken = BrokenLimits(view.breaches, refused, problem.limits)
        self.pools = PoolSeats(view) if problem.pools else None
        self.calls = self._calls_by_campaign(view)
        self.calls_before = self._calls_by_campaign(opened)

    def board(self) -> Board:
        use = {d.dialer_id: d for d in self.view.evaluation.dialers}
        totals = {c.campaign_id: c for c in self.view.evaluation.campaigns}
        before = {c.campaign_id: c for c in self.opened.evaluation.campaigns}
        return Board(
            column=self.measure.column,
            dialers=tuple(self._dialer(dialer) for dialer in self.dialers),
            domains=tuple(dialer.domain for dialer in self.dialers),
            ends=(*_end_heads(self.campaigns), *([POOLS_HEAD] if self.pools else [])),
            rows=tuple(
                self._row(c, totals[c.campaign_id], before[c.campaign_id]) for c in self.campaigns
            ),
            feet=(
                self._ports(use),
                self._speed(use),
                *(self.pools.feet(self.dialers) if self.pools else ()),
            ),
        )

    def _dialer(self, dialer: Dialer) -> Note:
        group = f", trunk group {dialer.trunk_group}" if dialer.trunk_group else ""
        state = "" if dialer.in_service else ". Out of service"
        return Note(
            dialer.dialer_id,
            broken=self.broken.head(dialer),
            told=f"{dialer.dialer_id}: fails with {dialer.domain}{group}{state}",
        )

    def _row(self, campaign: Campaign, now: CampaignTotals, before: CampaignTotals) -> Row:
        name = campaign.campaign_id
        cells, closed = [], []
        for place, dialer in enumerate(self.dialers):
            key = name, dialer.dialer_id
            if key not in self.pairs:
                closed.append(place)
            elif found := self._cell(place, key):
                cells.append(found)
        broken = self.broken.ends(name)
        return Row(
            head=Note(name, broken=self.broken.name(name), told=_campaign_words(campaign)),
            cells=tuple(cells),
            closed=tuple(closed),
            ends=tuple(
                Note(note.text, note.change, broken.get(place, ""), note.told)
                for place, note in enumerate(self._ends(campaign, now, before))
            ),
        )

    def _cell(self, place: int, key: PairKey) -> Cell | None:
        """The cell, None where there is nothing to show."""
        item, figures = self.lines[key], self.view.figures.get(key)
        text, level = self._text(item, figures)
        broken, was = self.broken.cell(key), self.before.get(key)
        changed = was is not None and _counts(was) != _counts(item)
        if not (text or broken or changed or item.locked):
            return None
        return Cell(
            place,
            text,
            level,
            broken,
            _cell_words(key, item, figures, was if changed else None),
            item.locked,
            changed,
        )

    def _text(self, item: LineAssignment, figures: AssignmentFigures | None) -> tuple[str, float]:
        match self.measure:
            case Measure.DIAL_LINES:
                return (str(item.dial_lines), 0.0) if any(_counts(item)) else ("", 0.0)
            case Measure.AGENT_LINES:
                return (str(item.agent_lines), 0.0) if any(_counts(item)) else ("", 0.0)
            case Measure.PAUSED:
                paused = figures.all_busy_share if figures is not None else None
                return ("", 0.0) if paused is None else (share(paused), paused)
            case Measure.CALLS:
                calls = None if figures is None else figures.handled_per_hour
                if calls is None:
                    return "", 0.0
                return amount(calls), calls / (self.calls[item.campaign_id] or 1.0)

    def _ends(
        self, campaign: Campaign, now: CampaignTotals, before: CampaignTotals
    ) -> tuple[Note, ...]:
        name = campaign.campaign_id
        calls, then = self.calls.get(name, 0.0), self.calls_before.get(name, 0.0)
        return (
            _agents_end(campaign, now, before),
            _rate_end(now.abandon_rate, before.abandon_rate, campaign.max_abandon_rate, "at most"),
            Note(amount(calls), _change(calls, then), told=f"{amount(then)} as opened"),
            _rate_end(
                now.surviving_share,
                before.surviving_share,
                campaign.survivable_share or None,
                "at least",
            ),
            *([self.pools.end(campaign)] if self.pools else []),
        )

    def _calls_by_campaign(self, view: Assessment) -> dict[str, float]:
        found: dict[str, float] = {}
        for (name, _), figures in view.figures.items():
            found[name] = found.get(name, 0.0) + (figures.handled_per_hour or 0.0)
        return found

    def _ports(self, use: Mapping[str, DialerUse]) -> Foot:
        cells = [
            Note(
                f"{use[d.dialer_id].ports_used:,} of {d.ports:,}",
                broken=self.broken.dialer(d.dialer_id, "ports"),
                told=f"{d.dialer_id}: {use[d.dialer_id].ports_free:,} ports free",
            )
            for d in self.dialers
        ]
        used = sum(use[d.dialer_id].ports_used for d in self.dialers)
        ports = sum(d.ports for d in self.dialers if d.in_service)
        total = Note(f"{used:,} of {ports:,} {self._all_words()}")
        return Foot("Ports used", "Ports taken of those that the dialer has", tuple(cells), total)

    def _speed(self, use: Mapping[str, DialerUse]) -> Foot:
        cells = [
            Note(
                _of(use[d.dialer_id].attempts_per_second, d.cps),
                broken=self.broken.dialer(d.dialer_id, "cps"),
                told=f"{d.dialer_id}: calls launched a second, of its limit",
            )
            for d in self.dialers
        ]
        total = Note(amount(sum(use[d.dialer_id].attempts_per_second for d in self.dialers)))
        words = "Calls launched a second, of what the dialer may launch"
        return Foot(
            "Calls a second", words, tuple(cells), Note(f"{total.text} {self._all_words()}")
        )

    def _all_words(self) -> str:
        """What a sum over the columns is of."""
        return "in all" if len(self.dialers) == len(self.problem.dialers) else "on those shown"


def _end_heads(campaigns: Sequence[Campaign]) -> tuple[Note, ...]:
    """Heads of what rows come to; limits are spoken of where a campaign has one."""
    limited = any(c.max_abandon_rate is not None for c in campaigns)
    asked = any(c.survivable_share for c in campaigns)
    return (
        Note("Agent lines", told="Agent lines assigned, of those on shift"),
        Note(
            "Abandon rate (at\N{NO-BREAK SPACE}most)" if limited else "Abandon rate",
            told="Abandoned calls per live answer by the planning tables"
            + (", and in brackets the most that the campaign may have" if limited else ""),
        ),
        Note(
            "Calls an hour",
            told="Transfers an hour that reach an agent; of a broadcast, messages. The change is "
            "against the lines as opened",
        ),
        Note(
            "Survives a failure (at\N{NO-BREAK SPACE}least)" if asked else "Survives a failure",
            told="Share of its calls that go on after the failure that costs it most"
            + (", and in brackets the least that must" if asked else ""),
        ),
    )


def _counts(item: LineAssignment) -> tuple[int, int]:
    return item.dial_lines, item.agent_lines


def _agents_end(campaign: Campaign, now: CampaignTotals, before: CampaignTotals) -> Note:
    if not campaign.is_live_transfer:
        return Note(_NOTHING, told="A broadcast has no agents")
    change = now.agent_lines - before.agent_lines
    # Agents of pools may work for others: how many of them are left is told with the pools.
    most = "" if campaign.own_agent_lines is None else f" of {campaign.agent_lines:,}"
    return Note(
        f"{now.agent_lines:,}{most}",
        f"{change:+d}".replace("-", "−") if change else "",
        told=f"{before.agent_lines:,} as opened",
    )


def _rate_end(now: float | None, before: float | None, limit: float | None, words: str) -> Note:
    """A share, its limit behind it in brackets where it has one, and the change in points."""
    if now is None:
        return Note(_NOTHING)
    asked = "" if limit is None else f" ({share_set(limit)})"
    told = f"{_NO_LIMIT[words]}; " if limit is None else f"{words} {share_set(limit)}; "
    found = share(now) if limit is None else share_beside(now, limit)
    then = _NOTHING if before is None else share(before)
    change = "" if before is None else _points(100 * (now - before))
    return Note(found.replace("under ", "<") + asked, change, told=f"{told}{then} as opened")


def _change(now: float, before: float | None) -> str:
    """``+12``; blank where no digit shows it."""
    if before is None or abs(now - before) <= _ROUNDING * max(abs(before), 1.0):
        return ""
    words = amount(abs(now - before))
    return "" if float(words.replace(",", "")) < 0.05 else f"{'+' if now > before else '−'}{words}"


def _points(change: float) -> str:
    """A change in points: the digit behind the point is all that the share beside it can show."""
    words = f"{abs(change):.1f}"
    return "" if words == "0.0" else f"{'+' if change > 0 else '−'}{words}"


def _of(value: float, limit: float | None) -> str:
    return amount(value) if limit is None else f"{amount_beside(value, limit)} of {limit:g}"


def _campaign_words(campaign: Campaign) -> str:
    kind = "live transfer" if campaign.is_live_transfer else "broadcast"
    return f"{campaign.campaign_id}: {kind}, a call is worth {campaign.value:g}"


def _cell_words(
    key: PairKey,
    item: LineAssignment,
    figures: AssignmentFigures | None,
    was: LineAssignment | None,
) -> str:
    """Lines, figures and what was opened, for whoever rests on the cell."""
    parts = [f"{key[0]} on {key[1]}: {item.dial_lines} dial and {item.agent_lines} agent lines"]
    if figures is not None:
        if figures.all_busy_share is not None:
            parts.append(f"paused {share(figures.all_busy_share)} of the time")
        calls = figures.handled_per_hour
        what = "messages" if figures.transfers_per_hour is None else "transfers"
        if calls is not None:
            parts.append(f"{amount(calls)} {what} an hour")
        parts.append(f"now: {figures.status}")
    if was is not None:
        parts.append(f"opened with {was.dial_lines} and {was.agent_lines}")
    if item.locked:
        parts.append("locked")
    return ", ".join(parts)
