"""Finds the line of a row by its keys, in whatever a problem was read from."""

from __future__ import annotations

from collections.abc import Mapping

from planner.contracts.faults import InputError
from planner.studies.batch.input.items import Context, Files, FleetScenario, Rows, Scenario, Source
from planner.tables.folder import EXCEL_SUFFIX
from planner.tables.sheets import Sheet, csv_sheet
from planner.tables.workbook import workbook_sheets

#: File or sheet, and line; None where the row is not found.
Place = tuple[str, int | None]


def line_of(source: Source, context: Context, table: str, key: Mapping[str, str]) -> Place:
    """File and line of the row of a table with these key cells; of a scenario's row, its own."""
    match source:
        case Scenario() | FleetScenario(scenario=Scenario()):
            row = source if isinstance(source, Scenario) else source.scenario
            assert isinstance(row, Scenario)
            return row.label, row.line
        case Files():
            sheet = _sheet(source.content, table)
        case Rows() if table in source.tables:
            sheet = context.frames[table]._replace(rows=list(source.tables[table]))
        case _:
            sheet = None
    name = sheet.label if sheet is not None else context.label.format(table)
    return name, None if sheet is None else _line(sheet, key)


def _sheet(content: Mapping[str, bytes], table: str) -> Sheet | None:
    def is_table(name: str) -> bool:
        return name.strip().lower().removesuffix(".csv") == table

    try:
        for name, found in content.items():
            if name.lower().endswith(EXCEL_SUFFIX):
                for title, sheet in workbook_sheets(name, found, is_table).items():
                    if is_table(title) and isinstance(sheet, Sheet):
                        return sheet
            elif is_table(name):
                return csv_sheet(name, found)
    except InputError:
        pass  # it could be read before
    return None


def _line(sheet: Sheet, key: Mapping[str, str]) -> int | None:
    header = sheet.header.cells
    if not key or any(column not in header for column in key):
        return None
    wanted = {header.index(column): value for column, value in key.items()}
    for row in sheet.rows:
        if all(at < len(row.cells) and row.cells[at] == value for at, value in wanted.items()):
            return row.line
    return None
