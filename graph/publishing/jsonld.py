"""JSON-LD for people: terms of the context instead of IRIs, labels by language.

A document of quads has each named graph in its own `@graph`. A document of one thing is as a web
developer would write it by hand, without graphs (https://www.w3.org/TR/json-ld11/): the root object
is the thing, with its `id`, its types, and its properties under the terms of the context, which the
document names by address. An object of a property has an `id` and its labels; a part of the thing,
such as a sentence's selector, is written in full. `reverse` holds the things that point to the
thing.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import groupby
from threading import Lock
from typing import Final, TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, serialize

from graph.answering.fidelity import require_terms
from graph.dataset import graph_of
from graph.publishing.reading_order import ReadingOrder
from ontology.jsonld_context import KEYWORDS, NAMESPACES, build_context
from ontology.namespace import PREFIXES, shorten
from ontology.release import packaged_quads
from ontology.terms import RDF, XSD, RdfTerm, term_text
from ontology.vocabulary import Vocabulary

SAFE_INTEGER: Final = re.compile(r"0|-?[1-9][0-9]{0,14}")
"""An integer that every reader of JSON represents exactly (RFC 8259, section 6)."""

Json: TypeAlias = "str | int | bool | list[Json] | dict[str, Json]"

PYLD_LOCK: Final = Lock()
"""One thread compacts at a time: pyld shares a cache of contexts between threads, unlocked."""


def write_jsonld(quads: Iterable[Quad], vocabulary: Vocabulary) -> bytes:
    """Return a document of the quads, each named graph in its own `@graph`.

    https://www.w3.org/TR/json-ld11-api/#compaction; literals keep their lexical forms. If the
    context would change a term, the document is in expanded form. Raises UnwritableError for a
    triple term, which JSON-LD 1.1 does not have.
    """
    quads = sorted(set(quads), key=str)
    require_terms(quads, RdfFormat.JSON_LD)
    if not all(map(is_compactable, quads)):
        return serialize(quads, format=RdfFormat.JSON_LD) or b""
    from pyld import jsonld  # noqa: PLC0415 - slow to import, and rarely needed

    expanded = jsonld.from_rdf(group_by_graph(quads), {"useNativeTypes": False})
    terms = {"@context": build_context(vocabulary)}
    with PYLD_LOCK:
        return encode_document(jsonld.compact(expanded, terms, {"graph": True}))


def is_compactable(quad: Quad) -> bool:
    """Return whether a quad survives compaction.

    A reader takes an IRI `id:x` for a compact IRI; a JSON literal loses its lexical form, and a
    text its base direction.
    """
    for node in (*quad.triple, quad.graph_name, getattr(quad.object, "datatype", None)):
        if isinstance(node, NamedNode) and node.value.partition(":")[0] in PREFIXES:
            return False
    return not isinstance(quad.object, Literal) or (
        quad.object.direction is None and quad.object.datatype != RDF.JSON
    )


def group_by_graph(quads: Iterable[Quad]) -> dict[str, list[dict[str, dict[str, str]]]]:
    """Return the quads by graph, as pyld's `from_rdf` takes them.

    pyld's own reader of N-Quads keeps the escapes of control characters, and ends a line at U+2028.
    """
    graphs: dict[str, list[dict[str, dict[str, str]]]] = {}
    for quad in quads:
        name = quad.graph_name
        key = str(name) if isinstance(name, BlankNode) else graph_of(quad) or "@default"
        triple = zip(
            ("subject", "predicate", "object"), map(describe_term, quad.triple), strict=True
        )
        graphs.setdefault(key, []).append(dict(triple))
    return graphs


def describe_term(node: RdfTerm) -> dict[str, str]:
    """Return a term as pyld takes it."""
    if isinstance(node, Literal):
        kind = {"language": node.language} if node.language else {"datatype": node.datatype.value}
        return {"type": "literal", "value": node.value, **kind}
    if isinstance(node, NamedNode):
        return {"type": "IRI", "value": node.value}
    return {"type": "blank node", "value": str(node)}


@cache
def packaged_vocabulary() -> Vocabulary:
    """Return the vocabulary of the packaged ontology."""
    return Vocabulary.from_quads(packaged_quads())


@cache
def write_context() -> bytes:
    """Return the JSON-LD context of the packaged ontology, as the bytes of a document."""
    return encode_document({"@context": build_context(packaged_vocabulary())})


def encode_document(document: object) -> bytes:
    """Return a document as JSON in UTF-8, indented by one space."""
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def frame_thing(
    this: NamedNode, quads: Iterable[Quad], labels: Iterable[Quad], address: str
) -> bytes:
    """Return the JSON-LD document of a thing from the quads about it and the labels of their names.

    `address` is the address of the context. If the context would change a term, the document is in
    expanded form. Raises UnwritableError for a triple term, which JSON-LD 1.1 does not have.
    """
    about = dict.fromkeys(Quad(*quad.triple) for quad in quads if is_about(quad, this))
    named = dict.fromkeys(Quad(*quad.triple) for quad in labels)
    require_terms(about, RdfFormat.JSON_LD)
    if not all(map(is_compactable, (*about, *named))):
        return serialize(about, format=RdfFormat.JSON_LD) or b""
    return encode_document({"@context": address, **Frame(this, about, named).write()})


def is_about(quad: Quad, this: NamedNode) -> bool:
    """Return whether a quad has a thing as subject or object, or a part of it as subject."""
    ends = quad.subject, quad.object
    return this in ends or term_text(quad.subject).startswith(f"{this.value}#")


class Frame:
    """The quads about a thing, by subject, from which the document is written."""

    def __init__(self, this: NamedNode, about: Iterable[Quad], labels: Iterable[Quad]) -> None:
        about = list(about)
        ordered = ReadingOrder.from_quads(about, this.value).sort(about)
        self.this = this
        self.incoming = [q for q in ordered if q.object == this and q.subject != this]
        self.outgoing: dict[RdfTerm, list[Quad]] = defaultdict(list)
        for quad in ordered:
            if quad.object != this or quad.subject == this:
                self.outgoing[quad.subject].append(quad)
        self.labels: dict[RdfTerm, list[Quad]] = defaultdict(list)
        for quad in ReadingOrder.from_quads(()).sort(labels):
            self.labels[quad.subject].append(quad)
        self.written: set[RdfTerm] = set()
        self.path: list[RdfTerm] = []
        self.spare = len(about)

    def write(self) -> dict[str, Json]:
        """Return the object of the thing, with `reverse` if other things point to it."""
        document = self.write_node(self.this)
        reverse: dict[str, Json] = {}
        for name, group in groupby(sorted(self.incoming, key=property_term), property_term):
            reverse[name] = [self.write_node(quad.subject) for quad in group]
        return {**document, "reverse": reverse} if reverse else document

    def write_node(self, node: RdfTerm) -> dict[str, Json]:
        """Return a node as JSON: in full for the thing and its parts, else with its labels."""
        own = self.outgoing.get(node, []) if self.takes_in_full(node) else []
        properties = {quad.predicate for quad in own}
        labels = [quad for quad in self.labels.get(node, ()) if quad.predicate not in properties]
        by_property: dict[NamedNode, list[RdfTerm]] = defaultdict(list)
        for quad in (*own, *labels):
            by_property[quad.predicate].append(quad.object)
        members: dict[str, Json] = {"id": term_text(node)}
        self.path.append(node)
        for predicate, values in by_property.items():
            members |= self.write_property(predicate.value, values)
        self.path.pop()
        return members

    def takes_in_full(self, node: RdfTerm) -> bool:
        """Return whether to write a node in full: the first time, and again while room is left.

        `spare` is that room, in quads: repetitions at most double the length of a document.
        """
        first, size = node not in self.written, len(self.outgoing.get(node, ()))
        self.written.add(node)
        if first or node in self.path or size > self.spare:
            return first
        self.spare -= size
        return True

    def write_property(self, predicate: str, values: list[RdfTerm]) -> dict[str, Json]:
        """Return the member of a property, in the shape that the context defines for it."""
        name, definition = find_term(predicate)
        if predicate == RDF.TYPE.value and all(isinstance(value, NamedNode) for value in values):
            return {"type": [find_term(term_text(value))[0] for value in values]}
        container = definition.get("@container", "")
        if isinstance(container, list) or container == "@language":
            return write_texts(name, predicate, values, several=container != "@language")
        kind = str(definition.get("@type", ""))
        shaped = [self.write_value(value, kind) for value in values]
        return {name: shaped if container or len(shaped) > 1 else shaped[0]}

    def write_value(self, node: RdfTerm, kind: str) -> Json:
        """Return a value of a property with the given `@type`."""
        return write_literal(node, kind) if isinstance(node, Literal) else self.write_node(node)


def property_term(quad: Quad) -> str:
    """Return the term of the property of a quad."""
    return find_term(quad.predicate.value)[0]


def write_texts(
    name: str, predicate: str, values: list[RdfTerm], *, several: bool
) -> dict[str, Json]:
    """Return a language map of the texts; other values follow under the compact IRI."""
    by_language: dict[str, list[Json]] = defaultdict(list)
    rest: list[Json] = []
    for value in values:
        if isinstance(value, Literal) and (value.language or value.datatype == XSD.STRING):
            by_language[value.language or "@none"].append(value.value)
        else:
            rest.append(
                write_literal(value, "") if isinstance(value, Literal) else {"id": term_text(value)}
            )
    language_map: dict[str, Json] = {
        language: texts if several or len(texts) > 1 else texts[0]
        for language, texts in by_language.items()
    }
    members: dict[str, Json] = {name: language_map} if language_map else {}
    return {**members, compact_iri(predicate): rest} if rest else members


def write_literal(value: Literal, kind: str) -> Json:
    """Return a literal as a value of a property with the given `@type` (section 4.2)."""
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
    """Return a compact IRI, or the IRI itself if the context has no prefix for it."""
    name = shorten(iri)
    prefix, _, local = name.partition(":")
    return name if prefix in NAMESPACES and not local.startswith("//") else iri


def find_term(iri: str) -> tuple[str, Mapping[str, object]]:
    """Return the term of a property or class and its definition.

    A property without a term keeps its compact IRI, and is a set.
    """
    return read_terms().get(iri) or (compact_iri(iri), {"@container": "@set"})


@cache
def read_terms() -> dict[str, tuple[str, Mapping[str, object]]]:
    """Return the terms of the packaged context and their definitions, by IRI."""
    terms: dict[str, tuple[str, Mapping[str, object]]] = {}
    for name, definition in build_context(packaged_vocabulary()).items():
        if name not in KEYWORDS and name not in NAMESPACES:
            expanded: Mapping[str, object] = (
                {"@id": definition} if isinstance(definition, str) else definition
            )
            prefix, _, local = str(expanded["@id"]).partition(":")
            terms[NAMESPACES[prefix] + local] = (name, expanded)
    return terms
