"""The statements of the sources with their records: quote, modality and attribution.

A record is an `rdf:Statement` of `graph:evidence`, or a `cpec:UnassertedStatement` if its source
does not assert the triple (docs/data-model.md).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import NamedNode, Quad, Triple

from graph.dataset import graph_of
from graph.publishing.reading_order import Natural, natural_key, term_text
from graph.wording.display_name import read_text
from graph.wording.quotation import BETWEEN, Fragment
from graph.wording.source import SelectedWords, highlight_words
from ontology.namespace import BACKGROUND, EVIDENCE_GRAPH, GRAPH
from ontology.terms import CPEC, DCTERMS, OA, RDF
from ontology.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class SourcedStatement:
    """A triple as one source states it, or speaks of it without asserting it.

    `iri` names the record, `source` the sentence or background source, `article` the article of a
    sentence; these, `modality` and `attribution` are IRIs, "" if unknown. ` | ` joins the
    quotations, and the anchors. `address` leads to them where they were published, "" if it is not
    known.
    """

    triple: Triple
    iri: str
    source: str
    article: str
    quote: str
    modality: str
    attribution: str
    is_asserted: bool = True
    anchor: str = ""
    address: str = ""

    @property
    def rank(self) -> tuple[bool, Natural, Natural, str]:
        """The sort key: the sentences in the order of the articles, then the other sources."""
        return not self.article, natural_key(self.source), natural_key(self.iri), str(self.triple)


def is_source_graph(graph: str) -> bool:
    """Return whether a named graph is a source: a sentence, background, or a graph of a client."""
    return graph.startswith(BACKGROUND) or bool(graph and not graph.startswith(GRAPH))


class Evidence:
    """The values of `graph:evidence` by subject and property, and the records by statement."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        self.values: dict[tuple[str, str], list[object]] = defaultdict(list)
        for quad in quads:
            if graph_of(quad) == EVIDENCE_GRAPH:
                self.values[term_text(quad.subject), quad.predicate.value].append(quad.object)
        self.recorded = self.read_records(RDF.SUBJECT, RDF.PREDICATE, RDF.OBJECT)
        self.unasserted = self.read_records(
            CPEC.SAID_SUBJECT, CPEC.SAID_PREDICATE, CPEC.SAID_OBJECT
        )

    def read_records(self, *terms: NamedNode) -> dict[tuple[object, ...], str]:
        """Return the records whose triple has these properties, by their source and triple."""
        subjects = [iri for iri, name in list(self.values) if name == terms[0].value]
        return {
            (self.read_first(iri, OA.HAS_SOURCE.value), *triple): iri
            for iri in subjects
            if (triple := self.read_triple(iri, terms))
        }

    def read_triple(self, record: str, terms: Iterable[NamedNode]) -> tuple[object, ...]:
        """Return the subject, predicate and object of a record, () if it lacks any of them."""
        parts = [self.values.get((record, term.value)) for term in terms]
        return tuple(part[0] for part in parts if part) if all(parts) else ()

    def read_texts(self, subject: str, name: str) -> list[str]:
        """Return the values of a property as texts, in natural order."""
        texts = [read_text(value) for value in self.values.get((subject, name), ())]
        return sorted(texts, key=natural_key) if len(texts) > 1 else texts

    def read_first(self, subject: str, name: str) -> str:
        """Return the first value of a property, "" if it has none."""
        return next(iter(self.read_texts(subject, name)), "")

    def read_words(self, subject: str) -> SelectedWords:
        """Return the fragments and the anchors of the selectors of a record or sentence."""
        selectors = self.read_texts(subject, OA.HAS_SELECTOR.value)
        fragments = [
            Fragment.read(name, text)
            for name in selectors
            for text in self.read_texts(name, OA.EXACT.value)
        ]
        anchors = [text for name in selectors for text in self.read_texts(name, CPEC.ANCHOR.value)]
        return SelectedWords(fragments, anchors)

    def list_unasserted(self) -> list[Quad]:
        """Return the statements that sources do not assert, as quads of their sources."""
        return [
            Quad(*triple, NamedNode(source))  # type: ignore[call-arg, arg-type]
            for source, *triple in self.unasserted
            if source and isinstance(triple[1], NamedNode)
        ]

    def build_statement(
        self, quad: Quad, vocabulary: Vocabulary, *, is_asserted: bool = True
    ) -> SourcedStatement:
        """Return a statement with its record, or else with the evidence of its source."""
        source, triple = graph_of(quad), quad.triple
        records = self.recorded if is_asserted else self.unasserted
        record = records.get((source, *triple), "")
        usual = vocabulary.modality.get(triple.predicate.value, "")
        is_sentence = CPEC.SENTENCE.value in self.read_texts(source, RDF.TYPE.value)
        article = self.read_first(source, OA.HAS_SOURCE.value) if is_sentence else ""
        address = self.read_first(article or source, DCTERMS.SOURCE.value)
        words = self.read_words(record or source)
        return SourcedStatement(
            triple,
            record,
            source,
            article,
            BETWEEN.join(words.quotes),
            self.read_first(record, CPEC.MODALITY.value) or usual,
            self.read_first(record, CPEC.ATTRIBUTED_TO.value)
            or self.read_first(source, CPEC.ATTRIBUTED_TO.value),
            is_asserted,
            BETWEEN.join(words.anchors),
            highlight_words(address, words),
        )


def list_statements(quads: Iterable[Quad], vocabulary: Vocabulary) -> list[SourcedStatement]:
    """Return the statements of all sources, those that they do not assert too, by `rank`."""
    quads = list(quads)
    evidence = Evidence(quads)
    statements = [
        evidence.build_statement(quad, vocabulary)
        for quad in quads
        if is_source_graph(graph_of(quad))
    ]
    statements += [
        evidence.build_statement(quad, vocabulary, is_asserted=False)
        for quad in evidence.list_unasserted()
    ]
    return sorted(statements, key=lambda statement: statement.rank)
