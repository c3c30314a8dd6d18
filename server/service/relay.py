"""The relay: one request to another endpoint over HTTP, bounded in time and bytes.

It follows no redirect and uses no proxy of the environment: it calls the address that the operator
gave. http.client bounds the time of each step, not of all, and nothing bounds a look-up of a name:
so each request has a thread, which the caller leaves behind at the deadline.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from ssl import SSLError
from threading import Thread
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

from graph.errors import EndpointDeadlineError, EndpointError, EndpointLimitError

RESULTS: Final = "application/sparql-results+json"
TYPES: Final = frozenset({RESULTS, "application/json"})
FIELDS: Final = {
    "Accept": RESULTS,
    "Content-Type": "application/x-www-form-urlencoded",
    "Connection": "close",
    "User-Agent": "cpec-graph",
}
URI_CHARACTERS: Final = "!$&'()*+,/:;=?@%~"
"""The characters of an IRI, beside letters and digits, that its URI keeps unencoded."""

CHUNK_BYTES: Final = 1 << 16

SERVICE: Final = "SERVICE"
MOST_REFUSAL_BYTES: Final = 200
"""The bytes of a refusal that an error repeats."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request to an address that no error names, and the media types of an acceptable answer.

    Without media types any answer of success is acceptable. `role` names the endpoint in messages.
    The reason for a refusal of a SERVICE, which is a stranger's, is never repeated.
    """

    address: str
    body: str | bytes | None
    fields: Mapping[str, str] = field(default_factory=lambda: FIELDS)
    types: frozenset[str] = frozenset()
    method: str = "POST"
    role: str = SERVICE


def ask_endpoint(endpoint: str, address: str, text: str, seconds: float, most: int) -> bytes:
    """Return the answer of an endpoint to a SELECT: results JSON, not yet parsed.

    SPARQL 1.1 Protocol, section 2.1.2. Raises the errors of `send_request`.
    """
    body = urlencode({"query": text}, errors="replace")
    return send_request(Request(address, body, types=TYPES), endpoint, seconds, most)


def send_request(request: Request, endpoint: str, seconds: float, most: int) -> bytes:
    """Return the body of the answer to a request.

    Raises EndpointError, EndpointDeadlineError past the seconds, and EndpointLimitError for an
    answer of more than `most` bytes.
    """
    asking = RemoteRequest(request, endpoint, seconds, most)
    thread = Thread(target=asking.run, name=SERVICE, daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        asking.give_up()
        raise EndpointDeadlineError(endpoint, seconds, request.role)
    if asking.body is None:
        raise asking.error
    return asking.body


def describe_error(error: Exception) -> str:
    """Return the reason of a failed connection, without the address in a message of TLS."""
    reason = getattr(error, "reason" if isinstance(error, SSLError) else "strerror", None)
    return reason or (str(error) if type(error) is HTTPException else "") or type(error).__name__


class RemoteRequest:
    """One request under way; afterwards it has a `body` or an `error`."""

    def __init__(self, request: Request, endpoint: str, seconds: float, most: int) -> None:
        self.body: bytes | None = None
        self._request = request
        self._endpoint = endpoint
        self.error = self._make_error("was not asked to the end")
        self._seconds = seconds
        self._most = most
        self._sock: socket.socket | None = None
        parts = urlsplit(request.address)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._connection = kind(parts.hostname or "", parts.port, timeout=seconds)
        query = f"?{parts.query}" if parts.query else ""
        self._target = quote((parts.path or "/") + query, safe=URI_CHARACTERS)

    def run(self) -> None:
        """Send the request, and keep the body of the answer or the error."""
        try:
            self.body = self._fetch()
        except EndpointError as error:
            self.error = error
        except TimeoutError:
            self.error = EndpointDeadlineError(self._endpoint, self._seconds, self._request.role)
        except (OSError, HTTPException, ValueError) as error:
            self.error = self._make_error(f"could not be asked: {describe_error(error)}")
        finally:
            self._connection.close()

    def give_up(self) -> None:
        """Close the connection, so that the thread ends."""
        if self._sock is not None:
            with suppress(OSError):
                self._sock.shutdown(socket.SHUT_RDWR)

    def _fetch(self) -> bytes:
        """Return the body of a complete answer."""
        request = self._request
        self._connection.connect()
        self._sock = self._connection.sock
        self._connection.request(request.method, self._target, request.body, dict(request.fields))
        with closing(self._connection.getresponse()) as response:
            self._require_answer(response)
            return self._read(response)

    def _read(self, response: HTTPResponse) -> bytes:
        """Return a whole body; raises EndpointError if it is too long or incomplete."""
        data = bytearray()
        try:
            while chunk := response.read(CHUNK_BYTES):
                data += chunk
                if len(data) > self._most:
                    raise EndpointLimitError(self._endpoint, "bytes of a SERVICE", self._most)
        except (HTTPException, ConnectionError):
            raise self._make_error("died before the end of its answer") from None
        if response.length:
            raise self._make_error(f"closed {response.length} bytes before the end of its answer")
        return bytes(data)

    def _require_answer(self, response: HTTPResponse) -> None:
        """Raise EndpointError unless the head of an answer is acceptable."""
        status, kind = response.status, response.headers.get_content_type()
        types = self._request.types
        if status == 404 and self._request.method == "DELETE":
            return  # the graph is gone already
        if 300 <= status < 400:
            raise self._make_error(f"answered a redirect ({status}), which is not followed")
        if status != 200 and (types or not 200 <= status < 300):
            raise self._make_error(
                f"answered with the status {status}{self._read_reason(response)}"
            )
        if types and kind not in types:
            accept = self._request.fields["Accept"]
            raise self._make_error(f"answered {kind} where {accept} was asked for")
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise self._make_error("answered in an encoding that was not asked for")

    def _read_reason(self, response: HTTPResponse) -> str:
        """Return the first line of a refusal in plain text; "" for a SERVICE or another type."""
        if self._request.role == SERVICE or response.headers.get_content_type() != "text/plain":
            return ""
        line, *_ = response.read(MOST_REFUSAL_BYTES).decode(errors="replace").splitlines() or [""]
        return f": {line}" if line.isprintable() and line else ""

    def _make_error(self, message: str) -> EndpointError:
        """Return the error of the endpoint with a message."""
        return EndpointError(self._endpoint, message, self._request.role)
