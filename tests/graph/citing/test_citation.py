"""The citations of each construct of SPARQL, on a dataset small enough to check by eye."""

import json
import re
from dataclasses import replace

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, parse

from graph.citing.citation import Citer, cite
from graph.citing.form import trace_answer
from graph.citing.index import EvidenceIndex
from graph.citing.relation import Relations
from graph.dataset import graph_of, memory_store
from graph.errors import QuerySyntaxError
from graph.sparql.parser import parse_query
from ontology.namespace import HEAD, ID, ONTOLOGY_GRAPH
from ontology.terms import CPEC
from tests.graph import toy
from tests.graph.citing.law import find_breach
from tests.graph.citing.talks import DATA, QUADS, VALIDATOR, short
from tests.graph.reclosing import Reclosing


@pytest.fixture(scope="module")
def store() -> Store:
    return memory_store(QUADS)


CITED = [
    ("SELECT ?x { ?x cpec:p id:b }", [["s01"]]),
    ("SELECT ?x { ?x cpec:q id:c } ORDER BY ?x", [["s03", "s01 s02"], ["s02"]]),
    ("SELECT ?x { ?x cpec:q id:c } ORDER BY DESC(?x) LIMIT 1 OFFSET 1", [["s03", "s01 s02"]]),
    ("SELECT DISTINCT ?o { ?x cpec:v ?o }", [["s03", "s01"]]),
    ("SELECT REDUCED ?x { ?x cpec:p ?y }", [["s01"]]),
    ("SELECT * { id:a cpec:n 1 }", [["s01"]]),
    ("SELECT ?x { ?x cpec:p [ cpec:n ?n ] }", [["s01 s02"]]),
    ("SELECT ?g { GRAPH ?g { id:d cpec:v id:c } } ORDER BY ?g", [["s01"], ["s03"]]),
    ("SELECT ?x { GRAPH <https://w3id.org/cpec-graph/id/x/s03> { ?x cpec:q ?y } }", [["s03"]]),
    ("SELECT ?x { GRAPH graph:inferred { ?x cpec:q id:b } }", [["s01"]]),
    ("SELECT ?y { GRAPH graph:ontology { cpec:A rdfs:subClassOf ?y } }", [[""]]),
    (
        "SELECT ?x { GRAPH graph:inferred { OPTIONAL { ?x cpec:none ?y } } }",
        [["s02"]],
    ),
    ("SELECT ?l { id:b cpec:q ?y OPTIONAL { id:b cpec:w ?l } }", [["editorial s02"]]),
    ("SELECT ?y { id:b cpec:q ?y OPTIONAL { id:b cpec:w ?l } }", [["s02"]]),
    ("SELECT ?y ?l { id:d cpec:v ?y OPTIONAL { id:d cpec:w ?l } }", [["s03", "s01"]]),
    ("SELECT ?y ?l { id:b cpec:q ?y OPTIONAL { id:b cpec:w ?v BIND(?none AS ?l) } }", [["s02"]]),
    (
        """SELECT ?y ?l { id:b cpec:q ?y
            OPTIONAL { { id:b cpec:none ?l } UNION { id:b cpec:w ?v } } }""",
        [["s02"]],
    ),
    (
        """CONSTRUCT { ?y cpec:p id:b . ?l cpec:q ?y }
            { id:b cpec:q ?y OPTIONAL { id:b cpec:w ?l } }""",
        [["s02"]],
    ),
    (
        "SELECT ?y { { SELECT DISTINCT ?y ?l { id:b cpec:q ?y OPTIONAL { id:b cpec:w ?l } } } }",
        [["s02"]],
    ),
    (
        "SELECT ?y { id:b cpec:q ?y OPTIONAL { id:b cpec:w ?l } FILTER(BOUND(?l)) }",
        [["editorial s02"]],
    ),
    ("SELECT ?y { { id:a cpec:p ?y } UNION { id:b cpec:q ?y } } ORDER BY ?y", [["s01"], ["s02"]]),
    ("SELECT ?l { VALUES ?x { id:a } ?x cpec:w ?v BIND(STR(?v) AS ?l) }", [["editorial"]]),
    ("SELECT ?y { { SELECT ?y { id:a cpec:p ?z . ?z cpec:q ?y } } }", [["s01 s02"]]),
    ("SELECT ?y { { SELECT * { id:a cpec:p ?y } } }", [["s01"]]),
    ("SELECT ?y { { SELECT DISTINCT ?y { ?x cpec:v ?y } } }", [["s03", "s01"]]),
    ("SELECT ?n { { SELECT (COUNT(*) AS ?n) { ?x cpec:v ?y } } }", [["basis s03"]]),
    (  # where ?x is unbound, any ?x will do
        """SELECT (COUNT(*) AS ?n)
            { { id:a cpec:p ?x } UNION { id:b cpec:q ?y } FILTER EXISTS { ?x cpec:n ?z } }""",
        [["basis s01 s02"]],
    ),
    ("SELECT ?y { id:a cpec:p+ ?y }", [["s01"]]),
    (  # the solutions that are traced are alike, and another needs less
        f"""SELECT DISTINCT ?x {{
            {{ ?x cpec:p ?y . ?y cpec:q ?z VALUES ?k {{ {" ".join(map(str, range(99)))} }} }}
            UNION {{ ?x cpec:p ?y }} }}""",
        [["s01"]],
    ),
    ("SELECT ?y { id:a cpec:p/cpec:q ?y }", [["s01 s02"]]),
    ("SELECT ?y { id:c ^cpec:v ?y }", [["s03", "s01"]]),
    (
        "SELECT ?y { id:a (cpec:p|cpec:v)* ?y } ORDER BY ?y",
        [[""], ["s01"]],
    ),
    ("SELECT ?y { id:e cpec:q? ?y }", [["s03"]]),
    ("SELECT ?y { id:b !(rdf:type|cpec:w|cpec:n|cpec:s|^cpec:p|^cpec:q) ?y }", [["s02"], ["s02"]]),
    (
        "SELECT ?y { id:c (^cpec:q)+/(cpec:w) ?y } ORDER BY ?y",
        [["editorial s03", "editorial s01 s02"], ["editorial s02"]],
    ),
    ("SELECT (COUNT(*) AS ?k) { ?x cpec:w ?y }", [["basis editorial"]]),
    (
        "SELECT ?y (COUNT(?x) AS ?k) { ?x cpec:q ?y } GROUP BY ?y ORDER BY ?y",
        [["basis s01"], ["basis s02 s03"]],
    ),
    ("SELECT (COUNT(DISTINCT ?y) AS ?k) { ?x cpec:v ?y }", [["basis s03"]]),
    ("SELECT (MAX(?n) AS ?k) { ?x cpec:n ?n FILTER(isNumeric(?n)) }", [["basis s01 s02"]]),
    ("SELECT (SUM(?n) AS ?k) { ?x cpec:n ?n FILTER(isNumeric(?n)) }", [["basis s01 s02"]]),
    ("SELECT (SAMPLE(?y) AS ?k) { ?x cpec:v ?y }", [["basis s03"]]),
    ("SELECT (GROUP_CONCAT(DISTINCT ?n) AS ?k) { id:b cpec:n ?n }", [["basis s02"]]),
    ("SELECT (GROUP_CONCAT(STR(?n)) AS ?k) { ?x cpec:n ?n }", [["basis s01 s02"]]),
    (
        """SELECT (SAMPLE(STR(?n)) AS ?k) (COUNT(?n) AS ?many) {
        ?x cpec:n ?n OPTIONAL { ?x cpec:none ?y } FILTER(!BOUND(?y)) }""",
        [["basis s01 s02"]],
    ),
    ("SELECT (COUNT(*) + 1 AS ?k) { ?x cpec:w ?y }", [["basis editorial"]]),
    ("SELECT ?x { ?x cpec:n ?y } GROUP BY ?x HAVING(COUNT(*) > 1)", [["basis s01 s02"]]),
    ("SELECT DISTINCT (COUNT(*) AS ?k) { ?x cpec:w ?y } GROUP BY ?x", [["basis editorial"]]),
    ("SELECT (COUNT(*) AS ?k) { ?x cpec:w ?y } GROUP BY (LANG(?y) AS ?l)", [["basis editorial"]]),
    ("SELECT (COUNT(*) AS ?k) { ?x cpec:w ?y } GROUP BY LANG(?y)", [["basis editorial"]]),
    ("SELECT (COUNT(DISTINCT *) AS ?k) { ?x cpec:w ?y }", [["basis editorial"]]),
    ("SELECT ?x { ?x cpec:w ?y FILTER EXISTS { ?x cpec:p ?z } }", [["editorial s01"]]),
    (
        "SELECT ?x { ?x cpec:w ?y FILTER(?x != id:b && EXISTS { ?x cpec:p ?z }) }",
        [["editorial s01"]],
    ),
    ("SELECT ?x { ?x cpec:v ?y FILTER NOT EXISTS { ?x cpec:w ?z } }", [["s03", "s01"]]),
    ("SELECT ?x { ?x cpec:v ?y MINUS { ?x cpec:w ?z } }", [["s03", "s01"]]),
    ("SELECT ?x { ?x cpec:v ?y FILTER(1 = 2 || EXISTS { id:a cpec:p ?z }) }", [["s01"]]),
    ("SELECT ?x (EXISTS { id:a cpec:p ?z } AS ?k) { ?x cpec:v ?y }", [["s01"]]),
    ("SELECT ?y FROM <https://w3id.org/cpec-graph/id/x/s03> { id:d cpec:v ?y }", [["s03"]]),
    (
        """SELECT (COUNT(*) AS ?k) FROM <https://w3id.org/cpec-graph/id/x/s03>
        FROM <https://w3id.org/cpec-graph/id/x/s01> { id:d cpec:v ?y }""",
        [["basis s01"]],
    ),
    ("SELECT ?x { ?x cpec:v ?y FILTER EXISTS { BIND(id:c AS ?y) } }", [["s03", "s01"]]),
    (
        """SELECT ?x ?l { id:a cpec:w ?l
        { SELECT DISTINCT ?x ?l { ?x cpec:p ?y OPTIONAL { ?x cpec:none ?l } } } }""",
        [["editorial s01"]],
    ),
    ("SELECT ?y FROM graph:inferred { id:a cpec:q ?y }", [["s01"]]),
    ("SELECT ?x { ?x cpec:v ?y FILTER EXISTS { BIND(?x AS ?z) } }", [["s03", "s01"]]),
    ("SELECT ?x { ?x cpec:v ?y FILTER EXISTS { BIND(1 AS ?z) ?x cpec:v ?w } }", [["s03", "s01"]]),
    ("ASK { id:a cpec:p id:b }", [["s01"]]),
    ("CONSTRUCT { ?x id:with _:new , ?y } { ?x cpec:p ?y }", [["s01"], ["s01"]]),
    ("CONSTRUCT { ?x ?y ?z } { ?x cpec:w ?y }", []),
    ("DESCRIBE id:e", [["s03"]]),
    ("DESCRIBE ?x { ?x cpec:r id:e }", [["s03"]]),
    ("DESCRIBE * { ?x cpec:r id:e } LIMIT 1", [["s03"]]),
]


