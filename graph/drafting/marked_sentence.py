"""A sentence with the marks of its mentions, and the text in which patterns look for more."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from graph.curating.skeleton import NumberedSentence
from graph.drafting.discourse import Discourse
from graph.drafting.figure import DATE, QUANTITY
from graph.drafting.pattern import CLOSE, MARK, OPEN
from graph.reconciling.folding import LETTERS

THING: Final = "Thing"
"""The class of every mark that has things."""


@dataclass(frozen=True, slots=True)
class Node:
    """What a mark stands for: offsets in the sentence, classes, and things or a value.

    `text` is as the sentence has it; `counted` is the thing that an amount counts.
    """

    start: int
    end: int
    text: str
    classes: frozenset[str]
    things: tuple[str, ...] = ()
    value: str = ""
    unit: str = ""
    bound: str = ""
    counted: str = ""
    confidence: float = 0.95


Slots: TypeAlias = dict[str, list[Node]]
"""The nodes of the slots of a match, by their names."""


@dataclass(slots=True)
class MarkedSentence:
    """A sentence of a discourse; `marked` is its text with marks, which are numbers of `nodes`.

    `offsets` has the offset in the sentence of each sign of `marked`; the nodes of `hidden` are no
    mentions.
    """

    discourse: Discourse
    sentence: NumberedSentence
    text: str
    marked: str
    offsets: list[int]
    nodes: list[Node] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)

    @classmethod
    def start(cls, discourse: Discourse, sentence: NumberedSentence, text: str) -> MarkedSentence:
        """Return a sentence without marks, its letters folded; a sign that marks use is a blank."""
        plain = text.replace(OPEN, " ").replace(CLOSE, " ").translate(LETTERS)
        return cls(discourse, sentence, text, plain, list(range(len(plain) + 1)))

    @property
    def is_headline(self) -> bool:
        """Whether it is the headline."""
        return self.sentence.position == 0

    def make(self, span: tuple[int, int], kind: str, *things: str) -> Node:
        """Return a node of a class and those above it."""
        classes = self.discourse.lexicon.list_classes(kind) | ({THING} if things else set())
        return Node(*span, self.text[slice(*span)], frozenset(classes), things)

    def put(self, start: int, end: int, node: Node, *, is_hidden: bool = False) -> int:
        """Put a mark in the place of a part of the marked text; return where the mark ends."""
        self.nodes.append(node)
        if is_hidden:
            self.hidden.add(len(self.nodes) - 1)
        return self.mark(start, end, len(self.nodes) - 1)

    def mark(self, start: int, end: int, number: int) -> int:
        """Put the mark of a node in the place of a part; return where the mark ends."""
        classes = " ".join(f"_{own}_" for own in sorted(self.nodes[number].classes))
        mark = f"{OPEN}{number}: {classes} {CLOSE}"
        self.marked = self.marked[:start] + mark + self.marked[end:]
        self.offsets[start:end] = [self.offsets[start]] * len(mark)
        return start + len(mark)

    def locate(self, start: int, end: int) -> tuple[int, int]:
        """Return the offsets in the sentence of a part of the marked text."""
        return self.offsets[start], self.offsets[end]

    def read_marks(self, part: str) -> list[Node]:
        """Return the nodes of the marks in a part of the marked text."""
        return [self.nodes[int(mark[1])] for mark in MARK.finditer(part)]

    def read_slots(self, match: re.Match[str]) -> Slots:
        """Return the nodes of the slots of a match."""
        groups = match.groupdict().items()
        return {name: self.read_marks(part) for name, part in groups if part and OPEN in part}

    def list_mentions(self) -> tuple[Node, ...]:
        """Return what it mentions: things, dates and amounts."""
        return tuple(
            node
            for number, node in enumerate(self.nodes)
            if number not in self.hidden and (node.things or node.classes & {DATE, QUANTITY})
        )


def list_things(nodes: Iterable[Node]) -> list[str]:
    """Return the things of nodes."""
    return [thing for node in nodes for thing in node.things]


def doubt(node: Node, confidence: float) -> Node:
    """Return a node that is less certain."""
    return replace(node, confidence=confidence)
