"""Every address and method honours an exclusion, as the graph without the source, or refuses."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from flask import Flask
from pyoxigraph import parse

from bench.client import FORM, QUERY, UPDATE, Client
from bench.endpoint import Endpoint
from graph.answering.format import GRAPHS
from graph.snapshot import Snapshot
from server.app import BLUEPRINTS, add_assets
from server.exclusion import EXCLUSION_PARAMETERS, HONOURING, MOST_EXCLUDED
from server.page.api import read_base
from server.parameters import MOST_PARAMETERS

ARTICLE = "inp-wealthpk-2026-04-29"
S08 = f"https://w3id.org/cpec-graph/id/{ARTICLE}/s08"
WRITTEN = "https://w3id.org/cpec-graph/id/written"
BROWSER = "text/html,*/*;q=0.8"
AREAS = """SELECT ?area ?g {
  id:Pakistan cpec:cooperatesIn ?area GRAPH ?g { ?s ?p ?area } } ORDER BY ?area ?g"""
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"


@dataclass(frozen=True)
class Asked:
    """A request to a route; `form` is the body, with the exclusion in it, else in the address."""

    method: str
    rule: str
    path: str
    body: str = ""
    kind: str = ""
    accept: str = "*/*"


def asking(rule: str, method: str = "POST") -> list[Asked]:
    """Return the ways of sending a query to an endpoint with a body."""
    form = urlencode({"query": AREAS, "format": "csv"})
    return [
        Asked(method, rule, rule, form, FORM),
        Asked(method, rule, f"{rule}?format=csv", AREAS, QUERY),
        Asked(method, rule, rule, urlencode({"query": AREAS, "cite": "true"}), FORM, "text/csv"),
    ]


def getting(rule: str, *paths: str, accept: str = "*/*") -> list[Asked]:
    """Return a GET and a HEAD of each path of a route."""
    return [Asked(how, rule, path, accept=accept) for path in paths for how in ("GET", "HEAD")]


AREAS_QUERY = urlencode({"query": AREAS})
COUNT_QUERY = urlencode({"query": COUNT})
NAMED_QUERY = urlencode({"queries": '{"q": {"query": "artificial falconry"}}'})
CHECKED_TEXT = "Pakistan cooperates with China. The HEC is tasked in artificial intelligence."
CHECKED = urlencode({"text": CHECKED_TEXT})
STATEMENT = "s=Pakistan&p=cooperatesWith&o=China"

HONOURS = [
    *getting("/sparql", *(f"/sparql?{AREAS_QUERY}&format={form}" for form in ("csv", "xml"))),
    *getting("/sparql", f"/sparql?{COUNT_QUERY}&format=csv", f"/sparql?{AREAS_QUERY}&cite=true"),
    *getting("/sparql", f"/sparql?{AREAS_QUERY}", accept=BROWSER),
    *getting("/query", f"/query?{AREAS_QUERY}&format=csv"),
    *asking("/sparql"),
    *asking("/query"),
    *asking("/sparql", "QUERY"),
    *asking("/query", "QUERY"),
    Asked("POST", "/sparql", "/sparql", urlencode({"query": AREAS}), FORM, BROWSER),
    *getting("/api/queries/<name>", "/api/queries/cooperation-areas?format=csv&cite=true"),
    *getting("/cite", f"/cite?{AREAS_QUERY}", "/cite?question=cooperation-areas", "/cite?id=HEC"),
    *getting("/cite", f"/cite?{STATEMENT}"),
    *getting("/explain", f"/explain?{STATEMENT}&format=json", f"/explain?{STATEMENT}&format=ttl"),
    *getting("/explain", f"/explain?{STATEMENT}", accept=BROWSER),
    *getting("/id/<path:name>", "/id/Pakistan"),
    *getting("/id/<path:name>", "/id/Pakistan", accept=BROWSER),
    *getting("/data/<path:file>", *(f"/data/Pakistan.{form}" for form in ("nq", "jsonld", "csv"))),
    *getting("/data/<path:file>", "/data/AI_Framework.ttl"),
    *getting("/graph/<path:name>", "/graph/inferred", "/graph/evidence", "/graph/editorial"),
    *getting(
        "/search",
        "/search?q=artificial&format=json",
        "/search?q=artificial+intelligence+framework&format=json",
    ),
    *getting("/sources", "/sources?format=json"),
    *getting("/reconcile", f"/reconcile?{NAMED_QUERY}"),
    Asked("POST", "/reconcile", "/reconcile", NAMED_QUERY, FORM),
    *getting("/reconcile/suggest/<kind>", "/reconcile/suggest/entity?prefix=artificial"),
    *getting("/reconcile/properties", "/reconcile/properties?type=Country"),
    *getting("/reconcile/preview", "/reconcile/preview?id=HEC"),
    *getting("/check", "/check", accept=BROWSER),
    Asked("POST", "/check", "/check", CHECKED, FORM, BROWSER),
    Asked("POST", "/api/check", "/api/check", CHECKED, FORM),
    Asked("POST", "/api/check", "/api/check", CHECKED_TEXT, "text/plain"),
    *getting("/", "/", accept=BROWSER),
    *getting("/things/", "/things/", accept=BROWSER),
    *getting("/articles/", "/articles/", accept=BROWSER),
    *getting("/promises", "/promises", accept=BROWSER),
    *getting("/page/<path:name>", "/page/Pakistan", "/page/China", accept=BROWSER),
    *getting("/questions/<name>", "/questions/cooperation-areas", accept=BROWSER),
    *getting("/explore", "/explore", accept=BROWSER),
    *getting("/timeline", "/timeline", accept=BROWSER),
    *getting("/questions/", "/questions/", accept=BROWSER),
    *getting("/sparql", "/sparql", accept=BROWSER),
]
UPDATING = urlencode({"update": "DROP GRAPH <x:none>"})
REFUSES = [
    *getting("/sparql", "/sparql"),
    *getting("/query", "/query"),
    Asked("POST", "/sparql", "/sparql", UPDATING, FORM),
    Asked("POST", "/sparql", "/sparql", "DROP ALL", UPDATE),
    Asked("POST", "/update", "/update", UPDATING, FORM),
    Asked("POST", "/update", "/update", "DROP ALL", UPDATE),
    *getting("/store", "/store?default", "/store?graph=x:g"),
    *getting("/store/<path:name>", "/store/g"),
    *(
        Asked(method, rule, path, "<x:a> <x:b> 1 .", "text/turtle")
        for rule, path in (("/store", "/store?graph=x:g"), ("/store/<path:name>", "/store/g"))
        for method in ("PUT", "POST", "DELETE")
    ),
    *getting("/writes/<path:key>", "/writes/a-key"),
    *getting("/.well-known/void", "/.well-known/void"),
    *getting("/feed", "/feed", "/feed?after=", "/feed?format=atom"),
    *getting("/feed/<version>", "/feed/none"),
    *getting("/feed/questions/<name>", "/feed/questions/gaps"),
    *getting("/data/dumps/<name>", "/data/dumps/cpec-graph.nq"),
    *getting("/data/dumps/<version>/<name>", "/data/dumps/0123456789abcdef/cpec-graph.nq"),
    *getting("/graph/<path:name>", "/graph/dataset"),
    *getting("/cite", "/cite"),
    *getting("/", "/", accept="text/turtle"),
    *getting("/questions/<name>", "/questions/aims", accept="text/turtle"),
    *(
        asked
        for path in (
            *("/dataset", "/ontology", "/context.jsonld", "/openapi.json", "/api", "/robots.txt"),
            *("/llms.txt", "/opensearch.xml"),
            *("/about", "/.well-known/security.txt"),
            *("/sitemap.xml", "/health", "/ready", "/metrics", "/api/queries/"),
        )
        for asked in getting(path, path)
    ),
    *getting("/ontology.<suffix>", "/ontology.ttl"),
    *getting("/ontology/<version>", "/ontology/0.1.0"),
    *getting("/<name>.schema.json", "/citations.schema.json"),
    *getting("/sitemap-<int:part>.xml", "/sitemap-1.xml"),
    *getting("/static/<path:name>", "/static/site.css"),
]


def send(client: Client, asked: Asked, *exclusions: tuple[str, str]) -> Any:
    """Return the answer to a request with exclusions, in its form if it has one."""
    added, path, body = urlencode(exclusions), asked.path, asked.body
    if asked.kind == FORM:
        body = "&".join(filter(None, (body, added)))
    elif added:
        path += f"{'&' if '?' in path else '?'}{added}"
    headers = {"Accept": asked.accept, **({"Content_Type": asked.kind} if asked.kind else {})}
    return client.send(asked.method, path, body or None, **headers)


def test_the_table_has_every_address_and_method_of_the_server() -> None:
    app = Flask(__name__, static_folder=None)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    add_assets(app)
    routes = {
        (rule.rule, method)
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
        if method != "OPTIONS"
    }
    assert {(asked.rule, asked.method) for asked in (*HONOURS, *REFUSES)} == routes
    assert {asked.rule for asked in HONOURS} == HONOURING


def test_the_openapi_document_has_the_parameters_where_they_are_honoured() -> None:
    for path, item in read_base()["paths"].items():
        rule = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule): rule for rule in HONOURING}.get(path)
        for method in item.keys() & {"get", "put", "post", "delete"}:
            names = {
                own.get("$ref", own.get("name")).rpartition("/")[2]
                for own in item[method].get("parameters", ())
            }
            forms = json.dumps(item[method].get("requestBody", {}))
            honours = {*EXCLUSION_PARAMETERS} <= names or "QueryForm" in forms
            assert honours == (rule is not None), (path, method)


class Words(HTMLParser):
    """The words of a page, without its words on excluded sources and its own address."""

    OWN = frozenset(
        {"struck", "fell", "act", "buttons", "cite", "screen", "none", "hidden", "unstruck"}
    )
    VOID = frozenset({"br", "input", "meta", "link", "img", "hr"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.left_out: list[bool] = []
        self.words: list[str] = []
        self.feed(page.partition("<main")[2].partition("</main>")[0])

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Enter an element, which is left out with its parent."""
        classes = (dict(attributes).get("class") or "").split()
        if tag not in self.VOID:
            left_out = bool(self.OWN.intersection(classes))
            self.left_out.append(left_out or (bool(self.left_out) and self.left_out[-1]))

    def handle_endtag(self, tag: str) -> None:
        """Leave an element."""
        if self.left_out and tag not in self.VOID:
            self.left_out.pop()

    def handle_data(self, data: str) -> None:
        """Keep a text."""
        if not (self.left_out and self.left_out[-1]):
            self.words += data.split()


