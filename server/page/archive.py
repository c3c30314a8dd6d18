"""The archive: the texts of articles, where the operator has them, with the quotes marked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from graph.curating.verification import read_text, sha256
from graph.errors import DataError
from ontology.namespace import ID

Pieces = list[tuple[str, bool]]
"""A text in pieces, each quoted or not."""


def texts(archive: str | None, article: Mapping[str, Any]) -> dict[str, Pieces]:
    """Return by anchor the sentences of an article whose texts are those that were read."""
    name = article["name"]["iri"].removeprefix(ID)
    if archive is None or "/" in name or not Path(archive, f"{name}.txt").is_file():
        return {}
    try:
        text = read_text(Path(archive, f"{name}.txt"))
    except (DataError, OSError):
        return {}
    found = {}
    for sentence in article["sentences"]:
        own = text[sentence["start"] : sentence["start"] + sentence["length"]]
        if own and sha256(own) == sentence["sha256"]:
            quotes = [
                q for line in sentence["lines"] for one in line["quotes"] for q in one["quotes"]
            ]
            found[sentence["anchor"]] = marked(own, [*sentence["quotes"], *quotes])
    return found


def marked(text: str, quotes: Iterable[str]) -> Pieces:
    """Return a text in pieces, those that are quoted marked.

    >>> marked("both have moved forward", ["have moved"])
    [('both ', False), ('have moved', True), (' forward', False)]
    """
    longest = sorted(set(quotes) - {""}, key=len, reverse=True)
    if not longest:
        return [(text, False)]
    parts = re.split(f"({'|'.join(map(re.escape, longest))})", text)
    return [(part, place % 2 == 1) for place, part in enumerate(parts) if part]
