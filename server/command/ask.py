"""The commands that ask: a question of the catalogue, any SPARQL query, or why a triple holds."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from textwrap import wrap
from typing import BinaryIO, Final

import click
from pyoxigraph import Store
from tabulate import tabulate

from graph.answering.binding import bind_question, find_question, load_questions
from graph.answering.evaluation import UNBOUNDED, Query, choose_dataset, evaluate, run_select
from graph.answering.format import CITED_FORMATS, GRAPHS, RESULTS
from graph.answering.name import find_names
from graph.answering.reifier import copy_reified
from graph.citing.citation import cite as cite_rows
from graph.citing.index import EvidenceIndex
from graph.dataset import missing_graphs
from graph.emptiness.explanation import ExcludedSources, explain_emptiness
from graph.errors import EngineError, QuerySyntaxError, UnwritableError
from graph.excluding.exclusion import Exclusion
from graph.explaining.left_out import count_rows, insert_members, left_out_words
from graph.explaining.prov import write_turtle
from graph.explaining.spreadsheet import write_spreadsheet
from graph.explaining.why import explain_triple, explanation_json
from graph.presenting.row import write_rows
from graph.snapshot import Snapshot
from graph.sparql.guard import Limits, check_query
from graph.wording.spelling import read_triple
from queries.question import Question
from server.command.current_snapshot import (
    SnapshotChoice,
    exclude_sources,
    exclusion_options,
    fresh_snapshot,
    snapshot_options,
)
from server.command.terminal import format_cited, format_explanation, format_results, line_width

LIMITS: Final = Limits(query_bytes=UNBOUNDED, services=UNBOUNDED)
"""The limits of nesting and operators alone: past them the engine crashes."""

CITED: Final = tuple(form.name for form in CITED_FORMATS)
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
    help=f"Cite each row: sources below the table, or in {', '.join(CITED)}.",
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
    asked = Query(question.text, bindings=terms)
    if cite:
        is_empty = print_cited(store, asked, form, exclusion, question)
    else:
        is_empty = print_answer(store, asked, form)
    warn_left_out(store, question, asked)
    if is_empty:
        warn_empty(store, asked, exclusion, snapshot, question.empty)


def warn_left_out(store: Store, question: Question, asked: Query) -> None:
    """Print how many rows a question leaves out for their modality, if there are any."""
    text, terms = question.left_out_text, asked.bindings
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
    try:
        asked = Query(file.read().decode("utf-8-sig"))  # perhaps with a byte order mark
    except UnicodeDecodeError as error:
        raise QuerySyntaxError(f"{file.name}: not UTF-8: {error}") from None
    snapshot = fresh_snapshot(choice)
    store = load_store(snapshot, exclusion, cite=cite)
    if cite:
        is_empty = print_cited(store, asked, form, exclusion)
    else:
        is_empty = print_answer(store, asked, form)
    if is_empty:
        warn_empty(store, asked, exclusion, snapshot)


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


def print_answer(store: Store, asked: Query, form: str) -> bool:
    """Print the answer in a format, a graph as Turtle instead of a table.

    Return whether it is empty, though all graphs of its dataset exist.
    """
    rows = RESULTS["json"] if form == "table" else RESULTS.get(form)
    graph = GRAPHS["ttl"] if form == "table" else GRAPHS.get(form)
    formatted = replace(asked, result_format=rows, graph_format=graph)
    with guard_query(asked.text):
        answer = evaluate(copy_reified(store, asked.text), formatted)
    warn_missing(answer.missing)
    if form == "table" and answer.format is rows:
        click.echo(format_results(answer.body))
    else:
        click.echo(answer.body, nl=not answer.body.endswith(b"\n"))
    return answer.is_empty and not answer.missing


def print_cited(
    store: Store, asked: Query, form: str, exclusion: Exclusion, question: Question | None = None
) -> bool:
    """Print the answer with the sources of each row, in words too if it answers a question.

    Raises UnwritableError. Return whether it is empty, though all graphs of its dataset exist.
    """
    if form not in {"table", *CITED}:
        formats = ", ".join(CITED)
        raise UnwritableError(f"citations are written in a table, or in {formats}, not in {form}")
    index, store = EvidenceIndex(store, exclusion=exclusion), copy_reified(store, asked.text)
    with guard_query(asked.text):
        answer = cite_rows(store, index, asked.text, asked.bindings)
    missing = missing_graphs(store, choose_dataset(asked))
    warn_missing(missing)
    if form == "json":
        click.echo(insert_members(answer.json(), form=question.row if question else ""))
    elif form in RESULTS:
        click.echo(write_spreadsheet(answer, RESULTS[form], UNBOUNDED), nl=False)
    else:
        rows = write_rows(question, answer.variables, answer.rows) if question else []
        click.echo(format_cited(answer, index.evidence, rows))
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


def warn_empty(
    store: Store, query: Query, exclusion: Exclusion, snapshot: Snapshot, unsaid: str = ""
) -> None:
    """Print why the answer of a store is empty; `unsaid` is printed if no source says the thing."""
    whole = ExcludedSources(exclusion, lambda: nullcontext(snapshot.open()))
    asked = (query.text, query.bindings, None, None)
    with guard_query(query.text):
        reified = copy_reified(store, query.text)
        emptiness = explain_emptiness(
            reified,
            asked,
            EvidenceIndex(store, exclusion=exclusion),
            excluded=whole if exclusion and not exclusion.as_of else None,
        )
    words = emptiness.words
    if unsaid and emptiness.is_unsaid:
        words = exclusion.date_words(unsaid)
    if words:
        click.echo("\n".join(wrap(words[:1].upper() + words[1:], line_width())), err=True)


@click.command(epilog="Example: cpec explain Pakistan cooperatesIn Artificial_Intelligence")
@click.argument("subject")
@click.argument("predicate")
@click.argument("object_", metavar="OBJECT")
@click.option("--format", "form", type=click.Choice(["text", "json", "ttl"]), default="text")
@exclusion_options
@snapshot_options
def explain(
    subject: str,
    predicate: str,
    object_: str,
    *,
    form: str,
    exclusion: Exclusion,
    choice: SnapshotChoice,
) -> None:
    """Explain why a triple holds: its sources, or its proofs.

    Names are local (Pakistan), prefixed (id:Pakistan) or whole. OBJECT may be a literal, bare or as
    in Turtle: '"2026-03-31"^^xsd:date'.
    """
    store = load_store(fresh_snapshot(choice), exclusion, cite=True)
    index = EvidenceIndex(store, exclusion=exclusion)
    explanation = explain_triple(
        store, index, read_triple(index.kernel, subject, predicate, object_)
    )
    if form == "ttl":
        click.echo(write_turtle(explanation, index, store), nl=False)
    elif form == "json":
        text = json.dumps(explanation_json(explanation, index), ensure_ascii=False, indent=2)
        click.echo(text.encode())
    else:
        click.echo(format_explanation(explanation_json(explanation, index)))
