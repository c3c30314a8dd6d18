"""The exports in RDF: the whole dataset or one named graph as a file.

Turtle and TriG are for readers: a head, headings, and one block of lines for each subject
(https://www.w3.org/TR/rdf12-turtle/). The engine writes the terms.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, serialize

from graph.answering.evaluation import UNBOUNDED, find_prefixes, write_graph
from graph.answering.fidelity import check_graph_xml, require_terms
from graph.answering.format import GraphFormat
from graph.dataset import graph_of, is_source_graph, sort_n_quads
from graph.errors import UnknownNameError, UnwritableError
from graph.publishing.dataset_quad import LICENCE, TITLE
from graph.publishing.jsonld import write_jsonld
from graph.publishing.reading_order import ReadingOrder, find_graph_heading
from graph.wording.display_name import read_text
from graph.wording.record import Record, Records
from ontology.namespace import BASE, EVIDENCE_GRAPH, ONTOLOGY_GRAPH, shorten
from ontology.terms import CPEC, DCTERMS, OA, RDF, term_text
from ontology.vocabulary import Vocabulary

DATASET_FORMATS: Final = frozenset({RdfFormat.TRIG, RdfFormat.N_QUADS, RdfFormat.JSON_LD})
"""The formats that keep named graphs; a file in another format holds their union."""

MOST_ARRANGED: Final = 200_000
"""The most triples of a file that is arranged for readers; nobody reads a larger one from the top.

