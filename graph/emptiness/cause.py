"""The causes of an empty answer, in words and as JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from ontology.namespace import shorten

MAX_WORDS: Final = 1000
"""The characters of the words of one cause; a query may be a megabyte long."""

IRI: Final = re.compile(r"<([^<> ]+)>")

MISTAKES: Final = frozenset({"unknown", "direction", "tag", "misfit", "slice"})
"""The kinds of causes in which the query cannot have been meant so."""

ELSEWHERE: Final = frozenset({"weaker", "unasserted", "excluded", "graph", "dataset"})
"""The kinds of causes in which a source speaks of the thing, in another way or in another place."""


@dataclass(frozen=True, slots=True)
class Example:
    """A statement that the graph has, or would have: in words, with its triple and sources."""

    words: str
    triple: tuple[str, str, str]
    graphs: tuple[str, ...] = ()
    modality: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the example as citations.schema.json defines it."""
        fields = {
            "words": self.words,
            "triple": list(self.triple),
            "graphs": list(self.graphs),
            "modality": self.modality,
        }
        return {name: value for name, value in fields.items() if value}


@dataclass(frozen=True, slots=True)
class Cause:
    """A cause of an empty answer.

    `parts` are the core, in SPARQL; `near` is the name that was meant, or the text; `branch`
    numbers the branch of a UNION from 1, or is 0.
    """

    kind: str
    words: str
    parts: tuple[str, ...] = ()
    near: str = ""
    examples: tuple[Example, ...] = ()
    branch: int = 0

    @property
    def is_mistake(self) -> bool:
        """Whether the query cannot have been meant so."""
        return self.kind in MISTAKES

    def to_json(self) -> dict[str, Any]:
        """Return the cause as citations.schema.json defines it."""
        fields = {
            "kind": self.kind,
            "words": self.words,
            "mistake": self.is_mistake,
            "parts": list(self.parts),
            "near": self.near,
            "examples": [example.to_json() for example in self.examples],
            "branch": self.branch,
        }
        return {name: value for name, value in fields.items() if value}


@dataclass(frozen=True, slots=True)
class Emptiness:
    """The causes of an empty answer, or with `undetermined` the reason why they are not known."""

    causes: tuple[Cause, ...] = ()
    undetermined: str = ""

    @property
    def is_unsaid(self) -> bool:
        """Whether the query is no mistake and no source speaks of the thing."""
        return bool(self.causes) and not any(
            cause.kind in MISTAKES | ELSEWHERE for cause in self.causes
        )

    @property
    def words(self) -> str:
        """The causes in one line."""
        causes = [cause for cause in self.causes if cause.is_mistake] or self.causes
        return "; ".join(dict.fromkeys(cause.words for cause in causes)) or self.undetermined

    def to_json(self) -> dict[str, Any]:
        """Return the member `empty` of an answer, as citations.schema.json defines it."""
        fields = {
            "words": self.words,
            "unsaid": self.is_unsaid,
            "causes": [cause.to_json() for cause in self.causes],
            "undetermined": self.undetermined,
        }
        return {name: value for name, value in fields.items() if value}


def shorten_iris(text: str) -> str:
    """Return a text with prefixed names in place of IRIs, cut to MAX_WORDS."""
    short = IRI.sub(lambda match: shorten(match[1]), text)
    return short if len(short) <= MAX_WORDS else f"{short[:MAX_WORDS]} …"


def join_words(texts: Iterable[str], last: str = "or") -> str:
    """Return texts as a list in words.

    >>> join_words(["en", "ur", "zh"], "and")
    'en, ur and zh'
    """
    *before, final = texts
    return f"{', '.join(before)} {last} {final}" if before else final


def add_article(noun: str) -> str:
    """Return a noun with its article.

    >>> add_article("Undertaking")
    'an undertaking'
    """
    return f"{'an' if noun[:1].lower() in {*'aeiou'} else 'a'} {noun[:1].lower()}{noun[1:]}"
