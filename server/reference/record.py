"""A reference in CSL-JSON, and the texts that several formats write from it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

Record = Mapping[str, Any]
"""A reference in CSL-JSON (https://citeproc-js.readthedocs.io/en/latest/csl-json/)."""


def join_name(name: Mapping[str, str]) -> str:
    """Return a name, the family's first."""
    return ", ".join(name[part] for part in ("literal", "family", "given") if part in name)


def write_name(name: Mapping[str, str]) -> str:
    """Return a name as it is read, the given name first."""
    return " ".join(name[part] for part in ("literal", "given", "family") if part in name)


def write_day(record: Record, field: str, separator: str) -> str:
    """Return a date of a record as far as it is known: 2026-04-29, 2026-04, 2026 or ""."""
    (parts,) = record.get(field, {"date-parts": [[]]})["date-parts"]
    return separator.join(f"{part:02}" for part in parts)


def write_json(record: object) -> str:
    """Return a record as JSON."""
    return json.dumps(record, ensure_ascii=False, indent=1) + "\n"
