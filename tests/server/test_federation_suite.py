"""The W3C's tests of SERVICE, each endpoint a server of ours; refused cases too."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from pyoxigraph import QueryResultsFormat, QuerySolutions, parse_query_results

from bench.client import Client
from bench.endpoint import TOKEN
from tests.server.conftest import serving
from tests.server.service.elsewhere import closed_address

SHARED = Path(os.environ.get("CPEC_SHARED", Path(__file__).parents[3] / "shared"))
SUITE = SHARED / "conformance" / "sparql" / "sparql11" / "service"
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(
        not SUITE.exists(), reason="needs the W3C suites in $CPEC_SHARED/conformance"
    ),
]

NESTED, VARIABLE = "SERVICE inside SERVICE", "SERVICE of a variable"


@dataclass(frozen=True, slots=True)
class Case:
    """A test of the manifest: its files by number, and whose data are where."""

    query: str
    answer: str
    here: str = ""
    first: str = ""
    second: str = ""
    refused: str = ""


CASES = (
    Case("01.rq", "01.srx", "data01.ttl", "data01endpoint.ttl"),
    Case("02.rq", "02.srx", "", "data02endpoint1.ttl", "data02endpoint2.ttl"),
    Case("03.rq", "03.srx", "", "data03endpoint1.ttl", "data03endpoint2.ttl", NESTED),
    Case("04a.rq", "04.srx", "data04.ttl", "data04endpoint.ttl"),
    Case("05.rq", "05.srx", "data05.ttl", "data05endpoint1.ttl", "data05endpoint2.ttl", VARIABLE),
    Case("06.rq", "06.srx", "", "data06endpoint1.ttl", "", NESTED),
    Case("07.rq", "07.srx", "data07.ttl"),
)


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sequence[Client]]:
    """A server, two endpoints that it may ask, and an allowed endpoint that does not run."""
    folder = tmp_path_factory.mktemp("suite")
    gone = Client(closed_address().removesuffix("/sparql"))

    with (
        writable(folder / "first") as first,
        writable(folder / "second") as second,
        writable(folder / "here", first, second, gone) as asking,
    ):
        yield asking, first, second, gone


@contextmanager
def writable(home: Path, *allowed: Client) -> Iterator[Client]:
    """Run an empty server that may ask others, and may be written to."""
    home.mkdir()
    options = ["--empty", "--default-graph", "own", "--new", "--data-dir", str(home / "data")]
    for endpoint in allowed:
        options += ["--service-allow", f"{endpoint.address}/sparql"]
    with serving(home, *options, CPEC_TOKEN=TOKEN) as server:
        yield Client(server.address, TOKEN)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.query)
def test_a_case_is_answered_as_the_w3c_says_or_refused(
    case: Case, servers: Sequence[Client]
) -> None:
    asking, first, second, gone = servers
    for server, data in ((asking, case.here), (first, case.first), (second, case.second)):
        body = (SUITE / data).read_bytes() if data else b""
        assert server.send("PUT", "/store?default", body, Content_Type="text/turtle").status < 300
    names = {"example.org": first, "example1.org": first, "example2.org": second}
    text = (SUITE / f"service{case.query}").read_text("utf-8")
    for name, server in {**names, "invalid.endpoint.org": gone}.items():
        text = text.replace(f"<http://{name}/sparql>", f"<{server.address}/sparql>")
    reply = asking.query(text, "application/sparql-results+json")
    if case.refused:
        assert reply.status == 403
        assert case.refused in reply.json["detail"]
    else:
        assert reply.status == 200, reply.text
        expected = rows((SUITE / f"service{case.answer}").read_bytes(), QueryResultsFormat.XML)
        assert rows(reply.body, QueryResultsFormat.JSON) == expected
        assert expected


def rows(body: bytes, form: QueryResultsFormat) -> Counter[tuple[str, ...]]:
    """Return the solutions of a table, their columns by name."""
    solutions = parse_query_results(body, form)
    assert isinstance(solutions, QuerySolutions)
    columns = sorted(variable.value for variable in solutions.variables)
    return Counter(tuple(f"{name}={row[name]}" for name in columns) for row in solutions)
