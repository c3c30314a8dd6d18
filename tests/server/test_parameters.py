"""Parameters: a form is read as the standard library reads it, only faster."""

from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Request

from bench.client import Client
from server.parameters import MOST_PARAMETERS, Parameters, read_address, read_form

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
    most = Parameters.parse(b"&".join([b"a=1"] * MOST_PARAMETERS))
    assert len(most.get_all("a")) == MOST_PARAMETERS
    with pytest.raises(BadRequest, match="400 parameters at most"):
        Parameters.parse(b"&".join([b"a=1"] * (MOST_PARAMETERS + 1)))


def test_a_parameter_that_is_wanted_once_is_given_once() -> None:
    parameters = Parameters.parse(b"a=1&b=2&a=3")
    assert (parameters.get("b"), parameters.get("c")) == ("2", None)
    assert parameters.get_all("a") == ("1", "3")
    with pytest.raises(BadRequest, match="exactly one a"):
        parameters.get("a")


def test_the_parameters_of_address_and_form_are_counted_together() -> None:
    half = b"&".join([b"a=1"] * (MOST_PARAMETERS // 2))
    request = Request({"QUERY_STRING": half.decode(), "REQUEST_METHOD": "POST"})
    assert len(read_form(request, half).pairs) == MOST_PARAMETERS
    assert read_address(request) is read_address(request)
    request = Request({"QUERY_STRING": half.decode(), "REQUEST_METHOD": "POST"})
    with pytest.raises(BadRequest, match=f"{MOST_PARAMETERS} parameters at most"):
        read_form(request, half + b"&a=1")


@pytest.mark.parametrize("path", ["/health", "/sparql", "/page/Pakistan", "/static/style.css"])
@pytest.mark.parametrize("name", ["version", "without", "names", "a"])
def test_too_many_parameters_are_refused_everywhere_by_name(
    client: Client, path: str, name: str
) -> None:
    for media_type in ("application/problem+json", "text/html"):
        reply = client.get(f"{path}?" + "&".join([f"{name}="] * 5_000), Accept=media_type)
        assert reply.status == 400
        assert f"{MOST_PARAMETERS} parameters at most, not 5000" in reply.text
