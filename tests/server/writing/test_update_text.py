"""The rewriting of an update: USING clauses are put in, and LOAD SILENT is taken out."""

import pytest

from graph.errors import QuerySyntaxError
from server.request import Update
from server.writing.update_text import (
    NO_OPERATION,
    add_using,
    remove_silent_loads,
    require_syntax,
)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("LOAD SILENT <x:a>", NO_OPERATION),
        ("load silent <x:a> into graph <x:b>", NO_OPERATION),
        ("LOAD SILENT x:a INTO GRAPH x:b", NO_OPERATION),
        ("CLEAR ALL ; LOAD SILENT <x:a> ; CLEAR ALL", f"CLEAR ALL ; {NO_OPERATION} ; CLEAR ALL"),
        ("LOAD SILENT <x:a> ;LOAD SILENT <x:b>", f"{NO_OPERATION} ;{NO_OPERATION}"),
        ("LOAD <x:a>", "LOAD <x:a>"),
        ("LOAD SILENT ;", "LOAD SILENT ;"),
        ("LOAD SILENT <x:a> INTO <x:b>", f"{NO_OPERATION} INTO <x:b>"),
        ("INSERT DATA { <x:a> <x:b> 'LOAD SILENT <x:a>' }",) * 2,
        ("", ""),
    ],
)
def test_a_silent_load_becomes_nothing(text: str, left: str) -> None:
    assert remove_silent_loads(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "LOAD <https://e/>",
        "BASE <http://e/> LOAD <x> INTO GRAPH <y>",
        "",
        "# nothing",
        NO_OPERATION,
    ],
)
def test_an_update_is_read_and_not_run(text: str) -> None:
    require_syntax(text, None)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("LOAD ;", 1, 7),
        ("CLEAR ALL ;;", 1, 13),
        ("LOAD <x:a> LOAD <x:b>", 1, 16),
        ("PREFIX x: <x:>\nLOAD <x:a> ;\nLOAD", 3, 5),
        ("PREFIX x:\nLOAD", 2, 1),
    ],
)
def test_what_is_no_update_is_told_where(text: str, line: int, column: int) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        require_syntax(text, None)
    assert (caught.value.line, caught.value.column) == (line, column)


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
    assert add_using(Update(text, using_graphs=("x:g",))) == rewritten
    assert add_using(Update(text)) == text


@pytest.mark.parametrize(
    "text", ["WITH <x:g> INSERT {} WHERE {}", "INSERT {} USING <x:g> WHERE {}"]
)
def test_a_text_that_names_its_dataset_takes_no_other(text: str) -> None:
    with pytest.raises(QuerySyntaxError):
        add_using(Update(text, using_named_graphs=("x:h",)))
