"""The change of an answer since an earlier version: the rows that came and went, each by its write.

The store of a worker is led back through the logged writes, and the query is asked there. If the
rows differ, the writes are made again one by one, and the query is asked after each: the last write
that brought a row is its cause, or that took it away. The words of the rows that stay are compared
likewise. The worker ends afterwards.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from pyoxigraph import Store

from graph.answering.evaluation import Query, choose_dataset, evaluate
from graph.answering.fingerprint import UNREAD, fingerprint
from graph.answering.format import RESULTS
from graph.answering.reifier import Reification
from graph.citing.citation import cite
from graph.citing.proof_fingerprint import Words, describe_rows
from graph.dataset import is_source_graph
from graph.errors import OnDiskError, OverloadedError, ParameterError, UnreadableQueryError
from graph.publishing.change_log import LoggedWrite, read_quads
from graph.sparql.parser import parse_query
from graph.sparql.syntax import Select
from ontology.namespace import EVIDENCE_GRAPH, INFERRED_GRAPH
from server.engine.writing.delta import Delta, serialize_quads
from server.tasks.worker_dataset import WorkerDataset
from server.writing.update_evaluation import READ_ONLY

Rows = Counter[str]
"""The rows of an answer as JSON, each with its number."""

FOLLOWING: Final = frozenset({EVIDENCE_GRAPH, INFERRED_GRAPH})
"""The graphs that change with a source, and are no cause by themselves."""


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """The rows that came and those that went, and the write of each.

    `hash` is the hash of the earlier rows.
    """

    hash: str
    came: Rows
    went: Rows
    brought: dict[str, LoggedWrite]
    took: dict[str, LoggedWrite]

    def to_json(self) -> dict[str, Any]:
        """Return the rows as SPARQL results JSON has them, each with its cause."""
        return {
            "came": list_rows(self.came, self.brought),
            "went": list_rows(self.went, self.took),
        }


def list_rows(rows: Rows, causes: dict[str, LoggedWrite]) -> list[dict[str, Any]]:
    """Return rows in the order of their JSON, each with its write, its time and its sources."""
    return [
        {"row": json.loads(row), **describe_cause(causes[row])} for row in sorted(rows.elements())
    ]


def describe_cause(write: LoggedWrite) -> dict[str, Any]:
    """Return the name and the time of a write, and the sources that it changed."""
    version = write.version
    return {"write": version.name, "time": version.created, "sources": list_sources(write)}


def list_sources(write: LoggedWrite) -> list[str]:
    """Return the sources that a write changed, or its other graphs if it changed no source."""
    sources = [graph for graph in write.graphs if is_source_graph(graph)]
    return sources or [graph for graph in write.graphs if graph not in FOLLOWING]


def compare_answers(
    dataset: WorkerDataset,
    query: Query,
    writes: Sequence[LoggedWrite],
    choose_store: Callable[[], Store],
) -> AnswerChange:
    """Return the change of an answer by writes, the oldest first; the dataset is changed.

    Raises ParameterError for a query whose rows cannot be compared, OverloadedError and OnDiskError
    for a dataset on disk, and the errors of `evaluate`.
    """
    require_comparable(choose_store(), query, dataset.cap)
    hash_rows(choose_store(), query, dataset.cap)  # today's rows must be comparable too
    after = read_rows(choose_store(), query, dataset.cap)
    for write in reversed(writes):
        change_dataset(dataset.apply, dataset, write.added, write.removed)
    earlier_hash = hash_rows(choose_store(), query, dataset.cap)
    rows = read_rows(choose_store(), query, dataset.cap)
    change = AnswerChange(earlier_hash, after - rows, rows - after, {}, {})
    if change.came or change.went:
        for write, came, went in replay_writes(dataset, query, writes, choose_store, rows):
            change.brought.update(dict.fromkeys(came, write))
            change.took.update(dict.fromkeys(went, write))
    return change


def replay_writes(
    dataset: WorkerDataset,
    query: Query,
    writes: Iterable[LoggedWrite],
    choose_store: Callable[[], Store],
    rows: Rows,
) -> Iterator[tuple[LoggedWrite, Rows, Rows]]:
    """Make writes again in a dataset before them, and yield the rows that each brought and took."""
    for write in writes:
        change_dataset(dataset.apply, dataset, write.removed, write.added)
        later = read_rows(choose_store(), query, dataset.cap)
        yield write, later - rows, rows - later
        rows = later


def list_changes(
    dataset: WorkerDataset,
    query: Query,
    writes: Sequence[LoggedWrite],
    choose_store: Callable[[], Store],
) -> list[dict[str, Any]]:
    """Return the rows that each of some writes brought and took, the oldest write first.

    Raises the errors of `compare_answers`.
    """
    require_comparable(choose_store(), query, dataset.cap)
    for write in reversed(writes):
        change_dataset(dataset.apply, dataset, write.added, write.removed)
    rows = read_rows(choose_store(), query, dataset.cap)
    return [
        {**describe_cause(write), "came": load_rows(came), "went": load_rows(went)}
        for write, came, went in replay_writes(dataset, query, writes, choose_store, rows)
        if came or went
    ]


def load_rows(rows: Rows) -> list[Any]:
    """Return distinct rows as SPARQL results JSON has them, in the order of their JSON."""
    return [json.loads(row) for row in sorted(rows)]


def compare_words(
    dataset: WorkerDataset,
    query: Query,
    writes: Sequence[LoggedWrite],
    choose_store: Callable[[], Store],
) -> list[dict[str, Any]]:
    """Return the rows of which sources say something else than before writes, the oldest first.

    Each has its words `before` and `after`, and the last write that changed them. There are none
    if a row, then or now, has further proofs than were found. The dataset is as before.
    """
    after = read_words(dataset, query, choose_store())
    for write in reversed(writes):
        change_dataset(dataset.follow, dataset, write.added, write.removed)
    before = rows = read_words(dataset, query, choose_store())
    changed = {row for row in before.keys() & after.keys() if before[row][0] != after[row][0]}
    causes: dict[str, LoggedWrite] = {}
    for write in writes:
        change_dataset(dataset.follow, dataset, write.removed, write.added)
        later = read_words(dataset, query, choose_store()) if changed else {}
        moved = (row for row in changed & later.keys() if rows.get(row, (b"",))[0] != later[row][0])
        causes.update(dict.fromkeys(moved, write))
        rows = later
    return [
        {
            "row": json.loads(row),
            "before": before[row][1],
            "after": after[row][1],
            **describe_cause(causes[row]),
        }
        for row in sorted(changed)
    ]


def read_words(
    dataset: WorkerDataset, query: Query, store: Store
) -> dict[str, tuple[bytes, Words]]:
    """Return the words of each row, none if a row has further proofs than were found."""
    if (index := dataset.evidence.index) is None:
        return {}
    given = query.bindings, choose_dataset(query), query.base
    return describe_rows(index, lambda deeper: cite(store, deeper, query.text, *given))


def change_dataset(
    apply: Callable[[Delta], None], dataset: WorkerDataset, removed: bytes, added: bytes
) -> None:
    """Change a dataset by quads that are removed and added, as N-Quads."""
    delta = Delta(serialize_quads(read_quads(removed)), serialize_quads(read_quads(added)))
    try:
        apply(delta)
    except RuntimeError as error:
        if READ_ONLY not in str(error):
            raise
        kind = OverloadedError if dataset.evidence.pending else OnDiskError
        raise kind(dataset.evidence.reason) from None


def require_comparable(store: Store, query: Query, cap: int) -> None:
    """Raise ParameterError for a query that is no SELECT of SPARQL 1.1, or QuerySyntaxError."""
    try:
        form = parse_query(query.text, query.base).form
    except (UnreadableQueryError, RecursionError):
        evaluate(store, query, cap)  # the engine judges the syntax
        raise ParameterError(f"since cannot compare the answer: {UNREAD}") from None
    graphs = (*query.default_graphs, *query.named_graphs)
    if not isinstance(form, Select) or Reification.read(query.text, query.base, graphs):
        raise ParameterError("since compares the rows of a SELECT query without triple terms")


def hash_rows(store: Store, query: Query, cap: int) -> str:
    """Return the hash of the rows; raises ParameterError if equal data may give other rows."""
    hashed = fingerprint(store, query, cap)
    if hashed.reason:
        raise ParameterError(f"since cannot compare the answer: {hashed.reason}")
    return hashed.hash


def read_rows(store: Store, query: Query, cap: int) -> Rows:
    """Return the rows of a SELECT query."""
    answer = evaluate(store, replace(query, result_format=RESULTS["json"]), cap)
    bindings: Iterable[Any] = json.loads(answer.body)["results"]["bindings"]
    return Counter(json.dumps(row, ensure_ascii=False, sort_keys=True) for row in bindings)
