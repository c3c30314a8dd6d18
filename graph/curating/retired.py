"""Retired names: IRIs that were once used, and what replaces them.

`graph/data/retired.ttl` is a Turtle file of `owl:deprecated true` and `dcterms:isReplacedBy`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import NamedNode

from graph.curating.master import DATA, RETIRED_FILE
from graph.curating.master_file import read_master_file
from ontology.namespace import BASE
from ontology.terms import DCTERMS, OWL


@dataclass(frozen=True, slots=True)
class Retired:
    """The IRIs that are gone, and for those that were merged into another, that one."""

    gone: frozenset[str]
    replaced: dict[str, str]

    @classmethod
    def read(cls, data: Path = DATA) -> Retired:
        """Return the retired names of a master copy; raises DataError."""
        quads = read_master_file(data / RETIRED_FILE, BASE).quads
        pairs = [(one.subject, one.predicate.value, one.object) for one in quads]
        return cls(
            frozenset(
                subject.value
                for subject, predicate, value in pairs
                if predicate == OWL.DEPRECATED.value and isinstance(subject, NamedNode)
            ),
            {
                subject.value: value.value
                for subject, predicate, value in pairs
                if predicate == DCTERMS.IS_REPLACED_BY.value
                and isinstance(subject, NamedNode)
                and isinstance(value, NamedNode)
            },
        )

    def successor(self, iri: str) -> str | None:
        """Return what stands for an IRI now, through every merge, or None."""
        seen = set()
        while iri in self.replaced and iri not in seen:
            seen.add(iri)
            iri = self.replaced[iri]
        return iri if seen else None
