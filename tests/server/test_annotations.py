"""Annotations over HTTP: a statement keeps its quote and its speaker in citations, as in a file."""

import json
from collections.abc import Iterator
from functools import partial

import pytest
from pyoxigraph import Quad, RdfFormat, Store, parse

from bench.client import Client
from bench.endpoint import Endpoint
from bench.wire import Reply
from graph.citing.citation import cite
from graph.citing.index import EvidenceIndex
from graph.curating.annotation import replace_annotations
from graph.dataset import memory_store
from graph.snapshot import Snapshot
from ontology.namespace import EVIDENCE_GRAPH, HEAD, ID, PREFIXES
from server.writing.annotated import with_records
from server.writing.update_evaluation import evaluate_update
from tests.graph.citing.made_news import NAMES, write_article

SENTENCE = f"{ID}heard/s01"
DESCRIBED = f"""GRAPH graph:evidence {{ id:heard a cpec:NewsArticle ; dcterms:title "Heard"@en .
  <{SENTENCE}> a cpec:Sentence ; schema:position 1 ; oa:hasSource id:heard }}"""
FACT = "id:AI_Framework cpec:concernsArea id:Falconry"
QUOTED = 'cpec:anchor "hunting with birds" ; cpec:attributedTo id:HEC'
DENIED = f"<< id:Eyrie cpec:partOf id:Pakistan ~ <{SENTENCE}#2> >> cpec:modality cpec:Denied"
TURTLE = f"{FACT} {{| {QUOTED} |}} . {DENIED} ; cpec:anchor 'no eyrie' ; cpec:attributedTo id:HEC ."
QUERY = "SELECT ?x { ?x cpec:concernsArea id:Falconry }"
STORE = f"/store?graph={SENTENCE}"


