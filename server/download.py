"""Documents about the dataset: VoID and DCAT, the JSON-LD context, JSON Schemas, and dumps."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from itertools import chain
from typing import Final, cast

from flask import Blueprint, Response, request, send_from_directory
from pyoxigraph import NamedNode, Quad, RdfFormat, Store, Triple, parse
from werkzeug.exceptions import Gone, NotFound, ServiceUnavailable

from graph.answering.evaluation import Answer, Query
from graph.answering.evaluation import evaluate as evaluate_on
from graph.answering.format import GRAPH_FORMATS, GRAPHS, RESULTS
from graph.errors import OverloadedError, UnknownNameError
from graph.publishing.csv_table import BYTE_ORDER_MARK
from graph.publishing.dataset_description import complete_description, describe_contact
from graph.publishing.dump import DESCRIPTION, drop_counts
from graph.publishing.jsonld import write_context
from graph.publishing.plain_export import PLAIN_FORMATS
from graph.publishing.schema import read_schema
from graph.snapshot import GENERATION, Snapshot
from ontology.namespace import DATASET_GRAPH
from server.engine.front.reply import Reply
from server.engine.writing.store_folder import DUMPS, GENERATION_NAME
from server.link import SCHEMA, file_name_header, links
from server.negotiate import wants_mark
from server.parameters import read_address
from server.response import digest, evaluate, send_body
from server.site import Site, current_site

blueprint = Blueprint("download", __name__)

VERSION_NAME: Final = re.compile(f"{GENERATION.pattern}|{GENERATION_NAME.pattern}")
"""The name of a version: of a snapshot, or of a written store."""

WRITING_TIME: Final = 5
"""The seconds after which a client asks again for a dump that is being written."""

TAG_DIGITS: Final = 32
"""The digits of a SHA-256 in an entity tag."""

ONE_RANGE: Final = re.compile(r"bytes=(?:\d+-\d*|-\d+)")
"""A Range field with one range of bytes (RFC 9110, section 14.1.2)."""


@blueprint.get("/context.jsonld")
def send_context() -> Reply:
    """Return the JSON-LD context of the ontology."""
    body = write_context()
    tag = digest(("context", body.decode()))
    return send_body(current_site(), body, tag, "application/ld+json")


@blueprint.get("/<name>.schema.json")
def send_schema(name: str) -> Reply:
    """Return the JSON Schema of a cited answer, or of an explanation."""
    body = read_schema(name)
    return send_body(current_site(), body, digest(("schema", body.decode())), SCHEMA)


@blueprint.get("/data/dumps/<name>")
@blueprint.get("/data/dumps/<version>/<name>")
def send_dump(name: str, version: str = "") -> Response:
    """Return a dump of a version, whole or one range of its bytes; its tag is its SHA-256.

    Without a version it is of the present one, which its Content-Location names. It ignores several
    ranges, malformed ones (RFC 9110, section 14.2), and all with `bom=1`.
    """
    site, media_type = current_site(), find_media_type(name)
    if not media_type:
        raise NotFound(f"there is no dump {name}")
    form = RESULTS["csv"] if name.endswith(".csv") else None
    is_marked = wants_mark(read_address(request), form)
    version = version or site.engine.version
    dumped = require_version(site, version)
    tag = require_dump(dumped, name)
    if (
        request.method != "GET"
        or is_marked
        or not ONE_RANGE.fullmatch(request.headers.get("Range", ""))
    ):
        request.environ.pop("HTTP_RANGE", None)  # Werkzeug would answer 416
    response = send_from_directory(dumped.dumps, name, mimetype=media_type, etag=tag)
    if response.last_modified is not None:  # never later than now (RFC 9110, section 8.8.2.1)
        response.last_modified = min(response.last_modified, datetime.now(UTC))
    if is_marked and response.status_code == HTTPStatus.OK:
        add_mark(response)
    text = media_type.startswith("text/")
    response.content_type = f"{media_type}; charset=utf-8" if text else media_type
    response.headers.set(*file_name_header(*name.rsplit(".", 1)))
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Content-Location"] = f"/data/dumps/{version}/{name}"
    response.headers.extend(links())
    return response


def require_version(site: Site, version: str) -> Snapshot:
    """Return the files of a version of the dataset.

    Raises NotFound if there are none, Gone for an earlier version that is not kept, and
    OverloadedError for the present one of a written store: its dumps are being written now.
    """
    if (dumped := find_downloads(site, version)) is not None:
        return dumped
    here = "ask /data/dumps/ for the present one"
    if version != site.engine.version:
        if VERSION_NAME.fullmatch(version):
            raise Gone(f"the dumps of version {version} are not kept here: {here}")
        raise NotFound(f"there is no version {version}: {here}")
    if not site.engine.writable or not site.engine.settings.union:
        raise NotFound("this server has no dumps: ask the one that takes the writes, or builds")
    raise OverloadedError(f"the dumps of version {version} are being written", WRITING_TIME)


def add_mark(response: Response) -> None:
    """Put a byte order mark before the file of a response."""
    file = cast("Iterable[bytes]", response.response)
    response.response = chain([BYTE_ORDER_MARK], file)
    response.content_length = (response.content_length or 0) + len(BYTE_ORDER_MARK)
    response.call_on_close(getattr(file, "close", lambda: None))


def require_dump(snapshot: Snapshot, name: str) -> str:
    """Return the entity tag of a dump: equal bytes have equal tags on all hosts.

    Raises NotFound, and ServiceUnavailable for a damaged file: another replica may have it whole.
    """
    try:
        return snapshot.require_size(f"dumps/{name}")[:TAG_DIGITS]
    except KeyError:
        raise NotFound(f"there is no dump {name}") from None
    except OSError as error:
        if snapshot.manifest_file.exists():
            fault = f"the dump {name} is damaged: {error.strerror}"
            raise ServiceUnavailable(fault) from None
        raise NotFound(f"there is no dump {name} yet") from None


def find_media_type(name: str) -> str:
    """Return the media type of a dump by the suffix of its name, or ""."""
    types = {f".{form.name}": form.media_type for form in GRAPH_FORMATS}
    types |= {form.ending: form.media_type for form in PLAIN_FORMATS}
    return next((types[suffix] for suffix in types if name.endswith(suffix)), "")


def find_downloads(site: Site, version: str) -> Snapshot | None:
    """Return the files of a version of the dataset, None without any.

    Those of a written store are written after the first request for its present version.
    """
    settings = site.engine.settings
    if settings.data_dir is None:
        if site.dumps is None or version != site.engine.version:
            return None
        return Snapshot(site.dumps.resolve().parent)  # of a remote store, a link to the newest
    if not settings.union or settings.follow or not GENERATION_NAME.fullmatch(version):
        return None  # a replica that follows writes nothing
    written = Snapshot(settings.data_dir / DUMPS / version)
    if written.dumps.is_dir():
        return written
    if version == site.engine.version:
        site.engine.order_dumps()
    return None


def read_description(site: Site) -> tuple[list[Triple], str]:
    """Return the description of the dataset as it is served, and a state for its entity tags.

    Of a written store the counts and files are those of the present version, and missing until its
    dumps are written. Raises UnknownNameError for a store without `graph:dataset`.
    """
    state = site.engine.version
    is_written = site.engine.settings.data_dir is not None
    written = find_downloads(site, state) if is_written else None
    if written is not None and (file := written.path / DESCRIPTION).exists():
        triples, state = [quad.triple for quad in parse(path=file)], f"{state} with dumps"
    else:
        body = site.engine.graph(DATASET_GRAPH, GRAPHS["nt"]).body
        triples = [quad.triple for quad in parse(body, RdfFormat.N_TRIPLES)]
        triples = drop_counts(triples) if is_written else triples
    modified = parsedate_to_datetime(site.last_modified).date().isoformat()
    described = [*complete_description(triples, modified), *describe_contact(site.settings.contact)]
    return described, f"{state} {modified} {site.settings.contact}"


def ask_description(site: Site, *queries: Query) -> list[Answer]:
    """Return the answers of the description of the dataset to queries."""
    if site.engine.settings.data_dir is None:
        return [evaluate(site, query).answer for query in queries]
    store = Store()
    with suppress(UnknownNameError):
        for subject, predicate, value in read_description(site)[0]:
            store.add(Quad(subject, predicate, value, NamedNode(DATASET_GRAPH)))
    return [evaluate_on(store, query) for query in queries]
