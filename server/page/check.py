"""/check and /api/check: each clause of a text with its verdict, as a page, JSON or a table.

The text is in the body of a request, never in its address; nothing of it is cached or logged.
"""

from __future__ import annotations

import json
from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from graph.checking.text_check import MOST_CHARACTERS, list_rows
from graph.checking.verdict import ORDER
from server.body import read_body, read_text
from server.engine.front.reply import Reply
from server.exclusion import keep_exclusions
from server.negotiate import HTML, negotiate_format
from server.page.page_view import send_page
from server.parameters import FORM, read_form
from server.response import send_body
from server.site import current_site

blueprint = Blueprint("check", __name__)

FORMATS: Final = {"json": "application/json", "tsv": "text/tab-separated-values"}
MOST_BYTES: Final = 16 * MOST_CHARACTERS
"""The bytes of a body: a character has up to twelve in a form."""


@blueprint.get("/check")
def show_form() -> Reply:
    """Return the page with an empty form."""
    return send_page(render_template("check.html", text="", report=None, most=MOST_CHARACTERS))


@blueprint.post("/check")
def show_check() -> Reply:
    """Return the page with the verdicts on the text of its form."""
    text = read_form(request, read_body(request, MOST_BYTES)).get("text") or ""
    report = json.loads(check_text(text))
    page = render_template(
        "check.html",
        text=text,
        report=report,
        most=MOST_CHARACTERS,
        order=ORDER,
        find_proof=find_proof,
        find_query=find_query,
    )
    return send_body(current_site(), page.encode(), None, f"{HTML}; charset=utf-8")


@blueprint.post("/api/check")
def send_check() -> Reply:
    """Return the verdicts on a text as JSON or as a table; raises UnsupportedMediaType."""
    form = negotiate_format(request, FORMATS)
    if request.mimetype == FORM:
        text = read_form(request, read_body(request, MOST_BYTES)).get("text") or ""
    elif request.mimetype == "text/plain":
        text = read_text(request, MOST_BYTES)
    elif request.mimetype == "application/json":
        text = read_json(read_text(request, MOST_BYTES))
    else:
        raise UnsupportedMediaType(f"a text is sent as {FORM} (text=...), JSON or text/plain")
    body = check_text(text)
    if form == "tsv":
        body = "".join("\t".join(row) + "\n" for row in list_rows(json.loads(body))).encode()
    return send_body(current_site(), body, None, f"{FORMATS[form]}; charset=utf-8")


def check_text(text: str) -> bytes:
    """Return the check of a text by a worker; raises LimitError and ParameterError."""
    _, body = current_site().engine.run("check", {}, text.encode(errors="replace"))
    return body


def read_json(body: str) -> str:
    """Return the member `text` of a JSON object; raises BadRequest."""
    try:
        text = json.loads(body)["text"]
    except (ValueError, KeyError, TypeError, RecursionError):
        text = None
    if not isinstance(text, str):
        raise BadRequest('a text in JSON is the member "text" of an object: {"text": "..."}')
    return text


def find_proof(evidence: dict[str, Any]) -> str:
    """Return the address of the proof of a statement."""
    terms = {"s": evidence["subject"], "p": evidence["property"], "o": evidence["object"]}
    return keep_exclusions(f"/explain?{urlencode(terms)}")


def find_query(query: str) -> str:
    """Return the address of a query, whose answer is empty."""
    return keep_exclusions(f"/sparql?{urlencode({'query': query})}")
