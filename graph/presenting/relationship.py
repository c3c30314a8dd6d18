"""A relationship: a statement between two things, as the picture and the time line draw it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from graph.answering.evaluation import Answer, Query, fill_values, own_query, read_query
from graph.publishing.resource import read_rows
from graph.wording.display_name import read_text
from graph.wording.phrase import find_phrase
from graph.wording.quotation import Fragment
from graph.wording.record import SelectedWords
from graph.wording.text import clean_text

STATEMENTS: Final = """
SELECT ?statement ?subject ?predicate ?object ?modality ?source WHERE {{
  GRAPH graph:evidence {{
    {ends}
    ?statement rdf:subject ?subject ; rdf:predicate ?predicate ; rdf:object ?object ;
      cpec:modality ?modality ; oa:hasSource ?source .
  }}
  FILTER (isIRI(?object))
}} LIMIT {limit:d}
"""
TRIPLES: Final = read_query(__file__, "triples-between-things")
LABELS: Final = "SELECT ?term ?label {{ VALUES ?term {{ {terms} }} ?term rdfs:label ?label }}"
QUOTES: Final = read_query(__file__, "quotes-of-statements")
DATED: Final = read_query(__file__, "dated-statements")


@dataclass(frozen=True, slots=True)
class Relationship:
    """A statement between two things: IRIs, its modality, and the graph that states it."""

    name: str
    subject: str
    predicate: str
    object: str
    modality: str
    source: str

    @property
    def ends(self) -> tuple[str, str]:
        """The subject and the object."""
        return self.subject, self.object

    @property
    def claim(self) -> tuple[str, ...]:
        """The triple and its modality, which several sources may state."""
        return self.subject, self.predicate, self.object, self.modality


@dataclass(slots=True)
class Words:
    """The quotations or anchors of a statement, and the reference to its source."""

    selected: SelectedWords = field(default_factory=lambda: SelectedWords([], []))
    source: str = ""

    @property
    def quotes(self) -> list[str]:
        """The quotations, or the anchors."""
        return [*self.selected.quotes, *self.selected.anchors]

    @property
    def is_anchored(self) -> bool:
        """Whether they are anchors."""
        return bool(self.selected.located)


def query_statements(limit: int, around: str = "") -> Query:
    """Return the query for the statements between things, or only the statements of one thing."""
    ends = (f"{{ ?statement rdf:{end} <{around}> }}" for end in ("subject", "object"))
    text = STATEMENTS.format(ends=" UNION ".join(ends) if around else "", limit=limit)
    return own_query(text)


def read_statements(answer: Answer) -> list[Relationship]:
    """Return the statements between things."""
    return [Relationship(*map(read_text, row)) for row in read_rows(answer)]


def query_triples(limit: int) -> Query:
    """Return the query for the triples between things, for a graph without records."""
    return own_query(f"{TRIPLES} LIMIT {limit:d}")


def read_triples(answer: Answer) -> list[Relationship]:
    """Return triples between things as statements; subject, predicate and object name each."""
    relationships = []
    for *triple, graph in read_rows(answer):
        subject, predicate, value = map(read_text, triple)
        name = f"{subject} {predicate} {value}"
        source = read_text(graph)
        relationships.append(Relationship(name, subject, predicate, value, "", source))
    return relationships


def query_labels(properties: Iterable[str]) -> Query | None:
    """Return the query for the labels of the properties without a phrase, None if all have one."""
    terms = " ".join(f"<{iri}>" for iri in properties if find_phrase(iri, "") is None)
    return own_query(LABELS.format(terms=terms)) if terms else None


def read_labels(answer: Answer) -> dict[str, str]:
    """Return the label of each property."""
    return {read_text(iri): clean_text(read_text(label)) for iri, label in read_rows(answer)}


def query_words(statements: Iterable[str]) -> Query | None:
    """Return the query for the quotes of statements, None if no statement has a record."""
    names = [f"<{name}>" for name in statements if " " not in name]
    return own_query(fill_values(QUOTES, "statement", names)) if names else None


def read_words(answer: Answer) -> dict[str, Words]:
    """Return the quotes and the reference of each statement."""
    words: dict[str, Words] = {}
    for name, selector, quote, anchor, title in read_rows(answer):
        own = words.setdefault(read_text(name), Words())
        own.source = read_text(title)
        if quote:
            own.selected.fragments.append(Fragment.read(read_text(selector), read_text(quote)))
        if anchor:
            located = Fragment.read_anchor(read_text(selector), read_text(anchor))
            own.selected.located.append(located)
    return words


def query_dated(limit: int) -> Query:
    """Return the query for the first events and issues, then the latest aims."""
    return own_query(f"{DATED} LIMIT {limit:d}")


def read_dated(answer: Answer) -> list[tuple[Relationship, str]]:
    """Return statements with the day of their article, or ""."""
    return [
        (Relationship(*map(read_text, terms)), read_text(day)) for *terms, day in read_rows(answer)
    ]
