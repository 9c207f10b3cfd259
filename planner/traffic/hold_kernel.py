"""A pause with held callers as a chain of (attempts in progress, held callers), compiled.

In a pause, i attempts run and h callers are held. An attempt ends at rate i*nu; with probability q
its callee is held. A held caller gives up at rate h*theta. An agent line is freed at rate A*mu and
takes the first held caller; with nobody held the pause ends. Nothing is launched, so i never grows,
and with i unchanged h only falls: taken in that order, every state depends on earlier ones only,
and all sums below have non-negative terms.
"""

from __future__ import annotations

import numpy as np

from planner.compiled import compiled
from planner.traffic.arguments import Floats
from planner.traffic.uniformization import LONGEST_STEP, number_of_terms, poisson

#: Total probability out of place at which the limit distribution counts as reached.
SETTLED = 1e-12
#: States of fewer attempts in progress are left out while the last one held less than this.
NEGLIGIBLE = 1e-25


@compiled
def most_held(attempts: int, q: float) -> int:
    """More held callers than this arise with a probability of about 1e-20 or less.

    At most as many as the attempts that ask for an agent, which are binomial.
    """
    if q <= 0.0 or q >= 1.0:
        return int(np.ceil(q)) * attempts
    probability = attempts * np.log1p(-q)
    for h in range(attempts):
        probability += np.log((attempts - h) / (h + 1) * (q / (1.0 - q)))
        if h > attempts * q and probability < np.log(1e-21):
            return h
    return attempts


@compiled
def pause_means(
    attempts: int, q: float, nu: float, free_rate: float, theta: float
) -> tuple[Floats, Floats, Floats]:
    """Expected length, attempt-seconds and held-caller-seconds of a pause.

    Each indexed by the attempts in progress at its start, 0..``attempts``, nobody held yet.
    """
    held = most_held(attempts, q)
    means = np.zeros((3, attempts + 1))
    fewer, now = np.zeros((3, held + 1)), np.zeros((3, held + 1))
    for i in range(attempts + 1):
        for h in range(held + 1):
            leave = i * nu + h * theta + free_rate
            more = min(h + 1, held)
            for j in range(3):
                reward = 1.0 if j == 0 else (float(i) if j == 1 else float(h))
                value = reward + i * nu * (q * fewer[j, more] + (1.0 - q) * fewer[j, h])
                if h > 0:
                    value += (h * theta + free_rate) * now[j, h - 1]
                now[j, h] = value / leave
        means[:, i] = now[:, 0]
        fewer, now = now, fewer
    return means[0], means[1], means[2]


@compiled
def pause_seconds(
    attempts: int, held: int, q: float, nu: float, free_rate: float, theta: float
) -> Floats:
    """Expected seconds of a pause in each state [i, h] when it starts with all attempts running."""
    inflow = np.zeros((attempts + 1, held + 2))
    inflow[attempts, 0] = 1.0
    seconds = np.zeros((attempts + 1, held + 1))
    for i in range(attempts, -1, -1):
        for h in range(held, -1, -1):
            spent = inflow[i, h] / (i * nu + h * theta + free_rate)
            seconds[i, h] = spent
            if h > 0:
                inflow[i, h - 1] += spent * (h * theta + free_rate)
            if i > 0:
                inflow[i - 1, min(h + 1, held)] += spent * i * nu * q
                inflow[i - 1, h] += spent * i * nu * (1.0 - q)
    return seconds


