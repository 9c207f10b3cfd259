"""Text of users, such as ids, in places that read markdown."""

from __future__ import annotations

import re

#: Keeps a directive, an emoji code or an icon name from being recognised; has no width.
_WORD_JOINER = "\u2060"


def plain(text: str) -> str:
    """Markdown that shows the text as it is, whatever it contains."""
    escaped = re.sub(r"([\\`*_{}\[\]()#+\-.!~|<>$&^=\"'@/])", r"\\\1", " ".join(text.split()))
    return re.sub(r":(?=\S)", f":{_WORD_JOINER}", escaped)
