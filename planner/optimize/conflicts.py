"""Why there is no plan: the fewest requirements that cannot hold together, and what would help."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from planner.optimize.search import optimize
from planner.plan import Conflict, PlanOptions
from planner.problem import Campaign, Dialer, LineAssignment, Problem, TrunkGroup

#: Each trial that looks for a conflict may take so long [s]; undecided trials keep the requirement.
TRIAL_SECONDS = 5.0
#: Bisections of a limit, enough for steps of a thousandth of its range.
BISECTIONS = 10

Change = Callable[[Problem], Problem]


@dataclass(frozen=True)
class Requirement:
    """One requirement in words, how the problem looks without it, and how it may give way.

    ``eased`` makes the change for a share in (0, 1] of the way to its end, with words for it.
    """

    words: str
    lifted: Change
    eased: Callable[[float], tuple[str, Change]]


def find_conflicts(problem: Problem, options: PlanOptions) -> tuple[Conflict, ...]:
    """A smallest set of requirements of an infeasible problem that cannot hold together.

    Requirements are lifted one after the other as long as the problem stays infeasible
    (deletion filter): of those that are left none can be spared. For each the least change is
    sought that makes the whole problem feasible, all other requirements in force.
    """
    left = problem
    core = []
    for requirement in _requirements(problem, options.keep_current):
        without = requirement.lifted(left)
        if _is_infeasible(without, options):
            left = without
        else:
            core.append(requirement)
    if not core:
        return ()
    helps = [_least_change(problem, requirement, options) for requirement in core]
    return (
        Conflict(
            requirements=tuple(r.words for r in core),
            relaxations=tuple(words for words in helps if words is not None),
        ),
    )


def _least_change(problem: Problem, requirement: Requirement, options: PlanOptions) -> str | None:
    """Words for the least easing that helps, to a thousandth of its range; None if none does."""
    words, change = requirement.eased(1.0)
    if _is_infeasible(change(problem), options):
        return None
    low, high = 0.0, 1.0
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        tried, change = requirement.eased(middle)
        if tried == words:
            high = middle
        elif _is_infeasible(change(problem), options):
            low = middle
        else:
            words, high = tried, middle
    return words


def _is_infeasible(problem: Problem, options: PlanOptions) -> bool:
    relaxed = options.model_copy(
        update={"gap": 1.0, "time_limit": TRIAL_SECONDS, "redundancy": 0.0}
    )
    return optimize(problem, relaxed).infeasible


def _requirements(problem: Problem, keep_current: bool) -> Iterator[Requirement]:
    """All requirements that can be lifted, the ones least likely to matter first."""
    for group in problem.trunk_groups:
        if group.cps is not None:
            yield _trunk_cps(group)
    for dialer in problem.dialers:
        if dialer.cps is not None:
            yield _dialer_cps(dialer)
    for campaign in problem.campaigns:
        yield from _campaign_requirements(campaign, problem)
    for item in problem.assignments:
        if item.locked or keep_current:
            yield _lock(item)
    for group in problem.trunk_groups:
        yield _channels(group, sum(d.ports for d in problem.dialers))
    for dialer in problem.dialers:
        if not dialer.in_service:
            yield _yes_or_no(
                f"dialer {dialer.dialer_id} is out of service",
                f"put dialer {dialer.dialer_id} back in service",
                _change(dialer, in_service=True),
            )
    for campaign in problem.campaigns:
        if campaign.min_dialers > 0:
            yield _min_dialers(campaign)


def _campaign_requirements(campaign: Campaign, problem: Problem) -> Iterator[Requirement]:
    name = f"campaign {campaign.campaign_id}"
    rate, share = campaign.max_abandon_rate, campaign.survivable_share
    if rate is not None:

        def more_abandoned(part: float) -> tuple[str, Change]:
            eased = min(1.0, round(rate + part * (1 - rate), 4))
            words = f"let {name} abandon up to {eased:.2%} of its live answers"
            return words, _change(campaign, max_abandon_rate=eased)

        yield Requirement(
            f"{name} abandons at most {rate:.2%} of its live answers",
            _change(campaign, max_abandon_rate=None),
            more_abandoned,
        )
    if share > 0:

        def less_survives(part: float) -> tuple[str, Change]:
            eased = max(0.0, round(share * (1 - part), 3))
            words = f"ask for {100 * eased:.1f} % of {name} to survive"
            return words, _change(campaign, survivable_share=eased)

        yield Requirement(
            f"{name} needs {100 * share:.0f} % to survive any single failure",
            _change(campaign, survivable_share=0.0),
            less_survives,
        )
    if campaign.is_live_transfer and campaign.min_agent_lines > 1:

        def fewer_agents(part: float) -> tuple[str, Change]:
            eased = _step(campaign.min_agent_lines, 1, part)
            words = f"let {name} run with {eased} agent lines on a dialer"
            return words, _change(campaign, min_agent_lines=eased)

        yield Requirement(
            f"{name} has at least {campaign.min_agent_lines} agent lines where it runs",
            _change(campaign, min_agent_lines=1),
            fewer_agents,
        )
    most = campaign.max_dial_lines
    if most is not None:
        ports = sum(d.ports for d in problem.dialers)

        def more_lines(part: float) -> tuple[str, Change]:
            eased = _step(most, max(most + 1, ports), part)
            return f"allow {name} {eased} dial lines", _change(campaign, max_dial_lines=eased)

        yield Requirement(
            f"{name} has at most {most} dial lines",
            _change(campaign, max_dial_lines=None),
            more_lines,
        )
    if campaign.allowed_dialers is not None:
        yield _yes_or_no(
            f"{name} may use only {', '.join(campaign.allowed_dialers)}",
            f"let {name} use other dialers too",
            _change(campaign, allowed_dialers=None),
        )


def _min_dialers(campaign: Campaign) -> Requirement:
    name = f"campaign {campaign.campaign_id}"

    def fewer(part: float) -> tuple[str, Change]:
        eased = _step(campaign.min_dialers, 0, part)
        words = f"let {name} run on {eased} {_plural('dialer', eased)}"
        if eased == 0:
            words = f"let {name} go without lines (min_dialers 0)"
        return words, _change(campaign, min_dialers=eased)

    least = campaign.min_dialers
    words = f"{name} runs on at least {least} {_plural('dialer', least)}"
    return Requirement(words, _change(campaign, min_dialers=0), fewer)


def _dialer_cps(dialer: Dialer) -> Requirement:
    limit = dialer.cps or 0.0
    return Requirement(
        f"dialer {dialer.dialer_id} places at most {limit:g} calls per second",
        _change(dialer, cps=None),
        lambda part: (
            f"let dialer {dialer.dialer_id} place {_faster(limit, part):g} calls per second",
            _change(dialer, cps=_faster(limit, part)),
        ),
    )


def _trunk_cps(group: TrunkGroup) -> Requirement:
    limit = group.cps or 0.0
    return Requirement(
        f"trunk group {group.trunk_group} takes at most {limit:g} calls per second",
        _change(group, cps=None),
        lambda part: (
            f"let trunk group {group.trunk_group} take {_faster(limit, part):g} calls per second",
            _change(group, cps=_faster(limit, part)),
        ),
    )


def _channels(group: TrunkGroup, ports: int) -> Requirement:
    most = max(group.channels + 1, ports)

    def more(part: float) -> tuple[str, Change]:
        eased = _step(group.channels, most, part)
        words = f"give trunk group {group.trunk_group} {eased} channels"
        return words, _change(group, channels=eased)

    words = f"trunk group {group.trunk_group} has {group.channels} channels"
    return Requirement(words, _change(group, channels=most), more)


def _lock(item: LineAssignment) -> Requirement:
    def without(problem: Problem) -> Problem:
        kept = tuple(
            a
            for a in problem.assignments
            if (a.campaign_id, a.dialer_id) != (item.campaign_id, item.dialer_id)
        )
        return problem.model_copy(update={"assignments": kept})

    place = f"campaign {item.campaign_id} on {item.dialer_id}"
    words = f"{place} keeps its {item.dial_lines} + {item.agent_lines} lines"
    return _yes_or_no(words, f"let {place} have other lines", without)


def _yes_or_no(words: str, remedy: str, change: Change) -> Requirement:
    """A requirement that holds or not, with nothing in between."""
    return Requirement(words, change, lambda _: (remedy, change))


def _step(start: int, end: int, part: float) -> int:
    """The whole number a share of the way from start to end, at least one step away."""
    steps = max(1, round(part * abs(end - start)))
    return start + steps if end > start else start - steps


def _faster(limit: float, part: float) -> float:
    """Up to a hundred times the limit, finer near it."""
    return float(f"{limit * 100**part:.3g}")


def _plural(word: str, count: int) -> str:
    return word if count == 1 else f"{word}s"


def _change(item: Campaign | Dialer | TrunkGroup, **update: object) -> Change:
    """The problem with one row of one of its tables changed."""
    table, key = {
        Campaign: ("campaigns", "campaign_id"),
        Dialer: ("dialers", "dialer_id"),
        TrunkGroup: ("trunk_groups", "trunk_group"),
    }[type(item)]

    def changed(problem: Problem) -> Problem:
        rows = tuple(
            row.model_copy(update=update) if getattr(row, key) == getattr(item, key) else row
            for row in getattr(problem, table)
        )
        return problem.model_copy(update={table: rows})

    return changed
