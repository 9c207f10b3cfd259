"""Rows that are legs of calls, put together to one attempt each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from planner.calibration.attempts import Attempts, Floats


class Legs(NamedTuple):
    """Attempts as rows tell them, one for each leg, and what joins them."""

    attempts: Attempts
    call: Sequence[str]
    other: Sequence[str]  # the parent, the bridged leg or the group; blank for none
    answered_at: Floats


def joined(legs: Legs, how: str) -> Attempts:
    """One attempt for each call.

    Parameters
    ----------
    legs : all rows of a log
    how : ``parent``: a leg with a parent is the agent's; ``bridged``: a leg that another names is
        the agent's; ``group``: the first of a group is the callee's, the next the agent's;
        ``latest``: the same call may be told again, the last is right
    """
    frame = pd.DataFrame(
        {
            "row": np.arange(len(legs.attempts)),
            "call": legs.call,
            "other": legs.other,
            "launched": legs.attempts.launched,
            "answer": legs.answered_at,
        }
    )
    if how == "latest":
        kept = frame.drop_duplicates("call", keep="last")["row"].to_numpy()
        unnamed = frame.loc[frame["call"] == "", "row"].to_numpy()
        return legs.attempts.where(np.union1d(kept[frame["call"][kept] != ""], unnamed))
    main, agent = _PAIRS[how](frame)
    return _with_agents(legs, main, agent)


def _by_parent(frame: pd.DataFrame) -> tuple[Any, pd.Series]:
    known = set(frame["call"]) - {""}
    child = frame["other"].isin(known)
    agents = frame[child].drop_duplicates("other").set_index("other")["row"]
    return frame.loc[~child, "row"].to_numpy(), frame.loc[~child, "call"].map(agents)


def _by_bridge(frame: pd.DataFrame) -> tuple[Any, pd.Series]:
    """Each of two joined legs may name the other: the one launched first is the callee's."""
    place = frame[frame["call"] != ""].drop_duplicates("call").set_index("call")["row"]
    other = frame["other"].map(place)
    launched = frame["launched"].to_numpy()
    later = other.notna()
    rows = other[later].astype(int).to_numpy()
    is_agent = np.zeros(len(frame), bool)
    first = launched[frame.loc[later, "row"]] <= launched[rows]
    is_agent[rows[first]] = True
    mains = frame[~is_agent]
    return mains["row"].to_numpy(), other[~is_agent]


def _by_group(frame: pd.DataFrame) -> tuple[Any, pd.Series]:
    frame = frame.assign(key=frame["other"].where(frame["other"] != "", frame["call"]))
    frame.loc[frame["key"] == "", "key"] = frame["row"].astype(str)
    ordered = frame.sort_values(["launched", "row"], kind="stable")
    place = ordered.groupby("key").cumcount()
    agents = ordered[place == 1].set_index("key")["row"]
    mains = ordered[place == 0]
    return mains["row"].to_numpy(), mains["key"].map(agents)


_PAIRS = {"parent": _by_parent, "bridged": _by_bridge, "group": _by_group}


def _with_agents(legs: Legs, main: Any, agent: pd.Series) -> Attempts:
    """The callees' legs; the agent's leg asks when it is launched and connects when answered."""
    found = legs.attempts.where(main)
    has = agent.notna().to_numpy()
    rows = agent[agent.notna()].astype(int).to_numpy()
    requested, connected = found.requested.copy(), found.connected.copy()
    requested[has] = legs.attempts.launched[rows]
    connected[has] = legs.answered_at[rows]
    return replace(found, requested=requested, connected=connected)
