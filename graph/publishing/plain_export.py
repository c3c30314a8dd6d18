"""The exports for readers without RDF: statements, nodes and edges as CSV, a network as GraphML."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from pyoxigraph import Quad, Triple

from graph.errors import UnwritableError
from graph.publishing.network_tables import NetworkTables
from graph.publishing.project_table import write_project_table
from graph.publishing.rdf_export import MOST_ARRANGED, select_graph
from graph.publishing.statement_table import (
    INFERRED,
    Premises,
    Row,
    build_rows,
    write_statement_table,
)
from graph.reasoning.kernel import Kernel
from graph.reasoning.tree import Statement, Tree, find_fact, tree
from graph.wording.label import Labels
from ontology.namespace import INFERRED_GRAPH


class PlainExport:
    """The rows of a dataset and their network; `graph` selects the rows of one named graph."""

    def __init__(self, quads: Iterable[Quad], graph: str | None = None) -> None:
        self.quads = list(quads)
        self.labels = Labels.from_quads(self.quads)
        rows = build_rows(self.quads, self.premise_finder())
        self.rows = [row for row in rows if graph is None or is_in_graph(row, graph)]

    def premise_finder(self) -> Premises:
        """Return a function that finds the premises of a triple, none in a large dataset."""
        return (
            find_premises_with(Kernel(self.quads))
            if len(self.quads) <= MOST_ARRANGED
            else lambda _: ()
        )

    @cached_property
    def network(self) -> NetworkTables:
        """Return the network of the rows."""
        return NetworkTables.build(self.rows, self.quads, self.labels)

    def write_statements(self) -> bytes:
        """Return the table of statements."""
        return write_statement_table(self.rows, self.labels)

    def write_projects(self) -> bytes:
        """Return the table of undertakings and agreements, with AidData's columns."""
        return write_project_table(self.rows, self.quads, self.labels)


MOST_SUPPORTS: Final = 64
"""The supports of a triple that are compared to choose its first proof."""


@dataclass(frozen=True, slots=True)
class PlainFormat:
    """A format of the graph for readers without RDF; the name of its dump ends with `ending`.

    `write` returns the rows of an export, or their network; raises UnwritableError.
    """

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
        PlainExport.write_statements,
    ),
    PlainFormat(
        "nodes",
        "-nodes.csv",
        "text/csv",
        "the things as a table: the nodes of the network",
        lambda export: export.network.write_node_table(),
    ),
    PlainFormat(
        "edges",
        "-edges.csv",
        "text/csv",
        "the statements between things as a table: the edges of the network",
        lambda export: export.network.write_edge_table(),
    ),
    PlainFormat(
        "graphml",
        ".graphml",
        "application/graphml+xml",
        "the things and the statements between them as a network",
        lambda export: export.network.write_graphml(),
    ),
)
"""The formats of tables and networks."""

PROJECTS: Final = PlainFormat(
    "aiddata",
    "-aiddata.csv",
    "text/csv",
    "the undertakings and agreements as a table with the columns of AidData's projects",
    PlainExport.write_projects,
)
"""The format of the table of projects, which no dump has: most of its cells are empty."""

PLAIN: Final[Mapping[str, PlainFormat]] = {form.name: form for form in (*PLAIN_FORMATS, PROJECTS)}
"""The formats by their names, the values of `cpec export --format`."""


def export_plain(
    quads: Iterable[Quad], form: PlainFormat, graph: str | None = None, *, evidence: bool = False
) -> bytes:
    """Return the quads of a snapshot as a file; `graph` selects the statements of one named graph.

    Raises UnknownNameError if the dataset has no such graph, and UnwritableError for `evidence`.
    """
    if evidence:
        raise UnwritableError(f"{form.name} has no triple terms: evidence is for ttl and nt")
    quads = list(quads)
    select_graph(quads, graph)
    return form.write(PlainExport(quads, graph))


def is_in_graph(row: Row, graph: str) -> bool:
    """Return whether a named graph states a row; `graph:inferred` has the inferred rows."""
    inferred = row.stated == INFERRED
    return graph == INFERRED_GRAPH if inferred else graph == row.sentence


def find_premises_with(kernel: Kernel) -> Premises:
    """Return a function that finds the premises of the first proof of a triple.

    The first proof has the fewest graphs; of several, the first by their names.
    """

    def premises(triple: Triple) -> Iterable[tuple[str, Triple]]:
        fact = find_fact(kernel, triple)
        supports = kernel.supports(fact, MOST_SUPPORTS).sets
        first = min(supports, key=lambda graphs: (len(graphs), kernel.names(graphs)), default=None)
        return () if first is None else walk_leaves(tree(kernel, fact, first))

    return premises


def walk_leaves(proof: Tree | None) -> Iterator[tuple[str, Triple]]:
    """Yield each graph and triple among the leaves of a proof tree."""
    waiting = [proof]
    for node in waiting:
        if isinstance(node, Statement):
            yield from ((graph, node.triple) for graph in node.graphs)
        elif node is not None:
            waiting.extend(node.premises)