@pytest.mark.parametrize(("text", "proofs"), CITED)
def test_a_row_is_cited_by_the_smallest_sets_of_graphs(
    store: Store, index: EvidenceIndex, text: str, proofs: list[list[str]]
) -> None:
    answer = cite(store, index, text)
    assert [short(citation) for citation in answer.citations] == proofs
    assert {citation.status for citation in answer.citations} <= {"cited"}
    uncut = re.sub(r" (LIMIT|OFFSET) \d", "", text)
    assert find_breach(Reclosing(QUADS), uncut, answer, range(len(answer.rows))) is None


NOT_CITED = [
    ("SELECT (COUNT(*) AS ?k) { ?x cpec:none ?y }", "uncited", "absence"),
    ("ASK { id:a cpec:none id:b }", "uncited", "absence"),
    ("ASK { FILTER NOT EXISTS { id:a cpec:none id:b } }", "uncited", "absence"),
    ("SELECT ?x (RAND() AS ?k) { ?x cpec:p ?y }", "partly", "RAND"),
    (
        "SELECT ?x { ?x cpec:n ?n } GROUP BY ?x HAVING(GROUP_CONCAT(STR(?n)) != '')",
        "partly",
        "HAVING tests a GROUP_CONCAT",
    ),
    ("SELECT ?x { ?x cpec:p ?y LATERAL { ?x cpec:p ?z } }", "uncited", "LATERAL"),
    ("ASK { VALUES ?t { <<( id:a cpec:p id:b )>> } ?x ?y ?t }", "uncited", "triple terms alone"),
    ("SELECT ?x { ?x cpec:p ?y SERVICE SILENT <http://127.0.0.1:9/> { } }", "uncited", "SERVICE"),
]


