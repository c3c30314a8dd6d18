"""The index of names: finds things by a name in any script, misspelt or in part."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from pyoxigraph import Literal, NamedNode
from rapidfuzz import fuzz, process, utils

from graph.answering.evaluation import Answer, Query, own_query
from graph.publishing.resource import read_rows
from graph.wording.display_name import shorten_name
from graph.wording.text import clean_text
from ontology.namespace import ID

LONGEST_NAME: Final = 200
"""The most characters of a name that are compared."""

LEAST_LIKENESS: Final = 75.0
"""The least likeness of a match; 100 is an equal name."""

URDU_LETTERS: Final = str.maketrans(
    {"ي": "ی", "ى": "ی", "ك": "ک", "ة": "ہ", "ه": "ہ", "أ": "ا", "إ": "ا"}
)
"""Arabic letters that keyboards give for Urdu letters."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name of a thing: its text, its language, and whether it is the first one there."""

    iri: str
    text: str
    language: str
    first: bool


NAMES_QUERY: Final = f"""
SELECT DISTINCT ?thing ?kind ?name {{
  VALUES ?kind {{ rdfs:label dcterms:title skos:altLabel }}
  GRAPH ?graph {{ ?thing ?kind ?name }}
  FILTER (STRSTARTS(STR(?thing), "{ID}") && !CONTAINS(STR(?thing), "#"))
}} LIMIT 50000
"""
"""The query for the indexed names: of a larger graph, the first ones."""


def query_names() -> Query:
    """Return the query for the names of things."""
    return own_query(NAMES_QUERY)


def read_name_list(answer: Answer) -> list[Name]:
    """Return the names of things, and the local names of their IRIs."""
    names: dict[Name, None] = {}
    for thing, kind, name in read_rows(answer):
        if (
            isinstance(thing, NamedNode)
            and isinstance(kind, NamedNode)
            and isinstance(name, Literal)
        ):
            first = not kind.value.endswith("altLabel")
            names[Name(thing.value, clean_text(name.value), name.language or "", first)] = None
            names[Name(thing.value, shorten_name(thing.value), "", first=False)] = None
    return list(names)


@dataclass(slots=True)
class Match:
    """A thing that matches a text by one of its names, with their likeness from 0 to 100."""

    iri: str
    name: str
    language: str
    score: float
    labels: dict[str, str] = field(default_factory=dict)


class NameIndex:
    """The names of one version of the dataset."""

    def __init__(self, names: Iterable[Name]) -> None:
        self.names = list(names)
        self.labels: dict[str, dict[str, str]] = {}
        for name in self.names:
            if name.first:
                self.labels.setdefault(name.iri, {}).setdefault(name.language, name.text)

    @cached_property
    def keys(self) -> list[str]:
        """The names as they are compared."""
        return [comparison_key(name.text) for name in self.names]

    def find(self, text: str, most: int) -> list[Match]:
        """Return the things whose names are like a text, the likest first, each once."""
        asked = comparison_key(text)
        if not asked:
            return []
        matches: dict[str, Match] = {}
        scored = process.extract(
            asked, self.keys, scorer=score_likeness, limit=most * 8, score_cutoff=LEAST_LIKENESS
        )
        for _, score, place in sorted(
            scored, key=lambda match: (-match[1], len(match[0]), match[0])
        ):
            name = self.names[place]
            labels = self.labels.get(name.iri, {})
            matches.setdefault(name.iri, Match(name.iri, name.text, name.language, score, labels))
        return list(matches.values())[:most]


def comparison_key(text: str, longest: int = LONGEST_NAME) -> str:
    """Return a text as it is compared: compatible forms, small letters, no marks or signs.

    >>> comparison_key("MoPD&SI"), comparison_key("Chíná")
    ('mopd si', 'china')
    """
    parts = unicodedata.normalize("NFKD", text[:longest].translate(URDU_LETTERS))
    plain = "".join(sign for sign in parts if not unicodedata.combining(sign))
    return " ".join(utils.default_process(unicodedata.normalize("NFC", plain)).split())


def score_likeness(asked: str, name: str, **_: object) -> float:
    """Return how like a name is: the same, with the same beginning, with it as a part, or near."""
    if asked == name:
        return 100.0
    if name.startswith(asked):
        return 97.0 - min(len(name) - len(asked), 40) / 20
    if f" {asked}" in name:
        return 93.0 - min(len(name) - len(asked), 40) / 20
    if asked in name:
        return 90.0 - min(len(name) - len(asked), 40) / 20
    if len(asked) < 4:
        return 0.0
    full = fuzz.ratio(asked, name)
    part = fuzz.token_set_ratio(asked, name)
    opening = fuzz.ratio(asked, name[: len(asked)]) - 2
    return max(full, part - 8, opening)
