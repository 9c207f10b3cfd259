"""VICIdial's loops emulated: against exact formulas in the limit, and where it does otherwise."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner.cli.main import main
from planner.contracts.problem import Campaign, Dialer, LineAssignment, Problem
from planner.tables.folder import read_folder
from planner.vicidial.emulation.day_figures import Figure, difference, figures, rate, share
from planner.vicidial.emulation.emulation import Days, column, emulate, system_of, with_lines
from planner.vicidial.emulation.loop_state import System
from planner.vicidial.settings import (
    CampaignSettings,
    RemoteAgents,
    ServerSettings,
    Settings,
    SystemSettings,
    TrunkRow,
)


def settings_of(
    lines: dict[tuple[str, str], tuple[int, int]], *, balance: tuple[str, ...] = (), **changed: Any
) -> Settings:
    """Servers and campaigns with a limit and agents for each pair; a limit of -1: no row."""
    servers = sorted({server for _, server in lines})
    campaigns = sorted({campaign for campaign, _ in lines})
    dialing = {
        "auto_dial_level": "1000",
        "available_only_ratio_tally": "Y",
        "dial_method": "RATIO",
        "campaign_vdad_exten": "8366",
        "survey_method": "AGENT_XFER",
        "agent_search_method": "SO",
        "drop_call_seconds": -1,
    } | changed
    return Settings(
        read_at="2030-03-04T15:00:00+00:00",
        database="x",
        system=SystemSettings(agent_search_method="1"),
        servers=tuple(
            ServerSettings(
                server_id=s,
                server_ip=s,
                max_vicidial_trunks=1000,
                outbound_calls_per_second=200,
                vicidial_balance_active=s in balance,
            )
            for s in servers
        ),
        campaigns=tuple(CampaignSettings(campaign_id=c, **dialing) for c in campaigns),
        trunk_rows=tuple(
            TrunkRow(
                server_ip=s, campaign_id=c, dedicated_trunks=dial, trunk_restriction="MAXIMUM_LIMIT"
            )
            for (c, s), (dial, _) in lines.items()
            if dial >= 0
        ),
        remote_agents=tuple(
            RemoteAgents(
                remote_agent_id=n,
                user_start=str(1000 * n),
                number_of_lines=agents,
                server_ip=s,
                status="ACTIVE",
                campaign_id=c,
            )
            for n, ((c, s), (_, agents)) in enumerate(lines.items())
            if agents
        ),
        dialer_ids={s: s for s in servers},
    )


def problem_of(settings: Settings, **figures: Any) -> Problem:
    calls = {
        "attempt_seconds": 25.0,
        "answer_rate": 1.0,
        "transfer_rate": 0.01,
        "talk_seconds": 180.0,
        "agent_lines": 1,
    } | figures
    return Problem(
        dialers=tuple(Dialer(dialer_id=s.server_id, ports=1000) for s in settings.servers),
        campaigns=tuple(Campaign(campaign_id=c.campaign_id, **calls) for c in settings.campaigns),
    )


def dialed(system: System, hours: float = 40, days: int = 9) -> Days:
    return emulate(system, hours, days, seed=1)


def at_once(system: System) -> System:
    """Loops so short and launches so fast that a free line dials at once."""
    return system._replace(loop_seconds=0.05, launch_gap=np.zeros_like(system.launch_gap))


# The check values of the model: N, A, tau, q, s; all-busy share, transfers, abandoned, attempts
# and pauses an hour. Exact for lines that relaunch at once.
EXACT = [
    ((95, 5, 25, 0.01, 180), (0.399945, 79.260393, 21.242975, 10050.336778, 39.994490)),
    ((7, 1, 20, 0.3, 50), (0.84, 60.48, 77.76, 460.8, 60.48)),
]


@pytest.mark.parametrize(("case", "exact"), EXACT)
def test_limits_and_waiting_agents_are_our_dialing(
    case: tuple[float, ...], exact: tuple[float, ...]
) -> None:
    lines, agents, attempt, asks, talk = case
    settings = settings_of({("C", "D1"): (int(lines), int(agents))})
    problem = problem_of(settings, attempt_seconds=attempt, transfer_rate=asks, talk_seconds=talk)

    found = figures(dialed(at_once(system_of(settings, problem))))

    names = (
        "all_busy_share",
        "transfers_per_hour",
        "abandons_per_hour",
        "attempts_per_hour",
        "pauses_per_hour",
    )
    for name, value in zip(names, exact, strict=True):
        # Twice the half width: 10 figures are looked at. A loop of 0.05 s costs 0.1 % of attempts.
        low, high = found[name].low, found[name].high
        middle = found[name].value
        assert 2 * low - middle - 0.002 * value <= value <= 2 * high - middle + 0.002 * value, name


def test_a_loop_costs_the_relaunch_gap() -> None:
    # 20 lines that never find anybody: each waits half a loop on average, and the launches before
    # it (200 a second: nothing) until it dials again.
    settings = settings_of({("C", "D1"): (20, 1)})
    system = system_of(settings, problem_of(settings, answer_rate=0.0))

    attempts = figures(dialed(system))["attempts_per_hour"]

    assert attempts.value == pytest.approx(20 * 3600 / (25 + 1.25 + 0.05), rel=0.01)


def test_without_the_available_only_tally_it_dials_while_agents_are_busy() -> None:
    lines = {("C", "D1"): (-1, 10)}
    problem = problem_of(settings_of(lines), transfer_rate=0.5, talk_seconds=600.0)
    waiting = dialed(system_of(settings_of(lines, auto_dial_level="3"), problem))
    all_agents = dialed(
        system_of(settings_of(lines, auto_dial_level="3", available_only_ratio_tally="N"), problem)
    )

    # Level times all agents, less those that talk: 30 - 10 calls are always sought, 20 x 3600/26.3.
    attempts = figures(all_agents)["attempts_per_hour"].value
    assert attempts == pytest.approx(20 * 3600 / 26.3, rel=0.03)
    # With waiting agents only, it dials for those: talks of 600 s allow 60 transfers an hour.
    assert figures(waiting)["attempts_per_hour"].value < 0.2 * attempts
    assert figures(waiting)["abandon_rate"].value < 0.5 * figures(all_agents)["abandon_rate"].value


def test_what_a_limit_cuts_is_filled_in_from_another_server() -> None:
    settings = settings_of(
        {("C", "D1"): (10, 5), ("C", "D2"): (-1, 0)}, balance=("D2",), auto_dial_level="4"
    )
    with_zero = settings_of(
        {("C", "D1"): (10, 5), ("C", "D2"): (0, 0)}, balance=("D2",), auto_dial_level="4"
    )
    problem = problem_of(settings, answer_rate=0.0)

    filled = column(dialed(system_of(settings, problem)), "attempts").sum(axis=(0, 2))
    limited = column(dialed(system_of(with_zero, problem)), "attempts").sum(axis=(0, 2))

    # 4 x 5 are wanted, 10 allowed on D1: the other 10 are dialed from D2.
    assert filled[1] == pytest.approx(filled[0], rel=0.1)
    assert limited[1] == 0


def test_agents_of_all_servers_are_one_pool_where_the_route_says_so() -> None:
    lines = {("C", "D1"): (30, 2), ("C", "D2"): (30, 2)}
    problem = problem_of(settings_of(lines), transfer_rate=0.02)
    found = {
        search: figures(dialed(system_of(settings_of(lines, agent_search_method=search), problem)))[
            "transfer_loss"
        ].value
        for search in ("SO", "LO", "LB")
    }

    assert found["LO"] < 0.8 * found["SO"]
    assert found["LB"] < 0.8 * found["SO"]


def test_a_campaign_without_a_limit_starves_where_others_have_one() -> None:
    settings = settings_of({("A", "D1"): (990, 1), ("B", "D1"): (-1, 5)}, auto_dial_level="100")
    problem = problem_of(settings, answer_rate=0.0)

    attempts = column(dialed(system_of(settings, problem), hours=2), "attempts").sum(axis=(0, 1))

    # A gets 100 of its 990 lines, all others' calls count: nothing of the 10 left is for B.
    assert attempts[0] > 0
    assert attempts[1] == 0


def test_a_dialer_that_is_down_takes_its_agents_with_it() -> None:
    settings = settings_of({("C", "D1"): (30, 2), ("C", "D2"): (30, 2)})
    problem = problem_of(settings)

    days = dialed(system_of(settings, problem, down=["D2"]), hours=5)

    assert column(days, "attempts").sum(axis=(0, 2))[1] == 0
    assert column(days, "attempts").sum() > 0


def test_a_plan_replaces_limits_agents_and_level() -> None:
    settings = settings_of(
        {("C", "D1"): (-1, 2), ("C", "D2"): (20, 3)},
        auto_dial_level="2",
        available_only_ratio_tally="N",
    )
    problem = problem_of(settings)
    plan = [LineAssignment(campaign_id="C", dialer_id="D1", dial_lines=40, agent_lines=5)]

    system = with_lines(system_of(settings, problem), settings, problem, plan)

    assert system.own_limit.tolist() == [[40], [0]]
    assert system.agents.tolist() == [[5], [0]]
    assert (system.level.tolist(), system.available_only.tolist()) == ([40.0], [1])


def test_a_campaign_that_is_stopped_does_not_dial_with_a_plan_either() -> None:
    settings = settings_of({("C", "D1"): (20, 2)}, active=False)
    problem = problem_of(settings)
    plan = [LineAssignment(campaign_id="C", dialer_id="D1", dial_lines=40, agent_lines=2)]
    today = system_of(settings, problem)

    for system in (today, with_lines(today, settings, problem, plan)):
        assert column(dialed(system, hours=1), "attempts").sum() == 0


def test_the_same_seed_gives_the_same_days() -> None:
    settings = settings_of({("C", "D1"): (30, 2)})
    system = system_of(settings, problem_of(settings))

    assert np.array_equal(dialed(system, 2).totals, dialed(system, 2).totals)


def test_few_events_have_wide_intervals() -> None:
    # No event in 90 hours: the upper end is that of a Poisson count of zero, 3.7 of them.
    assert rate(np.zeros(9), 10) == Figure(0.0, 0.0, pytest.approx(3.7 / 90, rel=0.02))
    assert share(np.zeros(9), np.full(9, 100.0)).high == pytest.approx(3.7 / 900, rel=0.02)


def test_a_difference_has_the_interval_of_both() -> None:
    rng = np.random.default_rng(1)
    held = 0
    for _ in range(400):
        before, after = rng.poisson(1000, 10).astype(float), rng.poisson(1100, 10).astype(float)
        found = difference(before, after, 10.0)
        held += found.low <= 10.0 <= found.high
    assert 0.93 <= held / 400 <= 1.0


def test_today_and_a_plan_are_told_side_by_side(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = settings_of(
        {("C", "D1"): (20, 2), ("C", "D2"): (40, 2)},
        available_only_ratio_tally="N",
        auto_dial_level="15",
    )
    from planner.tables.folder_writing import write_folder
    from planner.vicidial.settings import write_settings

    problem = problem_of(settings, transfer_rate=0.05, agent_lines=4)
    folder, plan = tmp_path / "site", tmp_path / "plan"
    write_folder(problem, folder)
    write_settings(folder, settings)
    plan.mkdir()
    (plan / "assignments.csv").write_text(
        "campaign_id,dialer_id,dial_lines,agent_lines\nC,D1,15,2\nC,D2,15,2\n"
    )
    arguments = [
        "vicidial",
        "emulate",
        str(folder),
        "--plan",
        str(plan),
        "--hours",
        "4",
        "--failures",
    ]

    assert main([*arguments, "--out", str(tmp_path / "out")]) == 0
    text = capsys.readouterr().out
    assert "with D1 down" in text
    assert "What the plan gains" in text

    assert main([*arguments, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document == json.loads((tmp_path / "out" / "emulation.json").read_text())
    today, planned = document["cases"][:2]
    # Today it dials on while agents are busy.
    assert planned["abandon_rate_high"] < today["abandon_rate_low"]
    gain = document["gains"][0]["abandons_per_hour"]
    assert gain == pytest.approx(planned["abandons_per_hour"] - today["abandons_per_hour"])
    assert read_folder(folder) == problem
