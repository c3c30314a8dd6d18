"""The exports: each is read back by a parser that did not write it, and says the same."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
import rdflib
from pyld import jsonld
from pyoxigraph import (
    BaseDirection,
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    parse,
)
from rdflib.compare import to_canonical_graph

from graph.answering.format import GRAPH_FORMATS, GraphFormat
from graph.build import Summary
from graph.dataset import graph_of
from graph.errors import UnknownNameError, UnwritableError
from graph.publishing.jsonld import packaged_vocabulary, write_jsonld
from graph.publishing.rdf_export import export_rdf, merge_graphs
from graph.publishing.reading_order import ReadingOrder
from graph.snapshot import Snapshot
from ontology.namespace import (
    BACKGROUND,
    BASE,
    DATASET_GRAPH,
    EDITORIAL_GRAPH,
    ID,
    INFERRED_GRAPH,
    ONTOLOGY_GRAPH,
    PREFIXES,
)
from ontology.outline import HEADINGS
from ontology.terms import CPEC, OA, RDF, RDFS, SKOS, XSD

FORMATS = {form.name: form for form in GRAPH_FORMATS}
SENTENCE = ID + "talks-2026-05-02/s02"


@pytest.fixture(scope="module")
def quads(small: Summary) -> list[Quad]:
    return small.snapshot.quads()


def canonical(quads: list[Quad]) -> list[str]:
    dataset = Dataset(quads)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(map(str, dataset))


def read_by_rdflib(body: bytes, form: str) -> list[str]:
    """The union as rdflib reads it, its blank nodes named by rdflib's own algorithm."""
    graph = rdflib.Graph().parse(data=body, format=form)
    lines: str = to_canonical_graph(graph).serialize(format="nt")
    return sorted(lines.splitlines())


@pytest.mark.parametrize(("name", "parser"), [("ttl", "turtle"), ("nt", "nt"), ("rdf", "xml")])
def test_rdflib_reads_the_union(quads: list[Quad], name: str, parser: str) -> None:
    triples = "".join(f"{triple} .\n" for triple in merge_graphs(quads)).encode()
    assert read_by_rdflib(export_rdf(quads, FORMATS[name]), parser) == read_by_rdflib(triples, "nt")


@pytest.mark.parametrize("name", ["trig", "nq", "jsonld"])
def test_pyoxigraph_reads_every_named_graph(quads: list[Quad], name: str) -> None:
    form = FORMATS[name]
    parsed = list(parse(export_rdf(quads, form), format=form.reader))
    assert canonical(parsed) == canonical(quads)


@pytest.mark.long
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # rdflib's TriG parser calls its own
@pytest.mark.parametrize("name", ["trig", "nq"])
def test_rdflib_reads_every_named_graph(quads: list[Quad], name: str) -> None:
    dataset = rdflib.Dataset()
    dataset.parse(data=export_rdf(quads, FORMATS[name]), format=FORMATS[name].media_type)
    graphs = {
        str(graph.identifier): canonical(
            list(parse(graph.serialize(format="nt"), RdfFormat.N_TRIPLES))
        )
        for graph in dataset.graphs()
        if len(graph)
    }
    assert graphs == {
        name: canonical(merge_graphs(quad for quad in quads if graph_of(quad) == name))
        for name in map(graph_of, quads)
    }


def test_the_lists_of_the_ontology_are_lists_in_jsonld(first_snapshot: Snapshot) -> None:
    quads = first_snapshot.quads()
    body = export_rdf(quads, FORMATS["jsonld"])
    assert b'"@list"' in body
    assert b'"rdf:first":' not in body
    assert canonical(list(parse(body, format=RdfFormat.JSON_LD))) == canonical(quads)


def test_jsonld_is_written_in_words(quads: list[Quad]) -> None:
    document = json.loads(export_rdf(quads, FORMATS["jsonld"], EDITORIAL_GRAPH))
    graph = document["@graph"][0]
    assert graph["id"] == "graph:editorial"
    nodes = {node["id"]: node for node in graph["@graph"]}
    assert nodes[ID + "Pakistan"] == {
        "id": ID + "Pakistan",
        "type": ["Country"],
        "label": {"en": "Pakistan", "ur": "پاکستان", "zh": "巴基斯坦"},
    }
    sentence = json.loads(export_rdf(quads, FORMATS["jsonld"], SENTENCE))["@graph"][0]["@graph"]
    assert {"id": ID + "China", "advances": [ID + "CPEC_Phase_II"]} in sentence


