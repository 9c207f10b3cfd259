"""Lets in whoever may use the app, and nobody where that cannot be told."""

from __future__ import annotations

import os
from math import ceil

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from planner.app.guard.allowed import ALLOWED_VARIABLE, is_let_in, is_recent, read_allowed
from planner.app.guard.allowed import HOW as WHO
from planner.app.guard.browsers import BROWSERS, is_token
from planner.app.guard.trials import TRIALS, place_of
from planner.app.session.user import SIGNED_IN, person
from planner.app.signin import (
    ACCOUNTS_VARIABLE,
    HOW,
    ONLY_NAME,
    has_oidc,
    is_this_machine,
    read_accounts,
)
from planner.shipped import settings_root


def admitted() -> bool:
    """Whether this session may go on; if not, the page says why or asks to sign in."""
    try:
        accounts = read_accounts(os.environ.get(ACCOUNTS_VARIABLE, ""))
        allowed = read_allowed(os.environ.get(ALLOWED_VARIABLE, ""))
    except ValueError as error:
        variables = f"{ACCOUNTS_VARIABLE} or {ALLOWED_VARIABLE}"
        st.error(f"Nobody can sign in: {variables}, {error}.", icon=":material/lock:")
        return False
    token = _browser()
    found = _may_go_on(accounts, allowed, token)
    if not found:
        _show_way_in(accounts, allowed, token)
    context = get_script_run_ctx()
    if context is not None and token is not None:
        BROWSERS.bind(context.session_id, token, is_admitted=found)
    return found


def show_sign_out() -> None:
    """A way out for whoever signed in; nothing for others."""
    if st.session_state.get(SIGNED_IN) or getattr(st.user, "is_logged_in", False):
        st.button(
            f"Sign out {person()}",
            key="sign-out",
            type="tertiary",
            icon=":material/logout:",
            on_click=_sign_out,
        )


def is_admitted() -> bool:
    """The same without a word, for a part of a page that runs by itself."""
    try:
        accounts = read_accounts(os.environ.get(ACCOUNTS_VARIABLE, ""))
        allowed = read_allowed(os.environ.get(ALLOWED_VARIABLE, ""))
    except ValueError:
        return False
    return _may_go_on(accounts, allowed, _browser())


def _may_go_on(accounts: dict[str, str], allowed: tuple[str, ...], token: str | None) -> bool:
    if _signed_in(token) in accounts:
        return True
    if has_oidc(settings_root()):
        return (bool(allowed) or _is_here()) and _is_let_in_by_provider(allowed)
    return not accounts and _is_here()


def _is_let_in_by_provider(allowed: tuple[str, ...]) -> bool:
    if not getattr(st.user, "is_logged_in", False):
        return False
    claims = st.user.to_dict()
    return is_let_in(claims, allowed) and is_recent(claims)


def _show_way_in(accounts: dict[str, str], allowed: tuple[str, ...], token: str | None) -> None:
    """Ask to sign in, or say why nobody can."""
    if has_oidc(settings_root()):
        if not allowed and not _is_here():
            st.error(f"Nobody can sign in: {WHO}.", icon=":material/lock:")
            return
        _show_provider(allowed, bool(accounts))
    if accounts:
        _ask(accounts, token)
    elif not has_oidc(settings_root()):
        st.error(
            "This server can be reached from other machines, and no sign-in is configured: whoever "
            f"runs it has to {HOW}, or start it with --address 127.0.0.1.",
            icon=":material/lock:",
        )


def _is_here() -> bool:
    return is_this_machine(st.get_option("server.address"))


def _browser() -> str | None:
    """The secret of this browser; None where the pages are served without our gate."""
    token = st.context.cookies.get(BROWSERS.cookie) if BROWSERS.is_guarding else None
    return token if is_token(token) else None


def _signed_in(token: str | None) -> str | None:
    """Who is signed in, in this browser; another person finds nothing of the one before."""
    before = st.session_state.get(SIGNED_IN)
    if not BROWSERS.is_guarding:
        return str(before) if before else None
    name = BROWSERS.signed_in(token)
    if before is not None and name is not None and name != before:
        st.session_state.clear()
    if name is None:
        st.session_state.pop(SIGNED_IN, None)
    else:
        st.session_state[SIGNED_IN] = name
    return name


def _show_provider(allowed: tuple[str, ...], or_password: bool) -> None:
    """A button that leads there; another one out for whoever came back and is not let in."""
    if getattr(st.user, "is_logged_in", False) and not is_let_in(st.user.to_dict(), allowed):
        st.error(
            "You are signed in, but not among those who may use this planner. Ask whoever "
            "runs it to let you in.",
            icon=":material/lock:",
        )
        st.button("Sign out", key="oidc-out", icon=":material/logout:", on_click=st.logout)
        return
    st.title("Line planner")
    st.button("Sign in", key="oidc", type="primary", icon=":material/login:", on_click=st.login)
    if or_password:
        st.caption("Or with a name and a password:")


def _ask(accounts: dict[str, str], token: str | None) -> None:
    if BROWSERS.is_guarding and token is None:
        st.error(
            "To sign in, let your browser keep cookies of this page.", icon=":material/cookie:"
        )
        return
    if not has_oidc(settings_root()):
        st.title("Line planner")
    with st.form("sign-in", width=420):
        given = ""
        if list(accounts) != [ONLY_NAME]:
            given = st.text_input("Name", key="sign-in-name", autocomplete="username")
        password = st.text_input(
            "Password", type="password", key="sign-in-password", autocomplete="current-password"
        )
        asked = st.form_submit_button("Sign in", type="primary", icon=":material/login:")
    if asked:
        _try(accounts, given.strip() or ONLY_NAME, password, token)


def _try(accounts: dict[str, str], name: str, password: str, token: str | None) -> None:
    known = token if BROWSERS.knows(token, name) else None
    address = st.context.ip_address
    place = place_of(address if isinstance(address, str) else None, known)
    right, wait = TRIALS.tried(accounts, name, password, place)
    if right:
        st.session_state[SIGNED_IN] = name
        if token is not None:
            BROWSERS.sign_in(token, name)
        st.rerun()
    if wait > 0:
        st.error(
            f"Name and password do not belong together. Try again in {ceil(wait)} seconds.",
            icon=":material/lock:",
        )
    else:
        st.error("Name and password do not belong together.", icon=":material/lock:")


def _sign_out() -> None:
    token = _browser()
    if token is not None:
        BROWSERS.sign_out(token)
    by_provider = getattr(st.user, "is_logged_in", False)
    st.session_state.clear()
    if by_provider:
        st.logout()
