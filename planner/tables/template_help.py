"""Help inside a template workbook: comments on titles, lists to pick from, columns wide enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.tables.cells import choices, columns
from planner.tables.folder import TABLES
from planner.tables.labels import label, told

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

#: Rows that the lists are for; a fleet has fewer.
_ROWS = 2000
#: Columns whose cells are one of the keys of another sheet, where its first column holds them.
_KEYS = {"campaign_id": "campaigns", "dialer_id": "dialers", "trunk_group": "trunk_groups"}
_AUTHOR = "Line planner"
_COMMENT_PIXELS = (320, 120)


def add_help(sheet: Worksheet, table: str, header: list[str]) -> None:
    """Comments, lists and widths for the columns of a table."""
    from openpyxl.comments import Comment
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    contract = TABLES[table].contract
    for number, column in enumerate(header, start=1):
        letter, title = get_column_letter(number), sheet.cell(1, number)
        words = f"{label(table, column).title}. {told(table, contract, column)}"
        comment = Comment(words, _AUTHOR)
        comment.width, comment.height = _COMMENT_PIXELS
        title.comment, title.font = comment, Font(bold=True)
        sheet.column_dimensions[letter].width = max(10, len(column) + 3)
        formula = _list_formula(table, column)
        if formula is not None:
            picks = DataValidation(type="list", formula1=formula, allow_blank=True)
            # Several keys may stand in one cell of some tables: a list offers, it does not forbid.
            picks.showErrorMessage = column not in _KEYS
            picks.errorTitle, picks.error = (
                "Not one of the list",
                told(table, contract, column)[:255],
            )
            picks.add(f"{letter}2:{letter}{_ROWS}")
            sheet.add_data_validation(picks)


def _list_formula(table: str, column: str) -> str | None:
    home = _KEYS.get(column)
    if home is not None and home != table:
        return f"={home}!$A$2:$A${_ROWS}"
    contract = TABLES[table].contract
    found = choices(contract, columns(contract)[column])
    return '"' + ",".join(found) + '"' if found else None
