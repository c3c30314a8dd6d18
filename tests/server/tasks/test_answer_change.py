"""The change of an answer: it equals asking again, and each row has the write that moved it."""

import json
from collections import Counter
from itertools import pairwise
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Quad, RdfFormat, Store, parse

from graph.answering.evaluation import Query
from graph.answering.fingerprint import fingerprint
from graph.errors import ParameterError, QuerySyntaxError
from graph.publishing.change_log import ChangeLog, LoggedWrite, Version
from ontology.namespace import EVIDENCE_GRAPH, ID, INFERRED_GRAPH
from server.tasks.answer_change import AnswerChange, Rows, compare_answers, read_rows
from server.tasks.worker_dataset import WorkerDataset, copy_union
from server.writing.change_folder import read_log
from tests.server.writing.test_change_folder import QUADS, Log

CAP = 1 << 20
QUERIES = [
    Query("SELECT ?o { ?s ?p ?o }"),
    Query("SELECT ?g ?o { GRAPH ?g { ?s ?p ?o } }"),
    Query("SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"),
    Query("SELECT ?o { GRAPH ?g { ?s ?p ?o } FILTER NOT EXISTS { GRAPH <x:a> { ?s ?p ?o } } }"),
]
"""Queries of the union, of graphs, of counts, and of rows that come twice or by an absence."""


def compare(store: Store, query: Query, writes: tuple[LoggedWrite, ...]) -> AnswerChange:
    """Return the change of an answer in a copy of a store, as a worker has it."""
    copy = Store()
    copy.extend(store)
    union = copy_union(copy)
    dataset = WorkerDataset(copy, union=True, cap=CAP, union_store=union)
    asked = dataset.store if "GRAPH" in query.text else union
    return compare_answers(dataset, query, writes, lambda: asked)


def check_law(log: Log, answers: dict[str, list[Rows]], since: str, number: int) -> None:
    """Hold a change to the recorded answers of each version."""
    kept = read_log(log.data_dir, log.version, "").list_writes_since(since)
    assert kept is not None
    change = compare(log.store, QUERIES[number], kept)
    rows = {version: rows[number] for version, rows in answers.items()}
    assert change.came == rows[log.version] - rows[since]
    assert change.went == rows[since] - rows[log.version]
    names = [since, *(write.version.name for write in kept)]
    steps = list(pairwise(names))
    for row in change.came:
        moved = [later for before, later in steps if rows[later][row] > rows[before][row]]
        assert change.brought[row].version.name == moved[-1]
    for row in change.went:
        moved = [later for before, later in steps if rows[later][row] < rows[before][row]]
        assert change.took[row].version.name == moved[-1]


def write_all(log: Log, contents: list[frozenset[Quad]]) -> dict[str, list[Rows]]:
    """Make the writes, and return the answers at each version."""
    answers = {log.version: [read_rows(log.store, query, CAP) for query in QUERIES]}
    for wanted in contents:
        log.write(wanted)
        answers[log.version] = [read_rows(log.store, query, CAP) for query in QUERIES]
    return answers


@settings(max_examples=8, deadline=None)
@given(st.lists(st.frozensets(st.sampled_from(QUADS)), max_size=4))
def test_the_difference_equals_asking_again(contents: list[frozenset[Quad]]) -> None:
    with TemporaryDirectory() as folder:
        log = Log(Path(folder), CAP)
        answers = write_all(log, contents)
        for since in answers:
            for number in range(len(QUERIES)):
                check_law(log, answers, since, number)


@pytest.mark.long
def test_the_difference_over_a_thousand_writes_equals_asking_again(tmp_path: Path) -> None:
    random = Random(30)  # noqa: S311 - no secret
    log = Log(tmp_path, CAP)
    contents = [frozenset(random.sample(QUADS, random.randrange(len(QUADS)))) for _ in range(1000)]
    answers = write_all(log, contents)
    assert len(answers) > 900
    kept = read_log(log.data_dir, log.version, "")
    versions = [kept.oldest, *(write.version.name for write in kept.writes)]
    for since in (versions[0], *random.sample(versions, 4)):
        for number in range(len(QUERIES)):
            check_law(log, answers, since, number)


