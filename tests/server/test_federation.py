"""SERVICE over HTTP: our own servers ask each other, and others that misbehave."""

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from pyoxigraph import NamedNode, RdfFormat, Store

from bench.client import Client
from bench.endpoint import tune
from bench.wire import Reply, talk
from graph.snapshot import Snapshot
from ontology.namespace import PREFIXES
from ontology.terms import SCHEMA
from tests.server.abuse.case import Case
from tests.server.abuse.outgoing import QUERIES, SECRET
from tests.server.abuse.trap import Trap
from tests.server.conftest import serving
from tests.server.service.elsewhere import Elsewhere, closed_address
from tests.waiting import PATIENCE, wait_until

pytestmark = pytest.mark.long

DEADLINE = 2
PATHS = (
    *("good", "redirect", "error", "page", "malformed", "boolean", "blank", "many", "cut", "large"),
    *("silent", "slow-head", "slow-body", "endless"),
)
NOWHERE = closed_address()
CITIES = """PREFIX : <http://x/> INSERT DATA {
    :Gwadar :in id:Pakistan ; :people 90762 . :Kashgar :in id:China ; :people 711300 .
    :Nowhere :in [] }"""


@pytest.fixture(scope="module")
def far(open_store: Client) -> str:
    """The address of a second server of ours, with data of its own."""
    assert open_store.update("DROP ALL").status == 200
    assert open_store.update(CITIES).status == 200
    return f"{open_store.address}/sparql"


@pytest.fixture(scope="module")
def near(
    snapshot: Snapshot, other: Elsewhere, far: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Client]:
    """A server of the shipped graph that may ask the others."""
    bad = [f"{other.address}/{path}" for path in PATHS]
    options = ["--out", str(snapshot.path.parent), "--deadline", str(DEADLINE)]
    options += ["--service-allow", far]
    allowed = " ".join((*bad, NOWHERE))
    options += [word for iri in allowed.split() for word in ("--service-allow", iri)]
    home, small = tmp_path_factory.mktemp("near"), tune(service={"rows": 100, "bytes": 65536})
    with serving(home, *options, command=small) as client:
        yield client


def rows(reply: Reply) -> list[dict[str, str]]:
    assert reply.status == 200, reply.text
    return [
        {name: term["value"] for name, term in row.items()}
        for row in reply.json["results"]["bindings"]
    ]


def asking(endpoint: str, silent: str = "") -> str:
    return f"SELECT ?s ?o {{ SERVICE {silent} <{endpoint}> {{ ?s ?p ?o }} }}"


def test_two_servers_are_joined(near: Client, far: str) -> None:
    text = f"""PREFIX : <http://x/> PREFIX far: <{far}>
        SELECT ?city ?people ?label {{
        ?land a cpec:Country ; rdfs:label ?label FILTER(LANG(?label) = "en")
        SERVICE far: {{ ?city :in ?land ; :people ?people }} }} ORDER BY ?people"""
    cities = rows(near.query(text))
    assert [row["city"] for row in cities] == ["http://x/Gwadar", "http://x/Kashgar"]
    assert [row["people"] for row in cities] == ["90762", "711300"]
    assert cities[0]["label"].endswith("Pakistan")


@pytest.mark.parametrize("method", ["form", "text"])
def test_each_way_to_send_a_query_can_ask(method: str, near: Client, far: str) -> None:
    text = f"ASK {{ SERVICE <{far}> {{ ?city <http://x/people> 90762 }} }}"
    kinds = {"form": "application/x-www-form-urlencoded", "text": "application/sparql-query"}
    body = f"query={text}" if method == "form" else text
    reply = near.send("POST", "/query", body, Content_Type=kinds[method])
    assert reply.json["boolean"] is True


def test_an_empty_answer_beside_a_service_has_a_reason(near: Client, far: str) -> None:
    service = f"SERVICE <{far}> {{ ?city <http://x/people> 1 }}"
    alone = near.query(f"SELECT * {{ {service} }}", cite="true").json["empty"]
    assert "this part was not looked at: SERVICE" in alone["undetermined"]
    beside = near.query(f"SELECT * {{ {service} ?city cpec:cooperateIn ?a }}", cite="true")
    assert [cause["kind"] for cause in beside.json["empty"]["causes"]] == ["unknown"]


def test_a_graph_is_made_of_what_came(near: Client, far: str) -> None:
    text = f"""PREFIX : <http://x/> CONSTRUCT {{ ?land :has [ :people ?people ] }}
        {{ SERVICE <{far}> {{ ?city :in ?land ; :people ?people }} }}"""
    store = Store()
    store.load(near.query(text, "text/turtle").body, RdfFormat.TURTLE)
    assert len(store) == 4


