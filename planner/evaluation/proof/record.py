"""What a bound rests on: a tree of boxes that together hold all plans, with duals at its leaves.

A box is a range of lines for every campaign and dialer. It is split at a number of lines, or by
what the worst failure takes. The bound of a leaf follows from its duals alone; see
:mod:`planner.evaluation.proof.bound`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

FORMAT = 1


@dataclass
class Node:
    """A box: split in two, or a leaf.

    Attributes
    ----------
    split : None, or ``[campaign, dialer, "dial" or "agent", at]``: at most so many, or more
    taken : None, or ``[value, target]``: of the plans worth more than the target, those of which
        the worst failure takes at most so much an hour, or more
    children : of a split, the lower one first
    duals : of a leaf, by row of the master
    empty : of a leaf: it holds no plan, by the duals of whether there is any, or because a campaign
        has no split in it
    """

    split: list[Any] | None = None
    taken: list[float] | None = None
    children: list[int] = field(default_factory=list)
    duals: dict[str, Any] | None = None
    empty: bool = False


@dataclass
class Proof:
    """One claim: no plan is worth more than ``bound``, or falls short by less, or there is none.

    Attributes
    ----------
    counted : campaigns and kind of shortfall that are made as few as can be; None: value
    most : by campaign and kind, how much a split may fall short, where that is not nothing
    sums : ``[[campaign, kind] ..., total]`` found before
    bound : None: there is no plan at all
    """

    redundancy: float
    failures: int
    move_cost: float
    keep_current: bool
    bound: float | None
    nodes: list[Node]
    counted: list[list[Any]] | None = None
    most: list[list[Any]] = field(default_factory=list)
    sums: list[list[Any]] = field(default_factory=list)

    def as_document(self) -> dict[str, Any]:
        """The proof as plain data."""
        return {"format": FORMAT, **asdict(self)}

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Proof:
        """The proof of plain data.

        Raises
        ------
        ValueError
            If it is no proof of this format.
        """
        given = dict(document)
        if given.pop("format", None) != FORMAT:
            raise ValueError(f"a proof of format {FORMAT}")
        try:
            nodes = [Node(**node) for node in given.pop("nodes")]
            return cls(nodes=nodes, **given)
        except (TypeError, KeyError) as error:
            raise ValueError(f"a proof: {error}") from error