def test_a_version_that_no_kept_write_leads_back_to_is_unknown(tmp_path: Path) -> None:
    log = Log(tmp_path, 500)
    answers = write_all(log, [frozenset(QUADS[: number % 7]) for number in range(1, 30)])
    kept = read_log(log.data_dir, log.version, "")
    assert 0 < len(kept.writes) < 28
    forgotten = [version for version in answers if version < kept.oldest]
    assert forgotten
    assert {kept.list_writes_since(version) for version in (*forgotten, "another's")} == {None}
    check_law(log, answers, kept.oldest, 0)
    assert kept.list_writes_since(log.version) == ()


def write_of(removed: str, added: str, name: str = "000000002-ab") -> LoggedWrite:
    """Return a logged write of N-Quads."""
    return LoggedWrite.from_quads(Version(name, "2026-01-01"), removed.encode(), added.encode())


def read_store(lines: str) -> Store:
    """Return a store whose default graph is the union of its named graphs."""
    store = Store()
    for quad in parse(lines.encode(), RdfFormat.N_QUADS):
        store.add(quad)
        store.add(Quad(quad.subject, quad.predicate, quad.object))
    return store


def test_the_cause_of_a_row_is_the_sentence_and_not_what_follows_from_it() -> None:
    stated = f'<x:s> <x:p> "1" <{ID}a/s01> .\n'
    follows = f'<x:s> <x:q> "2" <{INFERRED_GRAPH}> .\n<x:r> <x:p> "r" <{EVIDENCE_GRAPH}> .\n'
    write = write_of("", stated + follows)
    change = compare(read_store(stated + follows), Query("SELECT ?o { ?s <x:q> ?o }"), (write,))
    (row,) = change.to_json()["came"]
    assert row["row"] == {"o": {"type": "literal", "value": "2"}}
    assert (row["write"], row["sources"]) == ("000000002-ab", [f"{ID}a/s01"])
    assert change.to_json()["went"] == []


def test_the_earlier_rows_have_the_hash_of_their_receipt() -> None:
    before, after = '<x:s> <x:p> "1" <x:g> .\n', '<x:s> <x:p> "2" <x:g> .\n'
    query = Query("SELECT ?o { ?s ?p ?o }")
    change = compare(read_store(after), query, (write_of(before, after),))
    assert change.hash == fingerprint(read_store(before), query, CAP).hash
    assert (change.came.total(), change.went.total()) == (1, 1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ASK { ?s ?p ?o }", "SELECT query"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "SELECT query"),
        ("SELECT * { ?s ?p ?o } LIMIT 1", "which rows come first"),
        ("SELECT (RAND() AS ?x) { }", "RAND gives another value"),
        ("SELECT * { << ?s ?p ?o >> ?q ?r }", "since c"),
    ],
)
def test_rows_that_the_same_data_may_give_otherwise_are_refused(text: str, words: str) -> None:
    store = read_store('<x:s> <x:p> "1" <x:g> .\n<x:s> <x:p> "2" <x:g> .\n')
    with pytest.raises(ParameterError, match=words):
        compare(store, Query(text), ())


def test_a_fault_of_syntax_is_told_as_one() -> None:
    with pytest.raises(QuerySyntaxError, match="line 1"):
        compare(read_store(""), Query("SELECT nonsense"), ())


def test_a_log_leads_back_to_its_base_alone_without_writes() -> None:
    log = ChangeLog(Version("now", "2026-01-01"))
    assert log.list_writes_since("now") == ()
    assert log.list_writes_since("then") is None


def test_rows_are_counted() -> None:
    store: Any = read_store('<x:s> <x:p> "1" <x:a> .\n<x:s> <x:p> "1" <x:b> .\n')
    rows = read_rows(store, Query("SELECT ?o { GRAPH ?g { ?s ?p ?o } }"), CAP)
    assert rows == Counter({json.dumps({"o": {"type": "literal", "value": "1"}}): 2})
