"""The statements of the sources with their records: quote, modality and attribution.

A record is an `rdf:Statement` of `graph:evidence` (docs/data-model.md).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import Quad, Triple

from graph.dataset import graph_of
from graph.publishing.reading_order import Natural, lexical_form, natural_key, term_text
from ontology.namespace import BACKGROUND, EVIDENCE_GRAPH, GRAPH
from ontology.terms import CPEC, OA, RDF
from ontology.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class SourcedStatement:
    """A triple as one source states it.

    `iri` names the record, `source` the sentence or background source, `article` the article of a
    sentence; these, `modality` and `attribution` are IRIs, "" if unknown. ` | ` joins the quotes.
    """

    triple: Triple
    iri: str
    source: str
    article: str
    quote: str
    modality: str
    attribution: str

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
        self.recorded = {
            (self.read_first(iri, OA.HAS_SOURCE.value), *triple): iri
            for iri, name in list(self.values)
            if name == RDF.SUBJECT.value and (triple := self.read_triple(iri))
        }

    def read_triple(self, record: str) -> tuple[object, ...]:
        """Return the subject, predicate and object of a record, () if it lacks any of them."""
        parts = [self.values.get((record, RDF + p)) for p in ("subject", "predicate", "object")]
        return tuple(part[0] for part in parts if part) if all(parts) else ()

    def read_texts(self, subject: str, name: str) -> list[str]:
        """Return the values of a property as texts, in natural order."""
        texts = [lexical_form(value) for value in self.values.get((subject, name), ())]
        return sorted(texts, key=natural_key) if len(texts) > 1 else texts

    def read_first(self, subject: str, name: str) -> str:
        """Return the first value of a property, "" if it has none."""
        return next(iter(self.read_texts(subject, name)), "")

    def read_quotes(self, subject: str) -> list[str]:
        """Return the quotes of the selectors of a record or sentence."""
        selectors = self.read_texts(subject, OA.HAS_SELECTOR.value)
        return [
            quote for selector in selectors for quote in self.read_texts(selector, OA.EXACT.value)
        ]

    def build_statement(self, quad: Quad, vocabulary: Vocabulary) -> SourcedStatement:
        """Return a statement with its record, or else with the evidence of its source."""
        source, triple = graph_of(quad), quad.triple
        record = self.recorded.get((source, *triple), "")
        usual = vocabulary.modality.get(triple.predicate.value, "")
        is_sentence = CPEC.SENTENCE.value in self.read_texts(source, RDF.TYPE.value)
        return SourcedStatement(
            triple,
            record,
            source,
            self.read_first(source, OA.HAS_SOURCE.value) if is_sentence else "",
            " | ".join(self.read_quotes(record or source)),
            self.read_first(record, CPEC.MODALITY.value) or usual,
            self.read_first(record, CPEC.ATTRIBUTED_TO.value)
            or self.read_first(source, CPEC.ATTRIBUTED_TO.value),
        )


def list_statements(quads: Iterable[Quad], vocabulary: Vocabulary) -> list[SourcedStatement]:
    """Return the statements of all sources, sorted by `rank`."""
    quads = list(quads)
    evidence = Evidence(quads)
    stated = [quad for quad in quads if is_source_graph(graph_of(quad))]
    return sorted(
        (evidence.build_statement(quad, vocabulary) for quad in stated),
        key=lambda statement: statement.rank,
    )
