"""Tables and networks: pandas and networkx read the statements of the graph."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from graph.build import Summary
from graph.errors import UnknownNameError, UnwritableError
from graph.publishing.csv_table import FORMULA, write_csv
from graph.publishing.plain_export import PLAIN, export_plain
from graph.publishing.statement_table import COLUMNS
from ontology.namespace import BACKGROUND, EDITORIAL_GRAPH, EVIDENCE_GRAPH, ID, INFERRED_GRAPH
from ontology.terms import CPEC, OA, RDF, RDFS

if TYPE_CHECKING:
    import pandas as pd

ARTICLE = ID + "talks-2026-05-02"


def make_node(iri: str) -> NamedNode:
    return NamedNode(iri)


def record(sentence: str, triple: tuple[str, str, str], quote: str, **own: str) -> list[Quad]:
    """A record of a statement, as graph:evidence has it."""
    node, selector = f"{sentence}#9", f"{sentence}#quote-9"
    properties: list[tuple[str, str, NamedNode | Literal]] = [
        (node, RDF + "subject", make_node(ID + triple[0])),
        (node, RDF + "predicate", make_node(CPEC + triple[1])),
        (node, RDF + "object", make_node(ID + triple[2])),
        (node, OA + "hasSource", make_node(sentence)),
        (node, OA + "hasSelector", make_node(selector)),
        (selector, OA + "exact", Literal(quote)),
        *((node, CPEC + name, make_node(value)) for name, value in own.items()),
    ]
    graph = make_node(EVIDENCE_GRAPH)
    return [
        Quad(make_node(node), make_node(name), value, graph) for node, name, value in properties
    ]


@pytest.fixture(scope="module")
def quads(small: Summary) -> list[Quad]:
    """The small graph; sentence 1 has a weaker modality and words of its own for one statement."""
    built = small.snapshot.quads()
    advances = ("Pakistan", "advances", "CPEC_Phase_II")
    own = {"modality": CPEC + "Ongoing", "attributedTo": ID + "INP_WealthPk"}
    earlier = {
        quad.subject
        for quad in built
        if quad.predicate.value == OA + "hasSource" and "s01#" in str(quad.subject)
    }
    kept = [quad for quad in built if quad.subject not in earlier]
    return [*kept, *record(ARTICLE + "/s01", advances, "spoke of", **own)]


def table(quads: list[Quad], name: str = "csv", graph: str | None = None) -> pd.DataFrame:
    import pandas as pd  # 0.4 s, and each worker of a run imports every file of tests

    body = export_plain(quads, PLAIN[name], graph)
    return pd.read_csv(BytesIO(body), dtype=str, keep_default_na=False)


def test_a_statement_is_a_row_for_each_sentence_that_states_it(quads: list[Quad]) -> None:
    rows = table(quads)
    assert tuple(rows.columns) == COLUMNS
    advances = rows[(rows.subject == ID + "China") & (rows.property == CPEC + "advances")]
    assert list(advances.sentence) == [f"{ARTICLE}/s01", f"{ARTICLE}/s02"]
    assert set(advances.stated) == {"stated"}
    assert set(advances.article) == {ARTICLE}


def test_a_row_has_the_quote_modality_and_attribution_of_its_statement(quads: list[Quad]) -> None:
    rows = table(quads)
    of = (rows.subject == ID + "Pakistan") & (rows.property == CPEC + "advances")
    assert rows[of].to_dict("records") == [
        {
            "subject": ID + "Pakistan",
            "property": CPEC + "advances",
            "object": ID + "CPEC_Phase_II",
            "subject_label": "Pakistan",
            "property_label": "cpec:advances",
            "object_label": "CPEC Phase II",
            "modality": "Ongoing",
            "stated": "stated",
            "article": ARTICLE,
            "sentence": f"{ARTICLE}/s01",
            "quote": "spoke of",
            "anchor": "",
            "address": "",
            "attribution": ID + "INP_WealthPk",
        }
    ]


def test_without_a_record_the_sentence_speaks_for_its_statements(quads: list[Quad]) -> None:
    graph = make_node(ID + "new-article/s01")
    stated = Quad(
        make_node(ID + "China"), make_node(CPEC + "advances"), make_node(ID + "CPEC"), graph
    )
    selector = make_node(graph.value + "#quote-1")
    evidence = [
        Quad(subject, make_node(name), value, make_node(EVIDENCE_GRAPH))
        for subject, name, value in (
            (graph, RDF + "type", CPEC.SENTENCE),
            (graph, OA + "hasSource", make_node(ID + "new-article")),
            (graph, CPEC + "attributedTo", make_node(ID + "new-article")),
            (graph, OA + "hasSelector", selector),
            (selector, OA + "exact", Literal("advance the corridor")),
        )
    ]
    rows = table([*quads, stated, *evidence], graph=graph.value)
    assert rows[["article", "quote", "modality", "attribution"]].to_numpy().tolist() == [
        [ID + "new-article", "advance the corridor", "Reported", ID + "new-article"]
    ]


def test_background_has_its_source_in_the_place_of_a_sentence(quads: list[Quad]) -> None:
    rows = table(quads, graph=BACKGROUND + "country-codes")
    assert rows[["article", "sentence", "quote"]].to_numpy().tolist() == [
        ["", BACKGROUND + "country-codes", "Islamabad"]
    ]


def test_an_inference_has_the_sentences_of_its_first_proof(quads: list[Quad]) -> None:
    rows = table(quads, graph=INFERRED_GRAPH)
    assert set(rows.stated) == {"inferred"}
    assert set(rows.property).isdisjoint({RDF + "type"})
    of = (rows.subject == ID + "China") & (rows.property == CPEC + "cooperatesIn")
    (row,) = rows[of].to_dict("records")
    assert row["object"] == ID + "Artificial_Intelligence"
    assert row["sentence"] == f"{ARTICLE}/s02"
    assert "both are parties" in row["quote"].split(" | ")
    assert row["attribution"] == ARTICLE


def test_the_order_of_the_quads_makes_no_difference(quads: list[Quad]) -> None:
    for form in PLAIN.values():
        assert export_plain(quads[::-1], form) == export_plain(quads, form)


def test_nodes_and_edges_are_the_network_that_networkx_reads(quads: list[Quad]) -> None:
    nodes, edges = table(quads, "nodes"), table(quads, "edges")
    body = export_plain(quads, PLAIN["graphml"])
    import networkx as nx

    network = nx.read_graphml(BytesIO(body), force_multigraph=True)
    assert network.is_directed()
    assert set(network) == set(nodes.id)
    assert network.nodes[ID + "Pakistan"] == {
        "label": "Pakistan",
        "label_ur": "پاکستان",
        "label_zh": "巴基斯坦",
        "type": "Country",
    }
    network_edges = sorted(
        (source, target, data["property"], data["modality"], data["stated"], data["sentences"])
        for source, target, data in network.edges(data=True)
    )
    assert network_edges == sorted(
        edges[["source", "target", "property", "modality", "stated", "sentences"]].itertuples(
            index=False, name=None
        )
    )
    from_tables = nx.from_pandas_edgelist(edges, create_using=nx.MultiDiGraph)
    assert nx.utils.edges_equal(from_tables.edges(), network.edges(), directed=True)


def test_an_edge_is_as_strong_as_the_strongest_of_its_sentences(quads: list[Quad]) -> None:
    weaker = ("China", "advances", "CPEC_Phase_II")
    edges = table(
        [*quads, *record(ARTICLE + "/s02", weaker, "both", modality=CPEC + "Ongoing")], "edges"
    )
    of = (edges.source == ID + "China") & (edges.property == CPEC + "advances")
    assert edges[of][["modality", "sentences"]].to_numpy().tolist() == [
        ["Reported", f"{ARTICLE}/s01 {ARTICLE}/s02"]
    ]


def test_a_thing_without_statements_is_a_node(quads: list[Quad]) -> None:
    alone = Quad(
        make_node(ID + "Alone"),
        make_node(RDF + "type"),
        make_node(CPEC + "Area"),
        make_node(EDITORIAL_GRAPH),
    )
    nodes = table([*quads, alone], "nodes")
    assert nodes[nodes.id == ID + "Alone"][["label", "type"]].to_numpy().tolist() == [
        ["id:Alone", "Area"]
    ]


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0"),
        ("+92 51 111", "'+92 51 111"),
        ("\t=1", "'\t=1"),
        ("\n=1", "'\n=1"),
        ("\nplain", "'\nplain"),
        ("\xa0=1", "'\xa0=1"),
        (" =1", "' =1"),
        ("\u3000\u200b=1", "'\u3000\u200b=1"),
        ("\ufeff@A1", "'\ufeff@A1"),
        ("＝1+1", "'＝1+1"),
        ("＠SUM(A1)", "'＠SUM(A1)"),
        ("﹣1", "'﹣1"),
        ("'＋1", "''＋1"),
        ("'=1", "''=1"),
        ("'quoted'", "'quoted'"),
        ("-5", "-5"),
        ("+1.5E3", "+1.5E3"),
        ("a = b", "a = b"),
        ("", ""),
    ],
)
def test_no_cell_runs_as_a_formula(text: str, cell: str) -> None:
    body = write_csv(["text"], [[text], ["end"]])
    assert [row[0] for row in csv.reader(StringIO(body.decode(), newline=""))] == [
        "text",
        cell,
        "end",
    ]
    import pandas as pd

    column = pd.read_csv(BytesIO(body), dtype=str, keep_default_na=False, header=0).text
    restore = f"^'(?={FORMULA.pattern})"
    assert f"\n{restore}\n" in Path("docs/http.md").read_text("utf-8")
    undone = column.str.replace(restore, "", regex=True)
    assert list(undone) == [text, "end"]


def test_cells_are_quoted_as_rfc_4180_has_it() -> None:
    body = write_csv(
        ["one", "two"], [['say "yes", please', "first\nsecond"], ["پاکستان", "巴基斯坦"]]
    )
    assert body == (
        'one,two\r\n"say ""yes"", please","first\nsecond"\r\nپاکستان,巴基斯坦\r\n'.encode()
    )


def test_no_cell_of_the_shipped_graph_is_changed_for_spreadsheets(
    shipped_quads: list[Quad],
) -> None:
    for name in ("csv", "nodes", "edges"):
        rows = table(shipped_quads, name)
        assert len(rows) > 30
        assert not rows.map(lambda cell: cell.startswith("'")).to_numpy().any()


def test_every_statement_of_the_shipped_graph_is_quoted_and_cited(
    shipped_quads: list[Quad],
) -> None:
    rows = table(shipped_quads)
    assert (rows[["sentence", "modality", "subject_label"]] != "").to_numpy().all()
    stated = rows[rows.stated == "stated"]
    assert ((stated.quote == "") != (stated.anchor == "")).all()
    assert (rows.quote + rows.anchor != "").all()
    assert (rows[rows.article != ""].attribution != "").all()
    assert {"stated", "inferred", "not asserted"} == set(rows.stated)


def test_what_xml_cannot_say_is_refused_in_graphml_alone(quads: list[Quad]) -> None:
    label = Quad(
        make_node(ID + "Odd"),
        make_node(RDFS + "label"),
        Literal("a\x01b", language="en"),
        make_node("x:g"),
    )
    stated = Quad(
        make_node(ID + "Odd"),
        make_node(CPEC + "advances"),
        make_node(ID + "CPEC"),
        make_node("x:g"),
    )
    odd = [*quads, label, stated]
    assert "a\x01b" in set(table(odd, "nodes").label)
    with pytest.raises(UnwritableError, match="control character"):
        export_plain(odd, PLAIN["graphml"])


def test_graphml_declares_each_attribute(quads: list[Quad]) -> None:
    root = ET.fromstring(export_plain(quads, PLAIN["graphml"]))  # noqa: S314 - written just now
    space = "{http://graphml.graphdrawing.org/xmlns}"
    declared = {key.get("id") for key in root.iter(f"{space}key")}
    assert {data.get("key") for data in root.iter(f"{space}data")} <= declared


def test_what_there_is_not_is_refused(quads: list[Quad]) -> None:
    with pytest.raises(UnknownNameError, match="no graph is called id:none"):
        export_plain(quads, PLAIN["csv"], ID + "none")
    with pytest.raises(UnwritableError, match="evidence is for ttl and nt"):
        export_plain(quads, PLAIN["csv"], evidence=True)


def test_an_inference_is_as_weak_as_the_weakest_premise_of_its_proof(
    shipped_quads: list[Quad],
) -> None:
    rows = table(shipped_quads, graph=INFERRED_GRAPH)
    modalities = {
        (row["property"].removeprefix(CPEC), row["object"].removeprefix(ID)): row["modality"]
        for row in rows[rows.subject == ID + "Pakistan"].to_dict("records")
    }
    assert (
        modalities["cooperatesIn", "Artificial_Intelligence"] == "Ongoing"
    )  # the parties are in a name
    assert modalities["cooperatesIn", "Economic_Cooperation"] == "Reported"
    assert modalities["intendsCooperationIn", "Gas_Hydrates"] == "Aim"
