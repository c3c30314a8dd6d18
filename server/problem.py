"""Errors as problem details (RFC 9457); the one table that says which error has which status."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from flask import Blueprint, Response, jsonify, render_template, request
from werkzeug.exceptions import HTTPException

from graph import errors
from graph.explaining.term import path_of
from server.body import TooLarge
from server.front.exchange import exchange
from server.front.header import PROBLEM
from server.negotiate import HTML, accepted
from server.page.search import nearest

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
    errors.UnfollowedAxiomError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.OtherVersionError: HTTPStatus.CONFLICT,
    errors.UnwritableError: HTTPStatus.NOT_ACCEPTABLE,
    errors.LimitError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.AnswerTooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.EngineError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.NoKernelError: HTTPStatus.NOT_IMPLEMENTED,
    errors.OverloadedError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.ShareError: HTTPStatus.TOO_MANY_REQUESTS,
    errors.OutOfMemoryError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.WorkerDiedError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.DeadlineError: HTTPStatus.GATEWAY_TIMEOUT,
    errors.EndpointError: HTTPStatus.BAD_GATEWAY,
    errors.EndpointDeadlineError: HTTPStatus.GATEWAY_TIMEOUT,
    errors.EndpointLimitError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
}

DEPTHS: Final = frozenset({"levels of nesting", "repeated paths in one another"})
"""The limits on how a text is built, not on how long it is: 400."""

MEMBERS: Final = ("line", "column", "limit", "value", "seconds", "endpoint", "nearest", "version")
"""What an error carries that its problem has as members."""

LATER: Final = frozenset({HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS})
"""The statuses of what may be answered when it is asked again."""

RETRY_AFTER: Final = 1
"""The seconds after which it is worth trying again, where an error does not say."""

TEXT: Final = "text/plain"

blueprint = Blueprint("problem", __name__)


@blueprint.app_errorhandler(errors.CpecError)
def of_error(error: errors.CpecError) -> Response:
    """Return one of our own errors as a problem."""
    status = status_of(error)
    members = {name: getattr(error, name) for name in MEMBERS if hasattr(error, name)}
    response = problem(status, str(error), members)
    if status in LATER:
        response.headers["Retry-After"] = str(getattr(error, "retry_after", RETRY_AFTER))
    return response


@blueprint.app_errorhandler(HTTPException)
def of_http(error: HTTPException) -> Response:
    """Return an error of the HTTP layer as a problem, its headers kept."""
    members: dict[str, object] = {}
    if isinstance(error, TooLarge):
        members = {"limit": error.limit, "value": error.value}
    response = problem(HTTPStatus(error.code or 500), error.description or "", members)
    for name, value in error.get_headers():
        if name not in {"Content-Type", "Content-Length"}:
            response.headers[name] = value
    return response


def status_of(error: errors.CpecError) -> HTTPStatus:
    """Return the status of an error, as the table has it for its class or the next one above."""
    if isinstance(error, errors.LimitError) and error.limit in DEPTHS:
        return HTTPStatus.BAD_REQUEST
    known = (STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    return next(known, HTTPStatus.INTERNAL_SERVER_ERROR)


def problem(status: HTTPStatus, detail: str, members: dict[str, object]) -> Response:
    """Return a problem document, or the same as text or as a page for those who ask for that."""
    body: dict[str, object] = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
        **{name: value for name, value in members.items() if value is not None},
        "request": exchange().id,
    }
    kind = accepted(request).best((PROBLEM, TEXT, HTML))
    if kind == HTML:
        response = Response(page(body), mimetype=HTML)
    elif kind == TEXT:
        response = Response(f"{status.value} {status.phrase}\n{detail}\n", mimetype=TEXT)
    else:
        response = jsonify(body)
        response.mimetype = PROBLEM
    response.status_code = status.value
    response.vary.add("Accept")
    return response


def page(body: dict[str, object]) -> str:
    """Return a problem as a page; where nothing is found, with the things that may be meant."""
    missing = body["status"] == HTTPStatus.NOT_FOUND
    name = request.path.rstrip("/").rpartition("/")[2] if missing else ""
    near = [(match, path_of(match.iri)) for match in nearest(name)] if name else []
    return render_template("problem.html", problem=body, near=near)
