"""Links that open what is saved."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

import streamlit as st

#: In a link: the id of a saved plan, and those of scenarios.
_PLAN, _SCENARIOS = "saved", "scenario"


def plan_link(plan_id: str) -> str:
    """The address that opens a saved plan."""
    return f"{_base()}/?{urlencode({_PLAN: plan_id})}"


def scenarios_link(ids: Sequence[str], plan_id: str | None) -> str:
    """The address that opens scenarios side by side, on a saved plan if one is named."""
    named = {_PLAN: plan_id} if plan_id else {}
    return f"{_base()}/what-if?{urlencode(named | {_SCENARIOS: ','.join(ids)}, safe=',')}"


def linked_plan() -> str | None:
    """The plan that the address of this page names."""
    return st.query_params.get(_PLAN)


def name_open_plan(plan_id: str | None) -> None:
    """Have the address name the saved plan that is open, so that a reload opens it again."""
    if plan_id is None:
        st.query_params.pop(_PLAN, None)
    elif st.query_params.get(_PLAN) != plan_id:
        st.query_params[_PLAN] = plan_id


def linked_scenarios() -> tuple[str, ...]:
    """The scenarios that the address of this page names."""
    return tuple(filter(None, st.query_params.get(_SCENARIOS, "").split(",")))


def _base() -> str:
    """The address of the app, without that of one of its pages."""
    here = str(st.context.url or "").split("?", maxsplit=1)[0].rstrip("/")
    return here.removesuffix("/plans").removesuffix("/what-if")
