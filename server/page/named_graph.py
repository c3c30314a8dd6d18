"""The pages of named graphs: the ontology, with an anchor for each term, and background sources."""

from __future__ import annotations

from flask import render_template
from pyoxigraph import NamedNode, parse

from graph.answering.format import GRAPH_FORMATS, GRAPHS
from graph.presenting.article import Background
from ontology.glossary import Glossary
from ontology.namespace import ONTOLOGY_GRAPH
from ontology.terms import CPEC
from server.engine.front.reply import Reply
from server.page.language import translate
from server.page.page_view import find_view, send_page
from server.site import current_site


def ontology_page() -> Reply:
    """Return the ontology of the dataset as a page; raises UnknownNameError without one."""
    form = GRAPHS["nt"]
    answer = current_site().engine.graph(ONTOLOGY_GRAPH, form)
    glossary = Glossary.from_quads(parse(answer.body, format=form.reader))
    sections = [
        ("all-modalities", translate("Modalities, strongest first"), glossary.modalities),
        (
            "unasserted",
            translate("Modalities of statements that are not asserted"),
            glossary.unasserted,
        ),
        ("all-label-statuses", translate("Label statuses"), glossary.statuses),
        ("all-classes", translate("Classes"), glossary.classes),
        ("all-properties", translate("Properties"), glossary.properties),
        ("all-retired", translate("Retired terms"), glossary.retired),
    ]
    body = render_template(
        "vocabulary.html",
        glossary=glossary,
        sections=[section for section in sections if section[2]],
        namespace=CPEC,
        forms=GRAPH_FORMATS,
    )
    return send_page(body)


def background_page(graph: NamedNode) -> Reply | None:
    """Return a background source as a page, None if the dataset has none of that name."""
    source = find_view(Background, "background", graph.value)
    if source is None:
        return None
    return send_page(
        render_template("background.html", source=source, graph=graph, forms=GRAPH_FORMATS)
    )
