"""A fingerprint: a hash of the rows of an answer, the same in every order of the rows.

It is the SHA-256 of the lines of the answer in TSV without its head, of a graph in N-Triples, each
with its line end, sorted by their bytes: `tail -n +2 | LC_ALL=C sort | sha256sum` prints it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final

from pyoxigraph import Store, Variable

from graph.answering.evaluation import SERVICE_REASON, Query, evaluate
from graph.answering.format import GRAPHS, RESULTS
from graph.errors import UnreadableQueryError
from graph.sparql.parser import parse_query
from graph.sparql.scope import select_columns, visible_variables, walk_parts
from graph.sparql.syntax import VOLATILE, Aggregate, Ask, Call, Form, Select, Service

CHOOSING: Final = frozenset({"SAMPLE", "GROUP_CONCAT"})
"""The set functions whose value hangs on the order of the members."""

BLANK: Final = {
    "tsv": re.compile(rb"(?m)(?:^|\t)(?:_:|<<[^\t\n]* _:)"),
    "nt": re.compile(rb'(?m)^(?:[^"\n]* )?_:'),
}
"""A blank node in a line, by the format."""

NUMERIC_BOOLEAN: Final = re.compile(rb'"([01])"\^\^<http://www\.w3\.org/2001/XMLSchema#boolean>')
"""A boolean as Virtuoso writes it, which is equal to `true` or `false`."""

BOOLEANS: Final = {
    "tsv": {b"1": b"true", b"0": b"false"},
    "nt": {
        b"1": b'"true"^^<http://www.w3.org/2001/XMLSchema#boolean>',
        b"0": b'"false"^^<http://www.w3.org/2001/XMLSchema#boolean>',
    },
}
"""The canonical forms of the booleans, by the format."""

UNREAD: Final = "the query has more than SPARQL 1.1, which is not read for its order"
UNORDERED: Final = "which rows come first is left open: ORDER BY does not name every column"


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The hash of the rows in hexadecimal digits, and their number; or the reason for no hash.

    Where `hash` is of the rows with their proofs, `words` is the hash of the rows with their words.
    """

    hash: str = ""
    rows: int = 0
    reason: str = ""
    words: str = ""


def fingerprint(store: Store, query: Query, cap: int) -> Fingerprint:
    """Return the fingerprint of the answer to a query; raises the errors of `evaluate`."""
    try:
        form = parse_query(query.text, query.base).form
    except (UnreadableQueryError, RecursionError):
        return Fingerprint(reason=UNREAD)
    if reason := next(find_reasons(form), ""):
        return Fingerprint(reason=reason)
    written = replace(query, result_format=RESULTS["tsv"], graph_format=GRAPHS["nt"])
    answer = evaluate(store, written, cap)
    booleans = BOOLEANS[answer.format.name]
    body = NUMERIC_BOOLEAN.sub(lambda match: booleans[match[1]], answer.body)
    lines = body.removesuffix(b"\n").split(b"\n") if body else []
    if isinstance(form, Select):
        lines = reorder_columns(lines, select_columns(form))
        if is_cut(form) and len(lines) == form.modifiers.limit:
            return Fingerprint(reason=UNORDERED)
    if BLANK[answer.format.name].search(body):
        return Fingerprint(reason="a blank node in it has another label each time")
    return Fingerprint(hash_lines(lines), len(lines))


def reorder_columns(lines: list[bytes], shown: Sequence[Variable]) -> list[bytes]:
    """Return the rows of a table, without its head, with their columns in the order of the query.

    The columns of a `SELECT *` have another order in other stores.
    """
    head, *rows = lines
    names = head.split(b"\t")
    places = {str(variable).encode(): place for place, variable in enumerate(shown)}
    order = sorted(range(len(names)), key=lambda column: places.get(names[column], column))
    if order == list(range(len(names))):
        return rows
    return [b"\t".join(map(row.split(b"\t").__getitem__, order)) for row in rows]


def hash_lines(lines: list[bytes]) -> str:
    """Return the hash of lines without their ends, the same in every order."""
    total = sha256()
    for line in sorted(lines):
        total.update(line + b"\n")
    return total.hexdigest()


def find_reasons(form: Form) -> Iterator[str]:
    """Yield why the rows of a query may be others while the data stay the same.

    A LIMIT of the query itself is no reason: it may be that there are fewer rows.
    """
    for part in walk_parts(form):
        match part:
            case Call(str() as name) if name in VOLATILE:
                yield f"{name} gives another value each time"
            case Aggregate(name) if name in CHOOSING:
                yield f"{name} follows an order that the query does not give"
            case Service():
                yield SERVICE_REASON
            case Select(distinctness="REDUCED"):
                yield "REDUCED leaves open how often a row comes"
            case Select() if is_cut(part) and (part is not form or part.modifiers.offset):
                yield UNORDERED
    if not isinstance(form, Ask | Select) and is_cut(form):
        yield UNORDERED


def is_cut(form: Form) -> bool:
    """Return whether LIMIT or OFFSET cut rows whose order ORDER BY leaves open."""
    modifiers = form.modifiers
    if modifiers.limit is None and not modifiers.offset:
        return False
    ordered = {key.expression for key in modifiers.order_by if isinstance(key.expression, Variable)}
    # then rows with equal keys are equal rows, and it does not matter which of them are cut
    return not ordered.issuperset(distinguishing_variables(form))


def distinguishing_variables(form: Form) -> tuple[Variable, ...]:
    """Return the variables that distinguish the solutions of a query."""
    if isinstance(form, Select):
        return select_columns(form)
    where = form.where
    return visible_variables(where.elements) if where else ()
