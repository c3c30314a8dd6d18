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

from graph.citing.answering.answer import Citation, Citations, CitedAnswer
from graph.citing.citation import EvidenceIndex
from graph.citing.form import TRIPLE, instance
from graph.explaining.statement import Weighing, records, statements, weakest
from graph.explaining.wording import Wording
from graph.reasoning.proof import Tree, tree
from graph.reasoning.provenance import Provenance
from graph.reasoning.rules.axiom import Term
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
from ontology.namespace import PREFIXES

NAMES: Final = {
    PREFIXES["rdfs"] + "label",
    PREFIXES["skos"] + "prefLabel",
    PREFIXES["skos"] + "altLabel",
}
"""The properties that name a thing, and say nothing of it."""

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

    In a large dataset nothing is told: each proof would have to be followed once more.
    """
    provenance, found = index.provenance, answer.citations.found
    if not any(isinstance(one, Citation) and one.proofs for one in found):
        return answer
    columns = [] if answer.boolean is not None else list(map(Variable, answer.variables))
    patterns = asked_for(parse_query(text, base).form, set(columns))
    if not patterns or not provenance.small:
        return answer
    proved = {
        place: trees
        for place, (row, one) in enumerate(zip(answer.rows, found, strict=True))
        if isinstance(one, Citation)
        and (trees := followed(provenance, patterns, dict(zip(columns, row, strict=True)), one))
    }
    weighing = weighing_of(proved.values(), store, Wording(index))
    told = [
        one._replace(modalities=meant(proved[place], weighing))
        if isinstance(one, Citation) and place in proved
        else one
        for place, one in enumerate(found)
    ]
    return replace(answer, citations=Citations(told, answer.citations.names))


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
    provenance: Provenance, patterns: Iterable[TriplePattern], bound: Bound, citation: Citation[int]
) -> Proved:
    """Return how each proof of a row holds its triples; nothing where one of them does not."""
    triples = [triple for one in patterns if (triple := instance(one, bound))]
    known = [provenance.fact(*triple) for triple in triples]
    facts = [fact for fact in known if fact is not None]
    held = [
        [one for fact in facts if (one := tree(provenance, fact, frozenset(proof)))]
        for proof in citation.proofs
    ]
    return held if facts and all(len(trees) == len(known) for trees in held) else []


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
