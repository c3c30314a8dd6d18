"""The token that allows a write (RFC 6750, section 2.1): Bearer only, compared in constant time."""

from __future__ import annotations

import hmac
import re
import stat
import time
from dataclasses import dataclass
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


@dataclass(slots=True)
class Tokens:
    """The token of writes, None for a read-only server, and the former one with its last moment.

    The moment is of time.monotonic, which all processes of a machine share.
    """

    current: str | None
    former: str | None = None
    former_until: float = 0.0

    def renew(self, token: str, overlap: float) -> None:
        """Take a new token, and the present one for so many seconds more."""
        self.former, self.former_until = self.current, time.monotonic() + overlap
        self.current = token

    def allow(self, authorization: str) -> bool:
        """Return whether an Authorization field has a token of writes."""
        scheme, _, credentials = authorization.partition(" ")
        if scheme.lower() != "bearer" or self.current is None:
            return False
        given = credentials.strip().encode()
        is_current = hmac.compare_digest(given, self.current.encode())
        is_former = hmac.compare_digest(given, (self.former or self.current).encode())
        return is_current or (is_former and time.monotonic() < self.former_until)

    def refuse(self, authorization: str) -> bool:
        """Return whether an Authorization field has something other than a token of writes."""
        return bool(self.current and authorization) and not self.allow(authorization)
