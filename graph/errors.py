"""What can go wrong, as one tree.

CpecError
├── DataError          the master copy is at fault: carries its findings, one a line
├── QuestionError      the question is at fault
│   ├── QuerySyntaxError     not SPARQL: carries line and column
│   ├── UnknownNameError     no such entity, property, graph or question
│   ├── NotInGraphError      the triple does not hold: carries the nearest that do
│   └── ParameterError       a parameter is missing, unknown or of the wrong type
├── UnfollowedAxiomError the ontology has axioms of a kind that is not followed: names them
├── UnreadableQueryError   SPARQL, but beyond our own reader: not cited, and asks no SERVICE
├── UnwritableError    the answer cannot be written in the format asked for
├── BodySyntaxError    a document is not RDF in its format: carries line and column
├── LimitError         a text is beyond a limit: carries its name, value, line and column
├── MigrationError     a store or snapshot has another version of the vocabulary: says what to do
├── ModalityError      a write would make an aim a deed: names record, property and modality
├── NoCacheError       the user has no folder for snapshots
├── BuildError         a build has lost a process of its own
├── ClusterError       a cluster does not answer, or has lost its workers
├── OtherVersionError  another version of the dataset is served: carries its name
├── MismatchError      a store does not hold what was published to it
├── ConflictError      an update cannot be done on the dataset as it is
├── ForbiddenError     the text asks for what is not allowed here: SERVICE, LOAD, a write
└── EngineError        the question may be right, but it was not answered
    ├── DeadlineError        it ran beyond its deadline: carries the seconds
    ├── AnswerTooLargeError  its answer is beyond the cap: carries its name and value
    ├── OutOfMemoryError     it needed more memory than one question may have
    ├── WorkerDiedError      its worker crashed on it
    ├── NoKernelError        it needs the kernel, which this dataset has not
    ├── OnDiskError          it needs a dataset in memory, and this one is read from disk
    ├── OverloadedError      no worker was free in time: carries the seconds to wait
    ├── ShareError           the client has used or holds its share: carries its name and value
    └── EndpointError        another endpoint failed: carries its IRI, and which part it has
        ├── EndpointDeadlineError  it did not answer in time: carries the seconds
        └── EndpointLimitError     its answer is beyond a limit: carries its name and value
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pyoxigraph import NamedNode, Triple

from ontology.namespace import shorten

MOST_NEAR: Final = 20
"""The triples that are named where another was asked for."""


class CpecError(Exception):
    """The root of the tree; its text is for the person who asked."""


class NoCacheError(CpecError):
    """The user has no folder for snapshots, and none was named."""


class BuildError(CpecError):
    """A build has lost a process of its own."""


class ClusterError(CpecError):
    """A cluster does not answer, or has lost its workers."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A defect; `path` names a file, or a graph where no file does; `line` counts from 1."""

    path: str
    line: int | None
    message: str

    def __str__(self) -> str:
        """Return `path:line: message`, the form that editors jump to."""
        where = self.path if self.line is None else f"{self.path}:{self.line}"
        return f"{where}: {self.message}"


