"""The table of statements: a row for each sentence that states a triple, and each inference."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Quad, Triple

from graph.dataset import graph_of
from graph.publishing.csv_table import write_csv
from graph.publishing.label import Labels
from graph.publishing.reading_order import lexical_form, natural_key
from graph.publishing.sourced_statement import SourcedStatement, list_statements
from ontology.namespace import INFERRED_GRAPH
from ontology.terms import CPEC
from ontology.vocabulary import Vocabulary, strongest, weakest

COLUMNS: Final = (
    *("subject", "property", "object", "subject_label", "property_label", "object_label"),
    *("modality", "stated", "article", "sentence", "quote", "attribution"),
)
STATED: Final = "stated"
INFERRED: Final = "inferred"

Premises = Callable[[Triple], Iterable[tuple[str, Triple]]]
"""The statements on which the first proof of an inferred triple rests, each with its source."""


@dataclass(frozen=True, slots=True)
class Row:
    """A triple with its evidence: as a sentence states it, or as it was inferred.

    `modality` is a local name of ours; an inference is as weak as the weakest premise of its first
    proof. Of an inference, the articles, sentences and attributions
    are those of its first proof, with spaces between, and its quotes with ` | `.
    """

    triple: Triple
    modality: str
    stated: str
    article: str = ""
    sentence: str = ""
    quote: str = ""
    attribution: str = ""


def build_rows(quads: Iterable[Quad], premises: Premises) -> list[Row]:
    """Return the rows: what the articles state, what other sources state, what was inferred."""
    quads = list(quads)
    vocabulary = Vocabulary.of(quads)
    stated = list_statements(quads, vocabulary)
    known = {(one.source, one.triple): one for one in stated}
    inferred = [
        build_inferred_row(
            triple, vocabulary, [known[one] for one in premises(triple) if one in known]
        )
        for triple in list_inferred(quads)
    ]
    return [*map(build_stated_row, stated), *inferred]


def list_inferred(quads: Iterable[Quad]) -> list[Triple]:
    """Return the inferred triples of our own properties, in order; no source states them."""
    found = {
        quad.triple
        for quad in quads
        if graph_of(quad) == INFERRED_GRAPH and quad.predicate.value.startswith(CPEC)
    }
    return sorted(found, key=lambda triple: natural_key(str(triple)))


def build_stated_row(statement: SourcedStatement) -> Row:
    """Return the row of a statement of a source."""
    return Row(
        statement.triple,
        local_name(statement.modality),
        STATED,
        statement.article,
        statement.source,
        statement.quote,
        statement.attribution,
    )


def build_inferred_row(
    triple: Triple, vocabulary: Vocabulary, proof: list[SourcedStatement]
) -> Row:
    """Return the row of an inference, from the statements of its first proof."""
    proof.sort(key=lambda statement: statement.place)
    return Row(
        triple,
        local_name(
            weakest(
                [vocabulary.modality.get(triple.predicate.value, ""), *strongest_modalities(proof)]
            )
        ),
        INFERRED,
        join_texts(" ", (statement.article for statement in proof)),
        join_texts(" ", (statement.source for statement in proof)),
        join_texts(" | ", (statement.quote for statement in proof)),
        join_texts(" ", (statement.attribution for statement in proof)),
    )


def strongest_modalities(proof: Iterable[SourcedStatement]) -> Iterator[str]:
    """Yield how each premise of a proof is meant: by the strongest of the sources that state it."""
    premises: dict[Triple, list[str]] = {}
    for statement in proof:
        premises.setdefault(statement.triple, []).append(statement.modality)
    yield from map(strongest, premises.values())


def join_texts(mark: str, texts: Iterable[str]) -> str:
    """Return texts as one, each once, without the empty ones."""
    return mark.join(filter(None, dict.fromkeys(texts)))


def local_name(name: str) -> str:
    """Return the local name of a term of ours."""
    return name.removeprefix(CPEC)


def write_statement_table(rows: Iterable[Row], labels: Labels) -> bytes:
    """Return the rows as CSV, with English labels beside the IRIs."""
    return write_csv(
        COLUMNS,
        (
            (
                *map(lexical_form, row.triple),
                *map(labels.english, row.triple),
                *(row.modality, row.stated, row.article, row.sentence, row.quote, row.attribution),
            )
            for row in rows
        ),
    )
