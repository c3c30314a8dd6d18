"""A whole as it is cited: a thing, an article, or the graph, with a receipt of its statements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request

from graph.publishing.dataset_quad import TITLE
from graph.publishing.resource import query_receipt, query_whole_receipt
from ontology.namespace import ID
from server.linked_data import escape_name, read_iri
from server.page.answer import Source
from server.page.citation import Cited
from server.page.frame import PART, strikes
from server.receipt import join_parameters, wait_receipt


def cited_thing(name: str, told: Mapping[str, Any], seconds: float | None = None) -> Cited:
    """Return one part of what is said of a thing or an article as what can be cited.

    The receipt is of all; it is sought for so many seconds, if they are given.
    """
    found = told.get("article") or told["thing"]
    sources = found["sources"]
    if "article" in told:
        own = {one["graph"] for one in found["sentences"]}
        sources = [one for one in sources if one["graph"] in own]
    part = [(PART, str(found["page"]))] if found["page"] > 1 else []
    pairs = [*strikes(), *part]
    return Cited(
        found["name"]["text"],
        extent(found, "sentence" if "article" in told else "statement"),
        [source(one) for one in sources if one["kind"] != "editorial"],
        join_parameters(f"{request.root_url}page/{escape_name(name)}", pairs),
        [("id", name), *pairs],
        wait_receipt(query_receipt(read_iri(ID + name)), seconds=seconds),
    )


def extent(found: Mapping[str, Any], kind: str) -> str:
    """Return how much of a thing or an article is told."""
    total = found["total"]
    if found["pages"] > 1:
        return f"{kind}s {found['first']:,} to {found['last']:,} of {total:,}"
    return f"{total} {kind}{'' if total == 1 else 's'}"


def source(one: Mapping[str, Any]) -> Source:
    """Return a source of a page as that of a citation."""
    kept = {name: one[name] for name in ("words", "quotes", "path", "href", "by", "article")}
    return Source(one["graph"], str(one["number"]), **kept)


def cited_graph(seconds: float | None = None) -> Cited:
    """Return the graph as what can be cited; its receipt is sought for so many seconds."""
    pairs = strikes()
    today = wait_receipt(query_whole_receipt(), seconds=seconds)
    address = join_parameters(f"{request.root_url}dataset", pairs)
    return Cited(TITLE, "", [], address, pairs, today)
