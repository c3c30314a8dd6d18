"""Well-formed requests for methods, types and paths that do not exist, and with wrong tokens."""

from typing import Final

from bench.client import FORM
from bench.endpoint import TOKEN
from tests.server.abuse.case import (
    ANY,
    MALFORMED,
    METHOD,
    MISSING,
    OK,
    TYPE,
    UNACCEPTABLE,
    UNAUTHORISED,
    UNPROCESSABLE,
    Case,
    bearer,
    form,
    http,
    query,
    update,
)

ASK: Final = "/sparql?query=ASK%7B%7D"
QUERY_TYPE: Final = {"Content-Type": "application/sparql-query"}
UPDATE_TYPE: Final = {"Content-Type": "application/sparql-update"}
TURTLE: Final = {"Content-Type": "text/turtle"}
CLEAR: Final = "CLEAR ALL"
TRIPLE: Final = "<http://e/s> <http://e/p> <http://e/o> ."
AIM: Final = """INSERT DATA { GRAPH <http://e/g> {
  id:Pakistan cpec:cooperatesIn id:Robotics {| cpec:modality cpec:Aim |} } }"""
AXIOM: Final = """INSERT DATA { GRAPH graph:ontology {
  cpec:intendsCooperationIn rdfs:subPropertyOf cpec:cooperatesIn } }"""
NO_FILE: Final = (b"root:x:", b"[project]", b"import ")

METHODS: Final[tuple[Case, ...]] = (
    http("PUT to the endpoint", "PUT", "/sparql", METHOD, body="x"),
    http("DELETE of the endpoint", "DELETE", "/sparql", METHOD),
    http("PATCH of the endpoint", "PATCH", "/sparql", METHOD, body="x"),
    http("a method that nobody knows", "EAT", "/sparql", METHOD),
    http("PROPFIND", "PROPFIND", "/store", METHOD),
    http("POST to a page", "POST", "/page/Pakistan", frozenset({404, 405}), body="x"),
    http("PUT to an entity", "PUT", "/id/Pakistan", METHOD, body="x", fields=bearer()),
    http("DELETE of an entity", "DELETE", "/id/Pakistan", METHOD, fields=bearer()),
    http("POST to the metrics", "POST", "/metrics", METHOD, body="x"),
    http("GET of an update", "GET", "/sparql?update=CLEAR%20ALL", MALFORMED),
    http("GET of /update", "GET", "/update?update=CLEAR%20ALL", METHOD),
    http("HEAD of an update", "HEAD", "/sparql?update=CLEAR%20ALL", MALFORMED),
    http("two queries", "GET", ASK + "&query=ASK%7B%7D", MALFORMED),
    form("a query and an update", [("query", "ASK {}"), ("update", CLEAR)], MALFORMED),
    http("a body and an address", "POST", ASK, MALFORMED, fields=QUERY_TYPE, body="ASK {}"),
    http("an empty query", "GET", "/sparql?query=", MALFORMED),
    http("a query of blanks", "POST", "/sparql", MALFORMED, fields=QUERY_TYPE, body=" \n" * 9999),
    http("an update as a query", "POST", "/sparql", MALFORMED, fields=QUERY_TYPE, body=CLEAR),
    http("a query as an update", "POST", "/update", MALFORMED,
         fields={**UPDATE_TYPE, **bearer()}, body="ASK {}"),
    http("the dataset of an update for a query", "GET", ASK + "&using-graph-uri=http://e/g",
         MALFORMED),
    http("a relative graph", "GET", ASK + "&default-graph-uri=../../etc/passwd", MALFORMED),
    http("a format that is none", "GET", ASK + "&format=../../etc/passwd", MALFORMED),
)  # fmt: skip

