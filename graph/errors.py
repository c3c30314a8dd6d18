"""What can go wrong, as one tree.

CpecError
├── DataError          the master copy is at fault: carries its findings, one a line
├── QuestionError      the question is at fault
│   ├── QuerySyntaxError     not SPARQL: carries line and column
│   ├── UnknownNameError     no such entity, property, graph or question
│   └── ParameterError       a parameter is missing, unknown or of the wrong type
└── UnwritableError    the answer cannot be written in the format asked for
"""

from __future__ import annotations

from collections.abc import Sequence

from graph.finding import Finding


class CpecError(Exception):
    """The root of the tree; its text is for the person who asked."""


class DataError(CpecError):
    """The master copy is at fault; `findings` say what and where."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in findings))


class QuestionError(CpecError):
    """The question is at fault, not the data."""


class QuerySyntaxError(QuestionError):
    """The text is not a SPARQL query; `line` and `column` count from 1."""

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        self.line = line
        self.column = column
        where = f"line {line}, column {column}: " if line is not None else ""
        super().__init__(where + message)


class UnknownNameError(QuestionError):
    """No entity, property, graph or question has that name."""


class ParameterError(QuestionError):
    """A parameter of a question is missing, unknown or of the wrong type."""


class UnwritableError(CpecError):
    """The answer holds something that the format cannot say."""
