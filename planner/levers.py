"""A changed world by a few levers, as expressions that what-if reads; inputs in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from planner.worlds import Tornado


@dataclass(frozen=True)
class Levers:
    """What differs from the base; 0 and empty mean nothing does.

    Attributes
    ----------
    down : dialers out of service.
    campaigns : whose agents, answers and talks change; empty: those of all.
    agents, answers, talk, channels : change of the agent lines on shift, of the answer rate, of
        the talk time and of the carriers' channels [%].
    more : further expressions, as typed.
    """

    down: tuple[str, ...] = ()
    campaigns: tuple[str, ...] = ()
    agents: int = 0
    answers: int = 0
    talk: int = 0
    channels: int = 0
    more: tuple[str, ...] = ()

    @property
    def expressions(self) -> tuple[str, ...]:
        """The expressions, in an order in which what is typed comes last and wins."""
        return tuple(self._each())

    def _each(self) -> Iterator[str]:
        for dialer_id in self.down:
            yield f"dialer.{dialer_id}.in_service=false"
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
        yield from (text.strip() for text in self.more if text.strip())


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
