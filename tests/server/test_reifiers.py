"""Statements in RDF 1.2 over HTTP: asked with triple terms, and met by nobody who did not ask."""

import pytest

from bench.client import Client
from bench.wire import Reply
from graph.snapshot import Snapshot
from ontology.namespace import BASE, GRAPH, REIFIERS_GRAPH
from tests.server.conftest import serving

SENTENCE = f"{BASE}id/talks/s01"
RECORD = f"""GRAPH graph:evidence {{
  <{SENTENCE}> a cpec:Sentence . <{SENTENCE}#1> a rdf:Statement ; oa:hasSource <{SENTENCE}> ;
    rdf:subject id:Pakistan ; rdf:predicate cpec:advances ; rdf:object id:Example_Port ;
    cpec:modality cpec:Ongoing ; oa:hasSelector <{SENTENCE}#quote-1> .
  <{SENTENCE}#quote-1> a oa:TextQuoteSelector ; oa:exact "builds the port" }}"""
STATEMENT = f"GRAPH <{SENTENCE}> {{ id:Pakistan cpec:advances id:Example_Port }}"
QUOTED = "SELECT * { ?s ?p ?o ~ ?statement {| oa:exact ?quote ; cpec:modality ?m |} }"
REIFIED = "SELECT ?t { ?statement rdf:reifies ?t }"


def count_rows(reply: Reply) -> int:
    assert reply.status == 200, reply.text
    return len(reply.json["results"]["bindings"])


@pytest.mark.parametrize(
    ("text", "has_rows"),
    [
        (QUOTED, True),
        ("SELECT * { << ?s ?p ?o ~ ?statement >> oa:exact ?quote }", True),
        ("SELECT * { ?statement rdf:reifies <<( ?s ?p ?o )>> ; oa:hasSource ?source }", True),
        ("SELECT * { ?s ?p ?o {| oa:exact ?quote |} GRAPH ?source { ?s ?p ?o } }", True),
        (REIFIED.replace("{", "FROM graph:reifiers {"), True),
        ('VERSION "1.2" ' + REIFIED, True),
        (REIFIED, False),
        ("SELECT * { GRAPH ?g { ?statement rdf:reifies ?t } }", False),
        ('VERSION "1.2" SELECT * { GRAPH ?g { ?statement rdf:reifies ?t } }', False),
        ("SELECT * FROM graph:evidence { ?s ?p ?o {| oa:exact ?quote |} }", False),
    ],
)
def test_a_query_with_triple_terms_sees_the_reifiers(
    client: Client, text: str, has_rows: bool
) -> None:
    assert (count_rows(client.query(text)) > 0) is has_rows


def test_the_dataset_of_a_request_may_name_them(client: Client) -> None:
    default = "urn:x-rdflib:default"
    assert count_rows(client.query(QUOTED, **{"default-graph-uri": default})) > 100
    assert count_rows(client.query(REIFIED, **{"default-graph-uri": default})) == 0
    named = {"default-graph-uri": REIFIERS_GRAPH}
    assert count_rows(client.query(REIFIED, **named)) > 100
    assert client.query(REIFIED, "text/csv", **named).status == 406


def test_the_graph_is_read_by_its_address(client: Client) -> None:
    reply = client.get(f"/store?graph={REIFIERS_GRAPH}", Accept="text/turtle")
    assert reply.status == 200
    assert "<<( id:Pakistan" in reply.text
    refused = client.get(f"/store?graph={REIFIERS_GRAPH}", Accept="application/ld+json")
    assert refused.status == 406
    assert "text/turtle" in refused.json["detail"]


def test_no_dump_and_no_count_has_them(client: Client) -> None:
    assert "reifies" not in client.get("/dumps/cpec-graph.nq").text
    assert REIFIERS_GRAPH not in client.get("/.well-known/void", Accept="text/turtle").text
    graphs = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"
    assert REIFIERS_GRAPH not in client.query(graphs).text


@pytest.mark.parametrize("format_", ["csv", "jsonld"])
def test_a_format_without_triple_terms_is_not_acceptable(client: Client, format_: str) -> None:
    construct = "CONSTRUCT { ?statement rdf:reifies ?t } { ?statement rdf:reifies ?t }"
    text = REIFIED if format_ == "csv" else construct
    reply = client.query('VERSION "1.2" ' + text, "*/*", format=format_)
    assert reply.status == 406
    assert ("tsv (" if format_ == "csv" else "nt (") in reply.json["detail"]
    assert client.query(text, "*/*", format=format_).status == 200


