"""Who of those that an OIDC provider knows may use the app."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from planner.app.guard.browsers import SIGN_IN_SECONDS

ALLOWED_VARIABLE = "PLANNER_OIDC_ALLOWED"
HOW = (
    f"set {ALLOWED_VARIABLE} to those who may come, separated by blanks: addresses "
    "(ann@example.org), domains (@example.org) or groups (group:planners)"
)
_GROUP = "group:"


def read_allowed(text: str) -> tuple[str, ...]:
    """Read the list; an empty one lets in everybody whom the provider knows.

    Raises
    ------
    ValueError
        If an entry is neither an address, nor a domain, nor a group.
    """
    entries = tuple(entry.strip().lower() for entry in text.replace(",", " ").split())
    for entry in entries:
        is_group = entry.startswith(_GROUP) and len(entry) > len(_GROUP)
        _, at, domain = entry.partition("@")
        if not is_group and not (at and domain and "@" not in domain):
            raise ValueError(f"{entry!r}: expected ann@example.org, @example.org or group:NAME")
    return entries


def is_let_in(claims: Mapping[str, Any], allowed: tuple[str, ...]) -> bool:
    """Whether the list names somebody; an address counts only once the provider verified it.

    Parameters
    ----------
    claims : what the provider says of them
    allowed : see :func:`read_allowed`
    """
    if not allowed:
        return True
    address = verified_address(claims)
    if address is not None:
        domain = "@" + address.rpartition("@")[2]
        if address in allowed or domain in allowed:
            return True
    groups = claims.get("groups") or ()
    names = [groups] if isinstance(groups, str) else list(groups)
    return any(f"{_GROUP}{str(name).lower()}" in allowed for name in names)


def verified_address(claims: Mapping[str, Any]) -> str | None:
    """The address of somebody, if the provider verified that it is theirs."""
    verified = claims.get("email_verified") in (True, "true")
    email = claims.get("email")
    return str(email).lower() if verified and email else None


def is_recent(claims: Mapping[str, Any]) -> bool:
    """Whether somebody signed in not too long ago; then they are asked again."""
    issued = claims.get("iat")
    if not isinstance(issued, int | float):
        return True
    return time.time() - float(issued) < SIGN_IN_SECONDS
