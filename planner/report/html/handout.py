"""The hand-out as one page to print: a table for each dialer, with boxes to tick."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from planner.report.html.page import page
from planner.report.plans.given_up import LOSSES
from planner.report.plans.handout import Handout, Occasion, Setting, clock_words
from planner.report.text_layout import clean

STYLE = """
.handout section { break-inside: avoid; margin: 1rem 0 1.4rem; }
.handout table { border-collapse: collapse; width: 100%; max-width: 46rem; font-size: .95rem; }
.handout th, .handout td { padding: .3rem .6rem; text-align: left;
  border-bottom: 1px solid color-mix(in srgb, currentColor 35%, transparent); }
.handout td:has(+ .number):not(.number) { width: 45%; }
.handout tfoot td { font-weight: 600; }
.handout .number { text-align: right; white-space: nowrap; }
.handout .new { font-weight: 700; }
.handout .box { width: 1.2rem; }
.handout .box span { display: inline-block; width: 1rem; height: 1rem; border: 1.5px solid;
  vertical-align: -.15rem; }
.handout .note { font-size: .85rem; }
@media print {
  @page { margin: 14mm; }
  body { margin: 0; max-width: none; font-size: 11pt; }
}
""".strip()
_ORDER = (
    "Set the rows in the order of their numbers, over all dialers: lines are lowered before others "
    "take their place. Tick each once it is set."
)

_CHECK = "All lines of each dialer, to check its settings against. Tick each row that is right."


def handout_page(handout: Handout) -> str:
    """The whole page; print it, or save it as PDF, from the browser."""
    return page(handout.title, [handout_body(handout)], style=STYLE)


def handout_body(handout: Handout) -> str:
    """The page without its frame, for a page of the app: the style is :data:`STYLE`."""
    return f'<div class="handout">{"".join(_parts(handout))}</div>'


def _parts(handout: Handout) -> Iterator[str]:
    fleet = f"Fleet {handout.fleet}. " if handout.fleet else ""
    if not handout.rows:
        yield f"<p>{_text(fleet)}Nothing is to be set: the lines stay as they are.</p>"
        return
    rows = "1 row" if handout.rows == 1 else f"{handout.rows:,} rows"
    if handout.is_list:
        yield f"<p>{_text(fleet)}{rows}. {_CHECK}</p>"
        yield from (_all_of(*item) for o in handout.occasions for item in o.dialers.items())
        yield "<p>Checked by ______________________ at ______________</p>"
        return
    yield f"<p>{_text(fleet)}{rows} to set. {_ORDER}</p>"
    if handout.losses:
        yield f"<p>{_text(LOSSES)}:</p><ul>"
        yield from (f"<li>{_text(told)}</li>" for told in handout.losses)
        yield "</ul>"
    for occasion in handout.occasions:
        yield from _occasion(occasion)
    yield "<p>Set by ______________________ at ______________</p>"


def _occasion(occasion: Occasion) -> Iterator[str]:
    when = clock_words(occasion.at)
    for dialer, settings in occasion.dialers.items():
        title = f"{dialer}: set these lines" + (f" at {when}" if when else "")
        yield (
            f"<section><h2>{_text(title)}</h2><table><thead><tr><th>Done</th>"
            '<th class="number">No.</th><th>Campaign</th><th class="number">Dial lines: old</th>'
            '<th class="number">new</th><th class="number">Agent lines: old</th>'
            '<th class="number">new</th></tr></thead><tbody>'
            f"{''.join(_row(setting) for setting in settings)}</tbody></table></section>"
        )


def _all_of(dialer: str, settings: list[Setting]) -> str:
    """A dialer with all its lines, old and new the same."""
    changes = [setting.change for setting in settings]
    rows = "".join(
        f'<tr><td class="box"><span></span></td><td>{_text(c.campaign_id)}</td>'
        f'<td class="number">{c.dial_lines_to:,}</td><td class="number">{c.agent_lines_to:,}</td>'
        "</tr>"
        for c in changes
    )
    dial, agents = sum(c.dial_lines_to for c in changes), sum(c.agent_lines_to for c in changes)
    return (
        f"<section><h2>{_text(dialer)}</h2><table><thead><tr><th>Right</th><th>Campaign</th>"
        '<th class="number">Dial lines</th><th class="number">Agent lines</th></tr></thead>'
        f"<tbody>{rows}</tbody><tfoot><tr><td></td><td>Together</td>"
        f'<td class="number">{dial:,}</td><td class="number">{agents:,}</td></tr></tfoot>'
        "</table></section>"
    )


def _row(setting: Setting) -> str:
    change = setting.change
    cells = "".join(
        f'<td class="number{" new" if place % 2 and cell != old else ""}">{cell:,}</td>'
        for place, (cell, old) in enumerate(
            (
                (change.dial_lines_from, change.dial_lines_from),
                (change.dial_lines_to, change.dial_lines_from),
                (change.agent_lines_from, change.agent_lines_from),
                (change.agent_lines_to, change.agent_lines_from),
            )
        )
    )
    off = " (off)" if not (change.dial_lines_to or change.agent_lines_to) else ""
    note = f'<br><span class="note">Meanwhile: {_text(setting.note)}</span>' if setting.note else ""
    return (
        f'<tr><td class="box"><span></span></td><td class="number">{setting.step}</td>'
        f"<td>{_text(change.campaign_id)}{off}{note}</td>{cells}</tr>"
    )


def _text(text: str) -> str:
    return escape(clean(text))
