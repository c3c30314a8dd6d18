"""The law of citations, and a check for breaches of it.

Keep only the graphs of one proof, with their records, and the ontology; rebuild the closure, ask
again: the row is there. Take any one graph with its records out of the proof: it is not. A basis
suffices, and so does a proof of many graphs that was not shown minimal.
"""

import re
from collections.abc import Iterable, Mapping

from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryTriples,
    Store,
)

from graph.answering.evaluation import query_store
from graph.citing.answer import CitedAnswer
from graph.sparql.triple_term import uses_triple_terms
from ontology.namespace import PREFIXES, REIFIERS
from tests.graph.reclosing import Reclosing

Bindings = Mapping[str, NamedNode | Literal]


REIFIED = """
CONSTRUCT { ?r rdf:reifies <<( ?s ?p ?o )>> ; oa:exact ?quote ; oa:hasSource ?x ; cpec:modality ?m }
{ GRAPH graph:evidence {
  { ?r a rdf:Statement ; rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o }
  UNION
  { ?r a cpec:UnassertedStatement ;
      cpec:saidSubject ?s ; cpec:saidPredicate ?p ; cpec:saidObject ?o }
  UNION
  { VALUES ?kind { rdf:Statement cpec:UnassertedStatement } ?r a ?kind
    { ?r oa:hasSelector ?selector . ?selector a oa:TextQuoteSelector ; oa:exact ?quote }
    UNION { ?r oa:hasSource ?x } UNION { ?r cpec:modality ?m } } } }
"""
"""The reifiers of records, as the law has them: by a query of their own."""


def reify(store: Store, text: str) -> Store:
    """Return the store in which a query is asked: one with triple terms sees the reifiers."""
    is_named = "graph:reifiers" in text
    if not (uses_triple_terms(text) or is_named):
        return store
    copy, graph = Store(), REIFIERS if is_named else DefaultGraph()
    copy.extend(store)
    triples = store.query(REIFIED, prefixes=PREFIXES)
    assert isinstance(triples, QueryTriples)
    copy.extend(Quad(t.subject, t.predicate, t.object, graph) for t in triples)
    return copy


ORDERED = re.compile(r"\b(?:GROUP_CONCAT|SAMPLE)\(")
"""The set functions whose value depends on the order of the members."""


def list_members(text: str) -> str:
    """Return a query that lists the members from which a SAMPLE chooses."""
    text = re.sub(r"\bSAMPLE\((\?\w+)\)", r"GROUP_CONCAT(STR(\1))", text)
    return text.replace("SAMPLE(", "GROUP_CONCAT(")


def find_rows(store: Store, text: str, bindings: Bindings) -> set[object]:
    """Return the rows of a store, with one term for all blank nodes of a new graph.

    The members of a GROUP_CONCAT or a SAMPLE are compared: its words, or all that it chooses from.
    """
    answer = query_store(reify(store, text), list_members(text), bindings)
    if isinstance(answer, QueryBoolean):
        return {bool(answer)}
    if isinstance(answer, QueryTriples):
        return {
            merge_blanks((triple.subject, triple.predicate, triple.object)) for triple in answer
        }
    names = [variable.value for variable in answer.variables]
    rows = {frozenset(zip(names, solution, strict=True)) for solution in answer}
    return {*map(sort_words, rows)} if ORDERED.search(text) else {*rows}


def sort_words(row: Iterable[tuple[str, object]]) -> object:
    """Return a row with the words of each literal sorted."""
    return frozenset(
        (name, tuple(sorted(take_words(term))) if isinstance(term, Literal) else term)
        for name, term in row
    )


def is_chosen_from(row: object, members: object) -> bool:
    """Return whether the values of a row are those of a row that has all members, or among them."""
    assert isinstance(row, frozenset)
    assert isinstance(members, frozenset)
    chosen = dict(row)
    return all(
        {*value}.issuperset(take_words(chosen[name]))
        if isinstance(value, tuple)
        else value in {chosen[name], None}
        for name, value in dict(members).items()
    )


def take_words(term: object) -> list[str]:
    """Return the words of a literal or an IRI without separators, none of an unbound value."""
    return re.findall(r"[^\s,;]+", str(getattr(term, "value", term or "")))


def merge_blanks(triple: Iterable[object]) -> tuple[object, ...]:
    """Return a triple with one term for all its blank nodes."""
    return tuple("_" if isinstance(term, BlankNode) else term for term in triple)


def take_row(answer: CitedAnswer, number: int) -> object:
    """Return a row of a cited answer in the form of `find_rows`."""
    if answer.boolean is not None:
        return answer.boolean
    if answer.constructed:
        return merge_blanks(answer.rows[number])
    return frozenset(zip(answer.variables, answer.rows[number], strict=True))


def find_breach(
    reclosing: Reclosing,
    text: str,
    answer: CitedAnswer,
    rows: Iterable[int],
    bindings: Bindings | None = None,
) -> str | None:
    """Return how the citations of some rows break the law, or None.

    `text` is the query without its LIMIT and OFFSET.
    """
    asked: dict[frozenset[str], set[object]] = {}

    def list_rows(names: Iterable[str]) -> set[object]:
        kept = frozenset(names)
        if kept not in asked:
            asked[kept] = find_rows(reclosing.store(kept), text, bindings or {})
        return asked[kept]

    cited = (number for number in rows if answer.citations[number].status == "cited")
    for number in cited:
        citation, expected = answer.citations[number], take_row(answer, number)
        rows_with_members = {expected}
        if ORDERED.search(text):  # a row without the key of its group may be one of several
            whole = list_rows(reclosing.by_graph)
            rows_with_members = {row for row in whole if is_chosen_from(expected, row)}
        if not citation.proofs and citation.basis is None:
            return f"{expected} has no proof, of {text}"
        for proof in citation.proofs if citation.basis is None else [citation.basis]:
            if rows_with_members.isdisjoint(list_rows(proof)):
                return f"{proof} does not give {expected} of {text}"
            if not citation.sufficient and citation.basis is None:
                extra = (name for name in proof if expected in list_rows({*proof} - {name}))
                if (name := next(extra, None)) is not None:
                    return f"{proof} gives {expected} without {name}, of {text}"
    return None
