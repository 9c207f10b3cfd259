"""Figures from call logs on the data page, without a browser."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from tests.support.pages import finished, go_to, text


def log(name: str = "calls.csv", number: str = "") -> tuple[str, bytes, str]:
    """Four days of an hour: one attempt in ten is answered, one answer in five asks."""
    rows = []
    for day in range(4):
        for place in range(600):
            start = 1_793_610_000 + 86_400 * day + 6 * place
            human = place % 10 == 0
            asked = place % 50 == 0
            end = start + (120 if asked else 20)
            requested = str(start + 10) if asked else ""
            rows.append(
                f"Solar,D1,{start}{number},{end},{int(human)},{int(human)},{requested},{requested},"
            )
    header = "campaign_id,dialer_id,launched,ended,answered,human,requested,connected,released\n"
    return name, (header + "\n".join(rows) + "\n").encode(), "text/csv"


def drop(app: AppTest, *files: tuple[str, bytes, str]) -> AppTest:
    go_to(app, "data")
    uploader = next(item for item in app.file_uploader if item.key == "call-logs")
    uploader.set_value(list(files)).run()
    assert not app.exception
    return app


def test_a_log_is_shown_as_read_estimated_and_taken(app: AppTest) -> None:
    drop(app, log())
    assert any("is read as attempts" in item.label for item in app.expander)
    app.button(key="calibrate").click().run()
    finished(app, "calibration")
    assert not app.exception
    table = next(d.value for d in app.dataframe if "From the logs" in d.value)
    found = dict(zip(table["Figure"], table["From the logs"], strict=True))
    assert found["transfer_rate"] == "0.2"
    assert found["talk_seconds"] == "110"
    app.button(key="take-figures").click().run()
    assert not app.exception
    campaign = app.session_state["workspace"].edited.baseline.campaigns[0]
    assert campaign.transfer_rate == 0.2
    assert campaign.talk_seconds == 110
    assert campaign.agent_lines == 10


def test_a_log_that_is_none_is_refused_without_showing_a_cell(app: AppTest) -> None:
    drop(app, ("numbers.csv", b"who,when\n+15550123,now\n", "text/csv"))
    told = " ".join(item.value for item in app.error)
    assert "expected a header of attempts" in told
    assert "15550123" not in told + text(app)


def test_a_log_that_is_not_recognised_is_read_with_lines_that_are_typed(app: AppTest) -> None:
    lines = log()[1].replace(b"launched", b"Start").replace(b"ended", b"Stop")
    drop(app, ("own.csv", lines, "text/csv"))
    assert "expected a header" in " ".join(item.value for item in app.error)

    app.text_area(key="call-logs-mapping").set_value(
        "like,attempts\nlaunched,Start\nended,Stop\n"
    ).run()

    assert not app.exception
    assert not app.error
    assert any("is read as attempts" in item.label for item in app.expander)
    app.button(key="calibrate").click().run()
    finished(app, "calibration")
    table = next(d.value for d in app.dataframe if "From the logs" in d.value)
    found = dict(zip(table["Figure"], table["From the logs"], strict=True))
    assert found["talk_seconds"] == "110"


def test_lines_of_a_mapping_that_are_wrong_are_told(app: AppTest) -> None:
    drop(app, log())
    app.text_area(key="call-logs-mapping").set_value("lunched,Start\n").run()
    assert not app.exception
    assert "perhaps launched" in " ".join(item.value for item in app.error)


def test_a_time_zone_that_is_none_is_told(app: AppTest) -> None:
    drop(app, log())
    app.text_input(key="call-logs-zone").set_value("Mars/Olympus").run()
    assert not app.exception
    assert "expected a time zone" in " ".join(item.value for item in app.error)
