"""The network of things: countries, undertakings, areas as nodes, statements as edges.

As two tables for spreadsheets, and as GraphML (http://graphml.graphdrawing.org/) for Gephi,
Cytoscape and networkx.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Self
from xml.etree import ElementTree as ET

from pyoxigraph import NamedNode, Quad, Triple

from graph.answering.fidelity import NO_XML, with_returns
from graph.dataset import graph_of
from graph.errors import UnwritableError
from graph.publishing.label import Labels
from graph.publishing.reading_order import ReadingOrder, text_of
from graph.publishing.statement_table import INFERRED, STATED, Row, joined, local
from graph.publishing.table import csv_table
from ontology.namespace import EDITORIAL_GRAPH, ID
from ontology.outline import packaged_outline
from ontology.terms import CPEC, RDF
from ontology.vocabulary import MODALITIES

NODE: Final = ("id", "label", "label_ur", "label_zh", "type")
EDGE: Final = ("source", "target", "property", "label", "modality", "stated", "sentences")
GRAPHML: Final = "http://graphml.graphdrawing.org/xmlns"

Cells = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NetworkTables:
    """The nodes and the edges, each as the cells of its columns."""

    nodes: tuple[Cells, ...]
    edges: tuple[Cells, ...]

    @classmethod
    def of(cls, rows: Iterable[Row], quads: Iterable[Quad], labels: Labels) -> Self:
        """Return the network of the statements between things; types are those that are stated."""
        between: dict[Triple, list[Row]] = {}
        for row in rows:
            if is_thing(row.triple.subject) and is_thing(row.triple.object):
                between.setdefault(row.triple, []).append(row)
        quads = list(quads)
        order = ReadingOrder.of(quads)
        things = {text_of(end) for one in between for end in (one.subject, one.object)}
        things |= {text_of(quad.subject) for quad in quads if is_entry(quad)}
        ordered = sorted(things, key=order.place)
        return cls(
            tuple(node(thing, order, labels) for thing in ordered),
            tuple(edge(triple, found, labels) for triple, found in between.items()),
        )

    def graphml(self) -> bytes:
        """Return the network as GraphML; raises UnwritableError where XML cannot say it."""
        root = ET.Element("graphml", xmlns=GRAPHML)
        declare(root, "node", NODE[1:])
        declare(root, "edge", EDGE[2:])
        graph = ET.SubElement(root, "graph", id="cpec-graph", edgedefault="directed")
        for cells in self.nodes:
            fill(ET.SubElement(graph, "node", id=cells[0]), "node", NODE[1:], cells[1:])
        for number, cells in enumerate(self.edges, 1):
            ends = {"id": f"e{number}", "source": cells[0], "target": cells[1]}
            fill(ET.SubElement(graph, "edge", ends), "edge", EDGE[2:], cells[2:])
        ET.indent(root)
        body: bytes = ET.tostring(root, "utf-8", xml_declaration=True)
        if NO_XML.search(body):
            raise UnwritableError("XML has no place for a control character; ask for CSV")
        return with_returns(body) + b"\n"

    def node_table(self) -> bytes:
        """Return the nodes as CSV."""
        return csv_table(NODE, self.nodes)

    def edge_table(self) -> bytes:
        """Return the edges as CSV."""
        return csv_table(EDGE, self.edges)


def is_thing(node: object) -> bool:
    """Return whether a term is a thing of ours, and no part of one: no sentence's selector."""
    return isinstance(node, NamedNode) and node.value.startswith(ID) and "#" not in node.value


def is_entry(quad: Quad) -> bool:
    """Return whether a quad is the project's own word for what a thing is: its entry."""
    typed = quad.predicate == RDF.TYPE and graph_of(quad) == EDITORIAL_GRAPH
    return typed and is_thing(quad.subject)


def node(thing: str, order: ReadingOrder, labels: Labels) -> Cells:
    """Return the cells of a node; its type is the narrowest class of ours."""
    types = [name for name in order.types.get(thing, ()) if name.startswith(CPEC)]
    breadth = packaged_outline().breadth
    narrowest = min(types, key=lambda name: (breadth(name), name), default="")
    return (
        thing,
        labels.english(NamedNode(thing)),
        labels.text(thing, "ur"),
        labels.text(thing, "zh"),
        local(narrowest),
    )


def edge(triple: Triple, rows: Sequence[Row], labels: Labels) -> Cells:
    """Return the cells of an edge: the strongest modality, and every sentence."""
    known = [name for name in MODALITIES if any(row.modality == name for row in rows)]
    stated = any(row.stated == STATED for row in rows)
    return (
        text_of(triple.subject),
        text_of(triple.object),
        triple.predicate.value,
        labels.english(triple.predicate),
        known[0] if known else "",
        STATED if stated else INFERRED,
        joined(" ", (row.sentence for row in rows)),
    )


def declare(root: ET.Element, kind: str, columns: Iterable[str]) -> None:
    """Declare the attributes of nodes or edges."""
    for column in columns:
        key = {"id": f"{kind}-{column}", "for": kind, "attr.name": column, "attr.type": "string"}
        ET.SubElement(root, "key", key)


def fill(element: ET.Element, kind: str, columns: Iterable[str], cells: Iterable[str]) -> None:
    """Write the attributes of a node or an edge; empty ones are left out."""
    for column, cell in zip(columns, cells, strict=True):
        if cell:
            ET.SubElement(element, "data", key=f"{kind}-{column}").text = cell
