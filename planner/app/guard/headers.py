"""What every answer tells the browser: nothing from elsewhere, and nobody frames us."""

from __future__ import annotations

import base64
import hashlib
import re

_INLINE = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
_POLICY = {
    "default-src": "'none'",
    "style-src": "'self' 'unsafe-inline'",  # grids and charts set sizes as styles of elements
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "worker-src": "'self' blob:",
    "media-src": "'self' blob:",
    "manifest-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
_OTHERS = (
    (b"x-frame-options", b"DENY"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)


def headers_of(page: bytes) -> tuple[tuple[bytes, bytes], ...]:
    """The headers of every answer.

    Parameters
    ----------
    page : the HTML page that is served: its own scripts may run, by their checksums
    """
    hashes = [base64.b64encode(hashlib.sha256(s).digest()).decode() for s in _INLINE.findall(page)]
    # Vega makes functions of the expressions in charts; grids unpack with WebAssembly.
    scripts = ["'self'", "'unsafe-eval'", *(f"'sha256-{found}'" for found in hashes)]
    policy = {**_POLICY, "script-src": " ".join(scripts)}
    told = "; ".join(f"{name} {value}" for name, value in policy.items())
    return ((b"content-security-policy", told.encode()), *_OTHERS)
