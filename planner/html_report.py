"""A projection as one HTML file that needs nothing else: pictures drawn, no scripts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from html import escape
from typing import Any

from planner import __version__
from planner.charts import Figure
from planner.layout import clean
from planner.plan import AssignmentFigures, Projection
from planner.projection_charts import projection_figures
from planner.projection_report import next_sentences
from planner.words import amount, duration, share

_STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, sans-serif; color: #1c2230; background: #fff;
  margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2rem; }
figure { margin: 1rem 0; overflow-x: auto; } figcaption { color: #4a5160; font-size: .9rem; }
.table { overflow-x: auto; } table { border-collapse: collapse; font-size: .9rem; }
th, td { padding: .25rem .6rem; text-align: right; border-bottom: 1px solid #d5d9e0; }
th:nth-child(-n+3), td:nth-child(-n+3) { text-align: left; }
""".strip()
_COLUMNS: tuple[tuple[str, str, Callable[[Any], str]], ...] = (
    ("Dial lines", "dial_lines", str),
    ("Agent lines", "agent_lines", str),
    ("Transfers/h", "transfers_per_hour", amount),
    ("Answers/h", "live_answers_per_hour", amount),
    ("Abandon rate", "abandon_rate", share),
    ("Paused", "all_busy_share", share),
    ("All busy after", "seconds_to_all_busy_mean", duration),
    ("90 % within", "seconds_to_all_busy_p90", duration),
    ("Within 15 min", "p_all_busy_15min", share),
)


def html_report(projection: Projection) -> str:
    """The projection as a page: what happens next, pictures, figures, notes."""
    when = projection.at.isoformat(sep=" ", timespec="minutes")
    title = f"Projection from {when} over {projection.hours:g} h"
    parts = [
        f"<h1>{escape(title)}</h1>",
        "<h2>What happens next</h2>",
        _list(next_sentences(projection) or ["No lines are assigned."]),
        *(
            _figure(number, *titled)
            for number, titled in enumerate(projection_figures(projection), start=1)
        ),
        _table(projection.assignments),
        *(["<h2>Notes</h2>", _list(projection.notes)] if projection.notes else []),
        f"<p><small>planner {escape(__version__)}</small></p>",
    ]
    body = "\n".join(parts)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{_STYLE}\n</style>\n</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def _list(items: Iterable[str]) -> str:
    return "<ul>\n" + "\n".join(f"<li>{escape(clean(item))}</li>" for item in items) + "\n</ul>"


def _figure(number: int, title: str, figure: Figure) -> str:
    label = escape(clean(figure.alt), quote=True)
    return (
        f'<h2>{escape(title)}</h2>\n<figure>\n<div role="img" aria-label="{label}">'
        f"{_drawn(figure, number)}</div>\n<figcaption>{label}</figcaption>\n</figure>"
    )


def _drawn(figure: Figure, number: int) -> str:
    """The chart as SVG; letters that no file may hold are replaced."""
    import vl_convert

    svg: str = vl_convert.vegalite_to_svg(_cleaned(figure.chart.to_dict()), allowed_base_urls=[])
    # Ids go on counting within a process; on a page each may stand once.
    for place, name in enumerate(dict.fromkeys(re.findall(r'\bid="([^"]+)"', svg))):
        own = f"figure{number}-{place}"
        svg = svg.replace(f'id="{name}"', f'id="{own}"').replace(f"url(#{name})", f"url(#{own})")
    return svg


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {key: _cleaned(item) for key, item in value.items()}
    return [_cleaned(item) for item in value] if isinstance(value, list) else value


def _table(figures: Iterable[AssignmentFigures]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name, _, _ in _COLUMNS)
    rows = "\n".join(_row(f) for f in figures)
    return (
        '<h2>Figures while running</h2>\n<div class="table"><table>\n<thead><tr>'
        f"<th>Campaign</th><th>Dialer</th><th>Status</th>{head}<th>Engine</th></tr></thead>\n"
        f"<tbody>\n{rows}\n</tbody>\n</table></div>"
    )


def _row(figures: AssignmentFigures) -> str:
    values = [getattr(figures, name) for _, name, _ in _COLUMNS]
    told = [
        "" if value is None else words(value)
        for value, (_, _, words) in zip(values, _COLUMNS, strict=True)
    ]
    cells = [figures.campaign_id, figures.dialer_id, figures.status, *told, figures.engine]
    return "<tr>" + "".join(f"<td>{escape(clean(cell))}</td>" for cell in cells) + "</tr>"
