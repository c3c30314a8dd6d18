"""A file of the master copy: its text, its quads, and the lines on which they stand."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Triple, parse

from graph.curating.position import BLANK, Position, positions
from graph.dataset import graph_of
from graph.errors import DataError, Finding
from ontology.namespace import BASE, rebase


@dataclass(frozen=True)
class MasterFile:
    """A Turtle or TriG file that has been read; `name` is what findings call it.

    The text has the IRIs of this base, on the lines of the file.
    """

    path: Path
    text: str
    graph: str | None
    quads: tuple[Quad, ...] = field(repr=False)

    @property
    def name(self) -> str:
        """Return the path as short as it can be typed where the person stands."""
        with suppress(OSError, ValueError):  # no folder to stand in, or not below it
            return str(self.path.relative_to(Path.cwd()))
        return str(self.path)

    @cached_property
    def positions(self) -> list[Position]:
        """Return the statements of the file with their lines, in order."""
        return positions(self.text, BASE, self.graph or "")


def read_master_file(path: Path, graph: str | None) -> MasterFile:
    """Return the file at the path, its triples in `graph` where the file names none.

    Raises DataError where it is not UTF-8, not Turtle or TriG, or leaves a triple without a graph.
    """
    file = MasterFile(path, "", graph, ())
    content = read_bytes(path)
    form = RdfFormat.from_extension(path.suffix[1:])
    try:
        written = content.decode("utf-8-sig")
        text = rebase(written)
        for one in dict.fromkeys((written, text)):  # as written first: its columns are the file's
            quads = tuple(parse(one, form, base_iri=BASE))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise DataError([Finding(file.name, line, "is not UTF-8")]) from None
    except SyntaxError as error:
        raise DataError([Finding(file.name, error.lineno, complaint(error))]) from None
    if graph is not None:
        name = NamedNode(graph)
        quads = tuple(Quad(quad.subject, quad.predicate, quad.object, name) for quad in quads)
    file = MasterFile(path, text, graph, quads)
    require_named_graphs(file)
    return file


def read_bytes(path: Path) -> bytes:
    """Return what stands in the file; raises DataError where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError([Finding(str(path), None, error.strerror or str(error))]) from None


def complaint(error: SyntaxError) -> str:
    """Return what the parser says without the position, which the finding gives."""
    return f"column {error.offset}: {error.msg.partition(': ')[2] or error.msg}"


def require_named_graphs(file: MasterFile) -> None:
    """Raise DataError where a triple stands in no named graph."""
    loose = [quad for quad in file.quads if isinstance(quad.graph_name, DefaultGraph)]
    if loose:
        message = "a triple stands in no named graph"
        raise DataError(
            [Finding(file.name, line_of(file, *spoken(quad)), message) for quad in loose]
        )


def spoken(quad: Quad) -> tuple[str, str, str, str]:
    """Return the terms of a quad in the words of `Position`."""
    return graph_of(quad), term(quad.subject), term(quad.predicate), term(quad.object)


def term(node: NamedNode | BlankNode | Literal | Triple) -> str:
    """Return one term in the words of `Position`."""
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
    """Return the first line of the file on which such a statement stands; None fits any term."""
    for position in file.positions:
        if (
            graph in {None, position.graph}
            and subject in {None, position.subject}
            and predicate in {None, position.predicate}
            and value in {None, position.object}
        ):
            return position.line
    return None
