"""The order of moves by the definitions: what a way through plans breaks, and the best way."""

from __future__ import annotations

import functools
import itertools
import math
import random
from pathlib import Path
from typing import NamedTuple

from planner.contracts.problem import Campaign, Dialer, LineAssignment, Problem, TrunkGroup
from planner.contracts.result import Move
from tests.support.builders import solar
from tests.support.reference import hourly_rates

CASES = Path(__file__).parents[1] / "data" / "cases"
NEWS = {"kind": "broadcast", "attempt_seconds": 30, "answer_rate": 0.5}
State = dict[tuple[str, str], tuple[int, int]]


def assignments(state: State) -> tuple[LineAssignment, ...]:
    return tuple(
        LineAssignment(campaign_id=c, dialer_id=d, dial_lines=n, agent_lines=a)
        for (c, d), (n, a) in state.items()
        if n or a
    )


# The definitions, by the closed forms


class Counted(NamedTuple):
    """A state: lines in excess by limit, parts by which limits are broken, who runs, value."""

    excess: dict[str, int]
    parts: dict[str, float]
    running: frozenset[str]
    value: float


@functools.lru_cache(maxsize=100_000)
def rates(campaign: Campaign, dial: int, agents: int) -> tuple[float, float, float, float]:
    return hourly_rates(campaign, dial, agents)


def counted(problem: Problem, state: State, weight: float = 0.0) -> Counted:
    found = {
        pair: rates(problem.campaigns[problem.campaign_index[pair[0]]], *lines)
        for pair, lines in state.items()
        if lines != (0, 0)
    }
    excess: dict[str, int] = {}
    parts: dict[str, float] = {}
    for d in problem.dialers:
        here = {pair: f for pair, f in found.items() if pair[1] == d.dialer_id}
        excess[f"ports {d.dialer_id}"] = sum(sum(state[pair]) for pair in here) - d.ports
        if d.cps is not None:
            speed = sum(f[3] for f in here.values()) / 3600
            parts[f"cps {d.dialer_id}"] = (speed - d.cps) / d.cps
    for t in problem.trunk_groups:
        members = {d.dialer_id for d in problem.dialers if d.trunk_group == t.trunk_group}
        taken = sum(sum(state[pair]) for pair in found if pair[1] in members)
        excess[f"channels {t.trunk_group}"] = taken - t.channels
    for c in problem.campaigns:
        mine = {pair[1]: f for pair, f in found.items() if pair[0] == c.campaign_id}
        agents = sum(state[c.campaign_id, d][1] for d in mine)
        excess[f"agents {c.campaign_id}"] = agents - c.agent_lines if c.is_live_transfer else -1
        if not mine:
            continue
        handled, abandoned, answered, _ = map(sum, zip(*mine.values(), strict=True))
        if c.max_abandon_rate is not None:
            over = abandoned / answered - c.max_abandon_rate
            parts[f"abandons {c.campaign_id}"] = over / max(c.max_abandon_rate, 0.01)
        if c.survivable_share:
            asked = c.survivable_share - (0.005 if c.survivable_share < 1 else 0)
            for case, lost in problem.failures():
                names = {problem.dialers[d].dialer_id for d in lost}
                left = sum(f[0] for d, f in mine.items() if d not in names) / handled
                parts[f"survives {c.campaign_id} {case}"] = (asked - left) / c.survivable_share
    values = {c.campaign_id: c.value for c in problem.campaigns}
    total = sum(values[pair[0]] * f[0] for pair, f in found.items())
    worst = min(
        (
            sum(
                values[pair[0]] * f[0]
                for pair, f in found.items()
                if problem.dialer_index[pair[1]] not in lost
            )
            for _, lost in problem.failures()
        ),
        default=total,
    )
    running = frozenset(c for (c, _) in found)
    return Counted(excess, parts, running, (1 - weight) * total + weight * worst)


def score(problem: Problem, way: list[State], weight: float = 0.0) -> tuple[float, ...]:
    """Whether lines fit, largest breach, all breaches, campaigns dark, less lowest, less early."""
    return score_of([counted(problem, state, weight) for state in way])


def score_of(states: list[Counted]) -> tuple[float, ...]:
    first, last = states[0], states[-1]
    fits = all(
        count <= max(0, first.excess[limit], last.excess[limit])
        for state in states
        for limit, count in state.excess.items()
    )
    limits = {name.rsplit(" ", name.startswith("survives"))[0] for name in first.parts}
    held = {
        limit
        for limit in limits
        if all(
            part <= 1e-9
            for end in (first, last)
            for name, part in end.parts.items()
            if name.startswith(limit)
        )
    }
    steps = states[1:]
    breaches = [
        [
            max(part, 0.0) if part > 1e-9 else 0.0
            for name, part in state.parts.items()
            if name.rsplit(" ", name.startswith("survives"))[0] in held
        ]
        for state in steps
    ]
    dark = sum(len((first.running & last.running) - state.running) for state in steps)
    return (
        0.0 if fits else 1.0,
        max((part for parts in breaches for part in parts), default=0.0),
        math.fsum(part for parts in breaches for part in parts),
        dark,
        -min(state.value for state in steps),
        -math.fsum(state.value for state in steps),
    )


