"""Pages of HTML that need nothing else: pictures drawn, no scripts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from planner.report.charts.figure import Figure
from planner.report.text_layout import clean
from planner.version import __version__

_STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, sans-serif; color: #1c2230; background: #fff;
  margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2rem; }
figure { margin: 1rem 0; padding-left: .8rem; overflow-x: auto; }
/* Names beside a chart are wider in some fonts than in that by which it was drawn. */
figure svg { overflow: visible; } figcaption { color: #4a5160; font-size: .9rem; }
.table { overflow-x: auto; } table { border-collapse: collapse; font-size: .9rem; }
th, td { padding: .25rem .6rem; text-align: right; border-bottom: 1px solid #d5d9e0; }
.named1 th:nth-child(-n+1), .named1 td:nth-child(-n+1) { text-align: left; }
.named2 th:nth-child(-n+2), .named2 td:nth-child(-n+2) { text-align: left; }
.named3 th:nth-child(-n+3), .named3 td:nth-child(-n+3) { text-align: left; }
""".strip()


def page(title: str, parts: Iterable[str], *, style: str = "") -> str:
    """A whole page: its title as the heading, parts of HTML, and the version that made it.

    ``style`` is added to that of all pages.
    """
    body = "\n".join(
        [
            f"<h1>{escape(clean(title))}</h1>",
            *parts,
            f"<p><small>planner {escape(__version__)}</small></p>",
        ]
    )
    rules = f"{_STYLE}\n{style}" if style else _STYLE
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(clean(title))}</title>\n<style>\n{rules}\n</style>\n</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def heading(text: str, level: int = 2) -> str:
    """A heading within a page."""
    return f"<h{level}>{escape(clean(text))}</h{level}>"


def paragraph(text: str) -> str:
    """A sentence or two of their own."""
    return f"<p>{escape(clean(text))}</p>"


def bullet_list(items: Iterable[str]) -> str:
    """Sentences as a list."""
    return "<ul>\n" + "\n".join(f"<li>{escape(clean(item))}</li>" for item in items) + "\n</ul>"


def drawn_figure(number: int, title: str, figure: Figure) -> str:
    """A chart under its title, with its text; ``number`` is that of the chart on its page."""
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


def html_table(columns: Sequence[str], rows: Iterable[Sequence[str]], named: int = 3) -> str:
    """A table of text cells; so many first columns name a row and are aligned to the left."""
    head = "".join(f"<th>{escape(clean(name))}</th>" for name in columns)
    body = "\n".join(
        "<tr>" + "".join(f"<td>{escape(clean(cell))}</td>" for cell in row) + "</tr>"
        for row in rows
    )
    return (
        f'<div class="table named{named}"><table>\n<thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{body}\n</tbody>\n</table></div>"
    )
