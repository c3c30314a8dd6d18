"""What a solution rests on: the triples, paths and inner answers behind it, as a plan to follow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from pyoxigraph import Variable

from graph.sparql.scope import columns, mentioned, parts
from graph.sparql.syntax import Group, Name, Node, Path, Select

Context: TypeAlias = Name | None
"""The graph in which a pattern is matched; None is the default graph."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A triple of the context."""

    subject: Node
    predicate: Node
    object: Node
    context: Context


@dataclass(frozen=True, slots=True)
class Placed:
    """A triple that was found in the index, by a variable that holds its place.

    It may come `again`, in other solutions or for other patterns.
    """

    place: Variable
    again: bool


@dataclass(frozen=True, slots=True)
class Walk:
    """A path of the context, from subject to object."""

    subject: Node
    path: Path
    object: Node
    context: Context


@dataclass(frozen=True, slots=True)
class Part:
    """What an OPTIONAL or a branch of a UNION adds, in the solutions that bind its marker."""

    marker: Variable
    needs: tuple[Need, ...]
    optional: bool


@dataclass(frozen=True, slots=True)
class Inner:
    """A row of a subselect that is answered by itself."""

    select: Select
    context: Context


@dataclass(frozen=True, slots=True)
class Witness:
    """A solution of the group of an EXISTS, with the variables that it shares put in."""

    group: Group
    shared: tuple[Variable, ...]
    context: Context


@dataclass(frozen=True, slots=True)
class Presence:
    """A named graph that is there at all."""

    name: Name


Need: TypeAlias = Edge | Placed | Walk | Part | Inner | Witness | Presence


def free(part: object) -> Iterator[Variable]:
    """Yield the variables of a plan, without those within subselects and EXISTS."""
    for one in parts(part):
        match one:
            case Edge() | Walk():
                yield from mentioned(one)
            case Part(marker) | Placed(marker, _):
                yield marker
            case Presence(name) if isinstance(name, Variable):
                yield name
            case Inner(select, context):
                yield from columns(select)
                yield from mentioned(context)
            case Witness(_, shared, context):
                yield from shared
                yield from mentioned(context)
            case _:
                pass


@dataclass(slots=True)
class Notes:
    """What else is to be said of every row of a query.

    `absences` are patterns that must find nothing. A `doubt` is a reason why the graphs found must
    be tried before they are cited; an `obstacle`, why not even that would settle it.
    """

    absences: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    obstacles: list[str] = field(default_factory=list)

    def add(self, other: Notes) -> None:
        """Take over what another says."""
        self.absences += other.absences
        self.doubts += other.doubts
        self.obstacles += other.obstacles
