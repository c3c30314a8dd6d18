"""The last status of a thing: queries/status.rq has the rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pyoxigraph import NamedNode, Store

from graph.answering.evaluation import run_select
from ontology.terms import CPEC, RdfTerm
from queries.catalogue import catalogue

STATUS_OF: Final = NamedNode(CPEC + "statusOf")
STATUS_QUESTION: Final = catalogue()["status"].text
"""The question for the last status of a thing, read at import: a worker can open no file."""

FINAL: Final = frozenset(
    NamedNode(CPEC + name) for name in ("Completed", "Ended", "Cancelled", "HandedOver")
)
"""The statuses of what has ended."""


@dataclass(frozen=True, slots=True)
class Status:
    """The last status of a thing, and the day from which a source reports it."""

    thing: NamedNode
    status: RdfTerm
    day: RdfTerm

    @property
    def is_final(self) -> bool:
        """Whether the thing has ended."""
        return self.status in FINAL


def list_statuses(store: Store, thing: RdfTerm) -> list[Status]:
    """Return the last status of a thing; two or more are contested, and most things have none."""
    if not isinstance(thing, NamedNode) or not any(
        store.quads_for_pattern(None, STATUS_OF, thing, None)
    ):
        return []
    rows = run_select(store, STATUS_QUESTION, {"thing": thing})
    return [Status(thing, row["status"], row["day"]) for row in rows]
