"""A file of the master copy: its text, its quads, and their lines."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Final

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Triple, parse

from graph.dataset import graph_of
from graph.errors import DataError, Finding
from ontology.namespace import BASE, rebase

BLANK: Final = "_:"
"""Any blank node: labels mean nothing outside the file."""

OPENING_GRAPH: Final = re.compile(r"\s*GRAPH\b", re.IGNORECASE)

MOST_MESSAGE: Final = 500
"""The characters of a message of the parser, which repeats the word at fault."""

LONG_QUOTES: Final = ('"""', "'''")


@dataclass(frozen=True, slots=True)
class Position:
    """A statement and its line; terms are IRIs, the text of literals, or `BLANK`."""

    graph: str
    subject: str
    predicate: str
    object: str
    line: int


@dataclass(frozen=True)
class MasterFile:
    """A parsed Turtle or TriG file; `name` is its name in findings.

    `text` has the IRIs of the configured base, on the same lines as in the file.
    """

    path: Path
    text: str
    graph: str | None
    quads: tuple[Quad, ...] = field(repr=False)

    @property
    def name(self) -> str:
        """Return the path relative to the working folder, if it is below it."""
        with suppress(OSError, ValueError):  # the working folder is gone, or the file is elsewhere
            return str(self.path.relative_to(Path.cwd()))
        return str(self.path)

    @cached_property
    def positions(self) -> list[Position]:
        """Return the statements of the file with their lines, in order."""
        return list(find_positions(self.text, BASE, self.graph or ""))


class LineReader(BytesIO):
    """The bytes of a text, read line by line; `line` is the number of the last read line."""

    line = 0

    def read(self, size: int | None = -1, /) -> bytes:
        """Return the next line, or a part of it."""
        chunk = self.readline(size)
        self.line += chunk.endswith(b"\n")
        return chunk


def find_positions(text: str, base: str, graph: str = "") -> Iterator[Position]:
    """Yield the statements of a document in order; a statement outside a block is in `graph`.

    Statements in a triple term come too, asserted or not.

    The parser keeps no lines, but it reads no line before it has yielded the statements of the
    lines above, unless a literal ends a line: a language tag may follow on the next one.
    """
    reader, lines = LineReader(f"{text}\n".encode()), text.split("\n")
    with suppress(SyntaxError):  # a truncated text keeps its complete statements
        for quad in parse(reader, RdfFormat.TRIG, base_iri=base):
            name, subject, predicate, value = position_terms(quad)
            first = reader.line - 1 - value.count("\n")
            is_long = first >= 0 and any(quotes in lines[first] for quotes in LONG_QUOTES)
            line = first + 1 if is_long else reader.line
            yield Position(name or graph, subject, predicate, value, line)
            if isinstance(quad.object, Triple):
                subject, predicate, value = map(term, quad.object)
                yield Position(name or graph, subject, predicate, value, line)


def read_master_file(path: Path, graph: str | None) -> MasterFile:
    """Return the file at a path, with its triples in `graph` if that is given.

    Raises DataError if it is not UTF-8, not Turtle or TriG, or has triples without a graph.
    """
    file = MasterFile(path, "", graph, ())
    content = read_bytes(path)
    form = RdfFormat.from_extension(path.suffix[1:])
    try:
        original = content.decode("utf-8-sig")
        text = rebase(original)
        for document in dict.fromkeys((original, text)):  # an error in the original has its column
            quads = tuple(parse(document, form, base_iri=BASE))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise DataError([Finding(file.name, line, "is not UTF-8")]) from None
    except SyntaxError as first:
        errors = list(find_syntax_errors(document, form)) or [first]
        raise DataError(
            [Finding(file.name, error.lineno, describe_error(error)) for error in errors]
        ) from None
    if graph is not None:
        name = NamedNode(graph)
        quads = tuple(Quad(quad.subject, quad.predicate, quad.object, name) for quad in quads)
    file = MasterFile(path, text, graph, quads)
    require_named_graphs(file)
    return file


def find_syntax_errors(document: str, form: RdfFormat | None) -> Iterator[SyntaxError]:
    """Yield the first syntax error of each block of a document.

    Each graph of a TriG document is parsed alone, behind the prologue and with empty lines in the
    place of the others: what follows an error in its graph is no error.
    """
    lines = document.split("\n")
    graphs = [number for number, line in enumerate(lines) if OPENING_GRAPH.match(line)]
    starts = [0, *graphs] if form == RdfFormat.TRIG else [0]
    for start, end in pairwise([*starts, len(lines)]):
        kept = [
            line if start <= number < end or number < starts[1 % len(starts)] else ""
            for number, line in enumerate(lines)
        ]
        try:
            for _ in parse("\n".join(kept), form, base_iri=BASE):
                pass
        except SyntaxError as error:
            yield error
            if start == 0:  # an error of the prologue is one of each graph
                return


def read_bytes(path: Path) -> bytes:
    """Return the content of a file; raises DataError if it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError([Finding(str(path), None, error.strerror or str(error))]) from None


def replace_file(target: Path, body: bytes) -> None:
    """Replace a file atomically, and keep its mode."""
    fresh = target.with_name(f".{target.name}-{os.getpid()}")
    try:
        fresh.write_bytes(body)
        with suppress(FileNotFoundError):
            shutil.copymode(target, fresh)
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)


def describe_error(error: SyntaxError) -> str:
    """Return the start of the parser's message without the line, which the finding gives."""
    return f"column {error.offset}: {(error.msg.partition(': ')[2] or error.msg)[:MOST_MESSAGE]}"


def require_named_graphs(file: MasterFile) -> None:
    """Raise DataError if a triple is in no named graph."""
    loose = [quad for quad in file.quads if isinstance(quad.graph_name, DefaultGraph)]
    if loose:
        message = "a triple stands in no named graph"
        raise DataError(
            [Finding(file.name, line_of(file, *position_terms(quad)), message) for quad in loose]
        )


def position_terms(quad: Quad) -> tuple[str, str, str, str]:
    """Return the terms of a quad as the strings of a `Position`."""
    return graph_of(quad), term(quad.subject), term(quad.predicate), term(quad.object)


def term(node: NamedNode | BlankNode | Literal | Triple) -> str:
    """Return a term as the string of a `Position`."""
    if isinstance(node, BlankNode):
        return BLANK
    return str(node) if isinstance(node, Triple) else node.value


def line_of(
    file: MasterFile,
    graph: str | None = None,
    subject: str | None = None,
    predicate: str | None = None,
    value: str | None = None,
) -> int | None:
    """Return the first line of a statement that matches the terms; None matches any term."""
    for position in file.positions:
        if (
            graph in {None, position.graph}
            and subject in {None, position.subject}
            and predicate in {None, position.predicate}
            and value in {None, position.object}
        ):
            return position.line
    return None
