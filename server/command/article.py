"""The commands of a curator: `cpec article new`, `anchors`, `compare` and `remove`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from graph.curating.anchor import AnchorWriter, ReadSentence
from graph.curating.evidence import read_article_file
from graph.curating.master import DATA, Inputs, read_master
from graph.curating.master_file import read_bytes
from graph.curating.near_copy import DECISIONS_FILE, compare_texts, list_undecided, read_decisions
from graph.curating.skeleton import (
    Head,
    find_agent,
    find_headline,
    find_title,
    number_sentences,
    split_text,
    write_skeleton,
)
from graph.curating.verification import ARCHIVE, read_text
from graph.current_snapshot import cache_folder
from graph.dataset import memory_store
from graph.errors import DataError, Finding
from graph.wording.text import detect_language
from server.command.build_commands import FOLDER, data_option
from server.command.current_snapshot import SnapshotChoice, require_folder, snapshot_options
from server.command.output import STDOUT, write_output
from server.command.review_commands import write_change
from server.command.terminal import count_noun

TEXT = click.Path(exists=True, dir_okay=False, path_type=Path)

NAME = re.compile(r"[A-Za-z0-9][\w-]*", re.ASCII)
NO_ADDRESS = re.compile(r"""[\s<>"{}|\\^`]""")


def check_name(
    _context: click.Context, _parameter: click.Parameter, name: str | None
) -> str | None:
    """Return the name of an article, which is that of its files too; raises BadParameter."""
    if name is not None and not NAME.fullmatch(name):
        message = "is no name of an article: expected letters from A to Z, digits, - and _"
        raise click.BadParameter(f"{name[:100]!r} {message}")
    return name


def check_address(_context: click.Context, _parameter: click.Parameter, address: str) -> str:
    """Return the address of an article or ""; raises BadParameter."""
    try:
        parts = urlsplit(address)
        is_web = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        is_web = False
    if address and (not is_web or NO_ADDRESS.search(address)):
        message = "is no address: expected http:// or https:// and a host, without blanks"
        raise click.BadParameter(f"{address[:100]!r} {message}")
    return address


@click.group(
    epilog="Example: cpec article anchors graph/data/articles/example-2026-05-01.trig TEXT"
)
def article() -> None:
    """Write the file of an article: its skeleton, its anchors."""


@article.command(
    epilog="Example: cpec article new archive/example-2026-05-01.txt --date 2026-05-01 "
    "--publisher 'The Example Courier' -o graph/data/articles/example-2026-05-01.trig"
)
@click.argument("text", type=TEXT)
@click.option(
    "--id", "name", callback=check_name, help="The name of the article.", show_default="the file's"
)
@click.option("--title", help="The title.", show_default="the first line of the text")
@click.option("--author", multiple=True, metavar="NAME", help="An author; repeatable.")
@click.option("--publisher", metavar="NAME", help="The publisher: a name or a label.")
@click.option("--date", type=click.DateTime(["%Y-%m-%d"]), help="The day of publication.")
@click.option("--language", type=click.Choice(["en", "ur", "zh"]), show_default="by its script")
@click.option(
    "--address", metavar="URL", default="", callback=check_address, help="Where it was published."
)
@click.option("--quoted", is_flag=True, help="Its publisher lets phrases of it be quoted.")
@click.option("--part", is_flag=True, help="The text is only the part that was read.")
@click.option("--abbreviation", multiple=True, help="A word that ends no sentence; repeatable.")
@click.option("-o", "--output", type=click.Path(path_type=Path), default=STDOUT, help="The file.")
@data_option
def new(text: Path, output: Path, data: Path, **options: Any) -> None:
    """Write the skeleton of the file of an article: head, sentences, offsets, hashes.

    TEXT is not written into it. A field of the head without an option is TODO in the file, and
    `cpec validate FILE` names it. With -o the sentences are listed on standard output.
    """
    if output.exists():
        raise click.ClickException(f"{output} exists: its statements would be lost")
    content = read_text(text)
    title = find_title(str(text), content, options["title"])
    language = options["language"] or detect_language(content)
    headline = find_headline(title, content)
    pieces = split_text(content, language, options["abbreviation"])
    sentences = number_sentences(headline, pieces)
    if not sentences:
        raise DataError([Finding(str(text), None, "has no sentence")])
    store = memory_store(read_master(Inputs(data)).quads())
    publisher, day = options["publisher"], options["date"]
    head = Head(
        options["name"] or text.stem,
        title,
        language,
        day.date().isoformat() if day else "",
        find_agent(store, publisher, "MediaOutlet") if publisher else None,
        tuple(find_agent(store, author, "Person") for author in options["author"]),
        options["address"],
        is_quoted=options["quoted"],
        is_partial=options["part"],
    )
    write_output(output, write_skeleton(head, content, sentences).encode())
    if output != STDOUT:
        for sentence in sentences:
            click.echo(f"{sentence.name}  {sentence.span.cut(content)}")
    for span in pieces.loose:
        if span != headline:
            line = content.count("\n", 0, span.start) + 1
            click.echo(f"line {line} is no sentence: {span.cut(content)}", err=True)