FELL = re.compile(r"\d+ statements? fell, [^.]*\.|; \d+ fell, for no other source holds (it|them)")


def read_content(asked: Asked, reply: Any) -> Any:
    """Return the content of an answer, without the version, the host and the excluded sources."""
    if reply.status in {301, 303}:
        return reply.status, urlsplit(reply.headers["Location"]).path
    assert reply.status == 200, (asked, reply.text)
    if asked.method == "HEAD":
        content: Any = reply.type
    elif asked.accept == BROWSER or asked.rule == "/reconcile/preview":
        content = sorted(FELL.sub("", " ".join(Words(reply.text).words)).split())
    elif asked.rule == "/cite":
        content = {name: reply.json.get(name) for name in ("sha256", "rows", "sources")}
    elif asked.rule == "/search":  # a page keeps the strike
        content = {
            name: [own | {"page": urlsplit(own["page"]).path} for own in reply.json[name]]
            for name in ("matches", "passages")
        }
    elif "json" in reply.type:
        content = reply.json
    elif form := next((form for form in GRAPHS.values() if form.media_type == reply.type), None):
        content = {str(quad) for quad in parse(reply.body, form.reader)}
    else:
        content = sorted(reply.text.splitlines())
    return content


STATES = f"""INSERT DATA {{ GRAPH <{WRITTEN}> {{
  id:Pakistan cpec:partyTo id:AI_Framework , id:Falconry . id:Falconry a cpec:Undertaking ;
    rdfs:label "artificial falconry"@en ; cpec:date "2026-05"^^xsd:gYearMonth .
  id:AI_Framework cpec:hasJointParty id:Pakistan , id:China ; cpec:concernsArea id:Falconry_Area .
  id:HEC rdfs:label "Artificial Commission"@en . id:Pakistan cpec:cooperatesWith id:China }}
  GRAPH graph:evidence {{ <{WRITTEN}> dcterms:title "A written source"@en .
    <{WRITTEN}#1> a rdf:Statement ; oa:hasSource <{WRITTEN}> ; rdf:subject id:Pakistan ;
      rdf:predicate cpec:cooperatesWith ; rdf:object id:China }} }}"""
