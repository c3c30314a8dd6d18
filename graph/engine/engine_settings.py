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
    """What an engine serves, and the bounds it keeps; times are seconds, sizes bytes.

    `source` is a file of RDF (N-Quads, TriG, Turtle...), or the directory of an on-disk store; None
    is the empty dataset. `store` is an on-disk store of a file and of the union of its graphs, from
    which a large one is answered until it is in memory; `version` is a name of its contents, where
    one is known. `data_dir` makes the engine writable: it holds the store, and is filled from the
    source when it is new. `cite_most` is the number of quads, those of the union included,
    past which there is no kernel: answers are `uncited`, and nothing follows a write.
    `remote` is a store of which queries are asked; its version is looked at every `store_poll`.
    `quick_workers` are those of one front; the places of long and parked questions, and the
    budgets, are those of all fronts.
    A store on disk larger than `interim_above` takes long to load: it answers until its dataset is
    in memory; one larger than `disk_above` answers for good.
    `client_seconds` bounds the processor time of a client in a minute, 0 does not.
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
    quick_workers: int = field(default_factory=lambda: max(3, (os.cpu_count() or 1) + 1))
    quick_time: float = 0.2
    long_workers: int = 8
    parked_workers: int = 16
    memory: int = 1024 * MEBIBYTE
    memory_budget: int = 4096 * MEBIBYTE
    client_memory: int = 2048 * MEBIBYTE
    client_seconds: float = 60.0
    max_answer: int = 16 * MEBIBYTE
    max_body: int = 64 * MEBIBYTE
    max_delta: int = 256 * MEBIBYTE
    requests_per_worker: int = 10_000
    private_memory: int = 256 * MEBIBYTE
    interim_above: int = 8 * MEBIBYTE
    disk_above: int = 4096 * MEBIBYTE
    cite_most: int = 4_000_000
    remote: RemoteStore | None = None
    store_poll: float = 5.0
    limits: Limits = field(default_factory=Limits)

    def as_json(self) -> dict[str, Any]:
        """Return the settings in terms of JSON."""
        paths = {name: getattr(self, name) for name in PATHS}
        told = {name: path and str(path) for name, path in paths.items()}
        return {**asdict(self), **told}

    @classmethod
    def of(cls, told: dict[str, Any]) -> Self:
        """Return the settings that `as_json` tells."""
        paths = {name: told[name] and Path(told[name]) for name in PATHS}
        remote = told["remote"] and RemoteStore(**told["remote"])
        return cls(**{**told, **paths, "remote": remote, "limits": Limits(**told["limits"])})
