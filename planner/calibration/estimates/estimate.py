"""All estimates from the tallies of a log."""

from __future__ import annotations

from collections.abc import Mapping

from planner.calibration.clock import date_of
from planner.calibration.estimates.campaign_days import campaign_days
from planner.calibration.estimates.figures import campaign_figures
from planner.calibration.estimates.hours import hour_figures
from planner.calibration.estimates.passes import pass_rates
from planner.calibration.estimates.waits import wait_curve
from planner.calibration.result import Estimate, Estimates, HourEstimate
from planner.calibration.tallies import Tallies


def estimate(
    tallies: Tallies,
    lacks: Mapping[str, Mapping[str, str]] | None = None,
    gaps: Mapping[str, float] | None = None,
) -> Estimates:
    """Estimate all figures of all campaigns.

    Parameters
    ----------
    tallies : of the attempts
    lacks : why figures cannot be known from these logs, by campaign and figure
    gaps : seconds between an attempt's end and the next launch on its line, by campaign
    """
    cells, sums = tallies.cells()
    waits, passes = tallies.waits(), tallies.passes()
    figures: list[Estimate] = []
    hours: list[HourEstimate] = []
    for found in campaign_days(cells, sums):
        name = found.campaign_id
        own = list(
            campaign_figures(found, (lacks or {}).get(name, {}), (gaps or {}).get(name, 0.0))
        )
        hours += hour_figures(name, cells, sums, own)
        figures += [*own, *pass_rates(name, passes.get(name, {}))]
    curves = (wait_curve(name, found) for name, found in sorted(waits.items()))
    days = sorted({cell.day for cell in cells})
    return Estimates(
        figures=tuple(figures),
        hours=tuple(hours),
        waits=tuple(curve for curve in curves if curve is not None),
        attempts=round(float(sums[:, 0].sum())) if len(sums) else 0,
        first_day=date_of(days[0]).isoformat() if days else "",
        last_day=date_of(days[-1]).isoformat() if days else "",
    )
