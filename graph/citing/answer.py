"""A cited answer: its rows, what each of them rests on, and the sources that are named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, overload

from graph.citing.brief import MORE, Brief, brief_json
from graph.citing.writing import Names, bindings, encoded, term_json
from graph.reasoning.axiom import Term


@dataclass(frozen=True, slots=True)
class Counted:
    """How many solutions a row counts, and the query that lists them."""

    number: int
    query: str


class Citation(NamedTuple):
    """What a row rests on.

    Each proof is a smallest set of named graphs that gives the row by itself, with the ontology,
    which is taken as given; the smallest come first, four at most, `more` where there are others.
    `status` is `cited`, or with a reason `partly` (graphs, but no proof) or `uncited`. `absent` are
    the patterns that had to find nothing. Of a row that counts too many solutions to name all their
    graphs, `graphs` are the first hundred, and `counted` tells of the rest.
    """

    status: str
    proofs: tuple[tuple[str, ...], ...] = ()
    graphs: tuple[str, ...] = ()
    more: bool = False
    absent: tuple[str, ...] = ()
    reason: str | None = None
    counted: Counted | None = None

    def json(self, names: Names) -> str:
        """Return the citation as docs/citations.schema.json has it."""
        graphs = names.array(self.graphs)
        found = f'{{"graphs":{graphs},"status":"{self.status}"'
        if self.status == "cited":
            several = self.proofs != (self.graphs,)
            proofs = ",".join(map(names.array, self.proofs)) if several else graphs
            found += f',"proofs":[{proofs}]'
        if self.more:
            found += ',"more":true'
        if self.absent:
            found += f',"absent":{encoded(self.absent)}'
        if self.reason is not None:
            found += f',"reason":{encoded(self.reason)}'
        if self.counted is not None:
            number, query = self.counted.number, encoded(self.counted.query)
            found += f',"counted":{{"number":{number},"query":{query}}}'
        return found + "}"


class Citations(Sequence[Citation]):
    """The citations of rows, in their order; those that are kept in brief are made when asked for.

    `names` are those of the graphs, by their numbers.
    """

    def __init__(self, found: Sequence[Citation | Brief], names: Sequence[str] = ()) -> None:
        self.found = found
        self.names = names

    def __len__(self) -> int:
        return len(self.found)

    @overload
    def __getitem__(self, place: int) -> Citation: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Citation]: ...
    def __getitem__(self, place: int | slice) -> Citation | Sequence[Citation]:
        if isinstance(place, slice):
            return Citations(self.found[place], self.names)
        found = self.found[place]
        if isinstance(found, Citation):
            return found
        graphs = tuple(self.names[number] for number in found if number != MORE)
        return Citation("cited", (graphs,), graphs, found[0] == MORE)

    def json(self, names: Names) -> str:
        """Return all citations, with commas between them."""
        different = {id(one): one for one in self.found if isinstance(one, Citation)}
        written = {number: one.json(names) for number, one in different.items()}
        named = {n: names[self.names[n]] for n in self.named}.__getitem__
        return ",".join(
            [
                written[id(one)] if isinstance(one, Citation) else brief_json(one, named)
                for one in self.found
            ]
        )

    @cached_property
    def named(self) -> set[int]:
        """The graphs that are named in brief."""
        briefs: list[Brief] = [one for one in self.found if not isinstance(one, Citation)]
        return set().union(*briefs) - {MORE}


@dataclass(frozen=True, slots=True)
class CitedAnswer:
    """An answer with the citation of each row, and the sources that the citations name, as JSON.

    A constructed graph is answered with its triples as rows of subject, predicate and object; for
    an ASK `boolean` is its answer, and its one citation is that of the answer.
    """

    variables: tuple[str, ...]
    rows: Sequence[tuple[Term | None, ...]]
    citations: Sequence[Citation]
    sources: Mapping[str, str]
    boolean: bool | None = None

    def json(self) -> str:
        """Return SPARQL 1.1 Query Results JSON with two more members: citations and sources.

        They stand before the results: Oxigraph's reader takes no member after those.
        """
        names = Names()
        several = self.citations
        citations = (several if isinstance(several, Citations) else Citations(several)).json(names)
        sources = ",".join(f"{names[name]}:{said}" for name, said in self.sources.items())
        head = {} if self.boolean is not None else {"vars": self.variables}
        if self.boolean is None:
            answer = f'"results":{{"bindings":[{bindings(self.variables, self.rows)}]}}'
        else:
            answer = f'"boolean":{encoded(self.boolean)}'
        return (
            f'{{"head":{encoded(head)},"citations":[{citations}],"sources":{{{sources}}},{answer}}}'
        )

    def binding(self, row: tuple[Term | None, ...]) -> dict[str, Any]:
        """Return a row; what is unbound is left out."""
        pairs = zip(self.variables, row, strict=True)
        return {name: term_json(term) for name, term in pairs if term is not None}
