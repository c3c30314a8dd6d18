"""The state of the server: /health, /ready and /metrics."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from flask import Blueprint, request

from graph.engine.engine import Engine
from graph.engine.request import EXCLUSION
from server.front.exchange import exchange
from server.front.metrics import MEDIA_TYPE, escape_label, write_family, write_metrics
from server.reply import Reply
from server.site import Site, current_site

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

    from server.front.exchange import Application

READS: Final = ("GET", "HEAD")

blueprint = Blueprint("health", __name__)


@dataclass(frozen=True, slots=True)
class Probes:
    """The probes that wait for nothing, answered in the loop, in front of another application.

    A thread of the pages may be free late, and its turn of the interpreter comes later still.
    """

    site: Site
    application: Application

    async def __call__(self, environ: WSGIEnvironment) -> Reply:
        """Return the state of the server; pass other requests, and bad ones, on."""
        current, path = exchange(), environ["PATH_INFO"]
        is_plain = current.request.method in READS and not (current.error or EXCLUSION.get())
        if path not in STATES or not is_plain:
            return await self.application(environ)
        current.route = path
        return STATES[path](self.site)


@blueprint.get("/health")
@blueprint.get("/ready")
def probe() -> Reply:
    """Return the state of the server, for a request that `Probes` passes on."""
    return STATES[request.path](current_site())


def report_health(_site: Site) -> Reply:
    """Return 200 while the process lives."""
    return write_state_reply(HTTPStatus.OK, {"status": "alive"})


def report_readiness(site: Site) -> Reply:
    """Return 200 while the server takes queries of its version, though it is busy, else 503."""
    engine, load = site.engine, round(site.admission.load, 2)
    if is_ready(site):
        state = {"version": engine.version, "store": name_store(engine), "load": load}
        state |= {"fault": engine.fault} if engine.fault else {}
        return write_state_reply(HTTPStatus.OK, {"status": "ready", **state})
    status = "leaving" if site.leaving.is_set() else engine.fault or "starting"
    state = {"status": status, "version": engine.version, "load": load}
    reply = write_state_reply(HTTPStatus.SERVICE_UNAVAILABLE, state)
    reply.headers.append(("Retry-After", "1"))
    return reply


STATES: Final[dict[str, Callable[[Site], Reply]]] = {
    "/health": report_health,
    "/ready": report_readiness,
}
"""The probes that wait for nothing, by their paths."""


def write_state_reply(status: HTTPStatus, state: dict[str, object]) -> Reply:
    """Return a state as JSON that no cache keeps."""
    body = json.dumps(state, separators=(",", ":"), sort_keys=True) + "\n"
    headers = [("Content-Type", "application/json"), ("Cache-Control", "no-store")]
    return Reply(body.encode(), headers, status)


@blueprint.get("/metrics")
def metrics() -> Reply:
    """Return the state of the server and the counters of all fronts for Prometheus."""
    site = current_site()
    counts = site.engine.wait(site.engine.sum_counts())
    text = write_metrics(counts) + "".join(f"{line}\n" for line in write_state(site))
    headers = [("Content-Type", MEDIA_TYPE), ("Cache-Control", "no-store")]
    return Reply(text.encode(), headers)


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
