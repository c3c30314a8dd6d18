"""The formats that ask for no RDF: statements, nodes and edges as CSV, the network as GraphML."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from pyoxigraph import Quad, Triple

from graph.errors import UnwritableError
from graph.publishing.export import within
from graph.publishing.label import Labels
from graph.publishing.network import Network
from graph.publishing.statement_table import (
    INFERRED,
    Premises,
    Row,
    statement_rows,
    statement_table,
)
from graph.reasoning.proof import MOST_PROOFS, Statement, Tree, known, tree
from graph.reasoning.provenance import Provenance
from ontology.namespace import INFERRED_GRAPH


class PlainExport:
    """The rows of a dataset, and the network that they make."""

    def __init__(self, quads: Iterable[Quad], graph: str | None = None) -> None:
        self.quads = list(quads)
        self.labels = Labels.of(self.quads)
        every = statement_rows(self.quads, first_proof(Provenance(self.quads)))
        self.rows = [row for row in every if graph is None or is_of(row, graph)]

    @cached_property
    def network(self) -> Network:
        """Return the network of the rows."""
        return Network.of(self.rows, self.quads, self.labels)

    def statements(self) -> bytes:
        """Return the table of statements."""
        return statement_table(self.rows, self.labels)


@dataclass(frozen=True, slots=True)
class PlainFormat:
    """A format; `name` is what the command calls it, and `ending` the end of its dump's name."""

    name: str
    ending: str
    media_type: str
    title: str
    write: Callable[[PlainExport], bytes]


PLAIN_FORMATS: Final = (
    PlainFormat(
        "csv",
        "-statements.csv",
        "text/csv",
        "every statement as a row of a table, with its sentence and quote",
        PlainExport.statements,
    ),
    PlainFormat(
        "nodes",
        "-nodes.csv",
        "text/csv",
        "the things as a table: the nodes of the network",
        lambda export: export.network.node_table(),
    ),
    PlainFormat(
        "edges",
        "-edges.csv",
        "text/csv",
        "the statements between things as a table: the edges of the network",
        lambda export: export.network.edge_table(),
    ),
    PlainFormat(
        "graphml",
        ".graphml",
        "application/graphml+xml",
        "the things and the statements between them as a network",
        lambda export: export.network.graphml(),
    ),
)
PLAIN: Final = {form.name: form for form in PLAIN_FORMATS}
"""The same by their names."""


def export_plain(
    quads: Iterable[Quad], form: PlainFormat, graph: str | None = None, *, evidence: bool = False
) -> bytes:
    """Return the quads of a snapshot as a file; with `graph`, the statements of that graph alone.

    Raises UnknownNameError where there is no such graph, and UnwritableError.
    """
    if evidence:
        raise UnwritableError(f"{form.name} has no triple terms: evidence is for ttl and nt")
    quads = list(quads)
    within(quads, graph)
    return form.write(PlainExport(quads, graph))


def is_of(row: Row, graph: str) -> bool:
    """Return whether a row is of a named graph: stated by it, or inferred."""
    inferred = row.stated == INFERRED
    return graph == INFERRED_GRAPH if inferred else graph == row.sentence


def first_proof(provenance: Provenance) -> Premises:
    """Return the function for what the first proof of a triple rests on."""

    def premises(triple: Triple) -> Iterable[tuple[str, Triple]]:
        fact = known(provenance, triple)
        for graphs in provenance.fuller_support(fact, MOST_PROOFS).certain(1):
            return leaves(tree(provenance, fact, graphs))
        return ()

    return premises


def leaves(proof: Tree | None) -> Iterator[tuple[str, Triple]]:
    """Yield the statements that a proof rests on, each with the graphs that state it."""
    waiting = [proof]
    for node in waiting:
        if isinstance(node, Statement):
            yield from ((graph, node.triple) for graph in node.graphs)
        elif node is not None:
            waiting.extend(node.premises)
