"""The changes: a feed (Linked Data Event Streams, Atom), and `since=RECEIPT` of one answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, cast
from xml.etree.ElementTree import fromstring

from flask import Blueprint, render_template, request
from werkzeug.exceptions import Gone, HTTPException, NotFound

from graph.answering.binding import find_question
from graph.answering.evaluation import Query
from graph.errors import CpecError, EngineError, OverloadedError
from graph.publishing.change_log import ChangeLog, compare_snapshots
from graph.publishing.feed import NAMESPACE
from graph.publishing.resource import JSON
from graph.snapshot import Snapshot
from ontology.namespace import ID
from server.answer_feed import write_answer_feed
from server.engine.framing import Header
from server.engine.front.reply import Reply
from server.engine.writing.store_folder import GENERATION_NAME
from server.exchange import exchange
from server.exclusion import refuse_exclusion
from server.linked_data import read_retired
from server.negotiate import HTML, negotiate_format
from server.page import page_view
from server.parameters import Parameters, add_parameters, read_address
from server.question_api import bind_parameters
from server.receipt import Receipt
from server.response import client_has, digest, not_modified, send_body
from server.site import Site, current_site
from server.writing.change_folder import read_log

blueprint = Blueprint("feed", __name__)

FORMATS: Final = {
    "nq": "application/n-quads",
    "atom": "application/atom+xml",
    "html": HTML,
}
LINK: Final = 3
"""The place of the link in an entry, behind its name, title and time."""

ATTEMPTS: Final = 20
"""The times that a page is computed anew because of a write meanwhile."""


FOLLOWED: Final = 100
"""The last writes whose changes of an answer its feed has."""

SINCE: Final = "since"
"""The parameter with the receipt of an earlier answer."""


@blueprint.get("/feed")
def send_feed() -> Reply:
    """Return the first page, a page of graphs, or the newest changes as Atom, or for people."""
    form = negotiate_format(request, FORMATS)
    after, contact = read_address(request).get("after"), current_site().settings.contact
    reply = send_page(
        "atom" if form == "html" else form,
        {"write": "", "after": after, "atom": form != "nq", "contact": contact},
    )
    if form != "html" or not isinstance(reply.body, bytes) or reply.status != HTTPStatus.OK:
        return reply
    return page_view.send_page(render_template("feed.html", entries=list_entries(reply.body)))


def list_entries(atom: bytes) -> Iterator[dict[str, str | None]]:
    """Yield the title, the summary, the time and the address of each entry of an Atom document."""
    for entry in fromstring(atom).iterfind(f"{{{NAMESPACE}}}entry"):  # noqa: S314 - ours
        texts = {own.tag.rpartition("}")[2]: own.text for own in entry}
        yield texts | {"link": entry[LINK].get("href")}


@blueprint.get("/feed/<version>")
def send_write(version: str) -> Reply:
    """Return the page of a write; raises NotFound, and Gone naming the oldest write."""
    form = negotiate_format(request, {"nq": FORMATS["nq"]})
    return send_page(form, {"write": version, "after": None, "atom": False})


@blueprint.get("/feed/questions/<name>")
def follow_question(name: str) -> Reply:
    """Return the changes of the answer to a question by the last writes, as Atom.

    Raises the errors of `bind_parameters` and of `compare_since`.
    """
    site, question = current_site(), find_question(name)
    form = negotiate_format(request, {"atom": FORMATS["atom"]})
    given = [pair for pair in read_address(request).pairs if pair[0] != "format"]
    terms = bind_parameters(site, question, Parameters(tuple(given)))
    page = add_parameters(f"{exchange().root_url}questions/{name}", given)
    tag = digest((site.engine.version, page, form))
    if client_has(tag):
        return not_modified(tag)
    query = Query(question.text, JSON, None, terms)
    record = compare_since(site, query, Receipt(""), "changes")
    body = write_answer_feed(question, dict(given), record["changes"], page)
    same = record["version"] == site.engine.version
    return send_body(site, body, tag if same else None, FORMATS[form])


def send_page(form: str, page: Header) -> Reply:
    """Return a page of the feed, of the dataset as it is and the log that belongs to it."""
    site, root = current_site(), f"{exchange().root_url}feed"
    parts = (root, form, *map(str, page.values()))
    if client_has(tag := digest((site.engine.version, *parts))):
        return not_modified(tag)

    def ask(log: ChangeLog) -> tuple[Header, bytes]:
        if page["write"]:
            require_write(log, page["write"])
        return {"root": root, **page}, log.encode()

    since = "" if page["atom"] else page["write"] or None
    _, answer, body = ask_of_log(site, "feed", since, ask)
    return send_body(site, body, digest((answer["version"], *parts)), FORMATS[form])


def ask_of_log(
    site: Site, kind: str, since: str | None, ask: Callable[[ChangeLog], tuple[Header, bytes]]
) -> tuple[ChangeLog, Header, bytes]:
    """Return a log, and the answer to what is asked of it, when both are of one version."""
    for _ in range(ATTEMPTS):
        version = site.engine.version
        with suppress(FileNotFoundError):  # the log forgot a write meanwhile
            log = choose_log(site, version, since)
            answer, body = site.engine.run(kind, *ask(log))
            if answer["version"] == version:
                return log, answer, body
    raise OverloadedError("the dataset is being written; ask again in a while")


def choose_log(site: Site, version: str, since: str | None) -> ChangeLog:
    """Return the change log of a version, with the quads of the writes from `since` on.

    Without `since` no write has quads. Raises NotFound for a server without a change log, and
    FileNotFoundError.
    """
    settings = site.engine.settings
    fault = site.engine.state.fault
    if settings.data_dir is not None and fault:  # another store may be at its path
        raise EngineError(fault)
    if settings.data_dir is not None and settings.union:
        log = read_log(settings.data_dir, version, since)
    elif settings.source is not None and settings.union:
        log = read_snapshot_log(settings.source.parent)
    else:
        raise NotFound("only a server of snapshots keeps changes, and one with --data-dir")
    retired = {iri: log.base for iri in read_retired(site).gone if iri.startswith(ID)}
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


def answer_since(site: Site, query: Query, text: str) -> Reply:
    """Return the rows that came and went since a receipt, and those that are reworded, as JSON.

    A receipt without a hash of words does not ask for these. Raises BadRequest for text that is no
    receipt, and the errors of `compare_since`.
    """
    record = compare_since(site, query, Receipt.parse(text), "since")
    lines = json.dumps(record, ensure_ascii=False, indent=1) + "\n"
    return send_body(site, lines.encode(), None, "application/json")


def list_reworded(site: Site, before: Receipt, today: Receipt) -> list[dict[str, Any]] | None:
    """Return the rows that are reworded since a receipt, None where no kept write leads back."""
    if today.query is None:
        return None
    try:
        record = compare_since(site, today.query, before, "reworded")
    except (HTTPException, CpecError):
        return None
    return cast("list[dict[str, Any]]", record["reworded"])


def compare_since(site: Site, query: Query, receipt: Receipt, kind: str) -> dict[str, Any]:
    """Return the change of an answer since a receipt, with the versions before and after.

    A receipt without a version asks for the last writes. Raises Gone for a receipt that no kept
    write leads back to or whose rows another query gave, NotFound for a server without a change
    log, and the errors of the engine.
    """
    refuse_exclusion("since")
    header, body = site.engine.request(query)
    header = {**header, "cut": len(body), "words": bool(receipt.words)}

    def ask(log: ChangeLog) -> tuple[Header, bytes]:
        since = receipt.version
        writes = log.list_writes_since(since) if since else log.writes[-FOLLOWED:]
        if writes is None:
            raise Gone(refuse_receipt(receipt, log, "the version is another's, or too old"))
        return header, body + ChangeLog(log.base, writes=writes).encode()

    log, answer, changed = ask_of_log(site, kind, receipt.version, ask)
    if receipt.hash not in {"", answer.get("hash", receipt.hash)}:
        raise Gone(refuse_receipt(receipt, log, "its rows are those of another query"))
    return {"since": receipt.version, "version": answer["version"], **json.loads(changed)}


def refuse_receipt(receipt: Receipt, log: ChangeLog, reason: str) -> str:
    """Return the refusal of a receipt, which names the oldest version that is kept."""
    return (
        f"nothing is known since {receipt.version}: {reason}; the oldest version is "
        f"{log.oldest}. Ask without since, and keep the receipt of that answer"
    )