@pytest.mark.parametrize("form", GRAPH_FORMATS, ids=lambda form: form.name)
def test_one_graph_can_be_had_alone_and_always_the_same(
    quads: list[Quad], form: GraphFormat
) -> None:
    body = export_rdf(quads, form, SENTENCE)
    assert export_rdf(list(reversed(quads)), form, SENTENCE) == body
    triples = {quad.triple for quad in parse(body, format=form.reader)}
    assert triples == {quad.triple for quad in quads if graph_of(quad) == SENTENCE}
    assert len(triples) == 4


ADVANCES = Triple(
    NamedNode(ID + "China"), NamedNode(BASE + "ontology#advances"), NamedNode(ID + "CPEC_Phase_II")
)


def with_evidence(quads: list[Quad], name: str, graph: str | None = None) -> set[Triple]:
    form = FORMATS[name]
    body = export_rdf(quads, form, graph, evidence=True)
    return {quad.triple for quad in parse(body, format=form.reader)}


def values(triples: set[Triple], subject: str, name: str) -> set[str]:
    prefix, _, local = name.partition(":")
    predicate = NamedNode(PREFIXES[prefix] + local)
    return {
        getattr(triple.object, "value", "")
        for triple in triples
        if triple.subject == NamedNode(subject) and triple.predicate == predicate
    }


@pytest.mark.parametrize("name", ["ttl", "nt"])
def test_with_evidence_each_statement_is_reified_by_its_record(
    quads: list[Quad], name: str
) -> None:
    triples = with_evidence(quads, name)
    article, first, second = (ID + "talks-2026-05-02" + end for end in ("", "/s01#2", "/s02#4"))
    reifiers = {triple.subject for triple in triples if triple.object == ADVANCES}
    assert reifiers == {NamedNode(first), NamedNode(second)}
    assert values(triples, first, "oa:exact") == {"spoke of the corridor’s second phase"}
    assert values(triples, first, "oa:hasSource") == {article + "/s01"}
    assert values(triples, first, "cpec:modality") == {CPEC + "Reported"}
    assert values(triples, first, "cpec:attributedTo") == {article}
    reifications = {term for term in triples if isinstance(term.object, Triple)}
    quoted = {term for term in triples if term.predicate == OA.EXACT}
    assert (
        triples - reifications - quoted <= {quad.triple for quad in merge_graphs(quads)} <= triples
    )
    assert len(reifications) == 8  # seven of the sentences, one of the background source


def test_evidence_of_one_sentence_comes_with_its_records(quads: list[Quad]) -> None:
    triples = with_evidence(quads, "ttl", SENTENCE)
    assert values(triples, SENTENCE + "#4", "oa:exact") == {"both are parties"}
    assert {triple.subject for triple in triples if triple.object == ADVANCES} == {
        NamedNode(SENTENCE + "#4")
    }


def test_a_statement_without_a_record_is_reified_by_its_graph(quads: list[Quad]) -> None:
    written = [quad for quad in quads if quad.subject != NamedNode(SENTENCE + "#4")]
    triples = with_evidence(written, "nt")
    assert NamedNode(SENTENCE) in {
        triple.subject for triple in triples if triple.object == ADVANCES
    }


def test_evidence_is_refused_where_it_cannot_be_said(quads: list[Quad]) -> None:
    with pytest.raises(UnwritableError, match="evidence is for ttl and nt"):
        export_rdf(quads, FORMATS["rdf"], evidence=True)


def test_an_unknown_graph_is_named(quads: list[Quad]) -> None:
    with pytest.raises(UnknownNameError, match="no graph is called id:talks-2026-05-02/s99"):
        export_rdf(quads, FORMATS["ttl"], ID + "talks-2026-05-02/s99")


def literal(text: str, kind: str) -> Literal:
    return Literal(text, datatype=NamedNode("http://www.w3.org/2001/XMLSchema#" + kind))


