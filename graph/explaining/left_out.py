"""The rows that a question leaves out: they are aimed at, proposed, denied, or have ended."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeAlias

from graph.citing.modality import rank_modality
from graph.wording.statement import UNKNOWN, WORDS
from ontology.terms import CPEC
from ontology.vocabulary import STRENGTH

FACTS: Final = STRENGTH[CPEC + "Tasked"]
"""The place of the first modality that is no fact."""

Counts: TypeAlias = list[dict[str, Any]]
"""The modalities of rows, in the form of `members` in citations.schema.json."""


def count_rows(citations: Iterable[Mapping[str, Any]]) -> Counts:
    """Return the modalities of cited rows, each row by its strongest proof, with their numbers.

    A fact is left out for what has ended, so it counts by that status.
    """
    unknown = {"name": WORDS[UNKNOWN]}
    counts: Counter[tuple[str, str]] = Counter()
    for citation in citations:
        modalities = citation.get("modalities") or [unknown]
        strongest = min(
            modalities, key=lambda modality: rank_modality(modality.get("iri", UNKNOWN))
        )
        iri, name = strongest.get("iri", ""), strongest["name"]
        ended = strongest.get("ended", ()) if STRENGTH.get(iri, FACTS) < FACTS else ()
        for ending in ended[:1]:
            iri, name = ending["status"], ending["statusName"]
        counts[iri, name] += 1
    return [
        ({"iri": iri} if iri else {}) | {"name": name, "members": counts[iri, name]}
        for iri, name in sorted(counts, key=lambda modality: rank_modality(modality[0] or UNKNOWN))
    ]


def left_out_words(counts: Counts) -> str:
    """Return the note on rows that are left out, "" for none.

    >>> left_out_words([{"name": "aimed at", "members": 2}])
    '2 rows are left out: aimed at'
    >>> left_out_words([{"name": "aimed at", "members": 2}, {"name": "denied", "members": 1}])
    '3 rows are left out: 2 aimed at, 1 denied'
    """
    rows = sum(count["members"] for count in counts)
    if not rows:
        return ""
    parts = [f"{count['members']} {count['name']}" for count in counts]
    words = ", ".join(parts) if len(counts) > 1 else counts[0]["name"]
    return f"{rows} row{' is' if rows == 1 else 's are'} left out: {words}"


def insert_members(body: bytes, **members: object) -> bytes:
    """Return an answer in JSON with more members before its own; empty ones are left out."""
    present = {name: value for name, value in members.items() if value}
    if not present:
        return body
    head = json.dumps(present, ensure_ascii=False, separators=(",", ":")).encode()
    return head[:-1] + b"," + body[1:]
