"""That a SERVICE is asked for less, and its query answered the same."""

import re
from collections import Counter
from functools import cache

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, QueryResultsFormat, RdfFormat, Store

from graph.answering.evaluation import run_select
from graph.dataset import memory_store
from ontology.terms import XSD
from server.service.plan import ServiceCall
from server.service.planner import RowLimits, make_plan
from server.service.values import MAX_BINDINGS_CHARACTERS, is_sendable, read_values, write_bindings
from tests.server.service.generating import ASKED, HERE, MARK, PREFIX, THERE, queries

E = "http://e/sparql"
MOST = 10_000


def store(data: str) -> Store:
    dataset = Store()
    dataset.load(f"{PREFIX} {data}".encode(), RdfFormat.TRIG)
    return dataset


REMOTE, OWN = store(THERE), store(HERE)
UNION = memory_store(OWN)


def rows(place: Store, text: str) -> Counter[tuple[str, ...]]:
    solutions = run_select(place, text)
    columns = sorted(variable.value for variable in solutions.variables)
    return Counter(tuple(f"{name}={row[name]}" for name in columns) for row in solutions)


def answer(text: str) -> str:
    """Return the answer of the remote store, as VALUES of all its variables."""
    solutions = run_select(REMOTE, text)
    names = [variable.value for variable in solutions.variables]
    return read_values(solutions.serialize(format=QueryResultsFormat.JSON) or b"", E, names, MOST)


@cache
def whole(inner: str) -> str:
    """All that a pattern gives by itself: SPARQL 1.1 Federated Query, section 2.4."""
    return answer(f"{PREFIX} SELECT * {{ {inner} }}")


def with_all(query: str) -> str:
    """The query with all solutions of each SERVICE in its place."""
    for inner in ASKED:
        if (service := f"{MARK} {{ {inner} }}") in query:
            query = query.replace(service, whole(inner))
    return query


def fill_call(place: Store, call: ServiceCall, before: list[str], most: int) -> str | None:
    """Return the query that an errand sends to an endpoint, None if it sends none."""
    blocks = [
        write_bindings(run_select(place, query.fill(before)), most)
        for query in call.binding_queries
    ]
    if any(not count for count, _ in blocks):
        return None
    return call.text(values for _, values in blocks if values)


def with_less(place: Store, query: str, most: int) -> str:
    """Return the query with the solutions of each call in the place of its SERVICE."""
    plan = make_plan(query.replace("<@>", f"<{E}>"), None, [E], RowLimits(MOST, most))
    answers: list[str] = []
    for call in plan.calls:
        text = fill_call(place, call, answers, most)
        answers.append(call.unbound_solutions(0) if text is None else answer(text))
    return plan.text.fill(answers)


def is_query(text: str) -> bool:
    """Whether the engine takes a text that may bind a variable twice."""
    try:
        Store().query(text)
    except SyntaxError:
        return False
    return True


@pytest.mark.long
@given(queries, st.sampled_from([OWN, UNION]), st.sampled_from([2, 1000]))
@settings(max_examples=300)
def test_what_is_asked_less_of_gives_the_same_answer(query: str, place: Store, most: int) -> None:
    text = with_all(query)
    assume(is_query(text))
    assert rows(place, with_less(place, query, most)) == rows(place, text)


@pytest.mark.parametrize("place", [OWN, UNION], ids=["own", "union"])
@pytest.mark.parametrize(
    "where",
    [
        f"?o :p ?x OPTIONAL {{ {MARK} {{ ?s :p ?o }} }} GRAPH :g {{ ?s :p ?o }}",
        f"?x :p ?s {{ OPTIONAL {{ GRAPH :g {{ ?o :p ?x }} {MARK} {{ ?s :p ?o }} }} }}",
        f"GRAPH :g {{ ?x :p ?o }} OPTIONAL {{ ?x :p ?s OPTIONAL {{ {MARK} {{ ?o :p ?x }} }} }}",
        f"""GRAPH :g {{ ?x :p ?o }} OPTIONAL {{
            {MARK} {{ ?s :name ?n OPTIONAL {{ ?s :p ?o }} }} OPTIONAL {{ ?s :q ?o }} }}""",
        f"GRAPH :g {{ ?s :p ?x }} {{ SELECT ?o {{ {MARK} {{ ?o :p ?x }} }} }}",
        f"GRAPH :g {{ ?o :p ?x FILTER EXISTS {{ ?s :p :d . {MARK} {{ ?s :name ?n }} }} }}",
        f"?s :p ?o FILTER(BOUND(?x)) {MARK} {{ ?o :p ?x }}",
    ],
)
def test_a_row_that_makes_a_difference_is_asked_for(where: str, place: Store) -> None:
    query = f"{PREFIX} SELECT * {{ {where} }}"
    assert rows(place, with_less(place, query, 1000)) == rows(place, with_all(query))


