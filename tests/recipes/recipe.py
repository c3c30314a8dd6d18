"""A recipe of docs/contributing.md: its code blocks are the steps that carry it out.

A block of `diff` changes a file: the lines of a hunk are in the file once. A block whose first line
is a comment `PATH, new` or `PATH, at the end` makes a file or adds to it. A block of `console` runs
the commands after `$` and compares their output, in which three dots match any text. A
command that asks http://localhost:8000 asks a server of the copy, which the first of them starts.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from doctest import ELLIPSIS, OutputChecker
from pathlib import Path
from typing import Final

HEAD: Final = re.compile(r"(?:#|//|<!--) (?P<path>[\w./-]+), (?P<place>new|at the end)(?: -->)?\n")
"""The first line of a block that makes a file or adds to one."""

DIFF: Final = re.compile(r"--- (?P<path>[\w./-]+)\n\+\+\+ (?P=path)\n")
"""The first lines of a block that changes a file."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command with its output."""

    text: str
    output: str

    def prints(self, output: str) -> bool:
        """Return whether an output is the one of the document, whose last line has an end."""
        whole = output if not output or output.endswith("\n") else f"{output}\n"
        return OutputChecker().check_output(self.output, whole, ELLIPSIS)


@dataclass(frozen=True, slots=True)
class Edit:
    """A text that comes into a file in the place of another: `old` is "" at the end of the file."""

    path: str
    old: str
    new: str
    makes_file: bool = False

    def apply(self, folder: Path) -> None:
        """Edit the file below a folder; raises ValueError if the file is not as it should be."""
        path = folder / self.path
        after = self.edit(path.read_text("utf-8") if path.exists() else None)
        path.parent.mkdir(exist_ok=True)
        path.write_text(after, "utf-8")

    def edit(self, before: str | None) -> str:
        """Return the text of the file after the edit, None being no file; raises ValueError."""
        if self.makes_file is (before is not None):
            raise ValueError(f"{self.path} is {'there already' if self.makes_file else 'missing'}")
        text = before or ""
        if self.old and text.count(self.old) != 1:
            raise ValueError(f"{self.path} has {text.count(self.old)} times\n{self.old}")
        return text.replace(self.old, self.new) if self.old else text + self.new


@dataclass(frozen=True, slots=True)
class Recipe:
    """A section of the document with its steps in order, and the files that it names."""

    title: str
    steps: tuple[Edit | Command, ...]
    files: frozenset[str]

    @property
    def outputs(self) -> frozenset[str]:
        """The files that its commands make, by their option -o."""
        commands = (step.text for step in self.steps if isinstance(step, Command))
        return frozenset(re.findall(r"\s-o (\S+)", " ".join(commands)))


def read_recipes(document: str) -> list[Recipe]:
    """Return the recipes of a document: the sections with code blocks."""
    recipes = []
    for section in re.split(r"^## ", document, flags=re.MULTILINE)[1:]:
        title, _, text = section.partition("\n")
        parts = re.split(r"^```(\w*)\n", text, flags=re.MULTILINE)
        steps = [
            step
            for language, block in zip(parts[1::4], parts[2::4], strict=True)
            for step in read_steps(language, block)
        ]
        edited = {step.path for step in steps if isinstance(step, Edit)}
        named = re.findall(r"`([\w./-]+\.\w+)`", "".join(parts[::4]))
        recipes.append(Recipe(title, tuple(steps), frozenset({*edited, *named})))
    return [recipe for recipe in recipes if recipe.steps]


def read_steps(language: str, block: str) -> Iterator[Edit | Command]:
    """Yield the steps of a block; raises ValueError if it is neither edits nor commands."""
    if language == "console":
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            lines = part.splitlines(keepends=True)
            size = next(n for n, line in enumerate(lines, 1) if not line.endswith("\\\n"))
            text = "".join(line.removesuffix("\\\n") for line in lines[:size]).strip()
            yield Command(text, "".join(lines[size:]))
    elif language == "diff" and (head := DIFF.match(block)):
        for hunk in re.split(r"^@@.*\n", block[head.end() :], flags=re.MULTILINE)[1:]:
            lines = hunk.splitlines(keepends=True)
            yield Edit(head["path"], side(lines, " -"), side(lines, " +"))
    elif head := HEAD.match(block):
        yield Edit(head["path"], "", block[head.end() :], head["place"] == "new")
    else:
        raise ValueError(f"neither edits nor commands: {block[:80]!r}")


def side(lines: list[str], signs: str) -> str:
    """Return the lines of a hunk that begin with one of two signs, without it."""
    return "".join(line[1:] or "\n" for line in lines if line[0] in signs + "\n")
