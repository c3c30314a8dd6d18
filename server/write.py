"""A write over HTTP: its token, the report of its effects, and the key that it may have.

By an Idempotency-Key a client learns what became of its write:
https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from hashlib import sha256
from typing import Final

from flask import Blueprint
from flask import request as current_request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import BadRequest, Forbidden, Unauthorized
from werkzeug.wrappers import Request

from server.engine.front.reply import Reply
from server.engine.request import WriteKey, WriteResult
from server.response import digest
from server.site import Site, current_site

blueprint = Blueprint("write", __name__)

CHALLENGE: Final = WWWAuthenticate("bearer", {"realm": "cpec-graph"})

FIELD: Final = "Idempotency-Key"
SYNTAX: Final = re.compile(r"[!#-\[\]-~]{1,255}")
"""The visible characters of a String that need no escape (RFC 9651, section 3.3.3)."""


def read_key(request: Request, parts: Iterable[str]) -> WriteKey | None:
    """Return the key of a write with these parts, None without one; raises BadRequest."""
    field = request.headers.get(FIELD)
    return None if field is None else WriteKey(name_key(request, field), digest(parts))


def name_key(request: Request, key: str) -> str:
    """Return the SHA-256 of a key, a String or bare, with the token; raises BadRequest."""
    key = key[1:-1] if len(key) > 1 and key[0] == key[-1] == '"' else key
    if not SYNTAX.fullmatch(key):
        fault = f"an {FIELD} has 1 to 255 visible ASCII characters, without quotes and backslashes"
        raise BadRequest(fault)
    token = request.headers.get("Authorization", "").partition(" ")[2].strip()
    return sha256(json.dumps([token, key]).encode()).hexdigest()


def read_authorization(request: Request) -> str:
    """Return the Authorization field of a request, or ""."""
    return request.headers.get("Authorization", "")


def require_token(site: Site, request: Request) -> None:
    """Raise Forbidden on a read-only server, Unauthorized for a request without its token."""
    if site.tokens.current is None:
        raise Forbidden("writing is not configured here")
    authorization = read_authorization(request)
    if not site.tokens.allow(authorization):
        has_token = authorization.lower().startswith("bearer ")
        fault = "that is not the token" if has_token else "a write needs a Bearer token"
        raise Unauthorized(fault, www_authenticate=CHALLENGE)


def report_change(change: WriteResult) -> Reply:
    """Return the effect of a write as JSON."""
    return Reply.from_state(list_effects(change))


def list_effects(change: WriteResult) -> dict[str, object]:
    """Return the members of the answer to a write."""
    effects = {"added": change.added, "removed": change.removed, **change.report}
    return {**effects, "version": change.version}


@blueprint.get("/writes/<path:key>")
def settle_write(key: str) -> Reply:
    """Return the effects of the write with a key; without one, no later write can have the key."""
    site = current_site()
    require_token(site, current_request)
    result = site.engine.settle(name_key(current_request, key))
    effects = {} if result is None else list_effects(result)
    return Reply.from_state({"done": result is not None, **effects})
