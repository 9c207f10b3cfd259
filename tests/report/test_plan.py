"""The printed plan: what a campaign manager reads."""

from __future__ import annotations

import re

import pytest

from planner.contracts.answers import Conflict, LineReason, StrandedLines
from planner.contracts.fleet.agents import PoolRow
from planner.contracts.problem import Dialer, LineAssignment
from planner.contracts.result import CampaignTotals, PlanOptions, PlanStatus, PlanValue
from planner.evaluation.load import fleet_load
from planner.report.check import check_text
from planner.report.plans.plan import plan_text
from planner.report.text_layout import WIDTH
from tests.support.builders import solar
from tests.support.results import figures, plan_result, two_dialers


def test_a_plan_is_printed_as_a_manager_reads_it() -> None:
    current = LineAssignment(campaign_id="Solar", dialer_id="D1", dial_lines=100, agent_lines=0)
    problem = two_dialers(assignments=(current,))
    assert (
        plan_text(plan_result(), problem)
        == """\
Plan, proven within 0.04 % of the best possible

In total
  Transfers an hour  158.5 (each counts 1)
  Abandoned an hour  42.5
  Worst failure      leaves 79.3 an hour when D1 fails
  Best possible      at most 158.6 transfers an hour

Campaigns
                             Calls an                  Survives a       One more
  Campaign  Agent lines          hour  Abandon rate       failure     agent line
  Solar        10 of 10         158.5         2.1 %          50 %            4.2

Lines
                         Calls
  Dialer  Dial  Agent  an hour  Expected
Solar
  D1        95      5     79.3  paused 40 % of the time, about 40 pauses an hour
                                of 36 s
  D2        95      5     79.3  paused 40 % of the time, about 40 pauses an hour
                                of 36 s

Dialers
  Dialer  Fails with  Ports used  Calls a second  One more port
  D1      D1          100 of 100             2.8           0.31
  D2      D2          100 of 100             2.8           0.31

What limits the plan
  - All 100 ports of D1 are used.
  - All 10 agent lines of Solar are used.

Changes against the current lines
  158.5 transfers an hour instead of 0. The current lines break 1 limit.
  Campaign  Dialer  Dial lines  Agent lines
  Solar     D1       100 -> 95       0 -> 5
"""
    )


def test_the_bound_stands_beside_what_was_aimed_at() -> None:
    # w = 0.5: 0.5 * 160 + 0.5 * 80 = 120 is what the bound of 121 belongs to.
    value = PlanValue(
        value_per_hour=120.0,
        throughput_value_per_hour=160.0,
        surviving_value_per_hour=80.0,
        worst_failure_domain="north",
    )
    result = plan_result(value=value, bound_per_hour=121.0, options=PlanOptions(redundancy=0.5))
    totals = plan_text(result, two_dialers()).split("\n\n")[1].splitlines()
    assert totals == [
        "In total",
        "  Transfers an hour  160.0 (each counts 1)",
        "  Abandoned an hour  42.5",
        "  Worst failure      leaves 80.0 an hour when north fails",
        "  Aim                120.0: 50 % transfers, 50 % after the worst failure",
        "  Best possible      at most 121.0 of the aim",
    ]


def test_a_dialer_out_of_service_is_named_so() -> None:
    dialers = (
        Dialer(dialer_id="D1", ports=100, in_service=False),
        Dialer(dialer_id="D2", ports=100),
    )
    assert "D1 (out of service)" in plan_text(plan_result(), two_dialers(dialers=dialers))


def test_a_campaign_without_lines_and_a_broadcast_are_told_apart() -> None:
    empty = dict.fromkeys(
        ["transfers_per_hour", "abandons_per_hour", "abandon_rate", "surviving_share"]
    )
    totals = {"dial_lines": 0, "agent_lines": 0, "unused_agent_lines": 0, "value_per_hour": 0.0}
    idle = CampaignTotals(
        campaign_id="Idle", dialers_used=0, messages_per_hour=None, **totals, **empty
    )
    news = CampaignTotals(
        campaign_id="News", dialers_used=1, messages_per_hour=321.0, **totals, **empty
    )
    text = plan_text(plan_result(campaigns=(idle, news), figures=()), two_dialers())
    assert "\nIdle: no lines\n" in text
    assert "Messages an hour 321.0" in " ".join(text.split())
    # Only the messages apply; all other columns are left out.
    assert re.search(r"^  News +321\.0$", text, re.MULTILINE)


