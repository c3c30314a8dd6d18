"""The rows that a question leaves out: they match it, but are aimed at, proposed or denied."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from graph.citing.modality import rank_modality
from graph.wording.statement import UNKNOWN, WORDS

Counts: TypeAlias = list[dict[str, Any]]
"""The modalities of rows, in the form of `members` in citations.schema.json."""


def count_rows(citations: Iterable[Mapping[str, Any]]) -> Counts:
    """Return the modalities of cited rows, each row by its strongest proof, with their numbers."""
    unknown = {"name": WORDS[UNKNOWN]}
    counts: Counter[tuple[str, str]] = Counter()
    for citation in citations:
        modalities = citation.get("modalities") or [unknown]
        strongest = min(
            modalities, key=lambda modality: rank_modality(modality.get("iri", UNKNOWN))
        )
        counts[strongest.get("iri", ""), strongest["name"]] += 1
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


def insert_left_out(body: bytes, counts: Counts) -> bytes:
    """Return an answer in JSON with a member for the rows that are left out, if there are any."""
    if not counts:
        return body
    member = json.dumps({"leftOut": counts}, ensure_ascii=False, separators=(",", ":")).encode()
    return member[:-1] + b"," + body[1:]
