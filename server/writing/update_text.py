"""The text of an update: its operations, and the text rewritten for a worker.

USING clauses are put in, and LOAD SILENT is taken out. LOAD is never executed: a worker cannot open
a socket, and some addresses would end the worker that tried. So LOAD is forbidden, and LOAD SILENT,
which may fail without notice, does nothing.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Store

from graph.answering.complaint import explain_update_error
from graph.errors import QuerySyntaxError
from graph.sparql.token import Token, locate, scan_top_level
from ontology.namespace import PREFIXES
from server.request import Update

DATASET_WORDS: Final = frozenset({"USING", "WITH"})
"""The keywords with which an update names its own dataset."""

NO_OPERATION: Final = "ADD DEFAULT TO DEFAULT"
"""An update that changes nothing (SPARQL 1.1 Update, section 3.2.5)."""

FAILING_OPERATION: Final = "DROP GRAPH <x:> ; "
"""An update that fails on an empty store, so that the text after it is parsed and not executed."""

ERROR_POSITION: Final = re.compile(r"(?<=error at )(\d+):(\d+)")
"""The line and column of a syntax error in pyoxigraph's message."""


def add_using(update: Update) -> str:
    """Return the text of an update with the graphs of its request as USING clauses.

    Raises QuerySyntaxError if the text names its dataset itself (SPARQL 1.1 Protocol, section
    2.2.3). DELETE WHERE cannot have USING, so its template is written out before the clauses.
    """
    clauses = [f"USING <{graph}>" for graph in update.using_graphs]
    clauses += [f"USING NAMED <{graph}>" for graph in update.using_named_graphs]
    text = update.text
    if not clauses:
        return text
    using = " ".join(clauses)
    top = scan_top_level(text)
    words = [token.text.upper() if token.kind == "word" else "" for token in top]
    for token, word in zip(top, words, strict=True):
        if word in DATASET_WORDS:
            message = f"{word} beside using-graph-uri or using-named-graph-uri"
            raise QuerySyntaxError(message, *locate(text, token.start))
    for number in reversed(range(1, len(top) - 2)):  # from the end, so that positions stay valid
        if words[number] == "WHERE":
            opening, closing = top[number + 1], top[number + 2]
            delete_where = words[number - 1] == "DELETE"
            pattern = update.text[opening.start : closing.start + 1] if delete_where else ""
            start = top[number].start
            text = f"{text[:start]}{pattern} {using} {text[start:]}"
    return text


def remove_silent_loads(text: str) -> str:
    """Return the text of an update with NO_OPERATION in the place of each LOAD SILENT."""
    top = scan_top_level(text)
    for number in reversed(range(len(top) - 2)):
        words = [token.text.upper() for token in top[number : number + 2]]
        if words == ["LOAD", "SILENT"] and top[number + 2].kind in {"iri", "name"}:
            last = end_of_load(top, number + 2)
            text = text[: top[number].start] + NO_OPERATION + text[last.start + len(last.text) :]
    return text


def end_of_load(tokens: list[Token], source: int) -> Token:
    """Return the last token of the LOAD whose source is at an index of the tokens."""
    into = [token.text.upper() for token in tokens[source + 1 : source + 3]]
    end = source + 3 if into == ["INTO", "GRAPH"] and source + 3 < len(tokens) else source
    return tokens[end]


def require_syntax(text: str, base: str | None) -> None:
    """Raise QuerySyntaxError unless the text is an update; it is not executed."""
    start = first_operation(text)
    try:
        with contextlib.suppress(RuntimeError):
            failing = text[:start] + FAILING_OPERATION + text[start:]
            Store().update(failing, base_iri=base, prefixes=PREFIXES)
    except SyntaxError as error:
        line, column = locate(text, start)
        message = ERROR_POSITION.sub(lambda match: shift_back(match, line, column), str(error))
        raise explain_update_error(message, text) from None


def first_operation(text: str) -> int:
    """Return the offset of the first operation of an update, after its prefixes and base."""
    declaration = ""
    for token in scan_top_level(text):
        word = token.text.upper() if token.kind == "word" else ""
        if word in {"PREFIX", "BASE"}:
            declaration = word
        elif declaration and token.kind == "iri":
            declaration = ""
        elif not declaration:
            return token.start
    return len(text)


def shift_back(match: re.Match[str], line: int, column: int) -> str:
    """Return the position of an error in the text as sent, without FAILING_OPERATION.

    That was put in at a line and column.
    """
    error_line, error_column = int(match[1]), int(match[2])
    shifted = error_line == line and error_column >= column + len(FAILING_OPERATION)
    return f"{error_line}:{error_column - (len(FAILING_OPERATION) if shifted else 0)}"


DECLARATIONS: Final = {"PREFIX": 3, "BASE": 2, "VERSION": 2}
"""The keywords of a prologue, and the number of tokens of each declaration."""


@dataclass(frozen=True, slots=True)
class UpdateOperation:
    """One operation of a text: its tokens outside brackets, and the prologue that applies to it."""

    prologue: str
    source: str
    tokens: tuple[Token, ...]

    @property
    def text(self) -> str:
        """The text of the operation, without its prologue."""
        return text_between(self.source, self.tokens)

    @property
    def words(self) -> list[str]:
        """Its keywords in upper case, with "" for each token that is no keyword."""
        return [token.text.upper() if token.kind == "word" else "" for token in self.tokens]

    @property
    def names(self) -> list[str]:
        """The graphs that it names, as written; DEFAULT counts as a graph."""
        return [
            token.text
            for token, word in zip(self.tokens, self.words, strict=True)
            if token.kind in {"iri", "name"} or word == "DEFAULT"
        ]

    @property
    def template(self) -> str:
        """The WITH clause, which names the graph of its templates, or ""."""
        return text_between(self.source, self.tokens[:2]) if self.words[0] == "WITH" else ""

    @property
    def dataset(self) -> str:
        """Its USING clauses, as the FROM clauses of a query."""
        words = self.words
        start, end = words.index("USING") if "USING" in words else 0, words.index("WHERE")
        parts = zip(self.tokens[start:end] if start else (), words[start:end], strict=False)
        return " ".join("FROM" if word == "USING" else token.text for token, word in parts)

    def block(self, keyword: str) -> str | None:
        """Return the text in the braces after a keyword, or None without braces."""
        for index, word in enumerate(self.words[:-1]):
            if word == keyword and self.tokens[index + 1].text == "{":
                opening, closing = self.tokens[index + 1], self.tokens[index + 2]
                return self.source[opening.start + 1 : closing.start]
        return None


def split_operations(text: str) -> list[UpdateOperation]:
    """Return the operations of an update, first to last; the text must be a valid update."""
    operations, prologue = [], ""
    for tokens in split_at_semicolons(scan_top_level(text)):
        start = 0
        while start < len(tokens) and (word := tokens[start].text.upper()) in DECLARATIONS:
            start += DECLARATIONS[word]
        prologue += text_between(text, tokens[:start]) + "\n"
        if tokens[start:]:
            operations.append(UpdateOperation(prologue, text, tokens[start:]))
    return operations


def split_at_semicolons(tokens: list[Token]) -> Iterator[tuple[Token, ...]]:
    """Yield the tokens between one semicolon and the next."""
    part: list[Token] = []
    for token in tokens:
        if token.text == ";":
            yield tuple(part)
            part = []
        else:
            part.append(token)
    yield tuple(part)


def text_between(text: str, tokens: tuple[Token, ...]) -> str:
    """Return the text from the first token to the last, "" without tokens."""
    if not tokens:
        return ""
    return text[tokens[0].start : tokens[-1].start + len(tokens[-1].text)]
