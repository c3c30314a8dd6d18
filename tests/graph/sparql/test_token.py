"""The tokens of any text, SPARQL or not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.sparql.token import locate, scan_tokens

SIZE = 200_000
HOSTILE = [
    ("", "a."),
    ('"', '\\"'),
    ("'''", "\\''''"),
    ("", "<"),
    ("", "_:"),
    ("", "a-"),
    ("1", ".1"),
]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("?s <http://e/p> 'x'@en", "variable iri string language"),
        ('"a \\" b" """c " d"""', "string long"),
        ("'''it's''' # comment { \n :a", "long name"),
        ("ex:a.b. _:b1.", "name sign blank sign"),
        ("1.5e3 || ?x<=3", "double sign variable sign integer"),
        ("ex:%41\\,b", "name"),
        ("<http://e/\\u0070>", "iri"),
        ("'open { \0 \n }", "unclosed sign"),
        ('"""open { \n }', "unclosed"),
        ("true.FILTER(", "word sign word sign"),
        ("true.:a a.b:c", "word sign name name"),
        ("ex:a·\\' { 'b'", "name sign string"),
        ("a-b \u00e9.1.5", "word sign word sign decimal decimal"),
        ("?a<<http://e/>", "variable sign iri"),
        ("<<<s:> <p:> ?o>>", "sign iri iri variable sign"),
        (".5 5. 1e3", "decimal integer sign double"),
    ],
)
def test_a_text_falls_into_its_tokens(text: str, kinds: str) -> None:
    assert " ".join(token.kind for token in scan_tokens(text)) == kinds


def test_a_place_has_a_line_and_a_column_that_count_from_one() -> None:
    assert locate("ab\ncd", 0) == (1, 1)
    assert locate("ab\ncd", 4) == (2, 2)


@pytest.mark.parametrize(
    "text",
    [
        "a." * SIZE,
        '"' + '\\"' * SIZE,
        "'''" + "\\''''" * SIZE,
        "<" * SIZE,
        "_:" * SIZE,
        "a-" * SIZE,
    ],
    ids=lambda text: text[:6],
)
def test_a_long_text_is_scanned(text: str) -> None:
    """The square of its length would take hours, and be ended by pytest-timeout."""
    for _ in scan_tokens(text):
        pass


@given(st.text(alphabet="a.:-_<>\"'\\\\@?#{}() \n1é·%u0"))
def test_every_character_is_in_one_token_or_between_two(text: str) -> None:
    end = 0
    for token in scan_tokens(text):
        assert text[token.start : token.start + len(token.text)] == token.text
        between = text[end : token.start]
        assert not between.strip(" \t\r\n") or "#" in between
        end = token.start + len(token.text)
