"""How the server is: alive, ready, and what it has counted."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from server.metrics import MEDIA_TYPE
from server.site import site

blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
def health() -> Response:
    """Say that the process answers."""
    return uncached(jsonify(status="alive"))


@blueprint.get("/ready")
def ready() -> Response:
    """Say whether a query would be answered now: 200 or 503."""
    engine = site().engine
    if engine.ready():
        return uncached(jsonify(status="ready", version=engine.version))
    response = uncached(jsonify(status="busy or starting", version=engine.version))
    response.status_code = 503
    response.headers["Retry-After"] = "1"
    return response


@blueprint.get("/metrics")
def metrics() -> Response:
    """Return the counters for Prometheus."""
    here = site()
    others: dict[str, int | float] = {
        "cache_bytes": here.cache.used,
        "cache_hits_total": here.cache.hits,
        "cache_misses_total": here.cache.misses,
        "requests_under_way": here.admission.under_way,
        "refused_clients_total": here.admission.refused_clients,
        "refused_busy_total": here.admission.refused_all,
        **{f"engine_{name}": value for name, value in here.engine.counters().items()},
        **{f"service_{name}_total": n for name, n in here.federation.counters.values().items()},
    }
    return uncached(Response(here.metrics.text(others), content_type=MEDIA_TYPE))


def uncached(response: Response) -> Response:
    """Return the response, which is true only now."""
    response.headers["Cache-Control"] = "no-store"
    return response
