"""Cites an answer: rewrites the query, runs it, traces its solutions and proves each row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from itertools import chain, takewhile
from typing import Final, NamedTuple

from pyoxigraph import Literal, NamedNode, Store, Variable

from graph.answering.evaluation import SERVICE_REASON, query_store
from graph.citing.answer import Citation, CitedAnswer
from graph.citing.form import (
    TracedAnswer,
    answer_uncited,
    make_verification_query,
    trace_answer,
)
from graph.citing.index import EvidenceIndex, Place
from graph.citing.lineage import Answered, TermTriple
from graph.citing.prove import Prover
from graph.citing.relation import Relations
from graph.citing.select_form import choose_hidden_prefix
from graph.citing.solution import Key
from graph.citing.strength import RowModalities
from graph.citing.verify import UNVERIFIED, Verifier
from graph.dataset import RDFLIB_DEFAULT
from graph.errors import QuerySyntaxError, UnreadableQueryError
from graph.reasoning.closure import EMPTY, Graphs
from graph.reasoning.tree import statements
from graph.sparql.parser import parse_query
from graph.sparql.prologue import DatasetClause
from graph.sparql.scope import change_parts, rename_hidden_variables, walk_parts
from graph.sparql.syntax import (
    VOLATILE,
    Aggregate,
    Call,
    Group,
    Modifiers,
    NamedExpression,
    QueryDataset,
    QueryUnit,
    Select,
    Service,
)
from graph.wording.absence import Absence, AbsenceWords
from graph.wording.source import CitedSource

ABSENCE: Final = "it rests on an absence, which has no source"

UNSTATABLE: Final = "no statement of a source was found that would give it a solution"

MORE_ABSENCES: Final = "further absences are not listed"

MOST_ABSENCES: Final = 16
"""The absences of a row that are said."""

SILENT: Final = "SILENT "
"""Before the IRI of an endpoint that failed."""

BESIDE: Final = "its dataset has the default graph beside others"
"""The reason to cite no row of a query that names the default graph and others."""


def cite(
    store: Store,
    index: EvidenceIndex,
    text: str,
    bindings: Mapping[str, NamedNode | Literal] | None = None,
    dataset: DatasetClause | None = None,
    base: str | None = None,
) -> CitedAnswer:
    """Return the answer of the store to a query, with the citation of each row.

    The rows keep the order of the query; a `dataset` replaces the clauses FROM and FROM NAMED of
    the text. The text has the answers of other endpoints in place of a SERVICE (lineage.Answered).
    Raises QuerySyntaxError if the text is no query; the rows of a query that our parser does not
    read, such as one with LATERAL, are uncited.
    """
    query_store(Store(), text, bindings, dataset, base)  # the engine decides if it is SPARQL
    try:
        query = replace_dataset(rename_hidden_variables(parse_query(text, base)), dataset)
    except UnreadableQueryError as error:
        answer = query_store(store, text, bindings, dataset, base)
        return answer_uncited(answer, f"SPARQL 1.1 and triple terms alone are cited: {error}")
    if NamedNode(RDFLIB_DEFAULT) in query.dataset.default:
        return answer_uncited(query_store(store, text, bindings, dataset, base), BESIDE)
    if any(isinstance(part, Service) for part in walk_parts(query)):
        return answer_uncited(query_store(store, text, bindings, dataset, base), SERVICE_REASON)
    query = change_parts(query, Answered.read)
    relations = Relations(store, index, query, bindings or {})
    try:
        traced = trace_answer(relations, query.form)
    except QuerySyntaxError as error:
        answer = query_store(store, text, bindings, dataset, base)
        return answer_uncited(answer, f"it cannot be rewritten: {error}")
    return Citer(index, relations, query, traced).cite_rows()


def replace_dataset(query: QueryUnit, dataset: DatasetClause | None) -> QueryUnit:
    """Return a query with a dataset, if any; without clauses for the union of all graphs."""
    clauses = query.dataset
    if dataset is not None:
        default, named = (tuple(map(NamedNode, iris)) for iris in (dataset.default, dataset.named))
        clauses = QueryDataset(default, named)
    is_union = clauses == QueryDataset((NamedNode(RDFLIB_DEFAULT),))
    return replace(query, dataset=QueryDataset() if is_union else clauses)


class Ranked(NamedTuple):
    """A proof with its rank and the statements that it uses."""

    graphs: Graphs
    rank: Place
    used: list[tuple[str, TermTriple]]


class Citer:
    """Cites the rows of one answer."""

    def __init__(
        self, index: EvidenceIndex, relations: Relations, query: QueryUnit, traced: TracedAnswer
    ) -> None:
        self.index = index
        self.query = query
        self.traced = traced
        self.relations = relations
        self.thresholds = thresholds = index.thresholds
        self.relation = traced.relation
        notes = self.relation.notes
        notes.add(relations.notes)
        notes.obstacles += find_changing_functions(query)
        self.notes = notes
        default = (name.value for name in query.dataset.default)
        words = AbsenceWords(index.evidence, default, index.exclusion.silence)
        self.say_absence = cache(words.say)
        self.many = len(traced.keys) > thresholds.rows_with_proofs
        self.verifier = Verifier(index, make_verification_query(relations.run, query.form))
        most = 1 if self.many else thresholds.proofs
        caveats = tuple(dict.fromkeys(notes.caveats))
        self.prover = Prover(self.relation, index, self.verifier, caveats, most)
        self.modalities = RowModalities(self.relation, index, relations.run, self.verifier)
        name = cache(index.kernel.name)
        self.name_graphs = cache(lambda graphs: tuple(sorted(map(name, graphs))))
        self.citation = cache(self.cite_row)
        self.used: dict[Key, dict[tuple[str, TermTriple], None]] = defaultdict(dict)

    def cite_rows(self) -> CitedAnswer:
        """Return the answer with a citation for each row, and the sources that these name."""
        answer, keys, most = self.traced.answer, self.traced.keys, self.thresholds.rows
        self.prover.prepare(keys[:most])
        citations = [*map(self.citation, keys[:most]), *self.cite_rest(len(keys) - most)]
        if answer.is_boolean and not citations:
            citations = [self.cite_unsaid()]
        return answer.cite(self.relations.terms, citations, self.collect_sources(citations))

    def cite_rest(self, rows: int) -> list[Citation]:
        """Return citations for rows past the limit: the first has the query of the next page."""
        if rows <= 0:
            return []
        modifiers = self.query.form.modifiers
        most = self.thresholds.rows
        limit = most if modifiers.limit is None else min(modifiers.limit - most, most)
        page = replace(modifiers, offset=(modifiers.offset or 0) + most, limit=limit)
        text = self.relations.run.write(replace(self.query.form, modifiers=page))
        reason = f"the first {most} rows are cited"
        first = Citation("uncited", reason=f"{reason}; ask for the next with: {text}")
        return [first, *[Citation("uncited", reason=reason)] * (rows - 1)]

    def cite_row(self, key: Key) -> Citation:
        """Return the citation of a row with its absences; equal rows are cited once.

        A row that has absences, and needs no graph, rests on these alone. Any other row is not told
        which labels of an OPTIONAL are absent.
        """
        absences = self.relation.list_absences(key)
        citation = self.cite_graphs(key)
        needs_none = citation.status == "cited" and not all((*citation.proofs, citation.graphs))
        if absences and (needs_none or key in self.relation.empty):
            citation = Citation("uncited", reason=ABSENCE)
        else:
            absences = tuple(absence for absence in absences if not absence.is_label)
        absent = self.say_absences(absences)
        used = {} if citation.reason == ABSENCE else self.used.get(key, {})
        sources = tuple(sorted(self.index.evidence.quote(used).items()))
        list_parts = partial(self.relation.list_parts, key)
        citation = citation._replace(absent=absent, sources=sources, list_parts=list_parts)
        undated = self.index.list_undated(citation.proofs or [citation.graphs])
        return citation._replace(undated=undated) if undated else citation

    def cite_graphs(self, key: Key) -> Citation:
        """Return the citation of a row without its absences.

        An obstacle, such as RAND, comes before any proof: no set of graphs would settle the row. A
        count has a basis, since a smallest set would hide members. Any other row has proofs.
        """
        if key in self.relation.empty:
            return Citation("uncited", reason=self.unstatable)
        if self.notes.obstacles:
            lineage = self.relation.find_lineage(key)
            graphs = lineage.sets[0] if lineage.sets else EMPTY
            return self.cite_without_proof(graphs, self.notes.obstacles[0])
        if key in self.relation.basis or self.notes.collective:
            return self.cite_basis(key)
        proofs = self.prover.prove(key)
        if not proofs.sets:
            return self.cite_without_proof(proofs.graphs, proofs.reason)
        own = [graphs for graphs in proofs.sets if not self.find_services(graphs)]
        sets, stated = self.select_proofs(key, own or proofs.sets, self.prover.most if own else 1)
        if not own:
            citation = self.cite_without_proof(sets[0])
            modality = self.modalities.rate_proof(key, sets[0])
            return citation._replace(modalities=(modality,) if citation.graphs else ())
        named = tuple(map(self.name_graphs, sets))
        union = named[0] if len(named) == 1 else self.name_graphs(EMPTY.union(*sets))
        more = proofs.more or len(sets) < len(proofs.sets)
        modalities = tuple(self.modalities.rate_proof(key, graphs) for graphs in sets)
        rest = stated, more, not proofs.minimal
        return Citation("cited", named, union, None, *rest, modalities=modalities)

    def select_proofs(
        self, key: Key, sets: Sequence[Graphs], most: int
    ) -> tuple[Sequence[Graphs], int]:
        """Return the best proofs, at most so many, and the number of the first that state the row.

        The statements in use are kept, for the quotes of the sources.
        """
        if len(self.traced.keys) > self.thresholds.quoted_rows:
            return sets[:most], 0
        ranked = sorted((self.rank(key, graphs) for graphs in sets), key=lambda proof: proof.rank)
        shown = ranked[:most]
        for proof in shown:
            self.used[key].update(dict.fromkeys(proof.used))
        stated = takewhile(lambda proof: proof.used and not proof.rank.is_inferred, shown)
        return [proof.graphs for proof in shown], len([*stated])

    def rank(self, key: Key, graphs: Graphs) -> Ranked:
        """Return a proof with its rank."""
        trees = self.prover.find_trees(key, graphs)
        used: list[tuple[str, TermTriple]] = [
            (graph, (statement.triple.subject, statement.triple.predicate, statement.triple.object))
            for tree in trees
            for statement in statements(tree)
            for graph in statement.graphs
        ]
        account = self.modalities.rate_traced(key, graphs)
        own = graphs.difference(self.find_services(graphs))
        return Ranked(graphs, self.index.rank_proof(account, trees, own), used)

    def cite_unsaid(self) -> Citation:
        """Return the citation of an ASK that is false: it rests on absences.

        If no statement would make it true, those that rule its solutions out make it false: its
        basis is that of a count of no solutions.
        """
        form = self.query.form
        where = form.where or Group(())
        if unsaid := self.relations.find_unsaid(where):
            return Citation("uncited", reason=ABSENCE, absent=self.say_absences(unsaid))
        unstatable = Citation("uncited", reason=self.unstatable)
        if self.relations.answers or form.modifiers != Modifiers(values=form.modifiers.values):
            return unstatable
        number = Variable(choose_hidden_prefix(form) + "n")
        count = NamedExpression(Aggregate("COUNT", None), number)
        query = replace(self.query, form=Select((count,), where, form.modifiers))
        run = self.relations.run
        relations = Relations(run.store, self.index, query, run.bindings)
        try:
            counter = Citer(self.index, relations, query, trace_answer(relations, query.form))
        except QuerySyntaxError:  # a variable occurs where the engine allows none
            return unstatable
        citation = counter.citation(counter.traced.keys[0])
        if citation.basis is None:
            return unstatable
        self.used.update(counter.used)
        return citation._replace(members=None)

    def say_absences(self, absences: Sequence[Absence]) -> tuple[str, ...]:
        """Return absences in words, each once, and a remark if some are left out."""
        sentences = tuple(dict.fromkeys(map(self.say_absence, absences[:MOST_ABSENCES])))
        return (*sentences, *([MORE_ABSENCES] if len(absences) > MOST_ABSENCES else []))

    def cite_basis(self, key: Key) -> Citation:
        """Return the citation of an aggregate row, verified if the rewriting noted a caveat."""
        basis = self.relation.basis.get(key)
        members = basis.query if basis else None
        lineage = self.relation.find_lineage(key)
        if not lineage.sets:
            most = self.thresholds.members
            reason = f"it counts more than {most} solutions; its members are cited page by page"
            if basis and basis.members:
                reason = f"a solution that it counts was traced to no source; {UNVERIFIED}"
            return Citation("uncited", reason=reason, members=members)
        graphs = lineage.sets[0]
        if self.notes.caveats or (basis is None and not lineage.sound):
            self.verifier.start(basis.sorted_row or key if basis else key)
            if not self.verifier.holds(graphs):
                reason = "; ".join((*self.prover.caveats, UNVERIFIED))
                return self.cite_without_proof(graphs, reason)._replace(members=members)
        if basis and len(basis.triples) <= self.thresholds.quoted_rows:
            for triple in basis.triples:
                for number in self.index.find_stating(triple) & graphs:
                    self.used[key][self.index.kernel.name(number), triple] = None
        if self.find_services(graphs):
            return self.cite_without_proof(graphs)._replace(members=members)
        named, modalities = self.name_graphs(graphs), self.modalities.rate_basis(key, graphs)
        return Citation("cited", (), named, named, members=members, modalities=modalities)

    def cite_without_proof(self, graphs: Graphs, reason: str = "") -> Citation:
        """Return a citation without proof, with the graphs on which the row may rest.

        The answers of other endpoints, on which it rests too, are no graphs but a reason.
        """
        services = self.find_services(graphs)
        named = self.name_graphs(graphs.difference(services))
        reasons = filter(None, (reason, say_answers(services.values(), alone=not named)))
        return Citation("partly" if named else "uncited", graphs=named, reason="; ".join(reasons))

    def find_services(self, graphs: Graphs) -> dict[int, str]:
        """Return the endpoints among the sources of a row."""
        services = self.relations.tracer.services
        return {number: services[number] for number in sorted(services.keys() & graphs)}

    @property
    def unstatable(self) -> str:
        """The reason to cite nothing of what no statement was found to change."""
        answers = self.relations.answers
        return say_answers(answers.services, alone=True) if answers else UNSTATABLE

    def collect_sources(self, citations: Iterable[Citation]) -> dict[str, CitedSource]:
        """Return the sources that citations name, by rank."""
        evidence = self.index.evidence
        graphs = chain.from_iterable(citation.graphs for citation in citations)
        names = sorted(set(graphs), key=evidence.rank)
        is_quoted = len(names) <= self.thresholds.quoted_rows
        own = evidence.quote(chain.from_iterable(self.used.values())) if is_quoted else {}
        return {name: own.get(name) or evidence.source(name) for name in names}


def say_answers(services: Iterable[str], *, alone: bool) -> str:
    """Return the endpoints on whose answers a row rests, `alone` or with sources; "" for none."""
    failed = [service for service in services if service.startswith(SILENT)]
    answering = [service for service in services if service not in failed]
    rest, answer = "it" if alone else "the rest", "answers" if len(answering) == 1 else "answer"
    told = [f"{rest} is what {' and '.join(answering)} {answer}"] if answering else []
    names = (service.removeprefix(SILENT) for service in failed)
    told += [f"{' and '.join(names)} failed: SILENT leaves its answer out"] if failed else []
    return "; ".join(told)


def find_changing_functions(query: QueryUnit) -> list[str]:
    """Return as obstacles the functions of a query that give another value each time."""
    functions = {part.function for part in walk_parts(query) if isinstance(part, Call)} & VOLATILE
    return [f"{function} gives another value each time" for function in sorted(functions, key=str)]
