"""A changed world by a few levers, as expressions that what-if reads; inputs in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import time
from fractions import Fraction
from typing import Annotated

from pydantic import Field

from planner.contracts.comparison import Tornado
from planner.contracts.faults import Fault, InputError
from planner.contracts.problem import Campaign, CampaignStop, Contract, Problem
from planner.contracts.values.fields import Identifier

PerCent = Annotated[int, Field(ge=-100, le=100)]


class Levers(Contract):
    """What differs from the base; 0 and empty mean nothing does.

    Attributes
    ----------
    down : dialers out of service.
    down_from : on the clock, of the day that is looked at; None: from the start.
    campaigns : whose agents, answers and talks change; empty: those of all.
    agents, answers, talk, channels : change of the agent lines on shift, of the answer rate, of
        the talk time and of the carriers' channels [%].
    new : a campaign that the base does not have.
    more : further expressions, as typed.
    """

    down: tuple[Identifier, ...] = ()
    down_from: time | None = None
    campaigns: tuple[Identifier, ...] = ()
    agents: PerCent = 0
    answers: PerCent = 0
    talk: PerCent = 0
    channels: PerCent = 0
    new: Campaign | None = None
    more: tuple[str, ...] = ()

    @property
    def expressions(self) -> tuple[str, ...]:
        """The expressions, in an order in which what is typed comes last and wins."""
        down = (f"dialer.{dialer_id}.in_service=false" for dialer_id in self.down)
        return (*down, *self.while_up)

    @property
    def while_up(self) -> tuple[str, ...]:
        """The expressions without those that take dialers out of service."""
        return tuple(self._each())

    def _each(self) -> Iterator[str]:
        levers = (
            ("agent_lines", self.agents),
            ("answer_rate", self.answers),
            ("talk_seconds", self.talk),
        )
        for column, per_cent in levers:
            for campaign_id in (self.campaigns or ("*",)) if per_cent else ():
                yield f"campaign.{campaign_id}.{column}*={_factor(per_cent)}"
        if self.channels:
            yield f"trunk_group.*.channels*={_factor(self.channels)}"
        if self.new is not None:
            yield f"campaign.{self.new.campaign_id}.status="
        yield from (text.strip() for text in self.more if text.strip())


def with_new_campaigns(problem: Problem, levers: Iterable[Levers]) -> Problem:
    """The problem with the new campaigns of some worlds, stopped until a world starts them.

    Raises
    ------
    InputError
        If a campaign of that name is there already.
    """
    known = set(problem.campaign_index)
    added, faults = [], []
    for new in (each.new for each in levers):
        if new is None:
            continue
        if new.campaign_id in known:
            wanted = "a name that no other campaign has, here or in another scenario"
            faults.append(Fault("New campaign", None, None, new.campaign_id, wanted))
        known.add(new.campaign_id)
        added.append(new.model_copy(update={"status": CampaignStop.STOPPED}))
    if faults:
        raise InputError(faults)
    if not added:
        return problem
    tables = {name: getattr(problem, name) for name in Problem.model_fields}
    return Problem.model_validate(tables | {"campaigns": (*problem.campaigns, *added)})


def without_unknown(levers: Levers, problem: Problem) -> tuple[Levers, tuple[str, ...]]:
    """The levers as far as a fleet has what they name, and the names that it does not have."""
    dialers = {d.dialer_id for d in problem.dialers if d.in_service}
    gone = [name for name in levers.down if name not in dialers]
    gone += [name for name in levers.campaigns if name not in problem.campaign_index]
    known = levers.model_copy(
        update={
            "down": tuple(name for name in levers.down if name in dialers),
            "campaigns": tuple(n for n in levers.campaigns if n in problem.campaign_index),
        }
    )
    return known, tuple(gone)


def _factor(per_cent: int) -> str:
    return f"{float(1 + Fraction(per_cent, 100)):g}"


def in_words(tornado: Tornado) -> Tornado:
    """The tornado with its inputs as a planner names them: ``Solar: talk seconds``."""
    return tornado.model_copy(
        update={
            "rows": tuple(
                row.model_copy(update={"input": _input_words(row.input)}) for row in tornado.rows
            )
        }
    )


def _input_words(name: str) -> str:
    table, _, rest = name.partition(".")
    row, _, column = rest.rpartition(".")
    kind = "Trunk group " if table == "trunk_group" else ""
    return f"{kind}{row}: {column.replace('_', ' ')}"
