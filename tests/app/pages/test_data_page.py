"""The data page without a browser: tables that are typed into."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from tests.support.pages import go_to, lines


def type_in_table(app: AppTest, table: str, rows: dict[int, dict[str, str]]) -> AppTest:
    revision = app.session_state["workspace"].data_revision
    app.session_state[f"table-{table}-{revision}"] = {
        "edited_rows": rows,
        "added_rows": [],
        "deleted_rows": [],
    }
    return app.run()


def test_tables_are_edited_and_applied(app: AppTest) -> None:
    go_to(app, "data")
    type_in_table(app, "dialers", {0: {"ports": "150"}})
    app.button(key="apply").click().run()
    assert not app.exception
    workspace = app.session_state["workspace"]
    assert [d.ports for d in workspace.edited.baseline.dialers] == [150, 100]
    assert lines(app) == {("Solar", "D1"): (95, 5), ("Solar", "D2"): (95, 5)}


def test_bad_cells_of_a_table_are_told_with_their_place_and_change_nothing(app: AppTest) -> None:
    go_to(app, "data")
    type_in_table(app, "dialers", {1: {"ports": "lots"}})
    app.button(key="apply").click().run()
    assert not app.exception
    faults = next(d.value for d in app.dataframe if "Expected" in d.value)
    assert list(zip(faults["File"], faults["Line"], faults["Column"], strict=True)) == [
        ("dialers.csv", "3", "ports")
    ]
    assert [d.ports for d in app.session_state["workspace"].edited.baseline.dialers] == [100, 100]


def test_columns_have_plain_titles_and_the_rest_is_folded_by_topic(app: AppTest) -> None:
    app.button(key="open-regional").click().run()
    go_to(app, "data")
    shown = app.pills(key="topics-campaigns")
    assert not app.exception
    # Of the limits regional fills in six columns: all of them.
    assert "Limits (6 in use)" in shown.options
    assert "Days that differ" in shown.options


def test_what_is_typed_outlasts_another_choice_of_columns(app: AppTest) -> None:
    go_to(app, "data")
    type_in_table(app, "dialers", {0: {"ports": "150"}})
    app.pills(key="topics-dialers").set_value(["Costs"]).run()
    app.session_state["table-dialers-0-Costs"] = {
        "edited_rows": {1: {"cost_per_attempt": "0.5"}},
        "added_rows": [],
        "deleted_rows": [],
    }
    app.run()
    app.pills(key="topics-dialers").set_value([]).run()
    app.button(key="apply").click().run()
    assert not app.exception
    dialers = app.session_state["workspace"].edited.baseline.dialers
    assert [(d.ports, d.cost_per_attempt) for d in dialers] == [(150, 0), (100, 0.5)]
