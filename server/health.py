"""The state of the server: /health, /ready and /metrics."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from server.front.metrics import MEDIA_TYPE, write_metrics
from server.site import current_site

blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
def health() -> Response:
    """Answer 200 while the process lives."""
    return forbid_caching(jsonify(status="alive"))


@blueprint.get("/ready")
def ready() -> Response:
    """Answer 200 while the server takes queries of its version, though it is busy, else 503."""
    site = current_site()
    engine, load = site.engine, round(site.admission.load, 2)
    if engine.ready() and not site.leaving.is_set():
        place = "remote" if engine.settings.remote else "memory" if engine.in_memory else "disk"
        state = {"version": engine.version, "store": place, "load": load}
        state |= {"fault": engine.fault} if engine.fault else {}
        return forbid_caching(jsonify(status="ready", **state))
    status = "leaving" if site.leaving.is_set() else engine.fault or "starting"
    response = forbid_caching(jsonify(status=status, version=engine.version, load=load))
    response.status_code = 503
    response.headers["Retry-After"] = "1"
    return response


@blueprint.get("/metrics")
def metrics() -> Response:
    """Return the counters of all fronts for Prometheus."""
    engine = current_site().engine
    counts = engine.wait(engine.sum_counts())
    return forbid_caching(Response(write_metrics(counts), content_type=MEDIA_TYPE))


def forbid_caching(response: Response) -> Response:
    """Return the response with `Cache-Control: no-store`."""
    response.headers["Cache-Control"] = "no-store"
    return response