def test_no_changes_are_told_only_where_there_were_lines() -> None:
    result = plan_result(changes=())
    assert "Changes" not in plan_text(result, two_dialers())
    current = LineAssignment(campaign_id="Solar", dialer_id="D1", dial_lines=95, agent_lines=5)
    text = plan_text(result, two_dialers(assignments=(current,)))
    assert text.endswith(
        "Changes against the current lines\n"
        "  None: the current lines are this plan already, proven within 0.04 % of the\n"
        "  best possible.\n"
    )


@pytest.mark.parametrize(
    ("dial_lines", "told"),
    [
        # 95 + 5 lines handle 79.260393 calls an hour, the plan twice as many.
        (95, "158.5 transfers an hour instead of 79.3, 100 % more.\n"),
        (4, "The current lines break 1\n  limit.\n"),  # fewer dial lines than agent lines
    ],
)
def test_a_plan_is_compared_with_the_current_lines(dial_lines: int, told: str) -> None:
    current = LineAssignment(
        campaign_id="Solar", dialer_id="D1", dial_lines=dial_lines, agent_lines=5
    )
    assert told in plan_text(plan_result(), two_dialers(assignments=(current,)))


def test_an_infeasible_plan_names_what_conflicts_and_what_would_help() -> None:
    conflict = Conflict(
        requirements=("Solar needs 3 dialers.", "2 dialers are in service."),
        relaxations=("Lower min_dialers of Solar to 2.",),
    )
    result = plan_result(status=PlanStatus.INFEASIBLE, plan=None, value=None, conflicts=(conflict,))
    assert (
        plan_text(result, two_dialers())
        == """\
No plan meets all requirements.

These cannot hold together
  - Solar needs 3 dialers.
  - 2 dialers are in service.

Any one of these would help
  - Lower min_dialers of Solar to 2.
"""
    )


def test_a_search_that_the_clock_ended_says_so() -> None:
    early = plan_text(plan_result(stopped_early=True), two_dialers())
    assert "The time limit or a stop ended the search" in early
    assert "ended the search" not in plan_text(plan_result(), two_dialers())


def test_a_conflict_that_may_not_be_the_smallest_says_so_and_is_cut_to_what_can_be_read() -> None:
    conflict = Conflict(
        requirements=tuple(f"D{i} has 10 ports" for i in range(23)),
        relaxations=("give D0 11 ports",),
        smallest=False,
        all_tried=False,
    )
    result = plan_result(status=PlanStatus.INFEASIBLE, plan=None, value=None, conflicts=(conflict,))
    lines = plan_text(result, two_dialers()).splitlines()
    title = "These cannot hold together (not proven the smallest set: fewer of them may not either)"
    assert " ".join(line.strip() for line in lines[2:4]) == title
    assert "  - D19 has 10 ports" in lines
    assert "  - and 3 more, see --json" in lines
    helps = "Any one of these would help (not all could be tried: others may help too)"
    assert lines[-2:] == [helps, "  - give D0 11 ports"]


def test_what_is_not_used_is_told_and_the_reason_of_each_line_where_asked_for() -> None:
    reason = LineReason(
        campaign_id="Solar",
        dialer_id="D1",
        dial_lines=95,
        agent_lines=5,
        one_more_dial_line=0.26,
        dial_line_limits=("ports",),
        one_more_agent_line=None,
        agent_line_limits=(),
        words="Solar on D1, 95 + 5 lines: as they are.",
    )
    stranded = StrandedLines(dialer_id="D2", lines=12, words="D2: 12 of 100 ports are free.")
    result = plan_result(why=(reason,), stranded=(stranded,))
    short = plan_text(result, two_dialers())
    assert "\nNot used\n  - D2: 12 of 100 ports are free.\n" in short
    assert "as they are" not in short
    long = plan_text(result, two_dialers(), why=True)
    assert "\nWhy these lines\n  - Solar on D1, 95 + 5 lines: as they are.\n" in long


