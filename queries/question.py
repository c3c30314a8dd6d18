"""A competency question: one `.rq` file, a SPARQL query with front matter that describes it.

The front matter follows the grlc convention (https://grlc.io): lines that start with `#+` hold
YAML. The rest is the SPARQL query; its parameters are variables, to which terms are bound.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""PyYAML's loader in C, if it is installed: eight times as fast."""

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
COLUMN: Final = re.compile(r"\{(\w+)\}")
"""The place of a column in the form of a row."""

OPTIONAL: Final = re.compile(r"\[([^][]*)\]")
"""A part of the form of a row that a row without one of its columns lacks."""

DESCRIBED: Final = re.compile(r"“(\[[^]]*\])”")
"""A title in square brackets describes a work whose headline is not known: it is no quotation."""

NO_VALUE: Final = "–"
"""The word for an empty cell in the form of a row."""

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
    """The sentence that answers a question: `one` and `many` by the number of things it counts.

    A thing is a value of the `columns`, which together name it: subject, property and object name a
    statement. Without columns the rows are counted. Both texts may have `%(number)s`, `%(names)s`
    for the first names of the first column, `%(total)s` for the sum of the last column, and any
    column of the first row, such as `%(date)s`.
    """

    one: str
    many: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the catalogue; `text` is the SPARQL query without its front matter.

    `empty` is the reason for an answer without rows: No source gives the date of the meeting.
    `absent` says in one sentence what many absences have in common: No other sentence states the
    same.

    `row` is the form of a row, a sentence with its columns: {country} is a party to {undertaking}.

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
    row: str
    absent: str = ""
    modalities: tuple[str, ...] = ()
    left_out: str = ""

    @property
    def left_out_text(self) -> str:
        """The query that finds the rows left out, "" if the question leaves none out."""
        prologue = "".join(PROLOGUE.findall(self.text))
        return self.left_out and f"{prologue}SELECT DISTINCT * WHERE {{ {self.left_out} }}"


def write_row(form: str, values: Mapping[str, str]) -> str:
    """Return a row in words: its form with the values of its columns.

    A part in brackets is left out if the row has no value for one of its columns.

    >>> write_row("{event}: {date}[, in {place}]", {"event": "the signing", "date": "May 2026"})
    'the signing: May 2026'
    """

    def keep(part: re.Match[str]) -> str:
        return part[1] if all(values.get(name) for name in COLUMN.findall(part[1])) else ""

    words = COLUMN.sub(lambda place: values.get(place[1]) or NO_VALUE, OPTIONAL.sub(keep, form))
    return DESCRIBED.sub(r"\1", words)


def read_yaml(text: str) -> Any:
    """Return the value that a text is in YAML; raises yaml.YAMLError."""
    return yaml.load(text, LOADER)  # noqa: S506 - both loaders are safe


def read_question(path: Path) -> Question:
    """Return the question in a file; raises QuestionFileError."""
    lines = path.read_text("utf-8").splitlines(keepends=True)
    numbers = [number for number, line in enumerate(lines, 1) if line.startswith(MARK)] or [1]
    front = "".join(line.removeprefix(MARK) for line in lines if line.startswith(MARK))
    text = "".join(line for line in lines if not line.startswith(MARK)).lstrip("\n")
    try:
        entries = read_yaml(front) or {}
        return question(path.stem, entries, text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line if error.problem_mark else 0
        fault = f"{error.problem} (a text with a colon in it needs quotes)"
    except EntryError as error:
        line = entry_line(yaml.compose(front, LOADER), error.keys)
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
    require(front, "summary", "description", "tags", "view", "empty", "modalities", "answer", "row")
    for key in ("summary", "description", "view", "empty", "row", "absent", "left-out"):
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
        row_form(front["row"], text),
        front.get("absent", ""),
        tuple(front["modalities"]),
        front.get("left-out", ""),
    )


def answer_sentence(entry: Any, text: str) -> AnswerSentence:
    """Return the sentence of a question's answer; raises EntryError, also for unknown columns."""
    require(entry, "one", "many", at=("answer",))
    of = entry.get("of", [])
    columns = tuple(of if isinstance(of, list) else [of])
    for key, own in (("of", columns), *((k, fields(entry[k])) for k in PLURALS)):
        for name in own:
            if name not in FIELDS and not re.search(rf"[?$]{re.escape(str(name))}\b", text):
                raise EntryError(f"the query has no variable ?{name}", "answer", key)
    return AnswerSentence(entry["one"], entry["many"], columns)


def row_form(form: str, text: str) -> str:
    """Return the form of a row; raises EntryError for no columns, and for unknown ones."""
    names = COLUMN.findall(form)
    selected = text.partition("WHERE")[0]
    for name in names:
        if not re.search(rf"[?$]{re.escape(name)}\b", selected):
            raise EntryError(f"the query selects no column ?{name}", "row")
    if not names:
        raise EntryError("the form of a row names no column, as {country} does", "row")
    if re.search(r"[][{}]", COLUMN.sub("", OPTIONAL.sub(r"\1", form))):
        raise EntryError("a bracket or a brace of the form of a row has no partner", "row")
    return form


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
