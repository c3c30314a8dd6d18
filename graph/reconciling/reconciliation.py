"""Reconciliation: answers the queries of the API from a graph, as its JSON has them.

https://reconciliation-api.github.io/specs/0.2/. An identifier is a local name: `HEC` of a thing,
`Country` of a class, `inCountry` of a property; whole IRIs are read too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, Final

from pyoxigraph import Literal, NamedNode, Store

from graph.answering.evaluation import run_select
from graph.answering.name import abbreviate, expand_name
from graph.errors import ParameterError
from graph.reconciling.folding import split_words
from graph.reconciling.likeness import compare_words
from graph.reconciling.matching import LEAST_SCORE, Candidate, ThingIndex, mark_match
from graph.reconciling.query import LISTED, ExtensionQuery, ReconciliationQuery, read_batch
from graph.reconciling.thing import DRAFT, LABEL, Thing, ThingName, read_things
from graph.reconciling.vocabulary import TermIndex, read_text
from graph.wording.display_name import OBLIQUE
from ontology.namespace import ID
from ontology.terms import OWL, RDFS, SCHEMA, SKOS, XSD, RdfTerm

PROPOSED: Final = 100
"""The most properties that are proposed."""

USED_QUERY: Final = """
SELECT DISTINCT ?property ?class { ?thing a ?class ; ?property ?value } ORDER BY ?property
"""

ELSEWHERE: Final = {
    "sameAs": (NamedNode(OWL.IRI + "sameAs"), NamedNode(SCHEMA.IRI + "sameAs")),
    "label": (RDFS.LABEL,),
    "altLabel": (SKOS.ALT_LABEL,),
}
"""The properties of other vocabularies that a data extension has by their local names."""

OFFERED: Final = ("sameAs", "label", "label@ur", "label@zh", "altLabel")

NUMBERS: Final = {XSD + "integer": ("int", int), XSD + "decimal": ("float", float)}


class Reconciliation:
    """The names of one version of a graph, for all that the API asks."""

    def __init__(self, store: Store) -> None:
        self.store = store

    @cached_property
    def things(self) -> ThingIndex:
        """The index of things."""
        return ThingIndex(read_things(self.store))

    @cached_property
    def vocabulary(self) -> TermIndex:
        """The classes and properties of the ontology."""
        return TermIndex.read(self.store)

    def ask(self, part: str, text: str) -> dict[str, Any]:
        """Return the answer to a part of the API as JSON; raises ParameterError and LimitError."""
        if part == "batch":
            batch = read_batch(text).items()
            return {name: {"result": self.answer(name, query)} for name, query in batch}
        if part == "extend":
            return self.extend(ExtensionQuery.read(text))
        if part == "properties":
            return self.propose_properties(text)
        return self.preview(text) if part == "preview" else self.suggest(part, text)

    def answer(self, name: str, query: ReconciliationQuery) -> list[dict[str, Any]]:
        """Return the candidates for a query as JSON, the likest first; raises ParameterError."""
        candidates = self.match(name, query)
        return [write_candidate(candidate, self) for candidate in candidates[: query.limit]]

    def match(self, name: str, query: ReconciliationQuery) -> list[Candidate]:
        """Return the candidates for a query, the likest first; raises ParameterError."""
        where, vocabulary = f"query {name}", self.vocabulary
        types = [vocabulary.find_class(where, own) for own in query.types]
        pairs = [
            (vocabulary.find_property(where, pid, self.store), pid, values)
            for pid, values in query.properties
        ]
        near = self.things.find(query.text) if query.text else self.find_by_property(pairs)
        chosen = all if query.every_type else any
        candidates = [
            candidate
            for candidate in near
            if not types or chosen(own in candidate.thing.types for own in types)
        ]
        if pairs:
            candidates = [
                replace(own, properties=dict(self.compare_properties(own.thing, pairs)))
                for own in candidates
            ]
        return mark_match([own for own in candidates if own.score >= LEAST_SCORE])

    def find_by_property(
        self, pairs: Sequence[tuple[NamedNode, str, tuple[str, ...]]]
    ) -> list[Candidate]:
        """Return the things that have one of the values of the first property."""
        property_, _, values = pairs[0]
        holders: dict[str, Candidate] = {}
        for quad in self.store.quads_for_pattern(None, property_, None):
            thing = self.things.things.get(getattr(quad.subject, "value", ""))
            if thing is None or thing.iri in holders:
                continue
            if self.compare_values([quad.object], values) >= LEAST_SCORE:
                holders[thing.iri] = Candidate(thing, thing.names[0], None)
        return list(holders.values())

    def compare_properties(
        self, thing: Thing, pairs: Iterable[tuple[NamedNode, str, tuple[str, ...]]]
    ) -> Iterator[tuple[str, float]]:
        """Yield each property that a thing has, and the likeness of its values, from 0 to 100."""
        for property_, pid, values in pairs:
            if objects := self.find_values(thing.iri, property_):
                yield pid, self.compare_values(objects, values)

    def compare_values(self, objects: Iterable[RdfTerm], values: Sequence[str]) -> float:
        """Return the likeness of the likest pair of a value of the graph and a given one."""
        return max((self.compare_value(own, text) for own in objects for text in values), default=0)

    def compare_value(self, node: RdfTerm, text: str) -> float:
        """Return the likeness of a value and a given identifier or text, from 0 to 100."""
        if isinstance(node, NamedNode) and text in {node.value, abbreviate(node.value)}:
            return 100.0
        thing = self.things.things.get(read_text(node)) if isinstance(node, NamedNode) else None
        names = [name.text for name in thing.names] if thing else [read_text(node)]
        words = split_words(text)
        likest = (compare_words(words, split_words(name), self.things.weigh) for name in names)
        return max((100.0 if own.is_certain else own.score for own in likest), default=0.0)

    def find_values(self, iri: str, property_: NamedNode) -> list[RdfTerm]:
        """Return the values of a property of a thing, each once; raises ParameterError."""
        try:
            quads = self.store.quads_for_pattern(NamedNode(iri), property_, None)
        except ValueError:
            raise ParameterError(f"{iri!r} is not an identifier") from None
        return list(dict.fromkeys(quad.object for quad in quads))

    def extend(self, query: ExtensionQuery) -> dict[str, Any]:
        """Return the values of properties of things as JSON; raises ParameterError."""
        properties = [(pid, *self.find_extended(pid), most) for pid, most in query.properties]
        rows = {
            own: {
                pid: [
                    self.write_value(value)
                    for node in nodes
                    for value in sorted(self.find_values(find_thing(own), node), key=value_rank)
                    if not language or getattr(value, "language", None) == language
                ][:most]
                for pid, nodes, language, most in properties
            }
            for own in query.ids
        }
        meta = [
            {
                "id": pid,
                "name": pid if pid in OFFERED else self.vocabulary.name_term(nodes[0].value),
            }
            for pid, nodes, *_ in properties
        ]
        return {"meta": meta, "rows": rows}

    def find_extended(self, pid: str) -> tuple[tuple[NamedNode, ...], str]:
        """Return the properties of an identifier, and the language of their values: `label@ur`."""
        name, _, language = pid.partition("@")
        nodes = ELSEWHERE.get(name)
        return nodes or (self.vocabulary.find_property("extend", name, self.store),), language

    def write_value(self, node: RdfTerm) -> dict[str, Any]:
        """Return a value as the cell of a data extension."""
        if isinstance(node, NamedNode) and node.value in self.things.things:
            thing = self.things.things[node.value]
            return {"id": abbreviate(thing.iri), "name": thing.find_label()}
        if isinstance(node, Literal) and node.datatype.value in NUMBERS:
            kind, read = NUMBERS[node.datatype.value]
            return {kind: read(node.value)}
        if isinstance(node, Literal) and node.datatype.value == XSD + "dateTime":
            return {"date": node.value}
        return {"str": read_text(node)}

    def propose_properties(self, class_: str) -> dict[str, Any]:
        """Return the properties that things of a class have, as JSON; raises ParameterError."""
        known = self.vocabulary.properties.things
        used = list(known)
        if class_:
            bindings = {"class": NamedNode(self.vocabulary.find_class("properties", class_))}
            rows = run_select(self.store, USED_QUERY, bindings)
            used = [iri for iri in (read_text(row[0]) for row in rows) if iri in known]
        properties = [{"id": abbreviate(iri), "name": known[iri].find_label()} for iri in used]
        properties += [{"id": name, "name": name} for name in OFFERED]
        return {"properties": properties[:PROPOSED], **({"type": class_} if class_ else {})}

    def suggest(self, kind: str, prefix: str) -> dict[str, Any]:
        """Return the things, classes or properties whose names begin like a text, as JSON."""
        indexes = {"entity": self.things, "type": self.vocabulary.classes}
        index = indexes.get(kind, self.vocabulary.properties)
        return {
            "result": [self.write_term(kind, thing) for thing in index.complete(prefix, LISTED)]
        }

    def write_term(self, kind: str, thing: Thing) -> dict[str, Any]:
        """Return a thing, a class or a property as a suggestion."""
        record: dict[str, Any] = {"id": abbreviate(thing.iri), "name": thing.find_label()}
        if kind == "entity":
            return record | {"description": describe(thing), "notable": self.list_types(thing)}
        return record | {"description": thing.description}

    def list_types(self, thing: Thing) -> list[dict[str, str]]:
        """Return the classes of a thing, the narrowest first, with their names."""
        return [
            {"id": abbreviate(own), "name": self.vocabulary.name_term(own)} for own in thing.types
        ]

    def preview(self, text: str) -> dict[str, Any]:
        """Return a thing with its names and classes, {} for an unknown one."""
        thing = self.things.things.get(find_thing(text))
        if thing is None:
            return {}
        names = [(name.text, name.language) for name in thing.names if is_label(name)]
        return {"id": abbreviate(thing.iri), "names": names, "types": self.list_types(thing)}


def find_thing(text: str) -> str:
    """Return the IRI of an identifier."""
    return expand_name(text) or ID + text


def write_candidate(candidate: Candidate, reconciliation: Reconciliation) -> dict[str, Any]:
    """Return a candidate as the API has it, its name as matched if that is no label."""
    thing = candidate.thing
    features = candidate.list_features().items()
    return {
        "id": abbreviate(thing.iri),
        "name": thing.find_label(),
        "description": describe(thing),
        "type": reconciliation.list_types(thing),
        "score": round(candidate.score, 1),
        "match": candidate.match,
        "features": [{"id": name, "value": value} for name, value in features],
    }


def is_label(name: ThingName) -> bool:
    """Return whether a name is the label in its language, a draft or not."""
    return name.kind in {LABEL, DRAFT} and name.language != OBLIQUE


def describe(thing: Thing) -> str:
    """Return the labels of a thing in other languages than English."""
    names = sorted({n.language: n.text for n in thing.names if is_label(n)}.items())
    return " · ".join(text for language, text in names if language not in ("en", ""))


def value_rank(node: RdfTerm) -> tuple[bool, str]:
    """Return the sort key of a value: English and untagged texts first."""
    return getattr(node, "language", None) not in (None, "en"), str(node)
