"""Rows are read and written as the terms that their numbers stand for."""

from __future__ import annotations

import json

from pyoxigraph import BlankNode, Literal, NamedNode

from graph.citing.answering.row import Rows, TermRow
from graph.citing.following.solution import Numbering
from graph.reasoning.facts.fact import Lexicon

KNOWN, NEW = NamedNode("x:known"), NamedNode("x:new")
ROWS: list[TermRow] = [
    (KNOWN, Literal("a", language="en")),
    (None, BlankNode("b")),
    (NEW, None),
    (None, None),
]


def test_rows_are_read_as_they_were_numbered_and_in_parts_too() -> None:
    rows = Rows.of(ROWS)
    assert list(rows) == ROWS
    assert list(rows[1:3]) == ROWS[1:3]
    assert rows[-1] == (None, None)


def test_a_term_of_the_dataset_is_read_only_when_it_is_asked_for() -> None:
    lexicon = Lexicon()
    number = lexicon.number(KNOWN)
    lexicon.pack()
    terms = Numbering(lexicon)
    assert terms.cells[b"<x:known>"] == number
    assert number not in terms.named
    assert (terms.iri(number), terms.iri(terms[NEW])) == ("x:known", "x:new")
    assert terms.iri(terms[BlankNode("b")]) is None
    assert list(Rows([(number,)], terms)) == [(KNOWN,)]


def test_what_is_unbound_is_left_out_of_what_is_written() -> None:
    found = json.loads(b"[%b]" % b"".join(Rows.of(ROWS).json(["x", "y"])))
    assert [list(row) for row in found] == [["x", "y"], ["y"], ["x"], []]
    assert found[2]["x"] == {"type": "uri", "value": "x:new"}
    assert Rows.of([(), ()]).json([]) == [b"{},{}"]
