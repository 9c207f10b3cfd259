"""Compiles what a search of this fleet will call, before its clock starts."""

from __future__ import annotations

import numpy as np

from planner.optimize.heuristics.annealing import AnnealingRun
from planner.optimize.heuristics.local_search import refill
from planner.optimize.model.columns import least_columns
from planner.optimize.model.fleet import fleet_arrays
from planner.optimize.model.model import Model
from planner.optimize.pricing.abandonment import LimitedPricer
from planner.optimize.pricing.prices import Limits, Prices
from planner.optimize.pricing.split_program import plain_split
from planner.optimize.pricing.survival.pricer import SurvivingPricer
from planner.optimize.search_state import SearchState

_compiled: set[tuple[bool, bool, bool, bool]] = set()


def compile_kernels(state: SearchState) -> None:
    """Have the kernels compiled that a search will call, before its clock starts.

    Once per installation and process; fleets left to splitting boxes need few of them.
    """
    model, master = state.model, state.master
    survives = master.lagrangian.survives  # what that takes is a third of all
    which = state.small, survives, state.by_boxes, state.anneals
    if which in _compiled:
        return
    _compiled.add(which)
    columns = least_columns(model)
    lines = np.array([k.dial_lines for k in columns]), np.array([k.agent_lines for k in columns])
    if state.small:  # it looks at each pair of dialers: on a large fleet that takes minutes
        refill(model, columns)
    even = master.even_duals(0.0)
    master.lagrangian.compile_kernels()
    limits = master.lagrangian.pricer(0, model.box).limits
    prices = master.lagrangian.prices(0, even)
    plain_split(limits, prices)
    if survives:
        _compile_survival(model, limits, prices)
    if state.anneals:
        annealer = AnnealingRun(fleet_arrays(model), False, 1.0, 0)
        annealer.start_from(*lines)
        annealer.run(0, 1.0, 0.0)
    if state.by_boxes:
        return
    LimitedPricer(limits, 0.0).best(prices)


def _compile_survival(model: Model, limits: Limits, prices: Prices) -> None:
    surviving = SurvivingPricer(model, fleet_arrays(model), 0, limits)
    surviving.likely(prices)
    surviving.proven(prices, np.inf)
