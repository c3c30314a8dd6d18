"""The table of statements: a row for each statement of a source and for each inferred triple."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Quad, Triple

from graph.dataset import graph_of
from graph.publishing.csv_table import write_csv
from graph.publishing.reading_order import natural_key
from graph.publishing.sourced_statement import SourcedStatement, list_statements
from graph.wording.display_name import read_text
from graph.wording.label import Labels
from ontology.namespace import INFERRED_GRAPH
from ontology.terms import CPEC
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


@dataclass(frozen=True, slots=True)
class Row:
    """A triple with its evidence: of one source, or of the first proof of an inference.

    `modality` is a local name; an inference is as weak as the weakest premise of its first proof.
    Spaces separate the articles, sentences, addresses and attributions of an inference, ` | ` its
    quotes and anchors.
    """

    triple: Triple
    modality: str
    stated: str
    article: str = ""
    sentence: str = ""
    quote: str = ""
    anchor: str = ""
    address: str = ""
    attribution: str = ""


def build_rows(quads: Iterable[Quad], premises: Premises) -> list[Row]:
    """Return the rows: the articles' statements, other sources' statements, then inferences."""
    quads = list(quads)
    vocabulary = Vocabulary.from_quads(quads)
    stated = list_statements(quads, vocabulary)
    by_source = {
        (statement.source, statement.triple): statement
        for statement in stated
        if statement.is_asserted
    }
    inferred = [
        build_inferred_row(
            triple, vocabulary, [by_source[pair] for pair in premises(triple) if pair in by_source]
        )
        for triple in list_inferred(quads)
    ]
    return [*map(build_stated_row, stated), *inferred]


def list_inferred(quads: Iterable[Quad]) -> list[Triple]:
    """Return the inferred triples of the properties of our ontology, sorted."""
    inferred = {
        quad.triple
        for quad in quads
        if graph_of(quad) == INFERRED_GRAPH and quad.predicate.value.startswith(CPEC)
    }
    return sorted(inferred, key=lambda triple: natural_key(str(triple)))


def build_stated_row(statement: SourcedStatement) -> Row:
    """Return the row of a statement of one source."""
    return Row(
        statement.triple,
        local_name(statement.modality),
        STATED if statement.is_asserted else UNASSERTED,
        statement.article,
        statement.source,
        statement.quote,
        statement.anchor,
        statement.address,
        statement.attribution,
    )


def build_inferred_row(
    triple: Triple, vocabulary: Vocabulary, proof: list[SourcedStatement]
) -> Row:
    """Return the row of an inference, from the statements of its first proof."""
    proof.sort(key=lambda statement: statement.rank)
    return Row(
        triple,
        local_name(
            weakest_modality(
                [vocabulary.modality.get(triple.predicate.value, ""), *strongest_modalities(proof)]
            )
        ),
        INFERRED,
        join_texts(" ", (statement.article for statement in proof)),
        join_texts(" ", (statement.source for statement in proof)),
        join_texts(" | ", (statement.quote for statement in proof)),
        join_texts(" | ", (statement.anchor for statement in proof)),
        join_texts(" ", (statement.address for statement in proof)),
        join_texts(" ", (statement.attribution for statement in proof)),
    )


def strongest_modalities(proof: Iterable[SourcedStatement]) -> Iterator[str]:
    """Yield the modality of each premise of a proof: the strongest of its sources."""
    premises: dict[Triple, list[str]] = {}
    for statement in proof:
        premises.setdefault(statement.triple, []).append(statement.modality)
    yield from map(strongest_modality, premises.values())


def join_texts(mark: str, texts: Iterable[str]) -> str:
    """Return the distinct non-empty texts, joined by a mark."""
    return mark.join(filter(None, dict.fromkeys(texts)))


def local_name(name: str) -> str:
    """Return the local name of a term of our ontology."""
    return name.removeprefix(CPEC)


def write_statement_table(rows: Iterable[Row], labels: Labels) -> bytes:
    """Return the rows as CSV, with English labels after the IRIs."""
    return write_csv(
        COLUMNS,
        (
            (
                *map(read_text, row.triple),
                *map(labels.name_in_english, row.triple),
                *(row.modality, row.stated, row.article, row.sentence),
                *(row.quote, row.anchor, row.address, row.attribution),
            )
            for row in rows
        ),
    )
