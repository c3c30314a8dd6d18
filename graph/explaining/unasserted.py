"""Statements that a source speaks of without asserting them: denied, proposed, requested.

Each has a `cpec:UnassertedStatement` in `graph:evidence` (docs/data-model.md). No graph holds its
triple, so no proof and no row shows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from pyoxigraph import Literal, NamedNode, Quad, Store, Triple

from graph.citing.index import EvidenceIndex
from graph.wording.display_name import read_text
from graph.wording.quotation import BETWEEN
from graph.wording.source import Bibliography
from ontology.namespace import EVIDENCE
from ontology.terms import CPEC, OA, RDF

MOST_LISTED: Final = 200
"""The records of one thing or source that are listed."""


@dataclass(frozen=True, slots=True)
class Unasserted:
    """A triple that a source does not assert, with the words of its record.

    `modality` and `attribution` (the agent who says so) are IRIs, "" if the record has none.
    """

    triple: Triple
    record: str
    source: str
    modality: str
    attribution: str
    quotes: tuple[str, ...]
    anchors: tuple[str, ...]
    readings: tuple[str, ...]


def list_unasserted_of_triple(evidence: Bibliography, triple: Triple) -> list[Unasserted]:
    """Return the records that speak of a triple without asserting it, by name."""
    ends = (CPEC.SAID_PREDICATE, triple.predicate), (CPEC.SAID_OBJECT, triple.object)
    quads = (
        quad
        for quad in find_quads(evidence.store, CPEC.SAID_SUBJECT, triple.subject)
        if all(Quad(quad.subject, *end, EVIDENCE) in evidence.store for end in ends)
    )
    return read_records(evidence, quads)


def list_unasserted_of_thing(evidence: Bibliography, thing: NamedNode) -> list[Unasserted]:
    """Return the records that speak of a thing, as a subject or an object, without asserting it."""
    quads = [
        quad
        for end in (CPEC.SAID_SUBJECT, CPEC.SAID_OBJECT)
        for quad in find_quads(evidence.store, end, thing)
    ]
    return read_records(evidence, quads)


def list_unasserted_of_source(evidence: Bibliography, source: NamedNode) -> list[Unasserted]:
    """Return the records of the statements that a source does not assert."""
    store, kind = evidence.store, (RDF.TYPE, CPEC.UNASSERTED_STATEMENT, EVIDENCE)
    quads = find_quads(store, OA.HAS_SOURCE, source)
    return read_records(evidence, (quad for quad in quads if Quad(quad.subject, *kind) in store))


def find_quads(store: Store, predicate: NamedNode, term: object) -> Iterator[Quad]:
    """Yield the quads of `graph:evidence` with a predicate and an object."""
    if isinstance(term, NamedNode | Literal):
        yield from store.quads_for_pattern(None, predicate, term, EVIDENCE)


def read_records(evidence: Bibliography, quads: Iterable[Quad]) -> list[Unasserted]:
    """Return the records that are the subjects of quads, as many as are listed."""
    names = dict.fromkeys(quad.subject for quad in islice(quads, MOST_LISTED))
    records = (read_record(evidence, name) for name in names if isinstance(name, NamedNode))
    return sorted((record for record in records if record), key=lambda record: record.record)


def read_record(evidence: Bibliography, name: NamedNode) -> Unasserted | None:
    """Return a record, or None if it lacks a term of its triple or its source."""
    own = evidence.describe(name)
    ends = (CPEC.SAID_SUBJECT, CPEC.SAID_PREDICATE, CPEC.SAID_OBJECT)
    subject, predicate, value = (next(iter(own.get(end.value, ())), None) for end in ends)
    source = own.first(OA.HAS_SOURCE.value)
    if not (
        isinstance(subject, NamedNode) and isinstance(predicate, NamedNode) and value and source
    ):
        return None
    words = evidence.select_words(own)
    return Unasserted(
        Triple(subject, predicate, value),
        name.value,
        source,
        own.first(CPEC.MODALITY.value) or "",
        own.first(CPEC.ATTRIBUTED_TO.value) or "",
        tuple(words.quotes),
        tuple(words.anchors),
        tuple(map(read_text, own.get(CPEC.READING.value, ()))),
    )


def write_unasserted(statement: Unasserted, index: EvidenceIndex) -> str:
    """Return the modality of a statement, its agent and its source.

    For example: denied by the Monthly Development Update (INP-WealthPk, 29 April 2026, sentence 7:
    “denied that Iran is a party”).
    """
    modality, evidence = statement.modality, index.evidence
    name = index.modalities.named[modality].name if modality else "not asserted"
    agent = statement.attribution or statement.source
    quotes = BETWEEN.join(f"“{quote}”" for quote in statement.quotes)
    quote = f": {quotes}" if quotes else ""
    if statement.anchors:
        quote = f", anchor {BETWEEN.join(statement.anchors)}"
    speaker = evidence.names.find(agent).phrase
    return f"{name} by {speaker} ({evidence.write_reference(statement.source)}{quote})"


def unasserted_json(statement: Unasserted, index: EvidenceIndex) -> dict[str, Any]:
    """Return a statement in the form of explanation.schema.json."""
    speaker = index.evidence.names.find(statement.attribution or statement.source)
    return {
        "record": statement.record,
        "source": statement.source,
        "modality": index.modalities.named[statement.modality].to_json(),
        "attributedTo": statement.attribution,
        "speaker": {"en": speaker.text, **speaker.texts},
        "quotes": list(statement.quotes),
        **({"anchors": list(statement.anchors)} if statement.anchors else {}),
        "readings": list(statement.readings),
        "words": write_unasserted(statement, index),
    }
