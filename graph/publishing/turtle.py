"""Turtle and TriG for readers: a head, headings, and one block of lines for each subject.

https://www.w3.org/TR/rdf12-turtle/; the engine writes the terms.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

from pyoxigraph import Quad, RdfFormat, serialize

from graph.answering.evaluation import find_prefixes
from graph.dataset import graph_of
from graph.publishing.reading_order import ReadingOrder, find_graph_heading, term_text

HEADING_WIDTH: Final = 100
"""The characters of a heading line."""


def write_turtle(quads: Iterable[Quad], order: ReadingOrder, head: Iterable[str] = ()) -> bytes:
    """Return the triples as Turtle, with the head as comment lines."""
    ordered = order.sort(quads)
    prefixes = find_prefixes(ordered)
    lines = [*write_opening(head, prefixes)]
    heading = ""
    for subject, block in split_subjects(ordered, prefixes):
        if order.find_heading(subject) != heading:
            heading = order.find_heading(subject)
            lines += ["", write_heading(heading)]
        lines += ["", *block]
    return encode_lines(lines)


def write_trig(quads: Iterable[Quad], order: ReadingOrder, head: Iterable[str] = ()) -> bytes:
    """Return the quads as TriG: one graph after another, each in the order of the Turtle."""
    ordered = order.sort(quads)
    prefixes = find_prefixes(ordered)
    lines = [*write_opening(head, prefixes)]
    heading = ""
    for name, group in groupby(ordered, graph_of):
        inside = [
            line for _, block in split_subjects(list(group), prefixes) for line in ("", *block)
        ]
        if name and find_graph_heading(name) != heading:
            heading = find_graph_heading(name)
            lines += ["", write_heading(heading)]
        lines += enclose_graph(name, inside[1:]) if name else inside
    return encode_lines(lines)


def enclose_graph(graph: str, lines: Iterable[str]) -> list[str]:
    """Return the lines of a named graph, in braces and indented."""
    return ["", f"<{graph}> {{", *(f"\t{line}" if line else line for line in lines), "}"]


def write_heading(heading: str) -> str:
    """Return a heading as a comment line, filled with dashes."""
    return f"# ── {heading} ".ljust(HEADING_WIDTH, "─")


def encode_lines(lines: Iterable[str]) -> bytes:
    """Return the lines as the bytes of a file."""
    return ("\n".join(lines) + "\n").lstrip("\n").encode()


def write_opening(head: Iterable[str], prefixes: dict[str, str]) -> Iterator[str]:
    """Yield the head as comments, then the prefix declarations."""
    comments = [f"# {line}" for line in head]
    yield from [*comments, ""] if comments else ()
    width = max(map(len, prefixes), default=0) + 1
    for prefix, namespace in prefixes.items():
        yield f"@prefix {prefix + ':':<{width}} <{namespace}> ."


def split_subjects(
    ordered: list[Quad], prefixes: dict[str, str]
) -> Iterator[tuple[str, list[str]]]:
    """Yield each subject with its lines.

    The engine writes a subject at the start of a line, and each further property after a tab.
    """
    triples = [quad.triple for quad in ordered]
    text = (serialize(triples, format=RdfFormat.TURTLE, prefixes=prefixes) or b"").decode()
    lines = (line for line in text.removesuffix("\n").split("\n") if not line.startswith("@prefix"))
    blocks: list[list[str]] = []
    for line in lines:
        if line.startswith("\t"):
            blocks[-1].append(line)
        elif line:
            blocks.append([line])
    subjects = [
        term_text(subject) for subject, _ in groupby(triples, lambda triple: triple.subject)
    ]
    yield from zip(subjects, blocks, strict=True)
