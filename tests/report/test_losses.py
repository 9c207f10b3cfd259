"""Before, if nobody reacts, after the moves: totals, campaigns and what is said of them."""

from __future__ import annotations

from typing import Any

import pytest

from planner.contracts.comparison import CampaignOutcome, Comparison, Outcome, Replanned, World
from planner.contracts.result import PlanOptions, PlanStatus
from planner.report.charts.losses import losses_chart
from planner.report.html.whatif import comparison_page
from planner.report.plans.losses import breach_lists, campaign_lines, loss_sentences, total_lines


def outcome(values: dict[str, float], **changes: Any) -> Outcome:
    """The outcome of lines with which campaigns bring these values an hour."""
    campaigns = tuple(
        CampaignOutcome(
            campaign_id=name,
            dial_lines=10,
            agent_lines=2,
            agents_idle=0.0,
            handled_per_hour=value / 2,
            abandons_per_hour=1.0,
            abandon_rate=0.01,
            value_per_hour=value,
            surviving_share=0.5,
        )
        for name, value in values.items()
    )
    fields: dict[str, Any] = {
        "lines": (),
        "value_per_hour": sum(values.values()),
        "surviving_value_per_hour": sum(values.values()) / 2,
        "worst_failure_domain": "D1",
        "aim_per_hour": sum(values.values()),
        "transfers_per_hour": sum(values.values()) / 2,
        "messages_per_hour": None,
        "abandons_per_hour": 2.0,
        "abandon_rate": 0.01,
        "agents_idle": 1.0,
        "ports_used": 20,
        "ports": 40,
        "lines_moved": 0,
        "campaigns": campaigns,
    }
    return Outcome(**(fields | changes))


BASE = World(name="base", kept=outcome({"Solar": 100.0, "Roof": 60.0, "Notices": 40.0}))
DOWN = World(
    name="D1 down",
    expressions=("dialer.D1.in_service=false",),
    kept=outcome({"Solar": 20.0, "Roof": 50.0, "Notices": 40.0}),
    replanned=Replanned(
        status=PlanStatus.OPTIMAL,
        outcome=outcome({"Solar": 95.0, "Roof": 60.0, "Notices": 5.0}, lines_moved=7),
    ),
)


def test_losses_come_first_and_the_largest_on_top() -> None:
    assert [line.told() for line in campaign_lines(BASE, DOWN)] == [
        ("Solar", "100.0", "20.0", "-80 %", "95.0", "-5.0 %"),
        ("Roof", "60.0", "50.0", "-17 %", "60.0", "0 %"),
        ("Notices", "40.0", "40.0", "0 %", "5.0", "-88 %"),
    ]


def test_totals_are_those_of_all_campaigns_and_what_does_not_apply_is_left_out() -> None:
    told = {line.name: line.told()[1:] for line in total_lines(BASE, DOWN)}
    assert told["Value an hour"] == ("200.0", "110.0", "-45 %", "160.0", "-20 %")
    assert told["Lines moved"] == ("0", "0", "-", "7", "-")
    assert "Messages an hour" not in told


def test_where_each_transfer_counts_one_value_is_called_what_it_is() -> None:
    before = outcome({"Solar": 100.0}, transfers_per_hour=100.0, counted_calls="transfer")
    down = outcome({"Solar": 40.0}, transfers_per_hour=40.0, counted_calls="transfer")
    base, world = World(name="base", kept=before), World(name="x", kept=down)
    names = [line.name for line in total_lines(base, world)]
    assert names[:2] == ["Transfers an hour", "After the worst failure"]
    assert names.count("Transfers an hour") == 1
    said = ["If nobody reacts, 60.0 of 100.0 transfers an hour are lost (60 %): Solar 60.0."]
    assert loss_sentences(base, world) == said
    # Where a scenario says that they are worth 2, both are told.
    dear = World(name="y", kept=down.model_copy(update={"counted_calls": ""}))
    assert "Value an hour" in [line.name for line in total_lines(base, dear)]


def test_of_many_campaigns_that_pay_the_first_five_are_named() -> None:
    names = [f"C{n}" for n in range(8)]
    base = World(name="base", kept=outcome(dict.fromkeys(names, 100.0)))
    moved = Replanned(status=PlanStatus.OPTIMAL, outcome=outcome(dict.fromkeys(names, 50.0)))
    world = World(name="x", kept=outcome(dict.fromkeys(names, 0.0)), replanned=moved)
    last = loss_sentences(base, world)[-1]
    assert last.count("50.0 instead of 100.0") == 5
    assert last.endswith("; and 3 more.")


def test_where_others_gain_the_losses_named_are_more_than_what_is_lost() -> None:
    base = World(name="base", kept=outcome({"Solar": 100.0, "Roof": 60.0}))
    world = World(name="x", kept=outcome({"Solar": 20.0, "Roof": 110.0}))
    assert loss_sentences(base, world) == [
        "If nobody reacts, 30.0 of the value of 160.0 an hour is lost (19 %): Solar 80.0, less "
        "what others gain."
    ]


