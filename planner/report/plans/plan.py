"""Results as text: what a campaign manager reads in a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planner.contracts.answers import PoolUse, Worth
from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Problem
from planner.contracts.result import (
    AssignmentFigures,
    CampaignTotals,
    DialerUse,
    PlanResult,
    PlanStatus,
)
from planner.contracts.values.told import share_in_table
from planner.evaluation.notes import counted_calls, value_note
from planner.evaluation.worth.held import ends_words
from planner.report.plans.given_up import (
    LOSSES,
    NEEDED,
    broken_sentences,
    given_up_sentences,
    left_out_sentences,
    needed_sentences,
    plan_loss_sentences,
    tightened_sentences,
)
from planner.report.plans.helps import SMALLEST_ERROR, help_lines, tables_error
from planner.report.plans.moves import meanwhile, rows_of_moves, way_sentence, without_move
from planner.report.projections.days import abandon_day_sentences
from planner.report.text_layout import NOTHING, bullets, pairs, section, table, wrapped
from planner.report.words import (
    STOPPED_EARLY,
    aim_parts,
    amount,
    expected_status,
    quality,
    share,
    value_rate,
    value_title,
)

#: Over what mends several conflicts at once, and what is told where nothing was found to.
TOGETHER = "One change for each, tried together"
NOT_TOGETHER = "No plan was found with one change for each: more may be needed."
#: Requirements of a conflict that are listed.
MOST_LISTED = 20
_TOTALS = {
    "Transfers an hour": "transfers_per_hour",
    "Messages an hour": "messages_per_hour",
    "Abandoned an hour": "abandons_per_hour",
}


def plan_text(result: PlanResult, problem: Problem, *, why: bool = False) -> str:
    """A plan, or why there is none; with ``why`` the reason of each line assignment."""
    if result.plan is None:
        return _text(_without_plan(result))
    return _text(
        [
            *wrapped(f"Plan, {quality(result)}", ""),
            *(wrapped(STOPPED_EARLY, "") if result.stopped_early else []),
            *section("Given up", bullets(given_up_sentences(result.given_up))),
            *section(NEEDED, bullets(needed_sentences(result.needed, result.needed_search))),
            *section(LOSSES, bullets(plan_loss_sentences(result.losses))),
            *section("Cannot run", bullets(left_out_sentences(result.left_out))),
            *section(
                "Limits that the simulation breaks", bullets(broken_sentences(result.limits_broken))
            ),
            *section(
                "Limits that the search had to tighten",
                bullets(tightened_sentences(result.limits_tightened)),
            ),
            *section("In total", _plan_totals(result, problem)),
            *section("Abandoned calls on days that differ", bullets(abandon_day_sentences(result))),
            *section("Done in time", bullets(_finish(result))),
            *section("Campaigns", _campaigns(result, problem)),
            *section("Pools of agents", _pools(result)),
            *section("Lines", lines_table(result)),
            *section("Dialers", _dialers(result, problem)),
            *section("What limits the plan", bullets(result.binding)),
            *section("What would help most", help_lines(result)),
            *section("Not used", bullets(item.words for item in result.stranded)),
            *section("Why these lines", bullets(r.words for r in result.why) if why else []),
            *section("Changes against the current lines", _changes(result, problem)),
        ]
    )


def _broken(result: PlanResult) -> list[str]:
    return bullets(broken_sentences(result.limits_broken))


def _without_plan(result: PlanResult) -> list[str]:
    if result.status is not PlanStatus.INFEASIBLE:
        return wrapped("Stopped before any plan was found. A longer --time-limit may help.", "")
    return ["No plan meets all requirements.", *nearest_lines(result), *conflict_lines(result)]


def nearest_lines(result: PlanResult) -> list[str]:
    """The nearest plan: what it gives up and brings."""
    nearest = result.nearest
    if nearest is None:
        return []
    brings = f"It brings {amount(nearest.value_per_hour)} an hour. Take it with --relax."
    given_up = bullets(given_up_sentences(nearest.given_up))
    lines = section("The nearest plan gives up", given_up)
    needed = section(NEEDED, bullets(needed_sentences(nearest.needed, nearest.needed_search)))
    return [*lines, *wrapped(brings, "  "), *needed]


def conflict_lines(result: PlanResult) -> list[str]:
    """Sections on what cannot hold together, and what would help."""
    lines: list[str] = []
    for conflict in result.conflicts:
        title = "These cannot hold together"
        if not conflict.smallest:
            title += " (not proven the smallest set: fewer of them may not either)"
        lines += section(title, bullets(_first(conflict.requirements)))
        helps = "Any one of these would help"
        if not conflict.all_tried:
            helps += " (not all could be tried: others may help too)"
        lines += section(helps, bullets(_first(conflict.relaxations)))
        if conflict.all_tried and not conflict.relaxations:
            lines += wrapped("No change of one of these alone helps.", "  ")
    return [*lines, *section(TOGETHER, bullets(together_sentences(result)))]


def together_sentences(result: PlanResult) -> list[str]:
    """What mends several conflicts at once, as it was tried; nothing where there is one."""
    several = sum(bool(c.members and c.relaxations) for c in result.conflicts) > 1
    found = result.repair_together
    if found is not None:
        brings = f"A plan made with all of these brings {amount(found.value_per_hour)} an hour."
        return [*found.words, brings]
    return [NOT_TOGETHER] if several else []


def _first(items: Sequence[str]) -> list[str]:
    """Items up to a number that can be read; the JSON document has all."""
    if len(items) <= MOST_LISTED:
        return list(items)
    return [*items[:MOST_LISTED], f"and {len(items) - MOST_LISTED} more, see --json"]


def _plan_totals(result: PlanResult, problem: Problem) -> list[str]:
    value = result.value
    if value is None:
        return []
    rows = [
        (name, amount(total))
        for name, rate in _TOTALS.items()
        if (total := result.total(rate)) is not None
    ]
    call = counted_calls(problem)
    each = " (each counts 1)" if call else ""
    if value_note(problem):
        each = " (each transfer and each message counts 1)"
    worth = f"{amount(value.throughput_value_per_hour)}{_stopped(result)}{each}"
    if call:  # the value is that number, and has no row of its own
        rows = [(value_title(call), worth), *(row for row in rows if row[0] != value_title(call))]
    else:
        rows.append((value_title(call), worth))
    if value.cost_per_hour:
        gross, cost = amount(value.gross_value_per_hour), amount(value.cost_per_hour)
        rows.append(("Cost an hour", f"{cost}: {gross} of value before what calls cost"))
    if result.expected_value_per_hour is not None:
        ends = result.expected_value_per_hour_low, result.expected_value_per_hour_high
        between = " to ".join(amount(end or 0.0) for end in ends)
        rows.append(("Expected", f"{amount(result.expected_value_per_hour)} ({between}): with what"
                     " the planning tables leave out"))  # fmt: skip
    if result.simulated_value_per_hour is not None:
        low, high = result.simulated_value_per_hour_low, result.simulated_value_per_hour_high
        interval = "" if low is None or high is None else f" ({amount(low)} to {amount(high)})"
        rows.append(("Simulated", f"{amount(result.simulated_value_per_hour)}{interval}"
                     f"{_tables_error(result)}; the rest is by the planning tables"))  # fmt: skip
    if value.worst_failure_domain is not None:
        left = f"leaves {amount(value.surviving_value_per_hour)} an hour"
        fail = "fails" if result.options.failures == 1 else "fail"
        rows.append(("Worst failure", f"{left} when {value.worst_failure_domain} {fail}"))
    weight = result.options.redundancy
    if weight:
        rows.append(("Aim", f"{amount(value.value_per_hour)}: {aim_parts(weight, call)}"))
    if result.bound_per_hour is not None:
        bound = value_rate(result.bound_per_hour, call)
        if weight:
            bound = f"{amount(result.bound_per_hour)} of the aim"
        unchecked = result.proof is not None and not result.proof.checked
        how = "; not checked by another program" if unchecked else ""
        rows.append(("Best possible", f"at most {bound}{how}"))
    return pairs(rows)


def _tables_error(result: PlanResult) -> str:
    """By how much the tables are too high or too low, as the simulation tells."""
    if not result.simulated_value_per_hour:
        return ""
    error = tables_error(result)
    if abs(error) < SMALLEST_ERROR:
        return ", as the tables say"
    return f", {share(abs(error))} {'less' if error > 0 else 'more'} than the tables say"


def _stopped(result: PlanResult) -> str:
    """`` if all run; 54.5 of it Tax, which its user has stopped``."""
    if not result.stopped:
        return ""
    parts = (
        f"{amount(item.value_per_hour)} of it {item.campaign_id}, which {item.stopped_by} has "
        "stopped"
        for item in result.stopped
    )
    return f" if all run; {'; '.join(parts)}"


def _finish(result: PlanResult) -> Iterator[str]:
    """Whether each list that is to be done in time will be."""
    for item in result.finish:
        when = item.expected
        done = "not within a year" if when is None else f"by {when:%a %Y-%m-%d %H:%M}"
        if item.attempts_needed_per_hour is None:
            needs = "no open hours are left for it"
        else:
            needs = f"it needs {amount(item.attempts_needed_per_hour)} attempts an hour while open"
        yield (
            f"{item.campaign_id} is to be done by the end of {item.finish_by}: {needs}; it makes "
            f"{amount(item.attempts_per_hour)} and will be done {done}."
        )


def _pools(result: PlanResult) -> list[str]:
    rows = [
        [p.pool, f"{p.used} of {p.agent_lines}", str(p.idle), _worth(p, "agent_line")]
        for p in result.pools
    ]
    titles = ["Pool", ">Agent lines used", ">Idle", ">One more agent line"]
    return table(titles, rows) if rows else []


def _campaigns(result: PlanResult, problem: Problem) -> list[str]:
    pooled = {c.campaign_id for c in problem.campaigns if c.own_agent_lines is None}
    rows = [
        [
            totals.campaign_id,
            _agents(totals, totals.campaign_id in pooled),
            _amount(_handled(totals)),
            _share(totals.abandon_rate),
            _share(totals.surviving_share),
            _worth(totals, "agent_line"),
        ]
        for totals in result.campaigns
    ]
    titles = [">Agent lines", ">Calls an hour", ">Abandon rate", ">Survives a failure"]
    return table(["Campaign", *titles, ">One more agent line"], rows)


def _agents(totals: CampaignTotals, are_pooled: bool) -> str:
    if totals.transfers_per_hour is None:
        return NOTHING
    if are_pooled:  # how many of them are left is told with the pools
        return str(totals.agent_lines)
    return f"{totals.agent_lines} of {totals.agent_lines + totals.unused_agent_lines}"


def _handled(totals: CampaignTotals) -> float | None:
    if totals.transfers_per_hour is None:
        return totals.messages_per_hour
    return totals.transfers_per_hour


def lines_table(result: PlanResult) -> list[str]:
    """Lines and expected status per dialer, under the name of each campaign."""
    rows: list[str | list[str]] = []
    for campaign_id in (totals.campaign_id for totals in result.campaigns):
        here = [_line_row(f) for f in result.figures if f.campaign_id == campaign_id]
        rows += [campaign_id if here else f"{campaign_id}: no lines", *here]
    return table(["Dialer", ">Dial", ">Agent", ">Calls an hour", "Expected"], rows)


def _line_row(figures: AssignmentFigures) -> list[str]:
    return [
        figures.dialer_id,
        str(figures.dial_lines),
        str(figures.agent_lines),
        _amount(figures.handled_per_hour),
        expected_status(figures),
    ]


def _dialers(result: PlanResult, problem: Problem) -> list[str]:
    rows = []
    for use in result.dialers:
        dialer = problem.dialers[problem.dialer_index[use.dialer_id]]
        rows.append(
            [
                use.dialer_id,
                dialer.domain if dialer.in_service else f"{dialer.domain} (out of service)",
                f"{use.ports_used} of {use.ports}",
                amount(use.attempts_per_second),
                _worth(use, "port"),
            ]
        )
    return table(["Dialer", "Fails with", ">Ports used", ">Calls a second", ">One more port"], rows)


def _changes(result: PlanResult, problem: Problem) -> list[str]:
    if not problem.assignments:
        return []
    if not result.changes:
        return wrapped(f"None: the current lines are this plan already, {quality(result)}.", "  ")
    from planner.evaluation.running.on_shift import shift_notes
    from planner.evaluation.running.within_ports import port_notes

    notes = *port_notes(problem), *shift_notes(problem)
    call = "" if result.options.redundancy else counted_calls(problem)
    titles = ["Move", "Campaign", "Dialer", ">Dial lines", ">Agent lines"]
    return [
        *wrapped(_gain(result, problem), "  "),
        *(line for note in notes for line in wrapped(note, "  ")),
        *table(
            [*titles, f">{value_title(call)} then"],
            [*rows_of_moves(result.moves), *_unordered(result)],
        ),
        *wrapped(way_sentence(result.value_before_moves, result.moves, call), "  "),
        *bullets(
            f"After move {move.step}: {meanwhile(move)}" for move in result.moves if move.breaks
        ),
    ]


def _unordered(result: PlanResult) -> list[list[str]]:
    return [
        [
            NOTHING,
            change.campaign_id,
            change.dialer_id,
            f"{change.dial_lines_from} -> {change.dial_lines_to}",
            f"{change.agent_lines_from} -> {change.agent_lines_to}",
            NOTHING,
        ]
        for change in without_move(result)
    ]


def _gain(result: PlanResult, problem: Problem) -> str:
    """What the plan is worth beside the current lines that can run, by the planning tables."""
    from planner.evaluation.arrays import evaluate
    from planner.evaluation.limits.check import check

    assert result.value is not None
    working = {dialer.dialer_id for dialer in problem.dialers if dialer.in_service}
    lines = LinePlan(
        assignments=tuple(a for a in problem.assignments if a.dialer_id in working),
    )
    options = result.options
    found = evaluate(problem, lines, options.redundancy, options.failures)
    now, then = (v.throughput_value_per_hour for v in (found.value, result.value))
    rise = f", {share(abs(then - now) / now)} {'more' if then > now else 'less'}" if now else ""
    broken = len(check(problem, lines, options.failures))
    limits = "1 limit" if broken == 1 else f"{broken} limits"
    return (
        f"{value_rate(then, counted_calls(problem))} instead of {amount(now)}{rise}"
        + (f". The current lines break {limits}" if broken else "")
        + "."
    )


def _worth(row: CampaignTotals | DialerUse | PoolUse, of: str) -> str:
    """What one more is worth, from at least to at most; a single figure where these are alike."""
    name = f"value_of_one_more_{of}"
    value, low, high = (getattr(row, f"{name}{end}") for end in ("", "_low", "_high"))
    if value is None or low is None or high is None:
        return NOTHING
    return ends_words(Worth(value, low, high))


def _amount(value: float | None) -> str:
    return NOTHING if value is None else amount(value)


def _share(value: float | None) -> str:
    return NOTHING if value is None else share_in_table(value)


def _text(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"
