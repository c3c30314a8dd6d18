"""The calls of a query with SERVICE, and its answer, which they leave unchanged."""

import itertools
from collections import Counter

import pytest
from pyoxigraph import QueryResultsFormat, RdfFormat, Store

from graph.answering.evaluation import run_select
from graph.errors import ForbiddenError, UnreadableQueryError
from server.service.plan import Plan, ServiceCall
from server.service.planner import RowLimits, make_plan
from server.service.values import read_values, write_bindings

E, F = "http://e/sparql", "http://f/sparql"
ALLOWED = (E, F)
MOST = 1000
LIMITS = RowLimits(MOST, 5)

HERE = """
PREFIX : <http://x/>
:a :p :b , :c . :b :p :c ; :q 1 . :c :q 2 .
"""
THERE = """
PREFIX : <http://x/>
:a :name "a" , "A" . :b :name "b" ; :p :a . :c :p :b , :c ; :name "c"@en ; :q 1 . :d :name "d" .
"""


def store(data: str) -> Store:
    remote = Store()
    remote.load(data.encode(), RdfFormat.TURTLE)
    return remote


LOCAL, REMOTE = store(HERE), store(THERE)


def plan_calls(text: str, base: str | None = None) -> list[str]:
    return [call.text() for call in make_plan(text, base, ALLOWED, LIMITS).calls]


def answers(plan: Plan) -> list[str]:
    """Ask each call of a plan of the remote store, as an errand does."""
    blocks: list[str] = []
    for call in plan.calls:
        values = binding_queries(call, blocks)
        blocks.append(call.unbound_solutions(0) if values is None else answer(call, values))
    return blocks


def binding_queries(call: ServiceCall, before: list[str]) -> list[str] | None:
    """The VALUES of the local store that are sent along, None where nobody need be asked."""
    solutions = [run_select(LOCAL, narrowing.fill(before)) for narrowing in call.binding_queries]
    rows = [write_bindings(bindings, LIMITS.given) for bindings in solutions]
    return None if any(not count for count, _ in rows) else [text for _, text in rows if text]


def answer(call: ServiceCall, values: list[str]) -> str:
    body = run_select(REMOTE, call.text(values)).serialize(format=QueryResultsFormat.JSON)
    assert body is not None
    return read_values(body, call.endpoint, call.variables, MOST)


def rows(text: str) -> Counter[tuple[str, ...]]:
    """The solutions of a query whose SERVICE ask the remote store."""
    solutions = run_select(
        LOCAL, (plan := make_plan(text, None, ALLOWED, LIMITS)).text.fill(answers(plan))
    )
    columns = sorted(variable.value for variable in solutions.variables)
    return Counter(tuple(f"{name}={row[name]}" for name in columns) for row in solutions)


def test_a_pattern_is_asked_by_itself_with_its_iris_in_full() -> None:
    text = """BASE <http://x/> PREFIX e: <http://e/> PREFIX : <http://y/>
        SELECT ?s { ?s <p> ?o SERVICE e:sparql { ?s :name ?name ; <q> [] } }"""
    (call,) = make_plan(text, None, ALLOWED, LIMITS).calls
    assert call.endpoint == E
    assert call.variables == ("s",)
    assert "<http://y/name>" in call.text()
    assert "<http://x/q>" in call.text()
    assert call.text().endswith(f"LIMIT {MOST + 1}")
    assert "?o" not in call.text()


def test_an_endpoint_is_found_by_the_base_of_the_request() -> None:
    (call,) = make_plan("ASK { SERVICE <sparql> { ?s ?p ?o } }", "http://e/", ALLOWED, LIMITS).calls
    assert call.endpoint == E


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("ASK { SERVICE <http://g/sparql> { ?s ?p ?o } }", "not on the list"),
        (f"ASK {{ SERVICE <{E}/> {{ ?s ?p ?o }} }}", "not on the list"),
        (f"ASK {{ SERVICE <{E}?> {{ ?s ?p ?o }} }}", "not on the list"),
        ("ASK { SERVICE <HTTP://e/sparql> { ?s ?p ?o } }", "not on the list"),
        (f"ASK {{ VALUES ?e {{ <{E}> }} SERVICE ?e {{ ?s ?p ?o }} }}", "variable"),
        (f"ASK {{ SERVICE <{E}> {{ SERVICE <{F}> {{ ?s ?p ?o }} }} }}", "inside SERVICE"),
        (
            f"ASK {{ SERVICE <{E}> {{ FILTER EXISTS {{ SERVICE SILENT <{F}> {{ }} }} }} }}",
            "inside SERVICE",
        ),
    ],
)
def test_who_may_not_be_asked_is_not(text: str, reason: str) -> None:
    with pytest.raises(ForbiddenError, match=reason):
        make_plan(text, None, ALLOWED, LIMITS)


def test_what_is_beyond_our_reader_is_not_asked() -> None:
    with pytest.raises(UnreadableQueryError, match=r"SPARQL 1\.1 alone"):
        make_plan(f"ASK {{ SERVICE <{E}> {{ <<( ?s ?p ?o )>> ?q 1 }} }}", None, ALLOWED, LIMITS)


def test_a_plan_is_the_same_after_it_has_been_told() -> None:
    text = f"SELECT * {{ SERVICE SILENT <{E}> {{ ?s ?p ?o }} SERVICE <{F}> {{ ?s ?p 1 }} }}"
    plan = make_plan(text, None, ALLOWED, LIMITS)
    assert Plan.from_json(plan.json()) == plan
    assert [call.silent for call in plan.calls] == [True, False]
    assert plan.calls[0].unbound_solutions(1) == "VALUES (?s ?p ?o) { (UNDEF UNDEF UNDEF) }"