class DataError(CpecError):
    """The master copy is at fault; `findings` say what and where."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in findings))


class UnfollowedAxiomError(CpecError):
    """The ontology has `axioms` from which more follows than the kernel would conclude."""

    def __init__(self, axioms: Sequence[Triple]) -> None:
        self.axioms = tuple(axioms)
        super().__init__(
            f"no rule follows {'; '.join(map(written, axioms))}: "
            "docs/provenance.md lists the kinds of axiom that are followed"
        )


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


class NotInGraphError(QuestionError):
    """The triple is neither stated nor inferred; `nearest` have its subject and predicate."""

    def __init__(self, triple: Triple, nearest: Sequence[Triple]) -> None:
        self.nearest = [written(one) for one in nearest[:MOST_NEAR]]
        listed = "".join(f"\n  {one}" for one in self.nearest)
        message = f"not in the graph: {written(triple)}"
        super().__init__(message + (listed and f"; but these are:{listed}"))


def written(triple: Triple) -> str:
    """Return a triple with its IRIs shortened."""
    return " ".join(
        shorten(term.value) if isinstance(term, NamedNode) else str(term) for term in triple
    )


class ParameterError(QuestionError):
    """A parameter of a question is missing, unknown or of the wrong type."""


class UnreadableQueryError(CpecError):
    """Our own reader does not know this query; the engine may, so it is answered, not cited.

    Where it asks other endpoints it is refused: only what is read can be asked elsewhere.
    """


class UnwritableError(CpecError):
    """The answer holds something that the format cannot say."""


class BodySyntaxError(CpecError):
    """The document is not RDF in the format named; `line` and `column` count from 1."""

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        self.line = line
        self.column = column
        super().__init__(message)


class LimitError(CpecError):
    """The text is beyond the limit of that name and value, first at that line and column."""

    def __init__(
        self, limit: str, value: int, line: int | None = None, column: int | None = None
    ) -> None:
        self.limit = limit
        self.value = value
        self.line = line
        self.column = column
        where = f"line {line}, column {column}: " if line is not None else ""
        super().__init__(f"{where}beyond the limit of {value} {limit}")


class OtherVersionError(CpecError):
    """Another version of the dataset was asked for than the one that is served."""

    def __init__(self, asked: str, version: str) -> None:
        self.version = version
        super().__init__(f"version {asked} is not served here, but {version}")


class MigrationError(CpecError):
    """A store or snapshot has another version of the vocabulary, or cannot be carried over."""


class ModalityError(CpecError):
    """A write would make an aim a deed, or state what its source is said not to assert.

    The IRIs of the `record`, the `property` and the `modality` say where, those of an axiom without
    a record; `counterpart` is the property to write instead, where there is one.
    """

    def __init__(
        self,
        message: str,
        *,
        record: str | None = None,
        property: str | None = None,  # noqa: A002 - the member of the problem is called so
        modality: str | None = None,
        counterpart: str | None = None,
    ) -> None:
        self.record = record
        self.property = property
        self.modality = modality
        self.counterpart = counterpart
        super().__init__(message)


class MismatchError(CpecError):
    """A remote store does not hold what was, or is said to be, published to it."""


class ConflictError(CpecError):
    """The update cannot be done on the dataset as it is: it drops what is not there, say."""


class ForbiddenError(CpecError):
    """The text asks for what is not allowed here."""


class EngineError(CpecError):
    """The question may be right, but it was not answered."""


class DeadlineError(EngineError):
    """The question ran beyond its deadline of so many seconds, and what that means for it."""

    def __init__(self, seconds: float, outcome: str = "") -> None:
        self.seconds = seconds
        super().__init__(f"stopped at its deadline of {seconds:g} seconds{outcome}")


class AnswerTooLargeError(EngineError):
    """The answer is beyond the cap of so many bytes, which is the `value` of its `limit`."""

    def __init__(self, value: int) -> None:
        self.limit = "bytes in an answer"
        self.value = value
        super().__init__(f"the answer is beyond the limit of {value} bytes; ask for less")


class OutOfMemoryError(EngineError):
    """The question needed more memory than one question may have."""


class WorkerDiedError(EngineError):
    """The worker crashed on the question, which is not tried again."""


class OnDiskError(EngineError):
    """What was asked for needs a dataset in memory, and this one is read from disk."""


class NoKernelError(EngineError):
    """What was asked for needs the kernel, and this dataset is too large for one, or has none."""


class OverloadedError(EngineError):
    """No worker was free in time; `retry_after` counts the seconds to wait."""

    def __init__(self, message: str, retry_after: int = 1) -> None:
        self.retry_after = retry_after
        super().__init__(message)


class ShareError(EngineError):
    """One client has used, or holds, as much as it may; the limit, and the seconds to wait."""

    def __init__(self, limit: str, value: int, retry_after: int = 1) -> None:
        self.limit = limit
        self.value = value
        self.retry_after = retry_after
        super().__init__(f"beyond the limit of {value} {limit}")


class EndpointError(EngineError):
    """The endpoint of that IRI failed or answered what cannot be used.

    Its `role` is the part that it has here: a SERVICE asks it, or it is the store that is served.
    """

    def __init__(self, endpoint: str, message: str, role: str = "SERVICE") -> None:
        self.endpoint = endpoint
        super().__init__(f"{role} <{endpoint}> {message}")


class EndpointDeadlineError(EndpointError):
    """The endpoint did not answer within so many seconds."""

    def __init__(self, endpoint: str, seconds: float, role: str = "SERVICE") -> None:
        self.seconds = seconds
        super().__init__(endpoint, f"did not answer within {seconds:.3g} seconds", role)


class EndpointLimitError(EndpointError):
    """What the endpoint answers is beyond the limit of that name and value.

    `given` are the rows past which what it is asked was not narrowed, where that is so.
    """

    def __init__(self, endpoint: str, limit: str, value: int, given: int | None = None) -> None:
        self.limit = limit
        self.value = value
        more = "" if given is None else f" (what stands around has more than {given} rows to send)"
        super().__init__(
            endpoint, f"answers beyond the limit of {value} {limit}; ask it for less{more}"
        )
