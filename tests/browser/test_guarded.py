"""The gate before the pages, in a real server with a real browser."""

from __future__ import annotations

import http.client
import json
import re
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, expect

from planner.app.signin import hashed
from tests.browser.conftest import free_port, serving
from tests.browser.driving import press

PAGES = ("", "status", "what-if", "trade-off", "data", "plans")


def ask(url: str, method: str, path: str, **headers: str) -> tuple[int, bytes]:
    place = urlsplit(url)
    assert place.hostname
    connection = http.client.HTTPConnection(place.hostname, place.port, timeout=10)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    found = answer.status, answer.read()
    connection.close()
    return found


def test_no_page_asks_for_more_than_the_policy_allows(app_url: str, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    told: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(app_url)
    press(page, "Open quickstart")
    # Charts come last, and need the most.
    expect(
        page.locator(
            "[data-testid='stVegaLiteChart'] canvas, [data-testid='stVegaLiteChart'] svg"
        ).first
    ).to_be_visible()
    for path in PAGES[1:]:
        page.goto(f"{app_url}/{path}")
        expect(page.get_by_role("heading").first).to_be_visible()
    icon = page.locator("link[rel~='icon']").first.get_attribute("href")
    context.close()
    assert not [text for text in told if "Content Security Policy" in text or "violates" in text]
    ours = urlsplit(app_url).netloc
    strange = [
        url for url in asked if urlsplit(url).scheme == "http" and urlsplit(url).netloc != ours
    ]
    assert not strange
    assert not [url for url in asked if url.startswith("https://")]
    assert icon is not None
    assert not icon.startswith("https://")


def test_a_session_id_is_no_key_and_nothing_comes_in_before_sign_in(
    browser: Browser, tmp_path: Path
) -> None:
    account = f"ann:{hashed('correct horse')}"
    with serving(tmp_path, free_port(), PLANNER_PASSWORD_HASH=account) as (url, _):
        ann = browser.new_context().new_page()
        with ann.expect_websocket() as opened:
            ann.goto(url)
        ann.get_by_label("Name", exact=True).fill("ann")
        ann.get_by_label("Password", exact=True).fill("correct horse")
        press(ann, "Sign in")
        press(ann, "Open quickstart")
        assert opened.value.url.endswith("/_stcore/stream")
        cookies = {cookie["name"]: cookie for cookie in ann.context.cookies()}
        (secret,) = [
            cookie for name, cookie in cookies.items() if re.fullmatch(r"planner_\d+", name)
        ]
        assert secret["httpOnly"]
        assert secret["sameSite"] == "Lax"

        with ann.expect_request(lambda r: r.method == "PUT") as sent:
            ann.get_by_role("button", name="Open another").click()
            ann.locator("input[type=file]").first.set_input_files(
                {
                    "name": "dialers.csv",
                    "mimeType": "text/csv",
                    "buffer": b"dialer_id,ports\nD1,9\n",
                }
            )
        upload = urlsplit(sent.value.url).path
        answered = sent.value.response()
        assert answered is not None
        assert answered.status == 204, "her own session takes her file"
        status, said = ask(url, "PUT", upload, Cookie=f"{secret['name']}={'x' * 43}")
        assert (status, said) == (403, b"Sign in first, in this browser.")

        session = re.search(r"upload_file/([^/]+)/", upload)
        assert session is not None
        eve = browser.new_context().new_page()
        # As Streamlit's own page goes on with a session after its line was cut.
        eve.add_init_script(
            "const Real = WebSocket; window.WebSocket = function (url, protocols) {"
            f"return new Real(url, [...protocols.slice(0, 2), '{session[1]}']); }};"
            "Object.assign(window.WebSocket, Real);"
        )
        eve.goto(url)
        expect(eve.get_by_label("Password", exact=True)).to_be_visible()
        expect(eve.get_by_role("heading", name="quickstart")).to_have_count(0)

        assert ask(url, "GET", "/_stcore/metrics")[0] == 404
        host = json.loads(ask(url, "GET", "/_stcore/host-config")[1])
        assert host["allowedOrigins"] == []

        # A second window of her browser is signed in; after she signs out neither is.
        other = ann.context.new_page()
        other.goto(url)
        press(other, "Sign out ann")
        expect(other.get_by_label("Password", exact=True)).to_be_visible()
        ann.reload()
        expect(ann.get_by_label("Password", exact=True)).to_be_visible()
