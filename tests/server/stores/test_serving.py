"""`cpec serve --store` on real stores: the same answers as from a snapshot, and how it fails."""

import json
import re
from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import urlencode

import pytest

from bench.client import Client
from bench.wire import Reply
from graph.answering.binding import load_questions
from graph.snapshot import Snapshot
from ontology.namespace import ID
from tests.conftest import ROOT
from tests.server.conftest import serving
from tests.server.service.elsewhere import closed_address
from tests.server.stores.conftest import Theirs
from tests.server.test_receipt import receipt
from tests.waiting import wait_until

pytestmark = pytest.mark.long

JSON = "application/sparql-results+json"
ARTICLE = ID + "inp-wealthpk-2026-04-29"
S09 = f"{ARTICLE}/s09"
S08_OF_PROFIT = "profit-2025-09-08/s08"
AREAS = "SELECT ?area { id:Pakistan cpec:intendsCooperationIn ?area }"
PATIENT = ("--deadline", "90")

ERRS = {
    "virtuoso": {"timeline", "status"},
    "oxigraph": {"what-became"},
}
"""The questions of the catalogue of which a store gives other rows when they are cited."""

ROW_ERRS = {
    "virtuoso": {
        *("amounts", "corroborated-facts", "facts-on-one-sentence", "one-origin", "silent-since")
    },
    "oxigraph": set[str](),
}
"""The questions of which a store gives other rows when they are not cited."""

REPEATS = {"virtuoso": {"postponed", "status-history"}, "oxigraph": set[str]()}
"""The questions of which a store may give a row again when they are not cited."""

REFUSED = {"virtuoso": {"what-became"}, "oxigraph": set[str]()}
"""The questions that a store cannot compile."""


