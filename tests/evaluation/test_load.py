"""Capacity and load before any planning."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.contracts.problem import Dialer
from planner.evaluation.load import campaign_load, fleet_load
from planner.tables.folder import read_folder
from tests.support.builders import solar
from tests.support.results import two_dialers


def test_dial_lines_for_agents_balance_requests_and_talk() -> None:
    # (N - 10) * 0.01 / 25 requests a second meet 10 / 180 calls a second at N = 10 + 138.9.
    load = campaign_load(solar())
    assert load.dial_lines_for_agents == pytest.approx(10 + 10 / 180 * 25 / 0.01)


def test_wrap_up_keeps_an_agent_line_as_long_as_talk_does() -> None:
    # 120 s of talk and 60 s of wrap-up take an agent line as long as 180 s of talk.
    wrapped = campaign_load(solar(talk_seconds=120.0, wrap_up_seconds=60.0))
    assert wrapped.dial_lines_for_agents == pytest.approx(10 + 10 / 180 * 25 / 0.01)


def test_agents_whom_nobody_reaches_have_no_balance() -> None:
    assert campaign_load(solar(transfer_rate=0.0)).dial_lines_for_agents is None


def test_a_broadcast_counts_answers() -> None:
    # 3600 / 25 attempts an hour, one in ten answered.
    load = campaign_load(solar(kind="broadcast"))
    assert load.calls_per_dial_line_hour == pytest.approx(14.4)
    assert load.dial_lines_for_agents is None


def test_only_dialers_in_service_count() -> None:
    dialers = (
        Dialer(dialer_id="D1", ports=100, in_service=False),
        Dialer(dialer_id="D2", ports=70),
        Dialer(dialer_id="D3", ports=30, failure_domain="D2"),
    )
    load = fleet_load(two_dialers(dialers=dialers))
    assert (load.dialers, load.dialers_in_service, load.failure_domains, load.ports) == (
        3,
        2,
        1,
        100,
    )


def test_agents_of_a_pool_count_once_however_many_campaigns_they_serve() -> None:
    # 40, 24, 20, 18 and 10 of campaigns' own, 20 in Dallas and 14 in Chicago.
    problem = read_folder(Path(__file__).resolve().parents[2] / "data" / "sites")
    assert fleet_load(problem).agent_lines == 40 + 24 + 20 + 18 + 10 + 20 + 14
