"""RDF documents that would crash a parser, unfold without end, or fetch other documents."""

import gzip
import zlib
from typing import Final

from tests.server.abuse.case import ANY, MALFORMED, TYPE, UNAUTHORISED, Case, bearer, document, http
from tests.server.abuse.outgoing import KEPT

TURTLE: Final = "text/turtle"
XML: Final = "application/rdf+xml"
JSON: Final = "application/ld+json"
TRIG: Final = "application/trig"
LINES: Final = "application/n-triples"
DEEP: Final = 100_000
REFUSED: Final = frozenset({400, 403, 413})
READ: Final = frozenset({200, 201, 204, 400, 413, 503, 504})
"""Taken or refused, but complete either way."""

RDF: Final = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/">{}</rdf:RDF>'
HEAD: Final = '<?xml version="1.0"?>\n'


def doctype(declaration: str, content: str) -> str:
    """Return an RDF/XML document with a document type."""
    node = f'<rdf:Description rdf:about="http://e/s"><e:p>{content}</e:p></rdf:Description>'
    return f"{HEAD}<!DOCTYPE x [{declaration}]>{RDF.format(node)}"


def laughs() -> str:
    """Return the billion laughs."""
    entities = '<!ENTITY l0 "lol">' + "".join(
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10)
    )
    return doctype(entities, "&l9;")


def nest_nodes(depth: int) -> str:
    """Return RDF/XML whose nodes are nested so deep."""
    return RDF.format(
        "<rdf:Description><e:p>" * depth + "<rdf:Description/>" + "</e:p></rdf:Description>" * depth
    )


XML_DOCUMENTS: Final[tuple[Case, ...]] = (
    document("an entity of a file", XML, doctype('<!ENTITY x SYSTEM "file://@FILE@">', "&x;"),
             REFUSED, never=KEPT),
    document("an entity of the trap", XML, doctype('<!ENTITY x SYSTEM "http://@TRAP@/">', "&x;"),
             REFUSED),
    document("a parameter entity", XML, doctype('<!ENTITY % x SYSTEM "http://@TRAP@/"> %x;', ""),
             REFUSED),
    document("a document type elsewhere", XML,
             HEAD + '<!DOCTYPE x SYSTEM "http://@TRAP@/x.dtd">' + RDF.format(""), REFUSED),
    document("a billion laughs", XML, laughs, REFUSED),
    document("a quadratic blow-up", XML,
             lambda: doctype(f'<!ENTITY x "{"y" * 50_000}">', "&x;" * 50_000), REFUSED),
    document("an entity of itself", XML, doctype('<!ENTITY x "&y;"><!ENTITY y "&x;">', "&x;"),
             REFUSED),
    document("an inclusion", XML, RDF.format(
             '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" parse="text" '
             'href="file://@FILE@"/>'), READ, never=KEPT),
    document("a style sheet elsewhere", XML,
             HEAD + '<?xml-stylesheet href="http://@TRAP@/x.xsl"?>' + RDF.format(""), READ),
    document("nodes nested in XML", XML, lambda: nest_nodes(DEEP), REFUSED | {503, 504}),
    document("nodes nested in XML, 500 deep", XML, lambda: nest_nodes(500), READ),
    document("elements that never close", XML, lambda: "<a>" * DEEP, REFUSED),
    document("100,000 attributes", XML, lambda: RDF.format(
        "<rdf:Description " + " ".join(f'e:a{n}="x"' for n in range(DEEP)) + "/>"), READ),
    document("namespaces that shadow", XML, lambda: "".join(
        f'<a{n} xmlns:n{n}="http://e/{n}">' for n in range(5000)), REFUSED),
    document("XML in UTF-7", XML, '<?xml version="1.0" encoding="UTF-7"?>+ADw-rdf:RDF+AD4-',
             REFUSED),
    document("XML of NUL", XML, b"\0" * 100_000, REFUSED),
    document("a literal of XML", XML, RDF.format(
        '<rdf:Description><e:p rdf:parseType="Literal">' + "<a>" * 3000 + "</a>" * 3000
        + "</e:p></rdf:Description>"), READ),
)  # fmt: skip

