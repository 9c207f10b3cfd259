"""What a board is made of: heads, cells, ends and feet. Plain values that a page sends on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Measure(StrEnum):
    """What the cells of the board show."""

    DIAL_LINES = "Dial lines"
    AGENT_LINES = "Agent lines"
    PAUSED = "Time paused"
    CALLS = "Calls an hour"

    @property
    def column(self) -> str | None:
        """The column of the lines that is edited; None where figures are shown."""
        columns = {Measure.DIAL_LINES: "dial_lines", Measure.AGENT_LINES: "agent_lines"}
        return columns.get(self)


@dataclass(frozen=True)
class Note:
    """A place of the board other than a cell of lines.

    Attributes
    ----------
    text : what stands there.
    change : against the lines as opened, ``+12``; blank where nothing changed.
    broken : the limits that are broken here, in words.
    told : more words, for whoever rests on it.
    """

    text: str
    change: str = ""
    broken: str = ""
    told: str = ""


@dataclass(frozen=True)
class Cell:
    """A campaign on a dialer.

    Attributes
    ----------
    dialer : place of the dialer among those of the board.
    level : tints the cell, in [0, 1]: the share of time, or of the campaign's calls.
    is_changed : whether its lines differ from those opened.
    """

    dialer: int
    text: str
    level: float = 0.0
    broken: str = ""
    told: str = ""
    is_locked: bool = False
    is_changed: bool = False


@dataclass(frozen=True)
class Row:
    """A campaign with its cells (those without anything to show left out) and its ends."""

    head: Note
    cells: tuple[Cell, ...]
    closed: tuple[int, ...]
    ends: tuple[Note, ...]


@dataclass(frozen=True)
class Foot:
    """What the columns come to: one value for each dialer, and one for all."""

    label: str
    told: str
    cells: tuple[Note, ...]
    total: Note


@dataclass(frozen=True)
class Board:
    """Everything that is drawn; ``column`` is the one that may be edited, None: none."""

    column: str | None
    dialers: tuple[Note, ...]
    domains: tuple[str, ...]
    ends: tuple[Note, ...]
    rows: tuple[Row, ...]
    feet: tuple[Foot, ...]
