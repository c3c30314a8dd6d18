"""Why an answer is empty: the core, and its cause."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from functools import partial
from random import Random

import pytest
from jsonschema import Draft202012Validator
from pyoxigraph import RdfFormat, Store, parse

from graph.answering.evaluation import query_store
from graph.answering.reifier import copy_reified
from graph.citing.index import EvidenceIndex
from graph.dataset import graph_of, memory_store
from graph.emptiness.cause import Cause, Emptiness
from graph.emptiness.core import Solver, find_cores
from graph.emptiness.explanation import explain_emptiness
from graph.emptiness.query_part import list_parts, name_blank_nodes
from graph.publishing.schema import read_schema
from graph.sparql.parser import parse_query
from graph.sparql.syntax import Group, QueryDataset
from graph.wording.text import shorten_iris
from ontology.namespace import HEAD
from tests.graph.citing.counting import count_statuses
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
            "is the Higher Education Commission or the Joint Cooperation Committee",
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
            "?x is “https://w3id.org/cpec-graph/id/",
        ),
        ("ASK { id:HEC a cpec:Province }", "class", "is not of the class Province"),
        ("DESCRIBE id:Pakistn", "unknown", "did you mean id:Pakistan?"),
        (
            "CONSTRUCT { ?c a cpec:Pair } { ?c cpec:plannedJointPartyTo ?u }",
            "unsaid",
            "no source says that any country",
        ),
        ("CONSTRUCT { ?name a ?c } { ?c rdfs:label ?name }", "template", "no triple"),
        ("SELECT (COUNT(*) AS ?n) { ?u cpec:usesMeans ?m }", "weaker", "only aimed at: The"),
        ("SELECT * { { SELECT ?p { ?p a cpec:Province } } }", "class", "Province"),
        (
            'ASK { ?area rdfs:label "Robotics"@en }',
            "text",
            'the graph has "robotics"@en here',
        ),
    ],
)
def test_a_cause_is_recognised(store: Store, text: str, kind: str, words: str) -> None:
    cause = cause_of(store, text)
    assert cause.kind == kind
    assert words in cause.words


@pytest.mark.parametrize(
    ("text", "kind", "near", "written"),
    [
        (
            'ASK { ?x cpec:date "2026-03-31"^^xsd:dateTime }',
            "type",
            '"2026-03-31"^^xsd:date',
            '?x cpec:date "2026-03-31"^^xsd:date .',
        ),
        (
            'SELECT ?x { ?x cpec:date ?d FILTER(?d = "2026-03-31") }',
            "type",
            '"2026-03-31"^^xsd:date',
            'FILTER((?d = "2026-03-31"^^xsd:date))',
        ),
        (
            'ASK { ?x rdfs:label ?l FILTER(?l IN ("Pakistan", "China")) }',
            "tag",
            '"Pakistan"@en',
            'FILTER((?l IN ("Pakistan"@en, "China"@en)))',
        ),
        (
            'SELECT ?x { VALUES ?l { "Pakistan"@fr "China"@fr } ?x rdfs:label ?l }',
            "tag",
            '"Pakistan"@en',
            'VALUES (?l) { ("Pakistan"@en) ("China"@en) }',
        ),
        (
            'ASK { ?x a cpec:Country FILTER EXISTS { ?x rdfs:label "Pakistan" } }',
            "tag",
            '"Pakistan"@en',
            'rdfs:label "Pakistan"@en .',
        ),
        (
            """ASK { ?x a cpec:Country
              FILTER NOT EXISTS { ?x rdfs:label ?l FILTER(LANG(?l) = "en" && ?l != "China") } }""",
            "tag",
            '"China"@en',
            '(?l != "China"@en)',
        ),
        (
            'ASK { ?x cpec:date ?d FILTER(?d > "2026-01-01") }',
            "type",
            '"2026-01-01"^^xsd:date',
            'FILTER((?d > "2026-01-01"^^xsd:date))',
        ),
        (
            'ASK { ?x cpec:ordinal "14"^^<urn:unknown> }',
            "type",
            '"14"^^xsd:integer',
            '?x cpec:ordinal "14"^^xsd:integer .',
        ),
        ("ASK { ?x cpec:ordinal 14.0 }", "type", '"14"^^xsd:integer', "xsd:integer ."),
        (
            'ASK { ?x cpec:hasParty "Pakistan" }',
            "type",
            "https://w3id.org/cpec-graph/id/Pakistan",
            "?x cpec:hasParty id:Pakistan .",
        ),
        (
            'ASK { ?x rdfs:label ?l FILTER(STR(?l) = "pakistan") }',
            "text",
            '"Pakistan"',
            'FILTER((STR(?l) = "Pakistan"))',
        ),
        (
            'ASK { ?x rdfs:label ?l FILTER(LCASE(STR(?l)) = "Pakistan") }',
            "text",
            '"pakistan"',
            'FILTER((LCASE(STR(?l)) = "pakistan"))',
        ),
        (
            'ASK { ?x rdfs:label ?l FILTER(CONTAINS(?l, "pakistan")) }',
            "text",
            '"Pakistan"@en',
            'FILTER(CONTAINS(?l, "Pakistan"@en))',
        ),
    ],
)
def test_a_literal_that_is_meant_is_found(
    store: Store, text: str, kind: str, near: str, written: str
) -> None:
    cause = cause_of(store, text)
    assert (cause.kind, shorten_iris(cause.near)) == (kind, near)
    assert f"; write {written}" in cause.words or written in cause.words.partition("; write ")[2]
    assert query_store(store, cause.query)


def test_a_comparison_that_is_an_error_says_so(store: Store) -> None:
    cause = cause_of(store, "ASK { ?x cpec:date ?d FILTER(?d > 2025) }")
    assert cause.kind == "type"
    assert "is an error for each solution, so none satisfies it; ?d is" in cause.words


def test_a_long_list_of_values_has_a_short_reason(store: Store) -> None:
    values = ", ".join(f'"v{number}"' for number in range(10_000))
    text = f"ASK {{ ?x rdfs:label ?name FILTER(?name IN ({values})) }}"
    (cause,) = explain(store, text, seconds=600).causes
    assert len(cause.words) < 1200


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("ASK { ?x cpec:cooperatesIn id:Robotcs }", "id/Robotics"),
        ("ASK { ?x cpec:cooperatesIn id:Pakistn }", ""),
        ("ASK { ?x cpec:aimsAt id:India }", ""),
        ("ASK { id:India ?p ?o }", ""),
        ("ASK { ?x cpec:jointPartyTo ?y FILTER(?x = id:Pakistn) }", "id/Pakistan"),
        ("ASK { ?x a cpec:Contry }", "ontology#Country"),
    ],
)
def test_a_proposed_name_may_stand_in_its_place(store: Store, text: str, near: str) -> None:
    cause = cause_of(store, text)
    assert cause.kind == "unknown"
    assert cause.near == (near and f"https://w3id.org/cpec-graph/{near}")


def test_beside_a_service_the_local_parts_have_a_reason(store: Store) -> None:
    service = "SERVICE <urn:elsewhere> { ?a ?b ?c }"
    emptiness = explain(store, f"ASK {{ {service} ?a cpec:cooperateIn ?d }}")
    assert [cause.kind for cause in emptiness.causes] == ["unknown"]
    emptiness = explain(store, f"ASK {{ ?c cpec:cooperatesIn ?d {service} }}")
    assert emptiness.undetermined.endswith(
        "this part was not looked at: SERVICE <urn:elsewhere> { ?a ?b ?c . }"
    )
    union = f"ASK {{ {{ ?c cpec:cooperatesIn id:Robotics }} UNION {{ {service} }} }}"
    emptiness = explain(store, union)
    assert [(cause.kind, cause.branch) for cause in emptiness.causes] == [("unsaid", 1)]
    assert emptiness.undetermined
    assert not emptiness.is_unsaid


def test_a_query_with_triple_terms_has_a_reason(store: Store) -> None:
    text = "ASK { ?r rdf:reifies <<( id:Pakistan cpec:cooperatesIn id:Robotics )>> }"
    reified = copy_reified(store, text)
    cause = cause_of(reified, text)
    assert (
        cause.words == "no source says that anything records that Pakistan cooperates in robotics"
    )
    annotated = "ASK { id:Pakistan cpec:cooperatesIn ?area {| cpec:modality cpec:Aim |} }"
    assert cause_of(copy_reified(store, annotated), annotated).parts


@pytest.mark.parametrize(
    "text",
    [
        "ASK { GRAPH ?g { } FILTER(?g = <urn:none>) }",
        "ASK { GRAPH <urn:none> { } }",
        "ASK { GRAPH ?g { ?a cpec:aimsAt ?b } ?g a cpec:Country }",
        "ASK { GRAPH ?g { { ?a cpec:deploys id:HEC } UNION { ?a cpec:deploys id:China } } }",
        "ASK { ?a cpec:aimsAt ?b MINUS { GRAPH ?g { ?a cpec:aimsAt ?b } } FILTER(?a = ?b) }",
    ],
)
def test_a_query_of_graphs_has_a_reason(store: Store, text: str) -> None:
    emptiness = explain(store, text)
    assert emptiness.causes
    assert not emptiness.undetermined


def test_a_core_too_general_for_words_is_said_in_sparql(store: Store) -> None:
    cause = cause_of(store, "ASK { ?a ?b ?a . ?a cpec:within ?b }")
    assert cause.words == ("these parts match nothing together: ?a ?b ?a . ?a cpec:within ?b .")


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
    GRAPH <https://w3id.org/cpec-graph/graph/evidence> {
      id:said a cpec:UnassertedStatement ; cpec:saidSubject id:CPEC ;
        cpec:saidPredicate cpec:hasJointParty ; cpec:saidObject id:Iran ;
        cpec:modality cpec:Denied ; oa:hasSource <https://w3id.org/cpec-graph/id/x/s01> }
    GRAPH <https://w3id.org/cpec-graph/graph/ontology> {
      cpec:hasJointParty rdfs:subPropertyOf cpec:hasParty . cpec:Denied rdfs:label "denied"@en }
    """
    store = memory_store(parse(HEAD + data, RdfFormat.TRIG))
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
    assert "deadline" in explain(store, text, seconds=0.0).undetermined


