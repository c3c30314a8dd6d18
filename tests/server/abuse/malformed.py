"""Requests that are no HTTP, or HTTP that contradicts itself (RFC 9110, RFC 9112)."""

from typing import Final

from bench.endpoint import TOKEN
from tests.server.abuse.case import ANY, HEADERS, MALFORMED, TOO_LARGE, Case, http, raw

ASK: Final = "/sparql?query=ASK%7B%7D"
HOST: Final = b"Host: localhost\r\n"
CLOSE: Final = b"Connection: close\r\n"
POST: Final = (
    b"POST /sparql HTTP/1.1\r\n" + HOST + CLOSE + b"Content-Type: application/sparql-query\r\n"
)
GET: Final = f"GET {ASK} HTTP/1.1\r\n".encode()
SMUGGLED: Final = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"

NOT_HTTP: Final[tuple[Case, ...]] = (
    raw("nothing at all, then the end", b"", half_close=True),
    raw("an empty line", b"\r\n\r\n", half_close=True),
    raw("noise", bytes(range(256)) * 8, half_close=True),
    raw("NUL bytes", b"\0" * 4096, half_close=True),
    raw("a TLS hello", bytes.fromhex("16030100a5010000a10303") + b"\x7f" * 160, half_close=True),
    raw("the preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    raw("an SSH banner", b"SSH-2.0-OpenSSH_9.9\r\n", half_close=True),
    raw("an SMTP greeting", b"EHLO example.org\r\nMAIL FROM:<a@example.org>\r\n", half_close=True),
    raw("a bare GET", b"GET\r\n\r\n"),
    raw("HTTP/0.9", b"GET /health\r\n\r\n"),
    raw("a version that is none", b"GET /health HTTP/9.9\r\n" + HOST + CLOSE + b"\r\n"),
    raw("a version of letters", b"GET /health HTTP/one\r\n" + HOST + CLOSE + b"\r\n"),
    raw("three spaces in the request line", b"GET  /health   HTTP/1.1\r\n" + HOST + b"\r\n"),
    raw(
        "line ends without a return",
        GET.replace(b"\r", b"") + b"Host: x\nConnection: close\n\n",
        half_close=True,
    ),
    raw("returns without a line end", b"GET /health HTTP/1.1\rHost: x\r\r", half_close=True),
    raw("a header without a colon", GET + HOST + CLOSE + b"nonsense\r\n\r\n"),
    raw("a header without a name", GET + HOST + CLOSE + b": nonsense\r\n\r\n"),
    raw("a space before the colon", GET + HOST + CLOSE + b"Accept : */*\r\n\r\n"),
    raw("a space in a header's name", GET + HOST + CLOSE + b"Ac cept: */*\r\n\r\n"),
    raw("a folded header", GET + HOST + CLOSE + b"Accept: text/csv,\r\n  */*\r\n\r\n"),
    raw("a folded first header", GET + b" folded: x\r\n" + HOST + CLOSE + b"\r\n"),
    raw("NUL in a header", GET + HOST + CLOSE + b"Accept: */*\0\r\n\r\n"),
    raw("a bare return in a header", GET + HOST + CLOSE + b"Accept: */*\rX: y\r\n\r\n"),
    raw("a bell and an escape in a header", GET + HOST + CLOSE + b"Accept: \x07\x1b[2J\r\n\r\n"),
    raw("bytes beyond ASCII in a header", GET + HOST + CLOSE + b"Accept: \xff\xfe\xc3\x28\r\n\r\n"),
    raw("NUL in the path", b"GET /id/\0 HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n"),
    raw(
        "control characters in the path", b"GET /id/\x01\x1b HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n"
    ),
    raw(
        "bytes beyond ASCII in the path", b"GET /id/\xff\xfe HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n"
    ),
    raw("a method of lower case", b"get /health HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n"),
    raw("a method of signs", b"G%T /health HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n"),
    raw("a method of 64 KiB", b"G" * 65536 + b" /health HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n"),
    raw("no Host", GET + CLOSE + b"\r\n"),
    raw("two Hosts", GET + HOST + b"Host: example.org\r\n" + CLOSE + b"\r\n"),
    raw("an empty Host", GET + b"Host:\r\n" + CLOSE + b"\r\n"),
    raw("a request line that never ends", b"GET /" + b"a" * 400_000, half_close=True),
    raw("a header that never ends", GET + HOST + b"X: " + b"a" * 400_000, half_close=True),
    raw("ten thousand headers", GET + HOST + CLOSE + b"X: y\r\n" * 10_000 + b"\r\n"),
    raw("a header of a megabyte", GET + HOST + CLOSE + b"X: " + b"y" * (1 << 20) + b"\r\n\r\n"),
)


def frame(
    name: str,
    fields: bytes,
    body: bytes = b"",
    allowed: frozenset[int] = ANY,
    *,
    half_close: bool = False,
) -> Case:
    """Return a post whose framing is stated by hand."""
    return raw(name, POST + fields + b"\r\n" + body, allowed, half_close=half_close)


FRAMING: Final[tuple[Case, ...]] = (
    frame("two lengths that differ", b"Content-Length: 6\r\nContent-Length: 60\r\n", b"ASK {}"),
    frame("two lengths in one header", b"Content-Length: 6, 60\r\n", b"ASK {}"),
    frame("a length twice", b"Content-Length: 6\r\nContent-Length: 6\r\n", b"ASK {}"),
    frame("a length with a plus", b"Content-Length: +6\r\n", b"ASK {}"),
    frame("a negative length", b"Content-Length: -1\r\n", b"ASK {}"),
    frame("a length of hexadecimal", b"Content-Length: 0x6\r\n", b"ASK {}"),
    frame("a length with an underscore", b"Content-Length: 1_0\r\n", b"ASK {}    "),
    frame("a length of other digits", "Content-Length: ٦\r\n".encode(), b"ASK {}"),
    frame("a length of words", b"Content-Length: six\r\n", b"ASK {}"),
    frame("an empty length", b"Content-Length: \r\n", b"ASK {}"),
    frame("a length of thirty digits", b"Content-Length: " + b"9" * 30 + b"\r\n", b"ASK {}"),
    frame("a length of five thousand digits", b"Content-Length: " + b"9" * 5000 + b"\r\n"),
    frame("a length beyond every limit", b"Content-Length: 99999999999\r\n", allowed=TOO_LARGE),
    frame("a length, and no body", b"Content-Length: 100\r\n", half_close=True),
    frame("a body cut in the middle", b"Content-Length: 100\r\n", b"ASK {", half_close=True),
    frame("no length and no body", b"", half_close=True),
    frame(
        "a length and chunks",
        b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n",
        b"0\r\n\r\n" + SMUGGLED,
    ),
    frame(
        "chunks and a length",
        b"Transfer-Encoding: chunked\r\nContent-Length: 200\r\n",
        b"6\r\nASK {}\r\n0\r\n\r\n" + SMUGGLED,
    ),
    frame("a coding that hides", b"Transfer-Encoding: xchunked\r\n", b"0\r\n\r\n" + SMUGGLED),
    frame(
        "a coding behind a tab",
        b"Content-Length: 6\r\nTransfer-Encoding:\tchunked\r\n",
        b"0\r\n\r\n" + SMUGGLED,
    ),
    frame(
        "a coding behind a space",
        b"Content-Length: 6\r\nTransfer-Encoding : chunked\r\n",
        b"0\r\n\r\n" + SMUGGLED,
    ),
    frame(
        "chunked and identity",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        b"0\r\n\r\n" + SMUGGLED,
    ),
    frame("gzip, then chunked", b"Transfer-Encoding: gzip, chunked\r\n", b"0\r\n\r\n"),
    frame("chunked twice", b"Transfer-Encoding: chunked, chunked\r\n", b"0\r\n\r\n"),
    frame("a chunk of no size", b"Transfer-Encoding: chunked\r\n", b"zz\r\nASK {}\r\n0\r\n\r\n"),
    frame("a chunk below nothing", b"Transfer-Encoding: chunked\r\n",
           b"-6\r\nASK {}\r\n0\r\n\r\n"),
    frame(
        "a chunk of all memory",
        b"Transfer-Encoding: chunked\r\n",
        b"ffffffffffffffff\r\nASK {}",
        half_close=True,
    ),
    frame(
        "a chunk longer than it says",
        b"Transfer-Encoding: chunked\r\n",
        b"2\r\nASK {}\r\n0\r\n\r\n",
        half_close=True,
    ),
    frame(
        "a chunk extension of 200 kB",
        b"Transfer-Encoding: chunked\r\n",
        b"6;x=" + b"y" * 200_000 + b"\r\nASK {}\r\n0\r\n\r\n",
        half_close=True,
    ),
    frame(
        "trailers of 200 kB",
        b"Transfer-Encoding: chunked\r\n",
        b"6\r\nASK {}\r\n0\r\n" + b"X: y\r\n" * 33_000 + b"\r\n",
        half_close=True,
    ),
    frame(
        "ten thousand chunks of one byte",
        b"Transfer-Encoding: chunked\r\n",
        b"1\r\n \r\n" * 10_000 + b"6\r\nASK {}\r\n0\r\n\r\n",
    ),
    frame(
        "chunks beyond the limit of a query",
        b"Transfer-Encoding: chunked\r\n",
        b"10000\r\n" + b" " * 65536 + b"\r\n" + (b"10000\r\n" + b" " * 65536 + b"\r\n") * 20
        + b"6\r\nASK {}\r\n0\r\n\r\n",
        allowed=TOO_LARGE,
    ),
    Case(
        "chunks beyond the limit of a body",
        lambda _: (
            b"PUT /store?graph=http://example.org/large HTTP/1.1\r\n" + HOST + CLOSE
            + b"Content-Type: text/turtle\r\nTransfer-Encoding: chunked\r\n"
            + f"Authorization: Bearer {TOKEN}\r\n\r\n".encode()
            + (b"100000\r\n" + b" " * (1 << 20) + b"\r\n") * 66
            + b"0\r\n\r\n"
        ),
        TOO_LARGE,
        method="PUT",
    ),
)  # fmt: skip

HEADS: Final[tuple[Case, ...]] = (
    http("a Host that is markup", "GET", "/sparql", fields={"Host": '"><script>alert(1)</script>'},
         never=(b"<script>alert",)),
    http("a Host of a megabyte's kin", "GET", "/sparql", fields={"Host": "a" * 50_000}),
    http("a Host with a user", "GET", "/sparql", fields={"Host": "admin:admin@localhost"}),
    http("a Host with a path", "GET", "/id/Pakistan", fields={"Host": "evil.example/../.."}),
    http("a port beyond all", "GET", "/sparql", fields={"Host": "localhost:99999999"}),
    http("another's address", "GET", "http://@TRAP@/latest/meta-data/"),
    http("a tunnel to another", "CONNECT", "@TRAP@", fields={"Host": "@TRAP@"}),
    http("TRACE", "TRACE", "/sparql", fields={"Cookie": "secret"}, never=(b"secret",)),
    http("OPTIONS of everything", "OPTIONS", "*"),
    http("an upgrade to HTTP/2", "GET", ASK, fields={
        "Upgrade": "h2c", "HTTP2-Settings": "AAMAAABkAAQAAP__"}),
    http("an upgrade to a web socket", "GET", ASK, fields={
        "Upgrade": "websocket", "Sec-WebSocket-Key": "x" * 24}),
    http("an expectation of nothing known", "POST", "/sparql", fields={
        "Expect": "the-unexpected", "Content-Type": "application/sparql-query"}, body="ASK {}"),
    http("a hundred to continue", "POST", "/sparql", fields={
        "Expect": "100-continue", "Content-Type": "application/sparql-query"}, body="ASK {}"),
    http("a thousand ranges", "GET", ASK, fields={
        "Range": "bytes=" + ",".join(f"{n}-{n}" for n in range(1000))}),
    http("a range beyond the end", "GET", "/.well-known/void", fields={
        "Range": "bytes=99999999999999999999-"}),
    http("a thousand tags", "GET", ASK, fields={
        "If-None-Match": ",".join(f'"{n}"' for n in range(1000))}),
    http("a tag without quotes", "GET", ASK, fields={"If-None-Match": 'W/"\\"", *, "'}),
    http("a date that is none", "GET", ASK, fields={
        "If-Modified-Since": "Thu, 99 Foo 99999 99:99:99 GMT"}),
    http("a method in a header", "POST", "/update", fields={
        "X-HTTP-Method-Override": "GET", "Content-Type": "application/sparql-update"},
        body="CLEAR ALL", allowed=frozenset({401})),
    http("a client that is not there", "GET", ASK, fields={
        "X-Forwarded-For": "127.0.0.1, " * 500, "Forwarded": 'for="[::1]";proto=gopher'}),
    http("a cookie of 30 kB", "GET", ASK, fields={"Cookie": "a=b; " * 6000}),
    http("a query of 300 kB in the address", "GET", "/sparql?query=ASK%7B%7D%23" + "a" * 300_000,
         HEADERS),
    http("a path of 50 kB", "GET", "/id/" + "a" * 50_000, frozenset({400, 404, 414, 431})),
    http("a path of ten thousand folders", "GET", "/a" * 10_000,
         frozenset({400, 404, 414, 431})),
    http("a name of percent signs", "GET", "/id/%zz%%%2", frozenset({400, 404})),
    http("a name that is no UTF-8", "GET", "/id/%ff%fe%c0%af", frozenset({400, 404})),
    http("a name of surrogates", "GET", "/id/%ed%a0%80", frozenset({400, 404})),
    http("a name of NUL", "GET", "/id/%00", frozenset({400, 404})),
    http("a name of line ends", "GET", "/id/x%0d%0aSet-Cookie:%20a=b", frozenset({400, 404}),
         never=(b"\r\nSet-Cookie",)),
    http("a query that is no UTF-8", "GET", "/sparql?query=ASK%ff%fe", MALFORMED),
    http("ten thousand parameters", "GET", "/sparql?query=ASK%7B%7D" + "&a=b" * 10_000,
         frozenset({200, 400, 413, 414, 431})),
    http("a negative limit of everything", "GET", ASK + "&limit=-1&timeout=-1&deadline=1e999"),
    http("a hundred requests at once", "GET", ASK, ANY),
)  # fmt: skip


def pipeline_requests(_: object) -> bytes:
    """Return a hundred requests in one piece; the last one closes."""
    request = GET + HOST + b"\r\n"
    return request * 99 + GET + HOST + CLOSE + b"\r\n"


PIPELINE: Final = (
    Case("a pipeline of a hundred", pipeline_requests, ANY, replies=100),
    Case(
        "a HEAD that is refused",
        lambda _: b"HEAD /health HTTP/1.1\r\n" + HOST + b"X: \0\r\n\r\n",
        MALFORMED,
        method="HEAD",
    ),
)

MALFORMED_REQUESTS: Final = (*NOT_HTTP, *FRAMING, *HEADS[:-1], *PIPELINE)
