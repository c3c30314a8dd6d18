"""Decisions on a draft: a line of JSON each, in a file beside it, in the order of their times.

An undo is a decision too, so the file is the history of the review.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

from graph.errors import DataError, Finding

if TYPE_CHECKING:
    from graph.drafting.draft_file import Change

UNDO: Final = "undo"
ADD: Final = "add"
RECORD: Final = "~ <"
"""What stands in the file before the name of each claim."""

TEXT: Final = "text"
"""The action of a draft that follows its text; nobody undoes it."""

NOTES: Final = frozenset(("sentence", "names"))
"""The actions that decide on no claim: who says a sentence, what a new thing is called."""

PAUSE: Final = 300.0
"""The seconds after which a reviewer did something else: they measure no claim."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision of a reviewer: its time (ISO 8601), its action, and its changes of the file.

    `records` are the claims decided on. `seconds` passed since they were shown, and `keys` were
    pressed meanwhile, or forms sent by a mouse.
    """

    time: str
    reviewer: str
    action: str
    records: tuple[str, ...]
    seconds: float
    keys: int
    changes: tuple[Change, ...]

    def write(self) -> bytes:
        """Return the line of the decision."""
        return json.dumps(asdict(self), ensure_ascii=False).encode() + b"\n"


def name_decisions(draft: Path) -> Path:
    """Return the path of the decisions on a draft."""
    return draft.with_name(f"{draft.name}.decisions.jsonl")


def read_decisions(path: Path) -> list[Decision]:
    """Return the decisions of a file, none if there is no file; raises DataError by its lines."""
    decisions = []
    lines = path.read_bytes().split(b"\n") if path.exists() else []
    for number, line in enumerate(lines, 1):
        if not line:
            continue
        try:
            own = json.loads(line)
            decision = Decision(
                str(own["time"]),
                str(own["reviewer"]),
                str(own["action"]),
                tuple(map(str, own["records"])),
                float(own["seconds"]),
                int(own["keys"]),
                tuple((str(before), str(after)) for before, after in own["changes"]),
            )
        except (ValueError, KeyError, TypeError):
            if number == len(lines):  # the machine stopped while it was written
                break
            message = "is no decision: expected a line of `cpec review`"
            raise DataError([Finding(str(path), number, message)]) from None
        decisions.append(decision)
    return decisions


def list_standing(decisions: Iterable[Decision], reviewer: str = "") -> list[Decision]:
    """Return the decisions that are not undone, of all reviewers or of one."""
    standing: dict[str, list[tuple[int, Decision]]] = {}
    for number, own in enumerate(decisions):
        stack = standing.setdefault(own.reviewer, [])
        if own.action == UNDO:
            stack[-1:] = []
        elif own.action != TEXT:
            stack.append((number, own))
    kept = [pair for name, stack in standing.items() if reviewer in {"", name} for pair in stack]
    return [own for _, own in sorted(kept, key=lambda pair: pair[0])]


def report_decisions(decisions: Sequence[Decision]) -> Iterator[str]:
    """Yield the lines of a report: claims, seconds and keystrokes a claim, decisions by action."""
    standing = list_standing(decisions)
    claims = sum(
        sum(new.count(RECORD) - old.count(RECORD) for old, new in own.changes)
        if own.action == ADD
        else len(own.records)
        for own in standing
        if own.action not in NOTES
    )
    worked = [own for own in decisions if own.action != TEXT and own.seconds <= PAUSE]
    seconds, keys = sum(own.seconds for own in worked), sum(own.keys for own in decisions)
    yield f"claims decided: {claims}, in {len(standing)} decisions"
    if not claims:
        return
    yield f"seconds a claim: {seconds / claims:.1f} (all: {seconds:.0f})"
    yield f"keystrokes a claim: {keys / claims:.1f}"
    for action in dict.fromkeys(own.action for own in decisions):
        times = [own.seconds for own in worked if own.action == action]
        shown = f", median {median(times):.1f} s" if times else ""
        count = sum(own.action == action for own in decisions)
        yield f"{action}: {count}{shown}"
    if breaks := sum(own.seconds > PAUSE for own in decisions):
        yield f"breaks of more than {PAUSE:.0f} s, not counted: {breaks}"
