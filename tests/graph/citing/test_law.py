"""The law holds for generated queries and for the catalogue, and false citers break it."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from random import Random

import pytest
from pyoxigraph import NamedNode, Quad, QueryBoolean, QueryTriples, Store

from graph.answering.binding import bind_question
from graph.answering.evaluation import query_store
from graph.answering.name import find_names
from graph.answering.reifier import copy_reified
from graph.citing.answer import Citation, CitedAnswer
from graph.citing.citation import cite
from graph.citing.index import EvidenceIndex
from graph.dataset import graph_of, memory_store
from graph.reasoning.kernel import Kernel
from ontology.namespace import EVIDENCE_GRAPH, INFERRED_GRAPH
from ontology.terms import CPEC, RDF
from queries.catalogue import catalogue
from tests.graph.citing.counting import count_statuses
from tests.graph.citing.generating import MOST_SOLUTIONS, Writer
from tests.graph.citing.law import find_breach
from tests.graph.reclosing import Reclosing

pytestmark = pytest.mark.long

QUERIES = 2400
"""The number of generated queries; some have too many solutions to be asked."""

BLOCKS = 20
CHECKED = 3
"""Rows of an answer whose citations are checked against the law."""


class OwlrlReclosing(Reclosing):
    """Rebuilds datasets with owlrl."""

    def inferred(self, stated: list[Quad]) -> list[Quad]:
        return list(Kernel(stated).inferred_quads())


@pytest.fixture(scope="module")
def quads(shipped_quads: list[Quad]) -> list[Quad]:
    """The shipped graph, and for its sentences some statements that they do not assert."""
    return [*shipped_quads, *deny_statements(shipped_quads)]


@pytest.fixture(scope="module")
def store(quads: list[Quad]) -> Store:
    return memory_store(quads)


@pytest.fixture(scope="module")
def reclosing(quads: list[Quad]) -> Reclosing:
    return Reclosing(quads)


@pytest.fixture(scope="module")
def writer(quads: list[Quad]) -> Writer:
    return Writer(quads, Random(0))  # noqa: S311 - not a secret


SAID = {
    RDF.SUBJECT: NamedNode(CPEC + "saidSubject"),
    RDF.PREDICATE: NamedNode(CPEC + "saidPredicate"),
    RDF.OBJECT: NamedNode(CPEC + "saidObject"),
}


def deny_statements(quads: list[Quad]) -> Iterator[Quad]:
    """Yield for one record in six another record, of a statement that its source denies."""
    records = {quad.subject for quad in quads if quad.object == RDF.STATEMENT}
    chosen = set(sorted(records, key=str)[::6])
    for quad in quads:
        if quad.subject in chosen and graph_of(quad) == EVIDENCE_GRAPH:
            value = {
                RDF.TYPE: CPEC.UNASSERTED_STATEMENT,
                CPEC.MODALITY: NamedNode(CPEC + "Denied"),
            }.get(quad.predicate, quad.object)
            record = NamedNode(f"{str(quad.subject)[1:-1]}-denied")
            yield Quad(record, SAID.get(quad.predicate, quad.predicate), value, quad.graph_name)


@pytest.mark.law
@pytest.mark.parametrize("block", range(BLOCKS))
def test_the_law_holds_for_generated_queries(
    store: Store, index: EvidenceIndex, reclosing: Reclosing, writer: Writer, block: int
) -> None:
    judge = partial(judge_query, store, index, reclosing, writer)
    statuses = count_statuses(judge, block * 10_000 + 1, QUERIES // BLOCKS)
    assert statuses["asked"] > 70
    assert statuses["cited"] > 300
    assert statuses["partly"] < statuses["cited"] / 20
    assert statuses["records, by their source alone"] > 5
    assert statuses["reifiers"] > 0
    assert statuses["too long"] < 4


def judge_query(
    store: Store, index: EvidenceIndex, reclosing: Reclosing, writer: Writer, seed: int
) -> Counter[str]:
    """Put a query to the law, and count its statuses; one with too many solutions has none."""
    writer.random = Random(seed)  # noqa: S311 - not a secret
    records, reifiers = seed % 5 == 0, seed % 10 == 7
    written = writer.query(records=records, reifiers=reifiers)
    uncut = written.text + written.cut
    whole = copy_reified(store, written.solutions)
    if sum(rows(whole, written.solutions).values()) > MOST_SOLUTIONS:
        return Counter()
    answer = cite(whole, index, uncut)
    assert cited_rows(answer) == rows(whole, uncut), uncut
    numbers = list(range(len(answer.rows)))
    writer.random.shuffle(numbers)
    assert find_breach(reclosing, written.text, answer, numbers[:CHECKED]) is None, uncut
    statuses = Counter(asked=1, reifiers=0)
    statuses.update(citation.status for citation in answer.citations)
    statuses["reifiers"] += reifiers and any(c.status == "cited" for c in answer.citations)
    if records:
        statuses["records, by their source alone"] += any(
            citation.graphs and EVIDENCE_GRAPH not in citation.graphs
            for citation in answer.citations
        )
    return statuses


def rows(store: Store, text: str) -> Counter[object]:
    """Return the rows that a store answers to a query, and how often each comes."""
    answer = query_store(store, text)
    if isinstance(answer, QueryBoolean):
        return Counter([bool(answer)])
    if isinstance(answer, QueryTriples):
        return Counter({len(set(answer)): 1})
    names = [variable.value for variable in answer.variables]
    return Counter(frozenset(zip(names, solution, strict=True)) for solution in answer)


def cited_rows(answer: CitedAnswer) -> Counter[object]:
    """Return the rows of a cited answer in the form of `rows`."""
    if answer.boolean is not None:
        return Counter([answer.boolean])
    if answer.variables == ("subject", "predicate", "object"):
        return Counter({len(answer.rows): 1})
    return Counter(frozenset(zip(answer.variables, row, strict=True)) for row in answer.rows)


@pytest.mark.parametrize(
    ("closer", "most", "proofs"), [(Reclosing, 100, 2), (OwlrlReclosing, 1, 1)]
)
def test_the_law_holds_for_the_catalogue(
    quads: list[Quad],
    store: Store,
    index: EvidenceIndex,
    closer: type[Reclosing],
    most: int,
    proofs: int,
) -> None:
    """Owlrl takes seconds for each set of graphs, so it checks a small proof a question."""
    reclosing = closer(quads)
    statuses: Counter[str] = Counter()
    for question in catalogue().values():
        assert not re.search(r"\bLIMIT\b|\bOFFSET\b", question.text)
        bindings = bind_question(question, {}, find_names(store))
        answer = cite(store, index, question.text, bindings)
        few = replace(
            answer,
            citations=[
                citation._replace(proofs=citation.proofs[:proofs]) for citation in answer.citations
            ],
        )
        numbers = [n for n, citation in enumerate(few.citations) if citation.status == "cited"]
        numbers.sort(key=lambda number: sum(map(len, few.citations[number].proofs)))
        chosen = numbers[:most]
        assert find_breach(reclosing, question.text, few, chosen, bindings) is None, question.name
        statuses.update(citation.status for citation in answer.citations)
    assert statuses["cited"] >= 0.95 * statuses.total()


AREAS = "SELECT ?country ?area { ?country cpec:cooperatesIn ?area ; a cpec:Country }"


def everything(index: EvidenceIndex, citation: Citation) -> Citation:
    """Cite every graph there is."""
    return citation._replace(proofs=(tuple(map(index.kernel.name, index.graphs)),))


def forgetful(index: EvidenceIndex, citation: Citation) -> Citation:
    """Forget a premise."""
    return citation._replace(proofs=tuple(proof[1:] for proof in citation.proofs))


COUNTS = "SELECT ?area (COUNT(?c) AS ?n) { ?c cpec:cooperatesIn ?area } GROUP BY ?area"


LISTS = COUNTS.replace("COUNT(?c)", "GROUP_CONCAT(STR(?c))")


@pytest.mark.parametrize("text", [COUNTS, LISTS])
def test_a_basis_that_forgets_a_graph_breaks_the_law(
    store: Store, index: EvidenceIndex, reclosing: Reclosing, text: str
) -> None:
    answer = cite(store, index, text)
    assert answer.rows
    assert find_breach(reclosing, text, answer, range(len(answer.rows))) is None
    for number, citation in enumerate(answer.citations):
        assert citation.basis
        false = citation._replace(basis=citation.basis[1:])
        lacking = replace(answer, citations=[false] * len(answer.rows))
        assert find_breach(reclosing, text, lacking, [number]) is not None


def shortcut(index: EvidenceIndex, citation: Citation) -> Citation:
    """Cite the graph of inferences."""
    return citation._replace(proofs=((INFERRED_GRAPH,),))


@pytest.mark.parametrize("citer", [everything, forgetful, shortcut])
def test_a_false_citer_breaks_the_law(
    store: Store,
    index: EvidenceIndex,
    reclosing: Reclosing,
    citer: Callable[[EvidenceIndex, Citation], Citation],
) -> None:
    answer = cite(store, index, AREAS)
    assert answer.rows
    assert find_breach(reclosing, AREAS, answer, range(len(answer.rows))) is None
    false = replace(answer, citations=[citer(index, citation) for citation in answer.citations])
    for number in range(len(answer.rows)):
        assert find_breach(reclosing, AREAS, false, [number]) is not None
