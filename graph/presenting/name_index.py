"""The index of names: finds things by a name in any script, misspelt or in part."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Final

from pyoxigraph import Literal, NamedNode
from rapidfuzz import fuzz, process, utils

from graph.answering.evaluation import Answer, own_query, read_query
from graph.publishing.resource import read_rows
from graph.wording.display_name import shorten_name
from graph.wording.text import clean_text
from ontology.terms import CPEC

LONGEST_NAME: Final = 200
"""The most characters of a name that are compared."""

LEAST_LIKENESS: Final = 75.0
"""The least likeness of a match; 100 is an equal name."""

URDU_LETTERS: Final = str.maketrans(
    {"ي": "ی", "ى": "ی", "ك": "ک", "ة": "ہ", "ه": "ہ", "أ": "ا", "إ": "ا"}
)
"""Arabic letters that keyboards give for Urdu letters."""


@dataclass(frozen=True, slots=True)
class IndexedName:
    """A name of a thing: its text, its language, and whether it is the first one there."""

    iri: str
    text: str
    language: str
    first: bool


NAMES: Final = own_query(read_query(__file__, "names"))
"""The query for the indexed names, and then the classes: of a larger graph, the first ones."""


@dataclass(slots=True)
class Match:
    """A thing that matches a text by one of its names, with their likeness from 0 to 100."""

    iri: str
    name: str
    language: str
    score: float
    labels: dict[str, str] = field(default_factory=dict)


class NameIndex:
    """The names of one version of the dataset; `kinds` has a class of ours of each thing."""

    def __init__(
        self, names: Iterable[IndexedName], kinds: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self.names, self.kinds = list(names), kinds
        self.labels: dict[str, dict[str, str]] = {}
        for name in self.names:
            if name.first:
                self.labels.setdefault(name.iri, {}).setdefault(name.language, name.text)

    @classmethod
    def read(cls, answer: Answer) -> NameIndex:
        """Return the names of things, and the local names of their IRIs."""
        names: dict[IndexedName, None] = {}
        kinds: dict[str, str] = {}
        for thing, kind, name in read_rows(answer):
            match thing, kind, name:
                case NamedNode(value=iri), NamedNode(value=naming), Literal(value=text):
                    first = not naming.endswith("altLabel")
                    names[IndexedName(iri, clean_text(text), name.language or "", first)] = None
                    names[IndexedName(iri, shorten_name(iri), "", first=False)] = None
                case NamedNode(value=iri), _, NamedNode(value=cls_iri) if cls_iri.startswith(CPEC):
                    kinds[iri] = min(kinds.get(iri, cls_iri), cls_iri)
        return cls(names, {iri: kind.removeprefix(CPEC) for iri, kind in kinds.items()})

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
