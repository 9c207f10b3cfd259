"""What one more is worth, what limits cost, and what would help most: best plans compared.

The value of the best plan with a change less the value of the best plan without it:
each is planned anew from the plan that is there, the most promising first, within counted work, so
that the same seed gives the same figures. From the two bounds follows a range; what was not reached
has no figure.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from planner.contracts.answers import Help, Worth
from planner.contracts.line_plan import LinePlan
from planner.contracts.problem import Problem
from planner.contracts.result import PlanOptions
from planner.evaluation.reasons import Explanation
from planner.evaluation.worth import resources
from planner.evaluation.worth.changed import Changed
from planner.evaluation.worth.limits import step_of, without_limits
from planner.optimize.trials import Trials
from planner.optimize.warm_start import WarmStart

#: Of the work, what glances at every change may take, and what is left for the second round: steps
#: of limits, agents moved and further dialers.
GLANCE_SHARE, SECOND_SHARE = 0.4, 0.15
#: Campaigns that agents are taken from and given to, tried with each other.
MOST_GIVERS = MOST_TAKERS = 3
#: Kinds of dialers of which one more is tried.
MOST_DIALERS = 3


@dataclass(frozen=True)
class OneMore:
    """What was tried and what it is worth, by limit and whose it is."""

    tried: Mapping[tuple[str, ...], Worth] = field(default_factory=dict)
    helps: tuple[Help, ...] = ()
    cut_off: bool = False  # the time limit or a stop ended it before all the work was done

    def of(self, limit: str, *key: str) -> Worth | None:
        """What one more, or one limit less, is worth; None where that is not known."""
        return self.tried.get((limit, *key))


def one_more(
    problem: Problem,
    options: PlanOptions,
    plan: LinePlan,
    value: float,
    bound: float,
    told: Explanation,
    stop: Callable[[], bool] = lambda: False,
    on_share: Callable[[int, int], None] = lambda *_: None,
    warm: WarmStart | None = None,
) -> OneMore:
    """Plan again with one more of each, without each limit, and with what else may help.

    Each change is glanced at first: bounded at the duals that are known. Then plans are looked for,
    those with the most to gain first.

    Parameters
    ----------
    problem : without campaigns that cannot run
    options : those of the plan; its time limit is that of all of this, too
    plan, value, bound : the plan, what it is worth and the bound of that [value per hour]
    told : why the plan is as it is, for what is glanced at first
    stop : ends it early; what was not reached has no figure
    on_share : told how many changes were tried, and of how many
    warm : what the plan's search left
    """
    trials = Trials(problem, options, plan, value, bound, warm, stop)
    trials.begin()
    first = list(_in_turn(_by_promise(problem, options, told)))
    _try_all(trials, first, trials.most_work * (1 - SECOND_SHARE), on_share)
    second = list(_second(problem, trials, first))
    _try_all(trials, second, trials.most_work, on_share)
    _go_on(trials, [*first, *second], on_share)
    return _told(trials)


def _try_all(
    trials: Trials, changes: Sequence[Changed], work: float, on_share: Callable[[int, int], None]
) -> None:
    """Glance at changes, and look for plans with those that may gain the most."""
    most = trials.work + GLANCE_SHARE * (work - trials.work)
    for count, change in enumerate(changes):
        if trials.spent(most):
            break
        on_share(count, 2 * len(changes))
        trials.glance(change)
    unclear = [change for change in changes if trials.unclear(change)]
    unclear.sort(key=lambda change: -trials.promise(change))
    done = len(changes) - len(unclear)
    for count, change in enumerate(unclear):
        if trials.spent(work):
            break
        on_share(len(changes) + done + count, 2 * len(changes))
        trials.search(change)


def _go_on(
    trials: Trials, changes: Sequence[Changed], on_share: Callable[[int, int], None]
) -> None:
    """Search on, longer each time, until every change is decided or the work is spent."""
    while left := [change for change in changes if trials.unclear(change)]:
        left.sort(key=lambda change: -trials.promise(change))
        for change in left:
            if trials.spent(trials.most_work):
                return
            on_share(2 * len(changes) - len(left), 2 * len(changes))
            trials.search(change)


def _by_promise(
    problem: Problem, options: PlanOptions, told: Explanation
) -> Sequence[Sequence[Changed]]:
    """What is tried, by kind, in each the most promising first."""
    held = {item.name: place for place, item in enumerate(told.held)}
    agents = dict(zip(problem.campaign_index, told.one_more_agent_line, strict=True))
    ports = dict(zip(problem.dialer_index, told.one_more_port, strict=True))
    alike = _alike(problem)

    def ordered(changes: Iterable[Changed], gains: Mapping[str, float | None]) -> list[Changed]:
        return sorted(
            changes,
            key=lambda c: (-(gains.get(c.key[0]) or 0.0), held.get(c.name, len(held))),
        )

    limits: dict[str, list[Changed]] = {}
    for change in without_limits(problem, options.keep_current):
        limits.setdefault(change.limit, []).append(change)
    return [
        ordered(resources.more_agent_lines(problem), agents),
        ordered(resources.larger_pools(problem), {}),
        ordered((c for c in resources.more_ports(problem) if c.key[0] in alike.values()), ports),
        *(ordered(changes, {}) for changes in limits.values()),
        ordered(resources.more_channels(problem), {}),
        ordered(
            (
                c
                for c in resources.more_calls_per_second(problem)
                if c.limit != "cps" or c.key[0] in alike.values()
            ),
            {},
        ),
    ]


def _alike(problem: Problem, *, lines: bool = True) -> dict[str, str]:
    """For each dialer the first one that is like it in all but its name: plans may swap them.

    Without ``lines`` those that they have now make no difference.
    """
    named = {a.dialer_id for a in problem.assignments} if lines else set()
    for campaign in problem.campaigns:
        named |= set(campaign.allowed_dialers or ())
    for pool in problem.pools:
        named |= set(pool.dialers)
    for limit in problem.limits:
        named |= {*limit.dialer_ids, *limit.failure_domains}
    first: dict[object, str] = {}
    found = {}
    for dialer in problem.dialers:
        name = dialer.dialer_id
        alone = name not in named and dialer.failure_domain is None
        figures = dialer.model_copy(update={"dialer_id": ""}) if alone else name
        found[name] = first.setdefault(figures, name)
    return found


def _in_turn(kinds: Sequence[Sequence[Changed]]) -> Iterator[Changed]:
    """The first of each kind, then the second of each, and so on."""
    for row in itertools.zip_longest(*kinds):
        yield from (change for change in row if change is not None)


def _second(problem: Problem, trials: Trials, first: Sequence[Changed]) -> Iterator[Changed]:
    """What is tried once the first gains are known.

    Steps of limits that cost, agents moved, and further dialers.
    """
    gains = {change.name: worth for change, worth in trials.worths()}
    costly = [c for c in first if c.name in gains and gains[c.name].value > 0]
    costly.sort(key=lambda c: -gains[c.name].value)
    steps = [step for c in costly if (step := step_of(problem, c)) is not None]
    yield from _in_turn([steps, list(_agents_moved(problem, gains)), _dialers(problem, gains)])


def _dialers(problem: Problem, gains: Mapping[tuple[str, ...], Worth]) -> list[Changed]:
    """One more dialer like those whose ports gain most, of dialers that are alike but one."""
    alike = _alike(problem, lines=False)
    kinds = [c for c in resources.more_dialers(problem) if c.key[0] in alike.values()]

    def port(change: Changed) -> float:
        worth = gains.get(("ports", change.key[0]))
        return 0.0 if worth is None else worth.value

    return sorted(kinds, key=lambda change: -port(change))[:MOST_DIALERS]


def _agents_moved(problem: Problem, gains: Mapping[tuple[str, ...], Worth]) -> Iterator[Changed]:
    """An agent line moved from who misses it least, by what one more would bring, to who gains."""
    if problem.pools:
        return
    known = {
        c.campaign_id: gains["agent_lines", c.campaign_id].value
        for c in problem.campaigns
        if resources.has_own_agents(c) and ("agent_lines", c.campaign_id) in gains
    }
    lines = {c.campaign_id: c.agent_lines for c in problem.campaigns}
    takers = sorted((n for n in known if known[n] > 0), key=lambda n: -known[n])[:MOST_TAKERS]
    givers = sorted((n for n in known if lines[n] > 1), key=lambda n: known[n])
    for taker in takers:
        others = [name for name in givers if name != taker and known[name] < known[taker]]
        for giver in others[:MOST_GIVERS]:
            yield resources.agent_moved(problem, giver, taker)


def _told(trials: Trials) -> OneMore:
    """Figures by limit, of whole limits only, and what helps, sorted."""
    known = [(c, worth) for c, worth in trials.worths() if trials.is_told(worth)]
    tried = {
        c.name: worth for c, worth in known if c.loosens and not c.step and c.limit != "dialer"
    }
    for name, like in _alike(trials.problem).items():
        for limit in ("ports", "cps"):
            if (limit, like) in tried:
                tried[limit, name] = tried[limit, like]
    helps = []
    for change, worth in known:
        if worth.value > 0 and (change.step or step_of(trials.problem, change) is None):
            helps.append(
                Help(
                    set=change.expressions,
                    words=change.words,
                    gain=worth.value,
                    gain_low=worth.low,
                    gain_high=worth.high,
                )
            )
    helps.sort(key=lambda item: (-item.gain, item.set))
    return OneMore(tried, tuple(helps), trials.cut_off)
