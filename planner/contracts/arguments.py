"""What Python callers pass: refused in a sentence where it cannot be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

from planner.contracts.faults import Fault, InputError
from planner.contracts.limits import YEARS

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

#: Name, value, whether it can be, and what was expected.
Check = tuple[str, object, bool, str]
#: The least of numbers that must be above 0.
TINY = 5e-324
MOMENT = (
    f"a datetime with a UTC offset, of the years {YEARS[0]} to {YEARS[-1]}, such as "
    "datetime(2026, 11, 30, 9, tzinfo=UTC)"
)


def require(*checks: Check) -> None:
    """Refuse arguments that cannot be.

    Raises
    ------
    InputError
        With every argument that is wrong.
    """
    wrong = [
        Fault(name, None, None, _shown(value), w) for name, value, right, w in checks if not right
    ]
    if wrong:
        raise InputError(wrong)


def whole_number(name: str, value: object, low: int, high: int) -> Check:
    """A whole number of a range, its ends included; NumPy's are of this kind too."""
    right = (
        isinstance(value, Integral) and not isinstance(value, bool) and low <= int(value) <= high
    )
    return name, value, right, f"a whole number from {low} to {high}"


def real_number(name: str, value: object, low: float, high: float, wanted: str) -> Check:
    """A number of a range, its ends included."""
    right = isinstance(value, Real) and not isinstance(value, bool) and low <= float(value) <= high
    return name, value, right, wanted


def moment(name: str, value: object) -> Check:
    """A moment with an offset, or None."""
    right = isinstance(value, datetime) and value.tzinfo is not None and value.year in YEARS
    return name, value, value is None or right, MOMENT


def instance(name: str, value: object, kind: type) -> Check:
    """One of a kind, or None."""
    return name, value, value is None or isinstance(value, kind), f"a {kind.__name__}"


def one_of(name: str, value: object, words: Iterable[str]) -> Check:
    """One of some words."""
    known = tuple(words)
    return name, value, value in known, f"one of {', '.join(known)}"


def refused(owner: str, contract: type[BaseModel], error: ValidationError) -> InputError:
    """Fields that a contract refuses, each with what was expected of it."""
    known = contract.model_json_schema()["properties"]
    faults = []
    for item in error.errors(include_url=False):
        name = str(item["loc"][0]) if item["loc"] else ""
        wanted = _in_words(known[name]) if name in known else f"one of {', '.join(known)}"
        if name in known:
            faults.append(Fault(owner, None, name, _shown(item["input"]), wanted))
        else:
            faults.append(Fault(owner, None, None, name, wanted))
    return InputError(faults)


def _in_words(schema: dict[str, Any]) -> str:
    """What a field may be."""
    options: Sequence[dict[str, Any]] = schema.get("anyOf", (schema,))
    first = options[0]
    kind = {"integer": "a whole number", "number": "a number", "boolean": "True or False"}.get(
        first.get("type", ""), "a value of its kind"
    )
    if "exclusiveMinimum" in first:
        kind += f" above {first['exclusiveMinimum']:,}"
    elif "minimum" in first:
        kind += f" from {first['minimum']:,}"
    if "exclusiveMaximum" in first:
        kind += f", below {first['exclusiveMaximum']:,}"
    elif "maximum" in first:
        kind += f"{' to' if 'minimum' in first else ', at most'} {first['maximum']:,}"
    return kind + (", or None" if len(options) > 1 else "")


def _shown(value: object) -> str:
    return value if isinstance(value, str) else repr(value)
