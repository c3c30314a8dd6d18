"""Cites an answer: for each row, the smallest sets of named graphs that give it by themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryBoolean,
    QuerySolutions,
    QueryTriples,
    Store,
    Triple,
)

from graph.axiom import Term
from graph.citing.form import TRIPLE, Answered, answered, keys_of
from graph.citing.plan import Notes
from graph.citing.relation import Key
from graph.citing.relations import Relations
from graph.citing.source import Evidence, Source
from graph.citing.trial import Trial
from graph.errors import QuerySyntaxError, UnreadableQueryError
from graph.evaluation import select
from graph.lexer import DatasetClause
from graph.proof import MOST_PROOFS
from graph.provenance import Provenance
from graph.sparql.parser import parse_query
from graph.sparql.scope import parts, separated
from graph.sparql.syntax import Call, Dataset, Query, Service
from graph.subset import Subsets
from graph.support import NOTHING, Graphs, Support
from ontology.namespace import PREFIXES

ABSENCE: Final = "it rests on an absence, which has no source"

CHANGING: Final = {"RAND", "UUID", "STRUUID", "NOW", "BNODE"}
"""The functions that give another value at each call, or at each run."""


@dataclass(frozen=True, slots=True)
class Citation:
    """What a row rests on.

    Each proof is a smallest set of named graphs that gives the row by itself, with the ontology,
    which is taken as given; the smallest come first, four at most, `more` where there are others.
    `status` is `cited`, or with a reason `partly` (graphs, but no proof) or `uncited`. `absent` are
    the patterns that had to find nothing.
    """

    status: str
    proofs: tuple[tuple[str, ...], ...] = ()
    graphs: tuple[str, ...] = ()
    more: bool = False
    absent: tuple[str, ...] = ()
    reason: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the citation as docs/citations.schema.json has it."""
        found: dict[str, Any] = {"graphs": list(self.graphs), "status": self.status}
        if self.status == "cited":
            found["proofs"] = [list(proof) for proof in self.proofs]
        if self.more:
            found["more"] = True
        if self.absent:
            found["absent"] = list(self.absent)
        if self.reason is not None:
            found["reason"] = self.reason
        return found


@dataclass(frozen=True, slots=True)
class CitedAnswer:
    """An answer with the citation of each row, and the sources that the citations name.

    A constructed graph is answered with its triples as rows of subject, predicate and object; for
    an ASK `boolean` is its answer, and its one citation is that of the answer.
    """

    variables: tuple[str, ...]
    rows: tuple[Key, ...]
    citations: tuple[Citation, ...]
    sources: Mapping[str, Source]
    boolean: bool | None = None

    def to_json(self) -> dict[str, Any]:
        """Return SPARQL 1.1 Query Results JSON with two more members: citations and sources.

        They stand before the results: Oxigraph's reader takes no member after those.
        """
        found: dict[str, Any] = {
            "head": {"vars": list(self.variables)} if self.boolean is None else {},
            "citations": [citation.to_json() for citation in self.citations],
            "sources": {name: source.to_json() for name, source in self.sources.items()},
        }
        if self.boolean is None:
            found["results"] = {"bindings": [self.binding(row) for row in self.rows]}
        else:
            found["boolean"] = self.boolean
        return found

    def binding(self, row: Key) -> dict[str, Any]:
        """Return a row; what is unbound is left out."""
        pairs = zip(self.variables, row, strict=True)
        return {name: term_json(term) for name, term in pairs if term is not None}


class EvidenceIndex:
    """What is prepared once for a dataset, so that its answers can be cited."""

    def __init__(self, store: Store) -> None:
        self.provenance = Provenance(store)
        self.subsets = Subsets(self.provenance)
        self.evidence = Evidence(self.provenance)

    def prepare(self) -> None:
        """Find beforehand what would else be found at the first query."""
        if self.subsets.possible:
            len(self.subsets.written)


def cite(
    store: Store,
    index: EvidenceIndex,
    text: str,
    bindings: Mapping[str, NamedNode | Literal] | None = None,
    dataset: DatasetClause | None = None,
    base: str | None = None,
) -> CitedAnswer:
    """Return the answer of the store to a query, with the citation of each row.

    The rows are those of the query, in its order; a dataset replaces the one that the text
    describes. Raises QuerySyntaxError where the text is not a query; what is one, but cannot be
    read here, is answered uncited.
    """
    select(Store(), text, bindings, dataset, base)  # the engine is the judge of what is SPARQL
    try:
        query = of_dataset(separated(parse_query(text, base)), dataset)
        refuse_service(query)
    except UnreadableQueryError as error:
        return uncited(select(store, text, bindings, dataset, base), str(error))
    relations = Relations(store, index.provenance, query, bindings or {})
    try:
        answer = answered(relations, query.form)
    except QuerySyntaxError as error:
        whole = select(store, text, bindings, dataset, base)
        return uncited(whole, f"it cannot be extended: {error}")
    return Citer(index, relations, query, answer).cited()


def of_dataset(query: Query, dataset: DatasetClause | None) -> Query:
    """Return a query of another dataset, where there is one."""
    if dataset is None:
        return query
    default, named = (tuple(map(NamedNode, one)) for one in (dataset.default, dataset.named))
    return replace(query, dataset=Dataset(default, named))


