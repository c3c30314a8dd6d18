"""Cites a query that is not read here (LATERAL, triple terms): by asking alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from pyoxigraph import QueryBoolean, QuerySolutions, Store

from graph.citing.answer import Citation, CitedAnswer
from graph.citing.form import TRIPLE
from graph.citing.index import EvidenceIndex
from graph.citing.run import EngineAnswer, Question
from graph.citing.solution import TermRow, Terms
from graph.citing.verify import Verifier

CUT: Final = re.compile(r"\b(LIMIT|OFFSET)\b", re.IGNORECASE)
"""The words of a query that is not asked again, since a part of its answer may be cut off."""


def cite_unread(
    store: Store,
    index: EvidenceIndex,
    text: str,
    run: Callable[[Store], EngineAnswer],
    reason: str,
) -> CitedAnswer:
    """Return the answer of the store to a query, with the proof of each row that asking finds."""
    answer = run(store)
    is_select, is_ask = isinstance(answer, QuerySolutions), isinstance(answer, QueryBoolean)
    columns = tuple(answer.variables) if isinstance(answer, QuerySolutions) else TRIPLE
    question = Question(text, Terms(), columns, lambda part, _: run(part), lambda _: text)
    rows, verifier = list(rows_in(answer)), Verifier(index, question)
    citations = []
    for row in rows:
        key = question.terms.key(row)
        key = key if is_select else question.terms.blanked(key)
        proofs = verifier.proofs(key, (), (reason,), 1)
        if CUT.search(text) or not proofs.sets:
            citations.append(Citation("uncited", reason=reason))
        else:
            names = tuple(sorted(map(index.name, proofs.sets[0])))
            sufficient = not proofs.minimal
            citations.append(Citation("cited", (names,), names, more=True, sufficient=sufficient))
    if is_ask and not rows:
        citations = [Citation("uncited", reason=reason)]
    named = sorted({graph for citation in citations for graph in citation.graphs})
    return CitedAnswer(
        () if is_ask else tuple(variable.value for variable in columns),
        rows,
        citations,
        {graph: index.evidence.source(graph) for graph in named},
        bool(rows) if is_ask else None,
        constructed=not (is_select or is_ask),
    )


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