JSON_DOCUMENTS: Final[tuple[Case, ...]] = (
    document("a context elsewhere", JSON, '{"@context": "http://@TRAP@/c.jsonld", "@id": "x:s"}',
             REFUSED),
    document("a context of a file", JSON, '{"@context": "file://@FILE@", "x:p": 1}', REFUSED,
             never=KEPT),
    document("a list of contexts", JSON, '{"@context": [{"a": "x:a"}, "http://@TRAP@/"], "a": 1}',
             REFUSED),
    document("an imported context", JSON,
             '{"@context": {"@version": 1.1, "@import": "http://@TRAP@/"}, "x:p": 1}', REFUSED),
    document("a scoped context", JSON,
             '{"@context": {"a": {"@id": "x:a", "@context": "http://@TRAP@/"}}, "a": {"x:b": 1}}',
             REFUSED),
    document("a context of itself", JSON, '{"@context": {"a": "b:x", "b": "a:x"}, "a": 1}', READ),
    document("nested arrays", JSON, lambda: "[" * DEEP + "]" * DEEP, REFUSED | {503}),
    document("nested objects", JSON, lambda: '{"x:p":' * DEEP + "1" + "}" * DEEP, REFUSED | {503}),
    document("nested objects, 1,000 deep", JSON, lambda: '{"x:p":' * 1000 + "1" + "}" * 1000,
             READ | {503}),
    document("nested lists", JSON,
             lambda: '{"x:p":{"@list":[' * 2000 + "1" + "]}}" * 2000, READ | {503}),
    document("nested graphs", JSON, lambda: '{"@graph":' * 2000 + "[]" + "}" * 2000, READ | {503}),
    document("nested contexts", JSON, lambda: '{"@context":' * 5000 + "{}" + "}" * 5000,
             READ | {503}),
    document("arrays that never close", JSON, lambda: "[" * DEEP, REFUSED | {503}),
    document("JSON of numbers beyond all", JSON,
             '{"x:p": [1e999, -1e999, 99999999999999999999999999999999, 0.' + "1" * 9999 + "]}",
             READ),
    document("100,000 keys", JSON,
             lambda: "{" + ",".join(f'"x:{n}": 1' for n in range(DEEP)) + "}", READ),
    document("the same key 100,000 times", JSON,
             lambda: "{" + ",".join(['"@id": "x:s"'] * DEEP) + "}", READ),
    document("lone surrogates", JSON, '{"@id": "x:s", "x:p": "\\ud800", "x:\\udfff": 1}', READ),
    document("a header's context", "application/ld+json; profile=\"http://@TRAP@/\"", "{}", READ),
    document("no JSON", JSON, "{{{{", REFUSED),
)  # fmt: skip

TURTLE_DOCUMENTS: Final[tuple[Case, ...]] = (
    document("nested blank nodes in Turtle", TURTLE,
             lambda: "<x:s> <x:p> " + "[ <x:p> " * DEEP + "1" + "]" * DEEP + " .", READ),
    document("nested collections in Turtle", TURTLE,
             lambda: "<x:s> <x:p> " + "(" * DEEP + ")" * DEEP + " .", READ),
    document("blank nodes that never close", TURTLE, lambda: "<x:s> <x:p> " + "[ <x:p> " * DEEP,
             REFUSED | {503}),
    document("nested quoted triples in Turtle", TURTLE,
             lambda: "<< " * DEEP + "<x:s> <x:p> <x:o>" + " >> <x:p> <x:o>" * DEEP + " .", READ),
    document("nested triple terms in Turtle", TURTLE,
             lambda: "<x:s> <x:p> " + "<<( <x:s> <x:p> " * 20_000 + "1" + " )>>" * 20_000 + " .",
             READ),
    document("nested triple terms in N-Triples", LINES,
             lambda: "<x:s> <x:p> " + "<<( <x:s> <x:p> " * 20_000 + '"1"' + " )>>" * 20_000 + " .",
             READ),
    document("nested graphs in TriG", TRIG, lambda: "<x:g> { " * DEEP, REFUSED),
    document("nested annotations in Turtle", TURTLE,
             lambda: "<x:s> <x:p> 1 " + "{| <x:p> 1 " * 20_000 + "|}" * 20_000 + " .", READ),
    document("Turtle that includes", TURTLE, "@import <http://@TRAP@/> . <x:s> <x:p> 1 .",
             MALFORMED),
    document("a base that is elsewhere", TURTLE, "@base <http://@TRAP@/> . <a> <b> <c> .", READ),
    document("100,000 prefixes", TURTLE,
             lambda: "".join(f"@prefix p{n}: <x:{n}> .\n" for n in range(DEEP)), READ),
    document("100,000 objects", TURTLE,
             lambda: "<x:s> <x:p> " + ",".join(map(str, range(DEEP))) + " .", READ),
    document("a literal of 20 MB", TURTLE, lambda: f'<x:s> <x:p> "{"y" * 20_000_000}" .',
             READ),
    document("an IRI of 5 MB", LINES, lambda: f"<x:{'y' * 5_000_000}> <x:p> <x:o> .", READ),
    document("a literal that never ends", TURTLE, lambda: '<x:s> <x:p> """' + '"' * DEEP, REFUSED),
    document("an escape that is none", LINES, '<x:s> <x:p> "\\uD800\\U00110000\\q" .', MALFORMED),
    document("an IRI of script", TURTLE,
             '<javascript:alert(1)> <x:p> "<script>alert(1)</script>" .',
             READ),
    document("Turtle that is not UTF-8", TURTLE, b"<x:s> <x:p> '\xff\xfe\xed\xa0\x80' .", REFUSED),
    document("Turtle in UTF-16", TURTLE, "<x:s> <x:p> 1 .".encode("utf-16"), REFUSED),
    document("a mark, then Turtle", TURTLE, b"\xef\xbb\xbf<x:s> <x:p> 1 .", READ),
    document("Turtle of NUL", TURTLE, b"<x:s> <x:p> '\0' .\0", READ),
    document("a type that the body is not", TURTLE, RDF.format(""), REFUSED),
)  # fmt: skip

