"""Reads terms: literals, variables, blank nodes, and IRIs, which the engine's resolver resolves."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Variable, parse

from graph.errors import UnreadableQueryError
from graph.sparql.cursor import Cursor
from graph.sparql.syntax import Name, Node, TripleTerm
from graph.sparql.token import Token
from ontology.terms import RDF, XSD

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

    def replace_escape(match: re.Match[str]) -> str:
        short, long, letter = match.groups()
        if letter is None:
            return chr(int(short or long, 16))
        if letter not in LETTERS:
            raise UnreadableQueryError(f"SPARQL has no escape \\{letter}")
        return LETTERS[letter]

    try:
        unescaped = ESCAPED.sub(replace_escape, text)
        unescaped.encode()  # half of a surrogate pair is no character
    except (ValueError, OverflowError):
        raise UnreadableQueryError("an escape names no character") from None
    return unescaped


def resolve_iri(reference: str, base: str | None) -> NamedNode:
    """Return the IRI of a reference, by the engine's own resolver (RFC 3986, section 5)."""
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
        self.labels = {token.text for token in self.tokens if token.kind == "blank"}
        self.fresh = 0

    def read_prologue(self) -> None:
        """Read BASE, PREFIX and VERSION declarations."""
        while True:
            if self.take_word("BASE"):
                self.base = self.read_reference().value
            elif self.take_word("PREFIX"):
                name = self.advance()
                if name.kind != "name" or not name.text.endswith(":"):
                    raise UnreadableQueryError("a prefix expected")
                self.prefixes[name.text[:-1]] = self.read_reference().value
            elif self.take_word("VERSION"):
                self.read_literal()
            else:
                return

    def read_reference(self) -> NamedNode:
        """Read an IRI in angle brackets."""
        if self.token.kind != "iri":
            raise self.complain("an IRI")
        return resolve_iri(unescape(self.advance().text[1:-1]), self.base)

    def is_at_iri(self) -> bool:
        """Return whether the cursor is at an IRI, in full or with a prefix."""
        return self.token.kind in {"iri", "name"}

    def read_iri(self) -> NamedNode:
        """Read an IRI, in full or with a prefix."""
        if self.token.kind != "name":
            return self.read_reference()
        prefix, _, local = self.token.text.partition(":")
        if prefix not in self.prefixes:
            raise UnreadableQueryError(f"the prefix {prefix}: is not declared", self.token.start)
        self.advance()
        return resolve_iri(self.prefixes[prefix] + re.sub(r"\\(.)", r"\1", local), self.base)

    def read_variable(self) -> Variable:
        """Read a variable."""
        if self.token.kind != "variable":
            raise self.complain("a variable")
        return Variable(self.advance().text[1:])

    def read_name(self) -> Name:
        """Read a variable or an IRI."""
        return self.read_variable() if self.token.kind == "variable" else self.read_iri()

    def is_at_literal(self) -> bool:
        """Return whether the cursor is at a literal."""
        return (
            self.token.kind in {"string", "long", *NUMBER}
            or self.is_at_word("TRUE", "FALSE")
            or (self.is_at("+", "-") and self.next_token.kind in NUMBER)
        )

    def read_literal(self) -> Literal:
        """Read a literal."""
        sign = self.advance().text if self.is_at("+", "-") else ""
        if self.token.kind not in {"word", "string", "long", *NUMBER}:
            raise self.complain("a literal")
        token = self.advance()
        if token.kind in NUMBER:
            return Literal(sign + token.text, datatype=NamedNode(XSD + token.kind))
        if token.kind == "word":
            return Literal(token.text.lower(), datatype=XSD.BOOLEAN)
        return self.read_literal_suffix(unquote(token))

    def read_literal_suffix(self, text: str) -> Literal:
        """Read the language tag or datatype after a string; return the literal of both."""
        if self.token.kind == "language":
            return Literal(text, language=self.advance().text[1:])
        return Literal(text, datatype=self.read_iri()) if self.take("^^") else Literal(text)

    def read_node(self) -> Node:
        """Read a term of a triple pattern, other than a collection or a property list."""
        if self.token.kind == "variable":
            return self.read_variable()
        if self.token.kind == "blank":
            return BlankNode(self.advance().text[2:])
        if self.is_at("<<"):
            return self.nest(self.read_triple_term)
        if self.take("["):
            self.expect("]")
            return self.make_blank_node()
        return self.read_literal() if self.is_at_literal() else self.read_iri()

    def read_triple_term(self) -> TripleTerm:
        """Read `<<( s p o )>>`."""
        self.expect("<<")
        self.expect("(")
        term = TripleTerm(self.read_node(), self.read_simple_verb(), self.read_node())
        self.expect(")")
        self.expect(">>")
        return term

    def read_simple_verb(self) -> Name:
        """Read a variable, an IRI or `a`."""
        if self.token.text == "a":
            self.advance()
            return RDF.TYPE
        return self.read_name()

    def make_blank_node(self) -> BlankNode:
        """Return a blank node with a label that the text does not have."""
        self.fresh += 1
        while f"_:fresh{self.fresh}" in self.labels:
            self.fresh += 1
        return BlankNode(f"fresh{self.fresh}")


def unquote(token: Token) -> str:
    """Return the value of a string."""
    width = 3 if token.kind == "long" else 1
    return unescape(token.text[width:-width])
