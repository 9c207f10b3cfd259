"""Accounts, passwords and addresses."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.app.signin import (
    has_oidc,
    hashed,
    is_configured,
    is_right,
    is_this_machine,
    read_accounts,
)


def test_only_the_right_password_of_a_known_name_is_right() -> None:
    accounts = read_accounts(f"ann:{hashed('correct horse battery')} bob:{hashed('another one')}")
    assert is_right(accounts, "ann", "correct horse battery")
    assert not is_right(accounts, "ann", "another one")
    assert not is_right(accounts, "bob", "correct horse battery")
    assert not is_right(accounts, "eve", "correct horse battery")
    assert not is_right(accounts, "eve", "")


def test_a_hash_tells_neither_the_password_nor_that_two_are_the_same() -> None:
    assert "horse" not in hashed("horse horse horse")
    assert hashed("same") != hashed("same")


def test_a_hash_alone_is_one_account() -> None:
    assert is_right(read_accounts(hashed("open sesame")), "planner", "open sesame")


@pytest.mark.parametrize("text", ["secret", "ann:secret", "ann:scrypt.00.00"])
def test_what_is_no_account_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(ValueError, match="account 1: expected NAME:HASH") as told:
        read_accounts(text)
    assert "secret" not in str(told.value)


def test_a_name_cannot_have_two_passwords() -> None:
    with pytest.raises(ValueError, match="account 2"):
        read_accounts(f"ann:{hashed('one')} ann:{hashed('two')}")


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_addresses_of_this_machine(address: str) -> None:
    assert is_this_machine(address)


@pytest.mark.parametrize("address", [None, "", "0.0.0.0", "::", "192.168.1.5", "planner.example"])
def test_addresses_that_others_reach(address: str | None) -> None:
    assert not is_this_machine(address)


def test_either_way_of_signing_in_counts(tmp_path: Path) -> None:
    assert not is_configured(tmp_path, {})
    assert is_configured(tmp_path, {"PLANNER_PASSWORD_HASH": hashed("x")})
    folder = tmp_path / ".streamlit"
    folder.mkdir()
    (folder / "secrets.toml").write_text("[auth]\nclient_id = 'x'\n")
    assert has_oidc(tmp_path)
    assert is_configured(tmp_path, {})
