"""The examples of docs/data-model.md are statements of the graph."""

import re

import pytest
from pyoxigraph import Quad, RdfFormat, Store, parse

from graph.answering.evaluation import run_select
from graph.answering.reifier import copy_reified
from graph.curating.master import DATA
from graph.curating.master_file import read_master_file
from ontology.namespace import EVIDENCE as EVIDENCE_GRAPH
from ontology.namespace import HEAD, ID, LINKS, PREFIXES
from ontology.terms import CPEC
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "data-model.md").read_text("utf-8")
EVIDENCE, COPY, RECORD, RANGE, ORIGIN, LINK = re.findall(r"```turtle\n(.*?)```", PAGE, re.DOTALL)
ANNOTATED, ANCHORED, SITUATIONS = re.findall(r"```trig\n(.*?)```", PAGE, re.DOTALL)
QUERY, ANNOTATIONS = re.findall(r"```sparql\n(.*?)```", PAGE, re.DOTALL)
ARTICLE = f"{ID}inp-wealthpk-2026-04-29/"


@pytest.mark.parametrize(
    ("example", "base"), [(EVIDENCE, ARTICLE), (RECORD, ARTICLE), (LINK, LINKS)]
)
def test_an_example_is_in_the_graph(store: Store, example: str, base: str) -> None:
    quads = list(parse(HEAD + example, RdfFormat.TURTLE, base_iri=base))
    assert quads
    assert [quad for quad in quads if quad not in store] == []


def test_the_annotations_are_those_of_the_master_copy() -> None:
    quads = list(parse(HEAD + ANNOTATED, RdfFormat.TRIG, base_iri=ARTICLE))
    file = read_master_file(DATA / "articles" / "inp-wealthpk-2026-04-29.trig", None)
    assert len(quads) == 9
    assert [quad for quad in quads if quad not in file.quads] == []


def test_an_anchor_is_in_the_master_copy_and_a_range_in_the_graph(store: Store) -> None:
    article = f"{ID}the-nation-2023-09-09/"
    annotated = list(parse(HEAD + ANCHORED, RdfFormat.TRIG, base_iri=article))
    file = read_master_file(DATA / "articles" / "the-nation-2023-09-09.trig", None)
    assert len(annotated) == 6
    assert [quad for quad in annotated if quad not in file.quads] == []
    built = list(parse(HEAD + RANGE, RdfFormat.TURTLE, base_iri=article))
    assert len(built) == 5
    evidence = (Quad(quad.subject, quad.predicate, quad.object, EVIDENCE_GRAPH) for quad in built)
    assert [quad for quad in evidence if quad not in store] == []


def test_an_origin_is_named_with_its_reason() -> None:
    origin = {quad.predicate for quad in parse(HEAD + ORIGIN, RdfFormat.TURTLE)}
    assert origin == {CPEC.DERIVED_FROM, CPEC.DERIVATION_REASON}


def test_the_query_finds_the_words_of_a_statement(store: Store) -> None:
    (row,) = run_select(store, QUERY)
    assert [row["sentence"].value, row["quote"].value, row["modality"].value] == [
        f"{ARTICLE}s11",
        "both countries working on initiatives",
        CPEC + "Ongoing",
    ]


def test_the_query_with_triple_terms_finds_them_too(store: Store) -> None:
    reified = copy_reified(store, ANNOTATIONS)
    rows = {(row["party"].value, row["quote"].value) for row in run_select(reified, ANNOTATIONS)}
    quote = "both countries working on initiatives"
    assert rows == {(f"{ID}{country}", quote) for country in ("China", "Pakistan")}


def test_the_properties_of_the_text_are_those_of_the_graph(store: Store) -> None:
    names = set(re.findall(r"`((?:cpec|oa|schema|sssom):[a-z]\w+)`", PAGE))
    missing = {
        name
        for name in names
        if not store.query(f"ASK {{ ?s ?p ?o FILTER ({name} IN (?p, ?s)) }}", prefixes=PREFIXES)
    }
    assert missing == {"schema:archivedAt", "schema:dateCreated"}  # no article has a copy
    assert all(name in COPY for name in missing)
