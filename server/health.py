"""The state of the server: /health, /ready and /metrics."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from flask import Blueprint, request

from server.engine.front.metrics import MEDIA_TYPE, escape_label, write_family, write_metrics
from server.engine.front.reply import Reply
from server.exchange import exchange
from server.graph_engine import GraphEngine
from server.request import EXCLUSION
from server.site import Site, current_site

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

    from server.exchange import Application

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


def report_readiness(site: Site) -> Reply:
    """Return 200 while the server takes queries of its version, though it is busy, else 503."""
    engine, load = site.engine, round(site.admission.load, 2)
    fault = engine.state.fault
    if is_ready(site):
        why = {"fault": fault} if fault else {}
        state = {"status": "ready", "store": name_store(engine), "version": engine.version}
        return Reply.from_state({**why, "load": load, **state})
    status = "leaving" if site.leaving.is_set() else fault or "starting"
    state = {"status": status, "version": engine.version}
    reply = Reply.from_state({"load": load, **state}, HTTPStatus.SERVICE_UNAVAILABLE)
    reply.headers.append(("Retry-After", "1"))
    return reply


STATES: Final[dict[str, Callable[[Site], Reply]]] = {
    "/health": lambda _: Reply.from_state({"status": "alive"}),
    "/ready": report_readiness,
}
"""The probes that wait for nothing, by their paths."""


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
    engine, source = site.engine, site.engine.settings.source
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


def name_store(engine: GraphEngine) -> str:
    """Return where the dataset is: in memory, on disk, or in a store of others."""
    return "remote" if engine.settings.remote else "memory" if engine.state.in_memory else "disk"
