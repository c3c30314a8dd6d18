"""Grounding: the statements that the solutions of some parts have, in words with their sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple, Variable

from graph.citing.index import EvidenceIndex, Search
from graph.emptiness.cause import Example, join_words
from graph.emptiness.core import Solver
from graph.emptiness.query_part import Core, QueryPart, make_group
from graph.excluding.exclusion import NO_EXCLUSION
from graph.sparql import syntax
from graph.sparql.scope import find_variables, replace_variables, walk_parts
from graph.wording.absence import Absence, AbsenceWords
from graph.wording.group_reading import read_group
from graph.wording.reference import merge_sentences
from graph.wording.sentence import write_sentence
from graph.wording.source import Bibliography
from graph.wording.statement import name_modality
from graph.wording.text import shorten_iris
from ontology.namespace import EVIDENCE_GRAPH, INFERRED_GRAPH
from ontology.terms import CPEC, RDF, RdfTerm

MOST_EXAMPLES: Final = 3
"""The statements and the values of a variable that a cause shows."""

MOST_VALUES: Final = 10
"""The different values of a variable, the languages and the classes that are looked for."""


@dataclass
class Grounding:
    """Grounds parts of a query in the dataset of a solver; an index finds inferred statements."""

    solver: Solver
    index: EvidenceIndex | None

    @cached_property
    def bibliography(self) -> Bibliography:
        """The sources and the names of the store."""
        return Bibliography(self.solver.store)

    def write_name(self, term: object) -> str:
        """Return a term in words; a variable as it is written."""
        if isinstance(term, Literal):
            return self.bibliography.literals.write(term)
        return self.bibliography.names(term).text if isinstance(term, NamedNode) else str(term)

    def write_modality(self, iri: str) -> str:
        """Return the name of a modality: aimed at."""
        return name_modality(self.bibliography.names, iri).name

    def say(self, core: Core) -> str:
        """Return the absence of a core in words; the graphs of FROM are named.

        A core is said in SPARQL if words would say another: if it has alternatives or a subselect,
        a pattern of variables alone, or no pattern, but conditions.
        """
        group = make_group(core)
        rows = [(p.variables, p.rows) for p in group.elements if isinstance(p, syntax.Values)]
        pairs = [
            pair for names, own in rows if len(own) == 1 for pair in zip(names, *own, strict=True)
        ]
        known = {variable: term for variable, term in pairs if term is not None}
        reading = read_group(replace_variables(group, known))
        free = find_variables(tuple(reading.conditions)) if not reading.patterns else ()
        if (
            any(is_general(pattern) for pattern, _ in reading.patterns)
            or any(isinstance(part, syntax.Union | syntax.Select) for part in walk_parts(group))
            or not (reading.patterns or reading.denied)
            or any(free)
        ):
            return say_together(core)
        default = [graph.value for graph in self.solver.clauses[0]]
        exclusion = self.index.exclusion if self.index is not None else NO_EXCLUSION
        words = AbsenceWords(self.bibliography, default, exclusion.silence)
        return shorten_iris(words.say(Absence(group, tuple(known.items()))))

    def quote(self, examples: Iterable[Example]) -> str:
        """Return statements in words, each with the references of its sources."""
        return "; ".join(map(self.quote_example, examples))

    def quote_example(self, example: Example) -> str:
        """Return a statement in words, with the references of its sources."""
        references = merge_sentences(map(self.bibliography.write_reference, example.graphs))
        return f"{example.words} ({', '.join(references)})" if references else example.words

    def ground(self, parts: Core, pattern: syntax.TriplePattern) -> tuple[Example, ...]:
        """Return the statements that match a pattern in the first solutions of parts."""
        if self.solver.is_empty(parts):
            return ()
        rows = self.solver.find_solutions(parts, MOST_EXAMPLES)
        triples = dict.fromkeys(ground_pattern(pattern, row) for row in rows)
        return tuple(self.describe(triple) for triple in triples if triple is not None)

    def describe(self, triple: Triple, modality: str = "", graphs: tuple[str, ...] = ()) -> Example:
        """Return a statement in words, with its sources."""
        usual = self.solver.store.quads_for_pattern(triple.predicate, CPEC.MODALITY, None)
        modality = modality or next((getattr(quad.object, "value", "") for quad in usual), "")
        subject, predicate, value = (getattr(term, "value", str(term)) for term in triple)
        words = write_sentence(triple, self.bibliography.names, modality)
        return Example(
            words, (subject, predicate, value), graphs or self.find_graphs(triple), modality
        )

    def find_graphs(self, triple: Triple) -> tuple[str, ...]:
        """Return the sources that state a triple, or else the graphs of a proof."""
        terms = triple.subject, triple.predicate, triple.object
        quads = islice(self.solver.store.quads_for_pattern(*terms, None), MOST_VALUES)
        names = {getattr(quad.graph_name, "value", "") for quad in quads}
        names -= {"", INFERRED_GRAPH, EVIDENCE_GRAPH}
        if not names and self.index is not None:
            sets = self.index.find_lineage(terms, 1, Search.ALL).sets
            names = set(self.index.kernel.names(sets[0])) if sets else set()
        return tuple(sorted(names))

    def list_values(self, parts: Core, variable: Variable) -> Iterator[str]:
        """Yield the values of a variable in the solutions of parts, in one text."""
        if not any(variable in part.binds for part in parts):
            return
        rows = self.solver.find_rows(
            select_distinct(parts, syntax.NamedExpression(variable, variable))
        )
        terms = [self.write_name(row[variable]) for row in rows if row]
        if terms:
            more = ["others"] if len(terms) > MOST_EXAMPLES else []
            yield f"{variable} is {join_words([*terms[:MOST_EXAMPLES], *more])}"

    def list_results(self, function: str, parts: Core, variable: Variable) -> list[str]:
        """Return the results of LANG or DATATYPE of a variable in the solutions of some parts."""
        result = Variable("result_of_variable")
        named = syntax.NamedExpression(syntax.Call(function, (variable,)), result)
        rows = self.solver.find_rows(select_distinct(parts, named))
        return sorted(str(getattr(row[result], "value", "")) for row in rows if row)

    def list_classes(self, parts: Core, node: syntax.Node) -> list[str]:
        """Return the labels of the project's classes of a node in the solutions of parts."""
        if not (parts or isinstance(node, NamedNode)):
            return []
        kind = Variable("kind_of_node")
        typed = QueryPart(
            syntax.Triples((syntax.TriplePattern(node, RDF.TYPE, kind),)), None, frozenset({kind})
        )
        rows = self.solver.find_rows(
            select_distinct([*parts, typed], syntax.NamedExpression(kind, kind))
        )
        classes = (row[kind] for row in rows)
        own = (term for term in classes if getattr(term, "value", "").startswith(CPEC))
        return list(map(self.write_name, own))


