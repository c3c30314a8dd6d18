"""Tables of statements, of all or of one thing: a row for each statement and each inference."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from pyoxigraph import DefaultGraph, NamedNode, Quad, Store, Triple

from graph.dataset import graph_of, is_source_graph
from graph.publishing.csv_table import write_csv
from graph.publishing.reading_order import natural_key
from graph.reasoning.kernel import Kernel
from graph.reasoning.tree import Statement, Tree, find_fact, tree
from graph.wording.display_name import LABEL_PROPERTIES, Labels, read_text
from graph.wording.quotation import BETWEEN
from graph.wording.record import Record, Records, SelectedWords
from graph.wording.source import highlight_words
from ontology.namespace import INFERRED_GRAPH, VOCABULARY
from ontology.terms import CPEC, DCTERMS, OA, RDF
from ontology.vocabulary import Vocabulary, strongest_modality, weakest_modality

COLUMNS: Final = (
    *("subject", "property", "object", "subject_label", "property_label", "object_label"),
    *("modality", "stated", "article", "sentence", "quote", "anchor", "address"),
    "attribution",
)
STATED: Final = "stated"
INFERRED: Final = "inferred"
UNASSERTED: Final = "not asserted"

Premises = Callable[[Triple], Iterable[tuple[str, Triple]]]
"""A function from an inferred triple to the premises of its first proof: graphs and triples."""


MOST_SUPPORTS: Final = 64
"""The supports of a triple that are compared to choose its first proof."""


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A triple with its evidence: of one source, or of the first proof of an inference.

    `modality` is an IRI; an inference is as weak as the weakest premise of its first proof. Spaces
    separate the articles, sentences, addresses and attributions of an inference, ` | ` its quotes
    and anchors, which are those of a sentence together.
    """

    triple: Triple
    modality: str
    stated: str
    article: str = ""
    sentence: str = ""
    attribution: str = ""
    words: Mapping[tuple[str, str], SelectedWords] = field(default_factory=dict)
    """The words of each sentence, by its name and the address of its article."""

    @property
    def quote(self) -> str:
        """The quotes."""
        return join_texts(BETWEEN, (quote for own in self.words.values() for quote in own.quotes))

    @property
    def anchor(self) -> str:
        """The anchors."""
        return join_texts(BETWEEN, (text for own in self.words.values() for text in own.anchors))

    @property
    def address(self) -> str:
        """The addresses, with text fragments that lead to the words."""
        pairs = self.words.items()
        return join_texts(" ", (highlight_words(address, own) for (_, address), own in pairs))


def build_rows(quads: Iterable[Quad], premises: Premises) -> list[StatementRow]:
    """Return the rows of a dataset that is at hand as quads."""
    quads = list(quads)
    vocabulary, records = Vocabulary.from_quads(quads), Records.from_quads(quads)
    return arrange_rows(quads, premises, vocabulary, records, records.list_unasserted())


def arrange_rows(
    quads: Collection[Quad],
    premises: Premises,
    vocabulary: Vocabulary,
    records: Records,
    unasserted: Iterable[Record],
) -> list[StatementRow]:
    """Return the rows: the articles' statements, other sources' statements, then inferences."""
    statements = [
        records.find(quad.triple, source)
        for quad in quads
        if is_source_graph(source := graph_of(quad))
    ]
    statements += unasserted
    statements.sort(key=lambda own: (*map(natural_key, (own.source, own.name)), str(own.triple)))
    rows = [build_stated_row(own, vocabulary, records) for own in statements]
    stated = sorted(rows, key=lambda row: not row.article)
    places = {
        (row.sentence, row.triple): place
        for place, row in enumerate(stated)
        if row.stated == STATED
    }
    rows = list(stated)
    for triple in list_inferred(quads):
        used = sorted(places[pair] for pair in premises(triple) if pair in places)
        rows.append(build_inferred_row(triple, vocabulary, [stated[place] for place in used]))
    return rows


def list_inferred(quads: Iterable[Quad]) -> list[Triple]:
    """Return the inferred triples of the properties of our ontology, sorted."""
    inferred = {
        quad.triple
        for quad in quads
        if graph_of(quad) == INFERRED_GRAPH and quad.predicate.value.startswith(CPEC)
    }
    return sorted(inferred, key=lambda triple: natural_key(str(triple)))


