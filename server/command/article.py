"""The commands of a curator: `cpec article new`, `anchors`, `compare` and `remove`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from graph.cache_folder import cache_folder
from graph.curating.anchor import AnchorWriter, ReadPassage
from graph.curating.annotation import replace_annotations
from graph.curating.evidence import read_articles
from graph.curating.master import DATA, Inputs, read_master
from graph.curating.master_file import read_bytes, read_master_file
from graph.curating.near_copy import DECISIONS_FILE, compare_texts, list_undecided, read_decisions
from graph.curating.segmentation import Span, split_text
from graph.curating.skeleton import (
    MAX_TITLE,
    Head,
    NumberedSentence,
    find_agent,
    find_headline,
    number_sentences,
    write_skeleton,
)
from graph.curating.verification import ARCHIVE, read_text
from graph.dataset import memory_store
from graph.errors import DataError, Finding
from graph.wording.text import detect_language
from server.command.build_commands import FOLDER, data_option
from server.command.current_snapshot import SnapshotChoice, require_folder, snapshot_options
from server.command.output import STDOUT, write_output
from server.command.terminal_table import count_noun

TEXT = click.Path(exists=True, dir_okay=False, path_type=Path)


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
@click.option("--id", "name", help="The name of the article.", show_default="the file's")
@click.option("--title", help="The title.", show_default="the first line of the text")
@click.option("--author", multiple=True, metavar="NAME", help="An author; repeatable.")
@click.option("--publisher", metavar="NAME", help="The publisher: a name or a label.")
@click.option("--date", type=click.DateTime(["%Y-%m-%d"]), help="The day of publication.")
@click.option("--language", type=click.Choice(["en", "ur", "zh"]), show_default="by its script")
@click.option("--address", metavar="URL", default="", help="Where it was published.")
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
    title = find_title(text, content, options["title"])
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
        list_sentences(content, sentences)
    report_loose(content, [span for span in pieces.loose if span != headline])


def find_title(text: Path, content: str, title: str | None) -> str:
    """Return the given title, or else the first line of a text; raises DataError."""
    lines = [line.strip() for line in content.split("\n") if line.strip()]
    if not lines:
        raise DataError([Finding(str(text), None, "is empty")])
    title = " ".join((title or lines[0]).split())
    if len(title) > MAX_TITLE:
        raise DataError([
            Finding(
                str(text),
                None,
                f"the title has {len(title)} characters, and {MAX_TITLE} is the most: "
                "give it with --title",
            )
        ])  # fmt: skip
    return title


def list_sentences(content: str, sentences: Sequence[NumberedSentence]) -> None:
    """Print the sentences with their names, for the curator."""
    for sentence in sentences:
        click.echo(f"{sentence.name}  {sentence.span.cut(content)}")


def report_loose(content: str, loose: Iterable[Span]) -> None:
    """Print the lines that are no sentence on stderr."""
    for span in loose:
        line = content.count("\n", 0, span.start) + 1
        click.echo(f"line {line} is no sentence: {span.cut(content)}", err=True)


@article.command(epilog="Example: cpec article anchors graph/data/articles/nation.trig nation.txt")
@click.argument("file", type=TEXT)
@click.argument("text", type=TEXT)
def anchors(file: Path, text: Path) -> None:
    """Write the offsets of the anchors and quotes of an article into its FILE.

    A passage of more than six words that is written out is shortened to its first and last words.
    TEXT is the text of the article.
    """
    store = memory_store(replace_annotations(read_master_file(file, None).quads))
    content = read_text(text)
    passages = {
        sentence.name: ReadPassage(content[sentence.start : sentence.end], content)
        for own in read_articles(store)
        for sentence in own.sentences
    }
    written = read_bytes(file).decode("utf-8")
    writer = AnchorWriter(str(file), passages)
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

    NAME is its local name. Its addresses answer 410. The snapshots are built anew, and the earlier
    ones deleted; if other files still name something of the article, nothing is removed.
    """
    from graph.removal import remove_article  # noqa: PLC0415 - slow to import

    inputs = Inputs(choice.data or DATA)
    builds = choice.out or cache_folder(inputs.own_data)
    require_folder(builds)
    for removed in remove_article(inputs, builds, name):
        click.echo(f"removed {removed}")
