"""The relay: one query asked of another endpoint over HTTP, bounded in time and bytes.

SPARQL 1.1 Protocol, section 2.1.2. No redirect is followed and no proxy of the environment used:
what is called is the address that the operator gave. http.client bounds each step and not their
sum, and nothing bounds the look-up of a name, so a thread of its own is waited for.
"""

from __future__ import annotations

import socket
from contextlib import closing, suppress
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


def ask(endpoint: str, address: str, text: str, seconds: float, most: int) -> bytes:
    """Return what an endpoint answers to a SELECT, as results JSON that nobody has read yet.

    It is asked at an address that no error tells. Raises EndpointError, EndpointDeadlineError past
    so many seconds, and EndpointLimitError where the answer has more bytes than `most`.
    """
    asking = RemoteRequest(endpoint, address, text, seconds, most)
    thread = Thread(target=asking.run, name="SERVICE", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        asking.give_up()
        raise EndpointDeadlineError(endpoint, seconds)
    if asking.body is None:
        raise asking.error
    return asking.body


def reason(error: Exception) -> str:
    """Return what was wrong with a connection, without the address that a message of TLS has."""
    said = getattr(error, "reason" if isinstance(error, SSLError) else "strerror", None)
    return said or type(error).__name__


class RemoteRequest:
    """One request under way; `body` or `error` is what came of it."""

    def __init__(self, endpoint: str, address: str, text: str, seconds: float, most: int) -> None:
        self.body: bytes | None = None
        self.error = EndpointError(endpoint, "was not asked to the end")
        self._endpoint = endpoint
        self._text = text
        self._seconds = seconds
        self._most = most
        self._sock: socket.socket | None = None
        parts = urlsplit(address)
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
            self.error = EndpointDeadlineError(self._endpoint, self._seconds)
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
        """Return the body of a complete answer of 200."""
        body = urlencode({"query": self._text}, errors="replace")
        self._connection.connect()
        self._sock = self._connection.sock
        self._connection.request("POST", self._target, body, FIELDS)
        with closing(self._connection.getresponse()) as response:
            self._require_results(response)
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

    def _require_results(self, response: HTTPResponse) -> None:
        """Raise EndpointError unless an answer says that it is what was asked for."""
        status, kind = response.status, response.headers.get_content_type()
        if 300 <= status < 400:
            raise self._failed(f"answered a redirect ({status}), which is not followed")
        if status != 200:
            raise self._failed(f"answered with the status {status}")
        if kind not in TYPES:
            raise self._failed(f"answered {kind} where {RESULTS} was asked for")
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise self._failed("answered in an encoding that was not asked for")

    def _failed(self, message: str) -> EndpointError:
        """Return the error that tells what the endpoint did."""
        return EndpointError(self._endpoint, message)
