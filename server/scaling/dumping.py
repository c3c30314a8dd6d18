"""The dumps of a dataset that no process holds: an engine sorts the lines, which are streamed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, Final

from pyoxigraph import Quad, RdfFormat, Triple, parse, serialize

from graph.answering.format import GRAPHS
from graph.publishing.dataset_description import Statistics, TripleCounts, describe_dataset
from graph.publishing.dump import RDF_DUMPS, STEM, Dump, write_dump
from graph.publishing.plain_export import PLAIN_FORMATS
from graph.publishing.rdf_export import name_data, write_head
from graph.publishing.statement_table import (
    build_inferred_row,
    build_rows,
    write_statement_table,
)
from graph.snapshot import describe_file
from graph.wording.display_name import LABEL_PROPERTIES, Labels
from ontology.namespace import EDITORIAL, EVIDENCE, EVIDENCE_GRAPH, PREFIXES
from ontology.terms import CPEC
from ontology.vocabulary import Vocabulary
from server.scaling.closing import DATE, TYPE, Closing, find_start, spell
from server.scaling.tables import FETCHED, split

ARTICLES_OF_A_TASK: Final = 50
"""The articles whose rows of the table a process writes at a time."""

DATATYPE: Final = '"[$^]{2}<([^>]*)>$'
"""The end of a literal with a datatype in N-Triples."""

KINDS: Final = {
    form: (holds, GRAPHS[form].media_type) for form, mark, holds in RDF_DUMPS if not mark
}
"""The content and the media type of a dump in RDF, by its format."""


def write_large(
    closing: Closing, stated: list[Quad], articles: Sequence[Path], scratch: Path, folder: Path
) -> tuple[list[Quad], list[Dump]]:
    """Write the dumps of a closed dataset to a folder, and return its description, and the dumps.

    `stated` are the quads that no article states, `articles` the fragments. In memory are the
    labels, which sentences have too.
    """
    tables = closing.tables
    tables.fill("labelling", "text string", ([f"<{name}>"] for name in LABEL_PROPERTIES))
    labelling = "SELECT id FROM term WHERE text IN (SELECT text FROM labelling)"
    labels = closing.read_quads(f"SELECT * FROM triple WHERE p IN ({labelling})", EDITORIAL)
    first = write_lines(closing, folder, "nq", spell("SELECT * FROM whole", "spog"))
    dumps = [
        first,
        write_lines(closing, folder, "nt", spell("SELECT * FROM triple")),
        write_large_trig(closing, folder, first),
        write_large_table(closing, stated, articles, Labels.from_quads(labels), scratch, folder),
    ]
    return describe_dataset([*stated, *labels], count(closing)), dumps


def write_lines(closing: Closing, folder: Path, form: str, select: str) -> Dump:
    """Write a dump of the lines of a SELECT, sorted."""
    holds, media_type = KINDS[form]
    rows = closing.tables.rows(f"{select} ORDER BY line")
    path = folder / f"{STEM}.{form}"
    return write_dump(path, media_type, holds, (f"{row[-1]}\n".encode() for row in rows))


def write_large_trig(closing: Closing, folder: Path, first: Dump) -> Dump:
    """Write the dump in TriG, a graph after another; `first` is the dump in N-Quads."""
    holds, media_type = KINDS["trig"]
    tables, path = closing.tables, folder / f"{STEM}.trig"
    (number,) = next(tables.rows("SELECT count(*) FROM whole"))
    dated = f"p = {closing.id(DATE)} AND g = {closing.id(EVIDENCE_GRAPH)}"
    dates = closing.read_quads(f"SELECT s, p, o FROM quad WHERE {dated}", EVIDENCE)
    head = write_head(holds, number, name_data(dates, first.edition))
    # without the bracket at its end, which comes after "/"
    name = "substr(term_g.text, 1, length(term_g.text) - 1)"
    rows = tables.rows(f"{spell('SELECT * FROM whole', 'spog')} ORDER BY {name}, line")
    with path.open("wb") as file:
        file.write("".join(f"# {line}\n" for line in head).encode())
        prefixes = find_prefixes(closing)
        serialize(parse_rows(rows), file, format=RdfFormat.TRIG, prefixes=prefixes)
    written = describe_file(path)
    return Dump(path.name, media_type, holds, written["bytes"], written["hash"])


def find_prefixes(closing: Closing) -> dict[str, str]:
    """Return the prefixes of the project that the dataset has a use for."""
    tables = closing.tables
    ends = " UNION ".join(f"SELECT {column} id FROM whole" for column in "spog")
    tables.make("used", f"SELECT t.text, t.id FROM term t JOIN ({ends}) u ON t.id = u.id")
    typed = f"SELECT DISTINCT regexp_extract(text, '{DATATYPE}', 1) FROM used"
    datatypes = [name for (name,) in tables.rows(f"{typed} WHERE id < 0")]
    return {
        prefix: namespace
        for prefix, namespace in PREFIXES.items()
        if any(name.startswith(namespace) for name in datatypes)
        or next(tables.rows(f"{find_start('used', f'<{namespace}')} LIMIT 1"), None)
    }


def write_large_table(
    closing: Closing,
    stated: list[Quad],
    articles: Sequence[Path],
    labels: Labels,
    scratch: Path,
    folder: Path,
) -> Dump:
    """Write the table of statements: those of articles, of other sources, then the inferences."""
    form = next(form for form in PLAIN_FORMATS if form.name == "csv")
    modalities = [quad for quad in stated if quad.predicate == CPEC.MODALITY]
    task = partial(write_rows, modalities, labels, scratch)
    written = closing.tables.spread(task, list(split(articles, ARTICLES_OF_A_TASK)))
    inferred = closing.read_triples("SELECT s, p, o, k FROM kept WHERE k <> ''", "k")
    vocabulary, head = Vocabulary.from_quads(modalities), write_statement_table([], labels)
    others = [row for row in build_rows(stated, find_nothing) if not row.article]
    rows = chain(others, (build_inferred_row(triple, vocabulary, ()) for _, triple in inferred))
    body = chain(
        [head],
        (part.read_bytes() for part in written),
        (write_statement_table(some, labels)[len(head) :] for some in split(rows, FETCHED)),
    )
    return write_dump(folder / f"{STEM}{form.ending}", form.media_type, form.title, body)


def write_rows(
    modalities: Sequence[Quad], labels: Labels, scratch: Path, articles: Sequence[Path]
) -> Path:
    """Write the rows of the statements of some articles to a file, and return its path."""
    own = chain.from_iterable(parse(path=path, format=RdfFormat.N_QUADS) for path in articles)
    rows = [row for row in build_rows([*modalities, *own], find_nothing) if row.article]
    file = scratch / f"{articles[0].stem}.csv"
    file.write_bytes(write_statement_table(rows, labels)[len(write_statement_table([], labels)) :])
    return file


def find_nothing(_: Triple) -> tuple[()]:
    """Return no premises: the rows of a large dataset have none."""
    return ()


def count(closing: Closing) -> Statistics:
    """Return the statistics of the union."""
    ends = "count(*), count(DISTINCT s), count(DISTINCT o) FROM triple"
    things = f"p = {closing.id(TYPE)} AND o IN ({find_start('term', '<')})"

    def group(select: str) -> dict[str, tuple[int, ...]]:
        name = "substr(t.text, 2, length(t.text) - 2)"
        rows = closing.tables.rows(f"SELECT {name}, n.* FROM ({select}) n JOIN term t USING (id)")
        return {name: tuple(counts) for name, _, *counts in rows}

    properties = group(f"SELECT p id, {ends} GROUP BY p")
    classes = group(f"SELECT o id, count(DISTINCT s) FROM triple WHERE {things} GROUP BY o")
    return Statistics(
        TripleCounts(*next(closing.tables.rows(f"SELECT {ends}"))),
        {name: TripleCounts(*counts) for name, counts in properties.items()},
        {name: counts[0] for name, counts in classes.items()},
    )


def parse_rows(rows: Iterator[tuple[Any, ...]]) -> Iterator[Quad]:
    """Yield the quads of rows that end with a line."""
    for some in split(rows, FETCHED):
        yield from parse("\n".join(row[-1] for row in some), RdfFormat.N_QUADS)
