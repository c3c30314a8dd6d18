"""Strategies for requests: paths, parameters, headers, documents, and bytes gone wrong."""

import json
import re
import urllib.parse
from typing import Final

import yaml
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from bench.client import FORM
from bench.wire import request
from queries.catalogue import catalogue
from server.page.api import FILE
from tests.server.abuse.case import ANY, Case, bearer
from tests.server.fuzz.sparql import letters, mutate_text, names, queries, updates
from tests.server.fuzz.value import DATES, documents_of, values

METHODS: Final = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "QUERY", "TRACE",
                  "X")  # fmt: skip
COMMON_METHODS: Final = ("GET", "GET", "GET", "HEAD", "POST", "OPTIONS")
QUESTIONS: Final = tuple(sorted(catalogue()))
ROUTES: Final = (*yaml.safe_load(FILE.read_text("utf-8"))["paths"], "/static/site.css", "/static/x")
"""The paths of the interface; a name in braces stands for a part of a path."""

PARTS: Final = ("Pakistan", "Pakistan.ttl", "CPEC.jsonld", "inp-wealthpk-2026-04-29", "evidence",
                "inp-wealthpk-2026-04-29/s08", "entity", "property", "1", "000000001-00000000",
                "cpec-graph.nq", "cpec-graph-statements.csv", "ttl", "citations",
                *QUESTIONS)  # fmt: skip
"""Parts of paths that some route knows."""

PARAMETERS: Final = ("query", "update", "format", "default-graph-uri", "named-graph-uri", "graph",
                     "default", "using-graph-uri", "cite", "s", "p", "o", "timeout", "receipt",
                     "row", "question", "without", "only", "part", "kind", "around", "q", "after",
                     "offset", "names", "bom", "version", "since", "id", "prefix", "type", "v",
                     "queries", "extend", "modality",
                     *sorted({p.name for own in catalogue().values() for p in own.parameters}),
                     )  # fmt: skip
TYPES: Final = ("application/sparql-query", "application/sparql-update", FORM, "text/turtle",
                "application/ld+json", "application/rdf+xml", "application/trig", "text/plain",
                "application/n-quads", "multipart/form-data; boundary=x", "*/*", "text/html",
                "application/sparql-results+json", "text/csv", "application/json")  # fmt: skip
FIELDS: Final = ("Accept", "Content-Type", "If-None-Match", "If-Modified-Since", "Range", "Origin",
                 "Accept-Language", "Content-Encoding", "Authorization", "X-Forwarded-For",
                 "Cookie", "X-Request-Id", "Cache-Control", "Prefer", "If-Match", "If-Range",
                 "If-Unmodified-Since", "Date", "Referer", "TE", "Link", "Slug",
                 "X-Forwarded-Proto", "X-Forwarded-Host")  # fmt: skip
TEMPLATES: Final = ("{}", "bytes={}-{}", "bytes=-{}", 'W/"{}"', '"{}", "{}"', "{}/{}",
                    "text/{};q={}", "en;q={}", "Bearer {}", "max-age={}")  # fmt: skip
"""The forms of the values of headers, with places for hostile values."""

CONDITIONS: Final = ("If-Modified-Since", "If-Unmodified-Since", "If-Range", "Range", "If-Match",
                     "If-None-Match")  # fmt: skip
CACHED: Final = ("/static/site.css", "/data/dumps/cpec-graph-statements.csv", "/page/Pakistan",
                 "/sparql?query=ASK%7B%7D")  # fmt: skip
"""Paths whose answers a client may have already."""

MEMBERS: Final = ("query", "type", "limit", "properties", "pid", "v", "q0", "ids", "id",
                  "type_strict")  # fmt: skip
"""The members of a batch for /reconcile."""
RDF: Final = 'xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
DOCUMENTS: Final = (
    "<x:s> <x:p> 1 , 'a'@en , [ <x:q> ( 1 2 ) ] .",
    '{"@id": "x:s", "x:p": [1, {"@value": "a", "@language": "en"}, {"@list": [1]}]}',
    f'<r:RDF {RDF}><r:Description r:about="x:s"/></r:RDF>',
    "<x:g> { <x:s> <x:p> << <x:a> <x:b> <x:c> >> }",
    '--x\r\nContent-Disposition: form-data; name="a"\r\nContent-Type: text/turtle\r\n\r\n\r\n--x--',
)

