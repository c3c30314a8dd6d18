"""A view of the graph for a page, from the cache or from a worker of the engine."""

from __future__ import annotations

import json
import time
from typing import Any

from graph.evaluation import Answer
from graph.publishing.resource import JSON
from server.conditional import digest
from server.front.exchange import exchange
from server.site import Site


def view(site: Site, name: str, this: str = "", page: int = 1) -> dict[str, Any]:
    """Return a view (graph/presenting/view.py); raises what the engine raises."""
    version, start = site.engine.version, time.perf_counter()
    key = digest((version, "view", name, this, str(page)))
    answer = site.cache.get(key)
    if answer is None:
        header, body = site.engine.run("view", {"view": name, "this": this, "page": page})
        answer = Answer(body, JSON, str(header["version"]))
        if answer.version == version and not header["passing"]:
            site.cache.put(key, answer)
    exchange().timed("view", start)
    found: dict[str, Any] = json.loads(answer.body)
    return found