def test_only_what_values_name_is_asked_for(near: Client, other: Elsewhere) -> None:
    text = f"""SELECT ?o {{ VALUES ?s {{ id:China <http://x/b> }}
        SERVICE <{other.address}/good> {{ ?s ?p ?o }} }}"""
    assert rows(near.query(text)) == [{"o": "China elsewhere"}]
    assert f"VALUES (?s) {{ (<{PREFIXES['id']}China>) (<http://x/b>) }}" in other.asked[-1][2]


def test_an_endpoint_is_asked_about_what_is_linked_to_it(near: Client, other: Elsewhere) -> None:
    wikidata = "http://www.wikidata.org/entity/"
    links = f"""?thing owl:sameAs|skos:exactMatch ?same
        FILTER(STRSTARTS(STR(?same), "{wikidata}"))"""
    expected = {row["same"] for row in rows(near.query(f"SELECT ?same {{ {links} }}"))}
    service = f"SERVICE <{other.address}/good> {{ ?same ?p ?o }}"
    assert near.query(f"SELECT * {{ {links} OPTIONAL {{ {service} }} }}").status == 200
    assert set(re.findall(f"[(]<({wikidata}.*?)>[)]", other.asked[-1][2])) == expected
    assert len(expected) == 5


def test_what_was_asked_elsewhere_is_never_kept(near: Client, far: str) -> None:
    text = asking(far).replace("?o }", "?o FILTER(!isBlank(?o)) }")
    for _ in range(2):
        reply = near.query(text)
        assert reply.status == 200
        assert "ETag" not in reply.headers
        assert reply.headers["Cache-Control"] == "no-store"
        assert "engine" in reply.headers["Server-Timing"]
    again = near.get(f"/sparql?{urlencode({'query': text})}", If_None_Match="*")
    assert again.status == 200


def test_rows_beside_a_service_are_cited_for_their_own_part(near: Client, other: Elsewhere) -> None:
    endpoint = f"{other.address}/good"
    service = f"SERVICE <{endpoint}> {{ ?s ?p ?o }}"
    text = f"SELECT ?s ?c {{ ?s cpec:cooperatesIn ?c {service} }}"
    reply = near.query(text, cite="true")
    joined = reply.json["citations"]
    assert len(joined) == len(rows(reply)) > 0
    assert {citation["status"] for citation in joined} == {"partly"}
    assert {citation["reason"] for citation in joined} == {f"the rest is what <{endpoint}> answers"}
    assert all(citation["graphs"] and citation["words"] for citation in joined)
    table = near.query(text, "text/csv", cite="true").text
    assert f"(partly: the rest is what <{endpoint}> answers)" in table

    local = "?s cpec:cooperatesIn ?c"
    reply = near.query(f"SELECT ?s ?c ?o {{ {{ {local} }} UNION {{ {service} }} }}", cite="true")
    pairs = list(zip(rows(reply), reply.json["citations"], strict=True))
    assert {own["status"] for row, own in pairs if "c" in row} == {"cited"}
    assert {own["reason"] for row, own in pairs if "o" in row} == {
        f"it is what <{endpoint}> answers"
    }
    alone = near.query(f"SELECT ?s ?c {{ {local} }}", cite="true").json["citations"]
    assert [own for row, own in pairs if "c" in row] == alone


@pytest.mark.parametrize("path", ["cut", "slow-body"])
def test_an_endpoint_that_dies_half_way_is_told_so(
    path: str, near: Client, other: Elsewhere
) -> None:
    endpoint = f"{other.address}/{path}"
    text = f"""SELECT ?s ?o {{ ?s a cpec:Country
        OPTIONAL {{ SERVICE SILENT <{endpoint}> {{ ?s ?p ?o }} }} }}"""
    citations = near.query(text, cite="true").json["citations"]
    assert {own["status"] for own in citations} == {"partly"}
    assert {own["reason"] for own in citations} == {
        f"<{endpoint}> failed: SILENT leaves its answer out"
    }
    refused = near.query(text.replace("SILENT", ""), cite="true")
    assert (refused.status, refused.json["endpoint"]) == (FAILURES[path][0], endpoint)


