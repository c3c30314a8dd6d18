"""The feed of changes (Linked Data Event Streams), and the same as Atom."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Final

from flask import Blueprint, request
from werkzeug.exceptions import Gone, NotFound

from graph.engine.framing import Header
from graph.engine.writing.change_folder import read_log
from graph.engine.writing.generation import GENERATION_NAME
from graph.errors import OverloadedError
from graph.publishing.change_log import ChangeLog, compare_snapshots
from graph.snapshot import Snapshot
from ontology.namespace import ID
from server.conditional import client_has, digest, not_modified
from server.front.exchange import exchange
from server.negotiate import negotiate_format
from server.parameters import read_address
from server.reply import Reply
from server.response import send_body
from server.site import Site, current_site

blueprint = Blueprint("feed", __name__)

FORMATS: Final = {"nq": "application/n-quads", "atom": "application/atom+xml"}
ATTEMPTS: Final = 20
"""The times that a page is computed anew because of a write meanwhile."""


@blueprint.get("/feed")
def send_feed() -> Reply:
    """Return the first page, a page of graphs, or the newest changes as Atom."""
    form = negotiate_format(request, FORMATS)
    after = read_address(request).get("after")
    return send_page(form, {"write": "", "after": after, "atom": form == "atom"})


@blueprint.get("/feed/<version>")
def send_write(version: str) -> Reply:
    """Return the page of a write; raises NotFound, and Gone naming the oldest write."""
    form = negotiate_format(request, {"nq": FORMATS["nq"]})
    return send_page(form, {"write": version, "after": None, "atom": False})


def send_page(form: str, page: Header) -> Reply:
    """Return a page of the feed, of the dataset as it is and the log that belongs to it."""
    site, root = current_site(), f"{exchange().root_url}feed"
    for _ in range(ATTEMPTS):
        version = site.engine.version
        tag = digest((version, root, form, page["write"], str(page["after"])))
        if client_has(tag):
            return not_modified(tag)
        try:
            since = "" if page["atom"] else page["write"] or None
            log = choose_log(site, version, since)
        except FileNotFoundError:  # the log forgot a write meanwhile
            continue
        if page["write"]:
            require_write(log, page["write"])
        answer, body = site.engine.run("feed", {"root": root, **page}, log.encode())
        if answer["version"] == version:
            return send_body(site, body, tag, FORMATS[form])
    raise OverloadedError("the dataset is being written; ask again in a while")


def choose_log(site: Site, version: str, since: str | None) -> ChangeLog:
    """Return the change log of a version, with the quads of the writes from `since` on.

    Without `since` no write has quads. Raises NotFound for a server without a change log, and
    FileNotFoundError.
    """
    settings = site.engine_settings
    if settings.data_dir is not None and settings.union:
        log = read_log(settings.data_dir, version, since)
    elif settings.source is not None and settings.union:
        log = read_snapshot_log(settings.source.parent)
    else:
        raise NotFound("only a server of snapshots keeps changes, and one with --data-dir")
    retired = {iri: log.base for iri in site.retired.gone if iri.startswith(ID)}
    return replace(log, versions=retired | dict(log.versions))


@lru_cache(maxsize=1)
def read_snapshot_log(folder: Path) -> ChangeLog:
    """Return the change log of a snapshot."""
    return compare_snapshots(Snapshot(folder))


def require_write(log: ChangeLog, name: str) -> None:
    """Raise Gone for a forgotten write, and NotFound for other names without a write."""
    names = [write.version.name for write in log.writes]
    if name in names:
        return
    known = {version.name for version in (log.base, *log.versions.values())}
    if GENERATION_NAME.fullmatch(name) and name <= (names[0] if names else max(known)):
        oldest = f"the oldest is {names[0]}" if names else "none is kept"
        raise Gone(f"the write {name} is not kept any more: {oldest}; begin again at /feed")
    raise NotFound(f"the feed has no write {name}")
