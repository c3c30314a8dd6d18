"""Why an answer is empty: the core, and its cause."""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import replace
from random import Random

import pytest
from jsonschema import Draft202012Validator
from pyoxigraph import RdfFormat, Store, parse

from graph.citing.index import EvidenceIndex
from graph.dataset import graph_of, memory_store
from graph.emptiness.cause import Cause, Emptiness
from graph.emptiness.core import Solver, find_cores
from graph.emptiness.explanation import explain_emptiness
from graph.emptiness.query_part import list_parts, name_blank_nodes
from graph.publishing.schema import read_schema
from graph.sparql.parser import parse_query
from graph.sparql.syntax import Group, QueryDataset
from tests.graph.citing.generating import Writer
from tests.graph.emptiness.judgement import Judge, read_absences, read_mutations

SCHEMA = Draft202012Validator(json.loads(read_schema("citations")))
S08 = "<https://w3id.org/cpec-graph/id/inp-wealthpk-2026-04-29/s08>"


@pytest.fixture(scope="module")
def store(first_article: Store) -> Store:
    """The first article alone, for which the causes below are true."""
    return first_article


@pytest.fixture(scope="module")
def judge(store: Store) -> Judge:
    return Judge(store)


def explain(store: Store, text: str, **options: object) -> Emptiness:
    return explain_emptiness(store, (text, None, None, None), **options)  # type: ignore[arg-type]


def cause_of(store: Store, text: str) -> Cause:
    """Return the only cause of an empty answer, held to the schema."""
    emptiness = explain(store, text)
    head = {"head": {}, "citations": [], "sources": {}, "boolean": False}
    SCHEMA.validate({**head, "empty": emptiness.to_json()})
    (cause,) = emptiness.causes
    return cause


@pytest.mark.parametrize("number", range(0, 200, 33))
def test_a_mutation_is_named(judge: Judge, number: int) -> None:
    mutation = read_mutations()[number]
    assert judge.is_empty(mutation)
    assert mutation.is_named_by(judge.explain_mutation(mutation))


@pytest.mark.long
def test_the_culprit_of_mutations_is_named(judge: Judge) -> None:
    mutations = read_mutations()
    assert len(mutations) == 200
    assert all(map(judge.is_empty, mutations))
    explained = [(mutation, judge.explain_mutation(mutation)) for mutation in mutations]
    assert sum(mutation.is_named_by(emptiness) for mutation, emptiness in explained) >= 190
    misspelt = [pair for pair in explained if pair[0].near]
    near = sum(mutation.is_near(emptiness) for mutation, emptiness in misspelt)
    assert near >= 0.95 * len(misspelt)


@pytest.mark.long
def test_no_true_absence_is_called_a_mistake(judge: Judge) -> None:
    absences = list(read_absences())
    assert len(absences) == 53
    for absence in absences:
        emptiness = judge.explain(*absence)
        assert emptiness.causes
        assert not any(cause.is_mistake for cause in emptiness.causes), absence


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("SELECT * { ?a a cpec:Area } LIMIT 0", "slice", "LIMIT 0"),
        ("SELECT * { id:Pakistan cpec:iso3 ?code } OFFSET 1", "slice", "OFFSET 1 skips the only"),
        (
            "SELECT ?u { ?u cpec:hasParty ?c } GROUP BY ?u HAVING (COUNT(?c) > 2)",
            "having",
            "of 10 groups none satisfies HAVING (COUNT(?c) >",
        ),
        (
            "SELECT * { VALUES ?c { id:HEC id:JCC } ?c cpec:iso3 ?code }",
            "values",
            "if ?c is Higher Education Commission or Joint Cooperation Committee",
        ),
        (
            "SELECT * { ?e cpec:date ?d FILTER (?d > '2027-01-01'^^xsd:date) }",
            "filter",
            "?d is 31 March 2026",
        ),
        (
            "SELECT * { ?u cpec:deploys ?s MINUS { ?u cpec:hasParty id:China } }",
            "negation",
            "they say that the undertaking has China as a party",
        ),
        (
            f"ASK {{ GRAPH {S08} {{ id:CPEC_Phase_II cpec:aimsAt ?aim }} }}",
            "graph",
            "sentence 8 does not say so; elsewhere: CPEC Phase II aims at",
        ),
        (
            f"ASK FROM {S08} {{ id:CPEC_Phase_II cpec:aimsAt ?aim }}",
            "dataset",
            "sentence 8 does not say",
        ),
        ("ASK FROM <urn:a> FROM <urn:b> { ?a a ?b }", "dataset", "neither urn:a nor urn:b says"),
        (
            "ASK { ?c a cpec:Country BIND (STR(?c) AS ?x) FILTER (?x = 'x') }",
            "filter",
            "?x is https://w3id.org/cpec-graph/id/",
        ),
        ("ASK { id:HEC a cpec:Province }", "class", "is not of the class Province"),
        ("DESCRIBE id:Pakistn", "unknown", "did you mean id:Pakistan?"),
        (
            "CONSTRUCT { ?c a cpec:Pair } { ?c cpec:plannedPartyTo ?u }",
            "unsaid",
            "no source says that any country",
        ),
        ("CONSTRUCT { ?name a ?c } { ?c rdfs:label ?name }", "template", "no triple"),
        ("SELECT (COUNT(*) AS ?n) { ?u cpec:usesMeans ?m }", "weaker", "only aimed at: The"),
        ("SELECT * { { SELECT ?p { ?p a cpec:Province } } }", "class", "Province"),
        (
            'ASK { ?area rdfs:label "Robotics"@en }',
            "text",
            'the graph has "robotics"@en',
        ),
    ],
)
def test_a_cause_is_recognised(store: Store, text: str, kind: str, words: str) -> None:
    cause = cause_of(store, text)
    assert cause.kind == kind
    assert words in cause.words


