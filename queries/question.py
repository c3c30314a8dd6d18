"""A competency question: one `.rq` file, with front matter that says what it asks and of what.

The front matter follows the grlc convention (https://grlc.io): lines that start with `#+` hold
YAML. The rest is the SPARQL query; its parameters are variables, to which terms are bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

MARK: Final = "#+"
"""What a line of front matter starts with."""

LABEL: Final = "Label"
"""How the name of a column of labels ends: `areaLabel` beside `area`, as in Wikidata's queries."""

TYPES: Final = ("iri", "string", "integer", "date")
VIEWS: Final = ("table", "bar", "timeline", "graph")


class QuestionFileError(ValueError):
    """A file of the catalogue is not a question; the text names the file and what is wrong."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A variable of the query to which the asker binds a term."""

    name: str
    type: str
    description: str
    default: str | None = None
    enum: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the catalogue; `text` is the SPARQL query without its front matter.

    `empty` is the reason to give where there is no row: No source gives the date of the meeting.
    `absent` says what must not be there for a row, where the query has a NOT EXISTS or a MINUS that
    has no words of its own: No other sentence states the same.
    """

    name: str
    summary: str
    description: str
    tags: tuple[str, ...]
    view: str
    empty: str
    parameters: tuple[Parameter, ...]
    text: str
    absent: str = ""


def read_question(path: Path) -> Question:
    """Return the question in a file; raises QuestionFileError."""
    lines = path.read_text("utf-8").splitlines(keepends=True)
    front = "".join(line.removeprefix(MARK) for line in lines if line.startswith(MARK))
    text = "".join(line for line in lines if not line.startswith(MARK)).lstrip("\n")
    try:
        return question(path.stem, yaml.safe_load(front) or {}, text)
    except (yaml.YAMLError, ValueError) as error:
        raise QuestionFileError(f"{path}: {error}") from None


def question(name: str, front: dict[str, Any], text: str) -> Question:
    """Return the question that the front matter describes; raises ValueError."""
    require(front, "summary", "description", "tags", "view", "empty")
    parameters = tuple(parameter(entry, text) for entry in front.get("parameters", []))
    if front["view"] not in VIEWS:
        raise ValueError(f"the view {front['view']!r} is not one of {', '.join(VIEWS)}")
    return Question(
        name,
        front["summary"],
        front["description"],
        tuple(front["tags"]),
        front["view"],
        front["empty"],
        parameters,
        text,
        front.get("absent", ""),
    )


def require(entry: dict[str, Any], *keys: str) -> None:
    """Raise ValueError unless the entry has every key."""
    if missing := [key for key in keys if key not in entry]:
        raise ValueError(f"no {', '.join(missing)}")


def parameter(entry: dict[str, Any], text: str) -> Parameter:
    """Return one parameter; raises ValueError where the query has no such variable."""
    require(entry, "name", "type", "description")
    name, kind = entry["name"], entry["type"]
    if kind not in TYPES:
        raise ValueError(f"the type {kind!r} of {name} is not one of {', '.join(TYPES)}")
    if f"?{name}" not in text:
        raise ValueError(f"the query has no variable ?{name}")
    default = entry.get("default")
    enum = tuple(str(value) for value in entry.get("enum", ()))
    return Parameter(
        name, kind, entry["description"], None if default is None else str(default), enum
    )