def test_holes_stand_where_each_service_stood_from_left_to_right() -> None:
    service = itertools.count()

    def one() -> str:
        return f"SERVICE <{E}> {{ ?s <http://n/{next(service)}> ?o }}"

    text = f"""SELECT (EXISTS {{ {one()} }} AS ?x) {{
        {{ {one()} }} UNION {{ GRAPH ?g {{ {one()} }} }} OPTIONAL {{ {one()} }} MINUS {{ {one()} }}
        {{ SELECT ?s {{ {one()} }} HAVING (EXISTS {{ {one()} }}) }}
        FILTER (?s IN (1, EXISTS {{ {one()} }}) || NOT EXISTS {{ {one()} }}) {one()}
    }} GROUP BY (EXISTS {{ {one()} }} AS ?y) ORDER BY (EXISTS {{ {one()} }})"""
    plan = make_plan(text, None, ALLOWED, LIMITS)
    assert len(plan.calls) == next(service)
    filled = plan.text.fill([f"VALUES (?s) {{ ({n}) }}" for n in range(len(plan.calls))])
    for number, call in enumerate(plan.calls):
        assert f"<http://n/{number}>" in call.text()
    places = [filled.index(f"VALUES (?s) {{ ({number}) }}") for number in range(len(plan.calls))]
    assert places == sorted(places)


def test_a_hole_is_like_nothing_that_the_query_says() -> None:
    written = "VALUES (?answer0x) {  }"
    text = (
        f'SELECT ?o ?answer0x {{ BIND("{written}" AS ?o) SERVICE <{E}> {{ ?s <http://x/p> ?o2 }} }}'
    )
    plan = make_plan(text, None, ALLOWED, LIMITS)
    assert f'"{written}"' in plan.text.pieces[0]


def test_values_that_stand_before_a_service_narrow_what_is_asked() -> None:
    text = f"""SELECT * {{ VALUES (?s ?n ?x) {{ (<http://x/a> 1 2) (<http://x/a> 2 UNDEF) }}
        SERVICE <{E}> {{ ?s ?p ?x OPTIONAL {{ ?s <http://x/q> ?x }} }} }}"""
    (sent,) = plan_calls(text)
    assert "VALUES (?s) { (<http://x/a>) }" in sent


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERVICE <@> { ?s ?p ?o } VALUES ?s { <http://x/a> } }",
        "SELECT * { VALUES ?s { <http://x/a> } OPTIONAL { SERVICE <@> { ?s ?p ?o } } }",
        "SELECT * { VALUES ?s { <http://x/a> } { ?o ?p 1 } UNION { SERVICE <@> { ?s ?p ?o } } }",
        "SELECT * { GRAPH ?g { VALUES ?s { <http://x/a> } SERVICE <@> { ?s ?p ?o } } }",
    ],
)
def test_so_do_those_that_stand_after_it_or_before_its_group(text: str) -> None:
    (sent,) = plan_calls(text.replace("@", E))
    assert "VALUES (?s) { (<http://x/a>) }" in sent


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { OPTIONAL { SERVICE <@> { ?s ?p ?o } } VALUES ?s { <http://x/a> } }",
        "SELECT * { VALUES ?s { <http://x/a> UNDEF } SERVICE <@> { ?s ?p ?o } }",
        "SELECT * { VALUES ?s { <http://x/a> } { SELECT ?o { SERVICE <@> { ?s ?p ?o } } } }",
        "SELECT * { VALUES ?s { <http://x/a> } FILTER EXISTS { SERVICE <@> { ?s ?p ?o } } }",
        "SELECT * { VALUES ?x { 1 } SERVICE <@> { ?s ?p ?o OPTIONAL { ?o ?p ?x } } }",
        "SELECT * { VALUES ?z { <http://x/a> } SERVICE <@> { ?s ?p ?o } }",
        "SELECT * { SERVICE <@> { ?s ?p ?o } } VALUES ?s { <http://x/a> }",
    ],
)
def test_other_values_do_not(text: str) -> None:
    (sent,) = plan_calls(text.replace("@", E))
    assert "VALUES" not in sent


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("SELECT ?s { SERVICE <@> { ?s ?p ?o } }", ("s",)),
        ("SELECT * { SERVICE <@> { ?s ?p ?o } }", ("s", "p", "o")),
        ("SELECT (COUNT(DISTINCT *) AS ?n) { SERVICE <@> { ?s ?p ?o } }", ("s", "p", "o")),
        ("SELECT (COUNT(*) AS ?n) { SERVICE <@> { ?s ?p ?o } }", ()),
        ("DESCRIBE * { SERVICE <@> { ?s ?p ?o } }", ("s", "p", "o")),
        ("CONSTRUCT { ?s <http://x/p> 1 } { SERVICE <@> { ?s ?p ?o } }", ("s",)),
        ("SELECT ?s { SERVICE <@> { ?s ?p ?o } FILTER(?o > 1) }", ("s", "o")),
        ("SELECT ?s { SERVICE <@> { ?s ?p ?o } SERVICE <@> { ?o ?q 1 } }", ("s", "o")),
        ("SELECT ?s { SERVICE <@> { SELECT ?s ?o { ?s ?p ?o } } } ORDER BY ?o", ("s", "o")),
    ],
)
def test_what_the_rest_of_a_query_does_not_name_is_not_wanted(
    text: str, wanted: tuple[str, ...]
) -> None:
    assert make_plan(text.replace("@", E), None, ALLOWED, LIMITS).calls[0].variables == wanted


def test_a_service_is_joined_as_many_times_as_it_answers() -> None:
    text = f"PREFIX : <http://x/> SELECT ?s {{ ?s :p ?o SERVICE <{E}> {{ ?s :name ?n }} }}"
    assert rows(text) == {("s=<http://x/a>",): 4, ("s=<http://x/b>",): 1}
