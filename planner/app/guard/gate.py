"""The gate before the web app (ASGI): cookies, whose session it is, uploads, headers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from http.cookies import CookieError, SimpleCookie
from typing import Any

from planner.app.guard.browsers import Browsers, is_token, new_token
from planner.app.guard.uploads import UploadLimits

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]
_UPLOADS = "/_stcore/upload_file/"
#: For whoever runs the server, and for programs that drive pages: for nobody here.
_METRICS, _AGENTS = "/_stcore/metrics", "/_stcore/agent/"
_PROTOCOLS = b"sec-websocket-protocol"
#: Of that header: the protocol's name, a token against forged requests, the session to go on with.
_SESSION_AT = 2
#: What a multipart body has beside the file.
_FRAME = 100_000


class Gate:
    """Lets through what may pass.

    Parameters
    ----------
    app : the web app behind it
    browsers : whose sessions are whose
    uploads : how much may be uploaded
    headers : of every answer
    """

    def __init__(
        self,
        app: App,
        browsers: Browsers,
        uploads: UploadLimits,
        headers: Sequence[tuple[bytes, bytes]],
    ) -> None:
        self._app, self._browsers, self._uploads = app, browsers, uploads
        self._headers = tuple(headers)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer a request, open a socket, or run what belongs to the server's life."""
        if scope["type"] == "websocket":
            await self._app(self._with_own_session(scope), receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, self._told(scope, send))
        else:
            await self._app(scope, receive, send)

    async def _answer(self, scope: Message, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if _METRICS in path or _AGENTS in path:
            await _refuse(send, 404, "Not here.")
        elif _UPLOADS in path and scope["method"] in ("PUT", "DELETE"):
            await self._upload(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _upload(self, scope: Message, receive: Receive, send: Send) -> None:
        session_id = scope["path"].split(_UPLOADS, maxsplit=1)[1].split("/", maxsplit=1)[0]
        token = self._token(scope)
        if not (self._browsers.owns(token, session_id) and self._browsers.is_admitted(session_id)):
            await _refuse(send, 403, "Sign in first, in this browser.")
            return
        if scope["method"] == "DELETE":
            await self._app(scope, receive, send)
            return
        with self._uploads.room(session_id, _length(scope)) as fits:
            if fits:
                await self._app(scope, receive, send)
            else:
                await _refuse(send, 413, "Too much was uploaded already: close other pages first.")

    def _told(self, scope: Message, send: Send) -> Send:
        """Add our headers to an answer, and a cookie where the browser has none."""
        fresh = None if is_token(self._token(scope)) else new_token()

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                ours = {name for name, _ in self._headers}
                kept = [h for h in message.get("headers", []) if h[0].lower() not in ours]
                message["headers"] = [*kept, *self._headers]
                if fresh is not None:
                    message["headers"].append((b"set-cookie", self._cookie(scope, fresh)))
            await send(message)

        return told

    def _cookie(self, scope: Message, token: str) -> bytes:
        secure = "; Secure" if scope.get("scheme") == "https" else ""
        return f"{self._browsers.cookie}={token}; Path=/; HttpOnly; SameSite=Lax{secure}".encode()

    def _token(self, scope: Message) -> str | None:
        found: SimpleCookie = SimpleCookie()
        for name, value in scope["headers"]:
            if name == b"cookie":
                try:
                    found.load(value.decode("latin-1"))
                except CookieError:
                    return None
        cookie = found.get(self._browsers.cookie)
        return cookie.value if cookie is not None else None

    def _with_own_session(self, scope: Message) -> Message:
        """The request without a session to go on with that another browser began."""
        headers = []
        token = self._token(scope)
        for name, value in scope["headers"]:
            parts = [part.strip() for part in value.decode("latin-1").split(",")]
            if name == _PROTOCOLS and len(parts) > _SESSION_AT:
                if not self._browsers.owns(token, parts[_SESSION_AT]):
                    parts = parts[:_SESSION_AT]
                headers.append((name, ", ".join(parts).encode("latin-1")))
            else:
                headers.append((name, value))
        asked = scope.get("subprotocols", [])
        return {**scope, "headers": headers, "subprotocols": asked[:_SESSION_AT]}


def _length(scope: Message) -> int | None:
    found = dict(scope["headers"]).get(b"content-length", b"")
    return int(found) + _FRAME if found.isdigit() else None


async def _refuse(send: Send, status: int, words: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": words.encode()})
