"""A competency question: one `.rq` file, a SPARQL query with front matter that describes it.

The front matter follows the grlc convention (https://grlc.io): lines that start with `#+` hold
YAML. The rest is the SPARQL query; its parameters are variables, to which terms are bound.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

MARK: Final = "#+"
"""What a line of front matter starts with."""

PROLOGUE: Final = re.compile(r"^PREFIX .*\n", re.MULTILINE)
"""A line of a query that declares a prefix."""

LABEL: Final = "Label"
"""How the name of a column of labels ends: `areaLabel` beside `area`, as in Wikidata's queries."""

TYPES: Final = ("iri", "string", "integer", "date")
SUBJECTS: Final = {
    "Working together": ("cooperation", "structure", "technology"),
    "Who, and how much": ("participation", "amounts"),
    "Aims, tasks and deeds": ("aims", "tasks", "deployment"),
    "When, where and how far": ("events", "status"),
    "How sure, and who says so": ("modality", "corroboration", "sources"),
    "Names and links": ("labels", "links"),
}
"""The subjects under which pages list the questions, each with its tags."""

TAGS: Final = (*(tag for tags in SUBJECTS.values() for tag in tags), "inferred")
FIELDS: Final = frozenset({"number", "names", "total"})
PLURALS: Final = ("one", "many")
"""The placeholders of an answer's sentence that are no columns; its texts."""

VIEWS: Final = ("table", "bar", "timeline", "graph")
MODALITIES: Final = (
    *("Background", "Reported", "Ongoing", "Tasked", "Aim", "Assessed"),
    *("Denied", "Proposed", "Requested", "Conditional"),
)
"""The local names of the modalities that a question can mean."""


class QuestionFileError(ValueError):
    """A file of the catalogue is not a question; the text names file, line and fault."""


class EntryError(ValueError):
    """An entry of the front matter is at fault: `keys` lead to it."""

    def __init__(self, message: str, *keys: str | int) -> None:
        super().__init__(message)
        self.keys = keys


