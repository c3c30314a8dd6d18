"""Decisions on proposals, in a file: which thing a name means, or which thing elsewhere is ours.

A file is a table of tab-separated columns. The last line on a pair counts, so that a decision is
taken back by another line. Lines by `cpec` are proposals, which the next run writes anew; lines by
anybody else stay.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from datetime import date
from pathlib import Path
from typing import Final

from graph.errors import DataError, Finding, ParameterError

ACCEPTED: Final = "accepted"
REJECTED: Final = "rejected"
UNSURE: Final = "unsure"
CHOICES: Final = (ACCEPTED, REJECTED, UNSURE)

PROPOSER: Final = "cpec"
"""The author of proposals."""


@dataclass(frozen=True, slots=True)
class MatchDecision:
    """A decision on a pair: a name or our thing, and the thing that it may be.

    `label` is the object's, `score` from 0 to 100, `date` the day of the decision, and `evidence`
    the features behind the score.
    """

    subject: str
    predicate: str
    object: str
    label: str
    score: str
    decision: str
    date: str
    by: str
    evidence: str

    @property
    def pair(self) -> tuple[str, str]:
        """Its subject and its object."""
        return self.subject, self.object

    @property
    def is_proposal(self) -> bool:
        """Whether no person has decided."""
        return self.by == PROPOSER


COLUMNS: Final = tuple(own.name for own in fields(MatchDecision))


class Decisions:
    """The decisions of a file, in the order of their lines."""

    def __init__(self, lines: Iterable[MatchDecision] = ()) -> None:
        self.lines = list(lines)

    @classmethod
    def read(cls, path: Path) -> Decisions:
        """Return the decisions of a file, none if it is missing; raises DataError."""
        if not path.exists():
            return cls()
        try:
            lines = path.read_text("utf-8-sig").splitlines()
        except UnicodeDecodeError as error:
            raise DataError([Finding(str(path), None, f"is not UTF-8: {error}")]) from None
        if not lines or tuple(lines[0].split("\t")) != COLUMNS:
            form = f"the first line is not {' '.join(COLUMNS)}, with tabs between"
            raise DataError([Finding(str(path), 1, form)])
        decisions, findings = [], []
        for number, line in enumerate(lines[1:], 2):
            cells = line.split("\t")
            if len(cells) != len(COLUMNS):
                findings.append(
                    Finding(str(path), number, f"has {len(cells)} columns, not {len(COLUMNS)}")
                )
            elif cells[COLUMNS.index("decision")] not in CHOICES:
                findings.append(Finding(str(path), number, f"decides none of {CHOICES}"))
            else:
                decisions.append(MatchDecision(*cells))
        if findings:
            raise DataError(findings)
        return cls(decisions)

    def last(self) -> dict[tuple[str, str], MatchDecision]:
        """Return the last decision of a person on each pair."""
        return {line.pair: line for line in self.lines if not line.is_proposal}

    def by_subject(self) -> dict[str, dict[str, str]]:
        """Return the last decisions of persons on each subject, by the other thing."""
        decided: dict[str, dict[str, str]] = {}
        for (subject, thing), line in self.last().items():
            decided.setdefault(subject, {})[thing] = line.decision
        return decided

    def propose(self, proposals: Iterable[MatchDecision]) -> Decisions:
        """Return the decisions of persons, and proposals on all other pairs."""
        kept = [line for line in self.lines if not line.is_proposal]
        decided = {line.pair for line in kept}
        return Decisions([*kept, *(own for own in proposals if own.pair not in decided)])

    def decide(self, subject: str, thing: str, decision: str, by: str, day: date) -> Decisions:
        """Return the decisions with one more, on a pair that is in them; raises ParameterError."""
        known = [line for line in self.lines if line.pair == (subject, thing)]
        if not known:
            raise ParameterError(f"no line on {subject!r} and {thing!r}: both are as in the file")
        cells = dict(zip(COLUMNS, astuple(known[-1]), strict=True))
        cells |= {"decision": decision, "date": day.isoformat(), "by": by}
        return Decisions([*self.lines, MatchDecision(**cells)])

    def write(self) -> bytes:
        """Return the file."""
        rows = [COLUMNS, *map(astuple, self.lines)]
        return "".join("\t".join(map(write_cell, row)) + "\n" for row in rows).encode()


def write_cell(text: str) -> str:
    """Return a text as a cell: on one line, without tabs and other control characters."""
    plain = "".join(sign if sign.isprintable() or sign == " " else " " for sign in text)
    return " ".join(plain.split())


def write_evidence(features: dict[str, float | bool]) -> str:
    """Return features as a text: `letters=98.1 words=97.9 exact=no`."""
    texts = {
        name: ("yes" if value else "no") if isinstance(value, bool) else f"{value:g}"
        for name, value in features.items()
    }
    return " ".join(f"{name}={text}" for name, text in texts.items())
