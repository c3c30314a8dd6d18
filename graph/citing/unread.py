"""Cites a query that is not read here (LATERAL, triple terms): by asking alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from pyoxigraph import QueryBoolean, QuerySolutions, Store, Variable

from graph.citing.answer import Citation, CitedAnswer
from graph.citing.form import TRIPLE, rows_of
from graph.citing.index import EvidenceIndex
from graph.citing.run import EngineAnswer
from graph.citing.solution import Key, TermRow, Terms
from graph.citing.verify import Verifier

CUT: Final = re.compile(r"\b(LIMIT|OFFSET)\b", re.IGNORECASE)
"""The words of a query that is not asked again, since a part of its answer may be cut off."""


class UnreadQuestion:
    """The text of a query, as small stores are asked it; no row can be bound in it."""

    def __init__(self, text: str, run: Callable[[Store], EngineAnswer], reason: str) -> None:
        self.text = text
        self.run = run
        self.reason = reason
        self.columns: tuple[Variable, ...] = TRIPLE
        self.terms = Terms()

    def bound(self, _key: Key) -> str:
        """Return the query for all rows."""
        return self.text

    def rows(self, store: Store, _text: str) -> set[Key]:
        """Return the rows that a store answers."""
        return rows_of(self.run(store), self.terms, self.columns)


def cite_unread(store: Store, index: EvidenceIndex, question: UnreadQuestion) -> CitedAnswer:
    """Return the answer of the store to a query, with the proof of each row that asking finds."""
    answer = question.run(store)
    if isinstance(answer, QuerySolutions):
        question.columns = tuple(answer.variables)
    boolean = bool(answer) if isinstance(answer, QueryBoolean) else None
    rows = list(rows_in(answer))
    verifier = Verifier(index, question)
    citations = [citation_of(index, verifier, question, row) for row in rows]
    if boolean is False:
        citations = [Citation("uncited", reason=question.reason)]
    names = sorted({graph for citation in citations for graph in citation.graphs})
    return CitedAnswer(
        () if boolean is not None else tuple(variable.value for variable in question.columns),
        rows,
        citations,
        {name: index.evidence.source(name) for name in names},
        boolean,
        constructed=boolean is None and not isinstance(answer, QuerySolutions),
    )


def citation_of(
    index: EvidenceIndex, verifier: Verifier, question: UnreadQuestion, row: TermRow
) -> Citation:
    """Return the citation of a row."""
    key = question.terms.key(row)
    if question.columns is TRIPLE:
        key = question.terms.blanked(key)
    proofs = verifier.proofs(key, (), (question.reason,), 1)
    if CUT.search(question.text) or not proofs.sets:
        return Citation("uncited", reason=question.reason)
    named = tuple(tuple(sorted(map(index.name, graphs))) for graphs in proofs.sets)
    return Citation("cited", named, named[0], more=True, sufficient=not proofs.minimal)


def rows_in(answer: EngineAnswer) -> Iterator[TermRow]:
    """Yield the rows of an answer; an ASK has one of no columns where it is true."""
    if isinstance(answer, QueryBoolean):
        yield from [()] if answer else []
    elif isinstance(answer, QuerySolutions):
        yield from map(tuple, answer)
    else:
        yield from dict.fromkeys(
            (triple.subject, triple.predicate, triple.object) for triple in answer
        )
