"""The releases of the vocabulary: which version this one is, and what those before it stated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from ontology.namespace import ONTOLOGY_GRAPH, rebase
from ontology.terms import CPEC, OWL, RDF
from ontology.vocabulary import AXIOM_FILES, ONTOLOGY_FOLDER

ONTOLOGY: Final = CPEC.removesuffix("#")
"""The vocabulary as a whole; a version IRI is this, a slash, and the version."""

RELEASED: Final = ONTOLOGY_FOLDER / "released"
"""The folder of the versions before this one, `{version}.ttl` each, alignments included."""

UNVERSIONED: Final = "0.1.0"
"""The version of a vocabulary that gives none: version IRIs came with 0.2.0."""


def current_version() -> str:
    """Return the version of the packaged vocabulary."""
    return find_version(packaged_quads()) or UNVERSIONED


def find_version(quads: Iterable[Quad]) -> str | None:
    """Return the version that quads give the vocabulary, None where they do not describe it.

    Where they give several, it is all of them, with commas between.
    """
    described = {
        (quad.predicate, quad.object.value)
        for quad in quads
        if quad.subject == NamedNode(ONTOLOGY) and isinstance(quad.object, NamedNode | Literal)
    }
    iris = {value for predicate, value in described if predicate == OWL.VERSION_IRI}
    texts = {value for predicate, value in described if predicate == OWL.VERSION_INFO}
    versions = {iri.removeprefix(ONTOLOGY + "/") for iri in iris} or texts
    if not versions and any(predicate == RDF.TYPE for predicate, _ in described):
        return UNVERSIONED
    return ", ".join(sorted(versions)) or None


@cache
def packaged_quads() -> tuple[Quad, ...]:
    """Return what the packaged vocabulary states, in `graph:ontology`."""
    return tuple(
        quad for name in AXIOM_FILES for quad in read_ontology_file(ONTOLOGY_FOLDER / name)
    )


def read_release(version: str) -> tuple[Quad, ...] | None:
    """Return what a version before this one stated, None where it is not known."""
    path = RELEASED / f"{version}.ttl"
    return (
        tuple(read_ontology_file(path))
        if path.name in {file.name for file in RELEASED.iterdir()}
        else None
    )


def list_releases() -> list[str]:
    """Return the versions before this one, sorted."""
    return sorted(path.stem for path in RELEASED.glob("*.ttl"))


def read_ontology_file(path: Path) -> Iterator[Quad]:
    """Yield the quads of a file of the vocabulary, under the base of this process."""
    graph = NamedNode(ONTOLOGY_GRAPH)
    text = rebase(path.read_text("utf-8"))
    for quad in parse(text, format=RdfFormat.TURTLE, rename_blank_nodes=True):
        yield Quad(quad.subject, quad.predicate, quad.object, graph)
