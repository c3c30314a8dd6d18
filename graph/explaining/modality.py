"""How the rows of a cited answer are meant: the modality of each proof.

A proof of a row is as weak as the weakest of the triples that the row shows, each by its strongest
inference from the graphs of the proof. That is told where a row shows all triples that its query
asks for: a variable that is left out of the row could stand for others. Names mean nothing, so
labels may be asked for beside.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final, TypeAlias

from pyoxigraph import NamedNode, Store, Variable

from graph.citing.answer import Citation, CitedAnswer
from graph.citing.form import instance
from graph.citing.index import EvidenceIndex
from graph.citing.run import TRIPLE
from graph.citing.solution import Term
from graph.errors import UnreadableQueryError
from graph.explaining.statement import Weighing, records
from graph.explaining.wording import Wording
from graph.reasoning.tree import Tree, statements
from graph.sparql.parser import parse_query
from graph.sparql.scope import has_exists, mentioned
from graph.sparql.syntax import (
    Ask,
    Bind,
    Element,
    Filter,
    Form,
    Group,
    InGraph,
    OptionalPart,
    Select,
    TriplePattern,
    Triples,
    Values,
)
from ontology.terms import RDFS, SKOS
from ontology.vocabulary import weakest

NAMES: Final = {
    RDFS.LABEL.value,
    SKOS.PREF_LABEL.value,
    SKOS.ALT_LABEL.value,
}
"""The properties that name a thing, and say nothing of it."""

MOST_ROWS: Final = 1000
"""Rows of an answer up to which it is told how each is meant."""

Bound: TypeAlias = dict[Variable, Term | None]
"""The values of the variables of a row."""

Proved: TypeAlias = list[list[Tree]]
"""For each proof of a row, how it holds each of the triples."""


def with_modalities(
    answer: CitedAnswer,
    store: Store,
    index: EvidenceIndex,
    text: str,
    base: str | None = None,
) -> CitedAnswer:
    """Return a cited answer, with how each proof is meant where its rows show that.

    Of an answer of many rows nothing is said: each proof would have to be followed once more.
    """
    citations = answer.citations
    if len(citations) > MOST_ROWS or not any(citation.proofs for citation in citations):
        return answer
    columns = [] if answer.boolean is not None else list(map(Variable, answer.variables))
    try:
        patterns = asked_for(parse_query(text, base).form, set(columns))
    except UnreadableQueryError:  # its rows were cited by asking alone
        return answer
    if not patterns:
        return answer
    rows = answer.rows if columns else [()]
    proved = {
        place: trees
        for place, (row, citation) in enumerate(zip(rows, citations, strict=True))
        if (trees := followed(index, patterns, bound_by(columns, row), citation))
    }
    weighing = weighing_of(proved.values(), store, Wording(index))
    weighed = [
        citation._replace(modalities=meant(proved[place], weighing))
        if place in proved
        else citation
        for place, citation in enumerate(citations)
    ]
    return replace(answer, citations=weighed)


def bound_by(columns: Iterable[Variable], row: Iterable[Term | None]) -> Bound:
    """Return the values of a row by the variables of its columns."""
    return dict(zip(columns, row, strict=True))


def asked_for(form: Form, shown: set[Variable]) -> list[TriplePattern]:
    """Return the triple patterns that the rows of a query show whole, none where some are not."""
    if not isinstance(form, Select | Ask):
        return [TriplePattern(*TRIPLE)]
    modifiers = form.modifiers
    if modifiers.group_by or modifiers.having:
        return []
    found = [one for one in patterns_of(form.where.elements) if not is_name(one)]
    whole = all(one is not None and shown.issuperset(mentioned(one)) for one in found)
    plain = all(
        one is not None and isinstance(one.predicate, NamedNode | Variable) for one in found
    )
    return [one for one in found if one is not None] if whole and plain else []


def patterns_of(elements: Iterable[Element]) -> Iterator[TriplePattern | None]:
    """Yield the triple patterns of elements, None for anything but patterns that are joined."""
    for element in elements:
        match element:
            case Triples(patterns):
                yield from patterns
            case OptionalPart(group) | InGraph(_, group):
                yield from patterns_of(group.elements)
            case Group(inner):
                yield from patterns_of(inner)
            case Filter() | Bind() | Values() if not has_exists(element):
                pass
            case _:
                yield None


def is_name(pattern: TriplePattern | None) -> bool:
    """Return whether a pattern asks for the name of a thing."""
    return (
        pattern is not None
        and isinstance(pattern.predicate, NamedNode)
        and pattern.predicate.value in NAMES
    )


def followed(
    index: EvidenceIndex, patterns: Iterable[TriplePattern], bound: Bound, citation: Citation
) -> Proved:
    """Return how each proof of a row holds its triples; nothing where one of them does not."""
    triples = [triple for pattern in patterns if (triple := instance(pattern, bound))]
    if not triples:
        return []
    number = index.kernel.graph
    held = []
    for proof in citation.proofs:
        graphs = frozenset(n for name in proof if (n := number(name)) is not None)
        held.append([tree for triple in triples if (tree := index.trees[triple, graphs])])
    return held if all(len(trees) == len(triples) for trees in held) else []


def weighing_of(proved: Iterable[Proved], store: Store, words: Wording) -> Weighing:
    """Return what tells how the proofs of rows are meant."""
    trees = [one for proofs in proved for held in proofs for one in held]
    triples = dict.fromkeys(leaf.triple for one in trees for leaf in statements(one))
    predicates = {one.predicate for one in (*triples, *(one.triple for one in trees))}
    return Weighing(records(store, triples), {one: words.of_property(one) for one in predicates})


def meant(proofs: Proved, weighing: Weighing) -> tuple[str, ...]:
    """Return how each proof of a row is meant, nothing where none of them is meant in any way."""
    found = tuple(weakest(map(weighing.proof, held)) for held in proofs)
    return found if any(found) else ()