FAILURES = {
    "redirect": (502, "a redirect (302), which is not followed"),
    "error": (502, "the status 500"),
    "page": (502, "answered text/html"),
    "malformed": (502, "no results JSON"),
    "boolean": (502, "yes or no"),
    "blank": (502, "FILTER(!isBlank(?s))"),
    "cut": (502, "before the end of its answer"),
    "many": (413, "the limit of 100 rows of a SERVICE"),
    "large": (413, "the limit of 65536 bytes of a SERVICE"),
    "endless": (413, "the limit of 65536 bytes of a SERVICE"),
    "silent": (504, "did not answer within"),
    "slow-head": (504, "did not answer within"),
    "slow-body": (504, "did not answer within"),
}


@pytest.mark.parametrize("path", FAILURES)
def test_a_failure_has_its_status_and_its_reason(path: str, near: Client, other: Elsewhere) -> None:
    status, reason = FAILURES[path]
    reply = near.query(asking(f"{other.address}/{path}"))
    assert (reply.status, reply.type) == (status, "application/problem+json")
    assert reason in reply.json["detail"]
    assert reply.json["endpoint"] == f"{other.address}/{path}"
    assert "secret" not in reply.text
    if status == 413:
        assert reply.json["limit"].endswith("of a SERVICE")
        assert reply.json["value"] in {100, 65536}


@pytest.mark.parametrize("path", FAILURES)
def test_silent_makes_one_solution_of_a_failure(path: str, near: Client, other: Elsewhere) -> None:
    text = f"""SELECT * {{ VALUES ?a {{ 1 2 }}
        SERVICE SILENT <{other.address}/{path}> {{ ?s ?p ?o }} }} ORDER BY ?a"""
    reply = near.query(text)
    assert rows(reply) == [{"a": "1"}, {"a": "2"}]
    assert set(reply.json["head"]["vars"]) == {"a", "s", "p", "o"}


def test_nobody_there_is_told(near: Client) -> None:
    reply = near.query(asking(NOWHERE))
    assert (reply.status, reply.json["endpoint"]) == (502, NOWHERE)
    assert rows(near.query(asking(NOWHERE, "SILENT"))) == [{}]


def test_a_blank_node_that_nobody_looks_at_is_no_failure(near: Client, other: Elsewhere) -> None:
    text = f"SELECT ?o {{ SERVICE <{other.address}/blank> {{ ?s ?p ?o }} }}"
    assert rows(near.query(text)) == [{"o": "Pakistan elsewhere"}]


def require_refused(status: int, text: str, reason: str, near: Client, other: Elsewhere) -> None:
    """Require that a query is refused with a reason, and that nobody was asked."""
    before = len(other.asked)
    reply = near.query(text.replace("@", f"{other.address}/good"))
    assert reply.status == status
    assert reason in reply.json["detail"]
    assert len(other.asked) == before


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", "not on the list"),
        ("SELECT * { SERVICE SILENT <http://127.0.0.1:1/> { ?s ?p ?o } }", "not on the list"),
        ("SELECT * { VALUES ?e { <@> } SERVICE ?e { ?s ?p ?o } }", "SERVICE of a variable"),
        ("SELECT * { SERVICE SILENT ?e { ?s ?p ?o } }", "SERVICE of a variable"),
        ("ASK { SERVICE <@> { SERVICE <@> { ?s ?p ?o } } }", "SERVICE inside SERVICE"),
        ("ASK { SERVICE <@/> { ?s ?p ?o } }", "not on the list"),
        ("ASK { SERVICE <@> { ?s ?p ?o } SERVICE <http://e/> { ?s ?p ?o } }", "not on the list"),
    ],
)
def test_who_may_not_be_asked_is_not(
    text: str, reason: str, near: Client, other: Elsewhere
) -> None:
    require_refused(403, text, reason, near, other)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("SELECT * {\n SERVICE <@> { ?s ?p } }", "line 2"),
        ("SELECT ?s (1 AS ?s) { SERVICE <@> { ?s ?p ?o } }", ""),
        ("SELECT * { SERVICE <@> { ?s ?p ?o } } nonsense", "line 1"),
        ("SELECT * { SERVICE <@> { << ?s ?p ?o >> ?q 1 } }", "SPARQL 1.1 alone"),
    ],
)
def test_what_cannot_be_read_is_refused_before_anybody_is_asked(
    text: str, reason: str, near: Client, other: Elsewhere
) -> None:
    require_refused(400, text, reason, near, other)


def test_a_query_asks_a_few_others_at_most(near: Client, other: Elsewhere) -> None:
    service = f"SERVICE <{other.address}/good> {{ ?s ?p ?o }} "
    assert near.query(f"ASK {{ {service * 8} }}").status == 200
    before = len(other.asked)
    reply = near.query(f"ASK {{ {service * 9} }}")
    assert (reply.status, reply.json["limit"]) == (413, "SERVICE in one query")
    assert reply.json["value"] == 8
    assert len(other.asked) == before


