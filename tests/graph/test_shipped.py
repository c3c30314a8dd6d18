"""The shipped graph states the facts of its article, and nothing else."""

import re
from collections import Counter
from pathlib import Path

import pytest
from pyoxigraph import Quad, QueryBoolean, Store

from graph.answering.evaluation import query_store, run_select
from graph.curating.master import DATA
from graph.curating.verification import TextMatch, verify
from graph.dataset import graph_of
from graph.reasoning.kernel import Kernel
from graph.snapshot import Snapshot
from ontology.namespace import DATASET_GRAPH, ID, INFERRED_GRAPH
from ontology.terms import RDF

OF_ARTICLE = "(STRSTARTS(STR({}), CONCAT(STR(id:inp-wealthpk-2026-04-29), '/')))"
"""Holds of the sentences of the first article: the next ones have numbers of their own."""


def holds(store: Store, pattern: str) -> bool:
    answer = query_store(store, f"ASK {{ {pattern} }}")
    assert isinstance(answer, QueryBoolean)
    return bool(answer)


def number(store: Store, pattern: str) -> int:
    return sum(1 for _ in run_select(store, f"SELECT * WHERE {{ {pattern} }}"))


@pytest.mark.parametrize("country", ["Pakistan", "China"])
def test_both_countries_cooperate_in_ai_as_inferred(store: Store, country: str) -> None:
    fact = f"id:{country} cpec:cooperatesIn id:Artificial_Intelligence"
    assert holds(store, f"GRAPH graph:inferred {{ {fact} }}")
    assert not holds(store, f"?sentence a cpec:Sentence . GRAPH ?sentence {{ {fact} }}")


@pytest.mark.parametrize("country", ["Pakistan", "China"])
def test_cooperation_that_is_aimed_at_is_never_reported(store: Store, country: str) -> None:
    intended = f"GRAPH graph:inferred {{ id:{country} cpec:intendsCooperationIn id:Gas_Hydrates }}"
    assert holds(store, intended)
    assert not holds(store, f"id:{country} cpec:cooperatesIn id:Gas_Hydrates")


@pytest.mark.parametrize("country", ["Pakistan", "China"])
@pytest.mark.parametrize("area", ["Robotics", "Space_Technology", "Industry_4_0"])
def test_who_helps_an_initiative_does_not_intend_what_it_aims_at(
    store: Store, country: str, area: str
) -> None:
    ties = "cpec:intendsCooperationIn|cpec:cooperatesIn"
    assert not holds(store, f"id:{country} {ties} id:{area}")


@pytest.mark.parametrize(
    "fact",
    [
        "id:JCC14_Minutes cpec:recordOfBody id:JCC",
        "id:JCC14_Minutes_Signing cpec:signingForBody id:JCC",
        "id:JCC14_Minutes_Signing cpec:inCountry id:Pakistan",
        "id:HEC cpec:taskedInArea id:Artificial_Intelligence",
        "id:China cpec:jointlyDeploys id:Solar_Home_Systems",
        "id:China cpec:cooperatesWith id:Pakistan",
        "id:CPEC_Phase_II cpec:within id:CPEC",
        "id:Pakistan cpec:intendsCooperationIn id:Gas_Hydrates",
        "id:Climate_Memorandum_2023_Signing cpec:inCountry id:China",
    ],
)
def test_what_a_reader_notices_is_inferred(store: Store, fact: str) -> None:
    assert holds(store, f"GRAPH graph:inferred {{ {fact} }}")


@pytest.mark.parametrize(
    "fact",
    [
        "id:JCC_Meeting_14 cpec:date ?date",
        "id:JCC_Meeting_14 cpec:place ?place",
        "id:AI_Framework cpec:within id:CPEC",
        "id:Ongoing_Engagements cpec:within ?undertaking",
        "id:HRD_Programme cpec:within id:CPEC",
        "id:Climate_Initiatives cpec:within id:CPEC",
        "id:Emerging_Sector_Collaboration cpec:within id:CPEC",
        "id:Scholarship_Alignment_Initiative cpec:within ?programme",
        "id:Scholarship_Alignment_Initiative cpec:hasParty ?country",
        "id:JCC14_Minutes_Signing cpec:marksStepToward id:AllWeatherPartnership",
        "id:HEC cpec:taskedWith id:AI_Framework",
        "?report cpec:coversPeriod ?month",
        "?goal a cpec:Goal ; ^cpec:indicates ?event",
        "?system a cpec:TechnicalSystem , skos:Concept",
        "id:High_Level_Meeting_2026_03 cpec:place ?place",
        "?country cpec:cooperatesWith ?country",
        "id:Islamabad a cpec:Signing",
        "?thing a owl:Thing",
        "id:inp-wealthpk-2026-04-29 schema:url ?address",
    ],
)
def test_what_the_article_does_not_say_is_not_there(first_article: Store, fact: str) -> None:
    assert not holds(first_article, fact)


