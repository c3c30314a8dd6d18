"""The modality of a statement in words, with who says it and what has ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from graph.wording.display_name import Names
from graph.wording.ending import Ending
from graph.wording.text import isolate

NONE: Final = ""
"""Instead of the IRI of a modality: no triple has a modality."""

UNKNOWN: Final = "unknown"
"""Instead of the IRI of a modality: the triples in use were not traced."""

WORDS: Final = {NONE: "no modality", UNKNOWN: "not known"}


class Speaker(NamedTuple):
    """Who says so, where that is not the article itself: an IRI and its English name."""

    iri: str
    name: str


class Modality(NamedTuple):
    """A modality: its IRI and English name; so many `members` of a basis have it.

    Without an IRI the name is `no modality` or `not known`. `speakers` are all who say so, none
    where the article itself does, and `endings` the ends of the undertakings that are over.
    """

    iri: str
    name: str
    members: int = 0
    speakers: tuple[Speaker, ...] = ()
    endings: tuple[Ending, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the modality as citations.schema.json defines it."""
        fields = {
            "iri": self.iri,
            "name": self.name,
            "members": self.members,
            "speakers": [speaker._asdict() for speaker in self.speakers],
            "ended": [ending.to_json() for ending in self.endings],
        }
        return {name: value for name, value in fields.items() if value}


def write_modality(modality: Mapping[str, Any]) -> str:
    """Return a modality, given as JSON, in English, with who says so and what has ended.

    >>> write_modality({"name": "reported", "speakers": [{"name": "the HEC"}, {"name": "Xinhua"}]})
    'reported according to the HEC and Xinhua'
    """
    *others, last = [isolate(speaker["name"]) for speaker in modality.get("speakers", ())] or [""]
    both = f"{', '.join(others)} and {last}" if others else last
    ends = "".join(f" ({ending['words']})" for ending in modality.get("ended", ()))
    return f"{modality['name']}{both and f' according to {both}'}{ends}"


def name_modality(names: Names, iri: str) -> Modality:
    """Return a modality with its English name."""
    return Modality("", WORDS[iri]) if iri in WORDS else Modality(iri, names.find(iri).text)
