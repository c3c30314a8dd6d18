"""The settings of an engine, whatever it serves, and their defaults."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, Self

MEBIBYTE = 1 << 20
PATHS = ("source", "store", "data_dir")
DefaultGraph = Literal["union", "own"]


def own_memory() -> int:
    """Return the memory of the machine, in bytes."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """The dataset of an engine and its limits; times are seconds, sizes bytes.

    `zygote`, `writer` and `dumper` name the site's functions that run in processes of their own, as
    `module:function`: each gets its descriptors, and calls what server/engine has for it.

    `source` is an RDF file (N-Quads, TriG, Turtle...) or the directory of a store on disk; None is
    the empty dataset. `store` is a store on disk with the quads of the file and their union, which
    answers until a large dataset is in memory; `version` names its contents, if a name is known.
    `data_dir` makes the engine writable: it has the writable store, filled from the source if it is
    `new`. With `follow` it is a copy of another server's store: the engine reads it, and each
    version that is copied there. A store elsewhere is asked for its version every `store_poll`.
    `quick_workers` counts per front; `long_workers`, `parked_workers` and the budgets count over
    all fronts. A store on disk larger than `interim_above` answers while its dataset is loaded; one
    larger than `disk_above` answers for good.
    """

    zygote: str
    writer: str
    dumper: str
    source: Path | None = None
    store: Path | None = None
    version: str = ""
    data_dir: Path | None = None
    new: bool = False
    follow: bool = False
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
    memory_budget: int = field(default_factory=lambda: min(4096 * MEBIBYTE, own_memory() // 2))
    client_memory: int = 2048 * MEBIBYTE
    max_answer: int = 16 * MEBIBYTE
    max_body: int = 64 * MEBIBYTE
    max_delta: int = 256 * MEBIBYTE
    requests_per_worker: int = 10_000
    private_memory: int = 256 * MEBIBYTE
    interim_above: int = 8 * MEBIBYTE
    disk_above: int = 4096 * MEBIBYTE
    store_poll: float = 5.0

    @property
    def writable(self) -> bool:
        """Whether the engine takes writes."""
        return self.data_dir is not None and not self.follow

    @property
    def union(self) -> bool:
        """Whether the default graph is the union of the named graphs."""
        return self.default_graph == "union"

    def as_json(self) -> dict[str, Any]:
        """Return the settings as a JSON object."""
        paths = {name: getattr(self, name) for name in PATHS}
        return {**asdict(self), **{name: path and str(path) for name, path in paths.items()}}

    def without_secrets(self) -> Self:
        """Return the settings for a zygote, which its workers inherit."""
        return self

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Self:
        """Return the settings of a JSON object that `as_json` made, also for more settings."""
        paths = {name: document[name] and Path(document[name]) for name in PATHS}
        return cls(**{f.name: paths.get(f.name, document[f.name]) for f in fields(cls)})
