"""A cited answer: its rows, what each of them rests on, and the sources that are named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any, Final, Generic, NamedTuple, TypeVar, cast, overload

from graph.citing.answering.row import Rows, TermRow
from graph.citing.answering.source import Evidence
from graph.citing.answering.writing import Pieces, encoded, term_json, woven
from graph.citing.following.relation import Counted
from graph.citing.weighing.brief import MORE, Brief
from graph.reasoning.facts.columns import different

Graph = TypeVar("Graph", str, int)
"""A graph, by its name or by its number."""

UNNAMED: Final = "a blank node stands for the group, and no query can tell it from the others"
"""Why no query lists the solutions that a row counts."""

CITED: Final = b'"],"status":"cited","proofs":[["'
"""What stands between the graphs of a citation in brief and the same as its proof."""

ENDS: Final = b'"]]}', b'"]],"more":true}'
"""How a citation in brief ends, if its proof is the only one, or if there are more."""


class Citation(NamedTuple, Generic[Graph]):
    """What a row rests on.

    Each proof is a smallest set of named graphs that gives the row by itself, with the ontology,
    which is taken as given; the smallest come first, four at most, `more` where there are others.
    `status` is `cited`, or with a reason `partly` (graphs, but no proof) or `uncited`. `absent` are
    the patterns that had to find nothing. Of a row that counts too many solutions to name all their
    graphs, `graphs` are the first hundred, and `counted` tells of the rest. `modalities` are those
    of the proofs, "" for none, where they are known (graph/explaining/modality.py).
    """

    status: str
    proofs: tuple[tuple[Graph, ...], ...] = ()
    graphs: tuple[Graph, ...] = ()
    more: bool = False
    absent: tuple[str, ...] = ()
    reason: str | None = None
    counted: Counted | None = None
    modalities: tuple[str, ...] = ()

    def json(self, name: Callable[[Graph], bytes]) -> Pieces:
        """Return the citation as citations.schema.json has it, given the names of graphs."""
        graphs = listed(map(name, self.graphs))
        found: Pieces = [b'{"graphs":', graphs, b',"status":"%b"' % self.status.encode()]
        if self.status == "cited":
            several = self.proofs != (self.graphs,)
            proofs = [listed(map(name, one)) for one in self.proofs] if several else [graphs]
            found += b',"proofs":[', b",".join(proofs), b"]"
        if self.modalities:
            found += b',"modalities":', encoded(self.modalities)
        if self.more:
            found.append(b',"more":true')
        if self.absent:
            found += b',"absent":', encoded(self.absent)
        if self.reason is not None:
            found += b',"reason":', encoded(self.reason)
        if self.counted is not None:
            found += b',"counted":', counted_json(self.counted)
        return [*found, b"}"]


def listed(names: Iterable[bytes]) -> bytes:
    """Return names as an array of JSON, which escapes nothing in them: they are IRIs."""
    found = b'","'.join(names)
    return b'["%b"]' % found if found else b"[]"


def counted_json(counted: Counted) -> bytes:
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
        status, proofs, numbers, more, absent, reason, counted, meant = found
        named, graphs = tuple(map(self.named, proofs)), self.named(numbers)
        return Citation(status, named, graphs, more, absent, reason, counted, meant)

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
        rows = (one.graphs if isinstance(one, Citation) else one for one in self.found)
        return different(rows, len(self.names))

    def json(self, names: Mapping[int, bytes]) -> Pieces:
        """Return all citations, with commas between them, given the names of graphs."""
        written = {place: one.json(names.__getitem__) for place, one in self.weighed.items()}
        found: Pieces = []
        for kind, run in groupby(self.found, type):
            if kind is Citation:
                for one in run:
                    found += b",", *written[id(one)]
            else:
                found += b",", *briefs_json(cast("list[Brief]", list(run)), names)
        return found[1:]


def briefs_json(briefs: Sequence[Brief], names: Mapping[int, bytes]) -> Pieces:
    """Return citations of one proof each as citations.schema.json has them.

    Most are of one graph or of two, whose names are looked up without a call.
    """
    name = names.__getitem__
    graphs = [
        names[one[-1]]
        if len(one) == 1 or (len(one) == 2 and one[0] == MORE)
        else names[one[1]] + b'","' + names[one[2]]
        if len(one) == 3 and one[0] == MORE
        else b'","'.join(map(name, one[one[0] == MORE :]))
        for one in briefs
    ]
    ends = [ENDS[one[0] == MORE] for one in briefs]
    return [b'{"graphs":["', *woven(b',{"graphs":["', graphs, CITED, graphs, ends)]


@dataclass(frozen=True, slots=True)
class CitedAnswer:
    """An answer with the citation of each row, and the evidence of the sources that are named.

    A graph that was `constructed` is answered with its triples as rows of subject, predicate and
    object; for an ASK `boolean` is its answer, and its one citation is that of the answer.
    """

    variables: tuple[str, ...]
    rows: Rows
    citations: Citations
    evidence: Evidence | None = None
    boolean: bool | None = None
    constructed: bool = False

    @property
    def sources(self) -> tuple[str, ...]:
        """The names of the graphs that the citations name, in their order."""
        return self.citations.named(self.citations.graphs)

    def json(self, worded: Callable[[str], str] | None = None) -> bytes:
        """Return the answer as JSON."""
        return b"".join(self.pieces(worded))

    def pieces(self, worded: Callable[[str], str] | None = None, members: bytes = b"") -> Pieces:
        """Return SPARQL 1.1 Query Results JSON with two more members: citations and sources.

        They stand before the results: Oxigraph's reader takes no member after those. Where it is
        told how a graph is put in words, the sources have these too. Other members, each after a
        comma, follow the head.
        """
        names = self.evidence.names(self.citations.graphs) if self.evidence else {}
        head = {} if self.boolean is not None else {"vars": self.variables}
        found = [b'{"head":', encoded(head), members]
        found += b',"citations":[', *self.citations.json(names)
        found.append(b'],"sources":{')
        if self.evidence:
            found += self.evidence.members(names, worded)
        if self.boolean is None:
            found += b'},"results":{"bindings":[', *self.rows.json(self.variables), b"]}}"
        else:
            found += b'},"boolean":', encoded(self.boolean), b"}"
        return found

    def binding(self, row: TermRow) -> dict[str, Any]:
        """Return a row; what is unbound is left out."""
        pairs = zip(self.variables, row, strict=True)
        return {name: term_json(term) for name, term in pairs if term is not None}
