"""Sums over attempts: what counts as what, and what is under way at the end of a log."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from planner.calibration.attempts import Attempts
from planner.calibration.tallies import SUMS, Cell, Tallies

NAN = np.nan
#: 2026-11-02 09:00:00 UTC.
NINE = 1793610000.0


def attempts(*rows: tuple[float, float, float, float, float, int, int, int]) -> Attempts:
    """Launched, ended, requested, connected, released (from nine), answered, human, outcome."""
    table = np.array(rows, dtype=np.float64)
    zeros = np.zeros(len(rows), dtype=np.int64)
    times = (NINE + table[:, column] for column in range(5))
    flags = (table[:, column].astype(np.int8) for column in range(5, 8))
    launched, ended, requested, connected, released = times
    answered, human, outcome = flags
    return Attempts(
        ["Solar"], ["D1"], zeros, zeros, launched, ended, requested, connected, released,
        answered, human, outcome, zeros,
    )  # fmt: skip


def sums(tallies: Tallies) -> dict[str, float]:
    return dict(zip(SUMS, tallies.cells()[1].sum(axis=0).tolist(), strict=True))


def test_each_attempt_counts_for_what_it_became() -> None:
    tallies = Tallies()
    tallies.add(
        attempts(
            (0, 20, NAN, NAN, NAN, 0, 0, 0),  # nobody
            (1, 15, NAN, NAN, NAN, 1, 0, 0),  # a machine
            (2, 22, NAN, NAN, NAN, 1, 1, 0),  # a human who does not ask
            (3, 130, 10, 14, 142, 1, 1, 0),  # talks 116 s after waiting 4 s, wrap-up 12 s
            (4, 24, 12, NAN, NAN, 1, 1, 1),  # gave up after 12 s
            (5, 30, 15, NAN, NAN, 1, 1, 2),  # cut off after 15 s
            (6, 16, 16, NAN, NAN, 1, 1, 0),  # lost at once
        )
    )
    found = sums(tallies)
    assert found["attempts"] == 7
    assert found["answered"] == 6
    assert found["humans"] == 5
    assert found["requests"] == 4
    assert found["transfers"] == 1
    assert found["length_sum"] == 20 + 14 + 20 + 7 + 8 + 10 + 10
    assert (found["talks"], found["talk_sum"]) == (1, 116)
    assert (found["wraps"], found["wrap_sum"]) == (1, 12)
    assert (found["waits"], found["wait_sum"], found["gave_up"]) == (3, 4 + 12 + 15, 1)


def test_pieces_add_up_whatever_their_size() -> None:
    whole, pieces = Tallies(), Tallies()
    rng = np.random.default_rng(1)
    log = attempts(
        *((t, t + 20, NAN, NAN, NAN, int(t) % 2, 0, 0) for t in rng.uniform(0, 9e4, 500))
    )
    whole.add(log)
    for start in range(0, 500, 77):
        pieces.add(log.where(np.arange(start, min(start + 77, 500))))
    assert whole.cells()[0] == pieces.cells()[0]
    assert whole.cells()[1] == pytest.approx(pieces.cells()[1])


def test_attempts_under_way_last_as_long_as_those_that_outlast_them() -> None:
    """Efron's redistribution to the right, worked out by hand.

    Ended after 10, 20, 30 and 40 s; under way since 25 s and since 15 s at the end of the log.
    The one of 25 s gets the mean of 30 and 40, each of which then weighs 1.5; that of 15 s the
    mean of 20, 30, 30/2, 40 and 40/2 over 4: (20 + 45 + 60) / 4 = 31.25.
    """
    tallies = Tallies()
    tallies.add(
        attempts(
            *((60 - s, 60, NAN, NAN, NAN, 0, 0, 0) for s in (10, 20, 30, 40)),
            (35, NAN, NAN, NAN, NAN, 0, 0, 0),
            (45, NAN, NAN, NAN, NAN, 0, 0, 0),
        )
    )
    found = sums(tallies)
    assert found["lengths"] == 6
    assert found["length_sum"] == pytest.approx(10 + 20 + 30 + 40 + 35 + 31.25)


def test_what_has_lost_its_end_is_left_out_and_counted() -> None:
    tallies = Tallies()
    tallies.add(
        attempts((0, NAN, NAN, NAN, NAN, 0, 0, 0), (18_000, 18_020, NAN, NAN, NAN, 0, 0, 0))
    )
    found = sums(tallies)
    assert (found["lengths"], found["endless"]) == (1, 1)


def test_days_and_hours_are_those_of_the_campaigns_clock() -> None:
    tallies = Tallies({"Solar": ZoneInfo("America/Chicago")})
    tallies.add(attempts((-6 * 3600, -6 * 3600 + 5, NAN, NAN, NAN, 0, 0, 0)))
    ((cell,), _) = tallies.cells()
    # 03:00 UTC is 21:00 of the day before in Chicago, which is on winter time since 1 November.
    assert cell == Cell("Solar", "D1", 20758, 21)
    assert np.datetime64(20758, "D").item().isoformat() == "2026-11-01"


def test_what_is_under_way_in_a_wait_counts_as_exposure() -> None:
    tallies = Tallies()
    log = attempts(
        (0, NAN, 10, NAN, NAN, 1, 1, 0),
        (0, 30, 10, NAN, NAN, 1, 1, 1),
        (30, 40, NAN, NAN, NAN, 0, 0, 0),
    )
    tallies.add(replace(log))
    found = sums(tallies)
    assert (found["waits"], found["wait_sum"], found["gave_up"]) == (2, 30 + 20, 1)


def test_what_ends_long_before_it_begins_has_no_length() -> None:
    # The second call spans the hour that a clock without offset tells twice: 20 s, or -3,580 s.
    tallies = Tallies()
    tallies.add(attempts((0, 20, NAN, NAN, NAN, 0, 0, 0), (3590, 10, NAN, NAN, NAN, 0, 0, 0)))
    found = sums(tallies)
    assert (found["attempts"], found["lengths"], found["length_sum"]) == (2, 1, 20)


def test_clocks_that_disagree_by_seconds_make_nothing_negative() -> None:
    tallies = Tallies()
    tallies.add(attempts((0, 20, 15, 14, NAN, 1, 1, 0), (30, 50, 40, 41, NAN, 1, 1, 0)))
    assert sums(tallies)["wait_sum"] == 1  # 0 and 1, not -1 and 1