def test_each_statement_has_a_record_with_a_quote_or_an_anchor_of_its_own(store: Store) -> None:
    stated = (
        "VALUES ?kind { cpec:Sentence cpec:BackgroundSource } ?g a ?kind . GRAPH ?g { ?s ?p ?o }"
    )
    record = """GRAPH graph:evidence {
      ?record a rdf:Statement ; oa:hasSource ?g ; cpec:modality ?m ;
      rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o
      FILTER EXISTS { ?record oa:hasSelector/(oa:exact|cpec:anchor) ?quote } }"""
    apart = 'FILTER (!CONTAINS(STR(?g), "/extract/"))'
    assert number(store, f"{stated} {apart}") == number(store, f"{stated} {record}")
    assert number(store, f"{stated} {record} FILTER {OF_ARTICLE.format('?g')}") == 126


def test_what_is_said_of_the_report_is_not_said_by_it(store: Store) -> None:
    of = "?r rdf:subject id:MDU_2026_04 ; cpec:attributedTo"
    assert holds(store, f"{of} id:inp-wealthpk-2026-04-29")
    assert not holds(store, f"{of} id:MDU_2026_04")


def test_days_that_are_reckoned_from_a_month_are_our_own_word(first_article: Store) -> None:
    days = "id:High_Level_Meeting_2026_03 cpec:earliest ?from ; cpec:latest ?to"
    assert holds(first_article, f"GRAPH graph:editorial {{ {days} }}")
    of_sentence = "?s a cpec:Sentence . GRAPH ?s { ?e cpec:earliest|cpec:latest ?day }"
    assert not holds(first_article, of_sentence)


def test_records_stay_out_of_the_closure(shipped_quads: list[Quad]) -> None:
    stated = [
        quad for quad in shipped_quads if graph_of(quad) not in {INFERRED_GRAPH, DATASET_GRAPH}
    ]
    replace_annotations = {quad.triple for quad in Kernel(stated).inferred_quads()}
    records = {q.subject for q in stated if (q.predicate, q.object) == (RDF.TYPE, RDF.STATEMENT)}
    kernel = Kernel(q for q in stated if q.subject not in records)
    without = {quad.triple for quad in kernel.inferred_quads()}
    assert len(records) >= 137
    assert replace_annotations == without


def test_nothing_that_is_stated_contradicts_itself(shipped_quads: list[Quad]) -> None:
    assert Kernel(shipped_quads).contradictions() == ()


def test_nothing_is_the_same_as_itself(store: Store) -> None:
    assert not holds(store, "GRAPH graph:inferred { ?thing owl:sameAs ?other }")


def test_each_sentence_and_the_headline_is_a_graph(store: Store) -> None:
    sentence = f"?sentence a cpec:Sentence . FILTER {OF_ARTICLE.format('?sentence')}"
    assert number(store, f"{sentence} FILTER EXISTS {{ GRAPH ?sentence {{}} }}") == 15
    assert number(store, f"{sentence} GRAPH ?sentence {{ ?s ?p ?o }}") == 126


def test_every_link_has_its_evidence(store: Store) -> None:
    links = number(
        store, "?set a void:Linkset . GRAPH ?set { ?s ?p ?o FILTER STRSTARTS(STR(?s), STR(id:)) }"
    )
    seen = "FILTER EXISTS { ?mapping dcterms:source ?seen }"
    assert links == number(store, f"?mapping a sssom:Mapping {seen}") == 99


def test_more_than_half_of_the_things_of_the_first_article_are_linked(store: Store) -> None:
    first = OF_ARTICLE.format("?g")
    named = f"GRAPH ?g {{ {{ ?s ?p ?thing }} UNION {{ ?thing ?p ?o }} FILTER {first} }}"
    things = f"SELECT DISTINCT ?thing {{ GRAPH graph:editorial {{ ?thing a ?kind }} {named} %s }}"
    linked = "FILTER EXISTS { ?set a void:Linkset . GRAPH ?set { ?thing ?relation ?other } }"
    count = [len(list(run_select(store, things % rest))) for rest in ("", linked)]
    assert count[1] == 40
    assert 2 * count[1] > count[0]


