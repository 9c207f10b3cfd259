"""The board of dialers and its campaigns together, as HTML; what is shown is text of others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape

from planner.contracts.problem import Dialer, Problem
from planner.contracts.projected import CampaignJoint, Projection
from planner.contracts.result import AssignmentFigures, Status
from planner.report.charts.figure import STATUS_COLOURS
from planner.report.projections.next_events import NextEvent
from planner.report.words import share

#: None, some and all paused; the same colours as in the chart over time.
JOINT_COLOURS = ("#1f7a54", "#c99a2e", "#b35c00")
#: A longer card tells campaigns that wait for the same thing together, so many of them named.
_MOST_LINES, _MOST_NAMED = 8, 8
#: More than so many campaigns that wait for somebody are told together.
_ALIKE = 2
_Item = tuple[AssignmentFigures, NextEvent]
#: A part of a bar narrower than this has no room for its number.
_WORDED = 0.12

_STYLE = """
<style>
.board { display: grid; grid-template-columns: repeat(auto-fill, minmax(20rem, 1fr)); gap: .8rem; }
.board section { border: 1px solid color-mix(in srgb, currentColor 22%, transparent);
  border-radius: .5rem; padding: .6rem .8rem; }
.board h4 { display: inline; font-size: 1.05rem; padding: 0; margin: 0 .5rem 0 0;
  overflow-wrap: anywhere; }
.board small { font-size: .82rem; opacity: .85; }
.board ul { list-style: none; margin: .3rem 0 0; padding: 0; }
.board li { margin: 0; padding: .35rem 0; font-size: .9rem; line-height: 1.4;
  border-top: 1px solid color-mix(in srgb, currentColor 14%, transparent); }
.board .badge { display: inline-block; color: #fff; border-radius: .6rem; padding: 0 .5rem;
  font-size: .78rem; }
