"""The relay: one request to another endpoint over HTTP, bounded in time and bytes.

No redirect is followed and no proxy of the environment used:
what is called is the address that the operator gave. http.client bounds each step and not their
sum, and nothing bounds the look-up of a name, so a thread of its own is waited for.
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
KEPT: Final = "!$&'()*+,/:;=?@%~"
"""The characters of an IRI, beside letters and digits, that its URI has as they are."""

CHUNK: Final = 1 << 16

SERVICE: Final = "SERVICE"
SAID: Final = 200
"""The bytes of a refusal that are told, where they are told."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent to an address that no error tells, and the media types that an answer may have.

    Without any, all that counts is that it succeeds. `role` is the part that the endpoint has in
    messages. A SERVICE is of strangers, whose reason for a refusal is not told.
    """

    address: str
    body: str | bytes | None
    fields: Mapping[str, str] = field(default_factory=lambda: FIELDS)
    types: frozenset[str] = frozenset()
    method: str = "POST"
    role: str = SERVICE


def ask(endpoint: str, address: str, text: str, seconds: float, most: int) -> bytes:
    """Return what an endpoint answers to a SELECT, as results JSON that nobody has read yet.

    SPARQL 1.1 Protocol, section 2.1.2. Raises what `send` does.
    """
    body = urlencode({"query": text}, errors="replace")
    return send(Request(address, body, types=TYPES), endpoint, seconds, most)


def send(request: Request, endpoint: str, seconds: float, most: int) -> bytes:
    """Return the body of the answer to a request.

    Raises EndpointError, EndpointDeadlineError past so many seconds, and EndpointLimitError where
    the answer has more bytes than `most`.
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


def reason(error: Exception) -> str:
    """Return what was wrong with a connection, without the address that a message of TLS has."""
    said = getattr(error, "reason" if isinstance(error, SSLError) else "strerror", None)
    return said or (str(error) if type(error) is HTTPException else "") or type(error).__name__


class RemoteRequest:
    """One request under way; `body` or `error` is what came of it."""

    def __init__(self, request: Request, endpoint: str, seconds: float, most: int) -> None:
        self.body: bytes | None = None
        self._request = request
        self._endpoint = endpoint
        self.error = self._failed("was not asked to the end")
        self._seconds = seconds
        self._most = most
        self._sock: socket.socket | None = None
        parts = urlsplit(request.address)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._connection = kind(parts.hostname or "", parts.port, timeout=seconds)
        query = f"?{parts.query}" if parts.query else ""
        self._target = quote((parts.path or "/") + query, safe=KEPT)

    def run(self) -> None:
        """Ask, and keep the answer or what was wrong."""
        try:
            self.body = self._answer()
        except EndpointError as error:
            self.error = error
        except TimeoutError:
            self.error = EndpointDeadlineError(self._endpoint, self._seconds, self._request.role)
        except (OSError, HTTPException, ValueError) as error:
            self.error = self._failed(f"could not be asked: {reason(error)}")
        finally:
            self._connection.close()

    def give_up(self) -> None:
        """Have whoever waits for the endpoint wait no longer."""
        if self._sock is not None:
            with suppress(OSError):
                self._sock.shutdown(socket.SHUT_RDWR)

    def _answer(self) -> bytes:
        """Return the body of a complete answer."""
        request = self._request
        self._connection.connect()
        self._sock = self._connection.sock
        self._connection.request(request.method, self._target, request.body, dict(request.fields))
        with closing(self._connection.getresponse()) as response:
            self._require_answer(response)
            return self._read(response)

    def _read(self, response: HTTPResponse) -> bytes:
        """Return all of a body; raises EndpointError where it is too long or cut."""
        data = bytearray()
        while chunk := response.read(CHUNK):
            data += chunk
            if len(data) > self._most:
                raise EndpointLimitError(self._endpoint, "bytes of a SERVICE", self._most)
        if response.length:
            raise self._failed(f"closed {response.length} bytes before the end of its answer")
        return bytes(data)

    def _require_answer(self, response: HTTPResponse) -> None:
        """Raise EndpointError unless an answer says that it is what was asked for."""
        status, kind = response.status, response.headers.get_content_type()
        types = self._request.types
        if status == 404 and self._request.method == "DELETE":
            return  # it is not there, as was asked
        if 300 <= status < 400:
            raise self._failed(f"answered a redirect ({status}), which is not followed")
        if status != 200 and (types or not 200 <= status < 300):
            raise self._failed(f"answered with the status {status}{self._said(response)}")
        if types and kind not in types:
            asked = self._request.fields["Accept"]
            raise self._failed(f"answered {kind} where {asked} was asked for")
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise self._failed("answered in an encoding that was not asked for")

    def _said(self, response: HTTPResponse) -> str:
        """Return the first line of a refusal in plain text, "" where it is not to be told."""
        if self._request.role == SERVICE or response.headers.get_content_type() != "text/plain":
            return ""
        line, *_ = response.read(SAID).decode(errors="replace").splitlines() or [""]
        return f": {line}" if line.isprintable() and line else ""

    def _failed(self, message: str) -> EndpointError:
        """Return the error that tells what the endpoint did."""
        return EndpointError(self._endpoint, message, self._request.role)
