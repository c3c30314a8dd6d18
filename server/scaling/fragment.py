"""Fragments: the quads of an article as a file that has the name of its SHA-256.

builds/fragments/
├── manifest.json                    the fragment of each article, and the hash of its inputs
├── 0123...cdef.nq                   sorted N-Quads, never changed
└── tables/                          what a build on a cluster has finished, until it is over

An article whose inputs are those of the manifest is neither read nor checked again: its own file,
its archived text, the files that are no articles, and the code.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from shutil import rmtree
from typing import Any, Final, NamedTuple

from pyoxigraph import NamedNode, Quad

from graph.build import check_quotes, close_statements, count_contents, plan_checks
from graph.curating.annotation import replace_annotations
from graph.curating.check import run_checks
from graph.curating.master import Inputs, Master, hash_files, list_data_files, read_master
from graph.curating.master_file import MasterFile, read_master_file
from graph.curating.shapes import article_of, select_articles
from graph.curating.verification import SUFFIXES
from graph.dataset import graph_of, memory_store, sort_n_quads
from graph.errors import DataError, Finding
from graph.publishing.reading_order import natural_key
from graph.snapshot import Snapshot, describe_file, write_manifest
from graph.wording.title import drop_titled, make_titles
from ontology.namespace import EVIDENCE, ID, ONTOLOGY_GRAPH
from ontology.terms import CPEC, RDF
from server.scaling.tables import Tables, split

BATCHES: Final = 64
"""The batches that are read before the manifest is written: a killed build keeps their articles."""

ARTICLES: Final = "articles"
"""The folder of the articles among the data files."""

BATCH: Final = 50
"""The articles that are checked together: fewer would take more time, more would take memory."""


def is_article(path: Path, data: Path) -> bool:
    """Return whether a data file is an article."""
    return path.suffix == ".trig" and path.relative_to(data).parts[0] == ARTICLES


class Entry(NamedTuple):
    """An article in the manifest: the hash of its inputs, its fragment, and its counts."""

    key: str
    fragment: str
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Fragments:
    """The articles of the data, in the order of their names, and the files that are no articles."""

    folder: Path
    inputs: Inputs
    archive: Path
    articles: list[Path]
    base: Master
    head: str
    """The hash of all inputs that articles have in common."""

    @classmethod
    def open(cls, folder: Path, inputs: Inputs, archive: Path, code: str) -> Fragments:
        """Return the fragments in a folder, which may have none yet; raises DataError."""
        files = list_data_files(inputs.data)
        paths = [path for path in files if is_article(path, inputs.data)]
        rest = [*{*files} - {*paths}]
        paths.sort(key=lambda path: natural_key(f"{path.stem}/"))
        base = read_master(inputs, sorted(rest))
        return cls(folder, inputs, archive, paths, base, hash_files(code, sorted(rest)))

    def path(self, fragment: str) -> Path:
        """Return the file of a fragment."""
        return self.folder / f"{fragment}.nq"

    @property
    def tables(self) -> Path:
        """The folder of the tables of a build, which one that is started again may use."""
        return self.folder / "tables"

    def hash_inputs(self, article: Path) -> str:
        """Return the hash of the inputs of an article."""
        texts = (self.archive / f"{article.stem}{suffix}" for suffix in SUFFIXES)
        return hash_files(self.head, [article, *(text for text in texts if text.exists())])

    def read(self, tables: Tables, scratch: Path) -> list[Entry]:
        """Return the entries of all articles; raises DataError with the findings.

        The manifest keeps the articles that have none, so that they are not read again.
        """
        keys = {path.stem: self.hash_inputs(path) for path in self.articles}
        entries = {stem: own for stem, own in self.load().items() if own.key == keys.get(stem)}
        waiting = [path for path in self.articles if path.stem not in entries]
        batches = list(split(waiting, BATCH))
        reader = Reader.from_base(self.base, self.articles, self.archive, scratch, self.folder)
        findings: list[Finding] = []
        for some in split(batches, BATCHES):
            for read, found in tables.spread(reader.read, some):
                findings += found
                entries |= {stem: Entry(keys[stem], *own) for stem, own in read.items()}
            write_manifest(self.folder / "manifest.json", {ARTICLES: entries})
        entries = {path.stem: entries[path.stem] for path in self.articles if path.stem in entries}
        if findings:
            raise DataError(sorted({*findings}))
        self.require_whole(entries)
        return list(entries.values())

    def load(self) -> dict[str, Entry]:
        """Return the entries of the manifest; none if an article was removed.

        Another article may be derived from it. Raises OSError for a manifest that was changed.
        """
        manifest = Snapshot(self.folder)
        if not manifest.manifest_file.exists():
            return {}
        known: dict[str, Any] = manifest.manifest[ARTICLES]
        if not known.keys() <= {path.stem for path in self.articles}:
            return {}
        return {stem: Entry(*entry) for stem, entry in known.items()}

    def require_whole(self, entries: dict[str, Entry]) -> None:
        """Raise DataError for each fragment that is missing or has not the bytes of its name."""
        findings = []
        for stem, entry in entries.items():
            path = self.path(entry.fragment)
            actual = describe_file(path)["hash"] if path.exists() else "missing"
            if actual != entry.fragment:
                fault = actual if actual == "missing" else f"changed: its SHA-256 is {actual}"
                words = f"the fragment of {stem} is {fault}; remove {self.folder} and build again"
                findings.append(Finding(str(path), None, words))
        if findings:
            raise DataError(findings)

    def sweep(self, entries: Iterable[Entry]) -> None:
        """Remove the fragments that no entry names, and the tables."""
        named = {self.path(entry.fragment) for entry in entries}
        for path in {*self.folder.glob("*.nq")} - named:
            path.unlink()
        rmtree(self.tables, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads and checks articles: a value that a process or a host of a cluster gets."""

    base: Master
    modalities: list[Quad]
    described: dict[str, list[Quad]]
    """The quads of the base by subject: an article is checked with those of the things it names."""
    ontology: list[Quad]
    typed: list[Quad]
    archive: Path
    scratch: Path
    folder: Path

    @classmethod
    def from_base(
        cls, base: Master, articles: Sequence[Path], archive: Path, scratch: Path, folder: Path
    ) -> Reader:
        """Return the reader of articles; each may be derived from another one."""
        described: dict[str, list[Quad]] = {}
        ontology = []
        for quad in base.quads():
            if graph_of(quad) == ONTOLOGY_GRAPH:
                ontology.append(quad)
            else:
                described.setdefault(str(quad.subject), []).append(quad)
        typed = [
            Quad(NamedNode(ID + path.stem), RDF.TYPE, NamedNode(CPEC + "NewsArticle"), EVIDENCE)
            for path in articles
        ]
        modalities = [quad for quad in ontology if quad.predicate == CPEC.MODALITY]
        return cls(base, modalities, described, ontology, typed, archive, scratch, folder)

    def read(
        self, paths: Sequence[Path]
    ) -> tuple[dict[str, tuple[str, dict[str, int]]], list[Finding]]:
        """Return the fragment and the counts of each article without findings, and the findings."""
        files: dict[str, MasterFile] = {}
        findings: set[Finding] = set()
        for path in paths:
            try:
                files[path.stem] = read_master_file(path, None)
            except DataError as error:
                findings.update(error.findings)
        master = Master((*self.base.files, *files.values()), self.base.aligned, self.base.shapes)
        own = {stem: self.list_quads(file) for stem, file in files.items()}
        stated = list({*self.select_base(chain(*own.values())), *chain(*own.values())})
        store = memory_store(stated)
        faults = [*run_checks(store, "batch", master), *check_quotes(store, self.archive, master)]
        titled = drop_titled(store, make_titles(store))
        if not faults:
            faults = check_conclusions([*stated, *titled], master)
        names = {file.name for file in files.values()}
        findings.update(finding for finding in faults if finding.path in names)
        faulty = {finding.path for finding in findings}
        for quad in titled:
            own.get(article_of(quad).removeprefix(ID), []).append(quad)
        sound = (stem for stem, file in files.items() if file.name not in faulty)
        return {stem: self.write(own[stem]) for stem in sound}, list(findings)

    def list_quads(self, file: MasterFile) -> list[Quad]:
        """Return the quads of an article, with records instead of annotations."""
        given = {*self.modalities}
        quads = replace_annotations([*self.modalities, *file.quads])
        return [quad for quad in quads if quad not in given]

    def select_base(self, quads: Iterable[Quad]) -> list[Quad]:
        """Return the ontology, the types of articles, and what the base says of named things."""
        named = {str(term) for quad in quads for term in (quad.subject, quad.object)}
        described = chain.from_iterable(self.described.get(name, ()) for name in named)
        return [*self.ontology, *self.typed, *described]

    def write(self, quads: list[Quad]) -> tuple[str, dict[str, int]]:
        """Write a fragment, and return its name and its counts."""
        body = sort_n_quads(quads)
        name = hashlib.sha256(body).hexdigest()
        draft = self.scratch / name
        draft.write_bytes(body)
        draft.replace(self.folder / f"{name}.nq")
        return name, count_contents(memory_store(quads), quads)


def check_conclusions(stated: list[Quad], master: Master) -> list[Finding]:
    """Return the findings about the closure of some articles."""
    kernel = close_statements(stated, master)
    tasks: list[Callable[[], list[Finding]]] = plan_checks(
        stated, list(kernel.inferred_quads()), kernel, master, select_articles
    )
    return [finding for task in tasks for finding in task()]
