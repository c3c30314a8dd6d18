"""Errors as problem details (RFC 9457); the one table that says which error has which status."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from flask import Blueprint, Response, jsonify
from werkzeug.exceptions import HTTPException

from graph.errors import (
    CpecError,
    ParameterError,
    QuerySyntaxError,
    UnknownNameError,
    UnwritableError,
)

STATUS: Final[dict[type[CpecError], HTTPStatus]] = {
    QuerySyntaxError: HTTPStatus.BAD_REQUEST,
    ParameterError: HTTPStatus.BAD_REQUEST,
    UnknownNameError: HTTPStatus.NOT_FOUND,
    UnwritableError: HTTPStatus.NOT_ACCEPTABLE,
}

blueprint = Blueprint("problem", __name__)


@blueprint.app_errorhandler(CpecError)
def of_error(error: CpecError) -> Response:
    """Return one of our own errors as a problem; the position of a syntax error is a member."""
    status = STATUS.get(type(error), HTTPStatus.INTERNAL_SERVER_ERROR)
    members = (
        {"line": error.line, "column": error.column}
        if isinstance(error, QuerySyntaxError) and error.line is not None
        else {}
    )
    return problem(status, str(error), **members)


@blueprint.app_errorhandler(HTTPException)
def of_http(error: HTTPException) -> Response:
    """Return an error of the HTTP layer as a problem, its headers kept."""
    response = problem(HTTPStatus(error.code or 500), error.description or "")
    for name, value in error.get_headers():
        if name not in {"Content-Type", "Content-Length"}:
            response.headers[name] = value
    return response


def problem(status: HTTPStatus, detail: str, **members: object) -> Response:
    """Return a problem document with its status."""
    body = {"type": "about:blank", "title": status.phrase, "status": status.value, **members}
    response = jsonify({**body, "detail": detail})
    response.status_code = status.value
    response.mimetype = "application/problem+json"
    return response
