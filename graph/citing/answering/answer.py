"""A cited answer: its rows, what each of them rests on, and the sources that are named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Generic, NamedTuple, TypeVar, overload

from graph.citing.answering.row import Rows, TermRow
from graph.citing.answering.source import Evidence
from graph.citing.answering.writing import encoded, quoted, term_json
from graph.citing.following.relation import Counted
from graph.citing.weighing.brief import MORE, Brief, brief_json

Graph = TypeVar("Graph", str, int)
"""A graph, by its name or by its number."""

UNNAMED: Final = "a blank node stands for the group, and no query can tell it from the others"
"""Why no query lists the solutions that a row counts."""


class Citation(NamedTuple, Generic[Graph]):
    """What a row rests on.

    Each proof is a smallest set of named graphs that gives the row by itself, with the ontology,
    which is taken as given; the smallest come first, four at most, `more` where there are others.
    `status` is `cited`, or with a reason `partly` (graphs, but no proof) or `uncited`. `absent` are
    the patterns that had to find nothing. Of a row that counts too many solutions to name all their
    graphs, `graphs` are the first hundred, and `counted` tells of the rest.
    """

    status: str
    proofs: tuple[tuple[Graph, ...], ...] = ()
    graphs: tuple[Graph, ...] = ()
    more: bool = False
    absent: tuple[str, ...] = ()
    reason: str | None = None
    counted: Counted | None = None

    def json(self, name: Callable[[Graph], str]) -> str:
        """Return the citation as citations.schema.json has it, given the names as JSON."""
        graphs = ",".join(map(name, self.graphs))
        found = f'{{"graphs":[{graphs}],"status":"{self.status}"'
        if self.status == "cited":
            several = self.proofs != (self.graphs,)
            proofs = [",".join(map(name, one)) for one in self.proofs] if several else [graphs]
            found += f',"proofs":[[{"],[".join(proofs)}]]'
        if self.more:
            found += ',"more":true'
        if self.absent:
            found += f',"absent":{encoded(self.absent)}'
        if self.reason is not None:
            found += f',"reason":{encoded(self.reason)}'
        if self.counted is not None:
            found += f',"counted":{counted_json(self.counted)}'
        return found + "}"


def counted_json(counted: Counted) -> str:
    """Return how many solutions a row counts as citations.schema.json has it."""
    said = {"reason": UNNAMED} if counted.query is None else {"query": counted.query}
    return encoded({"number": counted.number} | said)


class Citations(Sequence[Citation[str]]):
    """The citations of rows, in their order: graphs are numbers until a citation is asked for.

    `names` are those of the graphs, by their numbers.
    """

    def __init__(self, found: Sequence[Citation[int] | Brief], names: Sequence[str]) -> None:
        self.found = found
        self.names = names

    def __len__(self) -> int:
        return len(self.found)

    @overload
    def __getitem__(self, place: int) -> Citation[str]: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Citation[str]]: ...
    def __getitem__(self, place: int | slice) -> Citation[str] | Sequence[Citation[str]]:
        if isinstance(place, slice):
            return Citations(self.found[place], self.names)
        found = self.found[place]
        if not isinstance(found, Citation):
            graphs = self.named(number for number in found if number != MORE)
            return Citation("cited", (graphs,), graphs, found[0] == MORE)
        status, proofs, numbers, more, absent, reason, counted = found
        named = tuple(map(self.named, proofs))
        return Citation(status, named, self.named(numbers), more, absent, reason, counted)

    def named(self, graphs: Iterable[int]) -> tuple[str, ...]:
        """Return the names of graphs."""
        return tuple(map(self.names.__getitem__, graphs))

    @cached_property
    def weighed(self) -> dict[int, Citation[int]]:
        """The different citations that are not kept in brief, each by its identity."""
        return {id(one): one for one in self.found if isinstance(one, Citation)}

    @cached_property
    def graphs(self) -> list[int]:
        """All graphs that are named, in the order of their numbers, which is that of the names."""
        briefs: list[Brief] = [one for one in self.found if not isinstance(one, Citation)]
        weighed = (one.graphs for one in self.weighed.values())
        return sorted(set().union(*briefs, *weighed) - {MORE})

    @cached_property
    def written(self) -> dict[int, str]:
        """The names of all graphs that are named, as JSON, in their order."""
        return {graph: quoted(self.names[graph]) for graph in self.graphs}

    def json(self) -> str:
        """Return all citations, with commas between them."""
        name = self.written.__getitem__
        written = {place: one.json(name) for place, one in self.weighed.items()}
        return ",".join(
            [
                written[id(one)] if isinstance(one, Citation) else brief_json(one, name)
                for one in self.found
            ]
        )


@dataclass(frozen=True, slots=True)
class CitedAnswer:
    """An answer with the citation of each row, and the evidence of the sources that are named.

    A constructed graph is answered with its triples as rows of subject, predicate and object; for
    an ASK `boolean` is its answer, and its one citation is that of the answer.
    """

    variables: tuple[str, ...]
    rows: Rows
    citations: Citations
    evidence: Evidence | None = None
    boolean: bool | None = None

    @property
    def sources(self) -> tuple[str, ...]:
        """The names of the graphs that the citations name, in their order."""
        return self.citations.named(self.citations.graphs)

    def json(self, worded: Callable[[str], str] | None = None) -> str:
        """Return SPARQL 1.1 Query Results JSON with two more members: citations and sources.

        They stand before the results: Oxigraph's reader takes no member after those. Where it is
        told how a graph is put in words, the sources have these too.
        """
        citations, names = self.citations.json(), self.citations.written
        sources = ",".join(self.evidence.members(names, worded)) if self.evidence else ""
        head = {} if self.boolean is not None else {"vars": self.variables}
        if self.boolean is None:
            answer = f'"results":{{"bindings":[{self.rows.json(self.variables)}]}}'
        else:
            answer = f'"boolean":{encoded(self.boolean)}'
        return (
            f'{{"head":{encoded(head)},"citations":[{citations}],"sources":{{{sources}}},{answer}}}'
        )

    def binding(self, row: TermRow) -> dict[str, Any]:
        """Return a row; what is unbound is left out."""
        pairs = zip(self.variables, row, strict=True)
        return {name: term_json(term) for name, term in pairs if term is not None}
