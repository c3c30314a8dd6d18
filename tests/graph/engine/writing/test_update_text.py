"""LOAD, which is never done."""

from __future__ import annotations

import pytest

from graph.engine.writing.update_text import NOTHING, require_syntax, without_silent_loads
from graph.errors import QuerySyntaxError


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("LOAD SILENT <x:a>", NOTHING),
        ("load silent <x:a> into graph <x:b>", NOTHING),
        ("LOAD SILENT x:a INTO GRAPH x:b", NOTHING),
        ("CLEAR ALL ; LOAD SILENT <x:a> ; CLEAR ALL", f"CLEAR ALL ; {NOTHING} ; CLEAR ALL"),
        ("LOAD SILENT <x:a> ;LOAD SILENT <x:b>", f"{NOTHING} ;{NOTHING}"),
        ("LOAD <x:a>", "LOAD <x:a>"),
        ("LOAD SILENT ;", "LOAD SILENT ;"),
        ("LOAD SILENT <x:a> INTO <x:b>", f"{NOTHING} INTO <x:b>"),
        ("INSERT DATA { <x:a> <x:b> 'LOAD SILENT <x:a>' }",) * 2,
        ("", ""),
    ],
)
def test_a_silent_load_becomes_nothing(text: str, left: str) -> None:
    assert without_silent_loads(text) == left


@pytest.mark.parametrize(
    "text",
    ["LOAD <https://e/>", "BASE <http://e/> LOAD <x> INTO GRAPH <y>", "", "# nothing", NOTHING],
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
