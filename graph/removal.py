"""The removal of an article, as its publisher or a person may ask for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from pyoxigraph import NamedNode, Store

from graph.acceptance import MasterChange
from graph.build import build, paused_collector, require_no_findings
from graph.curating.annotation import replace_annotations
from graph.curating.evidence import find_revisions
from graph.curating.master import RETIRED_FILE, Inputs, Master, read_master
from graph.curating.master_file import MasterFile, replace_file
from graph.dataset import memory_store
from graph.errors import Finding, UnknownNameError
from graph.snapshot_folder import keep_current, lock_folder
from graph.validation import close_completed, find_defects
from ontology.namespace import ID, shorten
from ontology.terms import OWL, RDF


def remove_article(inputs: Inputs, builds: Path, name: str) -> tuple[MasterChange, list[str]]:
    """Remove an article and its revisions from the data; return the change, and which are retired.

    Those that a snapshot in `builds` has are retired, so that their addresses answer 410, and the
    snapshots are written anew. Raises UnknownNameError, DataError if another file names a thing
    that they alone describe or the graph without them has a defect, and OSError; then all stays as
    it was.
    """
    with lock_folder(inputs.data):
        with paused_collector():
            master = read_master(inputs)
            stated = list(master.quads())
            store = memory_store(stated)
            names = name_revisions(store, name)
            files = find_files(master, names)
            before = close_completed(stated, store, master)
            left = replace(master, files=tuple(own for own in master.files if own not in files))
            require_no_findings(sorted(find_needed(left, files)))
            findings, after = find_defects(left, files)
            require_no_findings(findings)
        retired = find_published(builds, names)
        with removed_files(inputs, files, retired):
            if retired:
                build(inputs, builds, is_checked=True)
        if retired:
            keep_current(builds)
    return MasterChange(tuple(names), before, after), retired


@contextmanager
def removed_files(
    inputs: Inputs, files: Iterable[MasterFile], retired: Iterable[str]
) -> Iterator[None]:
    """Remove files and retire names; if the block fails, all is as it was.

    The files are hidden until the block ends.
    """
    tombstones = inputs.data / RETIRED_FILE
    former = tombstones.read_bytes() if tombstones.exists() else None
    lines = "".join(f"<{ID}{own}> <{OWL.DEPRECATED.value}> true .\n" for own in retired)
    hidden = {own.path: own.path.with_name(f".{own.path.name}") for own in files}
    try:
        if lines:
            replace_file(tombstones, (former or b"") + lines.encode())
        for path, away in hidden.items():
            path.rename(away)
        yield
    except BaseException:
        for path, away in hidden.items():
            if away.exists():
                away.rename(path)
        if former is not None and lines:
            replace_file(tombstones, former)
        elif lines:
            tombstones.unlink(missing_ok=True)
        raise
    for away in hidden.values():
        away.unlink()


def find_needed(left: Master, files: Iterable[MasterFile]) -> Iterator[Finding]:
    """Yield where a file that stays first names a thing that those which go alone describe."""
    kept = {quad.subject for quad in left.quads() if quad.predicate == RDF.TYPE}
    homes = {q.subject: own.name for own in files for q in own.quads if q.predicate == RDF.TYPE}
    for file in left.files:
        quads = replace_annotations(file.quads)
        for thing in dict.fromkeys(node for quad in quads for node in (quad.subject, quad.object)):
            if isinstance(thing, NamedNode) and thing in homes and thing not in kept:
                words = f"names {shorten(thing.value)}, which {homes[thing]} alone describes"
                message = f"{words}: describe it in a file that stays, or take it out here"
                yield replace(left, focus=file).finding(message, "", thing.value)


def find_published(builds: Path, names: Iterable[str]) -> list[str]:
    """Return those of some articles that a snapshot in a folder has."""
    files = [path.read_bytes() for path in builds.glob("*/graph.nq")]
    return [name for name in names if any(f"<{ID}{name}>".encode() in own for own in files)]


def name_revisions(store: Store, name: str) -> list[str]:
    """Return the local names of an article and of its revisions; raises UnknownNameError."""
    if names := find_revisions(store, ID + name):
        return [iri.removeprefix(ID) for iri in names]
    raise UnknownNameError(f"there is no article {name}")


def find_files(master: Master, names: Iterable[str]) -> list[MasterFile]:
    """Return the files that describe the sentences of some articles."""
    starts = tuple(f"{ID}{name}/" for name in names)
    return [
        file
        for file in master.files
        if any(
            isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(starts)
            for quad in file.quads
        )
    ]
