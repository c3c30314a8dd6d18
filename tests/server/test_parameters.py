"""Parameters: a form is read as the standard library reads it, only faster."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.exceptions import BadRequest

from server.parameters import PARAMETER_LIMIT, Parameters

CHARACTERS = st.text(st.sampled_from("%%%ab12CDEF09=&+;_ \r\n"))


@given(CHARACTERS)
def test_a_form_is_read_as_the_standard_library_reads_it(encoded: str) -> None:
    try:
        expected = parse_qsl(encoded, keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        with pytest.raises(BadRequest):
            Parameters.parse(encoded.encode())
    else:
        assert list(Parameters.parse(encoded.encode()).pairs) == expected


@given(st.lists(st.tuples(st.text(), st.text())))
def test_what_is_encoded_is_decoded(pairs: list[tuple[str, str]]) -> None:
    assert list(Parameters.parse(urlencode(pairs).encode()).pairs) == pairs


def test_a_request_has_so_many_parameters() -> None:
    most = Parameters.parse(b"&".join([b"a=1"] * PARAMETER_LIMIT))
    assert len(most.get_all("a")) == PARAMETER_LIMIT
    with pytest.raises(BadRequest, match="1000"):
        Parameters.parse(b"&".join([b"a=1"] * (PARAMETER_LIMIT + 1)))


def test_a_parameter_that_is_wanted_once_is_given_once() -> None:
    parameters = Parameters.parse(b"a=1&b=2&a=3")
    assert (parameters.get("b"), parameters.get("c")) == ("2", None)
    assert parameters.get_all("a") == ("1", "3")
    with pytest.raises(BadRequest, match="exactly one a"):
        parameters.get("a")
