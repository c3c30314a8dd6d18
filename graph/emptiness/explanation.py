"""Explains an empty answer: takes the query apart, finds cores, and recognises their causes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from pyoxigraph import DefaultGraph, Literal, NamedNode, Store, Variable

from graph.answering.name import is_known
from graph.citing.citation import replace_dataset
from graph.citing.index import EvidenceIndex
from graph.emptiness.cause import Cause, Emptiness, join_words
from graph.emptiness.core import Solver, find_cores, find_single_cores
from graph.emptiness.grounding import MOST_EXAMPLES, Grounding, ground_pattern, print_parts
from graph.emptiness.query_part import (
    QueryPart,
    has_service,
    is_subselect,
    list_parts,
    name_blank_nodes,
)
from graph.emptiness.recognition import Recognition
from graph.errors import DeadlineError, UnreadableQueryError
from graph.excluding.exclusion import Exclusion
from graph.sparql import syntax
from graph.sparql.parser import parse_query
from graph.sparql.printer import print_expression
from graph.sparql.prologue import DatasetClause
from graph.sparql.scope import (
    find_aggregates,
    find_variables,
    replace_variables,
    select_columns,
    walk_parts,
)
from graph.wording.text import shorten_iris

SECONDS: Final = 5.0
"""The seconds for a core unless the server has another deadline."""

MOST_BRANCHES: Final = 8
"""The branches of a UNION whose cores are found."""

MOST_COUNTED: Final = 100_000
"""The rows up to which the rows before an OFFSET are counted."""

OpenWhole = Callable[[], AbstractContextManager[Store]]
"""Opens the dataset with all its sources."""


@dataclass(frozen=True, slots=True)
class ExcludedSources:
    """The sources that a dataset is without, and the dataset that has them."""

    exclusion: Exclusion
    open_whole: OpenWhole


def explain_emptiness(
    store: Store,
    query: tuple[str, Mapping[str, NamedNode | Literal] | None, DatasetClause | None, str | None],
    index: EvidenceIndex | None = None,
    *,
    core: bool = True,
    seconds: float = SECONDS,
    excluded: ExcludedSources | None = None,
) -> Emptiness:
    """Return the causes of the empty answer of a store to a query: text, bindings, dataset, base.

    Without `core` a part of the query is a cause only if it has no match by itself, which a look-up
    finds. Emptiness without a cause, and not undetermined, means an answer that is not empty, or
    that a look-up does not explain.
    """
    text, bindings, dataset, base = query
    try:
        unit = replace_dataset(parse_query(text, base), dataset)
    except UnreadableQueryError as error:
        return Emptiness(undetermined=f"the query is not read here: {error}")
    if excluded is not None and (unit.version or has_service(unit)):
        words = "with a SERVICE or triple terms it is not asked again with the sources left out"
        return Emptiness(undetermined=words)
    solver = Solver(store, unit.dataset, base, seconds, unit.version)
    explanation = EmptinessExplanation(unit, bindings or {}, solver, index, excluded)
    try:
        return explanation.explain() if core else explanation.look_up()
    except DeadlineError as error:
        return Emptiness(undetermined=f"the search for a core was {error}")
    except RecursionError:
        return Emptiness(undetermined="the query is nested too deep to be explained")


@dataclass
class EmptinessExplanation:
    """Explains the empty answer to one query."""

    query: syntax.QueryUnit
    bindings: Mapping[str, NamedNode | Literal]
    solver: Solver
    index: EvidenceIndex | None
    excluded: ExcludedSources | None = None

    @cached_property
    def recognition(self) -> Recognition:
        """Recognises causes in the dataset."""
        return Recognition(self.query, self.solver, self.index)

    @cached_property
    def where(self) -> syntax.Group:
        """The WHERE clause, with its parameters, its trailing VALUES and without blank nodes."""
        form = self.query.form
        group = name_blank_nodes(form.where or syntax.Group(()))
        for name, term in self.bindings.items():
            group = bind_variable(group, Variable(name), term)
        values = form.modifiers.values
        return syntax.Group((*group.elements, values)) if values else group

    @cached_property
    def parts(self) -> list[QueryPart]:
        """The parts of the WHERE clause, with the values of single rows of VALUES put in."""
        parts = list(list_parts(self.where))
        for part in parts:
            if isinstance(part.element, syntax.Values) and len(part.element.rows) == 1:
                group = syntax.Group(tuple(e for e in self.where.elements if e is not part.element))
                terms = zip(part.element.variables, part.element.rows[0], strict=True)
                for variable, term in terms:
                    group = bind_variable(group, variable, term) if term else group
                return list(list_parts(group)) or parts
        return parts

    def look_up(self) -> Emptiness:
        """Return the causes that look-ups find; no other query is asked as a whole."""
        self.recognition.corrects = False
        if (cause := self.find_slice()) is not None:
            return Emptiness((cause,))
        if self.excluded is not None:
            return self.explain_exclusion(self.excluded, EmptinessExplanation.look_up)
        triples = [part for part in self.parts if part.pattern is not None]
        cores = find_single_cores(triples, self.solver)
        causes = (*self.find_unknown_values(), *self.recognise(cores))
        return Emptiness(causes, "" if causes else self.say_not_looked_at())

    def explain(self) -> Emptiness:
        """Return the causes of the cores; raises DeadlineError."""
        if (cause := self.find_slice()) is not None:
            return Emptiness((cause,))
        form = self.query.form
        if isinstance(form, syntax.Describe) and form.where is None:
            return Emptiness(tuple(self.find_unknown_targets(form)))
        if self.excluded is not None:
            return self.explain_exclusion(self.excluded, EmptinessExplanation.explain)
        if has_service(self.where):
            return self.explain_beside_service()
        if self.solver.has_solution(self.where):
            return self.explain_modifiers()
        return self.explain_parts(self.parts)

    def explain_beside_service(self) -> Emptiness:
        """Return the causes in the parts that no SERVICE answers, or the parts that it answers.

        Solutions are joined: parts without one leave none to the whole, and so do local branches.
        """
        remote = [part for part in self.parts if has_service(part.element)]
        local = [part for part in self.parts if part not in remote]
        if self.solver.is_empty(local):
            return self.explain_parts(local)
        causes: list[Cause] = []
        for part in remote:
            if isinstance(part.element, syntax.Union):
                causes += self.explain_union([*local, part], part, part.element).causes
        return Emptiness(tuple(causes), self.say_not_looked_at())

    def say_not_looked_at(self) -> str:
        """Return that the parts which a SERVICE answers were not looked at, "" without one."""
        remote = [part for part in self.parts if has_service(part.element)]
        words = "a SERVICE answers elsewhere, so this part was not looked at"
        return f"{words}: {print_parts(remote)}" if remote else ""

    def explain_parts(self, parts: Sequence[QueryPart]) -> Emptiness:
        """Return the causes of the cores of parts without solution."""
        if causes := tuple(self.find_unknown_values()):
            return Emptiness(causes)
        if not self.solver.is_empty(parts):
            return Emptiness(
                undetermined=f"a nested group cannot be taken apart: {print_parts(parts)}"
            )
        causes_of_all: list[Cause] = []
        for core in find_cores(parts, self.solver):
            emptiness = self.explain_core(core)
            if emptiness.undetermined:
                return emptiness
            causes_of_all += emptiness.causes
        return Emptiness(tuple(causes_of_all))

    def explain_core(self, core: list[QueryPart]) -> Emptiness:
        """Return the causes of a core: of each branch of a UNION, of a subselect, or its own."""
        for part in core:
            if isinstance(part.element, syntax.Union):
                return self.explain_union(core, part, part.element)
        if len(core) == 1 and (select := is_subselect(core[0])) is not None:
            alone = replace(self.query, form=select)
            return replace(self, query=alone, bindings={}, excluded=None).explain()
        negations = syntax.Exists | syntax.Minus
        for part in core:
            select = is_subselect(part)
            if select and (
                find_aggregates(select) or any(isinstance(p, negations) for p in walk_parts(select))
            ):
                words = "a subselect with aggregates or a negation is a part of the core"
                return Emptiness(undetermined=f"{words}: {print_parts(core)}")
        return Emptiness(tuple(self.recognise([core])))

    def explain_union(
        self, core: list[QueryPart], part: QueryPart, union: syntax.Union
    ) -> Emptiness:
        """Return the causes of each branch of a UNION, beside the rest of its core."""
        rest = [other for other in core if other is not part]
        causes: list[Cause] = []
        for number, branch in enumerate(union.branches[:MOST_BRANCHES], 1):
            parts = [*rest, *list_parts(branch, part.context)]
            if has_service(branch) or (has_service(union) and not self.solver.is_empty(parts)):
                continue
            emptiness = self.explain_parts(parts)
            if emptiness.undetermined:
                return emptiness
            causes += (replace(cause, branch=number) for cause in emptiness.causes)
        return Emptiness(tuple(causes))

    def recognise(self, cores: Sequence[list[QueryPart]]) -> Iterator[Cause]:
        """Yield the causes of cores, one of equal words."""
        causes = map(self.recognition.recognise, cores)
        yield from {cause.words: cause for cause in causes}.values()

    # --- beside the WHERE clause ----------------------------------------------------------------

    def find_slice(self) -> Cause | None:
        """Return LIMIT 0 as a cause."""
        if self.query.form.modifiers.limit == 0:
            return Cause("slice", "LIMIT 0 asks for no row", ("LIMIT 0",))
        return None

    def find_unknown_targets(self, form: syntax.Describe) -> Iterator[Cause]:
        """Yield the targets of a DESCRIBE that the graph does not know."""
        for target in form.targets or ():
            part = QueryPart(syntax.Values((Variable("x"),), ((target,),)), None, frozenset())  # type: ignore[arg-type]
            if isinstance(target, NamedNode) and (
                cause := self.recognition.find_unknown_name([part])
            ):
                yield replace(cause, parts=(shorten_iris(str(target)),))

    def find_unknown_values(self) -> Iterator[Cause]:
        """Yield the unknown names of each VALUES whose rows all have one, up to MOST_EXAMPLES."""
        store = self.solver.store
        for part in self.parts:
            if not isinstance(part.element, syntax.Values) or not part.element.rows:
                continue
            rows = [
                [term for term in row if isinstance(term, NamedNode)] for row in part.element.rows
            ]
            if not all(any(not is_known(store, term) for term in row) for row in rows):
                continue
            rest = [other for other in self.parts if other is not part]
            for row in part.element.rows[:MOST_EXAMPLES]:
                single = replace(part, element=replace(part.element, rows=(row,)))
                if (cause := self.recognition.find_unknown_name([single, *rest])) is not None:
                    yield replace(cause, parts=(shorten_iris(part.text),))

    def explain_modifiers(self) -> Emptiness:
        """Return the cause of an empty answer whose WHERE clause has solutions."""
        form = self.query.form
        having, offset = form.modifiers.having, form.modifiers.offset or 0
        groups = self.count_rows(form, ()) if isinstance(form, syntax.Select) and having else 0
        if groups and isinstance(form, syntax.Select) and not self.count_rows(form, having):
            test = shorten_iris(f"HAVING {' '.join(map(print_expression, having))}")
            words = f"of {groups} groups none satisfies {test}"
            return Emptiness((Cause("having", words, (test,)),))
        select = form if isinstance(form, syntax.Select) else syntax.Select(None, self.where)
        if offset and 0 < (rows := self.count_rows(select, having)) <= offset:
            words = f"OFFSET {offset} skips {f'all {rows} rows' if rows > 1 else 'the only row'}"
            return Emptiness((Cause("slice", words, (f"OFFSET {offset}",)),))
        if isinstance(form, syntax.Construct | syntax.Describe):
            return Emptiness((Cause("template", "the query has solutions, but no triple of them"),))
        return Emptiness()

    def count_rows(self, select: syntax.Select, having: tuple[syntax.Expression, ...]) -> int:
        """Return the number of rows of a SELECT with other modifiers, up to MOST_COUNTED."""
        modifiers = replace(
            select.modifiers,
            having=having,
            order_by=(),
            limit=MOST_COUNTED,
            offset=None,
            values=None,
        )
        return len(self.solver.find_rows(replace(select, where=self.where, modifiers=modifiers)))

    # --- excluded sources -------------------------------------------------------------------------

    def explain_exclusion(
        self, excluded: ExcludedSources, search: Callable[[EmptinessExplanation], Emptiness]
    ) -> Emptiness:
        """Return the excluded sources as the cause if the whole dataset has a solution.

        Its examples are the statements of such solutions that are lost with the sources. If it has
        none, the sources are not to blame, and the causes are searched for in the whole dataset.
        """
        if self.solver.has_solution(self.where):
            return search(replace(self, excluded=None))
        core = find_cores(self.parts, self.solver)[0]
        with excluded.open_whole() as store:
            solver = self.solver.move_to(store)
            if not solver.has_solution(self.where):
                return search(replace(self, solver=solver, excluded=None))
            rows = solver.find_solutions(self.parts, MOST_EXAMPLES)
            patterns = [part.pattern for part in [*core, *self.parts] if part.pattern]
            triples = dict.fromkeys(ground_pattern(p, row) for row in rows for p in patterns)
            grounding = Grounding(solver, None)
            examples = [(t, grounding.describe(t)) for t in triples if t is not None]
            quoted = {example: grounding.quote_example(example) for _, example in examples}
        lost = [example for triple, example in examples if self.lacks(*triple)]
        shown = tuple(sorted(lost, key=lambda example: not example.modality)[:MOST_EXAMPLES])
        names = join_words(excluded.exclusion.without or excluded.exclusion.only, "and")
        left_out = names if excluded.exclusion.without else f"all but {names}"
        words = f"the sources that are left out say it ({left_out})"
        words += "".join(f"; {quoted[example]}" for example in shown)
        parts = tuple(shorten_iris(part.text) for part in core)
        return Emptiness((Cause("excluded", words, parts, examples=shown),))

    def lacks(self, subject: object, predicate: object, value: object) -> bool:
        """Return whether the dataset lacks a triple."""
        quads = self.solver.store.quads_for_pattern(subject, predicate, value, DefaultGraph())  # type: ignore[arg-type]
        return next(iter(quads), None) is None


def bind_variable(
    group: syntax.Group, variable: Variable, term: NamedNode | Literal
) -> syntax.Group:
    """Return a group with a term in the place of a variable, by VALUES where it must stay one.

    It stays in a MINUS, which takes nothing away that shares no variable with it.
    """
    stays = any(
        (isinstance(part, syntax.Bind) and part.variable == variable)
        or (isinstance(part, syntax.Values) and variable in part.variables)
        or (isinstance(part, syntax.Select) and variable in select_columns(part))
        or (isinstance(part, syntax.Minus) and variable in find_variables(part))
        for part in walk_parts(group)
    )
    if stays:
        return syntax.Group((syntax.Values((variable,), ((term,),)), *group.elements))
    return replace_variables(group, {variable: term})
