"""The removal of an article, as its publisher or a person may ask for it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode

from graph.build import build
from graph.curating.evidence import select_values
from graph.curating.master import RETIRED_FILE, Inputs, read_master
from graph.dataset import memory_store
from graph.errors import DataError, UnknownNameError
from graph.snapshot_folder import keep_current
from ontology.namespace import ID
from ontology.terms import OWL

REVISIONS: Final = """
SELECT DISTINCT ?article {
  <%s> (prov:wasRevisionOf|^prov:wasRevisionOf)* ?article . ?article a cpec:NewsArticle
} ORDER BY ?article
"""
"""An article, the versions that it revises and those that revise it."""


def remove_article(inputs: Inputs, builds: Path, name: str) -> list[str]:
    """Remove an article and its revisions from the data and the snapshots; return their names.

    Their names are retired, so that their addresses answer 410. Raises UnknownNameError, and
    DataError if the graph without them has a defect; then all stays as it was.
    """
    names = find_revisions(inputs, name)
    retired = inputs.data / RETIRED_FILE
    before = retired.read_text("utf-8") if retired.exists() else ""
    hidden = {file: file.with_name(f".{file.name}") for file in find_files(inputs, names)}
    for file, away in hidden.items():
        file.rename(away)
    retired.write_text(before + "".join(map(write_retirement, names)), "utf-8")
    try:
        build(inputs, builds)
    except DataError:
        if before:
            retired.write_text(before, "utf-8")
        else:
            retired.unlink()
        for file, away in hidden.items():
            away.rename(file)
        raise
    for away in hidden.values():
        away.unlink()
    keep_current(builds)
    return names


def find_revisions(inputs: Inputs, name: str) -> list[str]:
    """Return the local names of an article and of its revisions; raises UnknownNameError."""
    store = memory_store(read_master(inputs).quads())
    if names := select_values(store, REVISIONS % (ID + name)):
        return [iri.removeprefix(ID) for (iri,) in names]
    raise UnknownNameError(f"there is no article {name}")


def find_files(inputs: Inputs, names: list[str]) -> list[Path]:
    """Return the files that describe the sentences of some articles."""
    starts = tuple(f"{ID}{name}/" for name in names)
    return [
        file.path
        for file in read_master(inputs).files
        if any(
            isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(starts)
            for quad in file.quads
        )
    ]


def write_retirement(name: str) -> str:
    """Return the line of `retired.ttl` that retires an article."""
    return f"<{ID}{name}> <{OWL.DEPRECATED.value}> true .\n"