LATER = f"""INSERT DATA {{ GRAPH graph:editorial {{ id:Falconry_Area a cpec:PolicyArea ;
    rdfs:label "artificial intelligence of falcons"@en . id:Falconry rdfs:label "falconry"@en }}
  GRAPH <https://w3id.org/cpec-graph/graph/links/falcons> {{ id:Falconry owl:sameAs <x:falconry> }}
  GRAPH graph:evidence {{ <{WRITTEN}> dcterms:date "2026-06-01"^^xsd:date }} }}"""
FORGETS_NAMES = """DROP GRAPH <https://w3id.org/cpec-graph/graph/links/falcons> ;
  DELETE { GRAPH graph:editorial { ?s ?p ?o } }
  WHERE { GRAPH graph:editorial { ?s ?p ?o FILTER (?s IN (id:Falconry, id:Falconry_Area)) } }"""
FORGETS = """DROP SILENT GRAPH <{0}> ; DELETE {{ GRAPH graph:evidence {{ ?s ?p ?o }} }} WHERE {{
  GRAPH graph:evidence {{ ?s ?p ?o FILTER (?s = <{0}> || STRSTARTS(STR(?s), "{0}#")) }} }}"""


@pytest.mark.long
def test_a_struck_source_is_the_graph_without_it_at_every_address(
    snapshot: Snapshot, tmp_path: Path
) -> None:
    options = ("--out", str(snapshot.path.parent), "--processes", "1")
    with Endpoint.writable(tmp_path, *options) as endpoint:
        writer = endpoint.writer
        complete = [read_content(asked, send(writer, asked)) for asked in HONOURS]
        without_sentence = [
            read_content(asked, send(writer, asked, ("without", S08))) for asked in HONOURS
        ]
        assert writer.update(STATES).status == 200
        longer = [read_content(asked, send(writer, asked)) for asked in HONOURS]
        without_graph = [
            read_content(asked, send(writer, asked, ("without", WRITTEN))) for asked in HONOURS
        ]
        assert writer.update(LATER).status == 200
        before_graph = [
            read_content(asked, send(writer, asked, ("asOf", "2026-05-31"))) for asked in HONOURS
        ]
        assert writer.update(FORGETS.format(WRITTEN)).status == 200
        assert writer.update(FORGETS_NAMES).status == 200
        assert writer.update(FORGETS.format(S08)).status == 200
        shorter = [read_content(asked, send(writer, asked)) for asked in HONOURS]
    for asked, before, excluded in zip(HONOURS, complete, without_graph, strict=True):
        assert excluded == before, asked
    for asked, before, dated in zip(HONOURS, complete, before_graph, strict=True):
        assert dated == before, asked
    for asked, after, excluded in zip(HONOURS, shorter, without_sentence, strict=True):
        assert excluded == after, asked
    for asked, *answers in zip(HONOURS, complete, longer, shorter, strict=True):
        is_same = asked.path in {"/questions/", "/sparql", "/check"}
        is_same |= asked.path.startswith(("/id/", "/reconcile/properties"))
        if asked.method == "GET" and not is_same:
            assert answers[1:] != [answers[0]] * 2, asked


