"""JSON-LD that people can read: the words of the ontology instead of IRIs, labels by language.

No library writes it so from RDF: pyoxigraph compacts with prefixes alone, and rdflib turns the
lexical forms of numbers into its own. https://www.w3.org/TR/json-ld11/
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Final, TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from graph.dataset import graph_of
from graph.errors import UnwritableError
from ontology.context import Definition, context
from ontology.namespace import PREFIXES, RDF_TYPE, shorten
from ontology.vocabulary import Vocabulary

Json: TypeAlias = "str | int | bool | list[Json] | dict[str, Json]"

NATIVE: Final = re.compile(r"-?[1-9][0-9]{0,14}|0")
"""Integers that every JSON parser keeps as they are."""

XSD: Final = PREFIXES["xsd"]
TEXTS: Final = frozenset({XSD + "string", PREFIXES["rdf"] + "langString"})


@dataclass(frozen=True, slots=True)
class Writer:
    """A writer of nodes under one context; `terms` are its words by their IRIs."""

    context: Mapping[str, Definition]
    terms: Mapping[str, str]

    @classmethod
    def of(cls, vocabulary: Vocabulary) -> Writer:
        """Return the writer in the words of a vocabulary."""
        words = context(vocabulary)
        return cls(
            words,
            {
                expand(definition if isinstance(definition, str) else definition["@id"]): word
                for word, definition in words.items()
                if word not in PREFIXES
            },
        )

    def nodes(self, quads: Iterable[Quad]) -> list[Json]:
        """Return the node objects of one graph, in the order of their names."""
        found = sorted(quads, key=lambda quad: (name(quad.subject), str(quad)))
        return [self.node(subject, list(own)) for subject, own in groupby(found, key=subject_name)]

    def node(self, subject: str, quads: list[Quad]) -> Json:
        """Return the node object of a subject."""
        properties: dict[str, list[Quad]] = {}
        for quad in quads:
            properties.setdefault(quad.predicate.value, []).append(quad)
        node: dict[str, Json] = {"@id": subject}
        for predicate in sorted(properties, key=lambda iri: (iri != RDF_TYPE, self.word(iri))):
            values = [quad.object for quad in properties[predicate]]
            if predicate == RDF_TYPE:
                node["@type"] = one_or_all([self.type(value) for value in values])
            else:
                node[self.word(predicate)] = self.values(self.word(predicate), values)
        return node

    def word(self, iri: str) -> str:
        """Return the term or the shortened name of a property or class."""
        return self.terms.get(iri) or short(iri)

    def type(self, value: Node) -> Json:
        """Return a value of `@type`; UnwritableError where it is not a name."""
        if isinstance(value, NamedNode):
            return self.word(value.value)
        if isinstance(value, BlankNode):
            return str(value)
        raise UnwritableError(f"JSON-LD cannot say that something is of the type {value}")

    def values(self, word: str, values: list[Node]) -> Json:
        """Return the values of a property, as a language map where its term is one."""
        definition = self.context.get(word)
        rule = definition if isinstance(definition, dict) else {}
        if "@container" in rule:
            return language_map(word, values)
        return one_or_all([self.value(value, rule.get("@type", "")) for value in values])

    def value(self, value: Node, kind: str) -> Json:
        """Return one value of a property whose term has the `@type` kind."""
        if isinstance(value, Triple):
            raise UnwritableError("JSON-LD cannot say a triple term: ask for Turtle or N-Triples")
        if not isinstance(value, Literal):
            return name(value) if kind == "@id" else {"@id": name(value)}
        datatype = value.datatype.value
        if value.language:
            return {"@value": value.value, "@language": value.language}
        if datatype == XSD + "integer" and NATIVE.fullmatch(value.value):
            return int(value.value)
        if datatype == XSD + "boolean" and value.value in {"true", "false"}:
            return value.value == "true"
        if datatype == XSD + "string":
            return {"@value": value.value} if kind else value.value
        return (
            value.value
            if kind == short(datatype)
            else {"@value": value.value, "@type": short(datatype)}
        )


Node: TypeAlias = NamedNode | BlankNode | Literal | Triple


def write_jsonld(quads: Iterable[Quad], vocabulary: Vocabulary) -> bytes:
    """Return a document of the quads: the named graphs each in its own `@graph`.

    Raises UnwritableError where JSON-LD cannot say one of them.
    """
    writer = Writer.of(vocabulary)
    content: list[Json] = []
    for graph, own in groupby(sorted(quads, key=graph_of), key=graph_of):
        nodes = writer.nodes(own)
        content += [{"@id": short(graph), "@graph": nodes}] if graph else nodes
    document = {"@context": writer.context, "@graph": content}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def language_map(word: str, values: list[Node]) -> Json:
    """Return texts by their languages, `@none` for those of none; UnwritableError for no texts."""
    found: dict[str, list[Json]] = {}
    for value in sorted(values, key=str):
        if not isinstance(value, Literal) or value.datatype.value not in TEXTS:
            raise UnwritableError(f"JSON-LD calls {word} a text, which {value} is not")
        found.setdefault(value.language or "@none", []).append(value.value)
    return {language: one_or_all(texts) for language, texts in found.items()}


def one_or_all(values: list[Json]) -> Json:
    """Return a single value by itself."""
    return values[0] if len(values) == 1 else values


def subject_name(quad: Quad) -> str:
    """Return the name of the subject of a quad."""
    return name(quad.subject)


def name(node: NamedNode | BlankNode | Triple) -> str:
    """Return the name of a node as the value of an `@id`."""
    return short(node.value) if isinstance(node, NamedNode) else str(node)


def short(iri: str) -> str:
    """Return an IRI as a compact one where it has a prefix, else as it is."""
    compact = shorten(iri)
    return iri if compact.startswith("<") or "://" in compact else compact


def expand(compact: str) -> str:
    """Return the IRI of a compact one."""
    prefix, _, local = compact.partition(":")
    return PREFIXES[prefix] + local
