"""The releases of the ontology: the version of the packaged one, and the quads of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from ontology.namespace import ONTOLOGY_GRAPH, rebase
from ontology.terms import CPEC, OWL, RDF
from ontology.vocabulary import AXIOM_FILES, ONTOLOGY_FOLDER

ONTOLOGY: Final = CPEC.removesuffix("#")
"""The IRI of the ontology; a version IRI adds a slash and the version."""

RELEASED: Final = ONTOLOGY_FOLDER / "released"
"""The folder of the earlier versions: `{version}.ttl`, alignments included."""

UNVERSIONED: Final = "0.1.0"
"""The version of an ontology without a version IRI: the first with one is 0.2.0."""


def current_version() -> str:
    """Return the version of the packaged vocabulary."""
    return find_version(packaged_quads()) or UNVERSIONED


def find_version(quads: Iterable[Quad]) -> str | None:
    """Return the version of the ontology that quads describe, None if they describe none.

    Commas separate several versions.
    """
    header = {
        (quad.predicate, quad.object.value)
        for quad in quads
        if quad.subject == NamedNode(ONTOLOGY) and isinstance(quad.object, NamedNode | Literal)
    }
    iris = {value for predicate, value in header if predicate == OWL.VERSION_IRI}
    texts = {value for predicate, value in header if predicate == OWL.VERSION_INFO}
    versions = {iri.removeprefix(ONTOLOGY + "/") for iri in iris} or texts
    if not versions and any(predicate == RDF.TYPE for predicate, _ in header):
        return UNVERSIONED
    return ", ".join(sorted(versions)) or None


@cache
def packaged_quads() -> tuple[Quad, ...]:
    """Return the quads of the packaged ontology, in `graph:ontology`.

    They are read in a thread that ends: pyoxigraph draws the labels of blank nodes, and processes
    forked from a thread whose generator has begun would all draw the same ones.
    """
    with ThreadPoolExecutor(1) as executor:
        return executor.submit(read_axioms).result()


def read_axioms() -> tuple[Quad, ...]:
    """Return the quads of the files of axioms."""
    return tuple(quad for name in AXIOM_FILES for quad in read_file(ONTOLOGY_FOLDER / name))


def read_release(version: str) -> tuple[Quad, ...] | None:
    """Return the quads of an earlier version, None if the version is unknown."""
    path = RELEASED / f"{version}.ttl"
    return tuple(read_file(path)) if version in list_releases() else None


def list_releases() -> list[str]:
    """Return the earlier versions, sorted."""
    return sorted(path.stem for path in RELEASED.glob("*.ttl"))


def read_file(path: Path) -> Iterator[Quad]:
    """Yield the quads of a file of the ontology, under the base of this process."""
    graph = NamedNode(ONTOLOGY_GRAPH)
    text = rebase(path.read_text("utf-8"))
    for quad in parse(text, format=RdfFormat.TURTLE, rename_blank_nodes=True):
        yield Quad(quad.subject, quad.predicate, quad.object, graph)
