"""The links of a thing to other data, each with its evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, Store

from graph.dataset import graph_of
from graph.wording.display_name import Names
from graph.wording.text import clean_text
from ontology.namespace import LINKS, shorten
from ontology.terms import DCTERMS, OWL, RDFS, SCHEMA, SKOS

RELATION_WORDS: Final = {
    OWL + "sameAs": "the same",
    SCHEMA + "sameAs": "the same",
    SKOS + "exactMatch": "the same topic",
    SKOS + "closeMatch": "nearly the same topic",
    SKOS + "broadMatch": "a wider topic",
    SKOS + "narrowMatch": "a narrower topic",
    SKOS + "relatedMatch": "a related topic",
    DCTERMS + "subject": "what it is about",
    RDFS.SEE_ALSO.value: "more about it",
}
"""The words for a link, by its property."""


LINKS_TITLE: Final = "Links to "
"""The start of the title of a graph of links; the name of the dataset follows."""


@dataclass(slots=True)
class Link:
    """A link to a thing in another dataset: its relation, and the evidence for it."""

    relation: str
    words: str
    address: str
    name: str
    dataset: str
    evidence: str = ""


def list_links(store: Store, names: Names, quads: Iterable[Quad]) -> Iterator[Link]:
    """Yield the links among quads."""
    for quad in quads:
        if graph_of(quad).startswith(LINKS):
            yield write_link(store, names, quad)


def write_link(store: Store, names: Names, quad: Quad) -> Link:
    """Return a link with its evidence."""
    target = quad.object.value if isinstance(quad.object, NamedNode) else str(quad.object)
    evidence = {
        of.predicate.value.rpartition("/")[2]: of.object.value
        for mapping in find_mappings(store, quad)
        for of in store.quads_for_pattern(mapping, None, None, quad.graph_name)
        if isinstance(of.object, Literal)
    }
    return Link(
        shorten(quad.predicate.value).strip("<>"),
        RELATION_WORDS.get(quad.predicate.value, names(quad.predicate).text),
        names(quad.object).address,
        clean_text(evidence.get("object_label", "") or target.rpartition("/")[2]),
        names(NamedNode(graph_of(quad))).text.removeprefix(LINKS_TITLE),
        clean_text(evidence.get("source", "")),
    )


def find_mappings(store: Store, quad: Quad) -> Iterator[NamedNode]:
    """Yield the records of a link."""
    for mapping in store.quads_for_pattern(
        None, OWL.ANNOTATED_TARGET, quad.object, quad.graph_name
    ):
        own = store.quads_for_pattern(
            mapping.subject, OWL.ANNOTATED_SOURCE, quad.subject, quad.graph_name
        )
        if isinstance(mapping.subject, NamedNode) and any(own):
            yield mapping.subject