def write_question(where: str, most: int = 1000, place: Store = UNION) -> str | None:
    """Return the pattern that the first SERVICE of a query gets, None if it is not called."""
    text = f"{PREFIX} SELECT * {{ {where} }}"
    (call, *_) = make_plan(text.replace("<@>", f"<{E}>"), None, [E], RowLimits(MOST, most)).calls
    question = fill_call(place, call, [], most)
    return None if question is None else " ".join(question.split()).partition("WHERE { ")[2]


NAMES = f"{MARK} {{ ?s :name ?n }}"


def values(text: str | None) -> set[str]:
    """The local names of the IRIs that are sent along."""
    assert text is not None
    return set(re.findall("[(]<http://x/([a-z]+)>[)]", text))


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (f"?s :q ?o . {NAMES}", "bcd"),
        (f"{NAMES} ?s :q ?o", "bcd"),
        (f"?s :q ?o FILTER(?s != :b) {NAMES}", "cd"),
        (f"GRAPH :g {{ ?s :p ?o }} {NAMES}", "ab"),
        (f"GRAPH :g {{ ?s :p ?o . {NAMES} }}", "ab"),
        (f"GRAPH :g {{ ?s :p ?o OPTIONAL {{ {NAMES} }} }}", "ab"),
        (f"GRAPH ?g {{ ?s :q ?o . {NAMES} }}", "bd"),
        (f":a :p+ ?s . {NAMES} ?s :q 2", "c"),
        (f"?s :q 2 OPTIONAL {{ {NAMES} }}", "c"),
        (f"?s :q 2 MINUS {{ {NAMES} }}", "c"),
        (f"?s :q 2 {{ ?n :q 1 }} UNION {{ {NAMES} }}", "c"),
        (f"{{ ?s :q 2 }} UNION {{ ?s :q 1 }} {NAMES}", "bcd"),
        (f"[] :p ?s . ?s :q ?o . ?x :p [ :q 2 ] , ?s . {NAMES}", "bcd"),
    ],
)
def test_what_stands_around_a_service_is_sent_along(where: str, expected: str) -> None:
    assert values(write_question(where)) == set(expected)


@pytest.mark.parametrize(
    "where",
    [
        f"OPTIONAL {{ ?s :q ?o }} {NAMES}",
        f"OPTIONAL {{ {NAMES} }} ?s :q ?o",
        f"?s :q ?o {{ OPTIONAL {{ {NAMES} }} }}",
        f"?s :q ?o OPTIONAL {{ ?x :p ?y MINUS {{ {NAMES} }} }}",
        f"BIND(:a AS ?s) {NAMES}",
        f"{{ SELECT ?s {{ ?s :q ?o }} LIMIT 1 }} {NAMES}",
        f"?s :q ?o {{ SELECT ?n {{ {NAMES} }} }}",
        f"?s :q ?o FILTER EXISTS {{ {NAMES} }}",
        f"?x :q ?o {NAMES}",
        f"?o :q ?x {MARK} {{ ?s :name ?n OPTIONAL {{ ?s :p ?o }} }}",
        f"?s :p ?s {NAMES}",
        f"?x :q ?o {MARK} {{ ?s :q ?o }}",
    ],
)
def test_what_may_not_hold_or_cannot_be_said_is_not(where: str) -> None:
    question = write_question(where)
    assert question is not None
    assert "VALUES" not in question


def test_rows_past_the_limit_narrow_nothing() -> None:
    where = f"?s :q ?o . {NAMES}"
    assert "VALUES" in str(write_question(where, 3))
    assert "VALUES" not in str(write_question(where, 2))


