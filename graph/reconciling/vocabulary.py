"""The classes and properties that a query or a data extension names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

from pyoxigraph import Literal, NamedNode, Store

from graph.answering.evaluation import read_query, run_select
from graph.answering.name import abbreviate, expand_name
from graph.errors import ParameterError
from graph.reconciling.matching import ThingIndex
from graph.reconciling.thing import LABEL, Thing, ThingName
from ontology.terms import CPEC

TERMS_QUERY: Final = read_query(__file__, "terms")


@dataclass(frozen=True, slots=True)
class TermIndex:
    """The classes and the properties of the ontology in a graph, by their names."""

    classes: ThingIndex
    properties: ThingIndex

    @classmethod
    def read(cls, store: Store) -> Self:
        """Return the vocabulary of a graph."""
        classes: dict[str, Thing] = {}
        properties: dict[str, Thing] = {}
        for term, kind, label, comment, modality in run_select(store, TERMS_QUERY):
            if isinstance(term, NamedNode) and isinstance(label, Literal):
                is_class = isinstance(kind, NamedNode) and kind.value.endswith("#Class")
                thing = (classes if is_class else properties).setdefault(
                    term.value, Thing(term.value, description=read_text(comment))
                )
                thing.names.append(ThingName(label.value, label.language or "", LABEL))
                if isinstance(modality, NamedNode):
                    thing.description = f"{read_text(comment)} ({abbreviate(modality.value)})"
        return cls(ThingIndex(classes.values()), ThingIndex(properties.values()))

    def find_class(self, where: str, text: str) -> str:
        """Return the IRI of a class; raises ParameterError for an unknown one."""
        iri = expand_term(text)
        if iri not in self.classes.things:
            raise ParameterError(f"{where}: no class {text!r}{suggest(self.classes, text)}")
        return iri

    def find_property(self, where: str, text: str, store: Store) -> NamedNode:
        """Return a property of the ontology or of the graph; raises ParameterError."""
        try:
            node = NamedNode(expand_term(text))
        except ValueError:
            raise ParameterError(f"{where}: {text!r} is no property") from None
        used = store.quads_for_pattern(None, node, None)
        if node.value not in self.properties.things and next(iter(used), None) is None:
            raise ParameterError(f"{where}: no property {text!r}{suggest(self.properties, text)}")
        return node

    def name_term(self, iri: str) -> str:
        """Return the English label of a class or a property, or its short name."""
        term = self.classes.things.get(iri) or self.properties.things.get(iri)
        return term.find_label() if term else abbreviate(iri)


def expand_term(text: str) -> str:
    """Return the IRI of a class or a property by its local name, its prefixed name or itself."""
    return expand_name(text) or CPEC + text


def suggest(index: ThingIndex, text: str) -> str:
    """Return the question whether a near term was meant, or nothing."""
    near = index.find(text)
    return f"; did you mean {abbreviate(near[0].thing.iri)}?" if near else ""


def read_text(node: object) -> str:
    """Return the IRI or the lexical form of a term, "" for another one."""
    return node.value if isinstance(node, NamedNode | Literal) else ""
