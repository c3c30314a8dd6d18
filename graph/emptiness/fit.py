"""The fit of a property: the classes of its ends, and the weaker properties that fit its place.

Weaker properties state the same kind of relation as an aim, a task or a judgement.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from functools import cache
from typing import Final, NamedTuple

from pyoxigraph import DefaultGraph, NamedNode, Store

from graph.sparql.scope import walk_parts
from graph.sparql.syntax import Node, TriplePattern
from ontology.terms import CPEC, OWL, RDF, RDFS, SCHEMA
from ontology.vocabulary import CLASS_TYPES, MODALITIES, PROPERTY_TYPES, STRENGTH

TASKED: Final = MODALITIES.index("Tasked")
"""The rank of the strongest modality that is no deed."""

Classes = frozenset[NamedNode]


class Ends(NamedTuple):
    """The classes that the ontology gives subjects and objects of a property, if it gives any."""

    domain: Classes
    range: Classes


class PropertyFit:
    """Reads the ends and the modalities of properties from the ontology in a store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.find_ends = cache(self.read_ends)
        self.find_superclasses = cache(self.read_superclasses)

    def read_ends(self, predicate: NamedNode) -> Ends:
        """Return the classes of the ends of a property."""
        return Ends(
            frozenset(self.list_values(predicate, RDFS.DOMAIN, SCHEMA.DOMAIN_INCLUDES)),
            frozenset(self.list_values(predicate, RDFS.RANGE, SCHEMA.RANGE_INCLUDES)),
        )

    def list_values(self, subject: NamedNode, *predicates: NamedNode) -> Iterator[NamedNode]:
        """Yield the IRIs that properties give a subject, in order."""
        for predicate in predicates:
            quads = self.store.quads_for_pattern(subject, predicate, None, DefaultGraph())
            terms = sorted((quad.object for quad in quads), key=str)
            yield from (term for term in terms if isinstance(term, NamedNode))

    def list_subjects(self, predicate: NamedNode, value: NamedNode) -> Iterator[NamedNode]:
        """Yield the IRIs that have a value of a property, in order."""
        quads = self.store.quads_for_pattern(None, predicate, value, DefaultGraph())
        terms = sorted((quad.subject for quad in quads), key=str)
        yield from (term for term in terms if isinstance(term, NamedNode))

    def read_superclasses(self, kind: NamedNode) -> Classes:
        """Return a class and all classes above it."""
        classes = [kind]
        # the loop appends the classes above, in breadth, and each one once: axioms may make a cycle
        for wider in classes:
            above = self.list_values(wider, RDFS.SUB_CLASS_OF)
            classes.extend(dict.fromkeys(term for term in above if term not in classes))
        return frozenset(classes)

    def may_overlap(self, classes: Classes, compared: Classes) -> bool:
        """Return whether a class is, or is above or below, a compared class; True if unknown."""
        return not (classes and compared) or any(
            kind in self.find_superclasses(other) or other in self.find_superclasses(kind)
            for kind in classes
            for other in compared
        )

    def may_stand(self, name: NamedNode, pattern: TriplePattern, nodes: Container[object]) -> bool:
        """Return whether a name may stand in a pattern in the place of some nodes.

        At an end it has a class of the property's; where these are not known, it stands there
        already, or is a thing and no term of a vocabulary.
        """
        if any(own in nodes for own in walk_parts(pattern.predicate)):
            return self.is_property(name)
        if not isinstance(predicate := pattern.predicate, NamedNode):
            return not self.is_term(name)
        domain, range_ = self.find_ends(predicate)
        range_ = frozenset({OWL.CLASS}) if predicate == RDF.TYPE else range_
        for node, classes, place in (
            (pattern.subject, domain, (name, predicate, None, DefaultGraph())),
            (pattern.object, range_, (None, predicate, name, DefaultGraph())),
        ):
            if node not in nodes or any(self.store.quads_for_pattern(*place)):
                continue
            kinds = self.list_values(name, RDF.TYPE)
            typed = any(self.find_superclasses(kind) & classes for kind in kinds)
            if not typed if classes else self.is_term(name):
                return False
        return True

    def is_property(self, name: NamedNode) -> bool:
        """Return whether a name has statements as a property, or is declared as one."""
        kinds = {kind.value for kind in self.list_values(name, RDF.TYPE)}
        return any(self.store.quads_for_pattern(None, name, None)) or bool(kinds & PROPERTY_TYPES)

    def is_term(self, name: NamedNode) -> bool:
        """Return whether a name is a property or a class."""
        kinds = {kind.value for kind in self.list_values(name, RDF.TYPE)}
        return bool(kinds & CLASS_TYPES) or self.is_property(name)

    def is_directed(self, predicate: NamedNode) -> bool:
        """Return whether the ends of a property are of different kinds, or not known to be alike.

        The graph shows that they are alike if something is at both ends of it.
        """
        ends = self.find_ends(predicate)
        if ends.domain and ends.range:
            return not self.may_overlap(*ends)
        quads = self.store.quads_for_pattern(None, predicate, None, DefaultGraph())
        value = next((quad.object for quad in quads if isinstance(quad.object, NamedNode)), None)
        return value is None or not any(self.list_values(value, predicate))

    def rank(self, predicate: NamedNode) -> int | None:
        """Return the rank of the modality of a property, None if it has none."""
        modality = next(self.list_values(predicate, CPEC.MODALITY), None)
        return None if modality is None else STRENGTH.get(modality.value)

    def list_weaker(self, pattern: TriplePattern) -> Iterator[TriplePattern]:
        """Yield patterns of weaker properties for the same ends, counterparts first.

        Ends that are variables have to fit by their classes; of a constant the graph decides.
        """
        predicate = pattern.predicate
        if not isinstance(predicate, NamedNode) or (own := self.rank(predicate)) is None:
            return
        subject, value = pattern.subject, pattern.object
        for counterpart in self.list_values(predicate, CPEC.COUNTERPART):
            yield TriplePattern(subject, counterpart, value)
        domain, range_ = self.find_ends(predicate)
        for modality in MODALITIES[max(TASKED, own + 1) :]:
            for weaker in self.list_subjects(CPEC.MODALITY, NamedNode(CPEC + modality)):
                if (ends := self.find_ends(weaker)) == Ends(frozenset(), frozenset()):
                    continue
                if self.fits(subject, domain, ends.domain) and self.fits(value, range_, ends.range):
                    yield TriplePattern(subject, weaker, value)
                if self.fits(subject, domain, ends.range) and self.fits(value, range_, ends.domain):
                    yield TriplePattern(value, weaker, subject)

    def fits(self, node: Node, classes: Classes, compared: Classes) -> bool:
        """Return whether a node may be at the end of another property."""
        return isinstance(node, NamedNode) or self.may_overlap(classes, compared)

    def list_related(self, pattern: TriplePattern) -> Iterator[TriplePattern]:
        """Yield a pattern, and the patterns of its inverse and of narrower properties."""
        predicate, subject, value = pattern.predicate, pattern.subject, pattern.object
        if not isinstance(predicate, NamedNode):
            return
        for related in (predicate, *self.list_subjects(RDFS.SUB_PROPERTY_OF, predicate)):
            yield TriplePattern(subject, related, value)
            inverses = (
                *self.list_values(related, OWL.INVERSE_OF),
                *self.list_subjects(OWL.INVERSE_OF, related),
            )
            for inverse in dict.fromkeys(inverses):
                yield TriplePattern(value, inverse, subject)
