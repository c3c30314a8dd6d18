"""JSON-LD of one thing, as a web developer would write it by hand: no graphs, words for keys.

https://www.w3.org/TR/json-ld11/. The document is the thing: its `id`, its types, and its properties
in the words of the context, which it names by address. Whatever it points to is an object with
`id` and, where it has one, `label`; its own parts, such as the selectors of a sentence, are whole.
Below `reverse` stand the things that point to it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import groupby
from typing import Final, TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple, serialize

from graph.answering.fidelity import require_terms
from graph.publishing.jsonld import encode_document, is_compactable, packaged_vocabulary
from graph.publishing.reading_order import ReadingOrder, term_text
from ontology.context import KEYWORDS, NAMESPACES, context
from ontology.namespace import shorten
from ontology.terms import RDF, XSD

SAFE_INTEGER: Final = re.compile(r"0|-?[1-9][0-9]{0,14}")
"""A number that is the same in every language that reads JSON (RFC 8259, section 6)."""

Json: TypeAlias = "str | int | bool | list[Json] | dict[str, Json]"
Node = NamedNode | BlankNode | Literal | Triple


def frame_thing(
    this: NamedNode, quads: Iterable[Quad], labels: Iterable[Quad], address: str
) -> bytes:
    """Return what is said of a thing; `labels` are those of the names that it is said with.

    `address` is that of the context. What would not be the same when read again is written in full,
    without a context. Raises UnwritableError for a triple term, which JSON-LD 1.1 cannot say.
    """
    about = dict.fromkeys(Quad(*quad.triple) for quad in quads if is_about(quad, this))
    named = dict.fromkeys(Quad(*quad.triple) for quad in labels)
    require_terms(about, RdfFormat.JSON_LD)
    if not all(map(is_compactable, (*about, *named))):
        return serialize(about, format=RdfFormat.JSON_LD) or b""
    return encode_document({"@context": address, **Frame(this, about, named).document()})


def is_about(quad: Quad, this: NamedNode) -> bool:
    """Return whether a statement is about a thing or a part of it, and not only made in it."""
    ends = quad.subject, quad.object
    return this in ends or term_text(quad.subject).startswith(f"{this.value}#")


class Frame:
    """What is said of a thing, by subject and property."""

    def __init__(self, this: NamedNode, about: Iterable[Quad], labels: Iterable[Quad]) -> None:
        about = list(about)
        ordered = ReadingOrder.of(about, this.value).sorted(about)
        self.this = this
        self.incoming = [q for q in ordered if q.object == this and q.subject != this]
        self.outgoing: dict[Node, list[Quad]] = defaultdict(list)
        for quad in ordered:
            if quad.object != this or quad.subject == this:
                self.outgoing[quad.subject].append(quad)
        self.labels: dict[Node, list[Quad]] = defaultdict(list)
        for quad in ReadingOrder.of(()).sorted(labels):
            self.labels[quad.subject].append(quad)
        self.written: set[Node] = set()
        self.path: list[Node] = []
        self.spare = len(about)

    def document(self) -> dict[str, Json]:
        """Return the thing, and below `reverse` what points to it."""
        document = self.node(self.this)
        pointing: dict[str, Json] = {}
        for name, group in groupby(sorted(self.incoming, key=property_term), property_term):
            pointing[name] = [self.node(quad.subject) for quad in group]
        return {**document, "reverse": pointing} if pointing else document

    def node(self, node: Node) -> dict[str, Json]:
        """Return a node: whole where it is the thing or a part of it, else its labels."""
        said = self.outgoing.get(node, []) if self.is_whole(node) else []
        known = {quad.predicate for quad in said}
        more = [quad for quad in self.labels.get(node, ()) if quad.predicate not in known]
        by_property: dict[NamedNode, list[Node]] = defaultdict(list)
        for quad in (*said, *more):
            by_property[quad.predicate].append(quad.object)
        found: dict[str, Json] = {"id": term_text(node)}
        self.path.append(node)
        for predicate, values in by_property.items():
            found |= self.property(predicate.value, values)
        self.path.pop()
        return found

    def is_whole(self, node: Node) -> bool:
        """Return whether a node is written whole: the first time, and again where there is room.

        No document becomes twice as long by what is written again.
        """
        first, size = node not in self.written, len(self.outgoing.get(node, ()))
        self.written.add(node)
        if first or node in self.path or size > self.spare:
            return first
        self.spare -= size
        return True

    def property(self, predicate: str, values: list[Node]) -> dict[str, Json]:
        """Return a property with its values in the shape that the context gives it."""
        name, definition = find_term(predicate)
        if predicate == RDF.TYPE.value and all(isinstance(one, NamedNode) for one in values):
            return {"type": [find_term(term_text(one))[0] for one in values]}
        container = definition.get("@container", "")
        if isinstance(container, list) or container == "@language":
            return write_texts(name, predicate, values, several=container != "@language")
        kind = str(definition.get("@type", ""))
        shaped = [self.value(one, kind) for one in values]
        return {name: shaped if container or len(shaped) > 1 else shaped[0]}

    def value(self, node: Node, kind: str) -> Json:
        """Return a value of a property whose values are of a kind."""
        return write_literal(node, kind) if isinstance(node, Literal) else self.node(node)


def property_term(quad: Quad) -> str:
    """Return the key of a property."""
    return find_term(quad.predicate.value)[0]


def write_texts(name: str, predicate: str, values: list[Node], *, several: bool) -> dict[str, Json]:
    """Return texts by language; what is no text stands below the name of the property in full."""
    by_language: dict[str, list[Json]] = defaultdict(list)
    others: list[Json] = []
    for value in values:
        if isinstance(value, Literal) and (value.language or value.datatype == XSD.STRING):
            by_language[value.language or "@none"].append(value.value)
        else:
            others.append(
                write_literal(value, "") if isinstance(value, Literal) else {"id": term_text(value)}
            )
    shaped: dict[str, Json] = {
        language: found if several or len(found) > 1 else found[0]
        for language, found in by_language.items()
    }
    found: dict[str, Json] = {name: shaped} if shaped else {}
    return {**found, compact_iri(predicate): others} if others else found


def write_literal(value: Literal, kind: str) -> Json:
    """Return a literal as the value of a property whose values are of a kind (section 4.2)."""
    datatype = compact_iri(value.datatype.value)
    if value.language:
        return {"@language": value.language, "@value": value.value}
    if datatype == "xsd:integer" and kind in {"", datatype} and SAFE_INTEGER.fullmatch(value.value):
        return int(value.value)
    if datatype == kind or (value.datatype == XSD.STRING and not kind):
        return value.value
    if value.datatype == XSD.STRING:
        return {"@value": value.value}
    return {"type": datatype, "@value": value.value}


def compact_iri(iri: str) -> str:
    """Return an IRI with its prefix, or whole where the context has none for it."""
    name = shorten(iri)
    prefix, _, local = name.partition(":")
    return name if prefix in NAMESPACES and not local.startswith("//") else iri


def find_term(iri: str) -> tuple[str, Mapping[str, object]]:
    """Return a property or class in the words of the context, and what its values are.

    One that the context has no word for is a set, too.
    """
    return read_terms().get(iri) or (compact_iri(iri), {"@container": "@set"})


@cache
def read_terms() -> dict[str, tuple[str, Mapping[str, object]]]:
    """Return the words of the packaged context by the IRIs that they stand for."""
    found: dict[str, tuple[str, Mapping[str, object]]] = {}
    for name, definition in context(packaged_vocabulary()).items():
        if name not in KEYWORDS and name not in NAMESPACES:
            told: Mapping[str, object] = (
                {"@id": definition} if isinstance(definition, str) else definition
            )
            prefix, _, local = str(told["@id"]).partition(":")
            found[NAMESPACES[prefix] + local] = (name, told)
    return found
