"""Figures as people read them: one rounding for each kind, wherever it is told."""

from __future__ import annotations

import math
from collections.abc import Callable

from planner.contracts.values.per_cent import per_cent

#: Digits behind the point at which a figure is surely told from its limit.
_MOST_DIGITS = 9


def share(value: float) -> str:
    """A share in [0, 1] with two digits or so: ``40 %``, ``2.1 %``, ``0.05 %``.

    What is nearly always so is told as such: nobody sees the difference of 99.95 and 99.99 %, and
    no figure is that sure. Less than all is never ``100 %``.
    """
    percent = 100 * value
    if 0 < percent < 0.01:
        return "under 0.01 %"
    if 99.5 <= percent < 100:
        return "over 99.9 %" if percent > 99.9 else per_cent(math.floor(10 * percent) / 1000, 1)
    return per_cent(value, _digits(percent))


def share_in_table(value: float) -> str:
    """The same where room is scarce: ``<0.01 %``, ``>99.9 %``."""
    return share(value).replace("under ", "<").replace("over ", ">")


def share_at_most(value: float) -> str:
    """The same rounded up, for a claim that must hold as it is printed: ``0.06 %``."""
    scale = 10 ** _digits(100 * value)
    return share(math.ceil(100 * value * scale - 1e-7) / scale / 100)


def share_set(value: float) -> str:
    """A share that somebody has set, with its own digits: ``3 %``, ``2.5 %``."""
    return f"{100 * value:.6g} %"


def share_change(value: float) -> str:
    """A change by a share, signed: ``-12 %``, ``+3.5 %``; ``0 %`` below a twentieth of one."""
    if abs(value) < 0.0005:
        return "0 %"
    return f"{'+' if value > 0 else '-'}{share(abs(value)).removeprefix('over ')}"


def amount(value: float) -> str:
    """A rate or a value: ``1,234``, ``158.5``, ``0.25``, ``0``."""
    size = abs(value)
    if size == 0:
        return "0"
    if size >= 999.5:
        return f"{value:,.0f}"
    return f"{value:.1f}" if size >= 0.95 else f"{value:.2g}"


def share_beside(value: float, limit: float) -> str:
    """A share beside its limit, with as many more digits as it takes to tell the two apart."""
    return _apart(value, limit, share, per_cent)


def amount_beside(value: float, limit: float) -> str:
    """An amount beside its limit, with as many more digits as it takes to tell the two apart."""
    return _apart(value, limit, amount, lambda number, digits: f"{number:,.{digits}f}")


def _apart(
    value: float,
    limit: float,
    words: Callable[[float], str],
    exact: Callable[[float, int], str],
) -> str:
    if words(value) != words(limit):
        return words(value)
    tries = range(1, _MOST_DIGITS)
    return next(
        (exact(value, d) for d in tries if exact(value, d) != exact(limit, d)), words(value)
    )


def _digits(percent: float) -> int:
    """Digits behind the point of a per cent."""
    return 0 if percent >= 9.95 or percent == 0 else 1 if percent >= 0.995 else 2
