"""The dumps: the whole graph as files, written by the build beside the snapshot.

They hold every named graph but `graph:dataset`, which describes them with their checksums.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Quad

from graph.format import GRAPHS
from graph.publishing.export import export

STEM: Final = "cpec-graph"
UNION: Final = "all statements as one graph, without their sources"
NAMED: Final = "every statement in the named graph of its source"
EVIDENCE: Final = "all statements, each reified by the sentence that states it (RDF 1.2)"

KINDS: Final = (
    ("ttl", "", UNION),
    ("nt", "", UNION),
    ("trig", "", NAMED),
    ("nq", "", NAMED),
    ("jsonld", "", NAMED),
    ("ttl", "-evidence", EVIDENCE),
)
"""The format of each dump, what its name ends in, and what it holds."""


@dataclass(frozen=True, slots=True)
class Dump:
    """A dump: its file name, its media type, what it holds, and its bytes."""

    name: str
    media_type: str
    title: str
    body: bytes


def dumps(quads: Iterable[Quad]) -> list[Dump]:
    """Return the dumps of the quads; the same quads give the same bytes."""
    everything = list(quads)
    return [
        Dump(
            f"{STEM}{mark}.{name}",
            GRAPHS[name].media_type,
            title,
            export(everything, GRAPHS[name], evidence=bool(mark)),
        )
        for name, mark, title in KINDS
    ]
