"""Parameters are read as the standard library reads them, which is slower."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.exceptions import BadRequest

from server.parameters import MOST, Parameters

PIECES = [
    "a",
    "=",
    "&",
    "+",
    "%",
    "%%",
    "%4",
    "%41",
    "%3D",
    "%3d",
    "%0D%0A",
    "\r\n",
    "_",
    "é",
    "%C3%A9",
]


@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join))
def test_parameters_are_what_urllib_reads(text: str) -> None:
    wanted = parse_qsl(text, keep_blank_values=True, errors="strict")
    assert Parameters.of(text.encode()).pairs == tuple(wanted)


@pytest.mark.parametrize("text", [b"a=%ff", b"a=\xff", b"&" * MOST])
def test_what_is_not_utf8_or_too_much_is_the_clients_fault(text: bytes) -> None:
    with pytest.raises(BadRequest):
        Parameters.of(text)
