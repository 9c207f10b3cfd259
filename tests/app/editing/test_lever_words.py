"""What a scenario changes, in words."""

from __future__ import annotations

from datetime import time

import pytest

from planner.app.editing.worlds.lever_words import change_words, expression_words, lever_cells
from planner.app.editing.worlds.levers import Levers
from tests.support.builders import solar


@pytest.mark.parametrize(
    ("levers", "words"),
    [
        (Levers(), ()),
        (Levers(down=("ATL-1",)), ("ATL-1 is out of service",)),
        (
            Levers(down=("A", "B", "C"), down_from=time(14, 5)),
            ("A, B and C are out of service from 14:05",),
        ),
        (Levers(agents=-20), ("20 % fewer agents on shift",)),
        (
            Levers(agents=5, campaigns=("Solar", "Roof")),
            ("5 % more agents on shift of Solar and Roof",),
        ),
        (
            Levers(answers=-10, talk=15, channels=-50),
            ("answer rate 10 % lower", "talk time 15 % longer", "50 % fewer carrier channels"),
        ),
        (Levers(new=solar(agent_lines=4)), ("new campaign Solar with 4 agent lines",)),
        (Levers(more=("dialer.D1.ports=80", " ")), ("D1: ports 80",)),
    ],
)  # fmt: skip
def test_levers_are_told_as_a_planner_would(levers: Levers, words: tuple[str, ...]) -> None:
    assert change_words(levers) == words


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("dialer.ATL-1.in_service=false", "ATL-1 is out of service"),
        ("dialer.*.in_service = TRUE", "all dialers are in service"),
        ("campaign.C.1.status=stopped", "C.1 is stopped"),  # an id with a dot
        ("campaign.*.agent_lines-=2", "all campaigns: agent lines 2 less"),
        ("campaign.Solar.answer_rate*=1.2", "Solar: answer rate times 1.2"),
        ("trunk_group.West.cps/=2", "carrier West: calls per second divided by 2"),
        ("assignment.Solar.D1.dial_lines+=10", "Solar on D1: dial lines 10 more"),
        ("assignment.*.D1.locked=true", "all campaigns on D1 are locked"),
        ("campaign.Solar.schedule=Mon-Fri 09:00-17:00", "Solar: schedule Mon-Fri 09:00-17:00"),
        ("campaign.Solar.max_dial_lines=", "Solar: max dial lines as by default"),
        ("what is this", "what is this"),
    ],
)
def test_an_expression_is_told_in_words(expression: str, words: str) -> None:
    assert expression_words(expression) == words


def test_controls_are_told_beside_each_other_with_blanks_where_nothing_changes() -> None:
    cells = lever_cells(
        Levers(down=("D1",), down_from=time(9), talk=20, more=("dialer.D2.ports=9",))
    )
    assert {name: cell for name, cell in cells.items() if cell} == {
        "Dialers down": "D1, from 09:00",
        "Talk time": "+20 %",
        "More changes": "D2: ports 9",
    }