def test_parts_that_do_not_hang_together_are_never_multiplied() -> None:
    question = write_question(
        f"?s :q ?x . GRAPH :g {{ ?o :p ?n }} {MARK} {{ ?s :name ?n . ?n :p ?o }}", 9
    )
    assert str(question).count("VALUES") == 2


@pytest.mark.parametrize(
    "where",
    [
        f"?s :none ?o . {NAMES}",
        f"?s :q ?o FILTER(?o > 9) {NAMES}",
        f"?s :none ?o OPTIONAL {{ {NAMES} }}",
        "?s :none ?o OPTIONAL { SERVICE SILENT <@> { ?s :name ?n } }",
    ],
)
def test_nobody_need_be_asked_where_there_is_nothing_to_join(where: str) -> None:
    assert write_question(where) is None


def test_what_one_answers_narrows_what_the_next_is_asked() -> None:
    text = f"{PREFIX} SELECT * {{ {MARK} {{ ?s :q ?o }} OPTIONAL {{ {NAMES} }} }}"
    first, second = make_plan(text.replace("<@>", f"<{E}>"), None, [E], RowLimits(MOST, 9)).calls
    assert not first.binding_queries
    assert values(fill_call(UNION, second, [answer(first.text())], 9)) == {"c", "e"}


def test_a_failure_that_is_silent_narrows_nothing() -> None:
    text = f"{PREFIX} SELECT * {{ SERVICE SILENT <@> {{ ?s :q ?o }} {NAMES} }}"
    first, second = make_plan(text.replace("<@>", f"<{E}>"), None, [E], RowLimits(MOST, 9)).calls
    assert "VALUES" not in str(fill_call(UNION, second, [first.unbound_solutions(1)], 9))


def test_an_answer_cannot_pass_for_a_hole() -> None:
    services = (f"{MARK} {{ {inner} }}" for inner in ("?s :name ?n", "?s :p ?o", "?n :q ?o"))
    text = f"{PREFIX} SELECT * {{ {' '.join(services)} }}"
    *_, last = make_plan(text.replace("<@>", f"<{E}>"), None, [E], RowLimits(MOST, 9)).calls
    (query,) = last.binding_queries
    answers = ['VALUES (?s ?n) { (:a "VALUES (?answer1x) {  }") }', "VALUES (?s ?o) { }"]
    assert query.fill(answers).count(answers[1]) == 1


def test_a_narrowing_looks_into_the_dataset_that_the_query_names() -> None:
    head = "BASE <http://b/> PREFIX : <http://x/> SELECT * FROM <g> FROM NAMED :h "
    text = f"{head} {{ ?s :p <o> . {NAMES} }}"
    (call,) = make_plan(text.replace("<@>", f"<{E}>"), None, [E], RowLimits(MOST, 9)).calls
    (query,) = call.binding_queries
    assert " ".join(query.pieces[0].split()) == (
        "BASE <http://b/> SELECT DISTINCT ?s FROM <http://b/g> FROM NAMED <http://x/h> "
        "WHERE { ?s <http://x/p> <http://b/o> . } LIMIT 10"
    )


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (NamedNode("http://x/a"), True),
        (Literal("a"), True),
        (Literal("a", language="en"), True),
        (Literal("a", language="en-gb"), False),
        (Literal("1", datatype=XSD.INTEGER), False),
        (Literal("a", datatype=NamedNode("http://x/type")), False),
        (BlankNode("b"), False),
        (None, False),
    ],
)
def test_a_term_is_sent_that_is_written_in_one_way_only(
    term: NamedNode | Literal | BlankNode | None, expected: bool
) -> None:
    assert is_sendable(term) == expected


def test_a_column_that_cannot_be_sent_is_left_out() -> None:
    solutions = run_select(Store(), "SELECT DISTINCT * { VALUES (?x ?y) { (1 <x:a>) (2 <x:a>) } }")
    assert write_bindings(solutions, 2) == (2, "VALUES (?y) { (<x:a>) }")


def test_values_of_many_characters_are_not_sent() -> None:
    text = f'SELECT ?x {{ VALUES ?x {{ "a" "{"b" * MAX_BINDINGS_CHARACTERS}" }} }}'
    assert write_bindings(run_select(Store(), text), 9) == (2, "")
