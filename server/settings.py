"""The settings of the HTTP server: those of its fronts, and of the site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Self

from server.engine.front.front_settings import FrontSettings
from server.engine.front.log import LogFormat
from server.service.endpoint import ServiceBounds

SERVICE: Final = ServiceBounds()


@dataclass(frozen=True, slots=True)
class Settings(FrontSettings):
    """The settings of the fronts, with the site's log, archive, contact and endpoints."""

    front: str = "server.front:main"
    log: LogFormat = "json"
    archive: str | None = None
    contact: str = ""
    """The address of the operator, `mailto:` or of the web; "" if none is named."""
    service_allow: tuple[str, ...] = ()
    service_map: tuple[tuple[str, str], ...] = ()
    service: ServiceBounds = SERVICE

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> Self:
        """Return the settings of a JSON object, where tuples are arrays."""
        allow, pairs = tuple(record["service_allow"]), tuple(map(tuple, record["service_map"]))
        service = ServiceBounds(**record["service"])
        return cls(**{**record, "service_allow": allow, "service_map": pairs, "service": service})
