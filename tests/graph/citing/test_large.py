"""The law holds on a graph of many articles, whose facts have many statements and derivations."""

import re
from collections import Counter
from random import Random
from typing import Final

import pytest
from pyoxigraph import NamedNode, Quad, Store, Triple

from bench.citing import QUERIES
from bench.coverage import questions
from bench.graph import closed
from bench.question import PROLOGUE
from graph.citing.citation import cite
from graph.citing.index import EvidenceIndex
from graph.dataset import graph_of, memory_store
from graph.reasoning.thresholds import THRESHOLDS
from graph.reasoning.tree import explain
from ontology.namespace import INFERRED_GRAPH
from tests.graph.citing.law import find_breach
from tests.graph.reclosing import Reclosing

pytestmark = pytest.mark.long

SIZE = 15_000
CHECKED = 4
"""Rows of an answer, or triples of a predicate, that are put to the law."""

JOINS: Final = {
    "join, 3 patterns": (
        "SELECT ?c ?f ?p { ?c cpec:partyTo ?f . ?f cpec:concernsArea id:Area_3 . ?p cpec:under ?f }"
    ),
    "join, 6 patterns": (
        "SELECT ?c ?a ?o { id:Country_1 cpec:cooperatesIn ?a ; cpec:cooperatesWith ?c . "
        "?c cpec:cooperatesIn ?a ; rdfs:label ?l . ?o cpec:taskedInArea ?a ; rdfs:label ?k }"
    ),
    "count, all": "SELECT (COUNT(*) AS ?n) { ?c cpec:cooperatesIn ?a }",
    "count, all twice": (
        "SELECT (COUNT(*) AS ?n) (COUNT(DISTINCT ?a) AS ?m) { ?c cpec:cooperatesIn ?a }"
    ),
    "count, inferred groups": (
        "SELECT ?c (COUNT(?a) AS ?n) { ?c cpec:cooperatesIn ?a } GROUP BY ?c"
    ),
    "count, joined": (
        "SELECT (COUNT(*) AS ?n) { id:Country_0 cpec:cooperatesIn ?a . ?a rdfs:label ?l }"
    ),
    "count, distinct groups": (
        "SELECT ?a (COUNT(DISTINCT ?f) AS ?n) { ?c cpec:partyTo ?f . ?f cpec:concernsArea ?a . "
        "?p cpec:under ?f } GROUP BY ?a"
    ),
    "count, distinct": (
        "SELECT (COUNT(DISTINCT ?a) AS ?n) { id:Country_3 cpec:partyTo ?f . "
        "?f cpec:concernsArea ?a }"
    ),
}
ASKED: Final = {**QUERIES, **JOINS}


@pytest.fixture(scope="module")
def quads() -> list[Quad]:
    return closed(SIZE)


@pytest.fixture(scope="module")
def large(quads: list[Quad]) -> Store:
    return memory_store(quads)


@pytest.fixture(scope="module")
def index(large: Store) -> EvidenceIndex:
    return EvidenceIndex(large)


@pytest.fixture(scope="module")
def reclosing(quads: list[Quad]) -> Reclosing:
    return Reclosing(quads)


@pytest.mark.law
@pytest.mark.parametrize("name", ASKED)
def test_the_law_holds_and_nearly_all_is_cited(
    large: Store, index: EvidenceIndex, reclosing: Reclosing, name: str
) -> None:
    text = ASKED[name]
    answer = cite(large, index, text)
    statuses = Counter(citation.status for citation in answer.citations)
    numbers = list(range(len(answer.citations)))
    Random(1).shuffle(numbers)  # noqa: S311 - not a secret
    uncut = text.partition(" ORDER BY ")[0]
    assert find_breach(reclosing, uncut, answer, numbers[:CHECKED]) is None
    assert statuses["cited"] == statuses.total()
    for number in numbers if name.startswith("count") else ():
        assert answer.citations[number].basis
        assert answer.citations[number].members


KINDS: Final = [
    pytest.param(text, id=f"{kind}, {number}")
    for kind, texts in questions().items()
    for number, text in enumerate(texts)
]
CUT: Final = re.compile(r"( ORDER BY [^{}]*)? LIMIT \d+$")
"""The end of a query that only leaves out some of its rows."""


@pytest.mark.law
@pytest.mark.parametrize("text", KINDS)
def test_the_law_holds_for_each_kind_of_question(
    large: Store, index: EvidenceIndex, reclosing: Reclosing, text: str
) -> None:
    text = PROLOGUE + text.replace("{n}", "3")
    answer = cite(large, index, text)
    assert all(citation.status == "cited" or citation.absent for citation in answer.citations)
    numbers = list(range(len(answer.citations)))
    Random(1).shuffle(numbers)  # noqa: S311 - not a secret
    assert find_breach(reclosing, CUT.sub("", text), answer, numbers[:CHECKED]) is None


