"""The network of things: countries, undertakings and areas are nodes, statements are edges.

Two tables are for spreadsheets, GraphML (http://graphml.graphdrawing.org/) is for Gephi, Cytoscape
and networkx.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Self
from xml.etree import ElementTree as ET

from pyoxigraph import NamedNode, Quad, Triple

from graph.answering.fidelity import NO_XML, escape_returns
from graph.dataset import graph_of
from graph.errors import UnwritableError
from graph.publishing.csv_table import write_csv
from graph.publishing.reading_order import ReadingOrder, term_text
from graph.publishing.statement_table import (
    INFERRED,
    STATED,
    UNASSERTED,
    Row,
    join_texts,
    local_name,
)
from graph.wording.label import Labels
from ontology.namespace import EDITORIAL_GRAPH, ID
from ontology.outline import packaged_outline
from ontology.terms import CPEC, RDF
from ontology.vocabulary import MODALITIES

NODE_COLUMNS: Final = ("id", "label", "label_ur", "label_zh", "type")
EDGE_COLUMNS: Final = ("source", "target", "property", "label", "modality", "stated", "sentences")
GRAPHML: Final = "http://graphml.graphdrawing.org/xmlns"

Cells = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NetworkTables:
    """The nodes and the edges: the cells of each, in the order of its columns."""

    nodes: tuple[Cells, ...]
    edges: tuple[Cells, ...]

    @classmethod
    def build(cls, rows: Iterable[Row], quads: Iterable[Quad], labels: Labels) -> Self:
        """Return the network of the statements between things; `quads` state the types."""
        between: dict[Triple, list[Row]] = {}
        for row in rows:
            ends = row.triple.subject, row.triple.object
            if row.stated != UNASSERTED and all(map(is_thing, ends)):
                between.setdefault(row.triple, []).append(row)
        quads = list(quads)
        order = ReadingOrder.from_quads(quads)
        things = {term_text(end) for triple in between for end in (triple.subject, triple.object)}
        things |= {term_text(quad.subject) for quad in quads if is_typing(quad)}
        ordered = sorted(things, key=order.rank)
        return cls(
            tuple(write_node(thing, order, labels) for thing in ordered),
            tuple(write_edge(triple, edge_rows, labels) for triple, edge_rows in between.items()),
        )

    def write_graphml(self) -> bytes:
        """Return the network as GraphML; raises UnwritableError for a control character."""
        root = ET.Element("graphml", xmlns=GRAPHML)
        declare_attributes(root, "node", NODE_COLUMNS[1:])
        declare_attributes(root, "edge", EDGE_COLUMNS[2:])
        graph = ET.SubElement(root, "graph", id="cpec-graph", edgedefault="directed")
        for cells in self.nodes:
            write_attributes(
                ET.SubElement(graph, "node", id=cells[0]), "node", NODE_COLUMNS[1:], cells[1:]
            )
        for number, cells in enumerate(self.edges, 1):
            ends = {"id": f"e{number}", "source": cells[0], "target": cells[1]}
            write_attributes(
                ET.SubElement(graph, "edge", ends), "edge", EDGE_COLUMNS[2:], cells[2:]
            )
        ET.indent(root)
        body: bytes = ET.tostring(root, "utf-8", xml_declaration=True)
        if NO_XML.search(body):
            raise UnwritableError("XML has no place for a control character; ask for CSV")
        return escape_returns(body) + b"\n"

    def write_node_table(self) -> bytes:
        """Return the nodes as CSV."""
        return write_csv(NODE_COLUMNS, self.nodes)

    def write_edge_table(self) -> bytes:
        """Return the edges as CSV."""
        return write_csv(EDGE_COLUMNS, self.edges)


def is_thing(node: object) -> bool:
    """Return whether a term is a thing of ours, and not a part of one such as a selector."""
    return isinstance(node, NamedNode) and node.value.startswith(ID) and "#" not in node.value


def is_typing(quad: Quad) -> bool:
    """Return whether a quad is the editorial statement of the type of a thing."""
    is_editorial = quad.predicate == RDF.TYPE and graph_of(quad) == EDITORIAL_GRAPH
    return is_editorial and is_thing(quad.subject)


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


def write_edge(triple: Triple, rows: Sequence[Row], labels: Labels) -> Cells:
    """Return the cells of an edge: the strongest modality of its rows, and all their sentences."""
    modalities = [name for name in MODALITIES if any(row.modality == name for row in rows)]
    stated = any(row.stated == STATED for row in rows)
    return (
        term_text(triple.subject),
        term_text(triple.object),
        triple.predicate.value,
        labels.name_in_english(triple.predicate),
        modalities[0] if modalities else "",
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
