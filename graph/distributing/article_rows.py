"""The articles on a cluster: each host reads and checks some files, and returns their quads."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Final, TypeAlias

from pyoxigraph import NamedNode, Quad

from graph.build import check_quotes, close_statements, count_contents, plan_checks
from graph.curating.check import run_checks
from graph.curating.master import Master
from graph.curating.master_file import MasterFile, read_master_file
from graph.curating.shapes import divide_articles
from graph.dataset import graph_of, memory_store, takes_part
from graph.errors import DataError, Finding
from graph.progress import run_in_forks
from graph.wording.title import drop_titled, make_titles
from ontology.namespace import EVIDENCE, ID
from ontology.terms import CPEC, RDF

ARTICLES: Final = "articles"
"""The folder of the articles among the data files."""

ROW_SCHEMA: Final = "kind string, s string, p string, o string, g string, part boolean"
Row: TypeAlias = tuple[str, str, str, str, str, bool]
"""A row of one kind: a `quad`, a `finding` or a `count`.

A quad has its four terms in N-Quads syntax, and whether it takes part in the closure. A finding has
a path, a line and a message, a count the counts of some articles in JSON.
"""


def is_article(path: Path, data: Path) -> bool:
    """Return whether a data file is an article."""
    return path.suffix == ".trig" and path.relative_to(data).parts[0] == ARTICLES


def type_articles(paths: Iterable[Path]) -> list[Quad]:
    """Return the types of the articles at some paths: an article may be derived from another."""
    return [
        Quad(NamedNode(ID + path.stem), RDF.TYPE, NamedNode(CPEC + "NewsArticle"), EVIDENCE)
        for path in paths
    ]


def read_articles(
    paths: Iterable[str], base: Master, typed: Sequence[Quad], archive: Path
) -> Iterator[Row]:
    """Yield the rows of the articles at some paths.

    `base` is the master copy without articles, `typed` the types of all articles.
    """
    files: list[MasterFile] = []
    findings: set[Finding] = set()
    for path in paths:
        try:
            files.append(read_master_file(Path(path), None))
        except DataError as error:
            findings.update(error.findings)
    master = Master((*base.files, *files), base.aligned, base.shapes)
    stated = list(master.quads())
    own = list(set(stated) - set(base.quads()))
    stated = list({*stated, *typed})
    store = memory_store(stated)
    counts = count_contents(memory_store(own), own)
    faults_found = [*run_checks(store, "stated", master), *check_quotes(store, archive, master)]
    titled = drop_titled(store, make_titles(store))
    if not faults_found:
        faults_found = check_conclusions([*stated, *titled], master)
    names = {file.name for file in files}
    findings.update(finding for finding in faults_found if finding.path in names)
    for finding in findings:
        yield "finding", finding.path, str(finding.line or ""), finding.message, "", False
    yield "count", json.dumps(counts), "", "", "", False
    yield from quad_rows([*own, *titled])


def check_conclusions(stated: list[Quad], master: Master) -> list[Finding]:
    """Return the findings about the closure of the articles of this host."""
    kernel = close_statements(stated, master)
    inferred = list(kernel.inferred_quads())
    tasks = plan_checks(stated, inferred, kernel, master, divide_articles)
    return [*chain(*run_in_forks(tasks, "faults"))]


def quad_rows(quads: Iterable[Quad]) -> Iterator[Row]:
    """Yield the rows of quads."""
    for quad in quads:
        subject, predicate, value = map(str, quad.triple)
        graph = graph_of(quad)
        yield "quad", subject, predicate, value, f"<{graph}>", takes_part(graph)
