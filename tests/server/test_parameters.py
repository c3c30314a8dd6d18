"""Parameters: what the standard library reads in a form is read here, only faster."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.exceptions import BadRequest

from server.parameters import MOST, Parameters

CHARACTERS = st.text(st.sampled_from("%%%ab12CDEF09=&+;_ \r\n"))


@given(CHARACTERS)
def test_a_form_is_read_as_the_standard_library_reads_it(encoded: str) -> None:
    try:
        expected = parse_qsl(encoded, keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        with pytest.raises(BadRequest):
            Parameters.of(encoded.encode())
    else:
        assert list(Parameters.of(encoded.encode()).pairs) == expected


@given(st.lists(st.tuples(st.text(), st.text())))
def test_what_is_encoded_is_decoded(pairs: list[tuple[str, str]]) -> None:
    assert list(Parameters.of(urlencode(pairs).encode()).pairs) == pairs


def test_a_request_has_so_many_parameters() -> None:
    assert len(Parameters.of(b"&".join([b"a=1"] * MOST)).all("a")) == MOST
    with pytest.raises(BadRequest, match="1000"):
        Parameters.of(b"&".join([b"a=1"] * (MOST + 1)))


def test_a_parameter_that_is_wanted_once_is_given_once() -> None:
    parameters = Parameters.of(b"a=1&b=2&a=3")
    assert (parameters.one("b"), parameters.one("c")) == ("2", None)
    assert parameters.all("a") == ("1", "3")
    with pytest.raises(BadRequest, match="exactly one a"):
        parameters.one("a")
