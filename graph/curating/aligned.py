"""The graph read together with the vocabularies that it is aligned to: no contradiction may follow.

`ontology/aligned.ttl` holds their axioms. Each rule that is applied here has one premise (a
subclass, a subproperty, a domain, a range), so what follows has lines of reasons, each down to one
stated fact, and the statement at fault can be named. Nothing of it enters the closure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, Triple

from graph.curating.master import Master
from graph.curating.master_file import term
from graph.curating.reading import Fact, Line, Reading, as_fact, axiom_of
from graph.dataset import graph_of
from graph.errors import Finding
from graph.reasoning.axiom import Axioms
from graph.reasoning.rule import Term
from ontology.namespace import INFERRED_GRAPH, ONTOLOGY_GRAPH, shorten
from ontology.terms import CPEC, OWL, RDF, RDFS, XSD

LITERALS: Final = (XSD, RDFS + "Literal", RDF + "langString")
"""How the IRIs of datatypes begin."""


def misreadings(quads: Iterable[Quad], master: Master) -> list[Finding]:
    """Return the statements and alignments by which something would be in two disjoint classes.

    Or by which a literal would be a thing, or a thing a literal. The quads are all that is stated
    and what was inferred from it.
    """
    quads = list(quads)
    ontology = [quad for quad in quads if graph_of(quad) == ONTOLOGY_GRAPH]
    ours = {fact for quad in ontology if (fact := as_fact(quad))}
    axioms = [quad.triple for quad in (*ontology, *master.aligned.quads)]
    reading = Reading.of(axioms)
    read = {RDF.TYPE, *reading.by_property, *data_properties(axioms)}
    quads = [quad for quad in quads if quad.predicate in read]
    reading.take(quad for quad in quads if graph_of(quad) not in {ONTOLOGY_GRAPH, INFERRED_GRAPH})
    reading.take(quad for quad in quads if graph_of(quad) == INFERRED_GRAPH)
    found: dict[Fact, str] = {}
    for one, message in [*disjoint(reading, axioms, ours), *mixed(reading, axioms, ours)]:
        found.setdefault(one, message)
    findings = {
        master.finding(
            f"{message}: that follows from {' '.join(map(word, one))}", "", *map(term, one)
        )
        for one, message in found.items()
    }
    return sorted(findings, key=lambda one: (one.path, one.line or 0, one.message))


def disjoint(reading: Reading, axioms: list[Triple], ours: set[Fact]) -> Iterator[tuple[Fact, str]]:
    """Yield what is at fault wherever something is in two disjoint classes, and what it would be.

    An individual that is at odds within our own classes is told by those alone.
    """
    pairs = disjoint_pairs(axioms)
    classes: dict[Term, list[Term]] = {}
    for subject, predicate, value in reading.why:
        if predicate == RDF.TYPE and not isinstance(subject, Literal):
            classes.setdefault(subject, []).append(value)
    for subject, types in classes.items():
        clashes = [pair for pair in combinations(types, 2) if frozenset(pair) in pairs]
        among_ours = [pair for pair in clashes if all(map(is_ours, pair))]
        for pair in among_ours or clashes:
            kept, lost = sorted(pair, key=lambda one: farness(reading, (subject, RDF.TYPE, one)))
            message = f"{word(subject)} would be a {word(lost)}, which no {word(kept)} is"
            yield from (
                (one, message) for one in at_fault(reading, (subject, RDF.TYPE, lost), ours)
            )


def disjoint_pairs(axioms: Iterable[Triple]) -> set[frozenset[Term]]:
    """Return the pairs of classes that the axioms call disjoint."""
    known = Axioms.from_triples(axioms)
    found = {frozenset(pair) for pair in known.pairs.get(OWL + "disjointWith", ())}
    for _, members in known.pairs.get(OWL + "members", ()):
        found.update(map(frozenset, combinations(known.members(members), 2)))
    return found


def farness(reading: Reading, fact: Fact) -> tuple[bool, int]:
    """Return how little a type can be trusted: those of others less, and those farther reached."""
    return not is_ours(fact[2]), min(len(steps) for _, steps in reading.lines(fact))


def mixed(reading: Reading, axioms: list[Triple], ours: set[Fact]) -> Iterator[tuple[Fact, str]]:
    """Yield what is at fault wherever a literal is in a class, or a thing in a datatype."""
    of_data = data_properties(axioms)
    for fact in reading.why:
        subject, predicate, value = fact
        if predicate == RDF.TYPE and isinstance(subject, Literal) != is_datatype(value):
            kind = "a literal, " if is_datatype(value) else ""
            message = f"{word(subject)} would be {kind}a {word(value)}"
        elif predicate in of_data and not isinstance(value, Literal):
            message = f"{word(value)} would be a literal, the value of {word(predicate)}"
        else:
            continue
        yield from ((one, message) for one in at_fault(reading, fact, ours))


def data_properties(axioms: Iterable[Triple]) -> set[object]:
    """Return the properties of which every value is a literal."""
    kind = OWL.DATATYPE_PROPERTY
    return {one.subject for one in axioms if (one.predicate, one.object) == (RDF.TYPE, kind)}


def is_datatype(node: Term) -> bool:
    """Return whether the node is the name of a datatype."""
    return isinstance(node, NamedNode) and node.value.startswith(LITERALS)


def at_fault(reading: Reading, fact: Fact, ours: set[Fact]) -> set[Fact]:
    """Return the statements at fault for a fact that cannot be: axioms of ours, if there are any.

    A stated fact is blamed only where no axiom is.
    """
    blamed = {blame(line, is_ours(fact[2]), ours) for line in reading.lines(fact)}
    return {one for one in blamed if one in ours} or blamed


def blame(line: Line, within: bool, ours: set[Fact]) -> Fact:
    """Return the axiom of ours by which a line leaves our vocabulary, or else the stated fact.

    A line `within` our vocabulary is to be blamed on its first step, if that is a subclass.
    """
    stated, steps = line
    axioms = [axiom for rule in steps if (axiom := axiom_of(rule)) in ours]
    if within:
        axioms = [one for one in axioms[:1] if one[1].value == RDFS + "subClassOf"]
    return axioms[-1] if axioms else stated


def is_ours(node: Term) -> bool:
    """Return whether the node is a term of our vocabulary."""
    return isinstance(node, NamedNode) and node.value.startswith(CPEC)


def word(node: Term) -> str:
    """Return a term as a person reads it."""
    if isinstance(node, NamedNode):
        return shorten(node.value)
    return f'"{node.value}"' if isinstance(node, Literal) else str(node)
