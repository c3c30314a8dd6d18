"""A site: the engine, the settings and the counters of one front; routes call `current_site`."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Lock
from typing import Final, Self, cast

from flask import current_app
from werkzeug.http import http_date

from graph.curating.master import Retired
from graph.engine.engine import Engine
from graph.engine.engine_settings import EngineSettings
from graph.engine.federation import Federation
from graph.service.endpoint import ServiceBounds, map_endpoints
from server.cache import AnswerCache, Evaluations
from server.front.admission import Admission
from server.front.metrics import Counts, Metrics
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


@dataclass(frozen=True, slots=True)
class Site:
    """Everything that the routes of one front share.

    The federation evaluates queries: other endpoints answer a SERVICE, the engine the rest.
    """

    engine: Engine
    engine_settings: EngineSettings
    settings: Settings
    token: str | None
    dumps: Path | None
    retired: Retired
    cache: AnswerCache
    evaluations: Evaluations
    admission: Admission
    metrics: Metrics
    clock: Clock
    federation: Federation
    leaving: Event = field(default_factory=Event)
    """Set when the server is going to end: it takes requests, and is not ready."""

    @classmethod
    def start(
        cls,
        engine: Engine,
        engine_settings: EngineSettings,
        settings: Settings,
        token: str | None = None,
        dumps: Path | None = None,
        retired: Retired | None = None,
    ) -> Self:
        """Return the site of a started engine, and publish its counters there."""
        site = cls(
            engine,
            engine_settings,
            settings,
            token,
            dumps,
            retired or Retired.read(),
            AnswerCache(settings.cache),
            Evaluations(),
            Admission(engine.accounts, settings, engine_settings),
            Metrics(),
            Clock(engine.version),
            open_federation(settings),
        )
        engine.register_counts(site.counts)
        return site

    @property
    def is_modified(self) -> bool:
        """Whether a client wrote data after the build counted them."""
        return self.engine.has_writes and self.engine_settings.source is not None

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
            "service": self.federation.counters.values(),
        }

    @property
    def last_modified(self) -> str:
        """The time of the last change to the dataset, for the Last-Modified header."""
        return self.clock.last_modified(self.engine.version)


def open_federation(settings: Settings) -> Federation:
    """Return the federation of the engine with the endpoints that the operator allows."""
    bounds = ServiceBounds(
        rows=settings.service_rows,
        bytes=settings.service_bytes,
        given=settings.service_given,
        at_once=settings.services_at_once,
    )
    return Federation(map_endpoints(settings.service_allow, settings.service_map), bounds)


def current_site() -> Site:
    """Return the site of the current application."""
    return cast("Site", current_app.extensions[NAME])