@compiled
def jump(
    dialing: Floats,
    paused: Floats,
    lowest: int,
    up: Floats,
    down: Floats,
    ended: Floats,
    gone: Floats,
    q: float,
) -> int:
    """One jump of the uniformized chain, in place; returns the new ``lowest``.

    ``up`` and ``down`` are jump probabilities by busy agent lines, ``ended`` by attempts in
    progress, ``gone`` by held callers (gone[0]: the pause ends). Fewer attempts in progress than
    ``lowest`` have had no probability so far.
    """
    A, held = dialing.size, paused.shape[1] - 1
    if lowest > 0 and paused[lowest].sum() > NEGLIGIBLE:
        lowest -= 1
    back = 0.0
    for i in range(lowest, paused.shape[0]):
        above = i + 1 < paused.shape[0]
        back += paused[i, 0] * gone[0]
        came = 0.0
        for h in range(held + 1):
            old = paused[i, h]
            new = old * (1.0 - ended[i] - gone[h])
            if h < held:
                new += paused[i, h + 1] * gone[h + 1]
            if above:
                ending = paused[i + 1, h] * ended[i + 1]
                new += came + ending * (1.0 - q)
                came = ending * q
                if h == held:
                    new += came
            paused[i, h] = new
    paused[-1, 0] += dialing[A - 1] * up[A - 1]
    below = 0.0
    for k in range(A):
        old = dialing[k]
        from_above = dialing[k + 1] * down[k + 1] if k + 1 < A else back
        dialing[k] = old * (1.0 - up[k] - down[k]) + below + from_above
        below = old * up[k]
    return lowest


@compiled
def march(
    births: Floats,
    deaths: Floats,
    dialing: Floats,
    paused: Floats,
    q: float,
    nu: float,
    free_rate: float,
    theta: float,
    times: Floats,
) -> tuple[Floats, Floats, Floats]:
    """Follow the chain through ascending times.

    ``births`` and ``deaths`` belong to 0..A-1 busy agent lines, ``dialing`` and ``paused`` hold the
    distribution at the start. Returns the probability of a pause at each time, the expected
    seconds paused until then, and the distribution of the busy agent lines, 0..A, at the last time.
    """
    A, attempts, held = dialing.size, paused.shape[0] - 1, paused.shape[1] - 1
    ended, gone = np.arange(attempts + 1) * nu, np.arange(held + 1) * theta + free_rate
    rate = max((births + deaths).max(), ended[-1] + gone[-1])
    up, down, ended, gone = births / rate, deaths / rate, ended / rate, gone / rate
    dialing_limit, paused_limit = np.ones(A), pause_seconds(attempts, held, q, nu, free_rate, theta)
    for k in range(1, A):
        dialing_limit[k] = dialing_limit[k - 1] * births[k - 1] / deaths[k]
        if dialing_limit[k] > 1e200:
            dialing_limit[: k + 1] /= 1e200
    paused_limit *= dialing_limit[A - 1] * births[A - 1]
    whole = dialing_limit.sum() + paused_limit.sum()
    dialing_limit /= whole
    paused_limit /= whole
    share, spent = np.zeros(times.size), np.zeros(times.size)
    now, until_now, done, lowest = 0.0, 0.0, 0, attempts
    while lowest > 0 and paused[:lowest].sum() > 0.0:
        lowest -= 1
    while done < times.size:
        distance = np.abs(dialing - dialing_limit).sum() + np.abs(paused - paused_limit).sum()
        if distance < SETTLED:
            break
        x = min(LONGEST_STEP, (times[-1] - now) * rate)
        weights = np.empty(number_of_terms(x, A))
        tails, in_pause = np.empty_like(weights), np.empty_like(weights)
        poisson(x, weights, tails)
        next_dialing, next_paused = np.zeros_like(dialing), np.zeros_like(paused)
        for n in range(weights.size):
            in_pause[n] = paused[lowest:].sum()
            next_dialing += weights[n] * dialing
            next_paused[lowest:] += weights[n] * paused[lowest:]
            lowest = jump(dialing, paused, lowest, up, down, ended, gone, q)
        total = next_dialing.sum() + next_paused.sum()
        end = now + x / rate if x == LONGEST_STEP else times[-1]
        spent_here = (tails * in_pause).sum() / rate
        while done < times.size and times[done] <= end:
            poisson((times[done] - now) * rate, weights, tails)
            share[done] = (weights * in_pause).sum()
            spent[done] = until_now + (tails * in_pause).sum() / rate
            done += 1
        dialing, paused = next_dialing / total, next_paused / total
        until_now += spent_here
        now = end
    probability = paused.sum()
    for j in range(done, times.size):
        share[j] = probability
        spent[j] = until_now + probability * (times[j] - now)
    return share, spent, np.append(dialing, probability)
