"""/dataset: the description and size of the dataset, and the files of its dumps."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from graph.answering.format import GRAPH_FORMATS
from graph.presenting.dataset_summary import (
    query_files,
    query_summary,
    read_files,
    read_summary,
)
from graph.presenting.overview import Overview
from server.linked_data import redirect
from server.negotiate import prefers_html, read_accept
from server.page.citable import compare_receipt, page_receipt_headers, receipt_seconds
from server.page.page_view import require_view, send_page
from server.page.whole import cite_graph
from server.parameters import read_address
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
    body = render_template(
        "dataset.html",
        about=read_summary(evaluate(site, query_summary()).answer),
        files=read_files(evaluate(site, query_files()).answer) if site.dumps else {},
        overview=require_view(Overview, "overview"),
        cited=cited,
        compared=compare_receipt(given, cited.today, ()),
        forms=GRAPH_FORMATS,
    )
    reply = send_page(body)
    reply.headers += page_receipt_headers(cited, given)
    return reply
