"""Shares as people read them: one spelling for sentences, tables and charts."""

from __future__ import annotations


def per_cent(share: float, decimals: int = 0, *, signed: bool = False) -> str:
    """``40 %``; with decimals ``2.10 %``; signed ``+3.0 %``, for changes.

    The space is the one of the SI and of ISO 80000-1.
    """
    sign = "+" if signed else ""
    return f"{share:{sign}.{decimals}%}".replace("%", " %")


#: The same for the axes and legends of a chart, whose labels the browser makes.
PER_CENT_LABELS = "format(100 * datum.value, '.4~g') + ' %'"
