"""/dataset: the description and size of the dataset, and the files of its dumps."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Any

from flask import Blueprint, Response, render_template, request

from graph.answering.format import GRAPH_FORMATS
from graph.presenting.dataset_summary import (
    DumpFile,
    query_files,
    query_summary,
    read_files,
    read_summary,
)
from graph.presenting.overview import Overview
from graph.publishing.dataset_description import KEYWORDS
from graph.publishing.dataset_quad import DATASET, LICENCE
from server.link import item_links
from server.linked_data import redirect
from server.negotiate import prefers_html, read_accept
from server.page.citable import Cited, compare_receipt, page_receipt_headers, receipt_seconds
from server.page.page_view import require_view, send_page
from server.page.whole import cite_graph
from server.parameters import read_address
from server.reference.schema_org import describe_record
from server.reply import Reply
from server.response import evaluate
from server.site import current_site

blueprint = Blueprint("dataset", __name__)


@blueprint.get("/dataset")
def send_dataset() -> Response | Reply:
    """Return the page of the dataset; redirect RDF clients to its description."""
    site, given = current_site(), read_address(request)
    cited = cite_graph(receipt_seconds(given))
    if not prefers_html(read_accept(request), GRAPH_FORMATS):
        response = redirect(request.root_url + ".well-known/void", 303)
        response.vary.add("Accept")
        response.headers.extend(page_receipt_headers(cited, given))
        return response
    about = read_summary(evaluate(site, query_summary()).answer)
    files = read_files(evaluate(site, query_files()).answer) if site.dumps else {}
    body = render_template(
        "dataset.html",
        about=about,
        files=files,
        markup=dataset_markup(cited, about[:1], chain.from_iterable(files.values())),
        overview=require_view(Overview, "overview"),
        cited=cited,
        compared=compare_receipt(given, cited.today, ()),
        forms=GRAPH_FORMATS,
    )
    reply = send_page(body)
    reply.headers += page_receipt_headers(cited, given)
    folder = f"{request.root_url}data/dumps/"
    reply.headers += item_links({folder + file.name: file.type for file in chain(*files.values())})
    return reply


def dataset_markup(
    cited: Cited, description: list[str], files: Iterable[DumpFile]
) -> dict[str, Any]:
    """Return the dataset in schema.org's words, with its reference and the files of its dumps.

    https://developers.google.com/search/docs/appearance/structured-data/dataset
    """
    downloads = [
        {
            "@type": "DataDownload",
            "name": file.name,
            "encodingFormat": file.type,
            "contentUrl": f"{request.root_url}data/dumps/{file.name}",
            "contentSize": f"{file.size} B",
        }
        for file in files
    ]
    markup = describe_record(cited.item().cite_dataset()) | {
        "@id": DATASET,
        "description": " ".join(description),
        "license": LICENCE,
        "keywords": list(KEYWORDS),
        "distribution": downloads,
    }
    return {name: value for name, value in markup.items() if value}
