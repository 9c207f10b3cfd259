"""The files that make Streamlit's page, from memory, and what the first page needs told at once.

A browser asks for over a hundred of them before it shows a first figure. Streamlit reads each from
the disk, in a thread, and packs it anew, for 3 ms of a processor; from memory, packed once, it
takes a tenth of that. And a browser
learns which parts a page consists of only while it draws it, in chains of requests: a header with
the page names them beforehand.
"""

from __future__ import annotations

import gzip
import mimetypes
import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from pathlib import Path
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

_STATIC = "/static/"
#: Their names hold checksums of what is in them.
_FOR_GOOD = b"public, immutable, max-age=31536000"
#: Files that become much smaller: to a browser on another machine three megabytes are long.
_PACKED = (".js", ".css")
#: What the plan page is made of, by the beginnings of file names; one that is no more is left out.
_PARTS = (
    "BidiComponent", "Button", "ButtonGroup", "DownloadButton", "Html", "Metric",
    "Slider",
)  # fmt: skip
_IMPORTED = re.compile(r"""\b(?:from|import)\s*["']\./([\w.-]+\.js)["']""")


class PageFiles:
    """Answers for files of the page, and passes on everything else.

    Parameters
    ----------
    app : the web app behind it
    folder : where Streamlit has its page
    more : addresses of further scripts that the first page needs
    styles : addresses of style sheets that it needs
    """

    def __init__(
        self, app: App, folder: Path, more: Iterable[str] = (), styles: Iterable[str] = ()
    ) -> None:
        self._app = app
        self._files = {
            f"/{path.relative_to(folder).as_posix()}": path
            for path in (folder / "static").rglob("*")
            if path.is_file()
        }
        self._kept: dict[tuple[str, bool], bytes] = {}
        self._told = _link_header(folder, more, styles)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
        elif not scope["path"].startswith(_STATIC):
            await self._app(scope, receive, self._telling(send))
        elif scope["path"] not in self._files or _is_special(scope):
            await self._app(scope, receive, send)
        else:
            await self._answer(scope["path"], _takes_packed(scope), send)

    async def _answer(self, path: str, may_pack: bool, send: Send) -> None:
        is_packed = may_pack and path.endswith(_PACKED)
        body = self._kept.get((path, is_packed))
        if body is None:
            body = self._files[path].read_bytes()
            body = self._kept[path, is_packed] = gzip.compress(body) if is_packed else body
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        headers = [
            (b"content-type", kind.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", _FOR_GOOD),
            (b"vary", b"Accept-Encoding"),
            *([(b"content-encoding", b"gzip")] if is_packed else []),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _telling(self, send: Send) -> Send:
        """Name the parts with the page itself."""

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_page(message) and self._told:
                message["headers"] = [*message["headers"], (b"link", self._told)]
            await send(message)

        return told


def _is_special(scope: Message) -> bool:
    """Whether only a part is wanted, or only what is new."""
    return any(name in (b"range", b"if-none-match") for name, _ in scope["headers"])


def _takes_packed(scope: Message) -> bool:
    """Whether the browser can unpack what is sent."""
    return any(name == b"accept-encoding" and b"gzip" in value for name, value in scope["headers"])


def _is_page(message: Message) -> bool:
    kind = bytes(dict(message.get("headers", [])).get(b"content-type", b""))
    return bool(message["status"] == 200) and kind.startswith(b"text/html")


def _link_header(folder: Path, more: Iterable[str], styles: Iterable[str]) -> bytes:
    """The parts of the first page, and what they import, without what the page itself names."""
    scripts = folder / "static" / "js"
    page = folder / "index.html"
    if not page.is_file():
        return b""
    known = set(re.findall(r"static/js/([\w.-]+\.js)", page.read_text("utf-8")))
    wanted = [path.name for part in _PARTS for path in sorted(scripts.glob(f"{part}.*.js"))]
    found: dict[str, None] = {}
    while wanted:
        name = wanted.pop()
        if name in known or name in found or not (scripts / name).is_file():
            continue
        found[name] = None
        wanted += _IMPORTED.findall((scripts / name).read_text("utf-8"))
    # After what the page itself names: that is needed first.
    addresses = [*(f"{_STATIC}js/{name}" for name in sorted(found)), *more]
    kinds = {"modulepreload": addresses, "preload; as=style": styles}
    return ", ".join(
        f"<{address}>; rel={kind}; fetchpriority=low"
        for kind, wanted in kinds.items()
        for address in wanted
    ).encode()
