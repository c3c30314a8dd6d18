"""JSON-LD for people: terms of the context instead of IRIs, labels by language."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from threading import Lock
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, serialize

from graph.answering.fidelity import require_terms
from graph.dataset import graph_of
from ontology.jsonld_context import build_context
from ontology.namespace import PREFIXES
from ontology.release import packaged_quads
from ontology.terms import RDF, RdfTerm
from ontology.vocabulary import Vocabulary

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
