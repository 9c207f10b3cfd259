"""Who is let in, and that nobody sees what others work on."""

from __future__ import annotations

from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from planner.app.guard.trials import Trials
from planner.app.signin import hashed
from planner.cli.main import main
from tests.support.pages import edit, new_session


def on_address(monkeypatch: pytest.MonkeyPatch, address: str | None) -> None:
    given = st.get_option
    monkeypatch.setattr(
        st, "get_option", lambda name: address if name == "server.address" else given(name)
    )


@pytest.fixture(autouse=True)
def no_trials_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.app.session.admission.TRIALS", Trials())


@pytest.fixture
def accounts(monkeypatch: pytest.MonkeyPatch) -> None:
    text = f"ann:{hashed('correct horse')} bob:{hashed('battery staple')}"
    monkeypatch.setenv("PLANNER_PASSWORD_HASH", text)


def sign_in(app: AppTest, name: str, password: str) -> AppTest:
    app.text_input(key="sign-in-name").set_value(name)
    app.text_input(key="sign-in-password").set_value(password)
    return next(b for b in app.button if b.label == "Sign in").click().run()


def test_this_machine_is_let_in(monkeypatch: pytest.MonkeyPatch) -> None:
    on_address(monkeypatch, "127.0.0.1")
    app = new_session().run()
    assert app.button(key="open-quickstart")


@pytest.mark.parametrize("address", [None, "0.0.0.0", "192.168.1.5"])
def test_nobody_is_let_in_where_others_could_come_unasked(
    monkeypatch: pytest.MonkeyPatch, address: str | None
) -> None:
    on_address(monkeypatch, address)
    app = new_session().run()
    assert "no sign-in is configured" in app.error[0].value
    assert not app.button
    assert "workspace" not in app.session_state


@pytest.mark.usefixtures("accounts")
def test_a_wrong_password_opens_nothing() -> None:
    app = sign_in(new_session().run(), "ann", "battery staple")
    assert "do not belong together" in app.error[0].value
    assert "workspace" not in app.session_state


@pytest.mark.usefixtures("accounts")
def test_two_people_never_see_each_others_drafts(monkeypatch: pytest.MonkeyPatch) -> None:
    on_address(monkeypatch, "0.0.0.0")
    ann = sign_in(new_session().run(), "ann", "correct horse")
    assert not ann.error
    ann.button(key="open-quickstart").click().run()
    edit(ann, {0: {"dial_lines": "71"}})
    bob = sign_in(new_session().run(), "bob", "battery staple")
    assert bob.session_state["workspace"].offers == ()
    again = sign_in(new_session().run(), "ann", "correct horse")
    assert len(again.session_state["workspace"].offers) == 1


def test_accounts_that_cannot_be_read_let_nobody_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANNER_PASSWORD_HASH", "ann:plaintext")
    app = new_session().run()
    assert "Nobody can sign in" in app.error[0].value
    assert "plaintext" not in app.error[0].value


def test_the_server_does_not_start_for_others_without_sign_in(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PLANNER_PASSWORD_HASH", raising=False)
    monkeypatch.setattr("os.execve", lambda *_: pytest.fail("the server was started"))
    assert main(["app", "--address", "0.0.0.0"]) == 2
    assert "python -m planner.app.signin" in capsys.readouterr().err


def test_the_server_starts_for_others_with_sign_in(
    monkeypatch: pytest.MonkeyPatch, accounts: None
) -> None:
    started = []
    monkeypatch.setattr("os.execve", lambda *given: started.append(given))
    monkeypatch.setattr("os.chdir", lambda _: None)
    monkeypatch.setattr("planner.cli.commands._require_free", lambda *_: None)
    main(["app", "--address", "0.0.0.0", "--live", "live.csv", "--every", "5"])
    _, command, environment = started[0]
    assert "--address=0.0.0.0" in command
    assert environment["PLANNER_LIVE"] == str(Path("live.csv").resolve())
    assert environment["PLANNER_LIVE_SECONDS"] == "5.0"


def test_a_provider_without_a_list_is_for_this_machine_alone(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    secrets = tmp_path / ".streamlit" / "secrets.toml"
    secrets.parent.mkdir()
    secrets.write_text("[auth]\nclient_id = 'x'\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    started = []
    monkeypatch.setattr("os.execve", lambda *given: started.append(given))
    monkeypatch.setattr("os.chdir", lambda _: None)
    monkeypatch.setattr("planner.cli.commands._require_free", lambda *_: None)
    assert main(["app", "--address", "0.0.0.0"]) == 2
    assert "PLANNER_OIDC_ALLOWED" in capsys.readouterr().err
    on_address(monkeypatch, "0.0.0.0")
    assert "PLANNER_OIDC_ALLOWED" in new_session().run().error[0].value
    monkeypatch.setenv("PLANNER_OIDC_ALLOWED", "ann")
    assert main(["app", "--address", "0.0.0.0"]) == 2
    assert "expected ann@example.org" in capsys.readouterr().err
    assert not started
    monkeypatch.setenv("PLANNER_OIDC_ALLOWED", "@example.org")
    main(["app", "--address", "0.0.0.0"])
    assert started


@pytest.mark.usefixtures("accounts")
def test_growing_waits_are_told_and_nothing_else_changes() -> None:
    for _ in range(3):
        app = sign_in(new_session().run(), "ann", "wrong")
    assert "Try again in 2 seconds" in app.error[0].value


@pytest.mark.usefixtures("accounts")
def test_whoever_signs_out_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    ann = sign_in(new_session().run(), "ann", "correct horse")
    ann.button(key="open-quickstart").click().run()
    ann.button(key="sign-out").click().run()
    assert ann.text_input(key="sign-in-name")
    assert "workspace" not in ann.session_state
