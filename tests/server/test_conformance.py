"""The W3C SPARQL 1.1 and 1.2 tests over HTTP, on a real server; the numbers never fall."""

from pathlib import Path

import pytest

from bench.conformance import (
    PAGE,
    ROW,
    Row,
    evaluation,
    find_suites,
    list_regressions,
    page,
    requests,
    server,
)

pytestmark = pytest.mark.long

TARGETS = {
    "SPARQL 1.1 Protocol": (34, 34),
    "SPARQL 1.1 Graph Store Protocol": (13, 13),
    "SPARQL 1.1 Service Description": (3, 3),
    "SPARQL 1.1 query evaluation": (215, 225),
    "SPARQL 1.1 query syntax": (111, 111),
    "SPARQL 1.1 result formats": (9, 10),
    "SPARQL 1.1 update evaluation": (94, 94),
    "SPARQL 1.1 update syntax": (50, 50),
    "SPARQL 1.2 query evaluation": (61, 63),
    "SPARQL 1.2 query syntax": (180, 183),
    "SPARQL 1.2 update evaluation": (3, 3),
    "SPARQL 1.2 update syntax": (20, 20),
}


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[Row]:
    """The results of every suite."""
    folder = find_suites()
    if folder is None:
        pytest.skip("no W3C suites: set CPEC_SHARED to a folder with tools/ and conformance/")
    scratch = tmp_path_factory.mktemp("conformance")
    with server(scratch) as endpoint:
        protocol_rows = requests(folder, endpoint.writer)
        return protocol_rows + evaluation(folder, endpoint.writer, scratch)


def test_every_suite_passes_as_many_tests_as_it_should(rows: list[Row]) -> None:
    assert {row.tests for row in rows} == set(TARGETS)
    for row in rows:
        least, total = TARGETS[row.tests]
        assert row.total == total
        assert row.passed >= least, row.failures


def test_no_number_falls_below_the_one_that_is_published(rows: list[Row]) -> None:
    assert list_regressions(rows, PAGE.read_text("utf-8")) == []


def test_the_published_page_has_every_target() -> None:
    published = {match[1]: int(match[2]) for match in ROW.finditer(PAGE.read_text("utf-8"))}
    assert published == {tests: least for tests, (least, _) in TARGETS.items()}


def test_a_number_that_falls_is_noticed() -> None:
    before = page([Row("SPARQL 1.1 Protocol", 34, 34)])
    assert list_regressions([Row("SPARQL 1.1 Protocol", 33, 34)], before) == [
        "SPARQL 1.1 Protocol: 33, was 34"
    ]
    assert list_regressions([], before) == ["SPARQL 1.1 Protocol: 0, was 34"]


def test_a_request_that_is_answered_wrongly_fails_its_test(tmp_path: Path) -> None:
    from bench.protocol import run

    (tmp_path / "manifest.ttl").write_text(
        "@prefix mf: <http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#> .\n"
        "@prefix ht: <http://www.w3.org/2011/http#> .\n"
        "@prefix hts: <http://www.w3.org/2011/http-statusCodes#> .\n"
        "<> mf:entries (<#right> <#wrong>) .\n"
        '<#right> mf:action [ ht:requests ([ ht:absolutePath "/sparql/?query=ASK" ;'
        ' ht:methodName "GET" ; ht:resp [ mf:expectedStatus hts:StatusCode4xx ] ]) ] .\n'
        '<#wrong> mf:action [ ht:requests ([ ht:absolutePath "/sparql/?query=ASK" ;'
        ' ht:methodName "GET" ; ht:resp [ mf:expectedStatus hts:OK ] ]) ] .\n'
    )
    with server(tmp_path) as endpoint:
        right, wrong = run(tmp_path / "manifest.ttl", endpoint.writer, "/sparql/", "/sparql")
    assert right.why == ""
    assert "400" in wrong.why