A larger Turtle or TriG file has no headings, and a larger JSON-LD file no context.
"""

EVIDENCE_FORMATS: Final = frozenset({RdfFormat.TURTLE, RdfFormat.N_TRIPLES})
"""The formats that have triple terms (RDF 1.2)."""

RECORD_PROPERTIES: Final = (
    OA.HAS_SOURCE,
    OA.HAS_SELECTOR,
    CPEC.MODALITY,
    CPEC.ATTRIBUTED_TO,
    CPEC.READING,
)
"""The properties that a record passes on to its reifier."""

HEADING_WIDTH: Final = 100
"""The characters of a heading line."""

HOLDS_UNION: Final = "all statements as one graph, without their sources"
HOLDS_NAMED_GRAPHS: Final = "every statement in the named graph of its source"
HOLDS_EVIDENCE: Final = "all statements, each reified by its record, which has its quote (RDF 1.2)"
"""The content of a file in words, by its kind."""


def export_rdf(
    quads: Iterable[Quad],
    form: GraphFormat,
    graph: str | None = None,
    *,
    evidence: bool = False,
    edition: str = "",
) -> bytes:
    """Return the quads of a snapshot as a file; `graph` selects one named graph.

    `evidence` adds to each statement its reifier with its quote (`reify_statements`). `edition`
    names the data in the head of a Turtle or TriG file. Raises UnknownNameError if the dataset has
    no such graph, and UnwritableError if the format cannot express the quads.
    """
    dataset = list(quads)
    chosen = select_graph(dataset, graph)
    if evidence and form.writer not in EVIDENCE_FORMATS:
        raise UnwritableError(f"{form.name} has no triple terms: evidence is for ttl and nt")
    if not isinstance(form.writer, RdfFormat):
        return write_graph((quad.triple for quad in merge_graphs(chosen)), form, UNBOUNDED)
    if form.writer == RdfFormat.JSON_LD and len(chosen) <= MOST_ARRANGED:
        vocabulary = Vocabulary.from_quads(
            quad for quad in dataset if graph_of(quad) == ONTOLOGY_GRAPH
        )
        return write_jsonld(chosen, vocabulary)
    if form.writer == RdfFormat.N_QUADS:
        return sort_n_quads(chosen)
    holds = HOLDS_NAMED_GRAPHS
    if form.writer not in DATASET_FORMATS:
        holds = HOLDS_EVIDENCE if evidence else HOLDS_UNION
        reifiers = reify_statements(chosen, dataset, graph) if evidence else ()
        chosen = list(dict.fromkeys([*merge_graphs(chosen), *reifiers]))
    if form.writer == RdfFormat.N_TRIPLES:
        return sort_n_quads(chosen)
    if graph:
        holds = f"the named graph {graph}"
    head = write_head(holds, len(chosen), name_data(dataset, edition))
    return serialize_quads(chosen, form.writer, ReadingOrder.from_quads(dataset), head)


def select_graph(quads: Iterable[Quad], graph: str | None) -> list[Quad]:
    """Return the quads of a named graph, or all for None; raises UnknownNameError if none match."""
    if graph is None:
        return list(quads)
    chosen = [quad for quad in quads if graph_of(quad) == graph]
    if not chosen:
        raise UnknownNameError(f"no graph is called {shorten(graph)}")
    return chosen


def name_data(quads: Iterable[Quad], edition: str) -> str:
    """Return the name of the data: the edition and the day of the latest article.

    The time of writing is left out, so that equal data give equal files.
    """
    days = [
        read_text(quad.object)
        for quad in quads
        if quad.predicate == DCTERMS.DATE and graph_of(quad) == EVIDENCE_GRAPH
    ]
    parts = [f"edition {edition}"] if edition else []
    return ", ".join([*parts, *([f"articles up to {max(days)}"] if days else [])])


def write_head(holds: str, triples: int, data: str) -> list[str]:
    """Return the head of a file: the title, the content, the name of the data and the licence."""
    return [
        f"cpec-graph: {TITLE[0].lower()}{TITLE[1:]} ({BASE})",
        f"Holds {holds}: {triples:,} triples.",
        *([f"Data: {data}."] if data else []),
        f"Licence: {LICENCE}",
    ]


def merge_graphs(quads: Iterable[Quad]) -> list[Quad]:
    """Return the set union of the graphs: each triple once, in the default graph."""
    return list(dict.fromkeys(Quad(*quad.triple) for quad in quads))


def serialize_quads(
    quads: Iterable[Quad], writer: RdfFormat, order: ReadingOrder, head: Iterable[str] = ()
) -> bytes:
    """Return the quads as a file, in an order that only the quads decide.

    Turtle and TriG begin with the head as comments; a large dataset is sorted by graph and term,
    without headings. Raises UnwritableError for a term that the
    format cannot express.
    """
    if writer in {RdfFormat.N_TRIPLES, RdfFormat.N_QUADS}:
        return sort_n_quads(quads)
    quads = list(quads)
    is_arranged = len(quads) <= MOST_ARRANGED
    if is_arranged and writer == RdfFormat.TURTLE:
        return write_turtle(quads, order, head)
    if is_arranged and writer == RdfFormat.TRIG:
        return write_trig(quads, order, head)
    ordered = order.sort(quads) if is_arranged else sorted(sorted(quads, key=str), key=graph_of)
    require_terms(ordered, writer)
    body = serialize(ordered, format=writer, prefixes=find_prefixes(ordered)) or b""
    if writer == RdfFormat.RDF_XML:
        return check_graph_xml(body)
    comments = head if writer in {RdfFormat.TURTLE, RdfFormat.TRIG} else ()
    return "".join(f"# {line}\n" for line in comments).encode() + body


def reify_statements(
    stated: Iterable[Quad], dataset: Iterable[Quad], graph: str | None = None
) -> Iterator[Quad]:
    """Yield a reifier for each statement of a source, asserted or not; `graph` selects one source.

    A reifier is a name for a statement (https://www.w3.org/TR/rdf12-concepts/#section-triple-terms):
    the record in `graph:evidence`, with quote, modality and attribution. A statement without a
    record, as in a graph that a client wrote over HTTP, is reified by its source. The reifier of a
    statement that its source does not assert comes without the triple itself.
    """
    records = Records.from_quads(dataset)
    for record in records.list_unasserted():
        if graph in {None, record.source}:
            yield from describe_record(record, records)
    for quad in stated:
        source = graph_of(quad)
        if is_source_graph(source):
            record = records.find(quad.triple, source)
            if record.name:
                yield from describe_record(record, records)
            else:
                yield Quad(NamedNode(source), RDF.REIFIES, quad.triple)


def describe_record(record: Record, records: Records) -> Iterator[Quad]:
    """Yield the triple, the type, the properties and the quotes of a record."""
    name = NamedNode(record.name)
    yield Quad(name, RDF.REIFIES, record.triple)
    yield Quad(name, RDF.TYPE, RDF.STATEMENT if record.is_asserted else CPEC.UNASSERTED_STATEMENT)
    own = records.describe(name)
    for predicate in RECORD_PROPERTIES:
        yield from (Quad(name, predicate, value) for value in own.get(predicate.value, ()))
    for fragment in record.words.fragments:
        yield Quad(name, OA.EXACT, Literal(fragment.words))
    for anchor in record.words.anchors:
        yield Quad(name, CPEC.ANCHOR, Literal(anchor))


def write_turtle(quads: Iterable[Quad], order: ReadingOrder, head: Iterable[str] = ()) -> bytes:
    """Return the triples as Turtle, with the head as comment lines."""
    ordered = order.sort(quads)
    prefixes = find_prefixes(ordered)
    lines = [*write_opening(head, prefixes)]
    heading = ""
    for subject, block in split_subjects(ordered, prefixes):
        if order.find_heading(subject) != heading:
            heading = order.find_heading(subject)
            lines += ["", write_heading(heading)]
        lines += ["", *block]
    return encode_lines(lines)


def write_trig(quads: Iterable[Quad], order: ReadingOrder, head: Iterable[str] = ()) -> bytes:
    """Return the quads as TriG: one graph after another, each in the order of the Turtle."""
    ordered = order.sort(quads)
    prefixes = find_prefixes(ordered)
    lines = [*write_opening(head, prefixes)]
    heading = ""
    for name, group in groupby(ordered, graph_of):
        inside = [
            line for _, block in split_subjects(list(group), prefixes) for line in ("", *block)
        ]
        if name and find_graph_heading(name) != heading:
            heading = find_graph_heading(name)
            lines += ["", write_heading(heading)]
        if not name:
            lines += inside
            continue
        indented = (f"\t{line}" if line else line for line in inside[1:])
        lines += ["", f"<{name}> {{", *indented, "}"]
    return encode_lines(lines)


def write_heading(heading: str) -> str:
    """Return a heading as a comment line, filled with dashes."""
    return f"# ── {heading} ".ljust(HEADING_WIDTH, "─")


def encode_lines(lines: Iterable[str]) -> bytes:
    """Return the lines as the bytes of a file."""
    return ("\n".join(lines) + "\n").lstrip("\n").encode()


def write_opening(head: Iterable[str], prefixes: dict[str, str]) -> Iterator[str]:
    """Yield the head as comments, then the prefix declarations."""
    comments = [f"# {line}" for line in head]
    yield from [*comments, ""] if comments else ()
    width = max(map(len, prefixes), default=0) + 1
    for prefix, namespace in prefixes.items():
        yield f"@prefix {prefix + ':':<{width}} <{namespace}> ."


def split_subjects(
    ordered: list[Quad], prefixes: dict[str, str]
) -> Iterator[tuple[str, list[str]]]:
    """Yield each subject with its lines.

    The engine writes a subject at the start of a line, and each further property after a tab.
    """
    triples = [quad.triple for quad in ordered]
    text = (serialize(triples, format=RdfFormat.TURTLE, prefixes=prefixes) or b"").decode()
    lines = (line for line in text.removesuffix("\n").split("\n") if not line.startswith("@prefix"))
    blocks: list[list[str]] = []
    for line in lines:
        if line.startswith("\t"):
            blocks[-1].append(line)
        elif line:
            blocks.append([line])
    subjects = [
        term_text(subject) for subject, _ in groupby(triples, lambda triple: triple.subject)
    ]
    yield from zip(subjects, blocks, strict=True)
