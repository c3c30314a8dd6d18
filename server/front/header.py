"""The header fields of every response, the media type of errors, and the HTTP methods."""

from __future__ import annotations

from typing import Final

PROBLEM: Final = "application/problem+json"
"""The media type of an error (RFC 9457)."""

METHODS: Final = "GET, HEAD, POST, PUT, DELETE, QUERY, OPTIONS"
ALLOWED: Final = "Accept, Authorization, Content-Type, If-Match, If-None-Match"
EXPOSED: Final = (
    "Accept-Query, Allow, Content-Disposition, ETag, Empty-Reason, Graph-Not-Found, Left-Out, "
    "Link, Location, Receipt-Status, Retry-After, Server-Timing, X-Request-Id"
)
POLICY: Final = (
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "object-src 'none'"
)
EMBEDDED: Final = ("Content-Security-Policy", POLICY.replace("ancestors 'none'", "ancestors *"))
"""The field of a page that a frame of any page may show: it has nothing to click by mistake."""

ALWAYS: Final = (
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", EXPOSED),
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", POLICY),
    ("Referrer-Policy", "no-referrer"),
)
"""The header fields of every response: CORS without credentials, and limits for browsers."""

PREFLIGHT: Final = (
    ("Access-Control-Allow-Methods", METHODS),
    ("Access-Control-Allow-Headers", ALLOWED),
    ("Access-Control-Max-Age", "86400"),
)
