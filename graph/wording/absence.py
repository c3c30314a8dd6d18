"""An absence in words: no source says that any country cooperates in robotics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final, TypeAlias

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Store, Variable

from graph.answering.name import abbreviate
from graph.sparql.printer import print_group
from graph.sparql.syntax import Group, InGraph, Node, TriplePattern, Triples
from ontology.terms import RDF, RDFS, RdfTerm

NOTHING: Final = "nothing in the graph matches "
"""The words before an absence that is written as SPARQL."""

Row: TypeAlias = Mapping[Variable, RdfTerm | None]


class AbsenceWords:
    """Puts absences in words, with the labels of a store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.label = cache(self.find_label)

    def say(self, group: Group, text: str, row: Row) -> str:
        """Return the absence of a group in words, with the values of a row.

        A group of more than triple patterns is written as SPARQL, by its `text` if it has one.
        """
        patterns = list(list_patterns(group))
        if None in patterns or not patterns:
            return NOTHING + (text or print_group(group))
        triples = [pattern for pattern in patterns if pattern is not None]
        kinds: dict[Node, Node] = {
            end: kind for pattern in triples for end, kind in self.infer_kinds(pattern)
        }
        kinds |= {pattern.subject: pattern.object for pattern in triples if is_type(pattern)}
        spoken = [
            pattern
            for pattern in triples
            if not (is_type(pattern) and is_open(pattern.subject, row))
        ] or triples
        clauses = [self.say_pattern(pattern, kinds, row) for pattern in spoken]
        return f"no source says that {' and that '.join(clauses)}"

    def say_pattern(self, pattern: TriplePattern, kinds: Mapping[Node, Node], row: Row) -> str:
        """Return a triple pattern in words."""
        nodes = (self.say_node(end, kinds, row) for end in (pattern.subject, pattern.object))
        subject, value = nodes
        return f"{subject} {self.label(pattern.predicate)} {value}"

    def infer_kinds(self, pattern: TriplePattern) -> Iterator[tuple[Node, NamedNode]]:
        """Yield each end of a pattern with its class, by domain and range of the property."""
        for end, of_property in ((pattern.subject, RDFS.DOMAIN), (pattern.object, RDFS.RANGE)):
            classes = self.find_values(pattern.predicate, of_property)  # type: ignore[arg-type]
            if len(classes) == 1 and isinstance(classes[0], NamedNode):
                yield end, classes[0]

    def say_node(self, node: Node, kinds: Mapping[Node, Node], row: Row) -> str:
        """Return a node in words: a variable by its value, or else by its class."""
        term = row.get(node) if isinstance(node, Variable) else node
        if isinstance(term, Literal):
            return f"“{term.value}”"
        if isinstance(term, NamedNode):
            return self.label(term)
        kind = kinds.get(node)
        return f"any {self.label(kind).lower()}" if isinstance(kind, NamedNode) else "anything"

    def find_label(self, term: NamedNode) -> str:
        """Return the English label of a term, or else its name."""
        if term == RDF.TYPE:
            return "is a"
        values = self.find_values(term, RDFS.LABEL)
        labels = [value for value in values if isinstance(value, Literal)]
        labels.sort(key=lambda label: (label.language != "en", label.language or "", label.value))
        return labels[0].value if labels else abbreviate(term.value)

    def find_values(self, subject: Node, predicate: NamedNode) -> list[RdfTerm]:
        """Return the values of a property, in order."""
        quads = self.store.quads_for_pattern(subject, predicate, None, DefaultGraph())  # type: ignore[arg-type]
        return sorted((quad.object for quad in quads), key=str)


def list_patterns(group: Group) -> Iterator[TriplePattern | None]:
    """Yield the triple patterns of a group, None for any element that words would omit."""
    for element in group.elements:
        match element:
            case Triples(patterns):
                for pattern in patterns:
                    yield pattern if isinstance(pattern.predicate, NamedNode) else None
            case InGraph(_, inner):
                yield from list_patterns(inner)
            case Group():
                yield from list_patterns(element)
            case _:
                yield None


def is_type(pattern: TriplePattern) -> bool:
    """Whether a pattern asks for the class of a node."""
    return pattern.predicate == RDF.TYPE and isinstance(pattern.object, NamedNode)


def is_open(node: Node, row: Row) -> bool:
    """Whether a node may be any term: the row gives it no value."""
    return isinstance(node, BlankNode) or (isinstance(node, Variable) and row.get(node) is None)
