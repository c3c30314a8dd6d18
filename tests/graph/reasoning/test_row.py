"""What is said of a node by a predicate is read once, and kept as far as there is room."""

from __future__ import annotations

import pytest

from bench.graph import closed
from graph.reasoning.facts import row
from graph.reasoning.facts.row import Rows
from graph.reasoning.facts.rulebook import END, PREDICATE, SUBJECT
from graph.reasoning.provenance import Provenance

MOST = 100


def test_no_more_is_kept_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    provenance = Provenance(closed(2_000))
    fresh, rows = provenance.rows, Rows(provenance.union, provenance.parts)
    monkeypatch.setattr(row, "MOST_KEPT", MOST)
    for fact in provenance.union.by_subject:
        base = fact >> PREDICATE << SUBJECT
        first, last = base | fact >> SUBJECT & END, base | fact & END
        found = rows.after(first), rows.before(last)
        assert found == (rows.after(first), rows.before(last))
        kept = (*rows.onward.values(), *rows.backward.values())
        assert len(kept) + sum(map(len, kept)) <= max(MOST, sum(map(len, found)) + 2)
    monkeypatch.undo()
    assert all(rows.after(one) == fresh.after(one) for one in rows.onward)
