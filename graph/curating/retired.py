"""Retired names: the deprecated terms and things, and their successors.

Terms are retired in the ontology, where they stay; things in `graph/data/retired.ttl`. Both are
`owl:deprecated true`, and have `dcterms:isReplacedBy` if another name replaces them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from pyoxigraph import NamedNode, Quad

from graph.curating.master import RETIRED_FILE, Inputs
from graph.curating.master_file import line_of, read_master_file
from graph.errors import DataError, Finding
from ontology.namespace import BASE, shorten
from ontology.release import packaged_quads
from ontology.terms import CPEC, DCTERMS, OWL
from ontology.vocabulary import find_deprecated


@dataclass(frozen=True, slots=True)
class Retired:
    """The deprecated IRIs, and the successors of the replaced IRIs."""

    gone: frozenset[str]
    replaced: dict[str, str]

    @classmethod
    def from_quads(cls, quads: Iterable[Quad]) -> Self:
        """Return the names that quads retire."""
        quads = list(quads)
        replaced = {
            quad.subject.value: quad.object.value
            for quad in quads
            if quad.predicate == DCTERMS.IS_REPLACED_BY
            and isinstance(quad.subject, NamedNode)
            and isinstance(quad.object, NamedNode)
        }
        return cls(find_deprecated(quads), replaced)

    @classmethod
    def read(cls, inputs: Inputs | None = None) -> Self:
        """Return the retired terms and things of a master copy; raises DataError."""
        return cls.from_quads([*packaged_quads(), *read_retired_things(inputs or Inputs())])

    def successor(self, iri: str) -> str | None:
        """Return the name that replaces an IRI after all replacements, or None."""
        seen = set()
        while iri in self.replaced and iri not in seen:
            seen.add(iri)
            iri = self.replaced[iri]
        return iri if seen else None


def read_retired_things(inputs: Inputs) -> tuple[Quad, ...]:
    """Return the quads of `retired.ttl`; raises DataError if they retire a term."""
    path = inputs.data / RETIRED_FILE
    if not path.exists():
        return ()
    file = read_master_file(path, BASE)
    terms = sorted(iri for iri in find_deprecated(file.quads) if iri.startswith(CPEC))
    if terms:
        raise DataError([
            Finding(
                file.name,
                line_of(file, None, iri, OWL.DEPRECATED.value),
                f"{shorten(iri)} is a term: retire it in ontology/cpec.ttl, where it stays",
            )
            for iri in terms
        ])  # fmt: skip
    return file.quads
