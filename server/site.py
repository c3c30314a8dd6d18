"""A site: the engine, the settings and the counters of one front; routes call `current_site`."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Lock
from typing import Final, cast

from flask import current_app
from werkzeug.http import http_date

from server.cache import AnswerCache, Evaluations
from server.engine.front.admission import Admission
from server.engine.front.bearer_token import Tokens
from server.engine.front.metrics import Counts, Metrics
from server.federation import Federation
from server.graph_engine import GraphEngine
from server.service.endpoint import map_endpoints
from server.settings import Settings

NAME: Final = "cpec"


@dataclass(slots=True)
class Clock:
    """The time when this server first saw the current version of the dataset, in Unix seconds."""

    version: str
    seconds: float = field(default_factory=time.time)
    _lock: Lock = field(default_factory=Lock)

    def last_modified(self, version: str) -> str:
        """Return the time of the first sight of a version, as an HTTP date.

        It is never in the future, even if the clock was set back (RFC 9110, section 8.8.2.1).
        """
        now = time.time()
        with self._lock:
            if version != self.version:
                self.version, self.seconds = version, now
            self.seconds = min(self.seconds, now)
            return http_date(self.seconds)


class Site:
    """Everything that the routes of one front share.

    The federation evaluates queries: other endpoints answer a SERVICE, the engine the rest.
    `leaving` is set when the server is going to end: it takes requests, and is not ready.
    """

    def __init__(
        self,
        engine: GraphEngine,
        settings: Settings,
        tokens: Tokens | None = None,
        dumps: Path | None = None,
    ) -> None:
        self.engine = engine
        self.settings = settings
        self.tokens = tokens or Tokens(None)
        self.dumps = dumps
        self.cache = AnswerCache(settings.cache)
        self.evaluations = Evaluations()
        self.admission = Admission(engine.accounts, settings, engine.settings)
        self.metrics = Metrics()
        self.clock = Clock(engine.version)
        self.leaving = Event()
        endpoints = map_endpoints(settings.service_allow, settings.service_map)
        self.federation = Federation(endpoints, settings.service)
        engine.register_counts(self.counts)

    def counts(self) -> Counts:
        """Return the counters of this front, by the part of the server that counts them."""
        return {
            **self.metrics.counts(),
            "site": {
                "cache_bytes": self.cache.used,
                "cache_hits": self.cache.hits,
                "cache_misses": self.cache.misses,
                "evaluations_shared": self.evaluations.shared,
            },
            "service": dict(self.federation.counters),
        }

    @property
    def last_modified(self) -> str:
        """The time of the last change to the dataset, for the Last-Modified header."""
        return self.clock.last_modified(self.engine.version)


def current_site() -> Site:
    """Return the site of the current application."""
    return cast("Site", current_app.extensions[NAME])
