"""/promises: the ledger of promises, with filters: a page with lines over time, a table, a feed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from hashlib import sha256
from typing import Final, TypeAlias

from flask import Blueprint, render_template, request
from werkzeug.exceptions import BadRequest

from graph.answering.format import RESULTS
from graph.answering.name import expand_name
from graph.presenting.ledger import Ledger, Promise
from graph.publishing.csv_table import BYTE_ORDER_MARK, write_csv
from graph.publishing.feed import add_entry
from graph.wording.display_name import make_path
from graph.written_value import ECHO, read_count, read_day, read_last_day
from ontology.namespace import ID
from ontology.terms import CPEC
from server.answer_feed import ENTRIES, NEVER, start_feed, write_feed
from server.engine.front.reply import Reply
from server.negotiate import HTML, negotiate_format, wants_mark
from server.page.chronology import AXIS_WIDTH, Axis
from server.page.page_view import require_view, send_page
from server.parameters import Parameters, add_parameters, read_address
from server.request import EXCLUSION
from server.response import digest, send_body, send_json
from server.site import current_site

blueprint = Blueprint("ledger", __name__)

FORMATS: Final = {
    "html": HTML,
    "csv": "text/csv",
    "json": "application/json",
    "atom": "application/atom+xml",
}
FILTERS: Final = ("promise", "status", "who", "area", "country")
"""The parameters that choose promises by the name of a thing."""

MOST_PROMISES: Final = 200
"""The promises of a page."""

MOST_DAYS: Final = 1_000_000
"""The days of silence that may be asked for."""

COLUMNS: Final = (
    *("promise", "published", "step", "meant", "by", "planned", "sentence"),
    *("last spoken of", "later articles", "address"),
)


Step: TypeAlias = dict[str, str | int]
"""A step of a promise as JSON, with a member for each column of the table."""


@blueprint.get("/promises")
def send_promises() -> Reply:
    """Return the promises that the parameters choose; raises BadRequest for an unknown value.

    Without some sources, the ledger may speak no more of a thing of which it speaks today.
    """
    form, given = negotiate_format(request, FORMATS), read_address(request)
    ledger = require_view(Ledger, "ledger")
    choices = list_choices(ledger)
    chosen = {name: shorten_name(value) for name in FILTERS if (value := given.get(name))}
    for name, value in chosen.items():
        if value not in choices[name] and not EXCLUSION.get():
            raise BadRequest(f"{name}={value[:ECHO]} names nothing that the ledger speaks of")
    silent = read_silence(given)
    promises = [
        promise
        for promise in ledger.promises
        if all(value in list_names(promise, name) for name, value in chosen.items())
        and (not silent or is_silent(promise, ledger.last, silent))
    ]
    is_marked = wants_mark(given, RESULTS["csv"] if form == "csv" else None)
    if form == "csv":
        rows = [[*map(str, step.values())] for step in list_steps(promises)]
        table = (BYTE_ORDER_MARK if is_marked else b"") + write_csv(COLUMNS, rows)
        return send_body(current_site(), table, None, f"{FORMATS['csv']}; charset=utf-8")
    if form == "json":
        return send_json({"last": ledger.last, "steps": [*list_steps(promises)]})
    if form == "atom":
        feed = write_steps_feed([*list_steps(promises)])
        return send_body(current_site(), feed, digest((form, feed.decode())), FORMATS[form])
    texts = {ledger.last, *(promise.first for promise in promises)}
    days = [day for text in texts if (day := read_day(text))] or [date.min]
    axis = Axis(min(days), max(days))
    body = render_template(
        "promises.html",
        promises=promises[:MOST_PROMISES],
        total=len(promises),
        choices={name: {v: v for v in [chosen.get(name)] if v} | choices[name] for name in choices},
        chosen=chosen | ({"silent": silent} if silent else {}),
        ticks=axis.list_ticks(),
        place=lambda text: axis.place(read_day(text) or axis.first),
        width=AXIS_WIDTH,
        last=ledger.last,
    )
    return send_page(body)


def list_names(promise: Promise, key: str) -> dict[str, str]:
    """Return the things by which a filter chooses a promise: their local names, and texts."""
    things = [promise.name] if key == "promise" else promise.keys[key]
    return {name.iri.removeprefix(ID).removeprefix(CPEC): name.text for name in things if name.iri}


def list_choices(ledger: Ledger) -> dict[str, dict[str, str]]:
    """Return the values of each filter with their texts, by text."""
    choices: dict[str, dict[str, str]] = {name: {} for name in FILTERS}
    for promise in ledger.promises:
        for name in FILTERS:
            choices[name] |= list_names(promise, name)
    return {name: dict(sorted(own.items(), key=lambda p: p[1])) for name, own in choices.items()}


def read_silence(given: Parameters) -> int:
    """Return the days of silence that are asked for, 0 without; raises BadRequest."""
    text = given.get("silent") or "0"
    days = read_count(text)
    if days is None or days > MOST_DAYS:
        raise BadRequest(f"silent is a number of days up to {MOST_DAYS:,}, not {text[:ECHO]!r}")
    return days


def is_silent(promise: Promise, last: str, days: int) -> bool:
    """Return whether the last article came so many days after the last word of a promise."""
    spoken, end = read_day(promise.last), read_day(last)
    return bool(spoken and end and end - spoken > timedelta(days=days))


def shorten_name(text: str) -> str:
    """Return the local name of a name that may be whole, or have a prefix."""
    return (expand_name(text) or text).removeprefix(ID).removeprefix(CPEC)


def list_steps(promises: list[Promise]) -> Iterator[Step]:
    """Yield the steps of promises."""
    for promise in promises:
        for step in promise.steps:
            yield {
                "promise": promise.name.text,
                "published": step.day,
                "step": step.line.words["en"],
                "modality": step.meant,
                "by": step.line.by,
                "planned": "; ".join(own.text for own in step.of),
                "citation": step.line.source,
                "lastSpokenOf": promise.last,
                "laterArticles": promise.later,
                "sentence": step.line.graph,
            }


def write_steps_feed(steps: Sequence[Step]) -> bytes:
    """Return the last steps as a feed (RFC 4287), each with the day of its article as its time."""
    given = [pair for pair in read_address(request).pairs if pair[0] != "format"]
    page = add_parameters(f"{request.root_url}promises", given)
    days = [read_last_day(str(step["published"])) for step in steps]
    newest = sorted(zip(days, range(len(steps)), strict=True), reverse=True)[:ENTRIES]
    times = [f"{day}T00:00:00Z" if day else NEVER for day, _ in newest]
    own = add_parameters(page, [("format", "atom")])
    feed = start_feed("The ledger of promises", dict(given), (times or [NEVER])[0], own, page)
    for time, (_, number) in zip(times, newest, strict=True):
        step = steps[number]
        by = f", according to {step['by']}" if step["by"] else ""
        title = f"{step['promise']}: {step['step']} ({step['modality']}{by})"
        key = sha256(f"{title}\n{step['sentence']}".encode()).hexdigest()[:16]
        name = f"{request.root_url}promises#{key}"
        link = request.root_url + make_path(str(step["sentence"]))
        add_entry(feed, link, str(step["citation"]), id=name, title=title, updated=time)
    return write_feed(feed)
