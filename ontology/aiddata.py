"""The mapping to AidData's fields of projects, as SSSOM (https://mapping-commons.github.io/sssom/)."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

FIELD: Final = "field"
"""The category of a field; the category of a value is the name of its field."""

NOT_EXPORTED: Final = frozenset({"skos:relatedMatch"})
"""The relations that are too weak to fill a cell."""


@dataclass(frozen=True, slots=True)
class FieldMapping:
    """A term of ours, `sssom:NoTermFound` if there is none, and a field or a value of AidData's."""

    subject_id: str
    predicate_id: str
    object_label: str
    object_category: str
    comment: str


@cache
def read_field_mappings() -> tuple[FieldMapping, ...]:
    """Return the mappings in the order of their file."""
    text = files("ontology").joinpath("aiddata.sssom.tsv").read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    _, *rows = csv.reader(lines, delimiter="\t")
    return tuple(FieldMapping(*row) for row in rows)


def map_values(field: str) -> dict[str, str]:
    """Return AidData's value for each term of ours that is strong enough to fill a field."""
    return {
        mapping.subject_id: mapping.object_label
        for mapping in read_field_mappings()
        if mapping.object_category == field and mapping.predicate_id not in NOT_EXPORTED
    }
