"""The errors of the project, as one tree.

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
├── StoreError         a folder holds no store, or one already: says what to do
├── MigrationError     a store or snapshot has another version of the vocabulary: says what to do
├── ModalityError      a write would make an aim a deed; names record, property and modality
├── AnnotationError    a write annotates a statement with words or a speaker that cannot be cited
├── NoCacheError       the user has no folder for snapshots
├── OtherDataError     a folder has a snapshot of other data, which is not replaced
├── BuildError         a build has lost a process of its own
├── ClusterError       a cluster does not answer, or has lost its workers
├── OtherVersionError  another version of the dataset is served: carries its name
├── MismatchError      a store differs from the graph that was published to it
├── ConflictError      an update cannot be done on the dataset as it is
├── StaleError         a decision is on a draft as it was, and somebody has changed it
├── KeyReuseError      a write has the key of another one
├── ForbiddenError     the text has an operation that is not allowed: SERVICE, LOAD, a write
└── EngineError        the question may be right, but it was not answered
    ├── DeadlineError        it ran beyond its deadline: carries the seconds
    ├── ProcessorTimeError   it used its budget of the processor: carries the seconds
    ├── AnswerTooLargeError  its answer is beyond the cap: carries its name and value
    ├── OutOfMemoryError     it needed more memory than one question may have
    ├── WorkerDiedError      its worker crashed on it
    │   └── UnorderedError       the engine found no order of the values of ORDER BY
    ├── NoKernelError        it needs the kernel, which this dataset lacks
    ├── NoReifiersError      it needs reifiers, which are computed in memory alone
    ├── OnDiskError          it needs a dataset in memory, and this one is read from disk
    ├── OverloadedError      no worker was free in time: carries the seconds to wait
    ├── ShareError           the client has used or holds its share: carries its name and value
    └── EndpointError        another endpoint failed: carries its IRI and its role
        ├── EndpointDeadlineError  it did not answer in time: carries the seconds
        └── EndpointLimitError     its answer is beyond a limit: carries its name and value
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Triple

MAX_NEAREST_TRIPLES: Final = 20
"""The triples that the error about a missing one names."""


class CpecError(Exception):
    """The root of the tree; its text is for the user."""


class NoCacheError(CpecError):
    """The user has no cache folder, and named no other folder for the snapshot."""


class OtherDataError(CpecError):
    """The current snapshot of a folder is built from other data, so no build replaces it."""


class BuildError(CpecError):
    """A build has lost a process of its own."""


class ClusterError(CpecError):
    """A cluster does not answer, or has lost its workers."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A defect; `path` names a file, or a graph where no file does; `line` counts from 1."""

    path: str
    line: int | None
    message: str

    def __str__(self) -> str:
        """Return `path:line: message`, the form that editors jump to."""
        where = self.path if self.line is None else f"{self.path}:{self.line}"
        return f"{where}: {self.message}"

    def __lt__(self, other: Finding) -> bool:
        """Return whether it stands before another one in a report; one without a line is first."""
        place, others = ((f.path, f.line or 0, f.message) for f in (self, other))
        return place < others


class DataError(CpecError):
    """The master copy is at fault; `findings` are its defects with their files and lines."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in findings))


class UnfollowedAxiomError(CpecError):
    """The ontology has `axioms` that entail more than the kernel would conclude."""

    def __init__(self, axioms: Sequence[Triple], names: Sequence[str]) -> None:
        self.axioms = tuple(axioms)
        super().__init__(
            f"no rule follows {'; '.join(names)}: "
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
    """The triple is neither stated nor inferred; `nearest` have its subject and predicate.

    `triple` is it in N-Triples, without the full stop, and `short` with prefixed names, as the
    nearest are; `unasserted` says in words which sources deny it, propose it or the like.
    """

    def __init__(
        self, triple: Triple, short: str, nearest: Sequence[str], unasserted: Sequence[str] = ()
    ) -> None:
        self.triple = " ".join(map(str, triple))
        self.nearest = list(nearest[:MAX_NEAREST_TRIPLES])
        self.unasserted = list(unasserted)
        message = "; ".join([f"not in the graph: {short}", *unasserted])
        listed = "".join(f"\n  {near}" for near in self.nearest)
        super().__init__(message + (listed and f"; but these are:{listed}"))


class ParameterError(QuestionError):
    """A parameter of a question is missing, unknown or of the wrong type."""


class UnreadableQueryError(CpecError):
    """Our own parser rejects this query, but pyoxigraph may accept it: it is answered uncited.

    A query with SERVICE is refused: only our own parser splits it into calls of endpoints.
    `start` is the index of the token at fault, None if no token is.
    """

    def __init__(self, message: str, start: int | None = None) -> None:
        self.start = start
        super().__init__(message)


class UnwritableError(CpecError):
    """The answer has a term that the format cannot express."""


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
    """The request names another version of the dataset than the server has."""

    def __init__(self, asked: str, version: str) -> None:
        self.version = version
        super().__init__(f"version {asked} is not served here, but {version}")


class StoreError(CpecError):
    """A folder holds no store that can be used, or already holds one."""


class MigrationError(CpecError):
    """A store or snapshot has another version of the vocabulary, or cannot be carried over."""


class ModalityError(CpecError):
    """A write would make an aim a deed, or state a record that its source does not assert.

    `record`, `property` and `modality` are IRIs; an axiom has no record. `counterpart` is the
    property to write instead, None if the ontology has none.
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