@pytest.mark.parametrize(("text", "status", "reason"), NOT_CITED)
def test_what_cannot_be_cited_says_so(
    store: Store, index: EvidenceIndex, text: str, status: str, reason: str
) -> None:
    answer = cite(store, index, text)
    assert answer.citations
    for citation in answer.citations:
        assert citation.status == status
        assert reason in (citation.reason or "")
        assert citation.proofs == ()


ASKED_ALONE = [
    ("SELECT ?x { ?x cpec:p ?y FILTER(isTRIPLE(<<( ?x ?x ?x )>>)) }", [["s01"]]),
    ("ASK { ?x cpec:p ?y FILTER(isTRIPLE(<<( ?x ?x ?x )>>)) }", [["s01"]]),
    ("CONSTRUCT { ?x cpec:p <<( ?x cpec:p ?y )>> } { ?x cpec:p ?y }", [["s01"]]),
    ("SELECT ?x { { SELECT ?x { ?x cpec:p ?y } LIMIT 1 } }", [["s01"]]),
    ("SELECT ?x (EXISTS { ?x cpec:none ?z } AS ?k) { ?x cpec:p ?y }", [["s01"]]),
    ("SELECT ?x { ?x cpec:v ?y OPTIONAL { ?x cpec:w ?z } FILTER(!BOUND(?z)) }", [["s03", "s01"]]),
]


