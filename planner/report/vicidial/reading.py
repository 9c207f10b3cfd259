"""What the commands about a VICIdial system print."""

from __future__ import annotations

from typing import Any

from planner.report.text_layout import bullets, section, table, wrapped
from planner.vicidial.reading.regimes import Regime
from planner.vicidial.reading.site import Site

#: Warnings of one kind that are printed; the notes beside the folder hold all.
MOST_ALIKE = 3


def site_document(site: Site) -> dict[str, Any]:
    """The reading as one document."""
    return {
        "database": site.settings.database,
        "read_at": site.settings.read_at,
        "db_schema_version": site.settings.system.db_schema_version,
        "campaigns": {name: regime.value for name, regime in site.regimes.items()},
        "left_out": site.fleet.left_out,
        "assumed": {name: list(columns) for name, columns in site.fleet.assumed.items()},
        "warnings": [item.model_dump() for item in site.warnings],
        "questions": site.questions,
    }


def site_text(site: Site) -> str:
    """The reading for a terminal: what was found, what is wrong with it, what is to be answered."""
    problem = site.fleet.problem
    lines = [
        f"{site.settings.database}: {len(problem.dialers):,} servers, {len(problem.campaigns):,} "
        f"campaigns that can be planned, {len(site.fleet.left_out):,} left out."
    ]
    bounds = [
        [name, regime.value]
        for name, regime in site.regimes.items()
        if regime is not Regime.PLANNED
    ]
    if bounds:
        lines += section(
            "What projected figures are worth with the settings of today",
            table(["campaign", "figures"], bounds[:20]),
        )
        if len(bounds) > 20:
            lines += wrapped(f"and {len(bounds) - 20:,} more campaigns", "  ")
    lines += section("Warnings", bullets(_warnings(site)))
    lines += section("Questions that the database does not answer", bullets(site.questions))
    return "\n".join(lines) + "\n"


def _warnings(site: Site) -> list[str]:
    """Warnings as sentences, few of each kind."""
    found: list[str] = []
    told: dict[str, int] = {}
    for item in site.warnings:
        told[item.code] = told.get(item.code, 0) + 1
        if told[item.code] <= MOST_ALIKE:
            found.append(f"{item.where}: {item.what}. {_sentence(item.effect)} {_mend(item.mend)}")
    more = {code: count - MOST_ALIKE for code, count in told.items() if count > MOST_ALIKE}
    found += [f"{count:,} more like it: {code}" for code, count in more.items()]
    return found


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _mend(text: str) -> str:
    return f"Mended by: {text}."
