"""The dumps: the whole graph as files, written by the build beside the snapshot.

They hold every named graph but `graph:dataset`, which describes them with their checksums.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Quad

from graph.answering.format import GRAPHS, PLAIN_FORMATS
from graph.publishing.export import EVIDENCE, NAMED, UNION, export
from graph.publishing.plain_export import PlainExport

STEM: Final = "cpec-graph"

KINDS: Final = (
    ("ttl", "", UNION),
    ("nt", "", UNION),
    ("trig", "", NAMED),
    ("nq", "", NAMED),
    ("jsonld", "", NAMED),
    ("ttl", "-evidence", EVIDENCE),
)
"""The format of each dump in RDF, what its name ends in, and what it holds."""


@dataclass(frozen=True, slots=True)
class Dump:
    """A dump: its file name, its media type, what it holds, and its bytes."""

    name: str
    media_type: str
    title: str
    body: bytes


def dumps(quads: Iterable[Quad], digest: str = "") -> list[Dump]:
    """Return the dumps of the quads; the same quads give the same bytes.

    `digest` is that of their master copy, which some name in their heads.
    """
    everything = list(quads)
    rdf = [
        Dump(
            f"{STEM}{mark}.{name}",
            GRAPHS[name].media_type,
            title,
            export(everything, GRAPHS[name], evidence=bool(mark), digest=digest),
        )
        for name, mark, title in KINDS
    ]
    plain = PlainExport(everything)
    return [
        *rdf,
        *(
            Dump(f"{STEM}{form.ending}", form.media_type, form.title, plain.write(form))
            for form in PLAIN_FORMATS
        ),
    ]
