"""The JSON Schemas of cited answers and explanations."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from graph.errors import UnknownNameError
from ontology.namespace import rebase

SCHEMA_FOLDER: Final = Path(__file__).with_name("schemas")


def read_schema(name: str) -> bytes:
    """Return the schema `citations` or `explanation`; raises UnknownNameError for another name."""
    path = SCHEMA_FOLDER / f"{name}.schema.json"
    if path not in SCHEMA_FOLDER.iterdir():
        raise UnknownNameError(f"there is no schema {name}")
    return rebase(path.read_text("utf-8")).encode()
