"""The settings of an engine and their defaults."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, Self

from graph.engine.guard import Limits
from graph.remote.store import RemoteStore

MEBIBYTE = 1 << 20
PATHS = ("source", "store", "data_dir")
DefaultGraph = Literal["union", "own"]


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """The dataset of an engine and its limits; times are seconds, sizes bytes.

    `source` is an RDF file (N-Quads, TriG, Turtle...) or the directory of a store on disk; None is
    the empty dataset. `store` is a store on disk with the quads of the file and their union, which
    answers until a large dataset is in memory; `version` names its contents, if a name is known.
    `data_dir` makes the engine writable: it has the writable store, filled from the source when it
    is new. A dataset of more than `cite_most` quads, the union included, has no kernel: answers are
    `uncited`, and writes infer nothing. `remote` is a store that answers the queries; the engine
    polls its version every `store_poll`. `quick_workers` counts per front; `long_workers`,
    `parked_workers` and the budgets count over all fronts. A store on disk larger than
    `interim_above` answers while its dataset is loaded; one larger than `disk_above` answers for
    good. `change_log` bounds the log of the last writes.
    """

    source: Path | None = None
    store: Path | None = None
    version: str = ""
    data_dir: Path | None = None
    default_graph: DefaultGraph = "union"
    deadline: float = 10.0
    write_deadline: float = 30.0
    queue_time: float = 5.0
    queue_length: int = 256
    quick_workers: int = field(default_factory=lambda: max(4, (os.cpu_count() or 1) + 2))
    quick_time: float = 0.2
    long_workers: int = 8
    parked_workers: int = 16
    memory: int = 1024 * MEBIBYTE
    memory_budget: int = 4096 * MEBIBYTE
    client_memory: int = 2048 * MEBIBYTE
    max_answer: int = 16 * MEBIBYTE
    max_body: int = 64 * MEBIBYTE
    max_delta: int = 256 * MEBIBYTE
    change_log: int = 16 * MEBIBYTE
    requests_per_worker: int = 10_000
    private_memory: int = 256 * MEBIBYTE
    interim_above: int = 8 * MEBIBYTE
    disk_above: int = 4096 * MEBIBYTE
    cite_most: int = 4_000_000
    remote: RemoteStore | None = None
    store_poll: float = 5.0
    limits: Limits = field(default_factory=Limits)

    @property
    def log_bytes(self) -> int:
        """The bytes of the change log, which a worker reads as a body."""
        return min(self.change_log, self.max_body // 2)

    @property
    def union(self) -> bool:
        """Whether the default graph is the union of the named graphs."""
        return self.default_graph == "union"

    def as_json(self) -> dict[str, Any]:
        """Return the settings as a JSON object."""
        paths = {name: getattr(self, name) for name in PATHS}
        return {**asdict(self), **{name: path and str(path) for name, path in paths.items()}}

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Self:
        """Return the settings of a JSON object that `as_json` made."""
        paths = {name: document[name] and Path(document[name]) for name in PATHS}
        remote = document["remote"] and RemoteStore(**document["remote"])
        limits = Limits(**document["limits"])
        return cls(**{**document, **paths, "remote": remote, "limits": limits})
