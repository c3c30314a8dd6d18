"""The records of statements: who states a triple, in which words, how it is meant, who says so.

docs/data-model.md describes them: each is an rdf:Statement of `graph:evidence`.
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

    `source` is a sentence or a background source, `article` where a sentence stands, "" elsewhere;
    `modality` and `attribution` are IRIs, "" where there is none.
    """

    triple: Triple
    iri: str
    source: str
    article: str
    quote: str
    modality: str
    attribution: str

    @property
    def place(self) -> tuple[bool, Natural, Natural, str]:
        """Return the key of the order: as the articles have them, the other sources after."""
        return not self.article, natural_key(self.source), natural_key(self.iri), str(self.triple)


def is_source_graph(graph: str) -> bool:
    """Return whether a named graph is that of a source: a sentence, background, a stranger's."""
    return graph.startswith(BACKGROUND) or bool(graph and not graph.startswith(GRAPH))


class Evidence:
    """What `graph:evidence` says, by subject and property."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        self.values: dict[tuple[str, str], list[object]] = defaultdict(list)
        for quad in quads:
            if graph_of(quad) == EVIDENCE_GRAPH:
                self.values[term_text(quad.subject), quad.predicate.value].append(quad.object)
        self.recorded = {
            (self.first(iri, OA.HAS_SOURCE.value), *triple): iri
            for iri, name in list(self.values)
            if name == RDF.SUBJECT.value and (triple := self.triple(iri))
        }

    def triple(self, record: str) -> tuple[object, ...]:
        """Return the subject, predicate and object of a record; nothing where one is missing."""
        parts = [self.values.get((record, RDF + p)) for p in ("subject", "predicate", "object")]
        return tuple(part[0] for part in parts if part) if all(parts) else ()

    def texts(self, subject: str, name: str) -> list[str]:
        """Return the values of a property, as texts in the order of their numbers."""
        found = self.values.get((subject, name), ())
        texts = [lexical_form(value) for value in found]
        return sorted(texts, key=natural_key) if len(texts) > 1 else texts

    def first(self, subject: str, name: str) -> str:
        """Return the first value of a property, "" where there is none."""
        return next(iter(self.texts(subject, name)), "")

    def quotes(self, subject: str) -> list[str]:
        """Return the phrases that the selectors of a record or sentence quote."""
        selectors = self.texts(subject, OA.HAS_SELECTOR.value)
        return [quote for one in selectors for quote in self.texts(one, OA.EXACT.value)]

    def statement(self, quad: Quad, vocabulary: Vocabulary) -> SourcedStatement:
        """Return a statement with its record; without one of its own, with that of its source."""
        source, triple = graph_of(quad), quad.triple
        own = self.recorded.get((source, *triple), "")
        usual = vocabulary.modality.get(triple.predicate.value, "")
        is_sentence = CPEC.SENTENCE.value in self.texts(source, RDF.TYPE.value)
        return SourcedStatement(
            triple,
            own,
            source,
            self.first(source, OA.HAS_SOURCE.value) if is_sentence else "",
            " | ".join(self.quotes(own or source)),
            self.first(own, CPEC.MODALITY.value) or usual,
            self.first(own, CPEC.ATTRIBUTED_TO.value)
            or self.first(source, CPEC.ATTRIBUTED_TO.value),
        )


def list_statements(quads: Iterable[Quad], vocabulary: Vocabulary) -> list[SourcedStatement]:
    """Return the statements of all sources, in the order in which the articles have them."""
    quads = list(quads)
    evidence = Evidence(quads)
    stated = [quad for quad in quads if is_source_graph(graph_of(quad))]
    return sorted(
        (evidence.statement(quad, vocabulary) for quad in stated), key=lambda one: one.place
    )
