"""The gate before the pages: sessions, uploads, headers, passwords, lists of those let in."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Coroutine
from typing import Any

import pytest

from planner.app.guard.allowed import is_let_in, is_recent, read_allowed, verified_address
from planner.app.guard.browsers import SIGN_IN_SECONDS, Browsers, is_token, new_token
from planner.app.guard.gate import Gate
from planner.app.guard.headers import headers_of
from planner.app.guard.log import hide_session_ids
from planner.app.guard.trials import Trials, place_of
from planner.app.guard.uploads import MOST_IN_ALL, MOST_OF_A_SESSION, UploadLimits

ANNS = "3f2b8c1e-0000-4000-8000-00000000000a"
MEGABYTE = 1_000_000


def ran(work: Coroutine[Any, Any, None]) -> None:
    """Run what waits for nothing; a loop of its own could not run beside that of a browser."""
    with pytest.raises(StopIteration):
        work.send(None)


class Behind:
    """An app that remembers what came through, and answers with 204."""

    def __init__(self) -> None:
        self.scopes: list[Any] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.scopes.append(scope)
        if scope["type"] == "http":
            headers = [(b"x-frame-options", b"ALLOWALL"), (b"x-other", b"1")]
            await send({"type": "http.response.start", "status": 204, "headers": headers})
            await send({"type": "http.response.body", "body": b""})


class Set:
    """A gate with an app behind it, and a browser that is signed in on a session."""

    def __init__(self) -> None:
        self.browsers, self.behind = Browsers(), Behind()
        self.browsers.guard(8501)
        self.held: dict[str, int] = {}
        limits = UploadLimits(lambda: self.held, 20 * MEGABYTE)
        self.gate = Gate(self.behind, self.browsers, limits, headers_of(b"<script>x=1</script>"))
        self.ann, self.eve = new_token(), new_token()
        self.browsers.bind(ANNS, self.ann, is_admitted=True)

    def ask(
        self, method: str, path: str, token: str | None = None, **more: Any
    ) -> tuple[int, dict[bytes, bytes]]:
        headers = [
            (name.encode(), value.encode()) for name, value in more.pop("headers", {}).items()
        ]
        if token is not None:
            headers.append((b"cookie", f"a=b; planner_8501={token}".encode()))
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "headers": headers,
            "scheme": "http",
        }
        said: list[Any] = []

        async def send(message: Any) -> None:
            said.append(message)

        ran(self.gate({**scope, **more}, lambda: None, send))  # type: ignore[arg-type]
        return said[0]["status"], dict(said[0]["headers"])

    def connect(self, token: str | None, session: str) -> str:
        """Open a socket with a session to go on with; what the app behind hears of it."""
        headers = [(b"sec-websocket-protocol", f"streamlit, xsrf, {session}".encode())]
        if token is not None:
            headers.append((b"cookie", f"planner_8501={token}".encode()))
        scope = {"type": "websocket", "path": "/_stcore/stream", "headers": headers}
        scope["subprotocols"] = ["streamlit", "xsrf", session]
        ran(self.gate(scope, lambda: None, lambda _: None))  # type: ignore[arg-type]
        heard = self.behind.scopes[-1]
        assert session not in heard["subprotocols"]
        return dict(heard["headers"])[b"sec-websocket-protocol"].decode()


@pytest.fixture
def house() -> Set:
    return Set()


def test_a_session_is_gone_on_with_by_the_browser_that_began_it_alone(house: Set) -> None:
    assert house.connect(house.ann, ANNS) == f"streamlit, xsrf, {ANNS}"
    for token in (house.eve, None, "x" * 43):
        assert house.connect(token, ANNS) == "streamlit, xsrf"


def test_a_browser_is_given_a_secret_once(house: Set) -> None:
    _, headers = house.ask("GET", "/")
    cookie = headers[b"set-cookie"].decode()
    name, _, token = cookie.split(";")[0].partition("=")
    assert name == "planner_8501", "another server of the machine has another cookie"
    assert is_token(token)
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie, "the browser would not send it back over http"
    assert b"set-cookie" not in house.ask("GET", "/", token)[1]
    assert b"Secure" in house.ask("GET", "/", scheme="https")[1][b"set-cookie"]
    assert b"set-cookie" in house.ask("GET", "/", "forged")[1]


def test_nothing_is_uploaded_before_sign_in_or_into_the_session_of_others(house: Set) -> None:
    path = f"/_stcore/upload_file/{ANNS}/1"
    assert house.ask("PUT", path, house.ann)[0] == 204
    for method in ("PUT", "DELETE"):
        assert house.ask(method, path, house.eve)[0] == 403
        assert house.ask(method, path)[0] == 403
    waiting = "3f2b8c1e-0000-4000-8000-00000000000b"
    house.browsers.bind(waiting, house.eve, is_admitted=False)
    assert house.ask("PUT", f"/_stcore/upload_file/{waiting}/1", house.eve)[0] == 403
    assert len(house.behind.scopes) == 1, "refused before anything is read"


def test_a_session_and_all_together_may_upload_so_much(house: Set) -> None:
    path = f"/_stcore/upload_file/{ANNS}/1"
    length = {"content-length": str(19 * MEGABYTE)}
    house.held = {ANNS: MOST_OF_A_SESSION - 21 * MEGABYTE}
    assert house.ask("PUT", path, house.ann, headers=length)[0] == 204
    house.held = {ANNS: MOST_OF_A_SESSION - 18 * MEGABYTE}
    assert house.ask("PUT", path, house.ann, headers=length)[0] == 413
    house.held = {"another": MOST_IN_ALL - 10 * MEGABYTE}
    assert house.ask("PUT", path, house.ann, headers=length)[0] == 413
    house.held = {}  # the sessions are over
    assert house.ask("PUT", path, house.ann, headers=length)[0] == 204


def test_files_on_their_way_count_and_unknown_lengths_count_as_the_largest() -> None:
    limits = UploadLimits(dict, 20 * MEGABYTE)
    with limits.room("a", None) as first, limits.room("a", None) as second:
        assert (first, second) == (True, True)
        with limits.room("a", None) as third, limits.room("a", 1) as fourth:
            assert (third, fourth) == (True, False)
    with limits.room("a", MOST_OF_A_SESSION) as again:
        assert again


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/agent/interact"])
def test_what_is_not_for_strangers_is_not_there(house: Set, path: str) -> None:
    assert house.ask("GET", path, house.ann)[0] == 404
    assert not house.behind.scopes


def test_every_answer_tells_the_browser_to_trust_nobody_else(house: Set) -> None:
    _, headers = house.ask("GET", "/", house.ann)
    policy = dict(
        part.split(" ", 1) for part in headers[b"content-security-policy"].decode().split("; ")
    )
    assert policy["frame-ancestors"] == "'none'"
    assert policy["default-src"] == "'none'"
    # Of the page's own script, "x=1", by openssl dgst -sha256 -binary | base64.
    assert "'sha256-HyBrEcI+KMwlDe1/wAmNOCOoRnpUNA8axOU1y4VEST8='" in policy["script-src"]
    assert "'unsafe-inline'" not in policy["script-src"]
    assert not [part for part in policy.values() if "http" in part or "*" in part]
    assert headers[b"x-frame-options"] == b"DENY"
    assert headers[b"x-other"] == b"1"


def test_a_sign_in_ends_and_belongs_to_its_browser() -> None:
    now = [0.0]
    browsers = Browsers(lambda: now[0])
    ann, eve = new_token(), new_token()
    browsers.sign_in(ann, "ann")
    assert (browsers.signed_in(ann), browsers.signed_in(eve)) == ("ann", None)
    now[0] = SIGN_IN_SECONDS + 1
    assert browsers.signed_in(ann) is None
    assert browsers.knows(ann, "ann")
    browsers.sign_in(ann, "ann")
    browsers.sign_out(ann)
    assert browsers.signed_in(ann) is None
    assert ann not in repr(vars(browsers)), "secrets are not kept as they are"


def test_waits_grow_for_one_account_from_one_place_and_keep_nobody_else_out() -> None:
    now, tried = [0.0], []

    def check(_: Any, name: str, password: str) -> bool:
        tried.append(name)
        return password == "right"

    trials = Trials(lambda: now[0], check)
    accounts = {"ann": "", "bob": ""}
    waits = []
    for _ in range(6):
        right, wait = trials.tried(accounts, "ann", "wrong", "10.0.0.9")
        assert not right
        waits.append(wait)
        now[0] += wait
    assert waits == [0, 0, 2, 4, 8, 16]
    trials.tried(accounts, "ann", "wrong", "10.0.0.9")
    tried.clear()
    assert trials.tried(accounts, "ann", "right", "10.0.0.9")[0] is False, "not even tried"
    assert tried == []
    # The same account from elsewhere, and another one from there.
    assert trials.tried(accounts, "ann", "right", "10.0.0.8") == (True, 0.0)
    assert trials.tried(accounts, "bob", "right", "10.0.0.9") == (True, 0.0)
    assert trials.tried(accounts, "ann", "right", "browser 1") == (True, 0.0)
    now[0] += 3600
    assert trials.tried(accounts, "ann", "right", "10.0.0.9") == (True, 0.0)
    assert trials.tried(accounts, "ann", "wrong", "10.0.0.9") == (False, 0.0), "counted anew"


def test_many_wrong_passwords_at_once_do_not_hold_another_user() -> None:
    trials = Trials(check=lambda _, __, password: time.sleep(0.1) or password == "right")
    accounts = {"ann": "", "bob": ""}
    guessers = [
        threading.Thread(target=trials.tried, args=(accounts, "ann", f"{n}", "10.0.0.9"))
        for n in range(30)
    ]
    for guesser in guessers:
        guesser.start()
    start = time.monotonic()
    assert trials.tried(accounts, "bob", "right", "10.0.0.9") == (True, 0.0)
    assert time.monotonic() - start < 1.0  # three hashes before ours; thirty take 1.5 s and more
    for guesser in guessers:
        guesser.join()


def test_failures_are_logged_without_what_was_typed(caplog: pytest.LogCaptureFixture) -> None:
    trials = Trials(check=lambda *_: False)
    trials.tried({"ann": ""}, "ann", "my secret", "10.0.0.9")
    trials.tried({"ann": ""}, "typed here by mistake", "x", "10.0.0.9")
    assert "ann from 10.0.0.9" in caplog.text
    assert "secret" not in caplog.text
    assert "mistake" not in caplog.text


def test_a_network_of_ipv6_is_one_place() -> None:
    assert place_of("2001:db8:1:2::5", None) == place_of("2001:db8:1:2:ffff::7", None)
    assert place_of("2001:db8:1:3::5", None) != place_of("2001:db8:1:2::5", None)
    assert place_of(None, None) == "127.0.0.1"


def test_only_those_on_the_list_are_let_in_by_a_verified_address_or_a_group() -> None:
    allowed = read_allowed("Ann@example.org @firm.example, group:Planners")
    ann = {"email": "ann@example.org", "email_verified": True}
    assert is_let_in(ann, allowed)
    assert is_let_in({"email": "x@FIRM.example", "email_verified": "true"}, allowed)
    assert is_let_in({"sub": "1", "groups": ["staff", "planners"]}, allowed)
    assert not is_let_in({**ann, "email_verified": False}, allowed)
    assert not is_let_in({"email": "ann@example.org"}, allowed)
    assert not is_let_in({"email": "eve@evil-firm.example", "email_verified": True}, allowed)
    assert not is_let_in({"email": "ann@example.org@evil", "email_verified": True}, allowed)
    assert not is_let_in({"groups": ["staff"]}, allowed)
    assert verified_address({"email": "ann@example.org"}) is None


@pytest.mark.parametrize("text", ["ann", "group:", "a@b@c", "@"])
def test_what_is_no_entry_of_the_list_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        read_allowed(text)


def test_those_of_a_provider_are_asked_again_after_a_time() -> None:
    assert is_recent({"iat": time.time() - 60})
    assert not is_recent({"iat": time.time() - SIGN_IN_SECONDS - 60})


def test_ids_of_sessions_are_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    before = logging.getLogRecordFactory()
    hide_session_ids()
    try:
        logging.getLogger("streamlit").warning("Session with id %s connected", ANNS)
    finally:
        logging.setLogRecordFactory(before)
    assert "Session with id (session) connected" in caplog.text
    assert ANNS not in caplog.text
