"""Who may use the browser app from other machines: accounts with hashed passwords, or OIDC.

``python -m planner.app.signin`` asks for a name and a password and prints the account.
"""

from __future__ import annotations

import getpass
import hashlib
import hmac
import ipaddress
import re
import secrets
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

ACCOUNTS_VARIABLE = "PLANNER_PASSWORD_HASH"
#: Name of an account that was given without one.
ONLY_NAME = "planner"
HOW = (
    f"set {ACCOUNTS_VARIABLE} to what `python -m planner.app.signin` prints, or configure OIDC in "
    ".streamlit/secrets.toml ([auth], see st.login)"
)
#: Cost of scrypt as OWASP advises: 2^15 * 8 * 128 bytes, a tenth of a second.
_COST, _BLOCK, _PARALLEL = 2**15, 8, 1
_MEMORY = 2 * _COST * _BLOCK * 128
_HASH = re.compile(r"scrypt\.([0-9a-f]{32})\.([0-9a-f]{64})")


def hashed(password: str, salt: bytes | None = None) -> str:
    """A password's hash, with its salt; without characters that a shell would change."""
    salt = salt or secrets.token_bytes(16)
    digest = hashlib.scrypt(
        password.encode(), salt=salt, n=_COST, r=_BLOCK, p=_PARALLEL, maxmem=_MEMORY, dklen=32
    )
    return f"scrypt.{salt.hex()}.{digest.hex()}"


def read_accounts(text: str) -> dict[str, str]:
    """Read accounts ``NAME:HASH``, separated by blanks; a hash alone is that of ``planner``.

    Raises
    ------
    ValueError
        If one of them is no account, or a name stands twice; it does not repeat the text.
    """
    accounts: dict[str, str] = {}
    for number, account in enumerate(text.split(), start=1):
        name, _, found = account.rpartition(":")
        if not _HASH.fullmatch(found):
            raise ValueError(
                f"account {number}: expected NAME:HASH from python -m planner.app.signin"
            )
        if (name or ONLY_NAME) in accounts:
            raise ValueError(f"account {number}: its name stands there already")
        accounts[name or ONLY_NAME] = found
    return accounts


def is_right(accounts: Mapping[str, str], name: str, password: str) -> bool:
    """Whether the password is that of the account; takes as long for a name that is not there."""
    found = _HASH.fullmatch(accounts.get(name, f"scrypt.{'0' * 32}.{'0' * 64}"))
    assert found is not None
    made = hashed(password, bytes.fromhex(found[1]))
    return hmac.compare_digest(made, found[0]) and name in accounts


def is_this_machine(address: str | None) -> bool:
    """Whether only this machine reaches the address; None is every interface."""
    if address == "localhost":
        return True
    try:
        return address is not None and ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def is_configured(root: Path, environment: Mapping[str, str]) -> bool:
    """Whether anybody has to sign in; an account that cannot be read is not forgiven.

    Raises
    ------
    ValueError
        If the accounts cannot be read.
    """
    return bool(read_accounts(environment.get(ACCOUNTS_VARIABLE, ""))) or has_oidc(root)


def has_oidc(root: Path) -> bool:
    """Whether a secrets file, of the folder or of the user, names a provider for ``st.login``."""
    return any(_names_provider(folder) for folder in (Path.home(), root))


def _names_provider(folder: Path) -> bool:
    try:
        with (folder / ".streamlit" / "secrets.toml").open("rb") as file:
            return "auth" in tomllib.load(file)
    except (OSError, tomllib.TOMLDecodeError):
        return False


def main() -> int:
    """Ask for a name and a password, print the account."""
    name = input("Name (no blanks): ").strip()
    if not name or len(name.split()) != 1:
        print("The name must be one word.", file=sys.stderr)
        return 2
    password = getpass.getpass("Password: ")
    if len(password) < 12:
        print("At least 12 characters, please.", file=sys.stderr)
        return 2
    if password != getpass.getpass("Once more: "):
        print("These were two different passwords.", file=sys.stderr)
        return 2
    print(f"{name}:{hashed(password)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
