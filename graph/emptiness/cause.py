"""The causes of an empty answer, in words and as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

MISTAKES: Final = frozenset({"unknown", "direction", "tag", "type", "misfit", "slice"})
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

    `parts` are the core, in SPARQL; `near` is the term that was meant, and `query` the query with
    it, if that has a solution; `branch` numbers the branch of a UNION from 1, or is 0.
    """

    kind: str
    words: str
    parts: tuple[str, ...] = ()
    near: str = ""
    query: str = ""
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
            "query": self.query,
            "examples": [example.to_json() for example in self.examples],
            "branch": self.branch,
        }
        return {name: value for name, value in fields.items() if value}


@dataclass(frozen=True, slots=True)
class Emptiness:
    """The causes of an empty answer; `undetermined` is why they, or more of them, are not known."""

    causes: tuple[Cause, ...] = ()
    undetermined: str = ""

    @property
    def is_unsaid(self) -> bool:
        """Whether the query is no mistake and no source speaks of the thing."""
        kinds = {cause.kind for cause in self.causes}
        return bool(kinds) and not (kinds & (MISTAKES | ELSEWHERE) or self.undetermined)

    @property
    def words(self) -> str:
        """The causes in one line."""
        causes = [cause for cause in self.causes if cause.is_mistake] or self.causes
        texts = dict.fromkeys([*(cause.words for cause in causes), self.undetermined])
        return "; ".join(filter(None, texts))

    def to_json(self) -> dict[str, Any]:
        """Return the member `empty` of an answer, as citations.schema.json defines it."""
        fields = {
            "words": self.words,
            "unsaid": self.is_unsaid,
            "causes": [cause.to_json() for cause in self.causes],
            "undetermined": self.undetermined,
        }
        return {name: value for name, value in fields.items() if value}


def join_words(texts: Iterable[str], last: str = "or") -> str:
    """Return texts as a list in words.

    >>> join_words(["en", "ur", "zh"], "and")
    'en, ur and zh'
    """
    *before, final = texts
    return f"{', '.join(before)} {last} {final}" if before else final
