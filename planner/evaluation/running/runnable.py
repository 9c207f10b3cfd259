"""The lines of a problem that can run as things are, and why the others cannot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.contracts.comparison import LostLines
from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import (
    AssignmentStop,
    Campaign,
    CampaignStop,
    LineAssignment,
    Problem,
)
from planner.evaluation.running.cannot_run import reason_it_cannot_run
from planner.evaluation.running.within_ports import line_arrays, lines_within
from planner.evaluation.seats import with_agents

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class RunnableLines:
    """Lines that can run, without live state, and those that cannot."""

    plan: LinePlan
    lost: tuple[LostLines, ...]


def stop_reason(campaign: Campaign) -> str | None:
    """Why a campaign runs nowhere, None where it may run."""
    if campaign.status is CampaignStop.STOPPED:
        return "the campaign is stopped"
    if campaign.status is CampaignStop.BY_ADMIN:
        return "support stopped the campaign"
    if campaign.records == 0:
        return "its dial list is done"
    return None


def runnable_problem(problem: Problem) -> Problem:
    """The problem without what does not run: stopped campaigns, and places where one is stopped.

    A campaign whose lines are stopped on a dialer may not use that dialer.
    """
    stopped = {
        (a.campaign_id, a.dialer_id)
        for a in problem.assignments
        if a.status is not AssignmentStop.NONE
    }
    campaigns = []
    for campaign in problem.campaigns:
        kept = campaign
        if any((campaign.campaign_id, d.dialer_id) in stopped for d in problem.dialers):
            names = campaign.allowed_dialers or tuple(d.dialer_id for d in problem.dialers)
            left = tuple(name for name in names if (campaign.campaign_id, name) not in stopped)
            kept = campaign.model_copy(update={"allowed_dialers": left})
        if stop_reason(campaign) is None and kept.allowed_dialers != ():
            campaigns.append(kept)
    running = {campaign.campaign_id for campaign in campaigns}
    update = {
        "campaigns": tuple(campaigns),
        "assignments": tuple(
            a
            for a in problem.assignments
            if a.campaign_id in running and (a.campaign_id, a.dialer_id) not in stopped
        ),
        "intervals": (),
        "limits": tuple(
            row for row in problem.limits if row.campaign_id is None or row.campaign_id in running
        ),
    }
    return problem.model_copy(update=update)


def runnable_lines(problem: Problem) -> RunnableLines:
    """The lines of the assignments that can run when nobody changes them.

    Lost are the lines of a dialer out of service, of what is stopped, and those that cannot dial.
    Where a dialer has fewer ports than lines, they are cut
    (:func:`planner.evaluation.running.within_ports.lines_within`); agent lines beyond those on
    shift have no agent (:func:`planner.evaluation.seats.with_agents`).
    """
    dial, agents = line_arrays(problem, problem.assignments)
    left_dial, left_agents = fitting_lines(problem, dial, agents)
    lost = tuple(_lost(problem, dial, agents, left_dial, left_agents))
    plan = LinePlan(
        assignments=tuple(
            LineAssignment(
                campaign_id=problem.campaigns[c].campaign_id,
                dialer_id=problem.dialers[d].dialer_id,
                dial_lines=int(left_dial[c, d]),
                agent_lines=int(left_agents[c, d]),
            )
            for c, d in np.argwhere(left_dial > 0)
        )
    )
    return RunnableLines(plan, lost)


def fitting_lines(
    problem: Problem, dial: Ints, agents: Ints, *, channels: bool = False
) -> tuple[Ints, Ints]:
    """Of lines ``[campaign, dialer]`` those that can run; the rules of :func:`runnable_lines`.

    With ``channels`` they fit those of trunk groups, as formulas need it.
    """
    live = np.array([c.is_live_transfer for c in problem.campaigns], dtype=bool)[:, None]
    agents = np.where(live, agents, 0)
    runs = ~_stopped(problem) & (dial >= np.maximum(agents, 1)) & (~live | (agents >= 1))
    dial, agents = np.where(runs, dial, 0), np.where(runs, agents, 0)
    dial, agents = lines_within(problem, dial, agents, channels=channels)
    agents = with_agents(problem, agents)
    return np.where(live & (agents == 0), 0, dial), agents


def _reason(problem: Problem, campaign: Campaign) -> str | None:
    """Why a campaign runs nowhere, or can run nowhere, None where it may run."""
    return stop_reason(campaign) or reason_it_cannot_run(problem, campaign)


def _stopped(problem: Problem) -> NDArray[np.bool_]:
    found = np.zeros((len(problem.campaigns), len(problem.dialers)), dtype=bool)
    found[:, [not d.in_service for d in problem.dialers]] = True
    found[[_reason(problem, c) is not None for c in problem.campaigns], :] = True
    for item in problem.assignments:
        if item.status is not AssignmentStop.NONE:
            found[
                problem.campaign_index[item.campaign_id], problem.dialer_index[item.dialer_id]
            ] = True
    return found


def _lost(
    problem: Problem, dial: Ints, agents: Ints, left_dial: Ints, left_agents: Ints
) -> Iterator[LostLines]:
    stopped = {
        (a.campaign_id, a.dialer_id)
        for a in problem.assignments
        if a.status is not AssignmentStop.NONE
    }
    for c, d in np.argwhere((dial > left_dial) | (agents > left_agents)):
        campaign, dialer = problem.campaigns[c], problem.dialers[d]
        if not dialer.in_service:
            reason = f"{dialer.dialer_id} is out of service"
        elif (why := _reason(problem, campaign)) is not None:
            reason = why
        elif (campaign.campaign_id, dialer.dialer_id) in stopped:
            reason = f"the campaign is stopped on {dialer.dialer_id}"
        elif agents[c].sum() > campaign.agent_lines and left_dial[c, d] in (0, dial[c, d]):
            reason = f"only {campaign.agent_lines} agents are on shift"
        elif agents[c, d] <= left_dial[c, d] == dial[c, d] and campaign.is_live_transfer:
            reason = "its pools have too few agents on shift"
        elif not campaign.is_live_transfer and left_dial[c, d] == dial[c, d]:
            reason = "a broadcast has no agents"
        elif dial[c, d] < max(agents[c, d], 1) or (campaign.is_live_transfer and agents[c, d] == 0):
            reason = f"{dial[c, d]} dial and {agents[c, d]} agent lines cannot dial"
        else:
            reason = f"{dialer.dialer_id} has only {dialer.ports} ports"
        yield LostLines(
            campaign_id=campaign.campaign_id,
            dialer_id=dialer.dialer_id,
            dial_lines=int(dial[c, d] - left_dial[c, d]),
            agent_lines=int(agents[c, d] - left_agents[c, d]),
            reason=reason,
        )
