"""Visitors of the app without a browser: the messages that the page sends, over real websockets."""

from __future__ import annotations

import asyncio
import json
import random
import time
from dataclasses import dataclass, field

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

PATIENCE = 60.0  # seconds


class VisitFailed(Exception):
    """The server answered with a fault, or not at all."""


@dataclass
class Visitor:
    """One browser tab: its connection, what its page shows, and what was typed."""

    connection: ClientConnection
    states: dict[str, WidgetState] = field(default_factory=dict)
    buttons: dict[str, str] = field(default_factory=dict)  # id by label
    metrics: dict[str, str] = field(default_factory=dict)
    board: str = ""
    part: str = ""  # of the page that an edit on the board draws
    batches: int = 0
    received: int = 0  # bytes

    @classmethod
    async def come(cls, address: str) -> Visitor:
        """Open the page and wait until it is drawn."""
        url = f"{address.replace('http', 'ws', 1)}/_stcore/stream"
        connection = await connect(url, subprotocols=["streamlit"], max_size=None, compression=None)  # type: ignore[list-item]
        visitor = cls(connection)
        await visitor.rerun()
        return visitor

    async def rerun(self, pressed: str = "", fragment: str = "") -> None:
        """Have the server run the page, as a change or a click does, and take in what it draws."""
        message = BackMsg()
        for state in self.states.values():
            message.rerun_script.widget_states.widgets.append(state)
        if pressed:
            trigger = message.rerun_script.widget_states.widgets.add()
            trigger.id, trigger.trigger_value = pressed, True
        if fragment:
            message.rerun_script.fragment_id = fragment
        message.rerun_script.context_info.timezone = "UTC"
        await self.connection.send(message.SerializeToString())
        await asyncio.wait_for(self._take_in(), PATIENCE)

    async def type(self, campaign: str, dialer: str, text: str) -> None:
        """Type into a cell of the board, as one batch."""
        self.batches += 1
        cells = [[campaign, dialer, text]]
        batch = {"id": self.batches, "column": "dial_lines", "cells": cells}
        state = WidgetState(id=self.board)
        state.json_value = json.dumps({"typed": {"mount": "visitor", "batches": [batch]}})
        self.states = {self.board: state}
        await self.rerun(fragment=self.part)

    async def _take_in(self) -> None:
        while True:
            data = await self.connection.recv()
            assert isinstance(data, bytes)
            self.received += len(data)
            message = ForwardMsg.FromString(data)
            kind = message.WhichOneof("type")
            if kind == "script_finished":
                if message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    return
            elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
                self._see(message)

    def _see(self, message: ForwardMsg) -> None:
        element = message.delta.new_element
        match element.WhichOneof("type"):
            case "exception":
                raise VisitFailed(element.exception.message)
            case "bidi_component":
                self.board, self.part = element.bidi_component.id, message.delta.fragment_id
            case "metric":
                self.metrics[element.metric.label] = element.metric.body
            case "button":
                self.buttons[element.button.label] = element.button.id


@dataclass
class Editor:
    """Somebody who edits all the time, and knows what the page must show.

    Attributes
    ----------
    dial_lines : of each campaign on each dialer by now
    ports : taken by now
    """

    visitor: Visitor
    dial_lines: dict[tuple[str, str], int]
    ports: int
    draw: random.Random

    async def edit(self) -> float:
        """Type a number into some cell; seconds until the page shows what it comes to."""
        key, lines = self.draw.choice(list(self.dial_lines)), self.draw.randint(0, 60)
        expected = self.ports + lines - self.dial_lines[key]
        start = time.perf_counter()
        await self.visitor.type(*key, str(lines))
        seconds = time.perf_counter() - start
        self.dial_lines[key], self.ports = lines, expected
        shown = int(self.visitor.metrics["Ports used"].split(" of ")[0].replace(",", ""))
        if shown != expected:
            raise VisitFailed(f"{shown} ports are shown as used, {expected} are")
        return seconds


async def optimise(visitor: Visitor, until: float) -> int:
    """Have plans made one after the other, looked at every half second; how many were."""
    made = 0
    while time.monotonic() < until:
        await visitor.rerun(pressed=visitor.buttons["Optimise"])
        visitor.buttons.pop("Discard", None)
        visitor.buttons.pop("Close", None)
        while time.monotonic() < until:
            await asyncio.sleep(0.5)
            await visitor.rerun()
            done = visitor.buttons.get("Discard") or visitor.buttons.get("Close")
            if done:
                made += 1
                await visitor.rerun(pressed=done)
                break
    return made
