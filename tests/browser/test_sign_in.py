"""Signing in by OIDC, with a provider on this machine."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, expect

from tests.browser import provider
from tests.browser.conftest import free_port, serving

SECRETS = """
[auth]
redirect_uri = "http://127.0.0.1:{port}/oauth2callback"
cookie_secret = "only for tests, and long enough for that"
client_id = "{client}"
client_secret = "{secret}"
server_metadata_url = "{provider}/.well-known/openid-configuration"
"""


def test_whoever_the_provider_knows_is_let_in_under_that_name(
    browser: Browser, tmp_path: Path
) -> None:
    port = free_port()
    with provider.running() as known:
        (tmp_path / ".streamlit").mkdir()
        (tmp_path / ".streamlit" / "secrets.toml").write_text(
            SECRETS.format(
                port=port, client=provider.CLIENT, secret=provider.SECRET, provider=known.address
            )
        )
        # Reached from everywhere, as a server for others is: without sign-in nobody is let in.
        more = {"HOME": str(tmp_path), "PLANNER_OIDC_ALLOWED": "@example.org"}
        with serving(tmp_path, port, "0.0.0.0", **more) as (url, _):
            page = browser.new_page()
            page.goto(url)
            expect(page.get_by_role("button", name="Sign in")).to_be_visible()
            expect(page.get_by_role("button", name="Open quickstart")).to_have_count(0)
            page.get_by_role("button", name="Sign in").click()
            page.get_by_role("button", name="Open quickstart").click()
            page.get_by_test_id("stPopover").get_by_role("button").filter(has_text="Save").click()
            expect(page.get_by_text(f"Saved under your name, {provider.EMAIL}")).to_be_visible()
            page.close()
    (asked,) = known.asked
    assert (asked["client_id"], asked["response_type"]) == (provider.CLIENT, "code")
    assert set(asked["scope"].split()) >= {"openid", "email"}
    assert urlsplit(asked["redirect_uri"]).path == "/oauth2callback"
    assert asked["state"]
    assert asked["nonce"]
    (call,) = known.token_calls
    assert call["grant_type"] == "authorization_code"