@pytest.mark.parametrize(
    "value",
    [
        Literal("plain"),
        Literal("زبان", language="ur"),
        literal("7", "integer"),
        literal("007", "integer"),
        literal("-0", "integer"),
        literal("12345678901234567890", "integer"),
        literal("true", "boolean"),
        literal("1", "boolean"),
        literal("1.50", "decimal"),
        literal("1.0E2", "double"),
        literal("2026-03", "gYearMonth"),
        Literal("own", datatype=NamedNode("http://example.org/own")),
        NamedNode("http://example.org/elsewhere"),
        NamedNode(ID + "China"),
    ],
    ids=str,
)
@pytest.mark.parametrize("predicate", ["advances", "reading", "unheardOf"])
def test_every_kind_of_value_comes_back_from_jsonld(
    quads: list[Quad], predicate: str, value: Literal | NamedNode
) -> None:
    graph = NamedNode("http://example.org/graph")
    quad = Quad(NamedNode(ID + "China"), NamedNode(BASE + "ontology#" + predicate), value, graph)
    body = export_rdf([*quads, quad], FORMATS["jsonld"], graph.value)
    assert list(parse(body, format=RdfFormat.JSON_LD)) == [quad]
    lines = jsonld.to_rdf(json.loads(body), {"format": "application/n-quads"})
    assert list(parse(lines, format=RdfFormat.N_QUADS)) == [quad]


def test_a_triple_term_is_refused_by_jsonld(quads: list[Quad]) -> None:
    term = Triple(NamedNode("x:s"), NamedNode("x:p"), NamedNode("x:o"))
    quad = Quad(NamedNode(ID + "China"), NamedNode("x:says"), term, NamedNode("x:graph"))
    with pytest.raises(UnwritableError, match="no triple terms"):
        export_rdf([*quads, quad], FORMATS["jsonld"], "x:graph")


def test_a_label_that_is_no_text_comes_back_from_jsonld(quads: list[Quad]) -> None:
    label = RDFS.LABEL
    quad = Quad(NamedNode(ID + "China"), label, literal("7", "integer"), NamedNode("x:graph"))
    body = export_rdf([*quads, quad], FORMATS["jsonld"], "x:graph")
    assert list(parse(body, format=RdfFormat.JSON_LD)) == [quad]


def test_blank_nodes_come_back_from_jsonld(quads: list[Quad]) -> None:
    graph, kind = NamedNode("x:graph"), RDF.TYPE
    added = [
        Quad(BlankNode("one"), kind, BlankNode("other"), graph),
        Quad(BlankNode("other"), NamedNode(BASE + "ontology#advances"), BlankNode("one"), graph),
    ]
    body = export_rdf([*quads, *added], FORMATS["jsonld"], "x:graph")
    assert canonical(list(parse(body, format=RdfFormat.JSON_LD))) == canonical(added)


def test_texts_with_and_without_a_language_share_a_map(quads: list[Quad]) -> None:
    label = SKOS.ALT_LABEL
    graph = NamedNode("x:graph")
    labels = [
        Quad(NamedNode(ID + "China"), label, value, graph)
        for value in (
            Literal("PRC", language="en"),
            Literal("Cathay", language="en"),
            Literal("CN"),
        )
    ]
    body = export_rdf([*quads, *labels], FORMATS["jsonld"], "x:graph")
    assert set(parse(body, format=RdfFormat.JSON_LD)) == set(labels)
    (node,) = json.loads(body)["@graph"][0]["@graph"]
    assert node["altLabel"] == {"en": ["Cathay", "PRC"], "@none": ["CN"]}


def test_a_file_declares_the_prefixes_that_it_uses(quads: list[Quad]) -> None:
    text = export_rdf(quads, FORMATS["trig"], SENTENCE).decode()
    declared = {line.split()[1] for line in text.splitlines() if line.startswith("@prefix")}
    assert declared == {"cpec:", "id:"}


def lines_of(quads: list[Quad], name: str, **options: str) -> list[str]:
    return export_rdf(quads, FORMATS[name], **options).decode().splitlines()  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["ttl", "trig"])