def is_general(pattern: syntax.TriplePattern) -> bool:
    """Return whether a pattern is of variables alone."""
    nodes = (pattern.subject, pattern.predicate, pattern.object)
    return all(isinstance(node, Variable) for node in nodes)


def print_parts(parts: Iterable[QueryPart]) -> str:
    """Return parts of a query in SPARQL."""
    return shorten_iris(" ".join(part.text for part in parts))


def say_together(core: Core) -> str:
    """Return in SPARQL that some parts have no solution."""
    this = "this matches nothing" if len(core) == 1 else "these parts match nothing together"
    return f"{this}: {print_parts(core)}"


def ground_pattern(pattern: syntax.TriplePattern, row: Mapping[Variable, RdfTerm]) -> Triple | None:
    """Return the triple of a pattern in a solution, None if it has no such triple."""
    nodes = pattern.subject, pattern.predicate, pattern.object
    subject, predicate, value = (row.get(n) if isinstance(n, Variable) else n for n in nodes)
    is_term = subject is not None and value is not None and not isinstance(value, syntax.TripleTerm)
    if not isinstance(predicate, NamedNode) or not is_term:
        return None
    return Triple(subject, predicate, value)  # type: ignore[arg-type]


def select_distinct(parts: Core, named: syntax.NamedExpression) -> syntax.Select:
    """Return the query for the different values of an expression in the solutions of parts."""
    return syntax.Select(
        (named,), make_group(parts), syntax.Modifiers(limit=MOST_VALUES), "DISTINCT"
    )