def test_an_update_never_asks(far: str, other: Elsewhere, tmp_path: Path) -> None:
    token = "a-token-of-thirty-two-characters-or-more"  # noqa: S105 - of this test
    options = ["--empty", "--new", "--data-dir", str(tmp_path / "data"), "--service-allow", far]
    with serving(tmp_path, *options, CPEC_TOKEN=token) as client:
        text = f"INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE <{far}> {{ ?s ?p ?o }} }}"
        reply = Client(client.address, token).update(text)
    assert reply.status == 403
    assert "SERVICE is not allowed" in reply.json["detail"]


@pytest.mark.parametrize("case", QUERIES, ids=lambda case: case.name)
def test_a_list_opens_no_other_door(case: Case, near: Client, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(SECRET)
    with Trap.open() as trap:
        address = f"127.0.0.1:{trap.port}"
        escaped = "".join(f"\\u{ord(letter):04X}" for letter in address)
        places = {"TRAP": address, "PORT": str(trap.port), "ESCAPED": escaped}
        sent = case.send({**places, "FILE": str(tmp_path / "secret")})
        parts = urlsplit(near.address)
        spoken = talk(
            (str(parts.hostname), parts.port or 80), sent, PATIENCE, methods=(case.method,)
        )
        assert spoken.reply.status in case.allowed
        assert SECRET.encode() not in spoken.reply.body
        assert trap.callers == []


def test_the_word_in_a_string_asks_nobody(near: Client, other: Elsewhere) -> None:
    before = len(other.asked)
    text = f'SELECT ("SERVICE <{other.address}/good> {{}}" AS ?service) {{ }} # SERVICE ?x'
    assert len(rows(near.query(text))) == 1
    assert len(other.asked) == before


def test_slow_endpoints_keep_nobody_else_waiting(near: Client, other: Elsewhere) -> None:
    before = len(other.asked)
    with ThreadPoolExecutor(24) as pool:
        waiting = [pool.submit(near.query, asking(f"{other.address}/silent")) for _ in range(24)]
        wait_until(lambda: len(other.asked) > before, "one of them waits")
        assert near.query("ASK { ?s ?p ?o }").status == 200
        assert not all(future.done() for future in waiting), "waited for all to be given up"
        statuses = {future.result(PATIENCE).status for future in waiting}
    assert statuses <= {503, 504}
    assert 504 in statuses


def test_the_endpoints_are_described_where_there_are_any(
    near: Client, far: str, client: Client
) -> None:
    federated = NamedNode(PREFIXES["sd"] + "BasicFederatedQuery")
    url = NamedNode(SCHEMA + "url")
    for server, expected in ((near, True), (client, False)):
        store = Store()
        store.load(server.get("/sparql", Accept="text/turtle").body, RdfFormat.TURTLE)
        assert bool(list(store.quads_for_pattern(None, None, federated))) == expected
        listed = {quad.object for quad in store.quads_for_pattern(None, url, None)}
        assert (NamedNode(far) in listed) == expected
        assert bool(listed) == expected
    text = near.get("/sparql", Accept="application/n-triples").text
    for name, value in {"rows": 100, "bytes": 65536}.items():
        assert f'#limit-service-{name}> <{SCHEMA}value> "{value}"' in text
    assert re.search(r'#limit-services> <[^>]*value> "8"', text)


def test_the_list_can_come_from_the_environment(far: str, tmp_path: Path) -> None:
    allowed = f"{NOWHERE}  {far}"
    with serving(tmp_path, "--empty", CPEC_SERVE_SERVICE_ALLOW=allowed) as client:
        assert len(rows(client.query(asking(far).replace("?o }", "<http://x/> }")))) == 0
        assert client.query(asking(NOWHERE)).status == 502
        assert client.query(asking("http://e/")).status == 403


def test_what_comes_from_elsewhere_stays_what_it_is(
    near: Client, far: str, open_store: Client
) -> None:
    odd = {
        "quote": "\"\\ ' \n\r\t",
        "escape": "\\u0022 } #",
        "mark": "?x VALUES () { }",
        "nul": "\0",
    }
    for name, text in odd.items():
        written = json.dumps(text)
        assert (
            open_store.update(f"INSERT DATA {{ <http://o/{name}> <http://o/p> {written} }}").status
            == 200
        )
    query = f"SELECT ?s ?o {{ SERVICE <{far}> {{ ?s <http://o/p> ?o }} }}"
    texts: dict[str, Any] = {
        row["s"].rpartition("/")[2]: row["o"] for row in rows(near.query(query))
    }
    assert texts == odd
