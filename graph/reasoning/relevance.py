"""Which inferred triples are worth saying: those that tell a reader something about the domain."""

from __future__ import annotations

from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from ontology.namespace import PREFIXES, RDF_TYPE

LANGUAGES: Final = tuple(PREFIXES[name] for name in ("owl", "rdf", "rdfs", "xsd"))
"""The namespaces of the languages in which the ontology is written."""

META: Final = (PREFIXES["owl"], PREFIXES["rdfs"])


def is_worth_saying(triple: Triple) -> bool:
    """Return whether an inferred triple says something of a named thing of the domain."""
    subject, predicate, value = triple.subject, triple.predicate.value, triple.object
    return (
        isinstance(subject, NamedNode)
        and not subject.value.startswith(LANGUAGES)
        and not predicate.startswith(META)
        and isinstance(value, Literal | NamedNode)
        and not (predicate == RDF_TYPE and value.value.startswith(LANGUAGES))
    )
