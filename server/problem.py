"""Errors as problem details (RFC 9457), and the one table of the status of each error."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Final

from flask import Blueprint, Response, jsonify, render_template, request
from werkzeug.exceptions import HTTPException

from graph import errors
from graph.wording.display_name import make_path
from server.body import TooLarge
from server.engine.front.reply import PROBLEM
from server.exchange import exchange
from server.negotiate import HTML, read_accept
from server.page.search_page import find_nearest

STATUS: Final[dict[type[errors.CpecError], HTTPStatus]] = {
    errors.QuerySyntaxError: HTTPStatus.BAD_REQUEST,
    errors.BodySyntaxError: HTTPStatus.BAD_REQUEST,
    errors.ParameterError: HTTPStatus.BAD_REQUEST,
    errors.UnreadableQueryError: HTTPStatus.BAD_REQUEST,
    errors.ForbiddenError: HTTPStatus.FORBIDDEN,
    errors.UnknownNameError: HTTPStatus.NOT_FOUND,
    errors.NotInGraphError: HTTPStatus.NOT_FOUND,
    errors.MismatchError: HTTPStatus.BAD_GATEWAY,
    errors.ConflictError: HTTPStatus.CONFLICT,
    errors.KeyReuseError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.UnfollowedAxiomError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.ModalityError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.AnnotationError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.OtherVersionError: HTTPStatus.CONFLICT,
    errors.UnwritableError: HTTPStatus.NOT_ACCEPTABLE,
    errors.LimitError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.AnswerTooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.EngineError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.NoKernelError: HTTPStatus.NOT_IMPLEMENTED,
    errors.NoReifiersError: HTTPStatus.NOT_IMPLEMENTED,
    errors.ShareError: HTTPStatus.TOO_MANY_REQUESTS,
    errors.UnorderedError: HTTPStatus.BAD_REQUEST,
    errors.DeadlineError: HTTPStatus.GATEWAY_TIMEOUT,
    errors.EndpointError: HTTPStatus.BAD_GATEWAY,
    errors.EndpointDeadlineError: HTTPStatus.GATEWAY_TIMEOUT,
    errors.EndpointLimitError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
}

REFUSALS: Final = (errors.EngineError, errors.LimitError)
"""The errors that are counted by their reason: the question may be right, and has no answer."""

DEPTHS: Final = frozenset({"levels of nesting", "repeated paths in one another"})
"""The limits on the structure of a text, not on its length: 400 instead of 413."""

MEMBERS: Final = (
    "line",
    "column",
    "limit",
    "value",
    "seconds",
    "endpoint",
    "triple",
    "nearest",
    "unasserted",
    "version",
    "record",
    "property",
    "modality",
    "counterpart",
)
"""The attributes of errors that become extension members (RFC 9457, section 3.2)."""

RETRIABLE: Final = frozenset({HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS})
"""The statuses of requests that may succeed on a retry."""

RETRY_AFTER: Final = 1
"""The seconds until a retry, for errors without a time of their own."""

TEXT: Final = "text/plain"

blueprint = Blueprint("problem", __name__)


@blueprint.app_errorhandler(errors.CpecError)
def answer_error(error: errors.CpecError) -> Response:
    """Return an error of graph/errors.py as a problem document."""
    if isinstance(error, REFUSALS):
        exchange().refusal = name_reason(error)
    status = choose_status(error)
    members = {name: getattr(error, name) for name in MEMBERS if hasattr(error, name)}
    response = send_problem(status, str(error), members)
    if status in RETRIABLE:
        response.headers["Retry-After"] = str(getattr(error, "retry_after", RETRY_AFTER))
    return response


@blueprint.app_errorhandler(HTTPException)
def answer_http_error(error: HTTPException) -> Response:
    """Return an error of Werkzeug as a problem document, with its header fields."""
    members: dict[str, object] = {}
    if isinstance(error, TooLarge):
        members = {"limit": error.limit, "value": error.value}
        exchange().refusal = name_reason(error)
    response = send_problem(HTTPStatus(error.code or 500), error.description or "", members)
    for name, value in error.get_headers():
        if name not in {"Content-Type", "Content-Length"}:
            response.headers[name] = value
    return response


def name_reason(error: Exception) -> str:
    """Return the reason of a refusal: the class of its error in snake case.

    >>> name_reason(errors.OverloadedError("busy")), name_reason(errors.DeadlineError(1))
    ('overloaded', 'deadline')
    """
    name = type(error).__name__.removesuffix("Error")
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def choose_status(error: errors.CpecError) -> HTTPStatus:
    """Return the status of an error: the entry of its class, or of the nearest base class."""
    if isinstance(error, errors.LimitError) and error.limit in DEPTHS:
        return HTTPStatus.BAD_REQUEST
    entries = (STATUS[base] for base in type(error).__mro__ if base in STATUS)
    return next(entries, HTTPStatus.INTERNAL_SERVER_ERROR)


def send_problem(status: HTTPStatus, detail: str, members: dict[str, object]) -> Response:
    """Return a problem document, or its text or page if the client prefers that."""
    body: dict[str, object] = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
        **{name: value for name, value in members.items() if value is not None},
        "request": exchange().id,
    }
    media_type = read_accept(request).best((PROBLEM, TEXT, HTML))
    if media_type == HTML:
        response = Response(render_problem(body), mimetype=HTML)
    elif media_type == TEXT:
        response = Response(f"{status.value} {status.phrase}\n{detail}\n", mimetype=TEXT)
    else:
        response = jsonify(body)
        response.mimetype = PROBLEM
    response.status_code = status.value
    response.vary.add("Accept")
    return response


def render_problem(body: dict[str, object]) -> str:
    """Return a problem as a page; a 404 suggests the things with the nearest names."""
    missing = body["status"] == HTTPStatus.NOT_FOUND
    name = request.path.rstrip("/").rpartition("/")[2] if missing else ""
    near = [(match, make_path(match.iri)) for match in find_nearest(name)] if name else []
    return render_template("problem.html", problem=body, near=near)
