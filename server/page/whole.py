"""The citation of a thing, an article or the graph, with a receipt of all its statements."""

from __future__ import annotations

from flask import request

from graph.presenting.article import ArticlePage
from graph.presenting.thing import ThingPage
from graph.publishing.dataset_quad import TITLE
from graph.publishing.resource import query_proved_receipt, query_receipt, query_whole_receipt
from graph.wording.source_reference import Reference
from ontology.namespace import ID
from server.exclusion import list_exclusions, refuse_exclusion
from server.linked_data import escape_name, read_iri
from server.page.citable import Cited
from server.page.cited_answer import Source
from server.page.frame import PART
from server.receipt import join_parameters, wait_receipt


def cite_thing(name: str, page: ThingPage | ArticlePage, seconds: float | None = None) -> Cited:
    """Return the citation of one page of a thing or an article; the receipt covers all pages.

    It waits for the receipt up to `seconds`.
    """
    sources, kind, iri = page.sources, "statement", read_iri(ID + name)
    if isinstance(page, ArticlePage):
        graphs = {sentence.graph for sentence in page.sentences}
        sources, kind = [source for source in sources if source.graph in graphs], "sentence"
    part = [(PART, str(page.page))] if page.page > 1 else []
    pairs = [*list_exclusions(), *part]
    return Cited(
        page.name.text,
        write_extent(page, kind),
        [cite_source(source) for source in sources if source.kind != "editorial"],
        join_parameters(f"{request.root_url}page/{escape_name(name)}", pairs),
        [("id", name), *pairs],
        wait_receipt(query_receipt(iri), seconds=seconds, proved=query_proved_receipt(iri)),
    )


def write_extent(page: ThingPage | ArticlePage, kind: str) -> str:
    """Return the number of the statements or sentences of a thing or an article."""
    if page.pages > 1:
        return f"{kind}s {page.first:,} to {page.last:,} of {page.total:,}"
    return f"{page.total} {kind}{'' if page.total == 1 else 's'}"


def cite_source(source: Reference) -> Source:
    """Return a source of a page as the source of a citation."""
    return Source(
        source.graph,
        str(source.number),
        source.words,
        source.quotes,
        source.path,
        source.href,
        source.by,
        source.article,
        source.is_anchored,
    )


def cite_graph(seconds: float | None = None) -> Cited:
    """Return the citation of the graph; it waits for the receipt up to `seconds`."""
    refuse_exclusion("the citation of the graph")
    today = wait_receipt(query_whole_receipt(), seconds=seconds)
    return Cited(TITLE, "", [], f"{request.root_url}dataset", [], today)
