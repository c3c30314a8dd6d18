"""Cites an answer: for each row, the smallest sets of named graphs that give it by themselves."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Final

from pyoxigraph import (
    Literal,
    NamedNode,
    QueryBoolean,
    QuerySolutions,
    QueryTriples,
    Store,
)

from graph.citing.answering.answer import Citation, Citations, CitedAnswer
from graph.citing.answering.row import Rows
from graph.citing.answering.source import Evidence
from graph.citing.extending.absence import ABSENCES
from graph.citing.extending.plan import Notes
from graph.citing.following.aggregate import MOST_NAMED
from graph.citing.following.relation import Counted, Scanned, Tallied
from graph.citing.following.relations import Relations
from graph.citing.following.solution import Key
from graph.citing.form import TRIPLE, Answered, answered, keys_of
from graph.citing.trial import Trial
from graph.citing.weighing.brief import Brief, Briefing
from graph.citing.weighing.ledger import Traced
from graph.dataset import RDFLIB_DEFAULT
from graph.errors import QuerySyntaxError, UnreadableQueryError
from graph.evaluation import ELSEWHERE, results
from graph.reasoning.many.multitude import Multitudes
from graph.reasoning.proof import MOST_PROOFS
from graph.reasoning.provenance import Provenance
from graph.reasoning.sets.support import NOTHING, Graphs, Support
from graph.reasoning.subset import Subsets
from graph.sparql.parser import parse_query
from graph.sparql.prologue import DatasetClause
from graph.sparql.scope import parts, separated
from graph.sparql.syntax import Call, Dataset, Query, Service

MANY_ROWS: Final = 1000
"""Rows of an answer past which each is cited by one proof, not by up to four."""

ABSENCE: Final = "it rests on an absence, which has no source"

BEYOND: Final = "it is beyond the solutions that were followed"
"""Also where the engine answers otherwise when a query is extended, and trying has not helped."""

BESIDE: Final = "its dataset has the default graph beside others"
"""Why no row is cited of a query that names the default graph and others."""

CHANGING: Final = {"RAND", "UUID", "STRUUID", "NOW", "BNODE"}
"""The functions that give another value at each call, or at each run."""


class EvidenceIndex:
    """What is prepared once for a dataset, so that its answers can be cited."""

    def __init__(self, store: Store) -> None:
        self.provenance = Provenance(store)
        self.subsets = Subsets(self.provenance)
        self.evidence = Evidence(self.provenance)

    @cached_property
    def multitudes(self) -> Multitudes:
        """What many facts at once are counted with, for one query after the other."""
        return Multitudes(self.provenance)

    def prepare(self) -> None:
        """Find beforehand what would else be found at the first query."""
        self.subsets.prepare()
        self.provenance.depths.prepare()
        _ = self.provenance.missing, self.multitudes


def cite(
    store: Store,
    index: EvidenceIndex,
    text: str,
    bindings: Mapping[str, NamedNode | Literal] | None = None,
    dataset: DatasetClause | None = None,
    base: str | None = None,
) -> CitedAnswer:
    """Return the answer of the store to a query, with the citation of each row.

    The rows are those of the query, in the order that it asks for; a dataset replaces the one that
    the text describes. Raises QuerySyntaxError where the text is not a query; what is one, but
    cannot be read here, is answered uncited.
    """
    results(Store(), text, bindings, dataset, base)  # the engine is the judge of what is SPARQL
    try:
        query = of_dataset(separated(parse_query(text, base)), dataset)
    except UnreadableQueryError as error:
        whole = results(store, text, bindings, dataset, base)
        return uncited(whole, f"SPARQL 1.1 alone is followed: {error}")
    if NamedNode(RDFLIB_DEFAULT) in query.dataset.default:
        return uncited(results(store, text, bindings, dataset, base), BESIDE)
    if any(isinstance(one, Service) for one in parts(query)):
        return uncited(results(store, text, bindings, dataset, base), ELSEWHERE)
    relations = Relations(store, index.multitudes, query, bindings or {})
    try:
        answer = answered(relations, query.form)
    except QuerySyntaxError as error:
        whole = results(store, text, bindings, dataset, base)
        return uncited(whole, f"it cannot be extended: {error}")
    return Citer(index, relations, query, answer).cited()


def of_dataset(query: Query, dataset: DatasetClause | None) -> Query:
    """Return a query of another dataset, where there is one; that of no clause if it is whole."""
    clauses = query.dataset
    if dataset is not None:
        default, named = (tuple(map(NamedNode, one)) for one in (dataset.default, dataset.named))
        clauses = Dataset(default, named)
    whole = clauses == Dataset((NamedNode(RDFLIB_DEFAULT),))
    return replace(query, dataset=Dataset() if whole else clauses)


class Citer:
    """Cites the rows of one answer."""

    def __init__(
        self, index: EvidenceIndex, relations: Relations, query: Query, answer: Answered
    ) -> None:
        self.index = index
        self.terms = relations.terms
        self.answer = answer
        self.notes = Notes()
        self.notes.add(answer.relation.notes)
        self.notes.add(relations.notes)
        self.notes.obstacles += changing(query)
        self.absent = tuple(dict.fromkeys(self.notes.absences))
        self.trial = Trial(index.subsets, keys_of(relations, query.form))
        self.known: dict[Key, Citation[int]] = {}
        self.most = MOST_PROOFS if len(answer.keys) <= MANY_ROWS else 1
        relations.ledger.want(self.most)

    def cited(self) -> CitedAnswer:
        """Return the answer with its citations."""
        keys = self.answer.keys
        found = [
            brief or self.citation(key) for brief, key in zip(self.briefs(), keys, strict=True)
        ]
        if self.answer.is_boolean and not found:
            found = [Citation("uncited", reason=ABSENCE, absent=self.absent)]
        return CitedAnswer(
            tuple(variable.value for variable in self.answer.columns),
            Rows(self.answer.rows, self.terms),
            Citations(found, self.index.provenance.names),
            self.index.evidence,
            bool(self.answer.rows) if self.answer.is_boolean else None,
            self.answer.constructed,
        )

    def briefs(self) -> Sequence[Brief | None]:
        """Return the proof of each row, None unless one is enough and told at once."""
        relation, keys = self.answer.relation, self.answer.keys
        weighed = self.absent or self.notes.doubts or self.notes.obstacles or relation.empty
        solutions, briefing = relation.solutions, Briefing(relation.ledger)
        several = self.most > 1 and not isinstance(solutions, Tallied)
        if weighed or several or relation.ledger.is_small:
            return [None] * len(keys)
        if isinstance(solutions, Scanned):
            told = briefing.scanned(solutions.places)
        elif isinstance(solutions, Tallied):
            told = list(map(briefing.tallied, solutions.places.values()))
        else:
            told = list(briefing.briefs(solutions.values()))
        if keys is relation.rows and len(told) == len(keys):
            return told  # all rows are different, and followed in their order
        return list(map(dict(zip(solutions, told, strict=True)).get, keys))

    def citation(self, key: Key) -> Citation[int]:
        """Return the citation of a row; rows that are the same are cited once."""
        if key not in self.known:
            self.known[key] = self.new_citation(key)
        return self.known[key]

    def new_citation(self, key: Key) -> Citation[int]:
        """Return the citation of a row that was not cited before."""
        relation, ledger = self.answer.relation, self.answer.relation.ledger
        if key in relation.empty:
            return Citation("uncited", reason=ABSENCE, absent=self.absent)
        if not (self.notes.doubts or self.notes.obstacles):
            proofs, more = ledger.proofs(relation.solutions.get(key, ()), self.most)
            if proofs:
                return self.proved(proofs, more)
        traced = relation.traced(key) or Traced(NOTHING, sure=False)
        if self.notes.obstacles:
            counted = relation.counted.get(key)
            return self.lacking(traced.support, self.notes.obstacles[0], counted)
        support = traced.support
        if not self.notes.doubts and traced.sure and (sets := support.certain(self.most)):
            return self.proved(sets, support.count > len(sets) or not support.exact)
        sets, more = self.kept_everywhere(key, traced), True
        if not sets:
            sets, more = self.trial.confirmed(key, support)
        if sets:
            return self.proved(sets, more)
        return self.lacking(support, self.doubt() if key in relation.solutions else BEYOND)

    def kept_everywhere(self, key: Key, traced: Traced) -> list[Graphs]:
        """Return sets that give a row, and of which no part gives it by any solution.

        What is absent in the whole is so in each of them, and what is absent in a part only makes
        rows of solutions that are all known.
        """
        solutions = self.answer.relation.everywhere.get(key)
        if solutions is None or not traced.sure or not ABSENCES.issuperset(self.notes.doubts):
            return []
        every = self.answer.relation.ledger.any(solutions)
        if not (every.sure and every.support.tells and traced.support.tells):
            return []
        sets = traced.support.certain(self.most)
        return [one for one in sets if every.support.needed(one) == one]

    def doubt(self) -> str:
        """Return why a row is not cited that trying did not confirm."""
        reasons = dict.fromkeys(self.notes.doubts) or ["other solutions may need fewer graphs"]
        return "; ".join(reasons) + ": no set of graphs was confirmed by trying"

    def proved(self, sets: Sequence[Collection[int]], more: bool) -> Citation[int]:
        """Return a citation of the first sets; one of no graph at all rests on an absence alone."""
        if self.absent and not any(sets):
            return Citation("uncited", reason=ABSENCE, absent=self.absent)
        proofs = tuple([tuple(sorted(one)) for one in sets[: self.most]])
        union = proofs[0] if len(proofs) == 1 else tuple(sorted(set().union(*sets[: self.most])))
        return Citation("cited", proofs, union, more or len(sets) > self.most, self.absent)

    def lacking(
        self, support: Support, reason: str, counted: Counted | None = None
    ) -> Citation[int]:
        """Return a citation without proof, with the graphs of the smallest set that was found."""
        graphs = tuple(sorted(support.first(1)[0])) if support else ()
        if counted:
            graphs = graphs[:MOST_NAMED]
        status = "partly" if graphs else "uncited"
        return Citation(status, graphs=graphs, absent=self.absent, reason=reason, counted=counted)


def changing(query: Query) -> list[str]:
    """Return the functions of a query that give another value each time, as obstacles."""
    found = {one.function for one in parts(query) if isinstance(one, Call)} & CHANGING
    return [f"{function} gives another value each time" for function in sorted(found, key=str)]


def uncited(answer: QuerySolutions | QueryBoolean | QueryTriples, reason: str) -> CitedAnswer:
    """Return an answer that was not followed."""
    nothing: Citation[int] = Citation("uncited", reason=reason)
    if isinstance(answer, QueryBoolean):
        return CitedAnswer((), Rows.of(()), Citations([nothing], ()), boolean=bool(answer))
    if isinstance(answer, QueryTriples):
        triples = dict.fromkeys((one.subject, one.predicate, one.object) for one in answer)
        names = tuple(variable.value for variable in TRIPLE)
        rows, citations = Rows.of(triples), Citations([nothing] * len(triples), ())
        return CitedAnswer(names, rows, citations, constructed=True)
    names = tuple(variable.value for variable in answer.variables)
    rows = Rows.of(map(tuple, answer))
    return CitedAnswer(names, rows, Citations([nothing] * len(rows), ()))