TYPES: Final[tuple[Case, ...]] = (
    http("a type that is none", "POST", "/sparql", TYPE, fields={"Content-Type": "x"}, body="x"),
    http("no type", "POST", "/sparql", TYPE, body="ASK {}"),
    http("a type of 30 kB", "POST", "/sparql", TYPE,
         fields={"Content-Type": "text/" + "x" * 30_000}, body="x"),
    http("a multipart query", "POST", "/sparql", TYPE,
         fields={"Content-Type": "multipart/form-data; boundary=x"},
         body='--x\r\nContent-Disposition: form-data; name="query"\r\n\r\nASK {}\r\n--x--\r\n'),
    http("a query in JSON", "POST", "/sparql", TYPE,
         fields={"Content-Type": "application/json"}, body='{"query": "ASK {}"}'),
    http("a query in UTF-16", "POST", "/sparql", frozenset({400, 415}),
         fields={"Content-Type": "application/sparql-query; charset=utf-16"},
         body="ASK {}".encode("utf-16")),
    http("a charset that is none", "POST", "/sparql", frozenset({400, 415}),
         fields={"Content-Type": "application/sparql-query; charset=../../x"}, body="ASK {}"),
    http("a query that is not UTF-8", "POST", "/sparql", MALFORMED, fields=QUERY_TYPE,
         body=b"ASK { \xff\xfe }"),
    http("a query with a surrogate", "POST", "/sparql", MALFORMED, fields=QUERY_TYPE,
         body=b"ASK { ?s ?p '\xed\xa0\x80' }"),
    http("a form that is not UTF-8", "POST", "/sparql", MALFORMED,
         fields={"Content-Type": FORM}, body="query=ASK%7B%7D%ff"),
    http("a form of percent signs", "POST", "/sparql", MALFORMED,
         fields={"Content-Type": FORM}, body="query=%%%%" * 1000),
    http("a form of ten thousand fields", "POST", "/sparql", frozenset({200, 400, 413}),
         fields={"Content-Type": FORM}, body="query=ASK%7B%7D" + "&a=b" * 10_000),
    http("an encoded query", "POST", "/sparql", TYPE,
         fields={**QUERY_TYPE, "Content-Encoding": "gzip"}, body=b"\x1f\x8b\x08" + b"\0" * 100),
    http("an Accept of ten thousand", "GET", ASK,
         fields={"Accept": ",".join(f"a/b{n}" for n in range(5000))}, allowed=frozenset(
             {400, 406, 431})),
    http("an Accept of q beyond all", "GET", ASK, frozenset({200, 400, 406}),
         fields={"Accept": "text/csv;q=1e999, */*;q=-1, application/json;q=NaN"}),
    http("an Accept of quotes", "GET", ASK, frozenset({200, 400, 406}),
         fields={"Accept": 'text/"csv\\";;;==,,,/;q="'}),
    http("an Accept of nothing offered", "GET", ASK, UNACCEPTABLE, fields={"Accept": "image/png"}),
    http("a language of nothing", "GET", "/sparql", fields={"Accept-Language": "x-" * 9000}),
)  # fmt: skip

TOKENS: Final[tuple[Case, ...]] = (
    http("an update without a token", "POST", "/update", UNAUTHORISED, fields=UPDATE_TYPE,
         body=CLEAR),
    http("an update at /sparql without a token", "POST", "/sparql", UNAUTHORISED,
         fields=UPDATE_TYPE, body=CLEAR),
    form("an update in a form without a token", [("update", CLEAR)], UNAUTHORISED),
    http("PUT without a token", "PUT", "/store?default", UNAUTHORISED, fields=TURTLE, body=TRIPLE),
    http("POST without a token", "POST", "/store?default", UNAUTHORISED, fields=TURTLE,
         body=TRIPLE),
    http("DELETE without a token", "DELETE", "/store?default", UNAUTHORISED),
    http("a length of 100 GB without a token", "PUT", "/store?default",
         frozenset({401, 413}), fields={**TURTLE, "Content-Length": "107374182400"}, body=""),
    http("a wrong token", "POST", "/update", UNAUTHORISED,
         fields={**UPDATE_TYPE, "Authorization": "Bearer " + "x" * 42}, body=CLEAR),
    http("an empty token", "POST", "/update", UNAUTHORISED,
         fields={**UPDATE_TYPE, "Authorization": "Bearer "}, body=CLEAR),
    http("the token less a character", "POST", "/update", UNAUTHORISED,
         fields={**UPDATE_TYPE, "Authorization": f"Bearer {TOKEN[:-1]}"}, body=CLEAR),
    http("the token twice", "POST", "/update", UNAUTHORISED,
         fields={**UPDATE_TYPE, "Authorization": f"Bearer {TOKEN}, Bearer {TOKEN}"}, body=CLEAR),
    http("the token as a password", "POST", "/update", UNAUTHORISED,
         fields={**UPDATE_TYPE, "Authorization": f"Basic {TOKEN}"}, body=CLEAR),
    http("the token in the address", "POST", f"/update?access_token={TOKEN}", UNAUTHORISED,
         fields=UPDATE_TYPE, body=CLEAR),
    http("the token in a cookie", "POST", "/update", UNAUTHORISED,
         fields={**UPDATE_TYPE, "Cookie": f"token={TOKEN}"}, body=CLEAR),
    http("a token of 30 kB", "POST", "/update", UNAUTHORISED,
         fields={**UPDATE_TYPE, "Authorization": "Bearer " + "x" * 30_000}, body=CLEAR),
    http("a token beyond ASCII", "POST", "/update", UNAUTHORISED,
         fields={**UPDATE_TYPE, "Authorization": "Bearer ключ\u00ff"}, body=CLEAR),
    http("a token of another length of bytes", "POST", "/update", UNAUTHORISED,
         fields={**UPDATE_TYPE, "Authorization": "Bearer\t\u00e9" * 10}, body=CLEAR),
)  # fmt: skip

