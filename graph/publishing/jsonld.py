"""JSON-LD that people can read: the words of the ontology instead of IRIs, labels by language."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache

from pyoxigraph import Quad, Triple

from graph.curating.source import read_source
from graph.errors import UnwritableError
from graph.snapshot import n_quads
from ontology.context import context
from ontology.namespace import ONTOLOGY_GRAPH
from ontology.vocabulary import AXIOM_FILES, FOLDER, Vocabulary


def write_jsonld(quads: Iterable[Quad], vocabulary: Vocabulary) -> bytes:
    """Return a document of the quads, each named graph in its own `@graph`.

    https://www.w3.org/TR/json-ld11-api/#compaction; literals keep their lexical forms.
    Raises UnwritableError for a triple term, which JSON-LD 1.1 cannot say.
    """
    quads = list(quads)
    if any(isinstance(quad.object, Triple) for quad in quads):
        raise UnwritableError("JSON-LD cannot say a triple term: ask for Turtle or N-Triples")
    from pyld import jsonld  # noqa: PLC0415 - takes a tenth of a second, which a start has not

    expanded = jsonld.from_rdf(n_quads(quads).decode(), {"useNativeTypes": False})
    document = jsonld.compact(expanded, {"@context": context(vocabulary)}, {"graph": True})
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


@cache
def context_document() -> bytes:
    """Return the context of the packaged ontology as a document of its own."""
    sources = [read_source(FOLDER / name, ONTOLOGY_GRAPH) for name in AXIOM_FILES]
    vocabulary = Vocabulary.of(quad for source in sources for quad in source.quads)
    document = {"@context": context(vocabulary)}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()