def test_idle_agent_lines_have_no_change_in_per_cent() -> None:
    more = World(name="x", kept=outcome({"Solar": 100.0}, agents_idle=10.0))
    told = {line.name: line.told() for line in total_lines(BASE, more)}
    assert told["Idle agent lines"][1:4] == ("1.0", "10.0", "-")


def test_sentences_name_what_is_lost_what_comes_back_and_who_pays() -> None:
    assert loss_sentences(BASE, DOWN) == [
        "If nobody reacts, 90.0 of the value of 200.0 an hour is lost (45 %): Solar 80.0, Roof "
        "10.0.",
        "The moves bring back 50.0 of it; 40.0 stay lost (20 %): Notices 35.0, Solar 5.0.",
        "More than a tenth less than before after the moves: Notices 5.0 instead of 40.0 (-88 %).",
    ]


@pytest.mark.parametrize(
    ("kept", "moved", "told"),
    [
        (200.0, None, ["If nobody reacts, no value is lost."]),
        (220.0, None, ["If nobody reacts, 20.0 of value an hour more comes in."]),
        (
            200.0,
            230.0,
            [
                "If nobody reacts, no value is lost.",
                "With the moves 30.0 of value an hour more comes in than without.",
            ],
        ),
        (
            150.0,
            210.0,
            [
                "If nobody reacts, 50.0 of the value of 200.0 an hour is lost (25 %): Solar 50.0.",
                "The moves bring back all of it, and 10.0 more than before.",
            ],
        ),
    ],
)
def test_sentences_are_true_where_nothing_is_lost(
    kept: float, moved: float | None, told: list[str]
) -> None:
    base = World(name="base", kept=outcome({"Solar": 200.0}))
    again = moved and Replanned(status=PlanStatus.OPTIMAL, outcome=outcome({"Solar": moved}))
    world = World(name="x", kept=outcome({"Solar": kept}), replanned=again or None)
    assert loss_sentences(base, world) == told


@pytest.mark.parametrize(
    ("before", "kept", "told"),
    [
        (-50.0, -74.5, "falls by 24.5, from -50.0 to -74.5"),
        (120.0, -40.0, "falls by 160.0, from 120.0 to -40.0"),
        (0.0, -40.0, "falls by 40.0, from 0 to -40.0"),
    ],
)
def test_what_costs_more_than_it_brings_loses_no_part_of_its_value(
    before: float, kept: float, told: str
) -> None:
    base = World(name="base", kept=outcome({"Solar": before}))
    world = World(name="x", kept=outcome({"Solar": kept}))
    assert loss_sentences(base, world) == [
        f"If nobody reacts, the value an hour {told}, as costs exceed what calls bring: Solar "
        f"{before - kept:.1f}."
    ]


def test_moves_that_cost_something_say_what_for() -> None:
    kept = outcome({"Solar": 150.0}).model_copy(update={"breaches": ("Roof runs nowhere.",)})
    again = Replanned(status=PlanStatus.OPTIMAL, outcome=outcome({"Solar": 140.0}))
    base = World(name="base", kept=outcome({"Solar": 200.0}))
    told = loss_sentences(base, World(name="x", kept=kept, replanned=again))
    assert told[1] == (
        "With the moves 10.0 of value an hour less comes in than without: they keep limits that "
        "are broken otherwise."
    )


def test_the_picture_is_of_what_is_left_of_before_and_leaves_out_who_had_nothing() -> None:
    base = World(name="base", kept=outcome({"Solar": 100.0, "New": 0.0}))
    chart = losses_chart(base, World(name="x", kept=outcome({"Solar": 25.0, "New": 0.0})))
    (values,) = chart.chart.to_dict()["datasets"].values()
    assert [(v["Name"], v["If nobody reacts"]) for v in values] == [
        ("All together", 0.25),
        ("Solar", 0.25),
    ]
    assert chart.alt == "Left of the value before: All together 25 %; Solar 25 %."


def test_as_many_broken_limits_are_listed_as_are_counted() -> None:
    broken = tuple(f"Limit {number} does not hold." for number in range(45))
    world = DOWN.model_copy(update={"kept": outcome({"Solar": 20.0}, breaches=broken)})
    listed = dict(breach_lists(BASE, world))
    assert listed["If nobody reacts"] == broken
    found = Comparison(options=PlanOptions(), base=BASE, base_is_plan=False, worlds=(world,))
    page = comparison_page(found)
    assert page.count("does not hold.") == 45
    assert "<td>45</td>" in page


def test_the_page_tells_the_fleet_the_day_and_that_no_plan_was_found() -> None:
    from datetime import date

    nothing = Replanned(status=PlanStatus.NO_PLAN)
    world = DOWN.model_copy(update={"replanned": nothing})
    found = Comparison(options=PlanOptions(), base=BASE, base_is_plan=False, worlds=(world,))
    page = comparison_page(found, fleet="north & south", on=date(2030, 3, 4))
    assert "Fleet north &amp; south. Made on 04 Mar 2030." in page
    assert "No plan was found" in page
    assert "Stopped before any plan was found." in page
    for word in ("World", "world", "anew", "base"):
        assert word not in page
