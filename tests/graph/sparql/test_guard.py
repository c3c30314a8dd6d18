"""The guard: queries that it refuses before the engine sees them, and queries that pass."""

import os
from contextlib import suppress
from pathlib import Path

import pytest

from graph.errors import ForbiddenError, LimitError
from graph.sparql.guard import Limits, check_query, check_update

LIMITS = Limits()
SHARED = Path(os.environ.get("CPEC_SHARED", Path(__file__).parents[4] / "shared"))
SUITES = SHARED / "conformance" / "sparql"

DEEP = {
    "groups": "SELECT * " + "{" * 1000 + "}" * 1000,
    "exists": "SELECT * {" + "FILTER EXISTS {" * 830 + "}" * 831,
    "optionals": "SELECT * {" + "OPTIONAL {?s ?p ?o " * 500 + "}" * 501,
    "subselects": "SELECT * {" + "{SELECT * {" * 500 + "}}" * 500 + "}",
    "parentheses": "SELECT * {FILTER " + "(" * 1000 + "1" + ")" * 1000 + "}",
    "functions": "SELECT * {BIND(" + "STR(" * 1000 + "1" + ")" * 1000 + " AS ?x)}",
    "paths": "SELECT * {?s " + "^(" * 1000 + "<p:>" + ")" * 1000 + " ?o}",
    "collections": "SELECT * {?s ?p " + "(" * 1000 + ")" * 1000 + "}",
    "blank nodes": "SELECT * {?s ?p " + "[?p " * 1000 + "1" + "]" * 1000 + "}",
    "triple terms": "SELECT * {?s ?p " + "<<( <a:> <b:> " * 1000 + "1" + ")>>" * 1000 + "}",
}
WIDE = {
    "triples": ("patterns", "SELECT * {" + "?s ?p ?o ." * 1000 + "}"),
    "objects": ("patterns", "SELECT * {?s ?p ?o" + ",?o" * 1000 + "}"),
    "predicates": ("patterns", "SELECT * {?s ?p ?o" + ";?p ?o" * 1000 + "}"),
    "optionals": ("patterns", "SELECT * {" + "OPTIONAL {?s ?p ?o}" * 1000 + "}"),
    "sequences": ("patterns", "SELECT * {?s <p:>" + "/<p:>" * 1000 + " ?o}"),
    "items": ("patterns", "SELECT * {?s ?p (" + "1 " * 1000 + ")}"),
    "unions": ("patterns", "SELECT * {" + "{} UNION " * 1000 + "{}}"),
    "disjunctions": ("operators", "SELECT * {FILTER(?x" + "||?x" * 3000 + ")}"),
    "sums": ("operators", "SELECT * {FILTER(1" + "+1" * 3000 + ")}"),
    "negations": ("operators", "SELECT * {FILTER(" + "!" * 3000 + "true)}"),
    "filters": ("operators", "SELECT * {" + "FILTER(?x)" * 3000 + "}"),
    "columns": ("operators", "SELECT " + "(1 AS ?x)" * 3000 + "{}"),
    "alternatives": ("operators", "SELECT * {?s <p:>" + "|<p:>" * 3000 + " ?o}"),
    "descriptions": ("operators", "DESCRIBE" + " <x:>" * 3000),
    "repetitions": ("repeated paths", "SELECT * {?s " + "(" * 9 + "<p:>" + ")*" * 9 + " ?o}"),
}
FLAT = {
    "IN": "SELECT * {FILTER(?x IN (" + ",".join(map(str, range(10_000))) + "))}",
    "VALUES": "SELECT * {VALUES (?x ?y) {" + "(<x:> 1)" * 10_000 + "}}",
    "VALUES at the end": "SELECT * {} VALUES ?x {" + "1 " * 10_000 + "}",
    "arguments": "SELECT * {BIND(CONCAT('a'" + ",'a'" * 10_000 + ") AS ?x)}",
    "template": "CONSTRUCT {" + "?s ?p ?o ." * 10_000 + "} WHERE {?s ?p ?o}",
    "ORDER BY": "SELECT * {} ORDER BY" + " ?x" * 10_000,
    "brackets in strings": "SELECT * {?s ?p '" + "({[" * 1000 + "'}",
    "brackets in comments": "SELECT * { # " + "({[" * 1000 + "\n}",
    "brackets in IRIs": "SELECT * {?s ?p <x:" + "(" * 1000 + ">}",
}


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_deep_nesting_is_refused(text: str) -> None:
    with pytest.raises(LimitError):
        check_query(text, LIMITS)


@pytest.mark.parametrize(("limit", "text"), WIDE.values(), ids=WIDE)
def test_what_the_optimiser_cannot_bear_is_refused_by_name(limit: str, text: str) -> None:
    with pytest.raises(LimitError, match=limit):
        check_query(text, LIMITS)


@pytest.mark.parametrize("text", FLAT.values(), ids=FLAT)
def test_long_lists_pass(text: str) -> None:
    check_query(text, LIMITS)


def test_a_long_insert_passes() -> None:
    check_update("INSERT DATA { GRAPH <g:> {" + "<s:> <p:> 1 ." * 10_000 + "} }", LIMITS)
    with pytest.raises(LimitError):
        check_update("DELETE WHERE {" + "?s ?p ?o ." * 1000 + "}", LIMITS)


