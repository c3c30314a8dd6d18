"""The writes that an engine takes: a SPARQL update, and the change of one graph."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Self

from graph.answering.format import GraphFormat
from graph.engine.framing import Header
from graph.excluding.exclusion import Exclusion

EXCLUSION: Final[ContextVar[Exclusion | None]] = ContextVar("exclusion", default=None)
"""The sources that this task's or thread's requests leave out, if any."""

Verb = Literal["replace", "merge", "drop"]

Require = Callable[[str, bool], None]
"""Raises unless a graph's version, and whether it exists, meet the condition of its change.

No other write comes between the call and the change.
"""

WRITES: Final = frozenset({"update", "change"})
"""The kinds of requests that change the dataset of their worker, which exits after the answer."""


@dataclass(frozen=True, slots=True)
class Update:
    """A SPARQL 1.1 Update and the dataset of its request (SPARQL 1.1 Protocol, section 2.2.3)."""

    text: str
    using_graphs: tuple[str, ...] = ()
    using_named_graphs: tuple[str, ...] = ()
    base: str | None = None


@dataclass(frozen=True, slots=True)
class GraphChange:
    """A change of one graph, None for the default graph (SPARQL 1.1 Graph Store Protocol).

    "replace" is PUT, "merge" is POST, "drop" is DELETE; the body is the client's, as received.
    """

    verb: Verb
    graph: str | None
    body: bytes = b""
    format: GraphFormat | None = None
    base: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """The version that a write made, and the number of quads that it removed and added.

    `report` has the counts of its inferences, and the contradictions.
    """

    version: str
    removed: int
    added: int
    existed: bool
    report: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def decode(cls, version: str, answer: Header) -> Self:
        """Return the change that a worker's answer describes."""
        report = dict(answer["report"])
        removed, added = int(report.pop("removed")), int(report.pop("added"))
        return cls(version, removed, added, existed=bool(answer["existed"]), report=report)