def test_a_filter_goes_with_its_binders(store: Store) -> None:
    text = """SELECT * { ?c a cpec:Country ; cpec:iso3 ?code ; rdfs:label ?name
      OPTIONAL { ?c cpec:date ?date } FILTER (?code = "XXX") }"""
    assert cause_of(store, text).parts == (
        "?c cpec:iso3 ?code .",
        'FILTER((?code = "XXX"))',
    )


def test_each_branch_of_a_union_has_a_core(store: Store) -> None:
    text = """SELECT * { ?u cpec:deploys ?s
      { ?u cpec:hasPlannedParty ?c } UNION { ?u a cpec:Framework ; cpec:hasParty ?c } }"""
    causes = explain(store, text).causes
    assert [(cause.branch, cause.kind) for cause in causes] == [(1, "unsaid"), (2, "class")]
    assert causes[1].parts == ("?u cpec:deploys ?s .", "?u rdf:type cpec:Framework .")


def test_a_subselect_with_an_aggregate_beside_others_is_undetermined(store: Store) -> None:
    text = """SELECT * { { SELECT (COUNT(*) AS ?n) { ?u cpec:deploys ?s } }
      ?meeting cpec:ordinal ?n }"""
    assert "subselect with aggregates" in explain(store, text).undetermined


def test_a_property_beside_a_negation_is_not_turned(store: Store) -> None:
    text = "ASK { ?u cpec:deploys ?s FILTER NOT EXISTS { ?u cpec:hasParty id:China } }"
    assert cause_of(store, text).kind == "negation"
    text = "ASK { ?area cpec:cooperatesIn ?c FILTER (?c = id:China) }"
    assert cause_of(store, text).kind == "direction"


def test_an_answer_with_solutions_has_no_cause(store: Store) -> None:
    assert explain(store, "SELECT * { ?c a cpec:Country }") == Emptiness()


def test_a_look_up_finds_single_patterns_alone(store: Store) -> None:
    assert not explain(store, "ASK { ?u a cpec:Framework ; cpec:aimsAt ?g }", core=False).causes
    found = explain(store, "ASK { ?u a cpec:Framework ; cpec:aimAt ?g }", core=False).causes
    assert [cause.kind for cause in found] == ["unknown"]


def test_a_statement_that_is_denied_is_shown() -> None:
    data = """
    PREFIX id: <https://w3id.org/cpec-graph/id/>
    PREFIX cpec: <https://w3id.org/cpec-graph/ontology#>
    PREFIX oa: <http://www.w3.org/ns/oa#>
    PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
    GRAPH <https://w3id.org/cpec-graph/graph/evidence> {
      id:said a cpec:UnassertedStatement ; cpec:saidSubject id:CPEC ;
        cpec:saidPredicate cpec:hasJointParty ; cpec:saidObject id:Iran ;
        cpec:modality cpec:Denied ; oa:hasSource <https://w3id.org/cpec-graph/id/x/s01> }
    GRAPH <https://w3id.org/cpec-graph/graph/ontology> {
      cpec:hasJointParty rdfs:subPropertyOf cpec:hasParty . cpec:Denied rdfs:label "denied"@en }
    """
    store = memory_store(parse(data, RdfFormat.TRIG))
    (cause,) = explain(store, "ASK { id:CPEC cpec:hasParty id:Iran }").causes
    assert cause.kind == "unasserted"
    assert "; only denied: " in cause.words
    assert cause.examples[0].graphs == ("https://w3id.org/cpec-graph/id/x/s01",)


def test_a_name_of_a_named_graph_is_known() -> None:
    store = Store()
    store.update("INSERT DATA { GRAPH <urn:g> { <urn:a> <urn:p> <urn:b> } }")
    assert cause_of(store, "ASK { <urn:a> <urn:p> <urn:b> }").kind == "unsaid"


def test_a_search_ends_in_time(store: Store) -> None:
    patterns = " ".join(f"?a{n} ?p{n} ?a{n + 1} ." for n in range(100))
    text = f"ASK {{ {patterns} ?a0 cpec:aimsAt ?a50 FILTER (?a100 = 1) }}"
    start = time.process_time()
    assert "deadline" in explain(store, text, seconds=0.0).undetermined
    assert time.process_time() - start < 5


@pytest.mark.long
def test_a_core_is_minimal(store: Store) -> None:
    """A core has no solution, and one as soon as any part is left out."""
    random = Random(25)  # noqa: S311 - not a secret
    writer = Writer([quad for quad in store if graph_of(quad)], random)
    sizes: Counter[int] = Counter()
    while sizes.total() < 200:
        form = parse_query(writer.query().text).form
        parts = list(list_parts(name_blank_nodes(form.where or Group(()))))
        solver = Solver(store, QueryDataset(), None, 60)
        for number, part in enumerate(parts):
            if (pattern := part.pattern) is not None:
                other = replace(pattern, predicate=writer.any_quad().predicate)
                parts[number] = part.with_pattern(other)
                break
        if not solver.is_empty(parts):
            continue
        for core in find_cores(parts, solver):
            sizes[len(core)] += 1
            assert solver.is_empty(core)
            assert not any(
                solver.is_empty([other for other in core if other is not part]) for part in core
            )
    assert sizes.total() - sizes[1] > 40


def test_an_index_names_the_sources_of_an_inference(store: Store) -> None:
    text = "ASK { id:Pakistan cpec:cooperatesIn id:Robotics }"
    (cause,) = explain(store, text, index=EvidenceIndex(store)).causes
    assert [graph.rpartition("/")[2] for graph in cause.examples[0].graphs] == ["s09"]