def test_more_than_half_of_the_places_are_linked_and_each_link_has_the_name_of_its_place(
    store: Store,
) -> None:
    place = "GRAPH graph:editorial { ?place a ?kind } ?kind rdfs:subClassOf* cpec:Place ."
    mapping = "?mapping owl:annotatedSource ?place ; sssom:object_label ?name ."
    places, linked = (
        {row["place"].value.removeprefix(ID) for row in run_select(store, query)}
        for query in (f"SELECT ?place {{ {place} {rest} }}" for rest in ("", mapping))
    )
    assert linked == {"Pakistan", "China", "Islamabad", "Beijing", "Gwadar", "Quetta"}
    assert 2 * len(linked) > len(places)
    named = "?place rdfs:label ?label FILTER (STR(?label) = ?name)"
    assert number(store, f"{place} {mapping} FILTER NOT EXISTS {{ {named} }}") == 0


def test_only_topics_are_matched_like_concepts(store: Store) -> None:
    match = "?relation IN (skos:exactMatch, skos:closeMatch, skos:broadMatch, skos:relatedMatch)"
    matched = f"?thing ?relation ?other FILTER ({match} && STRSTARTS(STR(?thing), STR(id:)))"
    assert holds(store, matched)
    assert not holds(store, f"{matched} FILTER NOT EXISTS {{ ?thing a cpec:Topic }}")


def test_where_a_link_was_seen_is_described_or_said_in_words(store: Store) -> None:
    seen = "?mapping a sssom:Mapping ; dcterms:source ?seen FILTER isIRI(?seen)"
    assert number(store, seen) == 69
    described = "FILTER NOT EXISTS { ?seen dcterms:title ?title ; schema:version ?version }"
    assert number(store, f"{seen} {described}") == 0


def test_links_stay_out_of_the_closure(store: Store) -> None:
    assert not holds(store, "GRAPH graph:inferred { ?s ?p wd:Q843 }")


def test_only_the_lists_of_the_ontology_have_blank_nodes(snapshot: Snapshot) -> None:
    lines = snapshot.quads_file.read_text("utf-8").splitlines()
    blank = [line for line in lines if line.startswith("_:") or " _:" in line]
    assert all(line.endswith("<https://w3id.org/cpec-graph/graph/ontology> .") for line in blank)


def test_every_inferred_property_of_ours_has_a_modality(store: Store) -> None:
    inferred = "GRAPH graph:inferred { ?s ?p ?o } FILTER (STRSTARTS(STR(?p), STR(cpec:)))"
    assert number(store, inferred) >= 107
    assert number(store, inferred + " FILTER NOT EXISTS { ?p cpec:modality ?modality }") == 0


def test_every_graph_says_what_it_is(store: Store) -> None:
    unsaid = """
    SELECT DISTINCT ?graph {
      GRAPH ?graph { ?s ?p ?o }
      FILTER NOT EXISTS { ?graph a cpec:Sentence }
      FILTER NOT EXISTS { GRAPH graph:evidence { ?graph dcterms:title ?title } }
    }
    """
    assert [str(row["graph"]) for row in run_select(store, unsaid)] == []


def test_an_editor_finds_examples_that_answer(store: Store) -> None:
    examples = run_select(store, "SELECT ?name ?text { ?name sh:select ?text }")
    empty = {
        row["name"].value.rpartition("/")[2]
        for row in examples
        if next(run_select(store, row["text"].value), None) is None
    }
    assert empty == set()


def test_the_evidence_is_exact(store: Store, shared_article: Path) -> None:
    statuses = Counter(line.status for line in verify(store, shared_article))
    assert statuses[TextMatch.EXACT] == 16
    assert statuses.keys() <= {TextMatch.EXACT, TextMatch.NO_TEXT}


def test_one_changed_word_is_found(store: Store, shared_article: Path, tmp_path: Path) -> None:
    name = "inp-wealthpk-2026-04-29.txt"
    text = (shared_article / name).read_text("utf-8")
    (tmp_path / name).write_text(text.replace("robotics", "robotica"), "utf-8")
    changed = [line.name for line in verify(store, tmp_path) if line.status is TextMatch.CHANGED]
    assert changed == ["inp-wealthpk-2026-04-29", "s09"]


def test_no_whole_sentence_of_the_article_is_in_the_repository(shared_article: Path) -> None:
    text = (shared_article / "inp-wealthpk-2026-04-29.txt").read_text("utf-8")
    sentences = [line for line in text.splitlines() if len(line) > 100]
    assert len(sentences) == 14
    for path in (
        *DATA.rglob("*.t*"),
        DATA.parents[1] / "README.md",
        *DATA.parents[1].glob("docs/*.md"),
    ):
        flat = re.sub(r"\s+", " ", path.read_text("utf-8"))
        assert not [sentence for sentence in sentences if sentence in flat], path
