"""The law of absences, held by adding matches to a dataset and asking again.

Of each solution of a query, and each group that the query denies, the law asks two things: with the
values of the solution the group matches nothing, and a match that a source can state takes the
solution away, or changes its row or group. The law knows how negations are spelt, and nothing of
rewriting, tracing or canonical matches.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import NamedTuple, TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, QuerySolutions, Store, Triple, Variable

from graph.answering.evaluation import query_store
from graph.dataset import memory_store
from graph.sparql.parser import parse_query
from graph.sparql.syntax import Group
from graph.wording.absence import Absence, AbsenceWords
from graph.wording.source import Bibliography
from ontology.namespace import ID
from ontology.terms import CPEC

THINGS = [NamedNode(ID + name) for name in "abcde"]
NEW = [NamedNode(f"{ID}new{number}") for number in range(5)]
VARIABLE = re.compile(r"\?(\w+)")

Term: TypeAlias = NamedNode | BlankNode | Literal | Triple
Values: TypeAlias = Mapping[str, Term]
Solution: TypeAlias = tuple[tuple[tuple[str, Term | None], ...], object]
"""The values of a solution by name, and the members of its group."""


@dataclass(frozen=True)
class Denial:
    """A group that a query denies: its patterns and a condition, in a graph or in any.

    With `least`, it has fewer matches than that, by the values of `counted`.
    """

    patterns: tuple[tuple[str, str, str], ...]
    condition: str = ""
    graph: str = ""
    least: int = 1
    counted: str = ""
    is_minus: bool = False

    @property
    def text(self) -> str:
        """The group in SPARQL."""
        inner = " . ".join(map(" ".join, self.patterns)) + self.condition
        return f"GRAPH {self.graph} {{ {inner} }}" if self.graph else inner

    def select_values(self, values: Values) -> Values:
        """Return the values of a solution that the group takes over; a MINUS only joins with it."""
        text = " ".join(map(" ".join, self.patterns)) if self.is_minus else self.text
        return {name: values[name] for name in values if name in VARIABLE.findall(text)}

    def list_matches(self, values: Values, default: str) -> Iterator[list[Quad]]:
        """Yield the matches that a source can state, of new things and of things in the data."""
        graph = NamedNode(self.graph[1:-1] if self.graph.startswith("<") else default)
        text = " ".join(map(" ".join, self.patterns))
        free = sorted({*VARIABLE.findall(text)} - values.keys())
        for terms in product(*([new, *THINGS] for new, _ in zip(NEW, free, strict=False))):
            known = {**values, **dict(zip(free, terms, strict=True))}
            quads = []
            for subject, predicate, value in self.patterns:
                nodes = [known.get(end.removeprefix("?"), end) for end in (subject, value)]
                ends = [read_name(node) if isinstance(node, str) else node for node in nodes]
                if isinstance(ends[0], Literal):
                    return
                quads.append(Quad(ends[0], read_name(predicate), ends[1], graph))
            yield quads

    def read(self) -> Group:
        """Return the group as our parser reads it."""
        form = parse_query(f"SELECT * {{ {self.text} }}").form
        assert form.where is not None
        return form.where


@dataclass(frozen=True)
class Spelling:
    """A query with negations.

    `solutions` is a query for its solutions, with all that a row may depend on; `members` one for
    the members of its groups, by ?x. Each solution is explained by as few denials as possible.
    """

    name: str
    query: str
    solutions: str
    denials: tuple[Denial, ...]
    members: str = ""
    default: tuple[str, ...] = ()


def read_name(name: str) -> NamedNode:
    """Return the IRI of a prefixed name."""
    prefix, _, local = name.partition(":")
    return NamedNode({"id": ID, "cpec": CPEC}[prefix] + local)


def select(store: Store, text: str) -> QuerySolutions:
    """Return the solutions of a SELECT."""
    answer = query_store(store, text)
    assert isinstance(answer, QuerySolutions)
    return answer


def find_solutions(store: Store, spelling: Spelling) -> list[Solution]:
    """Return the solutions of a query in a store, each with the members of its group."""
    members: dict[object, list[str]] = defaultdict(list)
    if spelling.members:
        for row in select(store, spelling.members):
            members[row["x"]].append(str(sorted(map(str, row))))
    answer = select(store, spelling.solutions)
    names = [variable.value for variable in answer.variables]
    rows = (tuple(zip(names, row, strict=True)) for row in answer)
    return [(row, tuple(sorted(members[dict(row).get("x")]))) for row in rows]


class Expectation(NamedTuple):
    """The sentences that may be said of a solution, and of those the ones that must be said."""

    allowed: set[str]
    required: set[str]


def expect_absences(quads: Sequence[Quad], spelling: Spelling) -> dict[Solution, Expectation]:
    """Return the sentences of each solution, by the law.

    A sentence is allowed if matches of its groups take the solution away, and required if no other
    group gets a match by them, and no fewer groups are enough. One that is allowed has to be said.
    """
    store, default = memory_store(quads), spelling.default
    words = AbsenceWords(Bibliography(store), default)
    solutions = find_solutions(store, spelling)
    expected: dict[Solution, Expectation] = {}
    for solution in dict.fromkeys(solutions):
        allowed, required = expected[solution] = Expectation(set(), set())
        values = {name: term for name, term in solution[0] if term is not None}
        denials = dict.fromkeys(spelling.denials)
        absent = [d for d in denials if is_absent(store, d, values, default)]
        for size in range(1, len(absent) + 1):
            is_least = not allowed
            for chosen in combinations(absent, size):
                for added in list_additions(chosen, values, default):
                    wider = memory_store([*quads, *added])
                    lacking = [d for d in absent if is_absent(wider, d, values, default)]
                    rest = find_solutions(wider, spelling).count(solution)
                    if rest < solutions.count(solution) and not {*lacking} & {*chosen}:
                        sentence = say(words, chosen, values)
                        allowed.add(sentence)
                        if is_least and len(lacking) + size == len(absent):
                            required.add(sentence)
    return expected


def is_absent(store: Store, denial: Denial, values: Values, default: Sequence[str]) -> bool:
    """Return whether a group has too few matches with the values of a solution."""
    clause = " ".join(f"FROM <{name}>" for name in default)
    known = denial.select_values(values)
    text = VARIABLE.sub(lambda v: str(known.get(v[1], v[0])), denial.text)
    rows = select(store, f"SELECT * {clause} {{ {text} }}")
    if not denial.counted:
        return not any(True for _ in rows)
    return len({row[denial.counted] for row in rows}) < denial.least


def list_additions(
    denials: Sequence[Denial], values: Values, default: Sequence[str]
) -> Iterator[list[Quad]]:
    """Yield statements that give each of some groups a match, or as many as a threshold needs."""
    known = [denial.select_values(values) for denial in denials]
    graph = default[0] if default else f"{ID}x/s99"
    lists = (d.list_matches(own, graph) for d, own in zip(denials, known, strict=True))
    for matches in product(*lists):
        added = [quad for match in matches for quad in match]
        if denials[0].least > 1:
            yield [rename(quad, number) for quad in added for number in range(denials[0].least)]
        else:
            yield added


def rename(quad: Quad, number: int) -> Quad:
    """Return a quad with other new things."""
    subject, value = (
        NamedNode(f"{end.value}-{number}") if isinstance(end, NamedNode) and end in NEW else end
        for end in (quad.subject, quad.object)
    )
    return Quad(subject, quad.predicate, value, quad.graph_name)  # type: ignore[arg-type]


def say(words: AbsenceWords, denials: Sequence[Denial], values: Values) -> str:
    """Return the sentence of denials with the values of a solution."""
    groups = [denial.read() for denial in denials]
    own = {name: term for d in denials for name, term in d.select_values(values).items()}
    known = tuple((Variable(name), term) for name, term in own.items())
    if len(groups) > 1:
        groups = [Group(tuple(groups))]
    first = denials[0]
    counted = Variable(first.counted) if first.counted else None
    least = first.least
    return words.say(Absence(groups[0], known, None, least, counted if least > 1 else None))
