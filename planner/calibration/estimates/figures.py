"""The figures of a campaign from its sums by day, each with its interval or why it is not known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from planner.calibration.attempts import Floats
from planner.calibration.estimates.campaign_days import CampaignDays
from planner.calibration.estimates.clusters import (
    Interval,
    mean_exposure,
    positive_mean,
    share_of_clusters,
    spread_of_clusters,
    variation_of_clusters,
    with_lognormal_tail,
)
from planner.calibration.result import REQUEST_RATE, Estimate

#: With fewer days nothing is known of how days differ.
FEWEST_DAYS = 3
#: Answered calls of which is told whether a human took them; with fewer the rate is not known.
_TOLD_SHARE = 0.95
#: A mean that a few calls of over an hour move by more than this is told.
_LONG_MATTERS = 0.02
ONE_DAY = "one day, its hours as clusters: the interval is too narrow"


def campaign_figures(
    found: CampaignDays, lacks: Mapping[str, str], gap_seconds: float = 0.0
) -> Iterator[Estimate]:
    """Estimate every figure of a campaign.

    Parameters
    ----------
    found : its sums
    lacks : why some figures cannot be known from these logs, by figure
    gap_seconds : between the end of an attempt and the next launch on its line
    """
    for figures in (_rates(found), _lengths(found, gap_seconds), _agents(found), _days(found)):
        for item in figures:
            why = lacks.get(item.figure)
            yield item if why is None else _unknown(found, item.figure, why)


def humans_told(found: CampaignDays) -> bool:
    """Whether the log tells humans from machines."""
    answered = found.total("answered")
    return answered > 0 and found.total("known") >= _TOLD_SHARE * answered


def answers_told(found: CampaignDays) -> bool:
    """Whether the log tells which attempts were answered."""
    return found.total("answer_told") >= _TOLD_SHARE * found.total("attempts")


def human_answers(found: CampaignDays) -> Floats:
    """Human answers by cluster; where a few answers are not told apart, in proportion."""
    return found["humans"] * found.total("answered") / max(found.total("known"), 1.0)


def _estimate(found: CampaignDays, figure: str, interval: Interval, note: str = "") -> Estimate:
    value = None if np.isnan(interval.value) else interval.value
    if found.days < 2 and value is not None:
        note = "; ".join(filter(None, [ONE_DAY, note]))
    return Estimate(
        campaign_id=found.campaign_id,
        figure=figure,
        value=value,
        low=interval.low,
        high=interval.high,
        attempts=round(found.total("attempts")),
        days=found.days,
        method=interval.method,
        note=note,
    )


def _unknown(found: CampaignDays, figure: str, why: str) -> Estimate:
    return _estimate(found, figure, Interval(np.nan, None, None, "not known"), why)


def _rates(found: CampaignDays) -> Iterator[Estimate]:
    attempts, requests = found["attempts"], found["requests"]
    if not answers_told(found):
        why = "the log does not tell which attempts were answered"
        yield _unknown(found, "answer_rate", why)
        yield _unknown(found, "transfer_rate", why)
    elif not humans_told(found):
        why = "machines are not told from humans; only the product of both rates is known"
        yield _unknown(found, "answer_rate", why)
        yield _unknown(found, "transfer_rate", why)
    else:
        humans = human_answers(found)
        interval = share_of_clusters(humans, attempts)
        yield _estimate(found, "answer_rate", interval, _summed(interval, humans, attempts))
        if not requests.any():
            yield _unknown(found, "transfer_rate", "no attempt asks for an agent in the log")
            return
        interval = share_of_clusters(np.minimum(requests, humans), humans)
        yield _estimate(found, "transfer_rate", interval, _summed(interval, requests, humans))
    if requests.any():
        interval = share_of_clusters(np.minimum(requests, attempts), attempts)
        yield _estimate(found, REQUEST_RATE, interval)


def _summed(interval: Interval, events: Floats, trials: Floats) -> str:
    """What the sum over days says, where the days differ too much for it."""
    if interval.method != "mean of days":
        return ""
    return f"days differ; summed over days {events.sum() / trials.sum():.4g}"


def _lengths(found: CampaignDays, gap_seconds: float) -> Iterator[Estimate]:
    if found.total("lengths") < 1:
        why = "the log has no ends of attempts"
        yield _unknown(found, "attempt_seconds", why)
        yield _unknown(found, "attempt_cv", why)
        return
    interval = positive_mean(found["length_sum"], found["lengths"], found["length_squares"])
    note = ""
    if gap_seconds > 0:
        interval = _shifted(interval, gap_seconds)
        note = f"with {gap_seconds:.2g} s between the end of an attempt and the next launch"
    lost = found.total("endless")
    if lost:
        note = "; ".join(filter(None, [note, f"{lost:.0f} attempts without an end are left out"]))
    yield _estimate(found, "attempt_seconds", interval, note)
    variation = variation_of_clusters(
        found["length_sum"], found["lengths"], found["length_squares"]
    )
    if gap_seconds > 0:
        share = (interval.value - gap_seconds) / interval.value
        ends = [None if end is None else end * share for end in variation[:3]]
        variation = Interval(ends[0] or 0.0, ends[1], ends[2], variation.method)
    yield _estimate(found, "attempt_cv", variation)


def _shifted(interval: Interval, by: float) -> Interval:
    low, high = (None if end is None else end + by for end in interval[1:3])
    return Interval(interval.value + by, low, high, interval.method)


def _agents(found: CampaignDays) -> Iterator[Estimate]:
    reached = found.total("transfers") > 0
    nobody = "no attempt reaches an agent in the log"
    if found.total("talks") < 1:
        why = "the log does not tell how long agents talked" if reached else nobody
        for figure in ("talk_seconds", "talk_cv"):
            yield _unknown(found, figure, why)
    else:
        sums = (found["talk_sum"], found["talks"], found["talk_squares"])
        yield _estimate(found, "talk_seconds", positive_mean(*sums), _long_talks(found))
        logs = (found["talk_logs"], found["talk_log_squares"])
        variation = with_lognormal_tail(variation_of_clusters(*sums), *sums[:2], *logs)
        yield _estimate(found, "talk_cv", variation, _long_cv(found))
    if found.total("wraps") < 1:
        why = "the log does not tell when the agent line was free again" if reached else nobody
        yield _unknown(found, "wrap_up_seconds", why)
    else:
        wraps = (found["wrap_sum"], found["wraps"], found["wrap_squares"])
        yield _estimate(found, "wrap_up_seconds", positive_mean(*wraps))
    if found.total("wait_sum") <= 0:
        yield _unknown(found, "patience_seconds", "no callee waits for an agent in the log")
    else:
        interval = mean_exposure(found["wait_sum"], found["gave_up"])
        mean = found.total("wait_sum") / max(found.total("waits"), 1.0)
        note = f"holds near the waits seen, {mean:.2g} s on average; see the curve of waits"
        yield _estimate(found, "patience_seconds", interval, note)


def _long_talks(found: CampaignDays) -> str:
    count, total = found.total("long_talks"), found.total("talk_sum")
    if count == 0 or found.total("long_sum") < _LONG_MATTERS * total:
        return ""
    rest = (total - found.total("long_sum")) / max(found.total("talks") - count, 1)
    return f"{count:.0f} calls of over an hour; {rest:.4g} s without them"


def _long_cv(found: CampaignDays) -> str:
    count = found.total("long_talks")
    if count == 0:
        return ""
    talks = found.total("talks") - count
    total = found.total("talk_sum") - found.total("long_sum")
    squares = found.total("talk_squares") - found.total("long_squares")
    if talks < 2 or total <= 0:
        return ""
    rest = np.sqrt(max(squares / talks - (total / talks) ** 2, 0.0)) / (total / talks)
    return f"{count:.0f} calls of over an hour rule it; {rest:.3g} without them"


def _days(found: CampaignDays) -> Iterator[Estimate]:
    """How much the daily means differ beyond what counting explains."""
    rates = [("answer_rate_day_cv", human_answers(found), found["attempts"])]
    rates.append(("transfer_rate_day_cv", found["requests"], human_answers(found)))
    if not (answers_told(found) and humans_told(found)):
        rates = [("answer_rate_day_cv", found["requests"], found["attempts"])]
    for figure, events, trials in rates:
        kept = trials > 0
        if not events.any():
            continue
        if kept.sum() < FEWEST_DAYS or found.days < FEWEST_DAYS:
            yield _unknown(found, figure, f"needs at least {FEWEST_DAYS} days")
            continue
        share = events.sum() / trials.sum()
        within = share * (1 - share) / trials[kept]
        spread = spread_of_clusters(events[kept] / trials[kept], np.maximum(within, 1e-18))
        yield _estimate(found, figure, spread, _of_days(found))
    kept = found["talks"] > 1
    if not found["talk_sum"][kept].any():
        return
    if kept.sum() < FEWEST_DAYS or found.days < FEWEST_DAYS:
        yield _unknown(found, "talk_day_cv", f"needs at least {FEWEST_DAYS} days")
        return
    sums, sizes, squares = (found[n][kept] for n in ("talk_sum", "talks", "talk_squares"))
    variance = float((squares - sums**2 / sizes).sum() / (sizes.sum() - len(sizes)))
    spread = spread_of_clusters(sums / sizes, np.maximum(variance / sizes, 1e-18))
    yield _estimate(found, "talk_day_cv", spread, _of_days(found))


def _of_days(found: CampaignDays) -> str:
    return f"from {found.days} days"
