"""The tokens of what may be SPARQL."""

from __future__ import annotations

import pytest

from graph.sparql.lenient_lexer import position, tokens


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
        ("'open { \0", "sign word sign sign"),
    ],
)
def test_a_text_falls_into_its_tokens(text: str, kinds: str) -> None:
    assert " ".join(token.kind for token in tokens(text)) == kinds


def test_a_place_has_a_line_and_a_column_that_count_from_one() -> None:
    assert position("ab\ncd", 0) == (1, 1)
    assert position("ab\ncd", 4) == (2, 2)