def test_a_query_that_does_not_see_them_says_how_to(client: Client) -> None:
    assert 'VERSION "1.2"' in client.query(REIFIED).headers["Empty-Reason"]


def test_an_empty_answer_with_triple_terms_has_a_reason(client: Client) -> None:
    text = "SELECT * { ?r rdf:reifies <<( id:HEC cpec:cooperatesIn ?area )>> }"
    for cite in ("true", "false"):
        reason = client.query(text, cite=cite).headers["Empty-Reason"]
        assert reason == (
            "no source says that anything records that the Higher Education Commission "
            "cooperates in anything"
        )


def test_a_page_shows_a_triple_term(client: Client) -> None:
    text = client.query('VERSION "1.2" ' + REIFIED, "text/html").text
    assert "&lt;&lt;( id:China cpec:" in text


def test_a_cited_table_without_triple_terms_is_not_acceptable(client: Client) -> None:
    text = 'VERSION "1.2" ' + REIFIED
    assert client.query(text, "text/csv", cite="true").status == 406
    assert "<<( <" in client.query(text, "text/tab-separated-values", cite="true").text


def test_a_row_cites_the_sentence_of_its_statement(client: Client) -> None:
    text = QUOTED.replace("?m |}", "?m ; oa:hasSource ?source |}")
    cited = client.query(text, cite="true").json
    rows = cited["results"]["bindings"]
    assert len(rows) > 100
    for row, citation in zip(rows, cited["citations"], strict=True):
        assert citation["proofs"] == [[row["source"]["value"]]]
        assert [modality["iri"] for modality in citation["modalities"]] == [row["m"]["value"]]


def test_a_struck_source_has_no_reifiers(client: Client) -> None:
    text = "SELECT * { ?r rdf:reifies <<( ?s ?p ?o )>> ; oa:hasSource ?source } ORDER BY ?r"
    rows = client.query(text).json["results"]["bindings"]
    struck = rows[0]["source"]["value"]
    left = client.query(text, without=struck).json["results"]["bindings"]
    assert left == [row for row in rows if row["source"]["value"] != struck]


def test_the_reifiers_follow_the_records_that_are_written(editor: Client) -> None:
    text = "SELECT * { id:Pakistan cpec:advances id:Example_Port {| oa:exact ?quote |} }"
    assert count_rows(editor.query(text)) == 0
    assert editor.update(f"INSERT DATA {{ {STATEMENT} {RECORD} }}").status == 200
    assert count_rows(editor.query(text)) == 1
    assert "builds the port" in editor.get(f"/store?graph={REIFIERS_GRAPH}").text
    quote = f"GRAPH graph:evidence {{ <{SENTENCE}#quote-1> oa:exact 'builds the port' }}"
    assert editor.update(f"DELETE DATA {{ {quote} }}").status == 200
    assert count_rows(editor.query(text)) == 0
    assert count_rows(editor.query(text.replace("oa:exact ?quote", "cpec:modality ?m"))) == 1
    assert editor.update(f"DELETE DATA {{ {RECORD} }}").status == 200
    assert count_rows(editor.query(text.replace("oa:exact ?quote", "cpec:modality ?m"))) == 0
    assert editor.update(f"DROP GRAPH <{SENTENCE}>").status == 200


@pytest.mark.parametrize(
    "update",
    [
        "INSERT DATA { GRAPH graph:reifiers { id:a cpec:p id:b } }",
        f"COPY <{GRAPH}editorial> TO <{REIFIERS_GRAPH}>",
        "CREATE GRAPH graph:reifiers",
    ],
)
def test_nobody_writes_into_the_graph_of_reifiers(editor: Client, update: str) -> None:
    reply = editor.update(update)
    assert reply.status == 403
    assert "records" in reply.json["detail"]
    body = f"<{GRAPH}a> <{GRAPH}b> <{GRAPH}c> ."
    path = f"/store?graph={REIFIERS_GRAPH}"
    assert editor.send("PUT", path, body, Content_Type="text/turtle").status == 403


def test_a_dataset_on_disk_has_no_reifiers_and_says_so(
    snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("disk")
    with serving(folder, "--out", str(snapshot.path.parent), "--disk-above", "0") as client:
        reply = client.query(QUOTED)
        assert reply.status == 501
        assert "rdf:subject" in reply.json["detail"]
        assert count_rows(client.query(REIFIED)) == 0
