"""A problem with one thing changed, and the expressions of ``--set`` that change it so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from planner.contracts.problem import Problem

#: The table of each kind of expression, and the columns that name its rows.
TABLES = {
    "dialer": ("dialers", ("dialer_id",)),
    "campaign": ("campaigns", ("campaign_id",)),
    "trunk_group": ("trunk_groups", ("trunk_group",)),
    "assignment": ("assignments", ("campaign_id", "dialer_id")),
    "pool": ("pools", ("pool",)),
    "limit": ("limits", ("limit",)),
}


class Edit(NamedTuple):
    """One column of the rows with a key, set to a value or, with ``add``, raised by it."""

    kind: str
    key: tuple[str, ...]
    field: str
    value: bool | int | float | None
    add: bool = False

    @property
    def expression(self) -> str:
        """As ``--set`` reads it: ``campaign.C1.agent_lines+=1``, ``campaign.C1.min_dialers=1``."""
        if not self.add or isinstance(self.value, bool | None):
            return f"{self.kind}.{'.'.join(self.key)}.{self.field}={_spelt(self.value)}"
        sign = "+=" if self.value >= 0 else "-="
        return f"{self.kind}.{'.'.join(self.key)}.{self.field}{sign}{_spelt(abs(self.value))}"

    def apply(self, problem: Problem) -> Problem:
        """The problem with it."""
        table, columns = TABLES[self.kind]
        rows: tuple[Any, ...] = getattr(problem, table)
        changed = tuple(
            row.model_copy(update=self._update(row))
            if tuple(getattr(row, name) for name in columns) == self.key
            else row
            for row in rows
        )
        return problem.model_copy(update={table: changed})

    def _update(self, row: Any) -> dict[str, Any]:
        before = getattr(row, self.field)
        value = before + self.value if self.add and before is not None else self.value
        if self.field == "finish_by":  # what it asks for an hour goes with it
            return {"finish_by": value, "min_attempts_per_hour": 0.0}
        return {self.field: value}


def _spelt(value: float | None) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:d}" if isinstance(value, int) else repr(value)


class NewDialer(NamedTuple):
    """One more dialer, like another one in all but its id."""

    like: str
    name: str

    @property
    def expression(self) -> str:
        """As ``--set`` reads it: ``dialer.NEW.like=D1``."""
        return f"dialer.{self.name}.like={self.like}"

    def apply(self, problem: Problem) -> Problem:
        """The problem with it, also wherever the other one is named."""
        like = problem.dialers[problem.dialer_index[self.like]]

        def named(ids: tuple[str, ...]) -> tuple[str, ...]:
            return (*ids, self.name) if self.like in ids else ids

        # Not made anew: pools may name campaigns that were left out because they cannot run.
        return problem.model_copy(
            update={
                "dialers": (*problem.dialers, like.model_copy(update={"dialer_id": self.name})),
                "campaigns": tuple(
                    c
                    if c.allowed_dialers is None
                    else c.model_copy(update={"allowed_dialers": named(c.allowed_dialers)})
                    for c in problem.campaigns
                ),
                "pools": tuple(
                    p.model_copy(update={"dialers": named(p.dialers)}) for p in problem.pools
                ),
                "limits": tuple(
                    row.model_copy(update={"dialer_ids": named(row.dialer_ids)})
                    for row in problem.limits
                ),
            }
        )


@dataclass(frozen=True)
class Changed:
    """A problem with one thing changed.

    Attributes
    ----------
    limit : what it is about: a rule of the checker, or a column
    key : whose limit: ids, as the table names its rows
    words : what is changed, as a thing that one may do
    edits : that make it, in order
    problem : with it
    loosens : whether every plan of the problem as it was holds in it too
    step : whether a limit is loosened by one step, not taken away whole
    """

    limit: str
    key: tuple[str, ...]
    words: str
    edits: tuple[Edit | NewDialer, ...]
    problem: Problem
    loosens: bool = True
    step: bool = False

    @property
    def name(self) -> tuple[str, ...]:
        """The limit and whose it is."""
        return self.limit, *self.key

    @property
    def expressions(self) -> tuple[str, ...]:
        """As ``--set`` reads them."""
        return tuple(edit.expression for edit in self.edits)


def changed(
    problem: Problem,
    limit: str,
    key: tuple[str, ...],
    words: str,
    edits: Sequence[Edit | NewDialer],
    loosens: bool = True,
) -> Changed:
    """The problem after edits, one after the other."""
    after = problem
    for edit in edits:
        after = edit.apply(after)
    return Changed(limit, key, words, tuple(edits), after, loosens)
