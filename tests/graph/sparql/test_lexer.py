"""The tokens of SPARQL, and the clauses at the top of a query."""

from __future__ import annotations

import pytest

from graph.sparql.lexer import DatasetClause, dataset_clause, position, tokens


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("?s <http://e/p> 'x'@en", "variable iri string word"),
        ('"a \\" b" """c " d"""', "string string"),
        ("'''it's''' # comment { \n :a", "string name"),
        ("ex:a.b. _:b1.", "name sign name sign"),
        ("1.5e3 || ?x<=3", "number sign variable sign number"),
        ("ex:%41\\,b", "name"),
        ("<http://e/\\u0070>", "iri"),
    ],
)
def test_a_text_falls_into_its_tokens(text: str, kinds: str) -> None:
    assert " ".join(token.kind for token in tokens(text)) == kinds


def test_a_place_has_a_line_and_a_column_that_count_from_one() -> None:
    assert position("ab\ncd", 0) == (1, 1)
    assert position("ab\ncd", 4) == (2, 2)


@pytest.mark.parametrize(
    ("text", "default", "named"),
    [
        ("SELECT * { ?s ?p 'FROM <http://e/no>' }", (), ()),
        ("SELECT * FROM <http://e/a> FROM <http://e/a> { ?s ?p ?o }", ("http://e/a",), ()),
        ("PREFIX x: <http://e/> ASK FROM NAMED x:a {}", (), ("http://e/a",)),
        (
            "BASE <http://e/d/> ASK FROM <a> FROM NAMED <../b> {}",
            ("http://e/d/a",),
            ("http://e/b",),
        ),
        ("# FROM <x:no>\nCONSTRUCT { ?s ?p ?o } FROM k:a WHERE { }", ("known/a",), ()),
        ("ASK FROM <http://e/\\u0061> {}", ("http://e/a",), ()),
    ],
)
def test_the_from_clauses_name_the_dataset(
    text: str, default: tuple[str, ...], named: tuple[str, ...]
) -> None:
    assert dataset_clause(text, {"k": "known/"}) == DatasetClause(default, named)