.board .who, .together .who { font-weight: 600; overflow-wrap: anywhere; }
.board .when { font-weight: 600; }
.chips { display: flex; flex-wrap: wrap; gap: .4rem; margin: 0 0 .6rem; font-size: .9rem; }
.chips span { color: #fff; border-radius: .8rem; padding: .05rem .7rem; }
.together { display: grid; gap: .3rem .9rem; align-items: center; font-size: .9rem;
  grid-template-columns: minmax(7rem, max-content) max-content 1fr; }
.together .bar { display: flex; height: 1.4rem; border-radius: .3rem; overflow: hidden; }
.together .bar span { color: #fff; font-size: .78rem; line-height: 1.4rem; text-align: center;
  overflow: hidden; white-space: nowrap; }
.together .bar .dark { color: #1c2230; }
.key { display: inline-block; width: .8rem; height: .8rem; border-radius: .2rem;
  margin: 0 .3rem 0 .8rem; vertical-align: -.08rem; }
</style>
"""


def status_chips(figures: Iterable[AssignmentFigures]) -> str:
    """How many rows have each status: the fleet in one line."""
    counts = Counter(f.status for f in figures)
    chips = "".join(
        f'<span role="listitem" style="background:{STATUS_COLOURS[status]}">'
        f"{counts[status]:,} {status.value}</span>"
        for status in Status
        if counts[status]
    )
    return f'{_STYLE}<div class="chips" role="list" aria-label="Statuses">{chips}</div>'


def board(
    problem: Problem,
    dialers: Sequence[str],
    figures: Sequence[AssignmentFigures],
    events: Sequence[NextEvent],
) -> str:
    """A card for each of these dialers: its campaigns, what happens next first."""
    rows: dict[str, list[tuple[AssignmentFigures, NextEvent]]] = {name: [] for name in dialers}
    for row, event in zip(figures, events, strict=True):
        if row.dialer_id in rows:
            rows[row.dialer_id].append((row, event))
    known = {dialer.dialer_id: dialer for dialer in problem.dialers}
    cards = "".join(_card(known[name], found) for name, found in rows.items())
    return f'{_STYLE}<div class="board">{cards}</div>'


def _card(dialer: Dialer, rows: list[tuple[AssignmentFigures, NextEvent]]) -> str:
    name = escape(dialer.dialer_id)
    used = sum(
        f.dial_lines + (f.agent_lines if dialer.agent_lines_use_ports else 0) for f, _ in rows
    )
    over = " <b>too many</b>" if used > dialer.ports else ""
    site = f"{escape(dialer.failure_domain)} · " if dialer.failure_domain else ""
    out = "" if dialer.in_service else " · <b>out of service</b>"
    first = sorted(rows, key=lambda item: (item[1].at is None, item[1].at and item[1].at))
    listed = "".join(_line(found) for found in _alike(first)) or "<li>No lines.</li>"
    return (
        f'<section aria-label="Dialer {name}"><h4>{name}</h4>'
        f"<small>{site}{used:,} of {dialer.ports:,} ports{over}{out}</small>"
        f"<ul>{listed}</ul></section>"
    )


def _alike(rows: list[_Item]) -> list[list[_Item]]:
    """Each row for itself; of a long card those that wait for the same thing together.

    So are, on every card, those that wait for somebody to do something: a fleet that nobody has
    scheduled yet would be told so in each of its rows.
    """
    found: dict[tuple[Status, str, str], list[_Item]] = {}
    for row, event in rows:
        found.setdefault((row.status, event.what, event.when), []).append((row, event))
    if len(rows) > _MOST_LINES:
        return list(found.values())
    told: list[list[_Item]] = []
    for (status, _, when), items in found.items():
        is_waiting = not when and status not in (Status.RUNNING, Status.ALL_BUSY)
        told += [items] if is_waiting and len(items) > _ALIKE else [[item] for item in items]
    return told


def _line(items: list[_Item]) -> str:
    """Campaigns, their lines and status, and what happens to them next."""
    row, event = items[0]
    colour = STATUS_COLOURS[row.status]
    dial = sum(item.dial_lines for item, _ in items)
    agents = sum(item.agent_lines for item, _ in items)
    noun = "line" if (agents or dial) == 1 else "lines"
    lines = f"{dial:,} dial" + (f" + {agents:,} agent" if agents else "") + f" {noun}"
    there = sum(item.agent_lines if item.agents is None else item.agents for item, _ in items)
    lines += f", {there:,} with an agent" if there < agents else ""
    names = ", ".join(item.campaign_id for item, _ in items[:_MOST_NAMED])
    more = f" and {len(items) - _MOST_NAMED} more" if len(items) > _MOST_NAMED else ""
    who = f"{len(items)} campaigns: {names}{more}" if len(items) > 1 else names
    when = f' <span class="when">{escape(event.when)}</span>' if event.when else ""
    return (
        f'<li><span class="who">{escape(who)}</span> '
        f"<small>{lines}</small> "
        f'<span class="badge" style="background:{colour}">{row.status.value}</span>'
        f"<br>{escape(event.what)}{when}</li>"
    )


def together(projection: Projection) -> str:
    """How often none, some and all dialers of a campaign are paused; blank where there is none."""
    joints = [joint for joint in projection.campaigns_joint if joint.dialers > 1]
    if not joints:
        return ""
    keys = "".join(
        f'<span class="key" style="background:{colour}"></span>{words}'
        for colour, words in zip(JOINT_COLOURS, ("none", "some", "all"), strict=True)
    )
    rows = "".join(_together_row(joint) for joint in joints)
    return f'{_STYLE}<p>Dialers paused:{keys}</p><div class="together">{rows}</div>'


def _together_row(joint: CampaignJoint) -> str:
    parts = (joint.none_paused, joint.some_paused, joint.all_paused)
    words = tuple(share(part) for part in parts)
    told = escape(
        f"{joint.campaign_id}: none paused {words[0]}, some {words[1]}, all {words[2]}", quote=True
    )
    bar = "".join(
        f"<span{' class=dark' if place == 1 else ''} "
        f'style="width:{100 * part:.2f}%;background:{colour}">'
        f"{word if part >= _WORDED else ''}</span>"
        for place, (part, word, colour) in enumerate(zip(parts, words, JOINT_COLOURS, strict=True))
    )
    return (
        f'<span class="who">{escape(joint.campaign_id)}</span>'
        f"<span>{joint.dialers} dialers, all paused {words[2]}</span>"
        f'<span class="bar" role="img" aria-label="{told}">{bar}</span>'
    )
