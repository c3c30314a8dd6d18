"""Strategies for requests: paths, parameters, headers, documents, and bytes gone wrong."""

from __future__ import annotations

import urllib.parse
from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from bench.client import FORM
from bench.wire import request
from tests.server.abuse.case import ANY, Case, bearer
from tests.server.fuzz.sparql import letters, mutate_text, names, queries, updates

METHODS: Final = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "QUERY", "TRACE", "X")
PATHS: Final = ("/", "/sparql", "/query", "/update", "/store", "/id/Pakistan", "/page/Pakistan",
                "/data/Pakistan.ttl", "/ontology", "/questions/about", "/api/queries/about",
                "/openapi.json", "/explain", "/cite", "/reconcile", "/.well-known/void", "/health",
                "/ready", "/metrics", "/robots.txt", "/sitemap.xml", "/static/x",
                "/sources", "/explore", "/search", "/page/inp-wealthpk-2026-04-29")  # fmt: skip
PARAMETERS: Final = ("query", "update", "format", "default-graph-uri", "named-graph-uri", "graph",
                     "default", "using-graph-uri", "cite", "s", "p", "o", "timeout", "receipt",
                     "row", "question", "without", "only", "part", "kind", "around",
                     "q")  # fmt: skip
TYPES: Final = ("application/sparql-query", "application/sparql-update", FORM, "text/turtle",
                "application/ld+json", "application/rdf+xml", "application/trig", "text/plain",
                "application/n-quads", "multipart/form-data; boundary=x", "*/*", "text/html",
                "application/sparql-results+json", "text/csv", "application/json")  # fmt: skip
FIELDS: Final = ("Accept", "Content-Type", "If-None-Match", "If-Modified-Since", "Range", "Origin",
                 "Accept-Language", "Content-Encoding", "Authorization", "X-Forwarded-For",
                 "Cookie", "X-Request-Id", "Cache-Control", "Prefer")  # fmt: skip
RDF: Final = 'xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
DOCUMENTS: Final = (
    "<x:s> <x:p> 1 , 'a'@en , [ <x:q> ( 1 2 ) ] .",
    '{"@id": "x:s", "x:p": [1, {"@value": "a", "@language": "en"}, {"@list": [1]}]}',
    f'<r:RDF {RDF}><r:Description r:about="x:s"/></r:RDF>',
    "<x:g> { <x:s> <x:p> << <x:a> <x:b> <x:c> >> }",
    '--x\r\nContent-Disposition: form-data; name="a"\r\nContent-Type: text/turtle\r\n\r\n\r\n--x--',
)

visible = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"))
values = st.one_of(st.sampled_from(TYPES), visible, letters.map(urllib.parse.quote),
                   st.lists(st.sampled_from(TYPES), max_size=3).map(";q=0.5, ".join))  # fmt: skip
fields = st.dictionaries(st.sampled_from(FIELDS), values, max_size=3)
segments = st.one_of(letters, names, st.sampled_from(("..", ".", "", "%00", "%2f", "é", "x.ttl")))
parameters = st.lists(
    st.tuples(st.sampled_from(PARAMETERS), st.one_of(letters, queries, st.just("http://e/g"))),
    max_size=3,
).map(urllib.parse.urlencode)
documents = mutate_text(st.sampled_from(DOCUMENTS))


@st.composite
def targets(draw: st.DrawFn) -> str:
    """Draw a path with its query string."""
    path = draw(st.sampled_from(PATHS))
    if draw(st.booleans()):
        path += "/" + urllib.parse.quote(draw(segments), safe="%/.")
    return path + draw(st.sampled_from(("", "?"))) + draw(parameters)


def latin(given: dict[str, str]) -> dict[str, str]:
    """Return headers without the characters that would end a line."""
    return {name: value.strip() for name, value in given.items()}


def case(method: str, target: str, given: dict[str, str], body: bytes | None) -> Case:
    """Return a request that may be answered in any lawful way."""
    sent = request(method, target, latin(given), body)
    return Case(f"{method} {target}", lambda _: sent, ANY, method=method)


@st.composite
def draw_query(draw: st.DrawFn) -> Case:
    """Draw a query, sent in one of the ways of the protocol."""
    text, given = draw(queries), draw(fields)
    way = draw(st.sampled_from(("GET", "FORM", "POST", "QUERY")))
    if way in {"GET", "FORM"}:
        encoded = urllib.parse.urlencode({"query": text}, errors="surrogatepass")
        if way == "GET":
            return case("GET", f"/sparql?{encoded}", given, None)
        return case("POST", "/sparql", {**given, "Content-Type": FORM}, encoded.encode())
    given["Content-Type"] = "application/sparql-query"
    return case(way, "/sparql", given, text.encode("utf-8", "surrogatepass"))


@st.composite
def draw_write(draw: st.DrawFn) -> Case:
    """Draw an update or a document, one in two with the token."""
    allowed = bearer() if draw(st.booleans()) else {}
    if draw(st.booleans()):
        text = draw(updates).encode("utf-8", "surrogatepass")
        return case("POST", "/update", {"Content-Type": TYPES[1], **allowed}, text)
    given = {"Content-Type": draw(st.sampled_from(TYPES)), **allowed}
    body = draw(documents).encode("utf-8", "surrogatepass")
    method = draw(st.sampled_from(("PUT", "POST", "DELETE")))
    return case(method, "/store?graph=http://e/fuzz", given, body)


@st.composite
def wandering(draw: st.DrawFn) -> Case:
    """Draw any method on any path with any headers."""
    body = draw(st.one_of(st.none(), st.binary(max_size=40), documents.map(str.encode)))
    return case(draw(st.sampled_from(METHODS)), draw(targets()), draw(fields), body)


@st.composite
def draw_broken(draw: st.DrawFn) -> Case:
    """Draw a request with some bytes removed, inserted or changed."""
    sent = bytearray(
        draw(st.one_of(draw_query(), wandering())).send({}).replace(b"HEAD ", b"GET ", 1)
    )
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, min(len(sent), 200)))
        sent[start : start + draw(st.integers(0, 3))] = draw(st.binary(max_size=3))
    data = bytes(sent)
    method = data.partition(b" ")[0].decode("latin-1")
    return Case("broken", lambda _: data, may_close=True, method=method, half_close=True, replies=9)


requests: SearchStrategy[Case] = st.one_of(
    *(draw_query(), draw_query(), draw_query()),
    *(wandering(), wandering()),
    *(draw_broken(), draw_write()),
)
