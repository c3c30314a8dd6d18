"""The requests of the graph's engine: a SPARQL update, and the change of one graph.

A context variable has the sources that a request leaves out.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final, Literal

from graph.answering.format import GraphFormat
from graph.excluding.exclusion import NO_EXCLUSION, Exclusion

EXCLUSION: Final[ContextVar[Exclusion]] = ContextVar("exclusion", default=NO_EXCLUSION)
"""The sources that this task's or thread's requests leave out, if any."""

Verb = Literal["replace", "merge", "drop"]


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
