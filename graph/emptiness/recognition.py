"""Recognises the cause of a core: a mistake in the query, or a statement that no source makes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import islice
from typing import Final

from pyoxigraph import Literal, NamedNode, Variable

from graph.answering.name import is_known
from graph.citing.index import EvidenceIndex
from graph.emptiness.cause import Cause, Example, join_words
from graph.emptiness.core import Solver
from graph.emptiness.fit import PropertyFit
from graph.emptiness.grounding import (
    MOST_EXAMPLES,
    Grounding,
    ground_pattern,
    say_together,
)
from graph.emptiness.nearness import find_near_name, list_meant
from graph.emptiness.query_part import (
    Core,
    QueryPart,
    change_literals,
    choose_effective,
    compares_order,
    each_filter,
    find_equal,
    has_service,
    is_match,
    is_text,
    list_iris,
    list_literals,
    list_patterns,
    make_upright,
    read_language_filter,
    swap,
    turn_pattern,
)
from graph.sparql import syntax
from graph.sparql.printer import print_query
from graph.sparql.scope import find_variables, has_exists, walk_parts
from graph.wording.text import add_article, shorten_iris
from ontology.namespace import EVIDENCE_GRAPH, shorten
from ontology.terms import CPEC, OA, RDF, RdfTerm, term_text

EVIDENCE: Final = NamedNode(EVIDENCE_GRAPH)

ASK_REIFIERS: Final = '; a query that begins with VERSION "1.2" sees the reifiers of statements'
"""The hint for a query of `rdf:reifies` in SPARQL 1.1, which meets no triple term."""

MOST_LITERALS: Final = 1000
"""The literals of a part for which other terms are looked up."""

LONGEST_QUERY: Final = 8000
"""The characters of a corrected query that a cause has."""

MOST_TRIED: Final = 12
"""The other terms that are tried in the place of literals of a core."""

RECORD: Final = tuple(map(Variable, ("said", "said_modality", "said_source")))
"""The variables of the record of a statement that is not asserted."""


@dataclass
class Recognition:
    """Finds the causes of cores of one query, and `corrects` it; `solver` asks its dataset."""

    query: syntax.QueryUnit
    solver: Solver
    index: EvidenceIndex | None
    corrects: bool = True

    @cached_property
    def grounding(self) -> Grounding:
        """Grounds parts in the dataset."""
        return Grounding(self.solver, self.index)

    @cached_property
    def fit(self) -> PropertyFit:
        """The fit of the properties of the store."""
        return PropertyFit(self.solver.store)

    def recognise(self, core: Core) -> Cause:
        """Return the cause of a core, the surest first; raises DeadlineError."""
        recognisers = (
            self.find_unknown_name,
            self.find_direction,
            self.find_weaker,
            self.find_unasserted,
            self.find_language,
            self.find_literal,
            self.find_class,
            self.find_reversal,
            self.find_graph,
            self.find_exclusion,
            self.find_filter,
            self.find_values,
            self.find_combination,
        )
        causes = filter(None, (recogniser(core) for recogniser in recognisers))
        cause = next(causes, None) or Cause("unsaid", self.grounding.say(core))
        return replace(cause, parts=tuple(shorten_iris(part.text) for part in core))

    # --- mistakes -----------------------------------------------------------------------------

    def find_unknown_name(self, core: Core) -> Cause | None:
        """Return the IRI that no statement has, with the nearest name."""
        store = self.solver.store
        for part in core:
            for name in dict.fromkeys(list_iris(part)):
                if not is_known(store, name):
                    fits = partial(self.fits, core, part, name)
                    near = find_near_name(store, self.index, name, fits)
                    hint = f"; did you mean {shorten(near)}?" if near else ""
                    if name == RDF.REIFIES and not self.query.version:
                        hint = ASK_REIFIERS
                    words = f"the graph does not know {shorten(name.value)}{hint}"
                    return Cause("unknown", words, near=near)
        return None

    def fits(self, core: Core, part: QueryPart, name: NamedNode, other: NamedNode) -> bool:
        """Return whether another name may stand in each place of a name in a part of a core.

        A FILTER or VALUES puts it in the places of its variables. Without a place, as in DESCRIBE,
        it is a term of the vocabulary if the name is.
        """
        if part.context == name:
            return self.solver.store.contains_named_graph(other)
        nodes = {name, *find_equal(part.element, name)}
        elements = tuple(own.element for own in core)
        patterns = (p for p in walk_parts(elements) if isinstance(p, syntax.TriplePattern))
        places = [p for p in patterns if any(node in nodes for node in walk_parts(p))]
        if not places:
            return name.value.startswith(CPEC) or not self.fit.is_term(other)
        return all(self.fit.may_stand(other, pattern, nodes) for pattern in places)

    def find_direction(self, core: Core) -> Cause | None:
        """Return the property of a core whose ends, of different kinds, are exchanged."""
        for predicate, examples in self.turn_patterns(core):
            if not isinstance(predicate, NamedNode) or self.fit.is_directed(predicate):
                name = self.grounding.write_name(predicate)
                quoted = self.grounding.quote(examples[:1])
                words = f"“{name}” is asked the wrong way round: {quoted}"
                return Cause("direction", words, examples=examples)
        return None

    def find_reversal(self, core: Core) -> Cause | None:
        """Return the statements with exchanged ends, of a property whose ends are of one kind."""
        for _, examples in self.turn_patterns(core):
            quoted = self.grounding.quote(examples[:1])
            words = f"{self.grounding.say(core)}; the other way round: {quoted}"
            return Cause("reversed", words, examples=examples)
        return None

    def turn_patterns(self, core: Core) -> Iterator[tuple[object, tuple[Example, ...]]]:
        """Yield the predicates of statements that match with exchanged ends, with the statements.

        Beside a negation or a comparison all patterns match as they are, since a core is minimal.
        """
        for part, pattern in list_patterns(core if all(map(is_match, core)) else ()):
            turned = turn_pattern(pattern)
            if turned and (examples := self.ground_instead(core, part, turned)):
                yield turned.predicate, examples

    def ground_instead(
        self, core: Core, part: QueryPart, pattern: syntax.TriplePattern
    ) -> tuple[Example, ...]:
        """Return the statements that match a pattern in the place of a part of a core."""
        return self.grounding.ground(swap(core, part, part.with_pattern(pattern)), pattern)

    def find_literal(self, core: Core) -> Cause | None:
        """Return the literal that the graph has with another type, language tag or spelling."""
        for part, literal, term in islice(self.list_meant(core), MOST_TRIED):
            for element in change_literals(part.element, literal, term):
                changed = replace(part, element=element)
                if not self.solver.is_empty(swap(core, part, changed)):
                    return self.say_meant(literal, term, changed)
        return None

    def list_meant(self, core: Core) -> Iterator[tuple[QueryPart, Literal, RdfTerm]]:
        """Yield the literals of a core with their parts, and the terms that they may mean."""
        elements = tuple(part.element for part in core)
        iris = dict.fromkeys(t for t in walk_parts(elements) if isinstance(t, NamedNode))
        for part in core:
            literals = list(dict.fromkeys(list_literals(part.element)))[:MOST_LITERALS]
            near = iris if len(literals) <= MOST_EXAMPLES else ()
            types = self.list_types(core, part) if compares_order(part) else None
            for literal in literals:
                if types is None:
                    terms = list_meant(self.grounding.bibliography.literals, literal, near)
                else:
                    terms = (Literal(literal.value, datatype=kind) for kind in types)
                yield from ((part, literal, t) for t in dict.fromkeys(terms) if t != literal)

    def list_types(self, core: Core, part: QueryPart) -> list[NamedNode]:
        """Return the datatypes of the variables of a part in the solutions of the rest."""
        rest = [other for other in core if other is not part]
        variables = dict.fromkeys(find_variables(part.element))
        kinds = (self.grounding.list_results("DATATYPE", rest, v) for v in variables)
        types = dict.fromkeys(NamedNode(kind) for own in kinds for kind in own)
        return [kind for kind in types if kind != RDF.LANG_STRING]

    def say_meant(self, literal: Literal, term: RdfTerm, part: QueryPart) -> Cause:
        """Return the cause of a literal in the place of a term, and the part with the term."""
        kind, words = "type", f"the graph has {term} here, not {literal}"
        if isinstance(term, Literal) and compares_order(part):
            words = f"{literal} is compared with values of {term.datatype}"
        elif is_text(literal) and is_text(term):
            kind = "tag" if literal.value == term.value else "text"
            if not any(self.solver.store.quads_for_pattern(None, None, term)):
                words = f"{literal} matches nothing here"
        query = self.correct(literal, term)
        words = shorten_iris(f"{words}; write {part.text}")
        return Cause(kind, words, near=term_text(term), query=query)

    def correct(self, literal: Literal, term: RdfTerm) -> str:
        """Return the query with a term in the place of a literal, "" if it has no solution."""
        forms = change_literals(self.query.form, literal, term) if self.corrects else ()
        for form in forms:
            if form == self.query.form or form.where is None or has_service(form):
                continue
            text = print_query(replace(self.query, form=form))
            if len(text) <= LONGEST_QUERY and self.solver.has_solution(form.where):
                return text
        return ""

    def find_language(self, core: Core) -> Cause | None:
        """Return the language that no text has which matches the rest of the core."""
        for part, rest in each_filter(core):
            variable, tags = read_language_filter(part)
            is_bound = any(variable in other.binds for other in rest)
            if variable is None or not tags or not is_bound:
                continue
            languages = self.grounding.list_results("LANG", rest, variable)
            if any(tag.lower() in languages for tag in tags):
                continue
            known = join_words([tag or "no language" for tag in languages or [""]], "and")
            words = f"no {variable} is in “{tags[0]}”; the graph has it in {known}"
            own = [other for other in rest if variable in other.binds]
            in_use = self.grounding.list_results("LANG", own, variable)
            return Cause("language" if tags[0].lower() in in_use else "tag", words)
        return None

    def find_class(self, core: Core) -> Cause | None:
        """Return the class that has no member, or none that fits the rest of the core."""
        for part, pattern in list_patterns(core):
            kind, subject = pattern.object, pattern.subject
            if pattern.predicate != RDF.TYPE or not isinstance(kind, NamedNode):
                continue
            write_name = self.grounding.write_name
            name = f"{write_name(kind)} ({shorten(kind.value)})"
            rest = [other for other in core if other is not part]
            if len(choose_effective(rest)) < len(rest):
                continue  # the rest means nothing without the class
            if isinstance(subject, NamedNode):
                words = f"{write_name(subject)} is not of the class {name}"
            elif rest:
                words = f"nothing that matches the rest is of the class {name}"
            else:
                words = f"nothing in the graph is of the class {name}"
            if classes := self.grounding.list_classes(rest, subject):
                words += f"; there is {join_words(map(add_article, classes), 'and')}"
            return Cause("class" if self.may_fit(pattern, rest) else "misfit", words)
        return None

    def may_fit(self, pattern: syntax.TriplePattern, rest: Core) -> bool:
        """Return whether the properties beside a class may have its members at their ends."""
        kinds = frozenset({pattern.object} if isinstance(pattern.object, NamedNode) else ())
        for _, other in list_patterns(rest):
            if not isinstance(other.predicate, NamedNode) or other.predicate == RDF.TYPE:
                continue
            ends = self.fit.find_ends(other.predicate)
            for node, classes in ((other.subject, ends.domain), (other.object, ends.range)):
                if node == pattern.subject and not self.fit.may_overlap(classes, kinds):
                    return False
        return True

    # --- statements in another modality -------------------------------------------------------

    def find_weaker(self, core: Core) -> Cause | None:
        """Return the statements that say the same as an aim, a task or a judgement."""
        for part, pattern in list_patterns(core):
            for weaker in self.fit.list_weaker(make_upright(pattern)):
                if examples := self.ground_instead(core, part, weaker):
                    return self.say_only("weaker", core, examples)
        return None

    def find_unasserted(self, core: Core) -> Cause | None:
        """Return the statements that a source does not assert: denied, proposed, requested."""
        records = self.fit.list_subjects(RDF.TYPE, CPEC.UNASSERTED_STATEMENT)
        if next(records, None) is None:
            return None
        for part, pattern in list_patterns(core):
            for related in self.fit.list_related(make_upright(pattern)):
                if examples := self.find_records(core, part, related):
                    return self.say_only("unasserted", core, examples)
        return None

    def find_records(
        self, core: Core, part: QueryPart, pattern: syntax.TriplePattern
    ) -> tuple[Example, ...]:
        """Return the unasserted statements that would match a part of a core."""
        record, modality, source = RECORD
        triples = (
            syntax.TriplePattern(record, CPEC.SAID_SUBJECT, pattern.subject),
            syntax.TriplePattern(record, CPEC.SAID_PREDICATE, pattern.predicate),  # type: ignore[arg-type]
            syntax.TriplePattern(record, CPEC.SAID_OBJECT, pattern.object),
            syntax.TriplePattern(record, CPEC.MODALITY, modality),
            syntax.TriplePattern(record, OA.HAS_SOURCE, source),
        )
        binds = part.binds.union(RECORD)
        spoken = replace(part, element=syntax.Triples(triples), context=EVIDENCE, binds=binds)
        rows = self.solver.find_solutions(swap(core, part, spoken), MOST_EXAMPLES)
        return tuple(
            self.grounding.describe(triple, row[modality].value, (row[source].value,))  # type: ignore[union-attr]
            for row in rows
            if (triple := ground_pattern(pattern, row)) is not None
        )

    def say_only(self, kind: str, core: Core, examples: tuple[Example, ...]) -> Cause:
        """Return the cause of a core that sources state in another modality alone."""
        modality = self.grounding.write_modality(examples[0].modality)
        quoted = self.grounding.quote(examples)
        words = f"{self.grounding.say(core)}; only {modality}: {quoted}"
        return Cause(kind, words, examples=examples)

    # --- other parts --------------------------------------------------------------------------

    def find_graph(self, core: Core) -> Cause | None:
        """Return the dataset or the GRAPH as a cause if the core has solutions outside of it."""
        if self.solver.clauses != ((), ()):
            solver = replace(self.solver, dataset=syntax.QueryDataset(), answers={}, merged=None)
            if not solver.is_empty(core):
                return Cause("dataset", f"{self.grounding.say(core)}; other graphs do")
        names = [part.context for part in core if isinstance(part.context, NamedNode)]
        pattern = core[0].pattern
        if not names or pattern is None:
            return None
        anywhere = [replace(part, context=None) for part in core]
        if not (examples := self.grounding.ground(anywhere, pattern)):
            return None
        place = self.grounding.bibliography.write_reference(names[0].value)
        words = f"{place} does not say so; elsewhere: {self.grounding.quote(examples[:1])}"
        return Cause("graph", words, examples=examples)

    def find_exclusion(self, core: Core) -> Cause | None:
        """Return the MINUS or NOT EXISTS that takes away each solution of the rest."""
        for part in core:
            inner = walk_parts(part.element)
            if isinstance(part.element, syntax.Minus) or (
                isinstance(part.element, syntax.Filter)
                and any(isinstance(test, syntax.Exists) and test.negated for test in inner)
            ):
                return Cause("negation", self.grounding.say(core))
        return None

    def find_filter(self, core: Core) -> Cause | None:
        """Return the FILTER that no solution of the rest satisfies, with values to compare."""
        for part, rest in each_filter(core):
            if has_exists(part.element):
                continue
            variables = dict.fromkeys(find_variables(part.element))
            values = [text for name in variables for text in self.grounding.list_values(rest, name)]
            known = "".join(f"; {text}" for text in values)
            opposite = syntax.Filter(syntax.Unary("!", part.element.expression))  # type: ignore[union-attr]
            if self.solver.is_empty(swap(core, part, replace(part, element=opposite))):
                words = f"{part.text} is an error for each solution, so none satisfies it{known}"
                return Cause("type", shorten_iris(words))
            return Cause("filter", self.grounding.say(core) + known)
        return None

    def find_values(self, core: Core) -> Cause | None:
        """Return the VALUES whose rows match no solution of the rest."""
        if any(isinstance(part.element, syntax.Values) for part in core):
            return Cause("values", self.grounding.say(core))
        return None

    def find_combination(self, core: Core) -> Cause | None:
        """Return a subselect or another part that has no words of its own."""
        if any(
            isinstance(part.element, syntax.Select | syntax.Group | syntax.Union) for part in core
        ):
            return Cause("combination", say_together(core))
        return None
