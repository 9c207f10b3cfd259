"""How a batch is run, and how it ended."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from planner.contracts.arguments import whole_number
from planner.contracts.faults import Fault, InputError
from planner.contracts.result import PlanOptions

if TYPE_CHECKING:
    import pandas as pd

#: The kinds of table that a batch writes.
FORMATS = ("csv", "parquet")
#: More processes than any machine has cores.
MOST_WORKERS = 1024
#: In ``BatchOptions.only``: every problem that has no plan though one was asked for.
FAILED = "failed"


@dataclass(frozen=True)
class BatchOptions:
    """How a batch is run; only ``plan`` and ``format`` change what is written.

    Attributes
    ----------
    plan : options of every plan
    format : ``csv`` or ``parquet``
    workers : processes of this machine; 1 plans in this process. Each of more imports the script
        that runs, which therefore calls :func:`run_batch` under ``if __name__ == "__main__":``
    cluster : address of a Dask scheduler to use instead, such as ``tls://10.0.0.1:8786``
    resume : keep the results of earlier runs into the same folder, and plan what is new, what has
        changed and what was not done
    only : names of the problems to plan, or ``failed`` for all that ended without a plan; these are
        planned again even if nothing has changed, and no others; with it goes ``resume``
    """

    plan: PlanOptions = field(default_factory=PlanOptions)
    format: str = "csv"
    workers: int = 1
    cluster: str | None = None
    resume: bool = False
    only: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what cannot be.

        Raises
        ------
        InputError
            With every option that is wrong.
        """
        if isinstance(self.only, str | list):  # one name, or several
            only = (self.only,) if isinstance(self.only, str) else tuple(self.only)
            object.__setattr__(self, "only", only)
        checks = (
            whole_number("workers", self.workers, 1, MOST_WORKERS),
            ("format", self.format, self.format in FORMATS, " or ".join(FORMATS)),
            ("plan", self.plan, isinstance(self.plan, PlanOptions), "PlanOptions"),
            ("only", self.only, isinstance(self.only, tuple), "names of problems, or failed"),
        )  # fmt: skip
        wrong = [
            Fault("BatchOptions", None, name, str(value), wanted)
            for name, value, right, wanted in checks
            if not right
        ]
        if wrong:
            raise InputError(wrong)


@dataclass(frozen=True)
class BatchSummary:
    """How many problems ended how; ``complete`` is False where the run was stopped before.

    Attributes
    ----------
    orphans : rows that name no problem
    resumed : problems whose results were there
    unplanned : name, ending and reason of problems without a plan, the first of them
    losses : totals and the largest losses of scenarios over many fleets, as sentences
    strangers : scenarios that name what no fleet has
    folder, format : where the tables are, and of which kind
    """

    total: int
    endings: Counter[str]
    orphans: int
    complete: bool
    seconds: float
    resumed: int
    unplanned: tuple[tuple[str, str, str], ...] = ()
    losses: tuple[str, ...] = ()
    strangers: tuple[str, ...] = ()
    folder: Path | None = None
    format: str = "csv"

    def frame(self, table: str = "plans") -> pd.DataFrame:
        """A table of the results as a data frame; text is as it was given, blank cells are missing.

        Parameters
        ----------
        table : ``plans``, ``campaigns``, ``dialers``, ``assignments``, ``projection`` or ``errors``

        Raises
        ------
        InputError
            If there is no such table.
        """
        import pandas as pd

        from planner.studies.batch.results.columns import COLUMNS
        from planner.studies.batch.results.tables import read_table

        if table not in COLUMNS or self.folder is None:
            wanted = f"one of {', '.join(COLUMNS)}"
            raise InputError([Fault("BatchSummary", None, "table", str(table), wanted)])
        parts = read_table(self.folder / f"{table}.{self.format}", table)
        rows = [row for _, part in parts for row in part]
        return pd.DataFrame(rows, columns=list(COLUMNS[table]))
