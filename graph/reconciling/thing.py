"""Things and their names, read from a graph: a name is reconciled with one of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from pyoxigraph import Literal, NamedNode, Store

from graph.answering.evaluation import read_query, run_select
from graph.errors import LimitError
from graph.wording.display_name import OBLIQUE
from graph.wording.text import clean_text
from ontology.namespace import ID
from ontology.terms import RdfTerm

MOST_NAMES: Final = 50_000
"""The most names that are compared."""

LABEL: Final = "label"
ALIAS: Final = "alias"
CODE: Final = "code"
DRAFT: Final = "draft"
LOCAL: Final = "local name"

KINDS: Final = {LABEL: 100, ALIAS: 99, CODE: 98, DRAFT: 97, LOCAL: 95}
"""The kinds of names, and the most that a name of the kind can score."""


@dataclass(frozen=True, slots=True)
class ThingName:
    """A name of a thing: its text, its language, and its kind, one of KINDS."""

    text: str
    language: str
    kind: str


@dataclass(slots=True)
class Thing:
    """A thing with its names and its classes, the narrowest first."""

    iri: str
    names: list[ThingName] = field(default_factory=list)
    types: list[str] = field(default_factory=list)
    description: str = ""

    def find_label(self, language: str = "en") -> str:
        """Return its label in a language, or in another one, or its IRI."""
        labels = sorted(
            (KINDS[name.kind] < KINDS[LABEL], name.language not in (language, ""), name.text)
            for name in self.names
        )
        return labels[0][2] if labels else self.iri


NAMES_QUERY: Final = read_query(__file__, "names")

TYPES_QUERY: Final = read_query(__file__, "types")


def read_things(store: Store) -> list[Thing]:
    """Return the things of the graph that have a name; raises LimitError for too many names."""
    rows = list(run_select(store, f"{NAMES_QUERY} LIMIT {MOST_NAMES + 1}"))
    if len(rows) > MOST_NAMES:
        raise LimitError("names to compare", MOST_NAMES)
    things: dict[str, Thing] = {}
    for subject, predicate, text, draft in rows:
        if isinstance(subject, NamedNode) and isinstance(text, Literal):
            thing = things.setdefault(subject.value, Thing(subject.value))
            usual = ALIAS if text.language == OBLIQUE else kind_of(predicate)
            name = clean_text(text.value), text.language or "", usual if draft is None else DRAFT
            thing.names.append(ThingName(*name))
    for thing in things.values():
        local = thing.iri.removeprefix(ID).replace("_", " ")
        thing.names.append(ThingName(clean_text(local), "", LOCAL))
    for subject, kind, _ in run_select(store, TYPES_QUERY):
        if isinstance(subject, NamedNode) and isinstance(kind, NamedNode):
            thing_of_type = things.get(subject.value)
            if thing_of_type and kind.value not in thing_of_type.types:
                thing_of_type.types.append(kind.value)
    return list(things.values())


def kind_of(predicate: RdfTerm | None) -> str:
    """Return the kind of the names that a property gives."""
    local = predicate.value.rpartition("#")[2] if isinstance(predicate, NamedNode) else ""
    return {"altLabel": ALIAS, "iso3": CODE, "m49": CODE}.get(local, LABEL)


def group_names(rows: Iterable[tuple[str, ThingName]]) -> list[Thing]:
    """Return the things of pairs of an IRI and a name, in order; raises LimitError."""
    things: dict[str, Thing] = {}
    for number, (iri, name) in enumerate(rows):
        if number >= MOST_NAMES:
            raise LimitError("names to compare", MOST_NAMES)
        things.setdefault(iri, Thing(iri)).names.append(name)
    return list(things.values())
