"""The dataset parameters of an update."""

from __future__ import annotations

import pytest

from graph.engine.request import Update
from graph.engine.writing.using import with_using
from graph.errors import QuerySyntaxError


@pytest.mark.parametrize(
    ("text", "rewritten"),
    [
        ("INSERT {} WHERE {}", "INSERT {}  USING <x:g> WHERE {}"),
        ("DELETE WHERE { ?s ?p ?o }", "DELETE { ?s ?p ?o } USING <x:g> WHERE { ?s ?p ?o }"),
        ("INSERT DATA { <x:s> <x:p> 'WHERE' }", "INSERT DATA { <x:s> <x:p> 'WHERE' }"),
        (
            "DELETE {} WHERE {{SELECT * WHERE {}}} ; INSERT {} WHERE {}",
            "DELETE {}  USING <x:g> WHERE {{SELECT * WHERE {}}} ; INSERT {}  USING <x:g> WHERE {}",
        ),
    ],
)
def test_each_operation_that_reads_takes_the_graphs(text: str, rewritten: str) -> None:
    assert with_using(Update(text, using_graphs=("x:g",))) == rewritten
    assert with_using(Update(text)) == text


@pytest.mark.parametrize(
    "text", ["WITH <x:g> INSERT {} WHERE {}", "INSERT {} USING <x:g> WHERE {}"]
)
def test_a_text_that_names_its_dataset_takes_no_other(text: str) -> None:
    with pytest.raises(QuerySyntaxError):
        with_using(Update(text, using_named_graphs=("x:h",)))
