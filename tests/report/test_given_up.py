"""What a plan gives up, in sentences."""

from __future__ import annotations

from planner.contracts.answers import GivenUp
from planner.projection.hours.finish import NEVER
from planner.report.plans.given_up import given_up_sentences


def in_time(asked: float) -> str:
    item = GivenUp(
        campaign_id="Solar",
        priority=1,
        requirement="finish_by",
        asked=asked,
        got=90,
        proven_least=1,
    )
    (sentence,) = given_up_sentences([item])
    return sentence


def test_a_list_is_told_by_the_attempts_that_it_needs_and_gets() -> None:
    assert in_time(120.0) == (
        "Solar (priority 1): should make 120.0 attempts an hour to be done in time, makes 90.0."
    )


def test_a_list_without_an_open_hour_is_not_told_by_a_number_that_nobody_reaches() -> None:
    assert in_time(NEVER) == (
        "Solar (priority 1): should be done in time, with no open hour left, makes 90.0 attempts "
        "an hour."
    )


def test_a_share_that_is_got_is_rounded_and_told_from_what_was_asked() -> None:
    told = [
        next(
            given_up_sentences(
                [
                    GivenUp(
                        campaign_id="Solar",
                        priority=1,
                        requirement="survivable_share",
                        asked=0.4,
                        got=got,
                        proven_least=1,
                    )
                ]
            )
        )
        for got in (0.369007, 0.3951)
    ]
    assert told == [
        "Solar (priority 1): 40 % should survive any failure, 37 % do.",
        "Solar (priority 1): 40 % should survive any failure, 39.5 % do.",
    ]
