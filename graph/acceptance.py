"""Acceptance: a reviewed draft becomes an article of the master copy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from pyoxigraph import NamedNode, Store

from graph.build import check_quotes, paused_collector, require_no_findings
from graph.curating.evidence import read_articles
from graph.curating.master import Inputs, Retired, read_master
from graph.curating.master_file import line_of, replace_file
from graph.curating.skeleton import split_text
from graph.curating.verification import read_text
from graph.dataset import memory_store
from graph.drafting.accepted_article import AcceptedArticle, read_accepted
from graph.errors import DataError, Finding
from graph.explaining.effect import ClosedGraph
from graph.snapshot_folder import lock_folder
from graph.validation import close_completed, find_defects
from graph.wording.text import detect_language
from graph.written_value import ECHO
from ontology.namespace import ID

ARTICLES = "articles"
"""The folder of the articles within the data."""


@dataclass(frozen=True, slots=True)
class MasterChange:
    """A change of the master copy: its articles, and the closed graphs before and after it.

    `left_out` are the names of the new things of a draft that no accepted statement names.
    """

    names: tuple[str, ...]
    before: ClosedGraph
    after: ClosedGraph
    left_out: tuple[str, ...] = ()


def accept_draft(inputs: Inputs, draft: Path, archive: Path) -> MasterChange:
    """Write the article of a reviewed draft into the master copy, and return what changes.

    Its quotes and anchors must be in its text in the archive, and the master copy with it must be
    sound; the conclusions of owlrl are compared by the next build. Raises DataError, and OSError if
    the file cannot be written; then nothing changes.
    """
    with lock_folder(inputs.data), paused_collector():
        master = read_master(inputs)
        described = {quad.subject for file in master.files for quad in file.quads}
        article = read_accepted(draft.resolve(), described)
        iri, path = NamedNode(ID + article.name), inputs.data / ARTICLES / f"{article.name}.trig"
        fault = ""
        if path.exists() or iri in described:
            fault = f"is accepted already: remove it with `cpec article remove {article.name}`"
        elif Retired.read(inputs).is_gone(iri.value):
            fault = "was removed, and its name is retired: draft it with another --id"
        if fault:
            raise DataError([Finding(article.file.name, None, f"{article.name} {fault}")])
        files = (*master.files, article.file)
        whole = replace(master, files=files, focus=article.file)
        findings, after = find_defects(whole, [article.file])
        findings += find_unread(after.store, article, archive)
        findings += check_quotes(after.store, archive, whole)
        require_no_findings(sorted({*findings}))
        stated = list(master.quads())
        before = close_completed(stated, memory_store(stated), master)
        path.parent.mkdir(exist_ok=True)
        replace_file(path, article.text.encode())
    return MasterChange((article.name,), before, after, article.left_out)


def find_unread(store: Store, article: AcceptedArticle, archive: Path) -> Iterator[Finding]:
    """Yield what of the text of an article its file leaves out, if the archive has the text."""
    name, path = article.file.name, archive / f"{article.name}.txt"
    if not path.exists():
        yield Finding(name, None, f"{path} does not exist: expected the text (--archive)")
        return
    text = read_text(path)
    sentences = [
        s for own in read_articles(store) if own.name == article.name for s in own.sentences
    ]
    for own, follower in pairwise(sentences):
        if follower.position != own.position + 1:
            message = f"position {follower.position} follows {own.position}: a sentence is missing"
            yield Finding(name, line_of(article.file, None, follower.iri), message)
    for span in split_text(text, detect_language(text)).sentences:
        if not any(own.start < span.end and span.start < own.end for own in sentences):
            message = f"lacks the sentence of the text at {span.start}: {span.cut(text)[:ECHO]!r}"
            yield Finding(name, None, message)
