"""`cpec review`: a person decides on the claims of a draft, in the browser."""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from graph.curating.master import Inputs
from graph.curating.verification import ARCHIVE
from graph.drafting.decision import name_decisions, read_decisions, report_decisions
from ontology.namespace import ID, shorten
from server.command.build_commands import FOLDER, data_option

if TYPE_CHECKING:
    from pyoxigraph import Triple

    from graph.acceptance import MasterChange
    from ontology.terms import RdfTerm


@click.command(epilog="Example: cpec review draft.trig")
@click.argument("draft", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--reviewer",
    metavar="NAME",
    default=lambda: os.environ.get("USER", "somebody"),
    show_default="the user",
    help="Who decides.",
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The port; 0 for any.")
@click.option("--archive", type=FOLDER, default=ARCHIVE, help="The folder of the articles' texts.")
@click.option("--report", is_flag=True, help="Print seconds and keystrokes a claim, and end.")
@data_option
def review(
    draft: Path, reviewer: str, port: int, archive: Path, *, report: bool, data: Path
) -> None:
    """Review the claims of a draft in the browser, one at a time.

    The page is at an address of this machine, with a token. Decisions are appended to
    DRAFT.decisions.jsonl, and the draft has their marks at once.
    """
    if report:
        for line in report_decisions(read_decisions(name_decisions(draft))):
            click.echo(line)
        return
    from werkzeug.serving import make_server  # noqa: PLC0415 - not to report

    from graph.review import Review  # noqa: PLC0415 - slow to import
    from server.page.review import create_review  # noqa: PLC0415

    own = Review(draft, Inputs(data), archive, reviewer)
    own.read()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # the addresses have the token
    token = secrets.token_urlsafe(24)
    server = make_server("127.0.0.1", port, create_review(own, token), threaded=True)
    click.echo(f"review at http://127.0.0.1:{server.port}/{token}/ (Ctrl-C ends it)")
    with suppress(KeyboardInterrupt):
        server.serve_forever()


ROWS: Final = 5
"""The rows of a question that came, and those that went, that are printed at most."""


@click.command(epilog="Example: cpec accept draft.trig --data graph/data")
@click.argument("draft", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--archive", type=FOLDER, default=ARCHIVE, help="The folder of the articles' texts.")
@data_option
def accept(draft: Path, archive: Path, data: Path) -> None:
    """Write the article of a reviewed DRAFT into the data, and print what changes.

    Each claim of the draft is accepted or rejected. Its passages must be in the text in the
    archive, and the data must be sound with it; else nothing is written. The next `cpec build`
    compares the conclusions with owlrl's, and serves them.
    """
    from graph.acceptance import accept_draft  # noqa: PLC0415 - slow to import

    change = accept_draft(Inputs(data), draft, archive)
    for name in change.left_out:
        click.echo(f"left out, since no accepted claim names it: {name}", err=True)
    for line in write_change(change):
        click.echo(line)
    (name,) = change.names
    click.echo(f"{name}: accepted; `cpec build` publishes it", err=True)


def write_change(change: MasterChange) -> Iterator[str]:
    """Yield the lines of the difference: statements with their sources, then rows of questions."""
    from graph.explaining.effect import compare_rows, find_effect  # noqa: PLC0415 - slow to import
    from graph.presenting.row import write_rows  # noqa: PLC0415
    from queries.catalogue import catalogue  # noqa: PLC0415

    effect = find_effect(change.before, change.after)
    yield from write_part("new", (
        f"{write_triple(triple)} ({write_sources(sources)})"
        for triple, sources in effect.new.items()
    ))  # fmt: skip
    yield from write_part("corroborated", (
        f"{write_triple(own.triple)} ({write_sources(own.sources)}; {write_sources(own.others)})"
        for own in effect.corroborated
    ))  # fmt: skip
    yield from write_part("contested", (
        f"{write_term(own.subject)} {write_term(own.property)}: "
        f"{write_term(own.value)} ({write_term(own.source)}), "
        f"{write_term(own.other_value)} ({write_term(own.other_source)})"
        for own in effect.contested
    ))  # fmt: skip
    yield from write_part("inferred", (
        f"{write_triple(triple)} ({write_sources(sources)})"
        for triple, sources in effect.inferred.items()
    ))  # fmt: skip
    yield from write_part("lost", map(write_triple, effect.lost))
    questions = catalogue()
    changes = compare_rows(change.before.store, change.after.store, questions.values())
    yield f"questions: {len(changes)}"
    for name, (columns, came, went) in changes.items():
        yield f"  {name}: +{len(came)} -{len(went)}"
        for sign, rows in (("+", came), ("-", went)):
            words = write_rows(questions[name], columns, rows[:ROWS])
            yield from (f"    {sign} {row}" for row in words)
            if len(rows) > ROWS:
                yield f"    {sign} … {len(rows) - ROWS} more"


def write_part(title: str, lines: Iterable[str]) -> Iterator[str]:
    """Yield the title of a part with the number of its lines, and the lines."""
    listed = sorted(lines)
    yield f"{title}: {len(listed)}"
    yield from (f"  {line}" for line in listed)


def write_triple(triple: Triple) -> str:
    """Return a triple in short names."""
    return " ".join(map(write_term, triple))


def write_term(term: RdfTerm | None) -> str:
    """Return a term in a short name, a thing by its local name."""
    value = getattr(term, "value", "")
    return shorten(value).removeprefix("id:") if str(term).startswith("<") else str(term)


def write_sources(graphs: Sequence[str]) -> str:
    """Return graphs by their short names."""
    return ", ".join(
        graph.removeprefix(ID) if graph.startswith(ID) else shorten(graph) for graph in graphs
    )
