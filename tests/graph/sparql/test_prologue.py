"""The clauses at the top of a query."""

import pytest

from graph.sparql.prologue import DatasetClause, read_dataset_clause


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
    assert read_dataset_clause(text, {"k": "known/"}) == DatasetClause(default, named)
