"""The lines of the statements of a Turtle or TriG file: parsers of RDF do not keep them.

A recursive descent over the grammar (https://www.w3.org/TR/trig/#sec-grammar-grammar). It reports
no errors: pyoxigraph has parsed the text before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urljoin

from ontology.terms import RDF

BLANK: Final = "_:"
"""Any blank node: labels mean nothing outside the file."""

TOKEN: Final = re.compile(
    r"""(?P<skip>\s+|\#[^\n]*)
    |(?P<iri><[^<>"{}|^`\x00-\x20]*>)
    |(?P<string>\"{3}(?:\"{0,2}(?:[^"\\]|\\.))*\"{3}|'{3}(?:'{0,2}(?:[^'\\]|\\.))*'{3}
        |"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<tag>@[A-Za-z0-9-]+)
    |(?P<mark><<\(?|\)?>>|\^\^|\{\||\|\}|[{}.;,\[\]()~])
    |(?P<name>(?:[^\s<>"'{}|~;,\[\]()\#^@\\.]|\\.|\.(?=[^\s<>"'{}|~;,\[\]()\#^@]))+)""",
    re.VERBOSE | re.DOTALL,
)
SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
ESCAPE: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
CONTROL: Final = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


@dataclass(frozen=True, slots=True)
class Position:
    """A statement and its line; terms are IRIs, the text of literals, or `BLANK`."""

    graph: str
    subject: str
    predicate: str
    object: str
    line: int


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A piece of the text, its kind (a group of `TOKEN`) and its line."""

    kind: str
    text: str
    line: int


def find_positions(text: str, base: str, graph: str = "") -> list[Position]:
    """Return the statements of a document in order; a statement outside a block is in `graph`."""
    walk = Walk(list(tokenise(text)), base, graph)
    with suppress(IndexError):  # a truncated text keeps its complete statements
        walk.document()
    return walk.positions


def tokenise(text: str) -> Iterator[Lexeme]:
    """Yield the tokens of a text, without comments and white space."""
    line, at = 1, 0
    while match := TOKEN.match(text, at):
        if match.lastgroup and match.lastgroup != "skip":
            yield Lexeme(match.lastgroup, match[0], line)
        line += match[0].count("\n")
        at = match.end()


def unescape(text: str) -> str:
    """Return the text with its numeric, string and local-name escapes resolved."""

    def character(match: re.Match[str]) -> str:
        code = match[1] or match[2]
        return chr(int(code, 16)) if code else CONTROL.get(match[3], match[3])

    return ESCAPE.sub(character, text)


@dataclass(slots=True)
class Walk:
    """A walk over the tokens of a document; raises IndexError if they end too soon."""

    ahead: list[Lexeme]
    base: str
    graph: str
    prefixes: dict[str, str] = field(default_factory=dict)
    positions: list[Position] = field(default_factory=list)
    at: int = 0

    def next(self) -> Lexeme:
        """Return the next token and step over it."""
        self.at += 1
        return self.ahead[self.at - 1]

    def sees(self, *texts: str) -> bool:
        """Return whether the next token is one of the texts."""
        return self.at < len(self.ahead) and self.ahead[self.at].text in texts

    def takes(self, *texts: str) -> bool:
        """Step over the next token if it is one of the texts; return whether it was."""
        seen = self.sees(*texts)
        self.at += seen
        return seen

    def document(self) -> None:
        """Walk over directives, blocks and triples to the end."""
        while self.at < len(self.ahead):
            keyword = self.ahead[self.at].text.lower().lstrip("@")
            if keyword in {"prefix", "base"} and self.ahead[self.at].kind in {"tag", "name"}:
                self.directive(keyword)
            elif self.takes("{"):
                self.block(self.graph)
            else:
                if keyword == "graph":
                    self.at += 1
                term = self.term()
                if self.takes("{"):
                    self.block(term)
                else:
                    self.predicates(term)
                    self.takes(".")

    def directive(self, keyword: str) -> None:
        """Walk over a prefix or a base, and store it."""
        self.at += 1
        if keyword == "prefix":
            name = self.next().text
            self.prefixes[name[:-1]] = self.term()
        else:
            self.base = self.term()
        self.takes(".")

    def block(self, graph: str) -> None:
        """Walk over the triples of a named graph to its closing brace."""
        outer, self.graph = self.graph, graph
        while not self.takes("}"):
            self.predicates(self.term())
            self.takes(".")
        self.graph = outer

    def predicates(self, subject: str) -> None:
        """Walk over the predicates and objects of a subject, and store its statements."""
        while not self.sees(".", "}", "]", "|}"):
            predicate = self.term()
            while True:
                line = self.ahead[self.at].line
                self.positions.append(Position(self.graph, subject, predicate, self.term(), line))
                self.annotations()
                if not self.takes(","):
                    break
            while self.takes(";"):
                pass

    def annotations(self) -> None:
        """Walk over the annotations of a triple, `~ name {| ... |}`, and store their statements."""
        reifier = BLANK
        while self.sees("~", "{|"):
            if self.takes("~"):
                reifier = BLANK if self.sees("{|", "~", ".", ";", ",", "}") else self.term()
            else:
                self.at += 1
                self.predicates(reifier)
                self.takes("|}")

    def term(self) -> str:
        """Walk over the next term and its nested terms; return it."""
        token = self.next()
        if token.kind == "mark":
            return self.bracketed_term(token.text)
        if token.kind == "string":
            return self.literal(token.text)
        if token.kind == "iri":
            return self.resolve(unescape(token.text[1:-1]))
        return self.name(token.text)

    def bracketed_term(self, opening: str) -> str:
        """Walk to the end of the term that a mark opens; return it."""
        if opening == "<<":
            return self.reified_triple()
        if opening == "[":
            self.predicates(BLANK)
            self.next()
        while opening in {"(", "<<("} and not self.takes(")", ")>>"):
            self.term()
        return BLANK

    def reified_triple(self) -> str:
        """Store the triple of `<< subject predicate object ~ name >>`; return its name."""
        subject, predicate = self.term(), self.term()
        line = self.ahead[self.at].line
        self.positions.append(Position(self.graph, subject, predicate, self.term(), line))
        reifier = self.term() if self.takes("~") and not self.sees(">>") else BLANK
        self.takes(">>")
        return reifier

    def resolve(self, iri: str) -> str:
        """Resolve an IRI against the base; urljoin alone would drop a last `#`."""
        if SCHEME.match(iri):
            return iri
        return urljoin(self.base, iri) + ("#" if iri.endswith("#") else "")

    def literal(self, text: str) -> str:
        """Step over the language or datatype of a literal; return its text."""
        if self.at < len(self.ahead) and self.ahead[self.at].kind == "tag":
            self.at += 1
        elif self.takes("^^"):
            self.term()
        quotes = 3 if text[:3] in {'"""', "'''"} else 1
        return unescape(text[quotes:-quotes])

    def name(self, text: str) -> str:
        """Return the IRI of a prefixed name, or the text of a number or a boolean."""
        if text == "a":
            return RDF.TYPE.value
        prefix, colon, local = text.partition(":")
        if prefix == "_":
            return BLANK
        return self.prefixes.get(prefix, "") + unescape(local) if colon else text