@pytest.mark.parametrize(("text", "proofs"), ASKED_ALONE)
def test_what_cannot_be_traced_is_decided_by_asking(
    store: Store, index: EvidenceIndex, text: str, proofs: list[list[str]]
) -> None:
    answer = cite(store, index, text)
    assert [short(citation) for citation in answer.citations] == proofs
    assert find_breach(Reclosing(QUADS), text, answer, range(len(answer.rows))) is None


def test_a_row_is_tried_that_the_engine_does_not_give_where_its_query_is_extended(
    store: Store, index: EvidenceIndex
) -> None:
    """It may hand a variable into a group that does not bind it, as it joins that to the rest."""
    text = """SELECT ?z { ?x cpec:n ?y { ?x cpec:n ?z FILTER NOT EXISTS { ?x cpec:w ?y } } }
        LIMIT 9 VALUES ?x { id:b }"""
    answer = cite(store, index, text)
    assert [short(citation) for citation in answer.citations] == [["s02"]]


def test_a_row_that_also_follows_from_the_ontology_alone_needs_no_graph() -> None:
    stated = """
      graph:ontology { cpec:it cpec:r id:z }
    """ + "".join(f"<{ID}x/s0{n}> {{ id:x{n} cpec:r cpec:it }}" for n in range(5))
    store = memory_store(toy.close(tuple(parse(HEAD + stated, RdfFormat.TRIG))))
    answer = cite(store, EvidenceIndex(store), "SELECT ?o { ?s cpec:r ?o FILTER(?o = cpec:it) }")
    assert {citation.proofs for citation in answer.citations} == {((),)}


NONE = "none (a name that the graph does not know)"


def test_an_absence_is_said_in_words(store: Store, index: EvidenceIndex) -> None:
    text = "SELECT ?x { ?x cpec:v ?y FILTER NOT EXISTS { ?x cpec:w ?z } MINUS { ?x cpec:p ?w } }"
    (citation,) = cite(store, index, text).citations
    assert citation.absent == (
        "no source says that d w anything",
        "no source says that d p anything",
    )
    assert json.loads(citation.json())["absent"] == list(citation.absent)
    (citation,) = cite(store, index, "ASK { ?x a cpec:A ; cpec:none id:b }").citations
    assert citation.absent == (f"no source says that any a {NONE} b",)
    (citation,) = cite(store, index, "ASK { id:a cpec:none+ id:b }").citations
    assert citation.absent == (f"no source says that a {NONE} b in one or more steps",)
    denied = "ASK { id:e (cpec:q|^cpec:none) ?y FILTER NOT EXISTS { id:e cpec:q ?y } }"
    (citation,) = cite(store, index, denied).citations
    assert len(citation.absent) == 1


def test_an_ask_is_false_by_the_statements_that_rule_its_solutions_out(
    store: Store, index: EvidenceIndex
) -> None:
    text = "ASK { id:a cpec:p ?n FILTER NOT EXISTS { id:b cpec:q id:c } }"
    answer = cite(store, index, text)
    assert short(answer.citations[0]) == ["basis s01 s02"]
    assert answer.sources.keys() == {*answer.citations[0].graphs}
    reclosing = Reclosing(QUADS)
    assert find_breach(reclosing, text, answer, [0]) is None
    lacking = answer.citations[0]._replace(basis=(ID + "x/s01",))
    assert find_breach(reclosing, text, replace(answer, citations=[lacking]), [0])


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?x ?y { ?x cpec:p ?y FILTER NOT EXISTS { ?x cpec:q ?y } }",
        "SELECT ?x ?y { ?x cpec:p ?y MINUS { ?x cpec:q ?y } }",
        "SELECT ?x ?y ?z { ?x cpec:p ?y OPTIONAL { ?x cpec:q ?z FILTER(?z = ?y) } }",
    ],
)
def test_what_a_dataset_lacks_that_would_follow_is_not_taken_for_absent(text: str) -> None:
    quads = list(parse(HEAD + DATA, RdfFormat.TRIG))
    ontology = [quad for quad in QUADS if graph_of(quad) == ONTOLOGY_GRAPH]
    store = memory_store([*ontology, *quads])
    index = EvidenceIndex(store)
    assert index.lacks
    answer = cite(store, index, text)
    assert answer.rows
    assert (
        find_breach(Reclosing([*ontology, *quads]), text, answer, range(len(answer.rows))) is None
    )