class Citer:
    """Cites the rows of one answer."""

    def __init__(
        self, index: EvidenceIndex, relations: Relations, query: Query, answer: Answered
    ) -> None:
        self.index = index
        self.answer = answer
        self.notes = Notes()
        self.notes.add(answer.relation.notes)
        self.notes.add(relations.notes)
        self.notes.obstacles += changing(query)
        self.absent = tuple(dict.fromkeys(self.notes.absences))
        self.trial = Trial(index.subsets, keys_of(relations, query.form))
        self.known: dict[Key, Citation] = {}

    def cited(self) -> CitedAnswer:
        """Return the answer with its citations."""
        citations = [self.citation(key) for key in self.answer.keys]
        if self.answer.is_boolean and not citations:
            citations = [Citation("uncited", reason=ABSENCE, absent=self.absent)]
        return CitedAnswer(
            tuple(variable.value for variable in self.answer.columns),
            tuple(self.answer.rows),
            tuple(citations),
            self.sources(citations),
            bool(self.answer.rows) if self.answer.is_boolean else None,
        )

    def sources(self, citations: Sequence[Citation]) -> dict[str, Source]:
        """Return the sources that citations name, in the order of their names."""
        named = sorted({name for citation in citations for name in citation.graphs})
        return {name: self.index.evidence.source(name) for name in named}

    def citation(self, key: Key) -> Citation:
        """Return the citation of a row; rows that are the same are cited once."""
        if key not in self.known:
            self.known[key] = self.new_citation(key)
        return self.known[key]

    def new_citation(self, key: Key) -> Citation:
        """Return the citation of a row that was not cited before."""
        relation = self.answer.relation
        traced = relation.traced.get(key)
        if key in relation.empty:
            return Citation("uncited", reason=ABSENCE, absent=self.absent)
        if traced is None:
            return self.lacking(NOTHING, "it is beyond the solutions that were followed")
        if self.notes.obstacles:
            return self.lacking(traced.support, self.notes.obstacles[0])
        support = traced.support
        if not self.notes.doubts and traced.sure and (sets := support.certain(MOST_PROOFS)):
            return self.proved(sets, support.count > len(sets) or not support.exact)
        sets, more = self.trial.confirmed(key, support)
        return self.proved(sets, more) if sets else self.lacking(support, self.doubt())

    def doubt(self) -> str:
        """Return why a row is not cited that trying did not confirm."""
        reasons = dict.fromkeys(self.notes.doubts) or ["other solutions may need fewer graphs"]
        return "; ".join(reasons) + ": no set of graphs was confirmed by trying"

    def proved(self, sets: Sequence[Graphs], more: bool) -> Citation:
        """Return a citation of the first sets; one of no graph at all rests on an absence alone."""
        if self.absent and not any(sets):
            return Citation("uncited", reason=ABSENCE, absent=self.absent)
        proofs = tuple(map(self.index.provenance.graphs, sets[:MOST_PROOFS]))
        return Citation("cited", proofs, union(proofs), more, self.absent)

    def lacking(self, support: Support, reason: str) -> Citation:
        """Return a citation without proof, with the graphs of the smallest set that was found."""
        graphs = self.index.provenance.graphs(support.first(1)[0]) if support else ()
        status = "partly" if graphs else "uncited"
        return Citation(status, graphs=graphs, absent=self.absent, reason=reason)


def union(proofs: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the graphs of all proofs, sorted."""
    return tuple(sorted({name for proof in proofs for name in proof}))


def changing(query: Query) -> list[str]:
    """Return the functions of a query that give another value each time, as obstacles."""
    found = {one.function for one in parts(query) if isinstance(one, Call)} & CHANGING
    return [f"{function} gives another value each time" for function in sorted(found, key=str)]


def refuse_service(query: Query) -> None:
    """Raise UnreadableQueryError where another endpoint is asked: its triples are not ours."""
    if any(isinstance(one, Service) for one in parts(query)):
        raise UnreadableQueryError("what a SERVICE answers is not in this graph")


def uncited(answer: QuerySolutions | QueryBoolean | QueryTriples, reason: str) -> CitedAnswer:
    """Return an answer that was not followed."""
    nothing = Citation("uncited", reason=reason)
    if isinstance(answer, QueryBoolean):
        return CitedAnswer((), (), (nothing,), {}, boolean=bool(answer))
    if isinstance(answer, QueryTriples):
        triples = dict.fromkeys((one.subject, one.predicate, one.object) for one in answer)
        names = tuple(variable.value for variable in TRIPLE)
        return CitedAnswer(names, tuple(triples), (nothing,) * len(triples), {})
    names = tuple(variable.value for variable in answer.variables)
    rows = tuple(tuple(solution) for solution in answer)
    return CitedAnswer(names, rows, (nothing,) * len(rows), {})


def term_json(term: Term | Triple) -> dict[str, Any]:
    """Return a term in SPARQL 1.1 Query Results JSON, section 3.2.2."""
    if isinstance(term, NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, BlankNode):
        return {"type": "bnode", "value": term.value}
    if isinstance(term, Triple):
        ends = ("subject", term.subject), ("predicate", term.predicate), ("object", term.object)
        return {"type": "triple", "value": {name: term_json(end) for name, end in ends}}
    found = {"type": "literal", "value": term.value}
    if term.language:
        found["xml:lang"] = term.language
    elif term.datatype.value != PREFIXES["xsd"] + "string":
        found["datatype"] = term.datatype.value
    return found
