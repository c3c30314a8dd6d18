"""Statements that a source speaks of without asserting them: denied, proposed, requested.

Each has a `cpec:UnassertedStatement` in `graph:evidence` (docs/data-model.md). No graph holds its
triple, so no proof and no row shows it.
"""

from __future__ import annotations

from itertools import chain, islice
from typing import Any, Final

from pyoxigraph import NamedNode

from graph.citing.index import EvidenceIndex
from graph.wording.quotation import BETWEEN
from graph.wording.record import Record
from graph.wording.source import Bibliography
from ontology.namespace import EVIDENCE
from ontology.terms import CPEC

MOST_LISTED: Final = 200
"""The records of one thing or source that are listed."""


def list_unasserted_of_thing(evidence: Bibliography, thing: NamedNode) -> list[Record]:
    """Return the records that speak of a thing, as a subject or an object, without asserting it."""
    quads = chain.from_iterable(
        evidence.store.quads_for_pattern(None, end, thing, EVIDENCE)
        for end in (CPEC.SAID_SUBJECT, CPEC.SAID_OBJECT)
    )
    names = dict.fromkeys(quad.subject for quad in islice(quads, MOST_LISTED))
    records = filter(None, map(evidence.records.read, names))
    return sorted(records, key=lambda record: record.name)


def list_unasserted_of_source(evidence: Bibliography, source: NamedNode) -> list[Record]:
    """Return the records of the statements that a source does not assert."""
    records = evidence.records.list_records(source.value)
    own = [record for record in records if not record.is_asserted]
    return sorted(own, key=lambda record: record.name)[:MOST_LISTED]


def write_unasserted(statement: Record, index: EvidenceIndex) -> str:
    """Return the modality of a statement, its agent and its source.

    For example: denied by the Monthly Development Update (INP-WealthPk, 29 April 2026, sentence 7:
    “denied that Iran is a party”).
    """
    modality, evidence = statement.modality, index.evidence
    name = index.modalities.named[modality].name if modality else "not asserted"
    agent = statement.attributed_to or statement.source
    quotes = BETWEEN.join(f"“{quote}”" for quote in statement.words.quotes)
    quote = f": {quotes}" if quotes else ""
    if statement.words.anchors:
        quote = f", anchor {BETWEEN.join(statement.words.anchors)}"
    speaker = evidence.names.find(agent).phrase
    return f"{name} by {speaker} ({evidence.write_reference(statement.source)}{quote})"


def unasserted_json(statement: Record, index: EvidenceIndex) -> dict[str, Any]:
    """Return a statement in the form of explanation.schema.json."""
    speaker = index.evidence.names.find(statement.attributed_to or statement.source)
    return {
        "record": statement.name,
        "source": statement.source,
        "modality": index.modalities.named[statement.modality].to_json(),
        "attributedTo": statement.attributed_to,
        "speaker": {"en": speaker.text, **speaker.texts},
        "quotes": statement.words.quotes,
        **({"anchors": statement.words.anchors} if statement.words.anchors else {}),
        "readings": list(statement.readings),
        "words": write_unasserted(statement, index),
    }
