"""Reads expressions that change one thing in a problem: ``campaign.C7.answer_rate*=1.2``."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from planner.contracts.faults import Fault, InputError
from planner.contracts.fleet.agents import LimitRow, PoolRow
from planner.contracts.fleet.line_assignment import LineAssignment
from planner.contracts.problem import Campaign, Dialer, Problem, TrunkGroup
from planner.contracts.values.fields import EVERY, ID_SEPARATOR, Contract
from planner.tables.cells import columns, fields_of_type

EXAMPLE = "such as dialer.D1.in_service=false or campaign.*.agent_lines-=2"


class Target(NamedTuple):
    """A table of a problem whose rows expressions can change.

    Several rows may have one key: those of a pool in different hours.
    """

    table: str
    contract: type[Contract]
    keys: tuple[str, ...]


TARGETS = {
    "dialer": Target("dialers", Dialer, ("dialer_id",)),
    "campaign": Target("campaigns", Campaign, ("campaign_id",)),
    "trunk_group": Target("trunk_groups", TrunkGroup, ("trunk_group",)),
    "assignment": Target("assignments", LineAssignment, ("campaign_id", "dialer_id")),
    "pool": Target("pools", PoolRow, ("pool",)),
    "limit": Target("limits", LimitRow, ("limit",)),
}
#: The table in which each key is defined.
_DEFINED_IN = {
    "campaign_id": "campaigns",
    "dialer_id": "dialers",
    "trunk_group": "trunk_groups",
    "pool": "pools",
    "limit": "limits",
}
#: Where the file has another name.
_FILES = {"pools": "agents.csv"}
_TAIL = re.compile(r"\s*(?P<column>\w+)\s*(?P<operator>[-+*/]?=)(?P<value>.*)", re.ASCII)
_ANY = re.compile(rf"(?P<key>.*?)\.{_TAIL.pattern}", re.ASCII)
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
#: Adds a dialer like another one, with a new id.
LIKE = re.compile(r"dialer\s*\.(?P<key>.+)\.\s*like\s*=(?P<value>.*)", re.ASCII | re.IGNORECASE)
_LONGEST = 2000
#: What ids may hold too: blanks that do not break, marks without width.
_LINE = re.compile(r"[^\x00-\x1f\x7f]*")
#: So many ids are named where one is unknown.
_MOST_NAMED = 8


class UnknownName(InputError):
    """An expression that can be read, about a row that is not there: another fleet may have it."""


@dataclass(frozen=True)
class Expression:
    """One change: a column of the rows with a key, an operator and a value as text.

    ``key`` has one id for each key column of the target; ``*`` stands for every row.
    """

    text: str
    kind: str
    key: tuple[str, ...]
    field: str
    operator: str
    value: str

    @property
    def target(self) -> Target:
        """The table that it changes."""
        return TARGETS[self.kind]

    @property
    def is_general(self) -> bool:
        """Whether it is about every row of some kind, not one by name."""
        return EVERY in self.key

    def matches(self, key: Sequence[str]) -> bool:
        """Whether it is about the row with a key."""
        return all(mine in (EVERY, other) for mine, other in zip(self.key, key, strict=True))


def read_expression(text: str, problem: Problem) -> Expression:
    """Read ``TABLE.ID.COLUMN OPERATOR VALUE``, or ``dialer.NEW.like=D1``.

    Ids may hold dots and operators: of the problem's ids that fit the longest wins.

    Parameters
    ----------
    text : the expression; spaces around column and value do not matter
    problem : whose ids count

    Raises
    ------
    InputError
        With what was expected of the part that cannot be read.
    """
    shown = text.strip()
    if len(shown) > _LONGEST or not _LINE.fullmatch(shown):
        wanted = f"one line of at most {_LONGEST:,} letters"
        raise InputError([Fault("Expression", None, None, shown, wanted)])
    if adds := LIKE.fullmatch(shown):
        return _new_dialer(shown, adds["key"].strip(), adds["value"].strip(), problem)
    kind, dot, rest = shown.partition(".")
    kind = kind.strip().lower()
    if not dot or kind not in TARGETS:
        *others, last = TARGETS
        wanted = f"one of {', '.join(others)} or {last}, then .ID.COLUMN=VALUE, {EXAMPLE}"
        raise InputError([_part(shown, kind, wanted)])
    for key, tail in _readings(rest, kind, problem):
        found = _TAIL.fullmatch(tail)
        if found:
            return _checked(
                Expression(
                    text=shown,
                    kind=kind,
                    key=key,
                    field=_field(shown, TARGETS[kind], found["column"].lower()),
                    operator=found["operator"],
                    value=found["value"].strip(),
                )
            )
    fault = _unreadable(shown, kind, rest, problem)
    raise (UnknownName if _ANY.fullmatch(rest) else InputError)([fault])


def _new_dialer(shown: str, new: str, like: str, problem: Problem) -> Expression:
    """``dialer.NEW.like=D1``: the new id is nobody's, the other one is a dialer's."""
    known = known_ids(problem, "dialer_id")
    if like not in known:
        raise UnknownName([_part(shown, like, _one_of("dialer_id", like, known))])
    if new in known or new == EVERY or ID_SEPARATOR in new:
        wanted = "an id that no dialer has yet, such as dialer.NEW.like=D1"
        raise InputError([_part(shown, new, wanted)])
    return Expression(text=shown, kind="dialer", key=(new,), field="like", operator="=", value=like)


def number(text: str) -> Fraction | None:
    """The exact value of a decimal number, None where the text is none."""
    return Fraction(text.strip()) if _NUMBER.fullmatch(text.strip()) else None


def known_ids(problem: Problem, key: str) -> list[str]:
    """Ids of the table in which a key column is defined."""
    ids = (getattr(item, key) for item in getattr(problem, _DEFINED_IN[key]))
    return list(dict.fromkeys(ids))


def _readings(rest: str, kind: str, problem: Problem) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the keys that the text may begin with, the longest ids first, and what follows."""

    def split(rest: str, keys: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
        if not keys:
            yield (), rest
            return
        ids = sorted({*known_ids(problem, keys[0]), EVERY}, key=lambda name: (-len(name), name))
        for name in ids:
            if rest.startswith(f"{name}."):
                for others, tail in split(rest[len(name) + 1 :], keys[1:]):
                    yield (name, *others), tail

    yield from split(rest.lstrip(), TARGETS[kind].keys)


def _field(shown: str, target: Target, column: str) -> str:
    """The field of a column that may be changed."""
    known = {name: f for name, f in columns(target.contract).items() if f not in target.keys}
    if column not in known:
        close = difflib.get_close_matches(column, known, n=1)
        guess = f"perhaps {close[0]}" if close else f"one of {', '.join(known)}"
        wanted = f"a column of {_file(target.table)} that can be changed, {guess}"
        raise InputError([_part(shown, column, wanted)])
    return known[column]


def _checked(expression: Expression) -> Expression:
    """The expression, if its operator suits its column and its value."""
    if expression.operator == "=":
        return expression
    contract, field = expression.target.contract, expression.field
    kinds = (fields_of_type(contract, kind) for kind in ("integer", "number"))
    if not any(field in fields for fields in kinds):
        wanted = f"an operator for {field}, which is no number; write ="
        raise InputError([_part(expression.text, expression.operator, wanted)])
    operand = number(expression.value)
    if operand is None or (expression.operator == "/=" and operand == 0):
        other = " other than 0" if expression.operator == "/=" else ""
        wanted = f"a number{other} after {expression.operator}, such as 1.2"
        raise InputError([_part(expression.text, expression.value, wanted)])
    return expression


def _unreadable(shown: str, kind: str, rest: str, problem: Problem) -> Fault:
    """What is wrong with a text that begins with no id of the problem, or has no operator."""
    keys = TARGETS[kind].keys
    form = f"{kind}.{'.'.join(key.removesuffix('_id').upper() for key in keys)}.COLUMN"
    found = _ANY.fullmatch(rest)
    if found is None:
        wanted = f"{form} and one of = += -= *= /= and a value, {EXAMPLE}"
        return Fault(shown, None, None, None, wanted)
    name = found["key"]
    for key in keys[:-1]:
        first, dot, rest = _leading(name, key, problem)
        if not dot:
            wanted = "CAMPAIGN.DIALER, of campaigns.csv and of dialers.csv, or * for all of either"
            return _part(shown, name, wanted)
        known = known_ids(problem, key)
        if first not in (*known, EVERY):
            return _part(shown, first, f"{_one_of(key, first, known)} or * for all")
        name = rest
    known = known_ids(problem, keys[-1])
    return _part(shown, name, f"{_one_of(keys[-1], name, known)} or * for all")


def _leading(name: str, key: str, problem: Problem) -> tuple[str, str, str]:
    """The id that several ids with dots between them begin with, its dot, and the rest."""
    ids = sorted((*known_ids(problem, key), EVERY), key=len, reverse=True)
    first = next((each for each in ids if name.startswith(f"{each}.")), None)
    return name.partition(".") if first is None else (first, ".", name[len(first) + 1 :])


def _part(text: str, part: str, wanted: str) -> Fault:
    return Fault(text, None, None, part, wanted, is_part=True)


def _one_of(key: str, name: str, known: Sequence[str]) -> str:
    """The ids that there are, all of a few; of many those that are most alike."""
    file = _file(_DEFINED_IN[key])
    if not known:
        return f"an id of {file} (there is none)"
    if len(known) <= _MOST_NAMED:
        return f"an id of {file} ({', '.join(known)})"
    alike = difflib.get_close_matches(name, known, n=3, cutoff=0.0)
    return f"one of the {len(known):,} ids of {file} (most alike: {', '.join(alike)})"


def _file(table: str) -> str:
    return _FILES.get(table, f"{table}.csv")
