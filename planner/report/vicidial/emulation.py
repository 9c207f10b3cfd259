"""What VICIdial does today beside what a plan does, as text, table and document."""

from __future__ import annotations

from typing import Any

from planner.report.text_layout import Row, bullets, section, table, wrapped
from planner.report.words import amount, share
from planner.vicidial.emulation.comparison import PLAN, TODAY, Case, Emulated
from planner.vicidial.emulation.day_figures import FIGURES, Figure, figures

_WAYS = {TODAY: "today", PLAN: "plan"}


def emulation_document(found: Emulated) -> dict[str, Any]:
    """All figures with their 95 % intervals."""
    return {
        "hours": found.cases[0].days.hours,
        "days": len(found.cases[0].days.totals),
        "cases": [_case_document(found, case) for case in found.cases],
        "gains": [
            {
                "failure": case.failure or None,
                **_ends("transfers_per_hour", found.gain("transfers", case.failure)),
                **_ends("abandons_per_hour", found.gain("abandons", case.failure)),
            }
            for case in found.cases
            if case.way == PLAN
        ],
        "notes": list(found.notes),
    }


def _case_document(found: Emulated, case: Case) -> dict[str, Any]:
    everything = figures(case.days)
    return {
        "way": case.way,
        "failure": case.failure or None,
        **_ends("value_per_hour", found.value(case.way, case.failure)),
        **{key: end for name, f in everything.items() for key, end in _ends(name, f).items()},
        "campaigns": [
            {"campaign_id": name}
            | {key: end for figure, f in row.items() for key, end in _ends(figure, f).items()}
            for name, row in found.figures(case.way, case.failure).items()
        ],
    }


def _ends(name: str, figure: Figure) -> dict[str, float]:
    return {name: figure.value, f"{name}_low": figure.low, f"{name}_high": figure.high}


def emulation_table(found: Emulated) -> tuple[list[str], list[list[object]]]:
    """Columns and rows by way of dialing, failure, campaign and dialer."""
    ends = [f"{name}{end}" for name in FIGURES for end in ("", "_low", "_high")]
    rows: list[list[object]] = []
    for case in found.cases:
        for c, campaign in enumerate(found.problem.campaigns):
            for s, server in enumerate(found.settings.servers):
                row = figures(case.days, c, s)
                if not row["attempts_per_hour"].value and "all_busy_share" not in row:
                    continue
                cells: list[object] = []
                for name in FIGURES:
                    cells += list(row[name]) if name in row else [None] * 3
                dialer = found.settings.dialer_ids[server.server_ip]
                rows.append([case.way, case.failure, campaign.campaign_id, dialer, *cells])
    return ["way", "failure", "campaign_id", "dialer_id", *ends], rows


def emulation_text(found: Emulated) -> str:
    """The comparison for a terminal."""
    hours, days = found.cases[0].days.hours, len(found.cases[0].days.totals)
    lines = wrapped(
        f"{days} emulated days of {hours:g} h, dialed by VICIdial's own loops; in brackets the "
        "95 % interval.",
        "",
    )
    lines += section("An hour, all campaigns together", _ways_table(found))
    lines += section("By campaign", _campaigns_table(found))
    lines += section("What the plan gains", bullets(gain_sentences(found)))
    lines += section("Beware", bullets(found.notes))
    return "\n".join(lines) + "\n"


def _ways_table(found: Emulated) -> list[str]:
    rows: list[Row] = []
    for case in found.cases:
        row = figures(case.days)
        if case.way == TODAY:
            rows.append(f"  with {case.failure} down" if case.failure else "  as things are")
        rows.append(
            [
                _WAYS[case.way],
                _brackets(found.value(case.way, case.failure)),
                _brackets(row["transfers_per_hour"]),
                _brackets(row["abandons_per_hour"]),
                share(row["abandon_rate"].value) if "abandon_rate" in row else "-",
            ]
        )
    return table(["", ">value", ">transfers", ">abandoned", ">abandon rate"], rows)


def ways_rows(found: Emulated) -> list[list[str]]:
    """Today and the plan an hour, as things are and with each failure, for a page."""
    rows = []
    for case in found.cases:
        row = figures(case.days)
        when = f", {case.failure} down" if case.failure else ""
        rows.append(
            [
                f"{'Today' if case.way == TODAY else 'On the board'}{when}",
                _brackets(found.value(case.way, case.failure)),
                _brackets(row["transfers_per_hour"]),
                _brackets(row["abandons_per_hour"]),
                share(row["abandon_rate"].value) if "abandon_rate" in row else "-",
            ]
        )
    return rows


def _campaigns_table(found: Emulated, most: int = 20) -> list[str]:
    today, plan = found.figures(TODAY), found.figures(PLAN)
    rows = [
        [
            name,
            _brackets(today[name]["transfers_per_hour"]),
            _brackets(plan[name]["transfers_per_hour"]),
            share(today[name]["abandon_rate"].value) if "abandon_rate" in today[name] else "-",
            share(plan[name]["abandon_rate"].value) if "abandon_rate" in plan[name] else "-",
        ]
        for name in list(today)[:most]
    ]
    titles = ["campaign", ">transfers today", ">plan", ">abandon rate today", ">plan"]
    lines = table(titles, rows)
    if len(today) > most:
        lines += wrapped(f"and {len(today) - most:,} more campaigns, in emulation.csv", "  ")
    return lines


def gain_sentences(found: Emulated) -> list[str]:
    """What the plan has more than today, as things are and with each failure."""
    told = []
    for case in found.cases:
        if case.way != PLAN:
            continue
        gain, lost = (found.gain(name, case.failure) for name in ("transfers", "abandons"))
        when = f"with {case.failure} down" if case.failure else "as things are"
        told.append(
            f"{when}: {_signed(gain)} transfers and {_signed(lost)} abandoned calls an hour"
        )
    return told


def _brackets(figure: Figure) -> str:
    return f"{amount(figure.value)} [{amount(figure.low)}, {amount(figure.high)}]"


def _signed(figure: Figure) -> str:
    sign = "+" if figure.value >= 0 else ""
    return f"{sign}{_brackets(figure)}"
