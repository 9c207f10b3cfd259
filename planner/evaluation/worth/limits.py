"""Limits of campaigns, locks and rows of limits: taken away whole, or loosened by one step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from planner.contracts.fleet.agents import LEAST_FIELDS, MOST_FIELDS
from planner.contracts.fleet.pools import limits_at
from planner.contracts.problem import Campaign, Problem
from planner.contracts.values.told import amount, share_set
from planner.evaluation.worth.changed import Changed, Edit, NewDialer, changed

#: One step of a share that must survive, and of an abandonment limit.
SURVIVAL_STEP, ABANDON_STEP = 0.05, 0.01
#: One step of transfers an hour that must be reached, as a share of them.
TRANSFERS_STEP = 0.1
#: As good as no limit on lines: the most that a row may hold.
NO_LIMIT = 10**9


def without_limits(problem: Problem, keep_current: bool) -> Iterator[Changed]:
    """Each requirement and limit of one campaign, lock and row of limits, taken away.

    Parameters
    ----------
    problem : without campaigns that cannot run
    keep_current : all current lines are kept, whether locked or not
    """
    for campaign in problem.campaigns:
        yield from _without(problem, campaign)
    if not keep_current:
        yield from _without_locks(problem)
    for row in limits_at(problem, None):
        for field in (*MOST_FIELDS, *LEAST_FIELDS):
            asked = getattr(row, field)
            if asked:
                value = NO_LIMIT if field in MOST_FIELDS else 0
                edit = Edit("limit", (str(row.limit),), field, value)
                words = f"limit {row.limit} without its {field} of {asked}"
                yield changed(problem, field, ("limit", str(row.limit)), words, [edit])


def _without(problem: Problem, campaign: Campaign) -> Iterator[Changed]:
    name, c = campaign.campaign_id, campaign

    def without(field: str, value: int | float | None, words: str) -> Changed:
        edit = Edit("campaign", (name,), field, value)
        return changed(problem, field, (name,), words, [edit])

    if c.min_dialers > 1:
        yield without("min_dialers", 1, f"{name} on 1 dialer instead of {c.min_dialers}")
    if c.is_live_transfer and c.min_agent_lines > 1:
        words = f"{name} with 1 agent line on a dialer instead of {c.min_agent_lines}"
        yield without("min_agent_lines", 1, words)
    if c.survivable_share > 0:
        words = (
            f"nothing of {name} must survive a failure instead of {share_set(c.survivable_share)}"
        )
        yield without("survivable_share", 0.0, words)
    if c.max_abandon_rate is not None and c.max_abandon_rate < 1 and c.is_live_transfer:
        words = f"no limit on what {name} abandons instead of {share_set(c.max_abandon_rate)}"
        yield without("max_abandon_rate", None, words)
    usable = [d for d in problem.dialers if d.in_service and d.ports > 0]
    if any(not problem.may_use(c, d) for d in usable):
        yield without("allowed_dialers", None, f"{name} may use every dialer")
    if c.max_dial_lines is not None:
        words = f"no limit of {c.max_dial_lines} dial lines of {name}"
        yield without("max_dial_lines", None, words)
    if c.min_transfers_per_hour > 0:
        words = f"{name} need not reach {amount(c.min_transfers_per_hour)} an hour"
        yield without("min_transfers_per_hour", 0.0, words)
    if c.finish_by is not None:
        yield without("finish_by", None, f"{name} need not be done by {c.finish_by}")


def _without_locks(problem: Problem) -> Iterator[Changed]:
    for item in problem.assignments:
        dialer = problem.dialers[problem.dialer_index[item.dialer_id]]
        if item.locked and dialer.in_service:
            key = item.campaign_id, item.dialer_id
            words = f"the lines of {key[0]} on {key[1]} no longer locked"
            edit = Edit("assignment", key, "locked", False)
            yield changed(problem, "locked", key, words, [edit])


def step_of(problem: Problem, whole: Changed) -> Changed | None:
    """One step of a limit instead of all of it; None where there is none between."""
    edit = whole.edits[0]
    if isinstance(edit, NewDialer) or edit.add:
        return None
    if edit.kind == "limit":
        return _row_step(problem, whole, edit)
    if edit.kind != "campaign":
        return None
    campaign = problem.campaigns[problem.campaign_index[edit.key[0]]]
    name, asked = campaign.campaign_id, getattr(campaign, edit.field)
    value: int | float
    if edit.field in ("min_dialers", "min_agent_lines"):
        value = asked - 1
        what = "dialers" if edit.field == "min_dialers" else "agent lines on a dialer"
        words = f"{name} on {value} {what} instead of {asked}"
        if edit.field == "min_agent_lines":
            words = f"{name} with {value} {what} instead of {asked}"
    elif edit.field == "survivable_share":
        value = max(round(asked - SURVIVAL_STEP, 10), 0.0)
        words = f"{share_set(value)} instead of {share_set(asked)} of {name} must survive a failure"
    elif edit.field == "max_abandon_rate":
        value = min(round(asked + ABANDON_STEP, 10), 1.0)
        words = f"{name} may abandon {share_set(value)} instead of {share_set(asked)}"
    elif edit.field == "max_dial_lines":
        value = asked + 1
        words = f"one more dial line allowed for {name}"
    elif edit.field == "min_transfers_per_hour":
        value = round(asked * (1 - TRANSFERS_STEP), 6)
        words = f"{name} must reach {amount(value)} instead of {amount(asked)} an hour"
    else:
        return None
    if value == edit.value:
        return None
    return _one_step(problem, whole, value, words)


def _row_step(problem: Problem, whole: Changed, edit: Edit) -> Changed | None:
    rows = (row for row in limits_at(problem, None) if str(row.limit) == edit.key[0])
    asked = next(getattr(row, edit.field) for row in rows)
    more = edit.field in MOST_FIELDS
    value = asked + 1 if more else asked - 1
    words = f"limit {edit.key[0]} at {value} instead of {asked} ({edit.field})"
    return None if value == edit.value else _one_step(problem, whole, value, words)


def _one_step(problem: Problem, whole: Changed, value: float, words: str) -> Changed:
    edit = whole.edits[0]
    assert isinstance(edit, Edit)
    edit = edit._replace(value=value)
    return replace(changed(problem, whole.limit, whole.key, words, [edit]), step=True)