BOMB: Final = gzip.compress(b" " * 10_000_000)


def encode_content(name: str, coding: str, body: bytes) -> Case:
    """Return a document with a content coding."""
    fields = {"Content-Type": TURTLE, "Content-Encoding": coding, **bearer()}
    return http(name, "POST", "/store?graph=http://e/x", TYPE, fields=fields, body=body)


PARTS: Final = '--x\r\nContent-Disposition: form-data; name="f"; filename="../../x.ttl"\r\n'
MULTIPART: Final = {"Content-Type": "multipart/form-data; boundary=x", **bearer()}

CODED: Final[tuple[Case, ...]] = (
    encode_content("a body in gzip", "gzip", BOMB),
    encode_content("a body in gzip in gzip", "gzip, gzip", gzip.compress(BOMB)),
    encode_content("a body in deflate", "deflate", zlib.compress(b" " * 10_000_000)),
    encode_content("a body in brotli", "br", b"\x0b\x02\x80" * 30),
    encode_content("a body in zstd", "zstd", b"\x28\xb5\x2f\xfd" * 30),
    encode_content("a body in nothing known", "x-tar; q=1", b"x"),
    encode_content("a body in GZIP", " GZip ", BOMB),
    http("a gzip bomb without a token", "POST", "/store?default", UNAUTHORISED,
         fields={"Content-Type": TURTLE, "Content-Encoding": "gzip"}, body=BOMB),
    http("parts without an end", "POST", "/store?default", REFUSED | TYPE, fields=MULTIPART,
         body=PARTS),
    http("ten thousand parts", "POST", "/store?graph=http://e/parts", ANY, fields=MULTIPART,
         body=lambda: (PARTS + "Content-Type: text/turtle\r\n\r\n\r\n") * 10_000 + "--x--\r\n"),
    http("a part with headers of 5 MB", "POST", "/store?default", ANY, fields=MULTIPART,
         body=lambda: PARTS + "X: " + "y" * 5_000_000 + "\r\n\r\n--x--\r\n"),
    http("a boundary of 10 kB", "POST", "/store?default", REFUSED | TYPE, fields={
        "Content-Type": "multipart/form-data; boundary=" + "x" * 10_000, **bearer()}, body="x"),
    http("no boundary", "POST", "/store?default", REFUSED | TYPE, fields={
        "Content-Type": "multipart/form-data", **bearer()}, body="x"),
    http("a document without a type", "POST", "/store?graph=http://e/x", REFUSED | TYPE,
         fields=bearer(), body="<x:s> <x:p> 1 ."),
    http("a document of a picture", "POST", "/store?graph=http://e/x", TYPE,
         fields={"Content-Type": "image/png", **bearer()}, body=b"\x89PNG"),
)  # fmt: skip

DOCUMENTS: Final = (*XML_DOCUMENTS, *JSON_DOCUMENTS, *TURTLE_DOCUMENTS, *CODED)