@pytest.fixture(scope="module")
def front(store: Theirs, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A server of that store."""
    with serving(tmp_path_factory.mktemp("front"), *PATIENT, "--store", store.query) as server:
        yield server


def question(client: Client, name: str, **more: str) -> Any:
    """Return the answer to a question of the catalogue."""
    asked = load_questions()[name]
    values = {parameter.name: parameter.default or "CPEC" for parameter in asked.parameters}
    reply = client.get(f"/api/queries/{name}?{urlencode({**values, 'format': 'json', **more})}")
    assert reply.status == 200, reply.text
    return json.loads(reply.text)


def rows(answer: Any) -> object:
    """Return the rows of an answer, sorted, each with its citation if it has one.

    If several statements of a sentence hold a row, it quotes the first that its store returns: the
    quotes are not compared, but their sentences.
    """
    if "boolean" in answer:
        return answer["boolean"], answer.get("citations")
    bindings = answer["results"]["bindings"]
    citations = [
        {**citation, "words": sorted(citation.get("words", ()))}
        for citation in answer.get("citations", [{}] * len(bindings))
    ]
    pairs = zip(bindings, citations, strict=True)
    return sorted(json.dumps(pair, sort_keys=True) for pair in pairs)


@pytest.mark.parametrize("name", load_questions())
def test_a_question_has_the_rows_and_citations_of_the_snapshot(
    name: str, front: Client, client: Client, store: Theirs
) -> None:
    if name in REFUSED[store.name]:
        assert front.get(f"/api/queries/{name}?format=json").status == 502
        return
    theirs, ours = (rows(question(server, name)) for server in (front, client))
    if name in REPEATS[store.name]:
        assert isinstance(theirs, list)
        theirs = list(dict.fromkeys(theirs))
    same_rows = theirs == ours
    assert same_rows is (name not in ROW_ERRS[store.name])
    if same_rows:
        cited, own = (rows(question(server, name, cite="true")) for server in (front, client))
        assert (cited == own) is (name not in ERRS[store.name])


HASH = re.compile(r"\.sha256-[0-9a-f]{64}|( · )?Its rows have no hash:[^<]*")
FEED = re.compile(' · <a href="/feed[^<]*(<span[^<]*</span>)?</a>')

RECORDS = (
    """SELECT ?r ?q { ?r rdf:subject id:HEC ; cpec:modality ?m ; oa:hasSelector/oa:exact ?q }"""
)


def test_a_record_is_cited_by_its_sentence_and_goes_with_it(front: Client) -> None:
    asked = {"cite": "true", "format": "json"}
    answer = front.query(RECORDS, **asked).json
    assert answer["results"]["bindings"]
    for row, citation in zip(answer["results"]["bindings"], answer["citations"], strict=True):
        assert citation["proofs"] == [[row["r"]["value"].partition("#")[0]]]
    (sentence, *_) = answer["citations"][0]["graphs"]
    excluded = front.query(RECORDS, without=sentence, **asked).json
    assert all(sentence not in citation["graphs"] for citation in excluded["citations"])
    assert len(excluded["citations"]) < len(answer["citations"])


def test_a_query_at_which_a_store_errs_is_in_the_docs() -> None:
    page = (ROOT / "docs" / "stores.md").read_text("utf-8")
    row = page.partition("| Virtuoso ")[2].partition("\n")[0]
    names = ERRS["virtuoso"] | ROW_ERRS["virtuoso"] | REPEATS["virtuoso"]
    assert [name for name in names if f"`{name}`" not in row] == []


@pytest.mark.parametrize(
    "text",
    [
        "ASK { id:HEC ?p ?o }",
        "ASK { id:HEC id:HEC ?o }",
        "SELECT ?g (COUNT(?s) AS ?n) { GRAPH ?g { ?s a ?c } } GROUP BY ?g",
        "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
        "SELECT ?o { id:HEC rdfs:label ?o FILTER (LANG(?o) = 'ur') }",
        "SELECT ?c (COUNT(?x) AS ?n) { ?x a ?c } GROUP BY ?c HAVING (COUNT(?x) > 3)",
        f"SELECT ?p {{ GRAPH <{S09}> {{ id:Scholarship_Alignment_Initiative ?p ?o }} }}",
        "SELECT ?s ?o FROM id:inp-wealthpk-2026-04-29\\/s09 { ?s cpec:aimsAlignmentWith ?o }",
        "SELECT ?s FROM graph:evidence FROM graph:editorial { ?s ?p ?o }",
        "SELECT ?s FROM NAMED graph:editorial { GRAPH ?g { ?s ?p ?o } }",
        "SELECT ?x { id:JCC (cpec:partOf|^cpec:partOf)* ?x }",
        "SELECT * { ?zone a cpec:Country ; cpec:cooperatesIn ?area }",
        "SELECT ?x ?l { ?x a cpec:Country OPTIONAL { ?x rdfs:label ?l FILTER (LANG(?l) = 'zh') } }",
    ],
)
def test_a_query_has_the_rows_of_the_snapshot(text: str, front: Client, client: Client) -> None:
    theirs, ours = (server.query(text, JSON, receipt="") for server in (front, client))
    assert theirs.status == 200, theirs.text
    # a count of all things has blank nodes among its members, which a store names otherwise
    assert receipt(ours).startswith(receipt(theirs))
    assert receipt(theirs) == receipt(ours) or "COUNT" in text
    assert rows(json.loads(theirs.text)) == rows(json.loads(ours.text))


def test_a_graph_has_the_triples_of_the_snapshot(front: Client, client: Client) -> None:
    text = "CONSTRUCT { ?s rdfs:label ?o } { ?s a cpec:Country ; rdfs:label ?o }"
    theirs, ours = (server.query(text, "application/n-triples").text for server in (front, client))
    assert ours
    assert sorted(theirs.splitlines()) == sorted(ours.splitlines())


@pytest.mark.parametrize(
    "path",
    [
        "/page/Pakistan",
        "/page/inp-wealthpk-2026-04-29",
        f"/page/Pakistan?without={S09}",
        "/explain?s=HEC&p=taskedInArea&o=Artificial_Intelligence",
        "/data/HEC.ttl",
        "/data/Pakistan.csv",
        "/ontology",
        "/dataset",
    ],
)
def test_a_page_is_that_of_the_snapshot(path: str, front: Client, client: Client) -> None:
    """It is asked again if the store had no time to hash the citation, on a busy machine."""
    wait_until(partial(is_same, path, front, client), "both have one answer")


def test_a_thing_is_found_whatever_order_its_names_come_in(front: Client) -> None:
    assert "/page/Robotics" in front.get("/search?q=robotics", Accept="text/html").text


def is_same(path: str, front: Client, client: Client) -> bool:
    theirs, ours = (server.get(path, Accept="text/html,*/*;q=0.5") for server in (front, client))
    assert theirs.status == ours.status == 200
    return plain(theirs, front) == plain(ours, client)


def plain(reply: Reply, client: Client) -> list[str]:
    """Return the words of a body, sorted, without the address of its server.

    A store may have no time to hash the whole dataset: its hash, or why it lacks one, is left out.
    So is the link to the feed, which a server of a store lacks.
    """
    text = FEED.sub("", reply.text.replace(client.address, ""))
    return sorted(HASH.sub("", text).split())


def test_without_a_source_what_is_left_follows_from_memory(front: Client, client: Client) -> None:
    excluded = front.query(AREAS, "text/csv", without=S08_OF_PROFIT).text
    assert set(excluded.split()) == set(
        client.query(AREAS, "text/csv", without=S08_OF_PROFIT).text.split()
    )
    assert len(excluded.split()) < len(front.query(AREAS, "text/csv").text.split())


def test_the_files_for_download_are_those_of_the_snapshot(
    front: Client, snapshot: Snapshot
) -> None:
    for path in sorted(snapshot.dumps.iterdir()):
        address = f"/data/dumps/{path.name}"
        wait_until(partial(is_there, front, address), "the page is there")
        assert front.get(address).body == path.read_bytes()


def is_there(client: Client, path: str) -> bool:
    return client.get(path).status == 200


def test_the_version_is_that_of_the_snapshot_and_tags_follow_it(
    front: Client, snapshot: Snapshot
) -> None:
    state = {"status": "ready", "store": "remote", "version": snapshot.version}
    assert json.loads(front.get("/ready").text).items() >= state.items()
    first = front.query(AREAS, "text/csv")
    tag = first.headers["ETag"]
    again = front.get(
        f"/sparql?{urlencode({'query': AREAS})}", Accept="text/csv", If_None_Match=tag
    )
    assert again.status == 304


def test_what_is_no_sparql_is_told_with_its_place(front: Client) -> None:
    reply = front.query("SELECT * {\n bad", "*/*")
    assert (reply.status, json.loads(reply.text)["line"]) == (400, 2)


def test_a_query_with_triple_terms_is_not_implemented(front: Client) -> None:
    reply = front.query("SELECT * { ?s ?p ?o {| oa:exact ?quote |} }", JSON)
    assert reply.status == 501
    assert "rdf:subject" in reply.json["detail"]


def test_a_write_is_refused_and_a_service_too(front: Client) -> None:
    assert front.update("CLEAR ALL").status == 403
    reply = front.query(f"SELECT * {{ SERVICE <{closed_address()}> {{ ?s ?p ?o }} }}", JSON)
    assert reply.status == 403
