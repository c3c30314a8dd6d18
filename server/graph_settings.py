"""The settings of the graph's engine: those of any, and its limits of questions and citations."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Self

from graph.sparql.guard import Limits
from server.engine.engine_settings import MEBIBYTE, EngineSettings
from server.remote.store import RemoteStore


@dataclass(frozen=True, slots=True)
class GraphSettings(EngineSettings):
    """The settings of an engine over the graph.

    A dataset of more than `cite_most` quads, the union included, has no kernel: answers are
    `uncited`, and writes infer nothing. Citing a query may take `cite_share` of its deadline,
    counted in time of the processor. `remote` is a store that answers the queries. `change_log`
    bounds the log of the last writes.
    """

    zygote: str = "server.tasks.zygote:main"
    writer: str = "server.writing.writer:main"
    dumper: str = "server.writing.dumper:main"
    change_log: int = 16 * MEBIBYTE
    cite_most: int = 4_000_000
    cite_share: float = 0.5
    remote: RemoteStore | None = None
    limits: Limits = field(default_factory=Limits)

    @property
    def log_bytes(self) -> int:
        """The bytes of the change log, which a worker reads as a body."""
        return min(self.change_log, self.max_body // 2)

    def without_secrets(self) -> Self:
        """Return the settings without the password of a remote store."""
        return replace(self, remote=self.remote and replace(self.remote, authorization=""))

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Self:
        """Return the settings of a JSON object that `as_json` made."""
        remote = document["remote"] and RemoteStore(**document["remote"])
        limits = Limits(**document["limits"])
        return super(GraphSettings, cls).from_json({**document, "remote": remote, "limits": limits})