SETTLED: Final = [
    "SELECT ?c ?f ?p { ?c cpec:partyTo ?f OPTIONAL { ?p cpec:under ?f } }",
    "SELECT ?f ?p { ?c cpec:partyTo ?f OPTIONAL { ?p cpec:under ?f } }",
    "SELECT ?c ?f ?p { ?c cpec:partyTo ?f OPTIONAL { ?p cpec:under ?f FILTER(?p = ?c) } }",
    "SELECT * { ?c cpec:partyTo ?f OPTIONAL { ?p cpec:under ?f ; a cpec:Framework } }",
    "SELECT ?p ?f { ?c cpec:partyTo ?f OPTIONAL { ?p cpec:under ?f } } ORDER BY ?p ?f LIMIT 9",
]
"""Queries of which the rows tell with what their OPTIONAL was asked."""

UNSETTLED: Final = [
    "SELECT ?c ?p { ?c cpec:partyTo ?f OPTIONAL { ?p cpec:under ?f } }",
    "SELECT ?c (STR(?f) AS ?g) ?p { ?c cpec:partyTo ?f OPTIONAL { ?p cpec:under ?f } }",
    """SELECT ?c ?f ?p { ?c cpec:partyTo ?f
        OPTIONAL { ?p cpec:under ?f OPTIONAL { ?c cpec:cooperatesIn ?a } FILTER(!BOUND(?a)) } }""",
    """SELECT ?c ?f ?p { ?c cpec:partyTo ?f
        OPTIONAL { ?p cpec:under ?f MINUS { ?c cpec:cooperatesIn ?a } } }""",
    """SELECT ?c ?f ?p { ?c cpec:partyTo ?f
        OPTIONAL { ?p cpec:under ?f FILTER NOT EXISTS { ?c cpec:cooperatesIn ?a } } }""",
    "SELECT ?c ?f ?p { ?c cpec:partyTo ?f OPTIONAL { ?p cpec:under ?f } FILTER(!BOUND(?p)) }",
    """SELECT ?c ?f ?p { VALUES ?f { UNDEF }
        OPTIONAL { ?p cpec:under id:None FILTER(BOUND(?f)) } ?c cpec:partyTo ?f }""",
    """SELECT ?c ?f ?p {
        { SELECT ?c ?f ?p { ?c cpec:partyTo ?f OPTIONAL { ?p cpec:under ?f } } } }""",
]
"""Queries of which other solutions, or parts of the dataset, may give a row that did not match."""


HELD_ALONE: Final = [
    "SELECT ?c { ?c cpec:partyTo ?f FILTER NOT EXISTS { ?p cpec:under ?f } }",
    "SELECT DISTINCT (STR(?f) AS ?g) { ?c cpec:partyTo ?f MINUS { ?p cpec:under ?f } }",
]
"""Queries of which rows are given by nothing less, whatever is absent for other solutions."""

ABSENT: Final = [
    "SELECT ?c ?f { ?c cpec:partyTo ?f FILTER NOT EXISTS { ?p cpec:under ?f } }",
    "SELECT DISTINCT ?c ?f { ?c cpec:partyTo ?f MINUS { ?p cpec:under ?f . ?p a ?x } }",
    "SELECT ?c ?a { ?c cpec:cooperatesIn ?a FILTER NOT EXISTS { id:Country_0 cpec:under ?a } }",
    """SELECT ?f ?a { ?c cpec:partyTo ?f . ?f cpec:concernsArea ?a
        FILTER(?a != id:Area_0 && NOT EXISTS { ?p cpec:under ?f FILTER(?p = ?a) }) }""",
    """SELECT ?o ?a { ?o cpec:taskedInArea ?a MINUS { id:Country_1 cpec:under ?a }
        FILTER NOT EXISTS { ?c cpec:partyTo ?o } } ORDER BY ?o LIMIT 5""",
    "ASK { ?c cpec:partyTo ?f FILTER NOT EXISTS { id:Country_0 cpec:under ?x } }",
    """CONSTRUCT { ?f cpec:of ?c . ?c cpec:has ?f }
        { ?c cpec:partyTo ?f FILTER NOT EXISTS { ?p cpec:under ?f } }""",
]
"""Queries of which each row tells with what was asked for what is absent."""

