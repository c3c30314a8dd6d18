"""Reads terms: IRIs resolved as the engine resolves them, literals, variables, blank nodes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Variable, parse

from graph.errors import UnreadableQueryError
from graph.sparql.cursor import Cursor
from graph.sparql.syntax import Name, Node
from graph.sparql.terminal import Terminal
from ontology.terms import XSD

NUMBER: Final = ("integer", "decimal", "double")
LETTERS: Final = {
    "t": "\t",
    "b": "\b",
    "n": "\n",
    "r": "\r",
    "f": "\f",
    '"': '"',
    "'": "'",
    "\\": "\\",
}
ESCAPED: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
UNSAFE: Final = re.compile(r'[\x00-\x20<>"{}|^`\\]')


def unescape(text: str) -> str:
    """Return a string with its escapes replaced (section 19.7)."""

    def character(match: re.Match[str]) -> str:
        short, long, letter = match.groups()
        if letter is None:
            return chr(int(short or long, 16))
        if letter not in LETTERS:
            raise UnreadableQueryError(f"no such escape: \\{letter}")
        return LETTERS[letter]

    try:
        found = ESCAPED.sub(character, text)
        found.encode()  # half of a surrogate pair is no character
    except (ValueError, OverflowError):
        raise UnreadableQueryError("no such character") from None
    return found


def resolve(reference: str, base: str | None) -> NamedNode:
    """Return the IRI that a reference means, by the engine's own resolver (RFC 3986, section 5)."""
    if UNSAFE.search(reference):
        raise UnreadableQueryError(f"not an IRI: {reference}")
    try:
        subject = next(iter(parse(f"<{reference}> a 1 .", RdfFormat.TURTLE, base_iri=base))).subject
    except (SyntaxError, ValueError):
        raise UnreadableQueryError(f"not an IRI: {reference}") from None
    if not isinstance(subject, NamedNode):
        raise UnreadableQueryError(f"not an IRI: {reference}")
    return subject


class TermParser(Cursor):
    """Reads terms (the rules Var, iri, RDFLiteral, NumericLiteral, BooleanLiteral, BlankNode)."""

    def __init__(self, text: str, base: str | None, prefixes: Mapping[str, str]) -> None:
        super().__init__(text)
        self.base = base
        self.prefixes = dict(prefixes)
        self.labels = {terminal.text for terminal in self.terminals if terminal.kind == "blank"}
        self.fresh = 0

    def prologue(self) -> None:
        """Read BASE and PREFIX declarations."""
        while True:
            if self.take_word("BASE"):
                self.base = self.reference().value
            elif self.take_word("PREFIX"):
                name = self.advance()
                if name.kind != "name" or not name.text.endswith(":"):
                    raise UnreadableQueryError("a prefix expected")
                self.prefixes[name.text[:-1]] = self.reference().value
            else:
                return

    def reference(self) -> NamedNode:
        """Read an IRI in angle brackets."""
        if self.terminal.kind != "iri":
            raise self.unreadable("an IRI")
        return resolve(unescape(self.advance().text[1:-1]), self.base)

    def at_iri(self) -> bool:
        """Whether an IRI is next, written in full or with a prefix."""
        return self.terminal.kind in {"iri", "name"}

    def iri(self) -> NamedNode:
        """Read an IRI, written in full or with a prefix."""
        if self.terminal.kind != "name":
            return self.reference()
        prefix, _, local = self.advance().text.partition(":")
        if prefix not in self.prefixes:
            raise UnreadableQueryError(f"no such prefix: {prefix}:")
        return resolve(self.prefixes[prefix] + re.sub(r"\\(.)", r"\1", local), self.base)

    def variable(self) -> Variable:
        """Read a variable."""
        if self.terminal.kind != "variable":
            raise self.unreadable("a variable")
        return Variable(self.advance().text[1:])

    def name(self) -> Name:
        """Read a variable or an IRI."""
        return self.variable() if self.terminal.kind == "variable" else self.iri()

    def at_literal(self) -> bool:
        """Whether a literal is next."""
        return (
            self.terminal.kind in {"string", "long", *NUMBER}
            or self.at_word("TRUE", "FALSE")
            or (self.at("+", "-") and self.following.kind in NUMBER)
        )

    def literal(self) -> Literal:
        """Read a literal."""
        sign = self.advance().text if self.at("+", "-") else ""
        terminal = self.advance()
        if terminal.kind in NUMBER:
            return Literal(sign + terminal.text, datatype=NamedNode(XSD + terminal.kind))
        if terminal.kind == "word":
            return Literal(terminal.text.lower(), datatype=XSD.BOOLEAN)
        if terminal.kind not in {"string", "long"}:
            raise UnreadableQueryError(f"a literal expected, found {terminal.text!r}")
        return self.annotated(unquote(terminal))

    def annotated(self, text: str) -> Literal:
        """Read the language tag or datatype that may follow a string."""
        if self.terminal.kind == "language":
            return Literal(text, language=self.advance().text[1:])
        return Literal(text, datatype=self.iri()) if self.take("^^") else Literal(text)

    def node(self) -> Node:
        """Read a term of a triple pattern that is neither a list nor a property list."""
        if self.terminal.kind == "variable":
            return self.variable()
        if self.terminal.kind == "blank":
            return BlankNode(self.advance().text[2:])
        return self.literal() if self.at_literal() else self.iri()

    def anonymous(self) -> BlankNode:
        """Return a blank node with a label that the text does not use."""
        self.fresh += 1
        while f"_:fresh{self.fresh}" in self.labels:
            self.fresh += 1
        return BlankNode(f"fresh{self.fresh}")


def unquote(terminal: Terminal) -> str:
    """Return the value of a string terminal."""
    width = 3 if terminal.kind == "long" else 1
    return unescape(terminal.text[width:-width])
