"""The commands that ask: a question of the catalogue, or any SPARQL query."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import BinaryIO, Final

import click
from pyoxigraph import Literal, NamedNode, Store
from tabulate import tabulate

from graph.answering.binding import bind_question, find_question, load_questions
from graph.answering.evaluation import UNBOUNDED, Query, choose_dataset, evaluate, run_select
from graph.answering.format import CITED_FORMATS, GRAPHS, RESULTS
from graph.answering.name import find_names
from graph.answering.reifier import copy_reified
from graph.citing.citation import cite as cite_rows
from graph.citing.index import EvidenceIndex
from graph.dataset import missing_graphs
from graph.engine.guard import Limits, check_query
from graph.errors import EngineError, QuerySyntaxError, UnwritableError
from graph.excluding.exclusion import Exclusion
from graph.explaining.answer_graph import write_rdf
from graph.explaining.left_out import count_rows, left_out_words
from graph.explaining.spreadsheet import write_spreadsheet
from graph.snapshot import Snapshot
from queries.question import Question
from server.command.current_snapshot import (
    SnapshotChoice,
    fresh_snapshot,
    snapshot_options,
)
from server.command.empty_answer import warn_empty
from server.command.exclusion_options import exclude_sources, exclusion_options
from server.command.footnote import format_cited
from server.command.terminal_table import format_results

LIMITS: Final = Limits(query_bytes=UNBOUNDED, services=UNBOUNDED)
"""The limits of nesting and operators alone: past them the engine crashes."""

CITED: Final = (*(form.name for form in CITED_FORMATS), *GRAPHS)
"""The formats that can hold citations, besides the table."""

format_option = click.option(
    "--format",
    "form",
    type=click.Choice(["table", *RESULTS, *GRAPHS]),
    default="table",
    help="A table, a format of result sets, or a format of graphs.",
)

cite_option = click.option(
    "--cite",
    is_flag=True,
    help="Cite each row: sources below the table, in "
    f"{', '.join(form.name for form in CITED_FORMATS)}, or as a graph.",
)


@click.command(epilog="Example: cpec ask aims undertaking=Climate_Initiatives --format csv")
@click.argument("name", required=False)
@click.argument("values", nargs=-1, metavar="[PARAMETER=VALUE]...")
@format_option
@cite_option
@exclusion_options
@snapshot_options
def ask(
    name: str | None,
    values: tuple[str, ...],
    form: str,
    *,
    cite: bool,
    exclusion: Exclusion,
    choice: SnapshotChoice,
) -> None:
    """Ask a question of the catalogue; without a name, list them."""
    if name is None:
        rows = [(question.name, question.summary) for question in load_questions().values()]
        click.echo(tabulate(rows, headers=("question", "asks"), tablefmt="simple"))
        return
    question = find_question(name)
    snapshot = fresh_snapshot(choice)
    store = load_store(snapshot, exclusion, cite=cite)
    terms = bind_question(question, read_values(values), find_names(store))
    is_empty = (print_cited if cite else print_answer)(store, question.text, form, terms)
    warn_left_out(store, question, terms)
    if is_empty:
        with guard_query(question.text):
            asked = Query(question.text, bindings=terms)
            warn_empty(store, asked, exclusion, snapshot, question.empty)


def warn_left_out(
    store: Store, question: Question, terms: Mapping[str, NamedNode | Literal]
) -> None:
    """Print how many rows a question leaves out for their modality, if there are any."""
    text = question.left_out_text
    if text and next(run_select(store, text, terms), None) is not None:
        citations = cite_rows(store, EvidenceIndex(store), text, terms).citations
        counts = count_rows(json.loads(citation.json()) for citation in citations)
        click.echo(left_out_words(counts), err=True)


@click.command(epilog="Example: echo 'SELECT * { id:HEC ?property ?value }' | cpec query -")
@click.argument("file", type=click.File("rb"))
@format_option
@cite_option
@exclusion_options
@snapshot_options
def query(
    file: BinaryIO,
    form: str,
    *,
    cite: bool,
    exclusion: Exclusion,
    choice: SnapshotChoice,
) -> None:
    """Run a SPARQL query from a FILE, or from standard input with `-`.

    The prefixes of the project (cpec:, id:, rdfs: ...) need no declaration.
    """
    text = read_query(file)
    snapshot = fresh_snapshot(choice)
    store = load_store(snapshot, exclusion, cite=cite)
    if (print_cited if cite else print_answer)(store, text, form):
        with guard_query(text):
            warn_empty(store, Query(text), exclusion, snapshot)


def read_query(file: BinaryIO) -> str:
    """Return the text of a query, without a byte order mark; raises QuerySyntaxError."""
    try:
        return file.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise QuerySyntaxError(f"{file.name}: not UTF-8: {error}") from None


def load_store(snapshot: Snapshot, exclusion: Exclusion, *, cite: bool) -> Store:
    """Return the store of a snapshot, in memory to cite or to exclude sources."""
    if not (cite or exclusion):
        return snapshot.open()
    store = snapshot.load()
    if exclusion:
        exclude_sources(store, exclusion)
    return store


def read_values(pairs: tuple[str, ...]) -> dict[str, str]:
    """Return the values by parameter.

    Raises click.UsageError for text other than `name=value`, and for a repeated name.
    """
    values: dict[str, str] = {}
    for text in pairs:
        name, sign, value = text.partition("=")
        if not sign:
            raise click.UsageError(f"{text!r} is not parameter=value")
        if name in values:
            raise click.UsageError(f"exactly one {name} can be given")
        values[name] = value
    return values


def print_answer(
    store: Store,
    text: str,
    form: str,
    bindings: Mapping[str, NamedNode | Literal] | None = None,
) -> bool:
    """Print the answer in a format, a graph as Turtle instead of a table.

    Return whether it is empty, though all graphs of its dataset exist.
    """
    rows = RESULTS["json"] if form == "table" else RESULTS.get(form)
    graph = GRAPHS["ttl"] if form == "table" else GRAPHS.get(form)
    with guard_query(text):
        answer = evaluate(copy_reified(store, text), Query(text, rows, graph, bindings or {}))
    warn_missing(answer.missing)
    if form == "table" and answer.format is rows:
        click.echo(format_results(answer.body))
    else:
        click.echo(answer.body, nl=not answer.body.endswith(b"\n"))
    return answer.is_empty and not answer.missing


def print_cited(
    store: Store,
    text: str,
    form: str,
    bindings: Mapping[str, NamedNode | Literal] | None = None,
) -> bool:
    """Print the answer with the sources of each row; raises UnwritableError.

    Return whether it is empty, though all graphs of its dataset exist.
    """
    if form not in {"table", *CITED}:
        formats = ", ".join(CITED)
        raise UnwritableError(f"citations are written in a table, or in {formats}, not in {form}")
    index, store = EvidenceIndex(store), copy_reified(store, text)
    with guard_query(text):
        answer = cite_rows(store, index, text, bindings)
    missing = missing_graphs(store, choose_dataset(Query(text)))
    warn_missing(missing)
    if form == "json":
        click.echo(answer.json())
    elif form in RESULTS:
        click.echo(write_spreadsheet(answer, RESULTS[form], UNBOUNDED), nl=False)
    elif form in GRAPHS:
        click.echo(write_rdf(answer, store, GRAPHS[form], UNBOUNDED), nl=False)
    else:
        click.echo(format_cited(answer, index.evidence))
    return answer.is_empty and not missing


def warn_missing(graphs: Iterable[str]) -> None:
    """Print the missing graphs of a query's FROM on stderr."""
    for graph in graphs:
        click.echo(f"there is no graph <{graph}>", err=True)


@contextmanager
def guard_query(text: str) -> Iterator[None]:
    """Evaluate a query in this block, where Ctrl-C ends the process: pyoxigraph has no cancel.

    Raises LimitError for a query that would crash the engine, and EngineError for a failed SERVICE.
    """
    check_query(text, LIMITS)
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    except OSError as error:
        if error.filename is not None:
            raise
        raise EngineError(f"a SERVICE failed: {str(error).partition(chr(10))[0]}") from None
    finally:
        signal.signal(signal.SIGINT, before)
