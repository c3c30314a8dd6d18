"""The token that allows a write (RFC 6750, section 2.1): Bearer only, compared in constant time."""

from __future__ import annotations

import hmac
import re
import stat
from pathlib import Path
from typing import Final

MIN_LENGTH: Final = 32
SHAPE: Final = re.compile(r"[A-Za-z0-9._~+/-]+=*")
"""The syntax of a Bearer token (RFC 6750, section 2.1)."""


class TokenError(ValueError):
    """A token is unusable; the message says why, without the token."""


def read_token(path: Path) -> str:
    """Return the token in a file; raises TokenError, also for a file that others can read."""
    try:
        if path.stat().st_mode & stat.S_IROTH:
            raise TokenError(f"{path}: every user can read it; chmod o-r {path}")
        return check_token(path.read_text("utf-8").strip())
    except OSError as error:
        raise TokenError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise TokenError(f"{path}: not UTF-8") from None


def check_token(token: str) -> str:
    """Return the token; raises TokenError if it is too short or not a Bearer token."""
    if len(token) < MIN_LENGTH:
        raise TokenError(f"a token has {MIN_LENGTH} characters or more, this one has {len(token)}")
    if not SHAPE.fullmatch(token):
        raise TokenError("a token has letters, digits and -._~+/ only")
    return token


def is_writer(token: str | None, authorization: str) -> bool:
    """Return whether an Authorization field has the token of writes."""
    if token is None or not authorization:
        return False
    scheme, _, credentials = authorization.partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(
        credentials.strip().encode(), token.encode()
    )


def is_wrong(token: str | None, authorization: str) -> bool:
    """Return whether an Authorization field has a token other than the token of writes."""
    return bool(token and authorization) and not is_writer(token, authorization)