def way_of(now: State, moves: tuple[Move, ...]) -> list[State]:
    """The states that the moves lead through, each made by hand from the one before."""
    way = [now]
    for move in moves:
        pair = move.campaign_id, move.dialer_id
        before = way[-1].get(pair, (0, 0))
        assert before == (move.dial_lines_from, move.agent_lines_from)
        way.append(way[-1] | {pair: (move.dial_lines_to, move.agent_lines_to)})
    return way


def best_of_all_orders(
    problem: Problem, now: State, wanted: State, weight: float = 0.0
) -> tuple[float, ...]:
    pairs = [p for p in now.keys() | wanted.keys() if now.get(p, (0, 0)) != wanted.get(p, (0, 0))]
    states = {
        frozenset(made): counted(problem, now | {p: wanted.get(p, (0, 0)) for p in made}, weight)
        for number in range(len(pairs) + 1)
        for made in itertools.combinations(pairs, number)
    }
    scores = [
        score_of([states[frozenset(order[:number])] for number in range(len(pairs) + 1)])
        for order in itertools.permutations(pairs)
    ]
    return min(scores, key=rounded)


def rounded(found: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(round(part, 6) for part in found)


# Random fleets whose limits are as tight as both ends allow


@functools.cache
def random_fleet(seed: int) -> tuple[Problem, State, State]:
    draw = random.Random(seed)
    campaigns = [
        solar(
            campaign_id="A",
            agent_lines=6,
            answer_rate=0.3,
            transfer_rate=0.4,
            value=draw.choice([1.0, 2.0]),
        ),
        solar(campaign_id="B", agent_lines=4, talk_seconds=60.0, value=draw.choice([1.0, 3.0])),
        Campaign(campaign_id="N", value=draw.choice([0.01, 0.1]), **NEWS),
    ]
    dialers = [
        Dialer(dialer_id=f"D{d}", ports=draw.randint(14, 20), trunk_group="T" if d else None)
        for d in range(3)
    ]
    trunk = TrunkGroup(trunk_group="T", channels=draw.randint(24, 36))
    problem = Problem(dialers=dialers, campaigns=campaigns, trunk_groups=(trunk,))
    now, wanted = random_state(problem, draw), random_state(problem, draw)
    for pair in sorted(now.keys() | wanted.keys()):  # few enough to try every order
        if sum(now.get(p) != wanted.get(p) for p in now.keys() | wanted.keys()) > 5:
            trial = {p: lines for p, lines in wanted.items() if p != pair}
            trial |= {pair: now[pair]} if pair in now else {}
            if max(counted(problem, trial).excess.values()) <= 0:
                wanted = trial
    return _tightened(problem, now, wanted, draw), now, wanted


def random_state(problem: Problem, draw: random.Random) -> State:
    state: State = {}
    for _ in range(14):
        campaign, dialer = draw.choice(problem.campaigns), draw.choice(problem.dialers)
        agents = draw.randint(1, 3) if campaign.is_live_transfer else 0
        lines = agents + draw.randint(1, 7), agents
        trial = state | {(campaign.campaign_id, dialer.dialer_id): lines}
        if max(counted(problem, trial).excess.values()) <= 0:
            state = trial
    return state


def _tightened(problem: Problem, now: State, wanted: State, draw: random.Random) -> Problem:
    ends = [_shown(problem, state) for state in (now, wanted)]
    dialers = [
        d.model_copy(update={"cps": max(end["cps", d.dialer_id] for end in ends) * 1.02 or None})
        if draw.random() < 0.5
        else d
        for d in problem.dialers
    ]
    campaigns = []
    for c in problem.campaigns:
        update: dict[str, float] = {}
        if c.is_live_transfer and draw.random() < 0.5:
            update["max_abandon_rate"] = max(end["abandons", c.campaign_id] for end in ends) * 1.01
        if draw.random() < 0.5:
            least = min(end["survives", c.campaign_id] for end in ends)
            update["survivable_share"] = math.floor(100 * least) / 100
        campaigns.append(c.model_copy(update=update))
    return Problem(dialers=dialers, campaigns=campaigns, trunk_groups=problem.trunk_groups)


def _shown(problem: Problem, state: State) -> dict[tuple[str, str], float]:
    """Calls a second, abandon rates and shares that survive, read off limits of 1."""
    asking = problem.model_copy(
        update={
            "dialers": tuple(d.model_copy(update={"cps": 1.0}) for d in problem.dialers),
            "campaigns": tuple(
                c.model_copy(update={"survivable_share": 1.0, "max_abandon_rate": 1.0})
                for c in problem.campaigns
            ),
        }
    )
    parts = counted(asking, state).parts
    found = {("cps", d.dialer_id): parts[f"cps {d.dialer_id}"] + 1 for d in problem.dialers}
    for c in problem.campaigns:
        name = c.campaign_id
        found["abandons", name] = parts.get(f"abandons {name}", -1.0) + 1
        lost = [part for key, part in parts.items() if key.startswith(f"survives {name} ")]
        found["survives", name] = 1 - max(lost, default=1.0)
    return found
