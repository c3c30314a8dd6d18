"""A site: what one server serves, how, and what it counts; every route finds it with `site()`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from flask import current_app

from graph.curating.retired import Retired
from graph.engine.engine import Engine
from graph.engine.engine_settings import EngineSettings
from graph.engine.federation import Federation
from graph.service.bounds import ServiceBounds
from graph.service.endpoint import addresses
from server.cache import AnswerCache
from server.clock import Clock
from server.evaluation import Evaluations
from server.front.admission import Admission
from server.front.metrics import Counts, Metrics
from server.settings import Settings

NAME: Final = "cpec"


@dataclass(frozen=True, slots=True)
class Site:
    """The engine, the settings, the token of writes, the folder of dumps, and the counts.

    A query goes through the federation, which asks other endpoints where it has a SERVICE.
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

    @classmethod
    def of(
        cls,
        engine: Engine,
        engine_settings: EngineSettings,
        settings: Settings,
        token: str | None = None,
        dumps: Path | None = None,
        retired: Retired | None = None,
    ) -> Site:
        """Return the site of an engine that has been started."""
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
            federation_of(settings),
        )
        engine.count_also(site.counted)
        return site

    @property
    def written(self) -> bool:
        """Whether data were written since the build counted them."""
        return self.engine.written and self.engine_settings.source is not None

    def counted(self) -> Counts:
        """Return what this front has counted, by the part of the server that did."""
        return {
            **self.metrics.counts(),
            "site": {
                "cache_bytes": self.cache.used,
                "cache_hits_total": self.cache.hits,
                "cache_misses_total": self.cache.misses,
                "evaluations_shared_total": self.evaluations.shared,
                "refused_clients_total": self.admission.refused_clients,
                "refused_busy_total": self.admission.refused_all,
            },
            "service": self.federation.counters.values(),
        }

    @property
    def last_modified(self) -> str:
        """When the dataset last changed, as far as this server has seen, as HTTP writes it."""
        return self.clock.of(self.engine.version)


def federation_of(settings: Settings) -> Federation:
    """Return the federation of an engine with the endpoints that its operator allows."""
    bounds = ServiceBounds(
        rows=settings.service_rows,
        bytes=settings.service_bytes,
        given=settings.service_given,
        at_once=settings.services_at_once,
    )
    return Federation(addresses(settings.service_allow, settings.service_map), bounds)


def site() -> Site:
    """Return the site of the application that answers."""
    return cast("Site", current_app.extensions[NAME])
