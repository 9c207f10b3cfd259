"""An OIDC provider for tests: whoever comes is Ann, and what it was asked is remembered."""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET, EMAIL = "planner-client", "planner-secret", "ann@example.org"


class Provider:
    """Its address, and the parameters of every sign-in."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.token_calls: list[dict[str, str]] = []
        self._key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
        self._nonces: dict[str, str] = {}
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                url = urlsplit(self.path)
                if url.path == "/authorize":
                    self.send_response(302)
                    self.send_header("Location", provider.authorize(_first(url.query)))
                    self.end_headers()
                else:
                    self._answer(provider.document(url.path))

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                given = _first(self.rfile.read(length).decode())
                given["authorization"] = self.headers.get("Authorization", "")
                self._answer(provider.token(given))

            def _answer(self, document: object) -> None:
                content = json.dumps(document).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def document(self, path: str) -> object:
        """Discovery, or the public key."""
        if path == "/keys":
            return {"keys": [self._key.as_dict(private=False)]}
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    def authorize(self, asked: dict[str, str]) -> str:
        """Where to go back to, with a code."""
        self.asked.append(asked)
        code = secrets.token_hex(8)
        self._nonces[code] = asked.get("nonce", "")
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, given: dict[str, str]) -> object:
        """The signed word that it is Ann."""
        self.token_calls.append(given)
        now = int(time.time())
        claims = {
            "iss": self.address, "aud": CLIENT, "sub": "ann-1", "email": EMAIL,
            "email_verified": True, "name": "Ann",
            "iat": now, "exp": now + 600, "nonce": self._nonces.pop(given["code"]),
        }  # fmt: skip
        signed = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self._key)
        return {"access_token": "a", "token_type": "Bearer", "expires_in": 600, "id_token": signed}


def _first(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}


@contextmanager
def running() -> Iterator[Provider]:
    """A provider that answers."""
    provider = Provider()
    threading.Thread(target=provider.server.serve_forever, daemon=True).start()
    try:
        yield provider
    finally:
        provider.server.shutdown()
        provider.server.server_close()
