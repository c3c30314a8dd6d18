"""The exports for readers without RDF: statements, nodes and edges as CSV, a network as GraphML."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from xml.etree import ElementTree as ET

from pyoxigraph import NamedNode, Quad, Triple

from graph.answering.fidelity import NO_XML, escape_returns
from graph.dataset import graph_of
from graph.errors import UnwritableError
from graph.publishing.csv_table import write_csv
from graph.publishing.rdf_export import MOST_ARRANGED, select_graph
from graph.publishing.reading_order import ReadingOrder
from graph.publishing.statement_table import (
    INFERRED,
    STATED,
    UNASSERTED,
    StatementRow,
    build_rows,
    find_premises_with,
    join_texts,
    local_name,
    write_statement_table,
)
from graph.reasoning.kernel import Kernel
from graph.wording.display_name import Labels
from ontology.namespace import EDITORIAL_GRAPH, ID, INFERRED_GRAPH
from ontology.outline import packaged_outline
from ontology.terms import CPEC, RDF, term_text
from ontology.vocabulary import strongest_modality

NODE_COLUMNS: Final = ("id", "label", "label_ur", "label_zh", "type")
EDGE_COLUMNS: Final = ("source", "target", "property", "label", "modality", "stated", "sentences")
GRAPHML: Final = "http://graphml.graphdrawing.org/xmlns"

Cells = tuple[str, ...]


class PlainExport:
    """The rows of a dataset, and the network of its things; `graph` selects one named graph.

    Countries, undertakings and areas are the nodes, the statements between them the edges: each has
    its cells in the order of its columns.
    """

    def __init__(self, quads: Iterable[Quad], graph: str | None = None) -> None:
        self.quads = list(quads)
        self.labels = Labels.from_quads(self.quads)
        is_large = len(self.quads) > MOST_ARRANGED  # the rows of its inferences have no premises
        premises = (lambda _: ()) if is_large else find_premises_with(Kernel(self.quads))
        rows = build_rows(self.quads, premises)
        self.rows = [
            row
            for row in rows
            if graph in {None, INFERRED_GRAPH if row.stated == INFERRED else row.sentence}
        ]

    @cached_property
    def connecting(self) -> dict[Triple, list[StatementRow]]:
        """The rows of each triple between things."""
        connecting: dict[Triple, list[StatementRow]] = {}
        for row in self.rows:
            ends = row.triple.subject, row.triple.object
            if row.stated != UNASSERTED and all(map(is_thing, ends)):
                connecting.setdefault(row.triple, []).append(row)
        return connecting

    @cached_property
    def nodes(self) -> list[Cells]:
        """The things that the project types, and those at the ends of the edges."""
        order = ReadingOrder.from_quads(self.quads)
        things = {
            term_text(end) for triple in self.connecting for end in (triple.subject, triple.object)
        }
        things |= {
            term_text(quad.subject)
            for quad in self.quads
            if quad.predicate == RDF.TYPE and graph_of(quad) == EDITORIAL_GRAPH
            if is_thing(quad.subject)
        }
        return [write_node(thing, order, self.labels) for thing in sorted(things, key=order.rank)]

    @cached_property
    def edges(self) -> list[Cells]:
        """The statements between things."""
        return [write_edge(triple, rows, self.labels) for triple, rows in self.connecting.items()]

    def write_graphml(self) -> bytes:
        """Return the network as GraphML (http://graphml.graphdrawing.org/).

        Gephi, Cytoscape and networkx read it. Raises UnwritableError for a control character.
        """
        root = ET.Element("graphml", xmlns=GRAPHML)
        declare_attributes(root, "node", NODE_COLUMNS[1:])
        declare_attributes(root, "edge", EDGE_COLUMNS[2:])
        graph = ET.SubElement(root, "graph", id="cpec-graph", edgedefault="directed")
        for cells in self.nodes:
            node = ET.SubElement(graph, "node", id=cells[0])
            write_attributes(node, "node", NODE_COLUMNS[1:], cells[1:])
        for number, cells in enumerate(self.edges, 1):
            ends = {"id": f"e{number}", "source": cells[0], "target": cells[1]}
            edge = ET.SubElement(graph, "edge", ends)
            write_attributes(edge, "edge", EDGE_COLUMNS[2:], cells[2:])
        ET.indent(root)
        body: bytes = ET.tostring(root, "utf-8", xml_declaration=True)
        if NO_XML.search(body):
            raise UnwritableError("XML has no place for a control character; ask for CSV")
        return escape_returns(body) + b"\n"


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
        lambda export: write_statement_table(export.rows, export.labels),
    ),
    PlainFormat(
        "nodes",
        "-nodes.csv",
        "text/csv",
        "the things as a table: the nodes of the network",
        lambda export: write_csv(NODE_COLUMNS, export.nodes),
    ),
    PlainFormat(
        "edges",
        "-edges.csv",
        "text/csv",
        "the statements between things as a table: the edges of the network",
        lambda export: write_csv(EDGE_COLUMNS, export.edges),
    ),
    PlainFormat(
        "graphml",
        ".graphml",
        "application/graphml+xml",
        "the things and the statements between them as a network",
        PlainExport.write_graphml,
    ),
)
"""The formats of tables and networks."""

PLAIN: Final[Mapping[str, PlainFormat]] = {form.name: form for form in PLAIN_FORMATS}
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


def is_thing(node: object) -> bool:
    """Return whether a term is a thing of ours, and not a part of one such as a selector."""
    return isinstance(node, NamedNode) and node.value.startswith(ID) and "#" not in node.value


def write_node(thing: str, order: ReadingOrder, labels: Labels) -> Cells:
    """Return the cells of a node; its type is the narrowest class of our ontology."""
    types = [name for name in order.types.get(thing, ()) if name.startswith(CPEC)]
    breadth = packaged_outline().breadth
    narrowest = min(types, key=lambda name: (breadth(name), name), default="")
    return (
        thing,
        labels.name_in_english(NamedNode(thing)),
        labels.find(thing, "ur"),
        labels.find(thing, "zh"),
        local_name(narrowest),
    )


def write_edge(triple: Triple, rows: Sequence[StatementRow], labels: Labels) -> Cells:
    """Return the cells of an edge: the strongest modality of its rows, and all their sentences."""
    stated = any(row.stated == STATED for row in rows)
    return (
        term_text(triple.subject),
        term_text(triple.object),
        triple.predicate.value,
        labels.name_in_english(triple.predicate),
        local_name(strongest_modality(row.modality for row in rows)),
        STATED if stated else INFERRED,
        join_texts(" ", (row.sentence for row in rows)),
    )


def declare_attributes(root: ET.Element, kind: str, columns: Iterable[str]) -> None:
    """Add the `key` elements that declare the attributes of nodes or edges."""
    for column in columns:
        key = {"id": f"{kind}-{column}", "for": kind, "attr.name": column, "attr.type": "string"}
        ET.SubElement(root, "key", key)


def write_attributes(
    element: ET.Element, kind: str, columns: Iterable[str], cells: Iterable[str]
) -> None:
    """Add the attributes of a node or an edge, without the empty ones."""
    for column, cell in zip(columns, cells, strict=True):
        if cell:
            ET.SubElement(element, "data", key=f"{kind}-{column}").text = cell
