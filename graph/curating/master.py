"""The master copy: the ontology and the data files, read in order into one value.

Retired names are the deprecated terms and things. Terms are retired in the ontology, where they
stay; things in `graph/data/retired.ttl`. Both are `owl:deprecated true`, and have
`dcterms:isReplacedBy` if another name replaces them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Final, Self

from pyoxigraph import NamedNode, Quad

from graph.curating.annotation import replace_annotations
from graph.curating.master_file import MasterFile, line_of, read_bytes, read_master_file
from graph.errors import DataError, Finding
from graph.snapshot import PACKAGED, Origin, Snapshot
from ontology.namespace import (
    BASE,
    DRAFT,
    EDITORIAL_GRAPH,
    ID,
    ONTOLOGY_GRAPH,
    RETIRED_GRAPH,
    shorten,
)
from ontology.release import packaged_quads
from ontology.terms import CPEC, DCTERMS, OWL
from ontology.vocabulary import ALIGNED_FILE, AXIOM_FILES, SHAPES_FILE, find_deprecated
from ontology.vocabulary import ONTOLOGY_FOLDER as ONTOLOGY
from queries.catalogue import FOLDER as QUERIES

PACKAGE: Final = Path(__file__).parents[1]
DATA: Final = PACKAGE / "data"
"""The folder of the packaged data."""

RETIRED_FILE: Final = "retired.ttl"
"""The file of retired names, which is not part of the graph."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """The folders that the graph is built from."""

    data: Path = DATA
    ontology: Path = ONTOLOGY

    @property
    def own_data(self) -> Path | None:
        """The folder of the data, None for the packaged data."""
        folder = self.data.resolve()
        return None if folder == DATA.resolve() else folder


@dataclass(frozen=True, slots=True)
class Master:
    """The files of the master copy; shapes and aligned axioms are not part of the graph.

    `focus` is the file that is blamed for a finding if it says anything about it.
    """

    files: tuple[MasterFile, ...]
    aligned: MasterFile
    shapes: MasterFile
    focus: MasterFile | None = None

    def quads(self) -> Iterator[Quad]:
        """Return every stated quad, with records instead of annotations."""
        return replace_annotations(quad for file in self.files for quad in file.quads)

    def without_marks(self) -> Self:
        """Return the master copy without the marks of drafts."""
        files = (
            replace(file, quads=tuple(quad for quad in file.quads if not is_mark(quad)))
            for file in self.files
        )
        return replace(self, files=tuple(files))

    def find_marks(self) -> list[Finding]:
        """Return a finding for each file with marks of a draft, at the first one."""
        marks = {file.name: [quad for quad in file.quads if is_mark(quad)] for file in self.files}
        message = "is a draft: {} drafted things are not reviewed, and a build takes none"
        return [
            self.finding(
                message.format(len({quad.subject for quad in own})),
                "",
                None,
                own[0].predicate.value,
            )
            for own in marks.values()
            if own
        ]

    def finding(self, message: str, graph: str, *terms: str | None) -> Finding:
        """Return a finding at the line of a subject, predicate and object, in the focus first.

        If no line has all three, take the first line of the subject with the predicate, of the
        subject, of the subject as an object, or else of the graph as a subject.
        """
        subject, predicate, value = (*terms, None, None, None)[:3]
        patterns = (
            (graph or None, subject, predicate, value),
            (None, subject, predicate, value),
            (None, subject, predicate, None),
            (None, subject, None, None),
            (None, None, None, subject),
            (subject, None, None, None),
        )
        for files in ([self.focus] if self.focus else [], self.files):
            for pattern in filter(any, patterns):
                for file in files:
                    if line := line_of(file, *pattern):
                        return Finding(file.name, line, message)
        return Finding(graph or ONTOLOGY_GRAPH, None, message)


def is_mark(quad: Quad) -> bool:
    """Return whether a quad is a mark of a draft."""
    return quad.predicate.value.startswith(DRAFT)


def read_master(inputs: Inputs, data: Sequence[Path] | None = None) -> Master:
    """Return the master copy, with all data files or with some of them.

    Raises DataError with the findings of every faulty file.
    """
    paths: list[tuple[Path, str | None]] = [
        (inputs.ontology / name, ONTOLOGY_GRAPH) for name in AXIOM_FILES
    ]
    paths += [
        (path, EDITORIAL_GRAPH if path.suffix == ".ttl" else None)
        for path in (list_data_files(inputs.data) if data is None else data)
    ]
    paths += [(inputs.ontology / name, ONTOLOGY_GRAPH) for name in (ALIGNED_FILE, SHAPES_FILE)]
    files: list[MasterFile] = []
    findings: list[Finding] = []
    for path, graph in paths:
        try:
            files.append(read_master_file(path, graph))
        except DataError as error:
            findings.extend(error.findings)
    if findings:
        raise DataError(findings)
    *stating, aligned, shapes = files
    return Master(tuple(stating), aligned, shapes)


def list_data_files(data: Path) -> list[Path]:
    """Return the data files in the order of their names; raises DataError if the folder has none.

    Hidden files are omitted: editors leave them beside an open file.
    """
    files = sorted(
        path
        for path in data.rglob("*")
        if path.suffix in {".ttl", ".trig"}
        and path.name != RETIRED_FILE
        and not any(part.startswith(".") for part in path.relative_to(data).parts)
    )
    if not files:
        raise DataError([Finding(str(data), None, "holds no .ttl and no .trig file")])
    return files


def read_origin(inputs: Inputs) -> Origin:
    """Return the inputs of a build by their SHA-256; the code has the ontology, version and base.

    Raises DataError if the folder of the data has no files.
    """
    kinds = ("*.py", "*.rq", "publishing/*.ttl")
    code = [inputs.ontology / name for name in (*AXIOM_FILES, ALIGNED_FILE, SHAPES_FILE)]
    code += sorted(path for at in (PACKAGE, QUERIES) for kind in kinds for path in at.rglob(kind))
    return Origin(
        str(inputs.own_data or PACKAGED),
        hash_files("", [*list_data_files(inputs.data), *inputs.data.glob(RETIRED_FILE)]),
        hash_files(f"{version('cpec-graph')} {BASE}", code),
    )


def hash_files(head: str, paths: Iterable[Path]) -> str:
    """Return the SHA-256 of a text and of files with their names."""
    total = hashlib.sha256(head.encode())
    for path in paths:
        content = read_bytes(path)
        total.update(f"\n{path.name} {len(content)}\n".encode() + content)
    return total.hexdigest()


def is_fresh(snapshot: Snapshot | None, inputs: Inputs) -> bool:
    """Return whether a snapshot was built from the inputs as they are now."""
    if snapshot is None or snapshot.origin is None:
        return False
    now = read_origin(inputs)
    return (snapshot.origin.data, snapshot.origin.code) == (now.data, now.code)


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
        return cls.of_things(read_retired_things(inputs or Inputs()))

    @classmethod
    def of_things(cls, quads: Iterable[Quad]) -> Self:
        """Return the retired terms of the vocabulary, and the things that quads retire."""
        return cls.from_quads([*packaged_quads(), *quads])

    def is_gone(self, iri: str) -> bool:
        """Return whether an IRI is deprecated, or a part of a deprecated article."""
        article = ID + iri.removeprefix(ID).partition("/")[0] if iri.startswith(ID) else iri
        return not self.gone.isdisjoint((iri, article))

    def successor(self, iri: str) -> str | None:
        """Return the name that replaces an IRI after all replacements, or None."""
        seen = set()
        while iri in self.replaced and iri not in seen:
            seen.add(iri)
            iri = self.replaced[iri]
        return iri if seen else None


def read_retired_things(inputs: Inputs) -> tuple[Quad, ...]:
    """Return the quads of `retired.ttl`, of `graph:retired`; raises DataError for a term in it."""
    path = inputs.data / RETIRED_FILE
    if not path.exists():
        return ()
    file = read_master_file(path, RETIRED_GRAPH)
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
