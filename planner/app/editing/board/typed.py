"""What the board sends of what is typed into it: numbered batches of cells, read with care."""

from __future__ import annotations

from dataclasses import dataclass

from planner.app.editing.edited_lines import EditMessage, PairKey

#: The columns of the lines that the board edits, and what locks them.
_COLUMNS, _LOCKED = ("dial_lines", "agent_lines"), "locked"
_STEPS = ("undo", "redo")
_CELL = 3  # campaign, dialer, what was typed


@dataclass(frozen=True)
class Batch:
    """Cells typed or pasted in one go, or a step through the history; numbers grow with time.

    Attributes
    ----------
    step : ``undo`` or ``redo``; None for cells.
    """

    id: int
    edits: dict[PairKey, dict[str, object]]
    step: str | None = None

    def is_about(self, message: EditMessage) -> bool:
        """Whether it types anew what a message is about."""
        key = message.campaign_id, message.dialer_id
        return key in self.edits and message.column in ("", *self.edits[key])


@dataclass(frozen=True)
class Typed:
    """Everything that one board has sent and does not know to be taken in."""

    mount: str
    batches: tuple[Batch, ...]


def read_typed(value: object) -> Typed | None:
    """What a browser sent, whoever made it; what makes no sense is left out."""
    if not isinstance(value, dict) or not isinstance(value.get("mount"), str):
        return None
    sent = value.get("batches")
    batches = [batch for item in sent if (batch := _batch(item))] if isinstance(sent, list) else []
    return Typed(value["mount"], tuple(sorted(batches, key=lambda batch: batch.id)))


def _batch(item: object) -> Batch | None:
    if not isinstance(item, dict):
        return None
    number, column, cells = item.get("id"), item.get("column"), item.get("cells")
    if type(number) is int and item.get("step") in _STEPS:
        return Batch(number, {}, item["step"])
    if type(number) is not int or not isinstance(cells, list):
        return None
    if column not in (*_COLUMNS, _LOCKED):
        return None
    edits: dict[PairKey, dict[str, object]] = {}
    for cell in cells:
        if isinstance(cell, list) and len(cell) == _CELL and all(isinstance(x, str) for x in cell):
            edits[cell[0], cell[1]] = {column: cell[2] == "1" if column == _LOCKED else cell[2]}
    return Batch(number, edits)