HIDDEN: Final = [
    "SELECT ?c { ?c cpec:partyTo ?f OPTIONAL { ?p cpec:of ?f } MINUS { ?p cpec:under ?f } }",
    """SELECT ?c ?f { ?c cpec:partyTo ?f FILTER NOT EXISTS {
        ?f cpec:under ?p FILTER NOT EXISTS { ?p rdfs:label ?l } } }""",
    "SELECT ?c ?f { ?c cpec:partyTo ?f MINUS { ?f cpec:none ?q OPTIONAL { ?p cpec:under ?f } } }",
    """SELECT ?c ?f ?p { ?c cpec:partyTo ?f OPTIONAL { ?p cpec:under ?f }
        FILTER NOT EXISTS { ?p cpec:none id:Framework_0 } }""",
    "SELECT ?c ?f { { SELECT ?c ?f { ?c cpec:partyTo ?f MINUS { ?p cpec:under ?f } } } }",
    """CONSTRUCT { ?f a cpec:Lonely . ?c cpec:has ?f }
        { ?c cpec:partyTo ?f FILTER NOT EXISTS { ?c cpec:none ?f } }""",
    "DESCRIBE ?c { ?c cpec:partyTo ?f FILTER NOT EXISTS { ?p cpec:under ?f } }",
]
"""Queries whose rows may have other solutions in a part, which the whole dataset lacks."""


HIDING: Final = """SELECT ?c ?f {
    { SELECT DISTINCT ?c ?f ?p { ?c cpec:partyTo ?f OPTIONAL { ?p cpec:under ?f } } } }"""
"""A query of which rows come of solutions that an OPTIONAL matched, without what it matched."""


@pytest.mark.parametrize("text", [*SETTLED, *UNSETTLED, *HELD_ALONE, *ABSENT, *HIDDEN, HIDING])
def test_a_row_that_depends_on_an_absence_is_cited(
    large: Store, index: EvidenceIndex, reclosing: Reclosing, text: str
) -> None:
    answer = cite(large, index, text)
    assert answer.citations
    assert {citation.status for citation in answer.citations} == {"cited"}
    numbers = list(range(len(answer.citations)))
    Random(4).shuffle(numbers)  # noqa: S311 - not a secret
    uncut = text.partition(" ORDER BY ")[0].partition(" LIMIT ")[0]
    assert find_breach(reclosing, uncut, answer, numbers[:CHECKED]) is None


CONSTRUCTED: Final = [
    """CONSTRUCT { ?c cpec:cooperatesWith ?f . ?f rdfs:seeAlso ?p }
        { ?c cpec:partyTo ?f OPTIONAL { ?p cpec:under ?f } }""",
    """CONSTRUCT { ?f rdfs:label ?l ; a cpec:Framework ; cpec:of ?c ; cpec:names ?x }
        { ?c cpec:partyTo ?f OPTIONAL { ?f rdfs:label ?l } OPTIONAL { ?p cpec:under ?f .
          ?p rdfs:label ?x } }""",
    "CONSTRUCT { ?f cpec:with ?l } { ?c cpec:partyTo ?f OPTIONAL { ?c rdfs:label ?l } }",
    """CONSTRUCT { ?f cpec:at ?a ; cpec:in ?b }
        { ?c cpec:partyTo ?f { ?f cpec:concernsArea ?a } UNION { ?f cpec:concernsArea ?b } }""",
]
"""Graphs with triples that show an OPTIONAL variable, and triples that do not."""


@pytest.mark.parametrize("text", CONSTRUCTED)
def test_a_constructed_triple_is_cited_by_what_it_shows(
    large: Store, index: EvidenceIndex, reclosing: Reclosing, text: str
) -> None:
    answer = cite(large, index, text)
    assert {citation.status for citation in answer.citations} == {"cited"}
    numbers = list(range(len(answer.rows)))
    Random(6).shuffle(numbers)  # noqa: S311 - not a secret
    assert find_breach(reclosing, text, answer, numbers[: 2 * CHECKED]) is None


def test_each_proof_of_an_inferred_triple_holds_it_and_needs_all_its_graphs(
    quads: list[Quad], index: EvidenceIndex, reclosing: Reclosing
) -> None:
    by_predicate: dict[NamedNode, list[Triple]] = {}
    for quad in quads:
        if graph_of(quad) == INFERRED_GRAPH:
            by_predicate.setdefault(quad.predicate, []).append(quad.triple)
    assert len(by_predicate) > 5
    for triples in by_predicate.values():
        for triple in Random(2).sample(triples, CHECKED):  # noqa: S311 - not a secret
            explanation = explain(index.kernel, triple)
            assert 1 <= len(explanation.proofs) <= THRESHOLDS.proofs
            quad = Quad(*triple)
            for proof in explanation.proofs:
                assert quad in reclosing.store(proof.graphs)
                for name in proof.graphs:
                    assert quad not in reclosing.store(set(proof.graphs) - {name})
