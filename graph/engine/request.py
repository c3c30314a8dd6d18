"""What may be asked of the engine beside a query: an update, a change of one graph."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Self

from graph.answering.format import GraphFormat
from graph.engine.framing import Header
from graph.striking.strike import Strike

STRIKE: Final[ContextVar[Strike | None]] = ContextVar("strike", default=None)
"""The sources without which this task or thread asks, if any."""

Verb = Literal["replace", "merge", "drop"]

Require = Callable[[str, bool], None]
"""What must hold of a graph that is written, or it raises: its version, and whether it is there.

It is called when no other write can come between.
"""

SPOILING: Final = frozenset({"update", "change"})
"""The kinds of requests that spoil their worker, which ends after its answer."""


@dataclass(frozen=True, slots=True)
class Update:
    """A SPARQL 1.1 Update and the dataset of its request (SPARQL 1.1 Protocol, section 2.2.3)."""

    text: str
    using_graphs: tuple[str, ...] = ()
    using_named_graphs: tuple[str, ...] = ()
    base: str | None = None


@dataclass(frozen=True, slots=True)
class GraphChange:
    """A change of one graph, None being the default one (SPARQL 1.1 Graph Store Protocol).

    "replace" is PUT, "merge" is POST, "drop" is DELETE; the body is a stranger's, as it was sent.
    """

    verb: Verb
    graph: str | None
    body: bytes = b""
    format: GraphFormat | None = None
    base: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What a write did: the version that it made, and the number of quads removed and added.

    `told` is what its answer tells beside: what follows from it, and what contradicts itself.
    """

    version: str
    removed: int
    added: int
    existed: bool
    told: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, version: str, answer: Header) -> Self:
        """Return what a write did from the answer of the worker that found it."""
        told = dict(answer["told"])
        removed, added = int(told.pop("removed")), int(told.pop("added"))
        return cls(version, removed, added, existed=bool(answer["existed"]), told=told)