class AnnotationError(CpecError):
    """A write annotates a statement with words, a speaker or a modality that cannot be cited."""


class MismatchError(CpecError):
    """A remote store differs from the graph that was published to it."""


class ConflictError(CpecError):
    """The update does not fit the dataset: it drops a graph that does not exist, for example."""


class StaleError(CpecError):
    """A decision does not fit a draft any more: somebody else has changed it."""


class KeyReuseError(CpecError):
    """The Idempotency-Key of a write is that of a write with another body."""


class ForbiddenError(CpecError):
    """The text has an operation that is not allowed here."""


class EngineError(CpecError):
    """The question may be right, but it was not answered."""


class DeadlineError(EngineError):
    """The question ran beyond its deadline; `outcome` states the effect on a write."""

    def __init__(self, seconds: float, outcome: str = "") -> None:
        self.seconds = seconds
        super().__init__(f"stopped at its deadline of {seconds:g} seconds{outcome}")


class ProcessorTimeError(EngineError):
    """The question used its budget of processor time."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"stopped after {seconds:g} seconds of the processor")


class AnswerTooLargeError(EngineError):
    """The answer has more bytes than the `value` of its `limit`."""

    def __init__(self, value: int) -> None:
        self.limit = "bytes in an answer"
        self.value = value
        super().__init__(f"the answer is beyond the limit of {value} bytes; ask for less")


class OutOfMemoryError(EngineError):
    """The question needed more memory than one question may have."""


class WorkerDiedError(EngineError):
    """The worker crashed on the question, which is not tried again."""


class UnorderedError(WorkerDiedError):
    """The worker crashed because the engine's order of the values of ORDER BY is not total."""


class OnDiskError(EngineError):
    """The request needs a dataset in memory, and workers read this one from disk."""


class NoKernelError(EngineError):
    """The request needs the kernel, and this dataset is too large for one, or has none."""


class NoReifiersError(EngineError):
    """The query asks for reifiers, and this dataset is not in memory, where they are computed."""


class OverloadedError(EngineError):
    """No worker was free in time; `retry_after` counts the seconds to wait."""

    def __init__(self, message: str, retry_after: int = 1) -> None:
        self.retry_after = retry_after
        super().__init__(message)


class ShareError(EngineError):
    """One client has used or holds its share; `limit` names it, and `retry_after` is in seconds."""

    def __init__(self, limit: str, value: int, retry_after: int = 1) -> None:
        self.limit = limit
        self.value = value
        self.retry_after = retry_after
        super().__init__(f"beyond the limit of {value} {limit}")


class EndpointError(EngineError):
    """An endpoint failed, or its answer is unusable.

    Its message begins with its `role`: "SERVICE", or "the store" for the served one.
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
    """The endpoint's answer is beyond the limit of that name and value.

    `given` is the number of rows past which its call was not narrowed, None if it was.
    """

    def __init__(self, endpoint: str, limit: str, value: int, given: int | None = None) -> None:
        self.limit = limit
        self.value = value
        more = (
            ""
            if given is None
            else f" (the query around SERVICE has more than {given} rows to narrow it by)"
        )
        super().__init__(
            endpoint, f"answers beyond the limit of {value} {limit}; ask it for less{more}"
        )