@dataclass(frozen=True, slots=True)
class Parameter:
    """A variable of the query to which the asker binds a term."""

    name: str
    type: str
    description: str
    default: str | None = None
    enum: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """The sentence that answers a question: `one` and `many` by the number of values of a column.

    `column` is "" for the rows themselves. Both texts may have `%(number)s`, `%(names)s` for the
    first names of the column, `%(total)s` for the sum of the last column, and any column of the
    first row, such as `%(date)s`.
    """

    one: str
    many: str
    column: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the catalogue; `text` is the SPARQL query without its front matter.

    `empty` is the reason for an answer without rows: No source gives the date of the meeting.
    `absent` says in one sentence what many absences have in common: No other sentence states the
    same.

    `modalities` are the local names of the modalities that its rows may have. `left_out` is a group
    pattern for the same facts in another modality: its solutions are counted, and are no rows.
    """

    name: str
    summary: str
    description: str
    tags: tuple[str, ...]
    view: str
    empty: str
    parameters: tuple[Parameter, ...]
    text: str
    answer: AnswerSentence
    absent: str = ""
    modalities: tuple[str, ...] = ()
    left_out: str = ""

    @property
    def left_out_text(self) -> str:
        """The query that finds the rows left out, "" if the question leaves none out."""
        prologue = "".join(PROLOGUE.findall(self.text))
        return self.left_out and f"{prologue}SELECT DISTINCT * WHERE {{ {self.left_out} }}"


def read_question(path: Path) -> Question:
    """Return the question in a file; raises QuestionFileError."""
    lines = path.read_text("utf-8").splitlines(keepends=True)
    numbers = [number for number, line in enumerate(lines, 1) if line.startswith(MARK)] or [1]
    front = "".join(line.removeprefix(MARK) for line in lines if line.startswith(MARK))
    text = "".join(line for line in lines if not line.startswith(MARK)).lstrip("\n")
    try:
        entries = yaml.safe_load(front) or {}
        return question(path.stem, entries, text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line if error.problem_mark else 0
        fault = f"{error.problem} (a text with a colon in it needs quotes)"
    except EntryError as error:
        line = entry_line(yaml.compose(front, yaml.SafeLoader), error.keys)
        fault = str(error)
    raise QuestionFileError(f"{path}:{numbers[min(line, len(numbers) - 1)]}: {fault}")


def entry_line(node: yaml.Node | None, keys: Sequence[str | int]) -> int:
    """Return the line of the front matter, from 0, on which the entry of some keys begins."""
    line = 0
    for key in keys:
        if isinstance(node, yaml.MappingNode):
            pairs = {name.value: (name, value) for name, value in node.value}
            if key not in pairs:
                break
            name, node = pairs[key]
            line = name.start_mark.line
        elif isinstance(node, yaml.SequenceNode) and isinstance(key, int):
            node = node.value[key]
            line = node.start_mark.line
    return line


def question(name: str, front: Any, text: str) -> Question:
    """Return the question that the front matter describes; raises EntryError."""
    require(front, "summary", "description", "tags", "view", "empty", "modalities", "answer")
    for key in ("summary", "description", "view", "empty", "absent", "left-out"):
        if not isinstance(front.get(key, ""), str):
            raise EntryError(f"{key} is no text: put it in quotes", key)
    if front["view"] not in VIEWS:
        raise EntryError(f"the view {front['view']!r} is not one of {', '.join(VIEWS)}", "view")
    for key in ("tags", "parameters", "modalities"):
        if not isinstance(front.get(key, []), list):
            raise EntryError(f"{key} is no list", key)
    for key, noun, known in (("tags", "tag", TAGS), ("modalities", "modality", MODALITIES)):
        for number, word in enumerate(front[key]):
            if word not in known:
                fault = f"the {noun} {word!r} is not one of {', '.join(known)}"
                raise EntryError(fault, key, number)
    parameters = tuple(
        parameter(entry, text, "parameters", number)
        for number, entry in enumerate(front.get("parameters", []))
    )
    return Question(
        name,
        front["summary"],
        front["description"],
        tuple(front["tags"]),
        front["view"],
        front["empty"],
        parameters,
        text,
        answer_sentence(front["answer"], text),
        front.get("absent", ""),
        tuple(front["modalities"]),
        front.get("left-out", ""),
    )


def answer_sentence(entry: Any, text: str) -> AnswerSentence:
    """Return the sentence of a question's answer; raises EntryError, also for unknown columns."""
    require(entry, "one", "many", at=("answer",))
    column = entry.get("of", "")
    for key, own in (("of", [column] if column else []), *((k, fields(entry[k])) for k in PLURALS)):
        for name in own:
            if name not in FIELDS and not re.search(rf"[?$]{re.escape(name)}\b", text):
                raise EntryError(f"the query has no variable ?{name}", "answer", key)
    return AnswerSentence(entry["one"], entry["many"], column)


def fields(text: str) -> list[str]:
    """Return the names of the placeholders of a text."""
    return re.findall(r"%\((\w+)\)s", text)


def require(entry: Any, *names: str, at: Sequence[str | int] = ()) -> None:
    """Raise EntryError unless the entry at these keys has every name."""
    if not isinstance(entry, dict):
        raise EntryError(f"{entry!r} is no mapping of names to values", *at)
    if missing := [name for name in names if name not in entry]:
        raise EntryError(f"no {', '.join(missing)}", *at)


def parameter(entry: Any, text: str, *keys: str | int) -> Parameter:
    """Return the parameter at these keys; raises EntryError, also if the query lacks a variable."""
    require(entry, "name", "type", "description", at=keys)
    name, kind = entry["name"], entry["type"]
    if kind not in TYPES:
        raise EntryError(
            f"the type {kind!r} of {name} is not one of {', '.join(TYPES)}", *keys, "type"
        )
    if not re.search(rf"[?$]{re.escape(str(name))}\b", text):
        raise EntryError(f"the query has no variable ?{name}", *keys, "name")
    default = entry.get("default")
    enum = tuple(str(value) for value in entry.get("enum", ()))
    return Parameter(
        name, kind, entry["description"], None if default is None else str(default), enum
    )
