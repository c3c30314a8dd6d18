"""`cpec draft`: the next article, drafted from its text by rules."""

from __future__ import annotations

import re
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from graph.curating.master import Inputs, read_master
from graph.curating.page_text import extract_text, is_page
from graph.curating.skeleton import Head, find_agent, find_title
from graph.curating.verification import ARCHIVE, read_text
from graph.dataset import memory_store
from graph.drafting.article_draft import (
    draft_article,
    normalise_text,
    require_new_text,
)
from graph.drafting.draft_file import DraftFile
from graph.drafting.name_search import search_name
from graph.drafting.proposal import SECONDS, Proposed, Proposer, ask_proposer, describe_article
from graph.errors import DataError, Finding, UnknownNameError
from graph.wording.text import detect_language
from graph.written_value import require_name
from ontology.namespace import shorten
from server.command.article import check_address, check_name
from server.command.build_commands import FOLDER, data_option
from server.command.output import STDOUT, write_output


@click.command(
    epilog="Example: cpec draft text.txt --date 2026-05-01 --publisher 'The Example Courier' "
    "--address https://courier.example/fund -o draft.trig --mentions mentions.tsv"
)
@click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)
)
@click.option(
    "--date",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    required=True,
    help="The day of publication.",
)
@click.option(
    "--publisher", metavar="NAME", required=True, help="The publisher: a name or a label."
)
@click.option(
    "--address",
    metavar="URL",
    required=True,
    callback=check_address,
    help="Where it was published.",
)
@click.option(
    "--id",
    "name",
    callback=check_name,
    help="The name of the article.",
    show_default="publisher and day",
)
@click.option("--title", help="The title.", show_default="the first line of the text")
@click.option("--language", type=click.Choice(["en", "ur", "zh"]), show_default="by its script")
@click.option("--author", multiple=True, metavar="NAME", help="An author; repeatable.")
@click.option("--part", is_flag=True, help="The text is only the part that was read.")
@click.option("-o", "--output", type=click.Path(path_type=Path), default=STDOUT, help="The draft.")
@click.option("--mentions", type=click.Path(path_type=Path), help="A table of what it mentions.")
@click.option("--archive", type=FOLDER, default=ARCHIVE, help="The folder of the articles' texts.")
@data_option
def draft(file: Path, output: Path, day: datetime, **options: Any) -> None:
    """Draft the file of an article from its text or its HTML page.

    The draft has sentences, mentions and claims, each claim with its anchor, rule and confidence,
    and marked as not reviewed: `cpec validate` checks it, and `cpec build` refuses it. The text, as
    offsets count it, is written into the archive.
    """
    shown = "standard input" if str(file) == "-" else str(file)
    content, lost = normalise_text(read_input(file, shown), shown)
    title = options["title"]
    if is_page(content):
        own_title, content = extract_text(content, shown)
        title = title or own_title
    title = find_title(shown, content, title)
    name = options["name"] or make_article_name(options["publisher"], day)
    archived = options["archive"] / f"{name}.txt"
    master = read_master(Inputs(options["data"]))
    store = memory_store(quad for own in master.files for quad in own.quads)
    require_new_text(content, name, store, shown)
    if archived.exists() and read_text(archived) != content:
        raise DataError(
            [Finding(str(archived), None, "is another text: give another name with --id")]
        )
    for path in filter(None, (output, options["mentions"])):
        if not path.parent.is_dir():
            raise click.ClickException(f"{path}: {path.parent} is no folder: make it first")
    if output != STDOUT and output.exists():
        raise click.ClickException(f"{output} exists: its statements would be lost")
    head = Head(
        name,
        title,
        options["language"] or detect_language(content),
        day.date().isoformat(),
        find_agent(store, options["publisher"], "MediaOutlet"),
        tuple(find_agent(store, author, "Person") for author in options["author"]),
        options["address"],
        is_partial=options["part"],
    )
    drafted = draft_article(content, head, master)
    archived.parent.mkdir(parents=True, exist_ok=True)
    write_output(archived, drafted.text.encode())
    if options["mentions"]:
        write_output(options["mentions"], drafted.mentions.encode())
    write_output(output, drafted.file.encode())
    click.echo(f"{name}: sentences {len(drafted.sentences)}, claims {drafted.claims}", err=True)
    for line in drafted.loose:
        click.echo(f"no sentence: {line}", err=True)
    if lost:
        click.echo(f"unseen characters left out: {lost}", err=True)


def read_input(file: Path, shown: str) -> str:
    """Return the text of a file or of standard input; raises DataError if it is not UTF-8."""
    content = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DataError([Finding(shown, None, "is not UTF-8: expected text or HTML")]) from None


def make_article_name(publisher: str, day: datetime) -> str:
    """Return the name of an article, `the-example-courier-2026-05-01`."""
    words = re.findall(r"[a-z0-9]+", publisher.casefold())
    return "-".join([*(words or ["article"]), f"{day:%Y-%m-%d}"])


SENTENCES = 3
"""The sentences of a thing that are printed at most."""


@click.command(epilog="Example: cpec find 'Joint Cooperation Committee'")
@click.argument("name")
@click.option("--limit", type=click.IntRange(1, 100), default=10, help="The things at most.")
@data_option
def find(name: str, limit: int, data: Path) -> None:
    """Look a NAME up as a draft does, in English, Urdu or Chinese, and list near names.

    A line has the score (100: a draft takes the name for this thing), the thing, its class, its
    label, and the first sentences that speak of it. Exit status: 1 if the graph has none.
    """
    found = search_name(read_master(Inputs(data)), require_name(name), limit)
    for thing in found:
        sentences = [shorten(iri).removeprefix("id:") for iri in thing.sentences]
        more = f", … {len(sentences) - SENTENCES} more" if len(sentences) > SENTENCES else ""
        told = ", ".join(sentences[:SENTENCES]) + more or "in no sentence"
        click.echo(f"{thing.score:.0f}\t{thing.name}\t{thing.kind}\t{thing.label}\t{told}")
    if not found:
        raise UnknownNameError(f"no thing has the name {name!r}, or a near one")


@click.command(epilog="Example: cpec propose draft.trig --by my-model")
@click.argument("draft", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--by", "name", required=True, metavar="NAME", help="The name of the proposer.")
@click.option("--seconds", type=float, default=SECONDS, help="How long to wait for its answer.")
@click.option("--archive", type=FOLDER, default=ARCHIVE, help="The folder of the articles' texts.")
@data_option
def propose(draft: Path, name: str, seconds: float, archive: Path, data: Path) -> None:
    """Add the claims of a proposer to a DRAFT, none of them reviewed.

    A proposer is an entry point of the group cpec_graph.proposers. A claim is taken if its quote is
    in its sentence at its offset, its terms are known, and its anchor may be shown.
    """
    master, file = read_master(Inputs(data)), DraftFile.read(draft, archive)
    records = ask_proposer(name, describe_article(file), seconds)
    proposed = Proposer.start(name, master, file).add(file, records)
    if proposed.taken:
        write_output(draft, proposed.content.encode())
    click.echo(report(proposed))


def report(proposed: Proposed) -> str:
    """Return how many proposals are taken, and why others are not."""
    refused = "".join(f"\n  {count} refused: {why}" for why, count in proposed.refused.items())
    return f"{proposed.taken} claims proposed, none of them reviewed{refused}"