@pytest.mark.parametrize(
    ("parameter", "value"), [("without", ARTICLE), ("only", ARTICLE), ("asOf", "2021-07-12")]
)
def test_other_addresses_refuse_a_strike_by_its_name(
    editor: Client, parameter: str, value: str
) -> None:
    for asked in REFUSES:
        reply = send(editor, asked, (parameter, value))
        assert reply.status == 400, (asked, reply.status, reply.text)
        assert asked.method == "HEAD" or parameter in unescape(reply.text), asked


@pytest.mark.parametrize("name", [f"{ARTICLE}/s80", ""])
def test_an_unknown_name_is_the_clients_fault_at_every_address(client: Client, name: str) -> None:
    for asked in HONOURS:
        if asked.method != "HEAD":
            reply = send(client, asked, ("without", name))
            assert reply.status == 400, (asked, reply.status)
            assert ("is no source" if name else "ithout= is empty") in reply.text


@pytest.mark.parametrize(
    ("day", "fault"),
    [
        ("2021-02-30", "sOf: '2021-02-30' is no day: write one that exists as YYYY-MM-DD"),
        ("12 July 2021", "sOf: '12 July 2021' is no day"),
        ("2999-01-01", "sOf: 2999-01-01 is still to come"),
        ("", "sOf= is empty: name a day"),
    ],
)
def test_a_day_that_has_not_been_is_the_clients_fault(client: Client, day: str, fault: str) -> None:
    for asked in HONOURS:
        if asked.method != "HEAD":
            reply = send(client, asked, ("asOf", day))
            assert (reply.status, fault in unescape(reply.text)) == (400, True), asked
    two = client.get(f"/sparql?{AREAS_QUERY}&asOf=2021-07-12&asOf=2021-07-13")
    assert (two.status, "asOf is one day, not 2" in two.text) == (400, True)