@article.command(epilog="Example: cpec article anchors graph/data/articles/nation.trig nation.txt")
@click.argument("file", type=TEXT)
@click.argument("text", type=TEXT)
def anchors(file: Path, text: Path) -> None:
    """Write the anchors, and the offsets of anchors and quotes, of an article into its FILE.

    A passage that is written out, or as "first … last" words, becomes the shortest run of its words
    that leads to it. TEXT is the text of the article.
    """
    content = read_text(text)
    sentences = {
        sentence.name: ReadSentence(
            content[sentence.start : sentence.end], content, sentence.position == 0
        )
        for own in read_article_file(file)
        for sentence in own.sentences
    }
    written = read_bytes(file).decode("utf-8")
    writer = AnchorWriter(str(file), sentences)
    filled = writer.fill(written)
    if filled != written:
        write_output(file, filled.encode())
    if writer.findings:
        raise DataError(writer.findings)
    kinds = [kind for kind in ("anchor", "quote") if writer.counts[kind]] or ["anchor"]
    counts = ", ".join(count_noun(writer.counts[kind], kind) for kind in kinds)
    click.echo(f"{file}: {counts}")


@article.command(epilog="Example: cpec article compare --archive archive")
@click.option("--archive", type=FOLDER, default=ARCHIVE, help="The folder of the articles' texts.")
@data_option
def compare(archive: Path, data: Path) -> None:
    """List the pairs of texts that may be copies of each other, and have no decision yet.

    A line has the resemblance and the containment of a pair. A person decides: a line of
    near-copies.tsv in the folder of the data, and cpec:derivedFrom in the file of the copy.
    """
    texts = {path.stem: read_text(path) for path in sorted(archive.glob("*.txt"))}
    decisions = read_decisions(data / DECISIONS_FILE)
    for pair in list_undecided(compare_texts(texts), decisions):
        shares = f"{pair.resemblance:.2f} {pair.containment:.2f}"
        click.echo(f"{shares} {pair.first} {pair.second}")


@article.command(epilog="Example: cpec article remove example-2026-05-01 --data graph/data")
@click.argument("name")
@snapshot_options
def remove(name: str, choice: SnapshotChoice) -> None:
    """Remove an article with its revisions from the data and from all snapshots.

    NAME is its local name. If a snapshot has it, its addresses answer 410, the snapshots are
    written anew, and the earlier ones deleted; else nothing of it is left. If other files still
    name something of it, nothing is removed. The command prints what changes.
    """
    from graph.removal import remove_article  # noqa: PLC0415 - slow to import

    inputs = Inputs(choice.data or DATA)
    builds = choice.out or cache_folder(inputs.own_data)
    require_folder(builds)
    change, retired = remove_article(inputs, builds, name)
    for line in write_change(change):
        click.echo(line)
    for own in change.names:
        end = "its name is retired" if own in retired else f"no snapshot in {builds} had it"
        click.echo(f"removed {own}: {end}", err=True)
