"""The positions: each statement that pyoxigraph reads from a file is found on its line."""

from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, Triple, parse

from graph.curating.master_file import (
    BLANK,
    Position,
    find_positions,
    position_terms,
    read_master_file,
    term,
)
from graph.dataset import graph_of

SMALL = Path(__file__).parents[1] / "small"
FILES = sorted(path for path in SMALL.rglob("*") if path.suffix in {".ttl", ".trig"})

DOCUMENT = r"""@base <http://example.org/> .
@prefix : <#> .
PREFIX a: <http://a.example/>   # a comment with "quotes" and { braces }
<s> a a:Thing ;
    a:says "one \"two\" # no comment"@en-GB , '''three
lines; .
"four" ''' ;
    a:number 1.5 , -2 , true , "x"^^a:type ;;
    a:es\,caped a:with.dots .
GRAPH a:g { <> :p [ a:q ( 1 [ a:r "deep" ] ) ] . a:last a:of "\u0643\t" }
a:h { a:x a:y a:z . }
{ a:loose a:in a:default . _:nobody a:in _:nothing }
"""


def quads_of(text: str) -> list[tuple[str, str, str, str]]:
    return [position_terms(quad) for quad in parse(text, format=RdfFormat.TRIG)]


def place(position: Position) -> tuple[str, str, str, str]:
    return position.graph, position.subject, position.predicate, position.object


def test_every_form_of_the_grammar_is_followed() -> None:
    statements = list(find_positions(DOCUMENT, "http://example.org/"))
    assert {place(position) for position in statements} == {*quads_of(DOCUMENT)}
    lines = {
        (position.predicate.rpartition("/")[2], position.object[:5]): position.line
        for position in statements
    }
    assert lines["says", "three"] == 5
    assert lines["number", "1.5"] == 8
    assert lines["r", "deep"] == 10
    assert lines["y", "http:"] == 11
    assert lines["q", BLANK] == 10


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SMALL)))
def test_every_statement_of_a_file_has_its_line(path: Path) -> None:
    file = read_master_file(path, "http://example.org/g" if path.suffix == ".ttl" else None)
    located = {place(position) for position in file.positions}
    lines = file.text.splitlines()
    inner = {
        (graph_of(quad), *map(term, quad.object))
        for quad in file.quads
        if isinstance(quad.object, Triple)
    }
    assert {position_terms(quad) for quad in file.quads} | inner == located
    for position in file.positions:
        if position.predicate.endswith(("#first", "#rest", "#reifies")):
            continue  # lists and annotations have a syntax of their own
        shown = position.object.removeprefix(BLANK).rpartition("/")[2].rpartition("#")[2]
        assert shown in lines[position.line - 1]


def test_the_annotation_of_a_fact_has_its_line_and_its_name() -> None:
    text = """PREFIX a: <http://a/>
    GRAPH a:g {
      a:x a:p a:y ~ a:r1 {| a:q 1 ; a:q "|}" |} ,
        a:z ~a:r2 {| a:q [ a:p a:o ] |} ; a:p2 "text"@en ~ {| a:q 2 |} {| a:q 3 |} .
      a:x a:last a:z
    }"""
    located = {
        (position.subject[-2:], position.object[-4:], position.line)
        for position in find_positions(text, "http://a/")
    }
    assert ("r1", "1", 3) in located
    assert ("r1", "|}", 3) in located
    assert ("r2", BLANK, 4) in located
    assert (BLANK, "3", 4) in located
    assert ("/x", "text", 4) in located
    assert ("/x", "/a/z", 5) in located


def test_what_the_walk_does_not_know_ends_it_quietly() -> None:
    text = "PREFIX a: <http://a/> a:x a:y a:z . <<( a:s a:p a:o )>>"
    assert [position.object for position in find_positions(text, "http://a/")] == ["http://a/z"]
