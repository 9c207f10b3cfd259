"""From any settings to those of any plan: every state on the way is one that people can work in."""

from __future__ import annotations

import random

import pytest

from planner.vicidial.reading.regimes import effective_lines
from planner.vicidial.settings import (
    CampaignSettings,
    RemoteAgents,
    ServerSettings,
    Settings,
    SystemSettings,
    TrunkRow,
    differences,
)
from planner.vicidial.writing.changes import changes_to
from planner.vicidial.writing.replay import replayed
from planner.vicidial.writing.targets import Lines, Target

SEEDS = range(80)


def settings_of(rng: random.Random) -> Settings:
    """Servers and campaigns with whatever rows people leave behind."""
    servers = [
        ServerSettings(
            server_id=f"D{n}",
            server_ip=f"10.0.0.{n}",
            max_vicidial_trunks=rng.choice([20, 60, 100]),
            vicidial_balance_active=rng.random() < 0.3,
        )
        for n in range(rng.randint(1, 4))
    ]
    campaigns = [
        CampaignSettings(
            campaign_id=f"C{n}",
            dial_method=rng.choice(["RATIO", "RATIO", "ADAPT_TAPERED"]),
            available_only_ratio_tally=rng.choice("YN"),
            auto_dial_level=rng.choice(["1", "2.5", "10", "200"]),
        )
        for n in range(rng.randint(1, 4))
    ]
    rows = [
        TrunkRow(
            server_ip=server.server_ip,
            campaign_id=campaign.campaign_id,
            dedicated_trunks=rng.choice([0, 5, 10, 30]),
            trunk_restriction=rng.choice(["MAXIMUM_LIMIT", "MAXIMUM_LIMIT", "OVERFLOW_ALLOWED"]),
        )
        for server in servers
        for campaign in campaigns
        for _ in range(rng.choice([0, 1, 1, 1, 2, 3]))
    ]
    agents = [
        (server.server_ip, campaign.campaign_id)
        for server in servers
        for campaign in campaigns
        for _ in range(rng.choice([0, 1, 1, 2]))
    ]
    return Settings(
        read_at="2030-03-04T15:00:00+00:00",
        database="x",
        system=SystemSettings(),
        servers=tuple(servers),
        campaigns=tuple(campaigns),
        trunk_rows=tuple(rows),
        remote_agents=tuple(
            RemoteAgents(
                remote_agent_id=place + 1,
                user_start=str(1000 + 20 * place),
                number_of_lines=rng.randint(1, 9),
                server_ip=ip,
                status=rng.choice(["ACTIVE", "ACTIVE", "INACTIVE"]),
                campaign_id=name,
            )
            for place, (ip, name) in enumerate(agents)
        ),
        dialer_ids={s.server_ip: s.server_id for s in servers},
        planned=tuple(c.campaign_id for c in campaigns),
    )


def target_of(rng: random.Random, settings: Settings) -> Target:
    """A plan that the servers' trunks and the rows of remote agents can hold."""
    lines: dict[tuple[str, str], Lines] = {}
    for server in settings.servers:
        left = server.max_vicidial_trunks
        for campaign in settings.campaigns:
            pair = (campaign.campaign_id, server.server_ip)
            rows = len(settings.remote_agents_of(*pair))
            dial = rng.randint(0, min(left, 40))
            if dial and rows and rng.random() < 0.8:
                lines[pair] = Lines(dial, min(rng.randint(1, 20 * rows), dial))
                left -= dial
    return Target(settings, lines, settings.planned, None)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_state_on_the_way_is_safe(seed: int) -> None:
    rng = random.Random(seed)
    before = settings_of(rng)
    target = target_of(rng, before)
    changes = changes_to(target)
    assert changes.cannot == ()
    after = changes.expected
    pairs = [(c.campaign_id, s.server_ip) for c in before.campaigns for s in before.servers]

    # The end is the plan.
    for pair in pairs:
        planned = target.lines.get(pair, Lines(0, 0))
        assert after.remote_lines(*pair) == planned.agent
        if planned.dial:
            assert [row.dedicated_trunks for row in after.trunk_rows_of(*pair)] == [planned.dial]
        else:
            assert effective_lines(after, *pair) == 0

    for count in range(len(changes.steps) + 1):
        now = replayed(before, changes.steps[:count])
        for server in before.servers:
            # Lines that are dialed on a server never exceed its trunks further than at the start.
            dialed = [
                sum(effective_lines(state, c.campaign_id, server.server_ip) for c in now.campaigns)
                for state in (before, now)
            ]
            assert dialed[1] <= max(server.max_vicidial_trunks, dialed[0])
        for campaign in before.campaigns:
            # People never have to be at two places.
            agents = [
                sum(s.remote_lines(campaign.campaign_id, v.server_ip) for v in before.servers)
                for s in (before, now, after)
            ]
            assert agents[1] <= max(agents[0], agents[2])
        for pair in pairs:
            assert effective_lines(now, *pair) <= max(
                effective_lines(before, *pair), effective_lines(after, *pair)
            )


@pytest.mark.parametrize("seed", SEEDS)
def test_no_step_is_needed_twice(seed: int) -> None:
    rng = random.Random(seed)
    before = settings_of(rng)
    target = target_of(rng, before)
    after = changes_to(target).expected

    again = changes_to(target._replace(settings=after))

    assert again.steps == ()


def test_equal_settings_have_no_differences() -> None:
    settings = settings_of(random.Random(1))

    assert differences(settings, settings.model_copy()) == []
