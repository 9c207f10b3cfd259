"""Compiles what a search of this fleet will call, before its clock starts."""

from __future__ import annotations

import numpy as np

from planner.optimize.heuristics.agent_annealing import Placer
from planner.optimize.heuristics.cell_annealing import Annealer
from planner.optimize.heuristics.construction import Construction, lines_of
from planner.optimize.heuristics.local_search import refill
from planner.optimize.master.restricted_master import Master
from planner.optimize.model.columns import least_columns
from planner.optimize.model.fleet import fleet_arrays
from planner.optimize.model.model import Model
from planner.optimize.pricing.abandonment import LimitedPricer
from planner.optimize.pricing.split_program import Limits, Prices, plain_split
from planner.optimize.pricing.survival.pricer import SurvivingPricer

_compiled: set[tuple[bool, bool]] = set()


def compile_kernels(master: Master, small: bool) -> None:
    """Have the kernels compiled, once per installation and process, before a clock starts.

    ``small``: whether the fleet is one of those whose plans are refilled.
    """
    model = master.model
    survives = bool(np.any(model.survivable > 0))  # what that takes is a third of all
    if (small, survives) in _compiled:
        return
    _compiled.add((small, survives))
    columns = least_columns(model)
    if small:  # it looks at each pair of dialers: on a large fleet that takes minutes
        refill(model, columns)
    even = master.even_duals(0.0)
    master.compile_kernels()
    limits = master.pricer(0, model.box).limits
    prices = master.prices(0, even)
    plain_split(limits, prices)
    limited = LimitedPricer(limits, 0.0)
    limited.best(prices)
    if survives:
        _compile_survival(model, limits, prices)
    Construction(master, even, 0).start()
    annealer = Annealer(model, 1.0, 0)
    annealer.start_from(*lines_of(model, columns))
    annealer.run(0, 1.0, 0.0)
    placer = Placer(model, 0, model.weight)
    placer.start_from(*lines_of(model, columns))
    placer.run(0, 1.0, 0.0)


def _compile_survival(model: Model, limits: Limits, prices: Prices) -> None:
    surviving = SurvivingPricer(model, fleet_arrays(model), 0, limits)
    surviving.likely(prices)
    surviving.proven(prices, np.inf)
