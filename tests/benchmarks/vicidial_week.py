"""What a plan gains over VICIdial's own allocation: ``python -m tests.benchmarks.vicidial_week``.

Made-up sites of two to four servers and three to five live-transfer campaigns, set up as operators
do: agents split evenly over the servers, trunks in equal parts, one level for all, which suits some
campaigns and not others. A week of five days of eight hours is emulated by VICIdial's own loops
with these settings. A plan is made at the abandon rates of that week: its limits are adjusted until
a second emulated week has the same rates. A third week is then emulated with both, and again with
each server down from the morning on. Intervals are over sites (95 %, Student).
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from scipy import stats

from planner.contracts.problem import Campaign, Dialer, LineAssignment, Problem
from planner.contracts.result import PlanFigures, PlanOptions
from planner.pipeline.pipeline import plan
from planner.vicidial.emulation.comparison import PLAN, TODAY, Emulated, compare
from planner.vicidial.emulation.day_figures import figures
from planner.vicidial.emulation.emulation import (
    Days,
    column,
    emulate,
    system_of,
    with_lines,
)
from planner.vicidial.settings import (
    CampaignSettings,
    RemoteAgents,
    ServerSettings,
    Settings,
    SystemSettings,
    TrunkRow,
)

DAYS, HOURS, ROUNDS = 5, 8.0, 3
#: An abandon rate that nobody can tell from none.
_LEAST = 1e-4
#: Callees are dropped at once where nobody is free, as with a survey's transfer.
_DROP_AT_ONCE = -1


class Gain(NamedTuple):
    """One site: plan against today."""

    transfers_today: float
    transfers_plan: float
    abandoned_today: float
    abandoned_plan: float
    survives_today: float
    survives_plan: float


def site(seed: int) -> tuple[Settings, Problem]:
    """The settings of a site as it is today, and its campaigns as a planning problem."""
    draw = random.Random(seed)
    servers = [f"S{n}" for n in range(1, draw.randint(2, 4) + 1)]
    names = [f"C{n}" for n in range(1, draw.randint(3, 5) + 1)]
    trunks = draw.choice([60, 90, 120])
    level = str(draw.choice([8, 12, 16, 24]))
    agents = {name: len(servers) * draw.randint(1, 6) for name in names}
    problem = Problem(
        dialers=tuple(
            Dialer(dialer_id=s, ports=trunks, cps=20, agent_lines_use_ports=False) for s in servers
        ),
        campaigns=tuple(
            Campaign(
                campaign_id=name,
                agent_lines=agents[name],
                attempt_seconds=draw.uniform(18, 32),
                answer_rate=draw.uniform(0.1, 0.3),
                transfer_rate=draw.uniform(0.06, 0.2),
                talk_seconds=draw.uniform(90, 300),
            )
            for name in names
        ),
        assignments=tuple(
            LineAssignment(
                campaign_id=name,
                dialer_id=s,
                dial_lines=trunks // len(names),
                agent_lines=agents[name] // len(servers),
            )
            for name in names
            for s in servers
        ),
    )
    settings = Settings(
        read_at="2030-03-04T15:00:00+00:00",
        database="made up",
        system=SystemSettings(agent_search_method="1"),
        servers=tuple(
            ServerSettings(
                server_id=s, server_ip=s, max_vicidial_trunks=trunks, outbound_calls_per_second=20
            )
            for s in servers
        ),
        campaigns=tuple(
            CampaignSettings(
                campaign_id=name,
                auto_dial_level=level,
                available_only_ratio_tally="Y",
                dial_method="RATIO",
                campaign_vdad_exten="8366",
                survey_method="AGENT_XFER",
                agent_search_method="SO",
                drop_call_seconds=_DROP_AT_ONCE,
            )
            for name in names
        ),
        trunk_rows=tuple(
            TrunkRow(
                server_ip=item.dialer_id,
                campaign_id=item.campaign_id,
                dedicated_trunks=item.dial_lines,
                trunk_restriction="MAXIMUM_LIMIT",
            )
            for item in problem.assignments
        ),
        remote_agents=tuple(
            RemoteAgents(
                remote_agent_id=number,
                user_start=str(1000 * number),
                number_of_lines=item.agent_lines,
                server_ip=item.dialer_id,
                status="ACTIVE",
                campaign_id=item.campaign_id,
            )
            for number, item in enumerate(problem.assignments, start=1)
        ),
        dialer_ids={s: s for s in servers},
    )
    return settings, problem


def gain(seed: int, redundancy: float) -> Gain | None:
    """Emulate today, plan at its abandonment, emulate the plan; None without a plan."""
    settings, problem = site(seed)
    today = system_of(settings, problem)
    rates = _rates(emulate(today, HOURS, DAYS, 3 * seed), problem)
    limits, lines = rates, None
    for _ in range(ROUNDS):
        lines = _planned(problem, limits, redundancy)
        if lines is None:
            return None
        with_plan = with_lines(today, settings, problem, lines)
        made = _rates(emulate(with_plan, HOURS, DAYS, 3 * seed + 1), problem)
        # The loops leave lines idle for a moment, so that a plan abandons less than its limit.
        limits = [
            limit * min(max(rate / max(got, _LEAST), 0.5), 2.0)
            for limit, rate, got in zip(limits, rates, made, strict=True)
        ]
    both = compare(
        settings, problem, lines or (), hours=HOURS, days=DAYS, seed=3 * seed + 2, failures=True
    )
    return Gain(
        _an_hour(both, TODAY),
        _an_hour(both, PLAN),
        figures(both.case(TODAY).days)["abandon_rate"].value,
        figures(both.case(PLAN).days)["abandon_rate"].value,
        _survives(both, TODAY),
        _survives(both, PLAN),
    )


def _rates(days: Days, problem: Problem) -> list[float]:
    """Abandon rate of each campaign."""
    return [
        max(figures(days, c)["abandon_rate"].value, _LEAST) for c in range(len(problem.campaigns))
    ]


def _planned(
    problem: Problem, limits: list[float], redundancy: float
) -> tuple[LineAssignment, ...] | None:
    asked = problem.model_copy(
        update={
            "campaigns": tuple(
                campaign.model_copy(update={"max_abandon_rate": limit})
                for campaign, limit in zip(problem.campaigns, limits, strict=True)
            )
        }
    )
    options = PlanOptions(
        redundancy=redundancy, time_limit=20, gap=0.005, figures=PlanFigures.FORMULAS
    )
    found = plan(asked, options, explained=False, compared=False)
    return found.plan.assignments if found.plan is not None else None


def _an_hour(both: Emulated, way: str, failure: str = "") -> float:
    days = both.case(way, failure).days
    return float(column(days, "transfers").sum() / (DAYS * HOURS))


def _survives(both: Emulated, way: str) -> float:
    """Transfers an hour with the server down whose loss costs most."""
    names = {case.failure for case in both.cases if case.failure}
    return min(_an_hour(both, way, name) for name in names)


def interval(values: list[float]) -> str:
    """The mean with its 95 % interval over sites."""
    found = np.array(values)
    half = stats.t.ppf(0.975, len(found) - 1) * found.std(ddof=1) / np.sqrt(len(found))
    return f"{found.mean():.1f} ({found.mean() - half:.1f} to {found.mean() + half:.1f})"


def table(gains: list[Gain]) -> Iterator[str]:
    """The rows of the table in the documents."""

    def more(today: float, planned: float) -> float:
        return 100 * (planned / today - 1)

    yield "| over sites, mean with its 95 % interval | value |"
    yield "|---|---|"
    made = [more(g.transfers_today, g.transfers_plan) for g in gains]
    yield f"| transfers, plan against today | {interval(made)} % more |"
    rates = [100 * g.abandoned_today for g in gains], [100 * g.abandoned_plan for g in gains]
    yield f"| abandon rate today | {interval(rates[0])} % |"
    yield f"| abandon rate with the plan | {interval(rates[1])} % |"
    left = [more(g.survives_today, g.survives_plan) for g in gains]
    yield f"| transfers with the worst server down, plan against today | {interval(left)} % more |"
    yield f"| sites where the plan makes more | {sum(x > 0 for x in made)} of {len(gains)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sites", type=int, default=30)
    parser.add_argument("--first", type=int, default=1, help="seed of the first site")
    parser.add_argument("--redundancy", type=float, default=0.3)
    arguments = parser.parse_args()
    gains = []
    for seed in range(arguments.first, arguments.first + arguments.sites):
        found = gain(seed, arguments.redundancy)
        print(seed, found, flush=True)
        if found is not None:
            gains.append(found)
    print("\n".join(table(gains)))


if __name__ == "__main__":
    main()