def test_as_of_a_day_before_every_source_each_address_answers(client: Client) -> None:
    for asked in HONOURS:
        reply = send(client, asked, ("asOf", "1999-12-31"))
        assert reply.status < 500, (asked, reply.text)
        assert asked.rule == "/sparql" or "inp-wealthpk" not in reply.text.lower(), asked
    empty = client.get(f"/sparql?{AREAS_QUERY}&asOf=1999-12-31&cite=true").json["empty"]["words"]
    assert empty.startswith("up to 31 December 1999 no source says"), empty


def test_the_names_of_a_request_are_bounded_and_counted(client: Client) -> None:
    for number, fault in (
        (MOST_EXCLUDED + 1, f"name {MOST_EXCLUDED} sources at most, not {MOST_EXCLUDED + 1}"),
        (10_000, f"{MOST_PARAMETERS} parameters at most"),
    ):
        exclusions = urlencode([("query", AREAS), *[("without", S08)] * number])
        reply = client.send("POST", "/sparql", exclusions, Content_Type=FORM, Accept="text/csv")
        assert (reply.status, fault in reply.text) == (400, True)
    exclusions = urlencode([("query", AREAS), *[("without", S08)] * MOST_EXCLUDED])
    reply = client.send("POST", "/sparql", exclusions, Content_Type=FORM, Accept="text/csv")
    assert reply.body == client.query(AREAS, "text/csv", without=S08).body
    service = client.get("/sparql", Accept="text/turtle").text
    assert f'"excluded_sources" ; schema:value {MOST_EXCLUDED}' in " ".join(service.split())


def test_a_name_of_a_parameter_may_be_escaped(client: Client) -> None:
    form = urlencode({"query": AREAS, "format": "csv"}) + f"&%77ithout={ARTICLE}/s08"
    posted = client.send("POST", "/sparql", form, Content_Type=FORM, Accept="*/*")
    assert client.get(f"/sparql?{form}").body == posted.body
    assert posted.body == client.query(AREAS, "text/csv", without=S08).body


def test_a_redirect_and_the_links_of_a_page_keep_the_strike(client: Client) -> None:
    exclusion = f"without={S08.replace(':', '%3A').replace('/', '%2F')}"
    assert (
        client.get(f"/id/HEC?{exclusion}")
        .headers["Location"]
        .endswith(f"/data/HEC.ttl?{exclusion}")
    )
    for path in ("/id/HEC", "/page/HEC"):
        place = client.get(f"{path}?{exclusion}", Accept="application/ld+json").headers["Location"]
        assert place.endswith(f"/data/HEC.jsonld?{exclusion}")
    page = client.get(f"/page/HEC?{exclusion}", Accept=BROWSER)
    assert f'href="/data/HEC.csv?{exclusion}"' in page.text
    assert all(
        exclusion in link for link in page.headers.get_all("Link", []) if "alternate" in link
    )
    question = client.get(f"/questions/aims?{exclusion}", Accept=BROWSER).text
    assert f'name="without" value="{S08}"' in question
    assert re.search(f'href="/sparql\\?query=[^"]+&amp;{exclusion}"', question)
    answer = client.get(f"/sparql?{AREAS_QUERY}&{exclusion}", Accept=BROWSER).text
    assert f'name="without" value="{S08}"' in answer


def test_a_graph_that_was_written_stands_among_the_sources(editor: Client) -> None:
    text = "INSERT DATA { GRAPH <x:g> { id:HEC cpec:partOf id:Pakistan } }"
    assert editor.update(text).status == 200
    (listed,) = (
        source
        for source in editor.get("/sources?format=json&part=99").json["sources"]  # the last part
        if source["kind"] == "graph"
    )
    assert (listed["iri"], listed["statements"], listed["lost"]) == ("x:g", 1, 1)
    page = editor.get("/sources?without=x:g", Accept=BROWSER).text
    assert "1 statement fell" in page
    assert editor.update("DROP GRAPH <x:g>").status == 200
