"""Requests as they go over the wire, and the status of an answer."""

from bench.wire import request

ASKED = request("GET", "/query?query=ASK%7B%7D", {"Connection": "keep-alive"})
"""A query on a connection that stays."""


def head(line: str, *fields: str) -> bytes:
    """The head of a request whose connection ends after it."""
    return "\r\n".join([line, "Host: localhost", "Connection: close", *fields, "", ""]).encode()


def status(answer: bytes) -> int:
    """The status of the first answer."""
    return int(answer.split(b" ", 2)[1])
