"""The settings of an engine and their defaults."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from graph.engine.guard import Limits

MEBIBYTE = 1 << 20
DefaultGraph = Literal["union", "own"]


@dataclass(frozen=True, slots=True)
class Settings:
    """What an engine serves, and the bounds it keeps; times are seconds, sizes bytes.

    `source` is a file of RDF (N-Quads, TriG, Turtle...), or the directory of an on-disk store; None
    is the empty dataset. `store` is an on-disk store of a file and of the union of its graphs, from
    which a large one is answered until it is in memory; `version` is a name of its contents, where
    one is known. `data_dir` makes the engine writable: it holds the store, and is filled
    from the source when it is new. `cite_most` is the number of quads, those of the union included,
    past which no evidence is indexed, so that answers are `uncited`.
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
    max_answer: int = 16 * MEBIBYTE
    max_body: int = 64 * MEBIBYTE
    max_delta: int = 256 * MEBIBYTE
    requests_per_worker: int = 10_000
    private_memory: int = 128 * MEBIBYTE
    disk_above: int = 4096 * MEBIBYTE
    cite_most: int = 4_000_000
    limits: Limits = field(default_factory=Limits)
