"""Ratios of sums with days as clusters: calls of one day are no independent draws.

Notes
-----
Where days differ by no more than their calls explain, the ratio of the sums over days with the
variance of the linearised ratio (W. G. Cochran, Sampling Techniques, 1977, 6.3). Where they differ
by more, busy days place fewer calls than quiet ones, and the ratio of sums leans to the quiet:
then the mean of the days, weighted by what is known of each (R. C. Paule and J. Mandel, J. Res.
NBS 87, 1982), with the interval of J. Hartung and G. Knapp (Stat. Med. 20, 2001).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import optimize, special, stats

from planner.calibration.attempts import Floats

LEVEL = 0.95
_UPPER = 0.5 + LEVEL / 2
#: Days differ where chance alone would make them differ so much in fewer cases than this.
_SIGNIFICANCE = 0.05
#: The higher of two upper ends misses less often than either.
_LOGNORMAL_UPPER = 0.9
#: With fewer events the interval is not below that of independent draws.
_FEW = 20
#: Two days may leave the end of an interval anywhere; numbers stay finite.
_LONGEST_REACH = 50.0


class Interval(NamedTuple):
    """A value with the ends of its 95 % interval, None where nothing is known of an end."""

    value: float
    low: float | None
    high: float | None
    method: str


def mean_of_clusters(sums: Floats, sizes: Floats, variance: float) -> Interval:
    """Estimate the mean of something per call.

    Parameters
    ----------
    sums : its sum in each cluster
    sizes : calls of each cluster, > 0
    variance : of one call within a cluster
    """
    total = float(sums.sum() / sizes.sum())
    count = len(sums)
    if count == 1:
        return Interval(total, None, None, "sum")
    within = np.maximum(variance, 1e-12 * total * total + 1e-300) / sizes
    spread = between_variance(sums / sizes, within)
    if spread > 0 and count > 2 and _differ(sums / sizes, total, within):
        weights = 1.0 / (spread + within)
        means = sums / sizes
        value = float(weights @ means / weights.sum())
        error = np.sqrt(weights @ (means - value) ** 2 / ((count - 1) * weights.sum()))
        method = "mean of days"
    else:
        value = total
        residuals = sums - total * sizes
        error = np.sqrt(count / (count - 1) * (residuals @ residuals)) / sizes.sum()
        method = "sum over days"
    if value <= 0:
        return Interval(value, value, value, method)
    # On the scale of logarithms: rates of days are skewed to the right, and never below 0.
    reach = min(float(stats.t.ppf(_UPPER, count - 1) * error / value), _LONGEST_REACH)
    return Interval(value, float(value * np.exp(-reach)), float(value * np.exp(reach)), method)


def _differ(means: Floats, total: float, within: Floats) -> bool:
    """Whether clusters differ by more than their calls explain."""
    heterogeneity = float(((means - total) ** 2 / within).sum())
    return bool(stats.chi2.sf(heterogeneity, len(means) - 1) < _SIGNIFICANCE)


def share_of_clusters(events: Floats, trials: Floats) -> Interval:
    """Estimate a share: events of trials, both by cluster; never outside 0 and 1."""
    kept = trials > 0
    events, trials = events[kept], trials[kept]
    count, total = float(events.sum()), float(trials.sum())
    share = count / total
    found = mean_of_clusters(events, trials, share * (1 - share))
    single = stats.binomtest(round(count), round(total))
    if found.low is None or found.high is None:
        low, high = single.proportion_ci(LEVEL, method="wilson")
        return Interval(share, float(low), float(high), "one day")
    low, high = found.low, found.high
    if min(count, total - count) < _FEW:
        exact = single.proportion_ci(LEVEL, method="exact")
        low, high = min(low, float(exact.low)), max(high, float(exact.high))
    return Interval(found.value, max(low, 0.0), min(high, 1.0), found.method)


def positive_mean(sums: Floats, sizes: Floats, squares: Floats) -> Interval:
    """Estimate the mean of lengths of time, by cluster: their sums, numbers and sums of squares."""
    kept = sizes > 0
    sums, sizes, squares = sums[kept], sizes[kept], squares[kept]
    within = max(float((squares - sums**2 / sizes).sum()), 0.0)
    freedom = float(sizes.sum() - len(sizes))
    variance = within / freedom if freedom > 0 else 0.0
    found = mean_of_clusters(sums, sizes, variance)
    if found.low is None or found.high is None:
        if freedom < 1:
            return Interval(found.value, None, None, "one call")
        reach = stats.t.ppf(_UPPER, freedom) * np.sqrt(variance / sizes.sum())
        found = Interval(found.value, found.value - reach, found.value + reach, "one day")
    return found._replace(low=max(float(found.low or 0.0), 0.0))


def between_variance(means: Floats, within: Floats) -> float:
    """The variance between clusters that makes them differ as they do (Paule and Mandel)."""
    count = len(means)
    return _variance_at(means, within, count - 1.0) if count > 1 else 0.0


def heterogeneity(means: Floats, within: Floats, between: float) -> float:
    """Weighted squares around the weighted mean; chi-squared where ``between`` is true."""
    weights = 1.0 / (between + within)
    centre = weights @ means / weights.sum()
    return float(weights @ (means - centre) ** 2)


def _variance_at(means: Floats, within: Floats, wanted: float) -> float:
    """The variance between clusters at which the heterogeneity is as wanted; 0 if it is less."""

    def excess(between: float) -> float:
        return heterogeneity(means, within, between) - wanted

    if excess(0.0) <= 0:
        return 0.0
    top = float(np.var(means)) + float(within.max())
    while excess(top) > 0:
        top *= 4.0
    return float(optimize.brentq(excess, 0.0, top, xtol=1e-14 * top, rtol=1e-12))


def spread_of_clusters(means: Floats, within: Floats) -> Interval:
    """Estimate the coefficient of variation between clusters, with its Q-profile interval.

    Parameters
    ----------
    means : of each cluster, > 0 on average
    within : the variance of each by its calls alone

    Notes
    -----
    W. Viechtbauer, Confidence intervals for the amount of heterogeneity, Stat. Med. 26, 2007. Days
    are gamma distributed, whose squares vary more than normal ones: degrees of freedom
    are taken off for their kurtosis.
    """
    count = len(means)
    between = between_variance(means, within)
    weights = 1.0 / (between + within)
    centre = float(weights @ means / weights.sum())
    share = between / (between + float(np.mean(within)))
    kurtosis = 6.0 * between / centre**2 * share**2
    freedom = (count - 1) / (1.0 + kurtosis / 2)
    ends = [
        _variance_at(means, within, (count - 1) / freedom * float(stats.chi2.ppf(p, freedom)))
        for p in (_UPPER, 1 - _UPPER)
    ]
    if ends[1] <= 0:
        # Days more alike than chance makes them: the end that days alike as expected would have.
        excess = (count - 1) / float(stats.chi2.ppf(1 - _UPPER, count - 1)) - 1
        ends[1] = max(excess, 0.0) * float(np.mean(within))
    low, high = (float(np.sqrt(end)) / centre for end in ends)
    return Interval(float(np.sqrt(between)) / centre, low, high, "days beyond counting")


def variation_of_clusters(sums: Floats, sizes: Floats, squares: Floats) -> Interval:
    """Estimate the coefficient of variation of lengths within clusters, by the jackknife."""
    kept = sizes > 1
    sums, sizes, squares = sums[kept], sizes[kept], squares[kept]
    if not len(sizes):
        return Interval(0.0, None, None, "too few calls")
    terms = _variation_terms(sums, sizes, squares)
    value = _variation(terms.sum(axis=1))
    count = len(sizes)
    if count < 2 or value <= 0:
        return Interval(value, None, None, "one day")
    others = terms.sum(axis=1, keepdims=True) - terms
    left_out = np.log([max(_variation(column), 1e-9) for column in others.T])
    centre = np.log(value)
    pseudo = count * centre - (count - 1) * left_out
    error = float(np.std(pseudo, ddof=1) / np.sqrt(count))
    reach = float(stats.t.ppf(_UPPER, count - 1)) * error
    middle = float(np.mean(pseudo))
    return Interval(
        value, float(np.exp(middle - reach)), float(np.exp(middle + reach)), "jackknife"
    )


def with_lognormal_tail(
    interval: Interval, sums: Floats, sizes: Floats, logs: Floats, log_squares: Floats
) -> Interval:
    """Raise the upper end of a coefficient of variation where lengths are lognormal.

    The longest calls of a lognormal are so rare that most samples lack them: the jackknife then
    knows nothing of them. Where a lognormal explains the lengths better than a gamma does (by
    their likelihoods, both of sums and sums of logarithms), its own upper end counts as well.
    """
    kept = sizes > 1
    if interval.high is None or kept.sum() < 2:
        return interval
    sums, sizes, logs, log_squares = (part[kept] for part in (sums, sizes, logs, log_squares))
    variance = np.maximum(log_squares - logs**2 / sizes, 0.0) / (sizes - 1)
    pooled = float((variance * (sizes - 1)).sum() / (sizes - 1).sum())
    ratio = logs - sizes * np.log(sums / sizes)  # sum of log(length / mean of its cluster)
    if pooled <= 0 or not _is_lognormal(pooled, float(ratio.sum()), float(sizes.sum())):
        return interval
    freedom = len(sizes) - 1
    error = np.sqrt((sizes @ (variance - pooled) ** 2) / sizes.sum() / freedom)
    upper = pooled + float(stats.t.ppf(_LOGNORMAL_UPPER, freedom)) * error
    return interval._replace(high=max(interval.high, float(np.sqrt(np.expm1(upper)))))


def _is_lognormal(log_variance: float, log_ratio: float, count: float) -> bool:
    """Whether a lognormal is likelier than a gamma for lengths of mean 1."""
    lognormal = -0.5 * count * (np.log(2 * np.pi * log_variance) + 1) - log_ratio
    gap = max(-log_ratio / count, 1e-12)
    shape = optimize.brentq(lambda k: np.log(k) - special.digamma(k) - gap, 1e-3, 1e12)
    gamma = count * (shape * np.log(shape) - special.gammaln(shape) - shape)
    gamma += (shape - 1) * log_ratio
    return bool(lognormal > gamma)


def _variation_terms(sums: Floats, sizes: Floats, squares: Floats) -> Floats:
    """Squares around the cluster's mean, and squared means, both free of bias, times its size."""
    variance = np.maximum(squares - sums**2 / sizes, 0.0) / (sizes - 1)
    return np.stack([variance * sizes, sums**2 / sizes - variance])


def _variation(terms: Floats) -> float:
    return float(np.sqrt(terms[0] / terms[1])) if terms[1] > 0 else 0.0


def mean_exposure(exposure: Floats, events: Floats) -> Interval:
    """Estimate the mean of an exponential time: exposure by events, both by cluster."""
    count, total = float(events.sum()), float(exposure.sum())
    few_low = 2 * total / stats.chi2.ppf(_UPPER, 2 * count + 2)
    if count == 0:
        return Interval(np.nan, float(few_low), None, "nobody gave up")
    few_high = 2 * total / stats.chi2.ppf(1 - _UPPER, 2 * count)
    value = total / count
    if len(events) == 1:
        return Interval(value, float(few_low), float(few_high), "one day")
    residuals = exposure - value * events
    size = len(events)
    error = np.sqrt(size / (size - 1) * (residuals @ residuals)) / total
    reach = stats.t.ppf(_UPPER, size - 1) * error
    low, high = value * np.exp(-reach), value * np.exp(reach)
    if count < _FEW:
        low, high = min(low, few_low), max(high, few_high)
    return Interval(value, float(low), float(high), "exposure by events")