def test_a_limit_is_named_with_its_value_line_and_column() -> None:
    with pytest.raises(LimitError) as refused:
        check_query("SELECT *\n" + "{" * 200, LIMITS)
    error = refused.value
    assert (error.limit, error.value) == ("levels of nesting", 128)
    assert (error.line, error.column) == (2, 129)
    assert str(error) == "line 2, column 129: beyond the limit of 128 levels of nesting"


def test_bytes_are_counted_not_characters() -> None:
    check_query("é" * 5, Limits(query_bytes=10))
    with pytest.raises(LimitError, match="bytes in a query"):
        check_query("é" * 6, Limits(query_bytes=10))
    with pytest.raises(LimitError, match="bytes in an update"):
        check_update("é" * 6, Limits(update_bytes=10))


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERVICE <http://e/> { ?s ?p ?o } }",
        "SELECT * { service silent <http://e/> { ?s ?p ?o } }",
        "PREFIX e: <http://e/> SELECT * { SERVICE e: { ?s ?p ?o } }",
        "SELECT * { SERVICE ?anywhere { ?s ?p ?o } }",
        "SELECT * { FILTER EXISTS { SERVICE <http://e/> {} } }",
    ],
)
def test_service_is_refused(text: str) -> None:
    with pytest.raises(ForbiddenError, match="SERVICE"):
        check_query(text, LIMITS)


def test_as_many_services_pass_as_are_allowed_but_none_of_a_variable_nor_in_an_update() -> None:
    allowing = Limits(services=2)
    service = "SERVICE <http://e/> { ?s ?p ?o } "
    check_query(f"SELECT * {{ {service}{service} }}", allowing)
    with pytest.raises(LimitError, match=r"column 86: .* 2 SERVICE in one query"):
        check_query(f"SELECT * {{ {service}{service}{service} }}", allowing)
    for variable in ("?e", "SILENT $e"):
        with pytest.raises(ForbiddenError, match=r"column .*: SERVICE of a variable"):
            check_query(f"SELECT * {{ SERVICE {variable} {{ ?s ?p ?o }} }}", allowing)
    with pytest.raises(ForbiddenError, match="SERVICE is not allowed"):
        check_update(f"INSERT {{ ?s ?p ?o }} WHERE {{ {service} }}", allowing)


def test_load_is_refused_in_an_update_but_not_the_word() -> None:
    with pytest.raises(ForbiddenError, match="LOAD"):
        check_update("CLEAR ALL ; load <file:///etc/passwd>", LIMITS)
    check_update("LOAD SILENT <file:///etc/passwd>", LIMITS)  # cannot, and says nothing
    check_update("INSERT DATA { <load:> <p:> 'LOAD <x:>' } # LOAD <x:>", LIMITS)
    check_query("SELECT * { ?s ?p 'SERVICE <http://e/> {}' } # SERVICE <x:> {}", LIMITS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT * { ?s ?p ?o }", False),
        ("PREFIX graph: <https://w3id.org/cpec-graph/graph/> ASK { graph:evidence ?p ?o }", False),
        ("SELECT * { ?graph ?from 'GRAPH ?g {}' } # FROM <x:y>", False),
        ("SELECT * { GRAPH ?g { ?s ?p ?o } }", True),
        ("SELECT * { graph<x:g>{ ?s ?p ?o } }", True),
        ("SELECT * FROM <x:g> { ?s ?p ?o }", True),
        ("SELECT * { \\u0047RAPH ?g { ?s ?p ?o } }", True),
        ("SELECT * { ?s ?p ?o FILTER EXISTS { GRAPH ?g { ?s ?p ?o } } }", True),
    ],
)
def test_a_question_that_names_a_graph_is_told_from_one_that_does_not(
    text: str, expected: bool
) -> None:
    assert check_query(text, LIMITS) is expected


@pytest.mark.skipif(not SUITES.is_dir(), reason="needs the W3C suites in $CPEC_SHARED/conformance")
def test_no_query_of_the_w3c_suites_is_beyond_a_limit() -> None:
    files = [file for file in SUITES.rglob("*.r[qu]") if file.suffix in {".rq", ".ru"}]
    assert len(files) > 1000
    for file in files:
        check = check_query if file.suffix == ".rq" else check_update
        try:
            check(file.read_text(encoding="utf-8", errors="replace"), LIMITS)
        except ForbiddenError:
            continue


def test_an_escaped_quote_in_a_name_opens_no_string() -> None:
    text = "SELECT * { ?s ?p ex:a\u00b7\\' . SERVICE <http://e/> {} ?s ?p ex:b\u00b7\\' }"
    with pytest.raises(ForbiddenError, match="SERVICE"):
        check_query(text, LIMITS)


@pytest.mark.parametrize("part", ["a.", '"\\"', "a-", "<", "é."])
def test_a_mebibyte_is_read(part: str) -> None:
    """The square of its length would take hours, and be ended by pytest-timeout."""
    text = (part * (1 << 20))[: LIMITS.query_bytes // 2]
    with suppress(LimitError):
        check_query(text, LIMITS)