def test_the_head_says_what_a_file_is_of_when_and_under_which_licence(
    quads: list[Quad], name: str
) -> None:
    lines = lines_of(quads, name, edition="0123456789abcdef")
    size = len(merge_graphs(quads) if name == "ttl" else quads)
    assert lines[0].startswith("# cpec-graph: a cited knowledge graph of Pakistan-China")
    assert lines[1].endswith(f": {size:,} triples.")
    assert lines[2] == "# Data: edition 0123456789abcdef, articles up to 2026-05-02."
    assert lines[3] == "# Licence: https://creativecommons.org/licenses/by/4.0/"


def test_turtle_goes_thing_by_thing_kind_after_kind(quads: list[Quad]) -> None:
    lines = lines_of(quads, "ttl")
    headings = [line.strip("# ─") for line in lines if line.startswith("# ──")]
    known = [heading for heading in HEADINGS if heading in headings]
    assert headings == known
    assert headings[:4] == ["Countries", "Places", "Agents", "Undertakings"]
    starts = [line.split()[0] for line in lines if line.startswith(("id:", "graph:", "cpec:"))]
    assert len(starts) == len(set(starts)) > 40
    assert starts[:3] == ["id:China", "id:Pakistan", "id:Islamabad"]


def test_a_thing_begins_with_its_type_and_labels_and_goes_on_as_the_ontology_does(
    quads: list[Quad],
) -> None:
    lines = lines_of(quads, "ttl")
    start = lines.index("id:China a cpec:Country , schema:Country ;")
    block = lines[start : lines.index("", start)]
    assert block[1] == '\trdfs:label "China"@en , "چین"@ur , "中国"@zh ;'
    assert [line.split()[0] for line in block[2:]] == [
        "skos:altLabel",
        "cpec:cooperatesIn",
        "cpec:advances",
        "cpec:partyTo",
        "owl:sameAs",
    ]


def test_trig_goes_from_the_sentences_to_the_vocabulary(quads: list[Quad]) -> None:
    lines = lines_of(quads, "trig")
    graphs = [line[1:-3] for line in lines if line.startswith("<") and line.endswith("> {")]
    assert len(graphs) == len(set(graphs))
    assert graphs[:3] == [f"{ID}talks-2026-05-02/s01", SENTENCE, BACKGROUND + "country-codes"]
    assert graphs[-3:] == [INFERRED_GRAPH, ONTOLOGY_GRAPH, DATASET_GRAPH]


def test_numbers_in_names_are_sorted_as_numbers() -> None:
    names = [NamedNode(f"{ID}a/s{number}") for number in (1, 2, 9, 10, 11, 100)]
    sentences = [Quad(name, NODE, Literal("x")) for name in names]
    ordered = ReadingOrder.from_quads(sentences).sort(reversed(sentences))
    assert [quad.subject for quad in ordered] == names


NODE, GRAPH = NamedNode("x:s"), NamedNode("x:graph")
ODD: list[Literal | NamedNode] = [
    *map(Literal, ("a\bb\f", "\x01\x7f", "\u2028", '\t\n\r"\\', "\\u0041", "\U0001f600")),
    *(Literal("01", datatype=NamedNode(XSD + kind)) for kind in ("integer", "date", "string")),
    Literal("x", language="ar", direction=BaseDirection.RTL),
    Literal('{"a": 1.0 }', datatype=RDF.JSON),
    Literal("x", datatype=NamedNode("id:kind")),
    *map(NamedNode, ("id:x", "cpec://x", "label:x", "urn:x", "https://example.org/a'b(c)?d#é")),
]


@pytest.mark.parametrize("term", ODD, ids=str)
def test_jsonld_says_any_term(term: NamedNode | Literal) -> None:
    places = [NODE, term] if isinstance(term, NamedNode) else [NODE]
    quads = {
        Quad(subject, predicate, term, graph)
        for subject in places
        for predicate in (NODE, RDF.TYPE, NamedNode(BASE + "ontology#aimsAt"))
        for graph in (GRAPH, *places)
    }
    assert set(parse(write_jsonld(quads, packaged_vocabulary()), format=RdfFormat.JSON_LD)) == quads


def test_threads_may_write_jsonld_at_once(quads: list[Quad]) -> None:
    with ThreadPoolExecutor(8) as threads:
        bodies = list(
            threads.map(lambda _: write_jsonld(quads[:60], packaged_vocabulary()), range(32))
        )
    assert len(set(bodies)) == 1
