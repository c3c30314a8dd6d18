"""Other endpoints asked over real sockets: their answers, and every way to fail."""

import threading
from collections.abc import Iterator
from ssl import SSLCertVerificationError

import pytest

from graph.errors import EndpointDeadlineError, EndpointError, EndpointLimitError
from server.service import relay
from tests.server.service.elsewhere import GOOD, Elsewhere, closed_address, elsewhere
from tests.waiting import PATIENCE, join

TEXT = "SELECT * WHERE { ?s ?p 'é & + %' } LIMIT 3"


def ask(endpoint: str, text: str, seconds: float, most: int) -> bytes:
    """Ask an endpoint where its IRI says."""
    return relay.ask_endpoint(endpoint, endpoint, text, seconds, most)


@pytest.fixture(scope="module")
def other() -> Iterator[Elsewhere]:
    with elsewhere() as endpoint:
        yield endpoint


@pytest.mark.parametrize("path", ["/good", "/old", "/chunked", "/unmeasured"])
def test_a_complete_answer_comes_back_as_it_is(path: str, other: Elsewhere) -> None:
    assert ask(other.address + path, TEXT, 5, len(GOOD)) == GOOD


def test_a_query_is_posted_as_a_form_and_says_what_it_takes(other: Elsewhere) -> None:
    ask(other.address + "/good?default-graph-uri=http%3A%2F%2Fé/", TEXT, PATIENCE, 10_000)
    path, fields, query = other.asked[-1]
    assert path == "/good?default-graph-uri=http%3A%2F%2F%C3%A9/"
    assert query == TEXT
    assert fields.startswith("POST ")
    assert "Accept: application/sparql-results+json" in fields
    assert "Authorization" not in fields
    assert "Cookie" not in fields


def test_a_proxy_of_the_environment_is_not_used(
    other: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", closed_address())
    assert ask(other.address + "/good", TEXT, PATIENCE, 10_000) == GOOD


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/redirect", "a redirect \\(302\\), which is not followed"),
        ("/permanent", "a redirect \\(308\\)"),
        ("/error", "the status 500"),
        ("/missing", "the status 404"),
        ("/partial", "the status 206"),
        ("/page", "answered text/html"),
        ("/packed", "encoding"),
        ("/cut", "closed 9 bytes before the end"),
        ("/cut-chunk", "died before the end of its answer"),
        ("/closed", "RemoteDisconnected"),
        ("/noise", "BadStatusLine"),
        ("/fields", "got more than 100 headers"),
    ],
)
def test_a_failure_is_told_with_its_reason(path: str, reason: str, other: Elsewhere) -> None:
    with pytest.raises(EndpointError, match=reason) as caught:
        ask(other.address + path, TEXT, PATIENCE, 10_000)
    assert type(caught.value) is EndpointError
    assert caught.value.endpoint == other.address + path
    assert "secret" not in str(caught.value)


def test_a_redirect_leads_nowhere(other: Elsewhere) -> None:
    before = len(other.asked)
    with pytest.raises(EndpointError):
        ask(other.address + "/redirect", TEXT, PATIENCE, 10_000)
    assert [path for path, _, _ in other.asked[before:]] == ["/redirect"]


@pytest.mark.parametrize("path", ["/silent", "/slow-head", "/slow-body"])
def test_whoever_is_slow_is_given_up_in_time_and_let_go(path: str, other: Elsewhere) -> None:
    with pytest.raises(EndpointDeadlineError, match=r"within 0\.4 seconds") as caught:
        ask(other.address + path, TEXT, 0.4, 10_000)
    assert caught.value.seconds == 0.4
    for thread in threading.enumerate():
        if thread.name == "SERVICE":
            join(thread)


@pytest.mark.parametrize("path", ["/endless", "/large"])
def test_an_answer_past_its_bytes_is_refused_with_the_limit(path: str, other: Elsewhere) -> None:
    with pytest.raises(EndpointLimitError, match="limit of 10000 bytes of a SERVICE"):
        ask(other.address + path, TEXT, PATIENCE, 10_000)


def test_what_does_not_speak_tls_is_not_taken_for_https(other: Elsewhere) -> None:
    with pytest.raises(EndpointError, match="could not be asked"):
        ask(other.address.replace("http:", "https:") + "/good", TEXT, PATIENCE, 10_000)


def test_an_endpoint_is_asked_where_its_operator_says(other: Elsewhere) -> None:
    iri = "https://query.wikidata.org/sparql"
    assert relay.ask_endpoint(iri, f"{other.address}/good?x=1", TEXT, PATIENCE, 10_000) == GOOD
    assert other.asked[-1][0] == "/good?x=1"


@pytest.mark.parametrize("path", ["/error", "/redirect", "/silent", "/large", "/cut", "/closed"])
def test_a_failure_names_the_endpoint_and_not_where_it_is_asked(
    path: str, other: Elsewhere
) -> None:
    with pytest.raises(EndpointError, match="SERVICE <http://e/sparql>") as caught:
        relay.ask_endpoint("http://e/sparql", other.address + path, TEXT, 0.4, 10_000)
    assert caught.value.endpoint == "http://e/sparql"
    assert "127.0.0.1" not in str(caught.value)


@pytest.mark.parametrize(
    "address",
    [
        "http://secret.invalid/",
        "http://[::1]:1/secret",
        pytest.param(closed_address(), id="closed"),
        "https://secret.invalid/",
    ],
)
def test_nobody_there_is_told_without_the_address(address: str) -> None:
    with pytest.raises(EndpointError) as caught:
        relay.ask_endpoint("http://e/sparql", address, TEXT, PATIENCE, 10_000)
    message = str(caught.value)
    assert message.startswith("SERVICE <http://e/sparql> could not be asked: ")
    assert not {word for word in ("secret", "127.0.0.1", "::1") if word in message}


def test_a_certificate_that_does_not_fit_is_told_without_the_address() -> None:
    message = "certificate verify failed: Hostname mismatch, certificate is not valid for 'secret'"
    error = SSLCertVerificationError(1, message)
    assert "secret" not in relay.describe_error(error)
