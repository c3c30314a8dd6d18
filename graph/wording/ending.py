"""The end of an undertaking: a source says that it is over, and none that it runs again since.

A status is no rule: what was said of an undertaking until its end still holds, and says until when.
Planned, agreed and postponed statuses neither end it nor take it up again.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import Final, NamedTuple

from pyoxigraph import NamedNode, QuerySolution

from graph.answering.evaluation import run_select
from graph.wording.display_name import MOST_KEPT, read_text
from graph.wording.source import Bibliography
from graph.wording.text import isolate
from ontology.terms import CPEC, RdfTerm

OVER: Final = ("Ended", "Completed", "Cancelled", "Suspended")
"""The statuses of an undertaking that does not go on."""

RUNNING: Final = ("Begun", "Operating")
"""The statuses of an undertaking that goes on, or goes on again."""

NEW_STATUS: Final = NamedNode(CPEC + "newStatus")
STATUS_OF: Final = NamedNode(CPEC + "statusOf")

CHANGES: Final = f"""
SELECT ?thing ?over ?status ?day ?published ?date ?source WHERE {{
  VALUES (?status ?over) {{
    {" ".join(f"(cpec:{name} true)" for name in OVER)}
    {" ".join(f"(cpec:{name} false)" for name in RUNNING)}
  }}
  ?thing a cpec:Undertaking .
  ?change cpec:statusOf ?thing ; cpec:date|cpec:latest ?day FILTER (DATATYPE(?day) = xsd:date)
  GRAPH ?source {{ ?change cpec:newStatus ?status }}
  ?source a cpec:Sentence ; oa:hasSource/dcterms:date ?published .
  OPTIONAL {{ ?change cpec:date ?date }}
}}
ORDER BY ?source ?status ?date
"""
"""The changes of an undertaking, as queries/parties.rq finds them."""


class Ending(NamedTuple):
    """The last status of an undertaking that is over, and the source that says so.

    `day` is in words, and `date` as a term; if it `is_latest`, the end may have been earlier.
    """

    thing: str
    name: str
    status: str
    status_name: str
    day: str
    is_latest: bool
    source: str
    reference: str
    date: str = ""

    @property
    def words(self) -> str:
        """The end in English: until 1990: the programme ended, says Reuters, sentence 4."""
        until = "by" if self.is_latest else "until"
        name, source = isolate(self.name), isolate(self.reference)
        return f"{until} {self.day}: {name} {self.status_name}, says {source}"

    def to_json(self) -> dict[str, str]:
        """Return the end in the form of citations.schema.json."""
        return {
            "thing": self.thing,
            "name": self.name,
            "status": self.status,
            "statusName": self.status_name,
            "latest" if self.is_latest else "day": self.day,
            "source": self.source,
            "reference": self.reference,
            "words": self.words,
        }


class Endings:
    """The ends of the undertakings of one dataset, each found at first use."""

    def __init__(self, evidence: Bibliography) -> None:
        self.evidence, self.store = evidence, evidence.store
        self.find = lru_cache(MOST_KEPT)(self.read_endings)

    @cached_property
    def things(self) -> frozenset[RdfTerm]:
        """The things that a source says are over; they are few, and no other costs a query."""
        return frozenset(
            tie.object
            for name in OVER
            for change in self.store.quads_for_pattern(
                None, NEW_STATUS, NamedNode(CPEC + name), None
            )
            for tie in self.store.quads_for_pattern(change.subject, STATUS_OF, None, None)
        )

    def read_endings(self, thing: RdfTerm) -> tuple[Ending, ...]:
        """Return the last end of an undertaking, none where a later change says that it runs.

        The last change is that of the last day, of equal days the one that was published last.
        Sources that end it differently by then are all told.
        """
        if thing not in self.things or not isinstance(thing, NamedNode):
            return ()
        changes = [
            ((read_text(row["day"]), read_text(row["published"])), row["over"].value == "true", row)
            for row in run_select(self.store, CHANGES, {"thing": thing})
        ]
        last = max((when for when, _, _ in changes), default=None)
        ends = (row for when, is_over, row in changes if is_over and when == last)
        return tuple(dict.fromkeys(self.make_ending(thing, row) for row in ends))

    def make_ending(self, thing: NamedNode, row: QuerySolution) -> Ending:
        """Return the end that a change of status makes."""
        names, source, day = self.evidence.names, row["source"].value, row["date"] or row["day"]
        return Ending(
            thing.value,
            names(thing).phrase,
            row["status"].value,
            names(row["status"]).text,
            names(day).text,
            row["date"] is None,
            source,
            self.evidence.write_reference(source),
            str(day),
        )
