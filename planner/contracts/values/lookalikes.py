"""Ids that look alike and are not: other code points, upper and lower case."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator


def look(key: str) -> str:
    """What a key looks like: composed, without what has no width, blanks as plain ones."""
    composed = unicodedata.normalize("NFKC", key)
    seen = (c for c in composed if unicodedata.category(c) != "Cf")
    return " ".join("".join(seen).split())


def code_points(key: str) -> str:
    """``Cafe + U+0301``-like spelling: the code points of all that is not plain ASCII."""
    return "".join(c if c.isascii() and c.isprintable() else f"<U+{ord(c):04X}>" for c in key)


def hint(key: str, known: Iterable[str]) -> str:
    """Say which known key an unknown one looks like, and in what they differ; blank where none."""
    same_case = [other for other in known if look(other).casefold() == look(key).casefold()]
    for other in same_case:
        if look(other) == look(key):
            return (
                f"; it looks like one that is there but has other characters: "
                f"{code_points(key)}, there {code_points(other)}"
            )
    return f"; {same_case[0]} differs in upper and lower case" if same_case else ""


def alike(keys: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield pairs of keys, the first of each look and a later one that looks like it."""
    first: dict[str, str] = {}
    for key in dict.fromkeys(keys):
        other = first.setdefault(look(key).casefold(), key)
        if other != key:
            yield other, key


def difference(one: str, other: str) -> str:
    """In what two keys that look alike differ."""
    if look(one) == look(other):
        return f"in characters that look the same ({code_points(one)}, {code_points(other)})"
    return "in upper and lower case only"
