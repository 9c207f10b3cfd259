"""What a scenario changes, in the words of those who dial."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from planner.app.editing.worlds.levers import Levers
from planner.contracts.values.fields import EVERY

_EXPRESSION = re.compile(
    r"\s*(?P<table>\w+)\.(?P<key>.*?)\.\s*(?P<column>\w+)\s*(?P<operator>[-+*/]?=)\s*(?P<value>.*)"
)
_ALL = {
    "dialer": "all dialers",
    "campaign": "all campaigns",
    "trunk_group": "all carriers",
    "assignment": "all lines",
}
#: What a true or a false says; of one, and of several.
_SWITCHES = {
    ("in_service", "true"): ("is in service", "are in service"),
    ("in_service", "false"): ("is out of service", "are out of service"),
    ("locked", "true"): ("is locked", "are locked"),
    ("locked", "false"): ("is not locked", "are not locked"),
    ("status", ""): ("is started", "are started"),
    ("status", "stopped"): ("is stopped", "are stopped"),
    ("status", "stopped_by_admin"): ("is stopped by admin", "are stopped by admin"),
}
#: Columns whose words are not the column's name without its underscores.
_COLUMNS = {"cps": "calls per second", "value": "value of a call"}


def change_words(levers: Levers) -> tuple[str, ...]:
    """Each change as a phrase: ``ATL-1 is out of service from 14:00``; none if nothing changes."""
    return tuple(_phrases(levers))


def _phrases(levers: Levers) -> Iterator[str]:
    if levers.down:
        since = f" from {levers.down_from:%H:%M}" if levers.down_from else ""
        yield f"{_listed(levers.down)} {_is(levers.down)} out of service{since}"
    of = f" of {_listed(levers.campaigns)}" if levers.campaigns else ""
    if levers.agents:
        yield f"{_by(levers.agents)} {_word(levers.agents, 'more', 'fewer')} agents on shift{of}"
    if levers.answers:
        yield f"answer rate{of} {_by(levers.answers)} {_word(levers.answers, 'higher', 'lower')}"
    if levers.talk:
        yield f"talk time{of} {_by(levers.talk)} {_word(levers.talk, 'longer', 'shorter')}"
    if levers.channels:
        yield f"{_by(levers.channels)} {_word(levers.channels, 'more', 'fewer')} carrier channels"
    if levers.new is not None:
        yield f"new campaign {levers.new.campaign_id} with {levers.new.agent_lines} agent lines"
    yield from (expression_words(text) for text in levers.more if text.strip())


def expression_words(text: str) -> str:
    """An expression as a phrase; what is not understood stays as it was typed.

    ``dialer.D1.ports=80`` is ``D1: ports 80``.
    """
    found = _EXPRESSION.fullmatch(text)
    if found is None or found["table"].lower() not in _ALL:
        return text.strip()
    table, key = found["table"].lower(), found["key"]
    column, operator, value = found["column"].lower(), found["operator"], found["value"].strip()
    name = _ALL[table] if set(key.split(".")) == {EVERY} else _name(table, key)
    switch = _SWITCHES.get((column, value.lower()))
    if operator == "=" and switch is not None:
        return f"{name} {switch[EVERY in key.split('.')]}"
    told = {
        "=": value or "as by default",
        "+=": f"{value} more",
        "-=": f"{value} less",
        "*=": f"times {value}",
        "/=": f"divided by {value}",
    }[operator]
    return f"{name}: {_COLUMNS.get(column, column.replace('_', ' '))} {told}"


def _name(table: str, key: str) -> str:
    if table == "assignment":
        campaign, _, dialer = key.partition(".")
        campaign, dialer = (
            name.replace(EVERY, every)
            for name, every in ((campaign, _ALL["campaign"]), (dialer, _ALL["dialer"]))
        )
        return f"{campaign} on {dialer}"
    return f"carrier {key}" if table == "trunk_group" else key


def lever_cells(levers: Levers) -> dict[str, str]:
    """What each control says, by its name: for scenarios beside each other."""
    signed = {
        "Agents on shift": levers.agents,
        "Answer rate": levers.answers,
        "Talk time": levers.talk,
        "Carrier channels": levers.channels,
    }
    since = f", from {levers.down_from:%H:%M}" if levers.down and levers.down_from else ""
    return {
        "Dialers down": ", ".join(levers.down) + since,
        **{name: f"{value:+d} %" if value else "" for name, value in signed.items()},
        "Agents, answers and talk of": ", ".join(levers.campaigns),
        "New campaign": levers.new.campaign_id if levers.new is not None else "",
        "More changes": "; ".join(expression_words(text) for text in levers.more if text.strip()),
    }


def _listed(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def _is(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _by(per_cent: int) -> str:
    return f"{abs(per_cent)} %"


def _word(per_cent: int, up: str, down: str) -> str:
    return up if per_cent > 0 else down
