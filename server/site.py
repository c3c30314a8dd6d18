"""A site: what one server serves, how, and what it counts; every route finds it with `site()`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from flask import current_app

from graph.curating.retired import Retired
from graph.engine import Engine
from graph.engine.federation import Federation
from graph.engine.settings import Settings as EngineSettings
from graph.service.bounds import Bounds
from graph.service.endpoint import addresses
from server.admission import Admission
from server.cache import AnswerCache
from server.clock import Clock
from server.metrics import Metrics
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
        return cls(
            engine,
            engine_settings,
            settings,
            token,
            dumps,
            retired or Retired.read(),
            AnswerCache(settings.cache),
            Admission(settings.under_way, settings.client_requests),
            Metrics(),
            Clock(engine.version),
            federation_of(settings),
        )

    @property
    def written(self) -> bool:
        """Whether data were written since the build counted them."""
        return self.engine.written and self.engine_settings.source is not None

    @property
    def last_modified(self) -> str:
        """When the dataset last changed, as far as this server has seen, as HTTP writes it."""
        return self.clock.of(self.engine.version)


def federation_of(settings: Settings) -> Federation:
    """Return the federation of an engine with the endpoints that its operator allows."""
    bounds = Bounds(
        rows=settings.service_rows,
        bytes=settings.service_bytes,
        given=settings.service_given,
        at_once=settings.services_at_once,
    )
    return Federation(addresses(settings.service_allow, settings.service_map), bounds)


def site() -> Site:
    """Return the site of the application that answers."""
    return cast("Site", current_app.extensions[NAME])
