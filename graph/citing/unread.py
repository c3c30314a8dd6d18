"""Cites a query that our parser cannot read, such as one with LATERAL, by verification alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from pyoxigraph import QueryTriples, Store

from graph.answering.reifier import Reification
from graph.citing.answer import Citation, CitedAnswer
from graph.citing.form import AnswerRows
from graph.citing.index import EvidenceIndex
from graph.citing.run import EngineAnswer, VerificationQuery
from graph.citing.solution import TermNumbers
from graph.citing.verify import Verifier
from graph.wording.statement import UNKNOWN

CUT: Final = re.compile(r"\b(LIMIT|OFFSET)\b", re.IGNORECASE)
"""The words of a query that verification cannot use: they may cut the row off."""


def cite_unread(
    store: Store,
    index: EvidenceIndex,
    text: str,
    run: Callable[[Store], EngineAnswer],
    reason: str,
    reification: Reification,
) -> CitedAnswer:
    """Return the answer of the store to a query, with each proof that verification finds."""
    results, terms = run(store), TermNumbers()
    answer = AnswerRows.read(results, terms)
    keys = answer.rows
    if isinstance(results, QueryTriples):
        keys = list(map(terms.merge_blanks, keys))
    query = VerificationQuery(
        text, terms, answer.columns, lambda part, _: run(part), lambda _: text, None, reification
    )
    verifier = Verifier(index, query)
    citations = []
    for key in keys:
        proofs = verifier.prove(key, (), (reason,), 1)
        if CUT.search(text) or not proofs.sets:
            citations.append(Citation("uncited", reason=reason))
        else:
            names, sufficient = index.kernel.names(proofs.sets[0]), not proofs.minimal
            citation = Citation("cited", (names,), names, more=True, sufficient=sufficient)
            citations.append(citation._replace(modalities=(index.modalities.named[UNKNOWN],)))
    if answer.is_boolean and not keys:
        citations = [Citation("uncited", reason=reason)]
    named = sorted({graph for citation in citations for graph in citation.graphs})
    sources = {graph: index.evidence.source(graph) for graph in named}
    return answer.cite(terms, citations, sources)


def answer_uncited(results: EngineAnswer, reason: str) -> CitedAnswer:
    """Return an answer without lineage, each row uncited for a reason."""
    terms = TermNumbers()
    answer = AnswerRows.read(results, terms)
    size = 1 if answer.is_boolean else len(answer.rows)
    return answer.cite(terms, [Citation("uncited", reason=reason)] * size, {})
