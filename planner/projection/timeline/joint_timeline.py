"""How many dialers of a campaign are paused at once, in each step of a horizon."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from planner.contracts.projected import JointStep
from planner.projection.figures.flowing import further_apart
from planner.projection.figures.intervals import share_ends
from planner.projection.timeline.horizon import Booleans, Horizon
from planner.projection.timeline.status_chances import NODE_WEIGHTS, Course
from planner.traffic.arguments import Floats


class SimulatedJoint(NamedTuple):
    """Dialers of one campaign that were simulated together, by run and step."""

    places: tuple[int, ...]  # of its pairs in the horizon
    dialing: Floats  # [run, step] part of the step in which any of them dials or pauses
    paused: Floats  # [run, step, number paused] part of the step
    all_paused: Floats  # [run, step]
    part: Floats  # [step] that a pause of any of them takes at most, on average
    errors: Floats  # [step] what runs may be wrong by in the logarithm of the odds of a pause


class Together(NamedTuple):
    """What is known of the dialers of a campaign so far; they share nothing with the rest."""

    paused: Floats  # [step, node, number paused]
    all_paused: Floats  # [step, node]


def joint_steps(
    given: Horizon, courses: Sequence[Course], simulated: Mapping[str, Sequence[SimulatedJoint]]
) -> Iterator[JointStep]:
    """Shares by campaign with agents and step in which any of its dialers runs.

    Parameters
    ----------
    courses : by pair of the horizon
    simulated : of the campaigns whose dialers, or some of them, were simulated together
    """
    for name, places in _campaigns(given).items():
        runs = {place: given.running(place) for place in places}
        groups = simulated.get(name, ())
        whole = _nothing(given)
        for group in groups:
            whole = _with_group(whole, group)
        counted = {place for group in groups for place in group.places}
        for place in places:
            if place not in counted:
                whole = _with_dialer(whole, _chances(courses[place]), runs[place])
        alone = groups[0] if len(groups) == 1 and counted == set(places) else None
        dialers = np.sum(list(runs.values()), axis=0)
        yield from _told(given, name, whole, dialers.tolist(), alone)


def _campaigns(given: Horizon) -> dict[str, list[int]]:
    """Places of the pairs of each campaign with agents that can dial and ever run."""
    found: dict[str, list[int]] = {}
    for place, pair in enumerate(given.pairs):
        if pair.in_use and pair.campaign.is_live_transfer and given.running(place).any():
            found.setdefault(pair.campaign.campaign_id, []).append(place)
    return found


def _nothing(given: Horizon) -> Together:
    shape = len(given.stretch_of), len(NODE_WEIGHTS)
    return Together(np.ones((*shape, 1)), np.ones(shape))


def _chances(course: Course) -> Floats:
    """Chance of a pause, [step, node]: its average over the step where that is all that is known.

    Over what is left of the step once the list is completed there.
    """
    if course.nodes is not None:
        return course.nodes
    left = np.maximum(1.0 - course.completed, 1e-12)
    return np.repeat(np.clip(course.all_busy / left, 0.0, 1.0)[:, None], len(NODE_WEIGHTS), axis=1)


def _with_dialer(whole: Together, chance: Floats, running: Booleans) -> Together:
    """One more dialer, independent of those before; it counts in the steps in which it runs."""
    chance = np.where(running[:, None], chance, 0.0)
    steps, nodes, counts = whole.paused.shape
    paused = np.zeros((steps, nodes, counts + 1))
    paused[..., :-1] = whole.paused * (1.0 - chance)[..., None]
    paused[..., 1:] += whole.paused * chance[..., None]
    return Together(paused, whole.all_paused * np.where(running[:, None], chance, 1.0))


def _with_group(whole: Together, group: SimulatedJoint) -> Together:
    """Dialers that were simulated together, independent of those before."""
    dialing = group.dialing.mean(axis=0)
    known = dialing > 0.0
    safe = np.where(known, dialing, 1.0)
    shares = group.paused.mean(axis=0) / safe[:, None]
    shares[~known] = 0.0
    shares[~known, 0] = 1.0
    all_paused = np.where(known, group.all_paused.mean(axis=0) / safe, 1.0)
    steps, nodes, counts = whole.paused.shape
    more = shares.shape[1] - 1
    paused = np.zeros((steps, nodes, counts + more))
    for number in range(more + 1):
        share = shares[:, number, None, None]
        paused[..., number : number + counts] += whole.paused * share
    return Together(paused, whole.all_paused * all_paused[:, None])


def _told(
    given: Horizon,
    name: str,
    whole: Together,
    dialers: Sequence[int],
    alone: SimulatedJoint | None,
) -> Iterator[JointStep]:
    """Means over the nodes of each step, with ends where all of it was simulated together."""
    paused = np.einsum("n,snk->sk", NODE_WEIGHTS, whole.paused)
    all_paused = whole.all_paused @ NODE_WEIGHTS
    ends = None if alone is None or len(alone.dialing) < 2 else _ends(alone)
    names = ("none_paused", "some_paused", "all_paused")
    for step, count in enumerate(dialers):
        if count == 0 or (alone is not None and alone.dialing[:, step].sum() == 0.0):
            continue
        none, all_ = float(paused[step, 0]), float(all_paused[step])
        low, high = (
            ({}, {})
            if ends is None
            else (dict(zip(names, end[step].tolist(), strict=True)) for end in ends)
        )
        some = max(1.0 - none - all_, 0.0)
        if count == 1:
            # Never only some of one dialer: that is no estimate.
            some = 0.0
            low, high = (
                {key: end for key, end in part.items() if key != "some_paused"}
                for part in (low, high)
            )
        yield JointStep(
            campaign_id=name,
            start=given.edges[step],
            end=given.edges[step + 1],
            dialers=count,
            none_paused=none,
            some_paused=some,
            all_paused=all_,
            paused_distribution=tuple(paused[step, : count + 1].tolist()),
            low=low,
            high=high,
        )


def _ends(group: SimulatedJoint) -> tuple[Floats, Floats]:
    """Low and high ends, [step, share], of none, some and all paused.

    Of the part of a step in which any dials; runs in which none does tell nothing of it.
    """
    dialing = group.dialing
    mean = np.maximum(dialing.mean(axis=0), 1e-12)
    none, all_ = group.paused[..., 0], group.all_paused
    some = np.clip(dialing - none - all_, 0.0, 1.0)
    parts = np.stack([none, some, all_], axis=-1) / mean[:, None]
    flat = np.clip(parts, 0.0, 1.0).reshape(len(dialing), -1)
    # Where no pause was seen, some may be short; that some dial is told by the runs alone.
    whole = np.ones_like(group.part)
    may_have = np.stack([whole, group.part, group.part], axis=-1).ravel()
    may_lack = np.stack([group.part, whole, whole], axis=-1).ravel()
    ends = share_ends(flat, may_have, may_lack)
    errors = np.repeat(group.errors, parts.shape[-1])
    low, high = further_apart(flat.mean(axis=0), ends, errors)
    shape = parts.shape[1:]
    return low.reshape(shape), high.reshape(shape)