@pytest.mark.long
def test_a_core_is_minimal(store: Store) -> None:
    writer = Writer([quad for quad in store if graph_of(quad)], Random(0))  # noqa: S311
    sizes = count_statuses(partial(judge_cores, store, writer), 1, 200)
    assert sizes.total() - sizes["1"] - sizes["too long"] > 40
    assert sizes["too long"] < 4


def judge_cores(store: Store, writer: Writer, seed: int) -> Counter[str]:
    """Hold the cores of a query to having no solution, and one as soon as any part is left out."""
    writer.random = Random(seed)  # noqa: S311 - not a secret
    form = parse_query(writer.query().text).form
    parts = list(list_parts(name_blank_nodes(form.where or Group(()))))
    solver = Solver(store, QueryDataset(), None, 60)
    for number, part in enumerate(parts):
        if (pattern := part.pattern) is not None:
            other = replace(pattern, predicate=writer.any_quad().predicate)
            parts[number] = part.with_pattern(other)
            break
    sizes: Counter[str] = Counter()
    if solver.is_empty(parts):
        for core in find_cores(parts, solver):
            sizes[str(len(core))] += 1
            assert solver.is_empty(core)
            assert not any(
                solver.is_empty([other for other in core if other is not part]) for part in core
            )
    return sizes


def test_an_index_names_the_sources_of_an_aim(store: Store) -> None:
    text = "ASK { id:CPEC_Phase_II cpec:focusesOn id:Innovation }"
    (cause,) = explain(store, text, index=EvidenceIndex(store)).causes
    assert [graph.rpartition("/")[2] for graph in cause.examples[0].graphs] == ["s04"]