PATHS: Final[tuple[Case, ...]] = tuple(
    http(f"the path {target}", "GET", target, frozenset({301, 303, 308, 400, 404}), never=NO_FILE)
    for target in (
        "/../../../../etc/passwd",
        "/data/../../../../etc/passwd",
        "/data/..%2f..%2f..%2f..%2fetc%2fpasswd",
        "/data/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/data/....//....//etc/passwd.ttl",
        "/data/..%252f..%252fetc%252fpasswd.ttl",
        "/data/..%5c..%5cwindows%5cwin.ini",
        "/data//etc/passwd.ttl",
        "/page/../../../pyproject.toml",
        "/page/..%2f..%2f..%2fpyproject.toml",
        "/page/%c0%ae%c0%ae/%c0%ae%c0%ae/etc/passwd",
        "/page/x%00.html",
        "/static/../app.py",
        "/static/..%2fapp.py",
        "/static/%2fetc%2fpasswd",
        "/download/..%2f..%2f..%2fgraph.nq",
        "/dumps/..%2f..%2fcurrent%2fmanifest.json",
        "/questions/..%2f..%2fgraph%2fdata%2fentities.ttl",
        "/api/queries/..%2f..%2f..%2fetc%2fpasswd",
        "//etc/passwd",
        "/.git/config",
        "/.env",
        "/id/../../sparql",
    )
)

SEARCH: Final[tuple[Case, ...]] = (
    http("an entity of nothing", "GET", "/id/", frozenset({404, 400, 308})),
    http("a stranger's graph", "GET", "/store?graph=file:///etc/passwd", MISSING, never=NO_FILE),
    http("a relative graph in the store", "GET", "/store?graph=../x", MALFORMED),
    http("two graphs in the store", "GET", "/store?graph=http://e/a&graph=http://e/b", MALFORMED),
    http("no graph in the store", "GET", "/store", MALFORMED),
    http("a graph and the default", "GET", "/store?default&graph=http://e/a", MALFORMED),
    http("a graph with a space", "GET", "/store?graph=http://e/%20%3Cx%3E", MALFORMED),
    http("a graph of line ends", "PUT", "/store?graph=http://e/%0d%0aSet-Cookie:%20a=b",
         MALFORMED, fields={**TURTLE, **bearer()}, body=TRIPLE, never=(b"\r\nSet-Cookie",)),
    http("an explanation of nothing", "GET", "/explain?s=%00&p=%ff&o=", frozenset({400, 404})),
    http("a reconciliation of braces", "POST", "/reconcile", frozenset({400, 404, 405}),
         fields={"Content-Type": FORM}, body="queries=" + "%7B%22a%22:" * 3000),
    http("a question with a wrong parameter", "GET", "/api/queries/about?entity=%27%3B%20DROP",
         frozenset({400, 404})),
    http("a question with NUL", "GET", "/api/queries/about?entity=%00", frozenset({400, 404})),
    http("a question that is a query", "GET", "/api/queries/SELECT%20*%20%7B%7D", MISSING),
    http("HEAD of a heavy query", "HEAD",

                 "/sparql?query=SELECT%20*%20%7B%3Fa%20%3Fb%20%3Fc.%3Fd%20%3Fe%20%3Ff.%3Fg%20%3Fh%20%3Fi%7D",
         frozenset({413, 503, 504})),
    query("script in a query that fails", "<script>alert(1)</script>",
          frozenset({400, 406}), accept="text/html", never=(b"<script>alert",)),
    http("script in a path", "GET", "/%3Cscript%3Ealert(1)%3C/script%3E", MISSING,
         fields={"Accept": "text/html"}, never=(b"<script>alert",)),
    http("script in a page's name", "GET", "/page/%3Cscript%3Ealert(1)%3C%2Fscript%3E", MISSING,
         fields={"Accept": "text/html"}, never=(b"<script>alert",)),
    http("script in a format", "GET", ASK + "&format=%3Cscript%3Ealert(1)%3C/script%3E", MALFORMED,
         fields={"Accept": "text/html"}, never=(b"<script>alert",)),
    http("a function of JSONP", "GET", ASK + "&callback=alert(1)", OK, never=(b"alert(1)",)),
    http("another's origin", "GET", ASK, OK, fields={"Origin": "https://evil.example"},
         never=(b"evil.example",)),
    http("a redirect elsewhere", "GET", "/id/Pakistan?next=//evil.example", ANY,
         fields={"Accept": "text/turtle"}, never=(b"Location: //evil",)),
)  # fmt: skip

UPDATES: Final[tuple[Case, ...]] = (
    update("an aim that would be a deed", AIM, UNPROCESSABLE),
    update("an axiom by which it would be one", AXIOM, UNPROCESSABLE),
    update("an update that is none", "DROP TABLE students; --", MALFORMED),
    update("an update cut short", "INSERT DATA { <http://e/s> <http://e/p>", MALFORMED),
    update("an update of a variable", "INSERT DATA { ?s ?p ?o }", MALFORMED),
    update("a relative graph in an update", "CLEAR GRAPH <../x>", ANY),
    update("a graph that is not there", "CLEAR GRAPH <x:never>", frozenset({200, 400, 404, 409})),
    update("an update that fails in its middle",
           "INSERT DATA { <http://e/half> <http://e/p> 1 } ; CREATE GRAPH <http://e/a> ; "
           "CREATE GRAPH <http://e/a> ; DROP GRAPH <http://e/never-there>",
           frozenset({400, 404, 409})),
)  # fmt: skip

MISUSES: Final = (*METHODS, *TYPES, *TOKENS, *PATHS, *SEARCH, *UPDATES)