def build_stated_row(statement: Record, vocabulary: Vocabulary, records: Records) -> StatementRow:
    """Return the row of a statement of one source; without a record it has the source's words."""
    source = records.look_up(statement.source)
    is_sentence = CPEC.SENTENCE in source.get(RDF.TYPE.value, ())
    article = (source.first(OA.HAS_SOURCE.value) or "") if is_sentence else ""
    work = records.look_up(article) if article else source
    words = statement.words if statement.name else records.select_words(source)
    return StatementRow(
        statement.triple,
        statement.modality or vocabulary.modality.get(statement.triple.predicate.value, ""),
        STATED if statement.is_asserted else UNASSERTED,
        article,
        statement.source,
        statement.attributed_to or source.first(CPEC.ATTRIBUTED_TO.value) or "",
        {(statement.source, work.first(DCTERMS.SOURCE.value) or ""): words},
    )


def build_inferred_row(
    triple: Triple, vocabulary: Vocabulary, proof: Sequence[StatementRow]
) -> StatementRow:
    """Return the row of an inference, from the rows of its first proof."""
    usual = vocabulary.modality.get(triple.predicate.value, "")
    words: dict[tuple[str, str], SelectedWords] = {}
    for row in proof:
        for sentence, own in row.words.items():
            words[sentence] = words[sentence].join(own) if sentence in words else own
    return StatementRow(
        triple,
        weakest_modality([usual, *strongest_modalities(proof)]),
        INFERRED,
        join_texts(" ", (row.article for row in proof)),
        join_texts(" ", (row.sentence for row in proof)),
        join_texts(" ", (row.attribution for row in proof)),
        words,
    )


def strongest_modalities(proof: Iterable[StatementRow]) -> Iterator[str]:
    """Yield the modality of each premise of a proof: the strongest of its sources."""
    premises: dict[Triple, list[str]] = {}
    for row in proof:
        premises.setdefault(row.triple, []).append(row.modality)
    yield from map(strongest_modality, premises.values())


def join_texts(mark: str, texts: Iterable[str]) -> str:
    """Return the distinct non-empty texts, joined by a mark."""
    return mark.join(filter(None, dict.fromkeys(texts)))


def local_name(name: str) -> str:
    """Return the local name of a term of our ontology."""
    return name.removeprefix(CPEC)


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


def write_statement_table(rows: Iterable[StatementRow], labels: Labels) -> bytes:
    """Return the rows as CSV, with English labels after the IRIs."""
    return write_csv(
        COLUMNS,
        (
            (
                *map(read_text, row.triple),
                *map(labels.name_in_english, row.triple),
                *(local_name(row.modality), row.stated, row.article, row.sentence),
                *(row.quote, row.anchor, row.address, row.attribution),
            )
            for row in rows
        ),
    )


def write_thing_table(store: Store, kernel: Kernel | None, this: NamedNode) -> bytes:
    """Return the statements with a thing as subject or object, as CSV.

    Without a kernel, the row of an inferred triple has no sentences.
    """
    about = list(dict.fromkeys(find_statements(store, this)))
    premises = find_premises_with(kernel) if kernel else lambda _: ()
    proofs = {triple: list(premises(triple)) for triple in list_inferred(about)}
    leaves = [
        Quad(triple.subject, triple.predicate, triple.object, NamedNode(graph))
        for graph, triple in chain(*proofs.values())
    ]
    sources = {graph_of(quad) for quad in (*about, *leaves) if is_source_graph(graph_of(quad))}
    records = Records(store)
    unasserted = [
        record
        for source in sources
        for record in records.list_records(source)
        if not record.is_asserted and this in (record.triple.subject, record.triple.object)
    ]
    quads = dict.fromkeys((*about, *leaves))
    modalities = store.quads_for_pattern(None, CPEC.MODALITY, None, VOCABULARY)
    vocabulary = Vocabulary.from_quads(modalities)
    rows = arrange_rows(quads, proofs.__getitem__, vocabulary, records, unasserted)
    rows = [row for row in rows if this in (row.triple.subject, row.triple.object)]
    return write_statement_table(
        rows, Labels.from_quads(find_labels(store, (row.triple for row in rows)))
    )


def find_statements(store: Store, this: NamedNode) -> Iterator[Quad]:
    """Yield the quads of named graphs that have a thing as subject or object."""
    for quad in chain(
        store.quads_for_pattern(this, None, None), store.quads_for_pattern(None, None, this)
    ):
        if not isinstance(quad.graph_name, DefaultGraph):
            yield quad


def find_labels(store: Store, triples: Iterable[Triple]) -> Iterator[Quad]:
    """Yield the labels of the terms of the triples."""
    names = {node for triple in triples for node in triple if isinstance(node, NamedNode)}
    for name in names:
        for predicate in LABEL_PROPERTIES:
            yield from store.quads_for_pattern(name, NamedNode(predicate), None)