def test_parameters_are_bound_in_every_run(store: Store, index: EvidenceIndex) -> None:
    text = "SELECT ?x ?y { ?x cpec:q ?y } ORDER BY ?y LIMIT 1"
    answer = cite(store, index, text, {"x": NamedNode(ID + "b")})
    assert [short(citation) for citation in answer.citations] == [["s02"]]


def test_a_parameter_in_a_subselect_is_tried(store: Store, index: EvidenceIndex) -> None:
    text = "SELECT ?x ?y { { SELECT DISTINCT ?x ?y { ?x cpec:q ?y } } }"
    answer = cite(store, index, text, {"x": NamedNode(ID + "b")})
    assert [short(citation) for citation in answer.citations] == [["s02"]]


def test_the_json_is_that_of_the_schema(store: Store, index: EvidenceIndex) -> None:
    VALIDATOR.check_schema(VALIDATOR.schema)
    for text in [*(query for query, _ in CITED), *(query for query, *_ in NOT_CITED)]:
        document = json.loads(cite(store, index, text).json())
        VALIDATOR.validate(document)
        del document["citations"][:1], document["sources"]
        assert not VALIDATOR.is_valid(document)


def test_no_query_is_the_engines_to_say(store: Store, index: EvidenceIndex) -> None:
    with pytest.raises(QuerySyntaxError):
        cite(store, index, "SELECT ?x { { ?x cpec:p _:b } { ?x cpec:q _:b } }")


def test_a_count_that_nothing_would_give_too_is_not_cited(
    store: Store, index: EvidenceIndex
) -> None:
    query = "SELECT (COUNT(?unbound) AS ?n) { id:Pakistan cpec:cooperatesWith ?country }"
    (citation,) = cite(store, index, query).citations
    assert citation.status == "uncited"


def test_of_many_solutions_one_may_need_no_graph_at_all(store: Store, index: EvidenceIndex) -> None:
    answer = cite(store, index, "ASK { ?x a ?type . FILTER(?type != cpec:Area) }")
    assert answer.citations[0].proofs == ((),)


def test_doubtful_rows_of_the_same_supports_are_verified_at_once() -> None:
    quads = [
        Quad(NamedNode(f"{ID}x{number}"), NamedNode(CPEC + "m"), Literal(number), NamedNode(graph))
        for number in range(60)
        for graph in [ID + ("x/s01" if number < 30 else "x/s02")]
    ]
    index = EvidenceIndex(memory_store([*toy.AXIOMS, *quads]))
    text = "SELECT ?n { ?x cpec:m ?n OPTIONAL { ?y cpec:m ?o FILTER(?o > 90) } FILTER(!BOUND(?o)) }"
    query = parse_query(text)
    relations = Relations(index.store, index, query, {})
    citer = Citer(index, relations, query, trace_answer(relations, query.form))
    proofs = {citation.proofs for citation in citer.cite_rows().citations}
    assert proofs == {((ID + "x/s01",),), ((ID + "x/s02",),)}
    assert citer.prover.caveats
    assert citer.verifier.total == len(proofs)


def test_an_ask_asks_for_no_more_solutions_than_are_traced() -> None:
    things = [NamedNode(f"{ID}x{number}") for number in range(40)]
    graph, relation = NamedNode(ID + "x/s01"), NamedNode(CPEC + "m")
    store = memory_store([*toy.AXIOMS, *(Quad(x, relation, x, graph) for x in things)])
    query = parse_query("ASK { ?x cpec:m ?y . ?z cpec:m ?a . ?b cpec:m ?c . ?d cpec:m ?e }")
    index = EvidenceIndex(store)
    traced = trace_answer(Relations(store, index, query, {}), query.form)
    assert len(traced.relation.rows) == index.thresholds.solutions + 2