@pytest.fixture(scope="module")
def server(snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    folder = tmp_path_factory.mktemp("annotations")
    with Endpoint.writable(folder, "--out", str(snapshot.path.parent)) as endpoint:
        yield endpoint.writer


@pytest.fixture
def writer(server: Client) -> Iterator[Client]:
    """A client that may write, of a server with the shipped graph and one described sentence."""
    assert server.update(f"INSERT DATA {{ {DESCRIBED} }}").status == 200
    yield server
    server.update(f"DROP SILENT GRAPH <{SENTENCE}> ; DELETE DATA {{ {DESCRIBED} }}")


def write(writer: Client, way: str, turtle: str = TURTLE, graph: str = SENTENCE) -> Reply:
    """Write statements into a graph, by a way to write."""
    if way == "update":
        return writer.update(f"INSERT DATA {{ GRAPH <{graph}> {{ {turtle} }} }}")
    return writer.send(way, f"/store?graph={graph}", HEAD + turtle, Content_Type="text/turtle")


def count_evidence(client: Client) -> int:
    text = "SELECT (COUNT(*) AS ?n) { GRAPH graph:evidence { ?s ?p ?o } }"
    return int(client.query(text).json["results"]["bindings"][0]["n"]["value"])


@pytest.mark.parametrize("way", ["update", "PUT", "POST"])
def test_a_row_is_cited_by_the_anchor_and_the_speaker_of_its_annotation(
    writer: Client, way: str
) -> None:
    before = count_evidence(writer)
    assert write(writer, way).status < 300
    answer = writer.query(QUERY, cite="true").json
    (row,) = answer["citations"]
    assert row["words"] == {SENTENCE: "hunting with birds"}
    ((speaker,),) = (own["speakers"] for own in row["modalities"])
    assert speaker["iri"] == f"{ID}HEC"
    assert answer["sources"][SENTENCE]["anchor"] == "hunting with birds"
    assert answer["sources"][SENTENCE]["attributedTo"] == f"{ID}HEC"
    why = writer.get("/explain?s=AI_Framework&p=concernsArea&o=Falconry").json
    assert "hunting with birds" in why["citation"]
    assert "hunting with birds" in writer.get(STORE, Accept="text/turtle").text  # as it was written
    assert writer.send("DELETE", STORE).status == 200
    assert count_evidence(writer) == before


def test_a_denial_about_a_thing_that_nobody_else_names_is_told(writer: Client) -> None:
    assert write(writer, "update").status == 200
    reply = writer.get("/explain?s=Eyrie&p=partOf&o=Pakistan", Accept="application/json")
    assert reply.status == 404
    assert "denied by" in reply.json["detail"]
    page = writer.get("/page/Eyrie", Accept="text/html")
    assert (page.status, "no eyrie" in page.text) == (200, True)
    assert writer.query("ASK { id:Eyrie cpec:partOf id:Pakistan }").json["boolean"] is False


def test_an_annotation_that_is_written_again_has_its_last_words(writer: Client) -> None:
    assert write(writer, "update").status == 200
    later = TURTLE.replace("hunting with birds", "with birds").replace("id:HEC", "id:MoPDSI")
    assert write(writer, "PUT", later).status < 300
    (row,) = writer.query(QUERY, cite="true").json["citations"]
    assert row["words"] == {SENTENCE: "with birds"}
    assert [own["iri"] for own in row["modalities"][0]["speakers"]] == [f"{ID}MoPDSI"]
    assert writer.update(f"DELETE DATA {{ GRAPH <{SENTENCE}> {{ {FACT} }} }}").status == 200
    assert writer.query(QUERY, cite="true").json["citations"] == []


REFUSED = {
    f"{FACT} {{| cpec:anchor <x:y> |}}": "its cpec:anchor is <x:y>: write a text",
    f"{FACT} {{| cpec:attributedTo 'somebody' |}}": 'is "somebody": write an IRI',
    f"{FACT} {{| cpec:modality 'denied' |}}": "write an IRI",
    f"_:b cpec:concernsArea id:Falconry {{| {QUOTED} |}}": "a blank node: give it an IRI",
    f"{FACT} ~ id:r {{| {QUOTED} |}} . id:HEC cpec:partOf id:x ~ id:r": "it reifies 2 statements",
}


@pytest.mark.parametrize("turtle", REFUSED)
@pytest.mark.parametrize("way", ["update", "PUT"])
def test_an_annotation_that_cannot_be_cited_is_refused_with_the_reason(
    writer: Client, turtle: str, way: str
) -> None:
    version = writer.get("/ready").json["version"]
    reply = write(writer, way, turtle + " .")
    assert (reply.status, REFUSED[turtle] in reply.json["detail"]) == (422, True), reply.text
    assert "cannot be cited" in reply.json["detail"]
    assert writer.get("/ready").json["version"] == version


def test_an_annotation_in_a_graph_that_is_no_source_is_refused(writer: Client) -> None:
    for graph in (EVIDENCE_GRAPH, PREFIXES["graph"] + "editorial"):
        reply = write(writer, "update", graph=graph)
        assert (reply.status, "is no source" in reply.json["detail"]) == (422, True)
    assert write(writer, "update", f"{FACT} {{| rdfs:comment 'a remark' |}}").status == 200


@pytest.fixture
def stores() -> tuple[Store, Store]:
    """A store built of a file, and one into which the same was written."""
    said = 'cpec:exports id:Looms ~ id:r {| oa:exact "cloth … looms" ; oa:start 4, 12 |}'
    denied = '<< id:China cpec:deploys id:Looms >> oa:exact "never" ; cpec:modality cpec:Denied'
    more = "id:China cpec:partOf id:Jobs {| oa:exact 'a', 'b' ; cpec:attributedTo id:Critic |}"
    text = write_article(
        "news", "2020-01-01", ("Minister", f"id:Pakistan {said} . {denied} . {more} .")
    )
    quads = [*parse(f"{HEAD}{NAMES}{text}", RdfFormat.TRIG)]
    built = memory_store(replace_annotations(quads))
    written = Store()
    effect = evaluate_update(written, f"INSERT DATA {{ {NAMES}{text} }}", union=True)
    with_records(written, effect, union=True).delta().apply(written, union=True)
    return built, written


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?x { ?x cpec:exports id:Looms }",
        "SELECT ?x { id:China cpec:partOf ?x }",
        "SELECT ?o { ?r cpec:saidSubject ?s ; cpec:saidObject ?o }",
        "SELECT ?m { ?r rdf:subject id:Pakistan ; cpec:attributedTo ?m }",
    ],
)
def test_it_is_cited_as_if_it_had_been_built_from_a_file(
    stores: tuple[Store, Store], text: str
) -> None:
    built, written = (json.loads(cite(s, EvidenceIndex(s), text).json()) for s in stores)
    assert written == built
    assert built["citations"]


def read_records(store: Store) -> set[Quad]:
    return {quad for quad in store if getattr(quad.graph_name, "value", "") == EVIDENCE_GRAPH}


def test_words_that_two_annotations_share_stay_with_the_last_of_them() -> None:
    store = Store()
    change = partial(evaluate_update, store, union=True)

    def update(text: str) -> set[Quad]:
        with_records(store, change(text), union=True).delta().apply(store, union=True)
        return read_records(store)

    first, second = (
        f"GRAPH <x:g> {{ id:a cpec:p id:{o} ~ id:r{o} {{| oa:exact 'q' |}} }}" for o in "bc"
    )
    alone = update(f"INSERT DATA {{ {first} }}")
    assert update(f"INSERT DATA {{ {second} }}") > alone
    assert update(f"DELETE DATA {{ {second} }}") == alone
    assert update(f"DELETE DATA {{ {first} }}") == set()