visible = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"))
plain = values.filter(lambda text: text.isprintable() and text.isascii())
forms = st.builds(str.format, st.sampled_from(TEMPLATES), plain, plain)
header_values = st.one_of(
    st.sampled_from(TYPES), visible, letters.map(urllib.parse.quote), plain, forms,
    st.lists(st.sampled_from(TYPES), max_size=3).map(";q=0.5, ".join),
)  # fmt: skip
fields = st.dictionaries(st.sampled_from(FIELDS), header_values, max_size=3)
conditions = st.one_of(st.sampled_from(DATES), plain, forms)
segments = st.one_of(letters, names, values, st.sampled_from(("..", ".", "", "%00", "é", "x.ttl")))
parameters = st.lists(
    st.tuples(
        st.sampled_from(PARAMETERS), st.one_of(values, values, queries, st.just("http://e/g"))
    ),
    max_size=3,
).map(lambda pairs: urllib.parse.urlencode(pairs, errors="surrogatepass"))
documents = mutate_text(st.sampled_from(DOCUMENTS))


@st.composite
def targets(draw: st.DrawFn) -> str:
    """Draw a path with its query string; a text that is no UTF-8 is drawn too."""

    def fill(_: re.Match[str]) -> str:
        part = draw(st.one_of(st.sampled_from(PARTS), segments))
        return urllib.parse.quote(part, safe="%/.", errors="surrogatepass")

    path = re.sub(r"\{\w+\}", fill, draw(st.sampled_from(ROUTES)))
    if not draw(st.integers(0, 4)):
        path += "/" + fill(re.match("", ""))  # type: ignore[arg-type]
    encoded = draw(parameters)
    return f"{path}?{encoded}" if encoded else path


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
def draw_question(draw: st.DrawFn) -> Case:
    """Draw a question of the catalogue with values for its own parameters."""
    question = catalogue()[draw(st.sampled_from(QUESTIONS))]
    given = {own.name: draw(values) for own in question.parameters if draw(st.booleans())}
    path = draw(st.sampled_from(("/questions/", "/api/queries/"))) + question.name
    encoded = urllib.parse.urlencode(given, errors="surrogatepass")
    return case("GET", f"{path}?{encoded}&{draw(parameters)}", draw(fields), None)


@st.composite
def draw_condition(draw: st.DrawFn) -> Case:
    """Draw a GET with one or two fields that make it conditional, or ask for a range."""
    given = draw(st.dictionaries(st.sampled_from(CONDITIONS), conditions, min_size=1, max_size=2))
    return case(draw(st.sampled_from(("GET", "HEAD"))), draw(st.sampled_from(CACHED)), given, None)


@st.composite
def draw_batch(draw: st.DrawFn) -> Case:
    """Draw a batch of names for /reconcile, as a form with a text of JSON or nearly so."""
    record = st.dictionaries(st.sampled_from(MEMBERS), documents_of(MEMBERS), max_size=4)
    batches = st.one_of(st.dictionaries(letters, record, max_size=2), record, documents_of(MEMBERS))
    text = json.dumps(draw(batches))
    name = draw(st.sampled_from(("queries", "extend")))
    body = urllib.parse.urlencode({name: draw(mutate_text(st.just(text)))}, errors="surrogatepass")
    return case("POST", "/reconcile", {**draw(fields), "Content-Type": FORM}, body.encode())


@st.composite
def wandering(draw: st.DrawFn) -> Case:
    """Draw any method on any path with any headers."""
    body = draw(st.one_of(st.none(), st.binary(max_size=40), documents.map(str.encode)))
    method = draw(st.sampled_from((*COMMON_METHODS, *METHODS)))
    return case(method, draw(targets()), draw(fields), body)


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
    *(wandering(), wandering(), wandering(), draw_question(), draw_condition()),
    *(draw_broken(), draw_write(), draw_batch()),
)
