"""A passage: a statement with its quotes, a source or a question, as the search finds it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, islice
from typing import Final

from pyoxigraph import NamedNode, Store

from graph.answering.binding import load_questions
from graph.publishing.reading_order import natural_key
from graph.wording.display_name import make_path, read_text
from graph.wording.record import Record
from graph.wording.sentence import write_sentences, write_unasserted
from graph.wording.source import Bibliography
from graph.wording.text import clean_text
from ontology.namespace import BACKGROUND, BASE, EVIDENCE, ID
from ontology.terms import CPEC, DCTERMS, RDFS, SKOS, RdfTerm

MOST_PASSAGES: Final = 5000
"""The records of statements, and the sources, that are searched; of more, the first ones.

A record takes 0.4 ms.
"""

KINDS: Final = ("statement", "source", "question")
"""The kinds of passages, as a page lists them."""

NAMING: Final = (RDFS.LABEL, SKOS.ALT_LABEL)
MAKERS: Final = (DCTERMS.PUBLISHER, DCTERMS.CREATOR)
"""The properties of the names of a thing, and of the makers of a source."""


@dataclass(slots=True)
class Passage:
    """A text that is found, and the path of its place: a sentence, a source, a question.

    A source without a page of ours has the path "". `words` is its sentence or title by language.
    `quotes` and `anchors` are the words of its source; `names` are further words by which it is
    found, such as the other names of its things. A statement that its source does not assert has
    the name of its modality in `unasserted`.
    """

    kind: str
    path: str
    words: dict[str, str]
    quotes: list[str] = field(default_factory=list)
    anchors: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    source: str = ""
    modality: str = ""
    unasserted: str = ""
    by: str = ""


def list_passages(store: Store) -> list[Passage]:
    """Return the statements in the order of their records, the sources, and the questions."""
    writer = PassageWriter(store)
    statements = islice(writer.list_statements(), MOST_PASSAGES)
    ordered = [passage for _, passage in sorted(statements, key=lambda own: natural_key(own[0]))]
    return [*ordered, *islice(writer.list_sources(), MOST_PASSAGES), *list_questions()]


def list_questions() -> Iterator[Passage]:
    """Yield the questions of the catalogue."""
    for name, question in load_questions().items():
        words, names = {"en": question.summary}, [question.description, *question.tags]
        yield Passage("question", f"questions/{name}", words, names=names)


class PassageWriter:
    """Writes the passages of one dataset."""

    def __init__(self, store: Store) -> None:
        self.store, self.evidence = store, Bibliography(store)
        self.list_names = lru_cache(MOST_PASSAGES)(self.read_names)

    def list_statements(self) -> Iterator[tuple[str, Passage]]:
        """Yield each record of a statement, by its name, as a passage."""
        for record in self.evidence.records.walk():
            yield record.name, self.write_statement(record)

    def write_statement(self, record: Record) -> Passage:
        """Return the statement of a record."""
        triple, modality, evidence = record.triple, record.modality, self.evidence
        graph, is_asserted = record.source, record.is_asserted
        unasserted = evidence.names.find(modality).text if modality else "not asserted"
        if is_asserted:
            words = write_sentences(triple, evidence.names, modality)
            by = evidence.find_speaker(graph, record.attributed_to)
        else:
            words, by = write_unasserted(record, evidence)
        return Passage(
            "statement",
            make_path(graph) if graph.startswith(BASE) else "",
            words,
            list(map(clean_text, record.words.quotes)),
            list(map(clean_text, record.words.anchors)),
            sorted({*self.list_names(triple.subject), *self.list_names(triple.object)}),
            evidence.write_reference(graph),
            modality.removeprefix(CPEC) if is_asserted else "Unasserted",
            "" if is_asserted else unasserted,
            by,
        )

    def list_sources(self) -> Iterator[Passage]:
        """Yield the articles and the background sources."""
        for quad in self.store.quads_for_pattern(None, DCTERMS.TITLE, None, EVIDENCE):
            source, title = quad.subject, quad.object
            if isinstance(source, NamedNode) and source.value.startswith((ID, BACKGROUND)):
                own = self.evidence.describe(source)
                makers = chain(*(own.get(maker.value, ()) for maker in MAKERS))
                yield Passage(
                    "source",
                    make_path(source.value),
                    {getattr(title, "language", "") or "en": clean_text(read_text(title))},
                    names=[name for maker in makers for name in self.list_names(maker)],
                    source=self.evidence.write_reference(source.value),
                )

    def read_names(self, term: RdfTerm) -> list[str]:
        """Return the names of a thing in all languages, none for a literal."""
        if not isinstance(term, NamedNode):
            return []
        quads = chain(*(self.store.quads_for_pattern(term, name, None) for name in NAMING))
        return sorted({clean_text(read_text(quad.object)) for quad in quads})
