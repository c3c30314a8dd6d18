"""The token that allows a write (RFC 6750, section 2.1): Bearer only, compared in constant time."""

from __future__ import annotations

import hmac
import re
from pathlib import Path
from typing import Final

SHORTEST: Final = 32
SHAPE: Final = re.compile(r"[A-Za-z0-9._~+/-]+=*")
"""What a Bearer token is made of (RFC 6750)."""


class TokenError(ValueError):
    """A token cannot be used; the text says why, and never holds the token."""


def read_token(path: Path) -> str:
    """Return the token that stands in a file; raises TokenError."""
    try:
        return checked(path.read_text("utf-8").strip())
    except OSError as error:
        raise TokenError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise TokenError(f"{path}: not UTF-8") from None


def checked(token: str) -> str:
    """Return the token; raises TokenError where it is too short or no Bearer token."""
    if len(token) < SHORTEST:
        raise TokenError(f"a token has {SHORTEST} characters or more, this one has {len(token)}")
    if not SHAPE.fullmatch(token):
        raise TokenError("a token has letters, digits and -._~+/ only")
    return token


def is_writer(token: str | None, authorization: str) -> bool:
    """Return whether the header has the token of writes."""
    if token is None or not authorization:
        return False
    scheme, _, given = authorization.partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(
        given.strip().encode(), token.encode()
    )


def is_wrong(token: str | None, authorization: str) -> bool:
    """Return whether the header has a token that is not the one of writes."""
    return bool(token and authorization) and not is_writer(token, authorization)
