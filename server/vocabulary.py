"""The vocabulary for people: a page with an anchor for each term, `/ontology#cooperatesIn`."""

from __future__ import annotations

from flask import render_template
from pyoxigraph import parse

from graph.answering.format import GRAPH_FORMATS, GRAPHS
from ontology.glossary import Glossary
from ontology.namespace import ONTOLOGY_GRAPH
from ontology.terms import CPEC
from server.answer import send
from server.conditional import digest
from server.negotiate import HTML
from server.reply import Reply
from server.site import site


def vocabulary() -> Reply:
    """Return the vocabulary that is served, as a page; raises UnknownNameError without one."""
    here, form = site(), GRAPHS["nt"]
    answer = here.engine.graph(ONTOLOGY_GRAPH, form)
    glossary = Glossary.of(parse(answer.body, format=form.reader))
    sections = [
        ("all-modalities", "Modalities, strongest first", glossary.modalities),
        ("all-label-statuses", "Label statuses", glossary.statuses),
        ("all-classes", "Classes", glossary.classes),
        ("all-properties", "Properties", glossary.properties),
        ("all-retired", "Retired terms", glossary.retired),
    ]
    body = render_template(
        "vocabulary.html",
        glossary=glossary,
        sections=[section for section in sections if section[2]],
        namespace=CPEC,
        forms=GRAPH_FORMATS,
    )
    tag = digest((answer.version, "vocabulary", body))
    return send(here, body.encode(), tag, f"{HTML}; charset=utf-8")
