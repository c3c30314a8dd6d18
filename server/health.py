"""How the server is: alive, ready, and what it has counted."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from server.front.metrics import MEDIA_TYPE, exposition
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
        place = "remote" if engine.settings.remote else "memory" if engine.in_memory else "disk"
        state = {"version": engine.version, "store": place}
        state |= {"fault": engine.fault} if engine.fault else {}
        return uncached(jsonify(status="ready", **state))
    response = uncached(jsonify(status=engine.fault or "busy or starting", version=engine.version))
    response.status_code = 503
    response.headers["Retry-After"] = "1"
    return response


@blueprint.get("/metrics")
def metrics() -> Response:
    """Return the counters of all fronts for Prometheus."""
    engine = site().engine
    counts = engine.wait(engine.counts())
    return uncached(Response(exposition(counts), content_type=MEDIA_TYPE))


def uncached(response: Response) -> Response:
    """Return the response, which is true only now."""
    response.headers["Cache-Control"] = "no-store"
    return response
