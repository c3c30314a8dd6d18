"""The state of the server: /health, /ready and /metrics."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import version

from flask import Blueprint, Response, jsonify

from graph.engine.engine import Engine
from server.front.metrics import MEDIA_TYPE, escape_label, write_family, write_metrics
from server.site import Site, current_site

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
    if is_ready(site):
        state = {"version": engine.version, "store": name_store(engine), "load": load}
        state |= {"fault": engine.fault} if engine.fault else {}
        return forbid_caching(jsonify(status="ready", **state))
    status = "leaving" if site.leaving.is_set() else engine.fault or "starting"
    response = forbid_caching(jsonify(status=status, version=engine.version, load=load))
    response.status_code = 503
    response.headers["Retry-After"] = "1"
    return response


@blueprint.get("/metrics")
def metrics() -> Response:
    """Return the state of the server and the counters of all fronts for Prometheus."""
    site = current_site()
    counts = site.engine.wait(site.engine.sum_counts())
    text = write_metrics(counts) + "".join(f"{line}\n" for line in write_state(site))
    return forbid_caching(Response(text, content_type=MEDIA_TYPE))


def write_state(site: Site) -> Iterator[str]:
    """Yield the lines of the metrics of the software and the dataset."""
    engine, source = site.engine, site.engine_settings.source
    yield from write_family("build_info", {f'version="{version("cpec-graph")}"': 1})
    dataset = f'version="{escape_label(engine.version)}",store="{name_store(engine)}"'
    yield from write_family("dataset_info", {dataset: 1})
    yield from write_family("ready", {"": int(is_ready(site))})
    yield from write_family("load_ratio", {"": site.admission.load})
    if source is not None:
        with suppress(OSError):
            yield from write_family("snapshot_timestamp_seconds", {"": source.stat().st_mtime})


def is_ready(site: Site) -> bool:
    """Return whether the server takes queries, and is not going to end."""
    return site.engine.ready() and not site.leaving.is_set()


def name_store(engine: Engine) -> str:
    """Return where the dataset is: in memory, on disk, or in a store of others."""
    return "remote" if engine.settings.remote else "memory" if engine.in_memory else "disk"


def forbid_caching(response: Response) -> Response:
    """Return the response with `Cache-Control: no-store`."""
    response.headers["Cache-Control"] = "no-store"
    return response
