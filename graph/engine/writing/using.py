"""The dataset parameters of an update, written into its text as USING clauses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from graph.engine.request import Update
from graph.errors import QuerySyntaxError
from graph.sparql.lenient_lexer import position, top_level

OWN: Final = frozenset({"USING", "WITH"})


@dataclass(frozen=True, slots=True)
class Edit:
    """A piece of text that is put in at a place."""

    start: int
    text: str


def with_using(update: Update) -> str:
    """Return the text of an update, made to read the graphs of its request.

    A text that names its dataset itself is the client's fault (SPARQL 1.1 Protocol, section 2.2.3).
    `DELETE WHERE` has no place for USING, so it is written out with its template.
    """
    clauses = [f"USING <{graph}>" for graph in update.using_graphs]
    clauses += [f"USING NAMED <{graph}>" for graph in update.using_named_graphs]
    if not clauses:
        return update.text
    text = update.text
    for edit in reversed(edits(text, " ".join(clauses))):
        text = text[: edit.start] + edit.text + text[edit.start :]
    return text


def edits(text: str, using: str) -> list[Edit]:
    """Return where a text takes its USING clauses, first to last."""
    found: list[Edit] = []
    top = top_level(text)
    for number, token in enumerate(top):
        word = token.text.upper() if token.kind == "word" else ""
        if word in OWN:
            raise QuerySyntaxError(
                f"{word} beside using-graph-uri or using-named-graph-uri",
                *position(text, token.start),
            )
        if word == "WHERE" and number and number + 2 < len(top):
            pattern = ""
            if top[number - 1].text.upper() == "DELETE":
                opening, closing = top[number + 1], top[number + 2]
                pattern = text[opening.start : closing.start + 1]
            found.append(Edit(token.start, f"{pattern} {using} "))
    return found