def test_a_run_stopped_too_soon_is_not_called_infeasible() -> None:
    text = plan_text(plan_result(status=PlanStatus.NO_PLAN, plan=None, value=None), two_dialers())
    assert text.startswith("Stopped before any plan was found.")


@pytest.mark.parametrize("name", ["x" * 200, "\x1b[2J"])
def test_no_id_breaks_the_page(name: str) -> None:
    problem = two_dialers(dialers=(Dialer(dialer_id="D1", ports=1, failure_domain="y" * 200),))
    result = plan_result(dialers=plan_result().dialers[:1], figures=(figures(dialer_id=name),))
    lines = plan_text(result, problem).splitlines()
    assert max(len(line) for line in lines) <= WIDTH
    assert all(line.isprintable() for line in lines)


def test_a_check_sums_up_fleet_load_and_broken_limits() -> None:
    broadcast = solar(campaign_id="News", kind="broadcast", agent_lines=0)
    problem = two_dialers(campaigns=(solar(), broadcast))
    # Solar: a line makes 3600 / 25 * 0.01 = 1.44 requests an hour, an agent takes 20;
    # 10 * (1 + 20 / 1.44) = 148.9. News: 3600 / 25 * 0.1 = 14.4 answers an hour.
    assert (
        check_text(fleet_load(problem), ["D1: 110 ports used, 100 exist."])
        == """\
No faults found.

Fleet
  Dialers          2 of 2 in service
  Failure domains  2
  Ports            200
  Campaigns        1 live transfer, 1 broadcast
  Agent lines      10

Load
                                          Per dial line and   Dial lines to fill
  Campaign  Kind           Agent lines                 hour           the agents
  Solar     live transfer           10         1.4 requests                  149
  News      broadcast                -        14.4 messages                    -

Limits that the current lines break
  - D1: 110 ports used, 100 exist.
"""
    )


def test_agents_of_pools_are_the_most_that_a_campaign_may_have() -> None:
    pool = PoolRow(pool="Dallas", agent_lines=6)
    problem = two_dialers(campaigns=(solar(agent_lines=None),), pools=(pool,))
    assert re.search(
        r"^  Solar +live transfer +up to 6 ", check_text(fleet_load(problem), []), re.M
    )


def test_lines_of_pools_are_of_no_number_of_their_own_and_messages_have_none() -> None:
    names = ("transfers_per_hour", "messages_per_hour", "abandons_per_hour", "abandon_rate")
    known = dict.fromkeys((*names, "surviving_share")) | {"dialers_used": 1, "dial_lines": 9}
    known |= {"agent_lines": 4, "unused_agent_lines": 2, "value_per_hour": 1.0}
    rows = tuple(
        CampaignTotals(**known | {"campaign_id": name, rate: 1.0})
        for name, rate in (("Own", names[0]), ("Pooled", names[0]), ("News", names[1]))
    )
    problem = two_dialers(
        campaigns=(
            solar(campaign_id="Own", agent_lines=6),
            solar(campaign_id="Pooled", agent_lines=None),
            solar(campaign_id="News", kind="broadcast"),
        ),
        pools=(PoolRow(pool="Dallas", agent_lines=6, campaigns="Pooled"),),
    )
    text = plan_text(plan_result(campaigns=rows, figures=()), problem)
    table = text.partition("\nCampaigns\n")[2].splitlines()[1:4]
    assert [" ".join(row.split()) for row in table] == [
        "Own 4 of 6 1.0",
        "Pooled 4 1.0",
        "News - 1.0",
    ]
