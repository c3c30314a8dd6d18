"""JSON-LD that people can read: the words of the ontology instead of IRIs, labels by language."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache

from pyoxigraph import Quad, RdfFormat

from graph.curating.master_file import read_master_file
from graph.fidelity import require_terms
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
    require_terms(quads, RdfFormat.JSON_LD)
    from pyld import jsonld  # noqa: PLC0415 - slow to import, and rarely needed

    expanded = jsonld.from_rdf(n_quads(quads).decode(), {"useNativeTypes": False})
    return written(jsonld.compact(expanded, {"@context": context(vocabulary)}, {"graph": True}))


@cache
def context_document() -> bytes:
    """Return the context of the packaged ontology as a document of its own."""
    files = [read_master_file(FOLDER / name, ONTOLOGY_GRAPH) for name in AXIOM_FILES]
    vocabulary = Vocabulary.of(quad for file in files for quad in file.quads)
    return written({"@context": context(vocabulary)})


def written(document: object) -> bytes:
    """Return a document as its bytes."""
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()
