"""The messages of pages: the texts of templates, code and data that catalogues translate.

`python -m server.page.message` brings the catalogues up to date: it adds new messages, without a
translation, and drops unused messages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from graph.citing.proof_fingerprint import UNFOUND
from graph.presenting.elsewhere import RELATION_WORDS
from graph.presenting.overview import KINDS
from graph.presenting.situation import SITUATION_KINDS
from graph.publishing.dataset_description import ABOUT
from graph.publishing.dump import RDF_DUMPS
from graph.publishing.plain_export import PLAIN_FORMATS
from graph.sparql.parser import parse_query
from graph.sparql.scope import select_columns
from graph.sparql.syntax import Select
from graph.wording.mark import UNDATED
from ontology.glossary import Glossary
from queries.catalogue import catalogue
from queries.question import SUBJECTS, Question
from server.page.cited_answer import is_label, write_head
from server.page.frame import MODALITIES
from server.page.language import CATALOGUES, LANGUAGES
from server.page.lead import MEANT
from server.receipt import NO_TIME, QUADS
from server.reference.citation_format import CITATION_FORMATS

PIECES: Final = (
    *("counted from", "stated by", "or", "or others", "follows from", "to", "and", "partly"),
    UNDATED,
    *("uncited", "written down", "signed", "status", "provided", "moved forward"),
    *("last named", "label", "alias"),
)
IMPACT_KINDS: Final = ("publisher", "article", "origin", "background", "graph")
"""The words between the marks of a citation; the kinds of sources."""

MODALITY_LABELS: Final = (
    *("background", "reported", "going on", "tasked", "aimed at", "judged"),
    *("denied", "proposed", "requested", "conditional", "no modality", "not known"),
    *("ended", "completed", "cancelled", "suspended"),
)
"""The names of modalities and of ends in answers, as the ontology has them."""

SERVER: Final = CATALOGUES.parent
METHODS: Final = [("templates/**.html", "jinja2"), ("page/**.py", "python")]
OPTIONS: Final = {"templates/**.html": {"trimmed": "true", "silent": "false"}}
KEYWORDS: Final = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "translate": None,
    "translate_number": (1, 2),
}


PASSING: Final = re.compile(
    rb'^"(?:POT-Creation|PO-Revision|Last-T|Language-T|Report|Project|Gener).*\n', re.MULTILINE
)
"""The lines of a head that change with each writing, or that nobody has filled in."""


def list_messages() -> Catalog:
    """Return the catalogue of all messages, without translations."""
    messages = Catalog(charset="utf-8", fuzzy=False)
    extracted = extract_from_dir(SERVER, METHODS, OPTIONS, KEYWORDS)
    for name, _, message, _, _ in sorted(extracted, key=lambda message: message[:2]):
        messages.add(message, locations=[(f"server/{name}", None)])  # type: ignore[list-item]
    for place, text in list_data_texts():
        messages.add(text, locations=[(place, None)])  # type: ignore[list-item]
    return messages


def list_data_texts() -> Iterator[tuple[str, str | tuple[str, str]]]:
    """Yield the texts of data that pages show, each with its place."""
    yield from (("server/page/frame.py", text) for pair in MODALITIES.values() for text in pair)
    yield from (("server/page/lead.py", pair) for pair in MEANT.values())
    yield from (("graph/presenting/overview.py", kind) for kind in KINDS)
    for kind in SITUATION_KINDS:
        headings = [kind.heading, *(column.heading for column in kind.columns)]
        yield from (("graph/presenting/situation.py", heading) for heading in headings)
    yield from (("graph/presenting/elsewhere.py", text) for text in RELATION_WORDS.values())
    yield from (("graph/publishing/dump.py", content) for _, _, content in RDF_DUMPS)
    yield from (("graph/publishing/plain_export.py", form.title) for form in PLAIN_FORMATS)
    yield from (
        ("server/reference/citation_format.py", form.title) for form in CITATION_FORMATS.values()
    )
    yield from (("graph/wording/mark.py", words) for words in PIECES)
    yield from (("graph/presenting/impact.py", kind) for kind in IMPACT_KINDS)
    yield from (("server/receipt.py", reason) for reason in (NO_TIME, QUADS, UNFOUND))
    yield "server/receipt.py", "the receipt has no hash of its rows"
    yield "graph/publishing/dataset_description.py", ABOUT
    yield "ontology/cpec.ttl", Glossary.read_packaged().description
    yield from (("queries/question.py", subject) for subject in SUBJECTS)
    yield from (("ontology/cpec.ttl", name) for name in MODALITY_LABELS)
    for question in catalogue().values():
        place = f"queries/{question.name}.rq"
        yield place, (question.answer.one, question.answer.many)
        texts = [question.summary, question.description, question.row]
        texts += [question.empty, question.absent]
        texts += [parameter.description for parameter in question.parameters]
        yield from ((place, text.strip()) for text in texts if text)
        for head in list_heads(question):
            yield place, head


def list_heads(question: Question) -> list[str]:
    """Return the heads of the columns of a question's table."""
    form = parse_query(question.text).form
    if not isinstance(form, Select):
        return []
    heads = [variable.value for variable in select_columns(form)]
    return [write_head(head) for head in heads if not is_label(head, heads)]


def update_catalogues() -> None:
    """Add new messages to each catalogue, and drop the unused ones."""
    messages = list_messages()
    for language in LANGUAGES:
        if language != "en":
            path = CATALOGUES / f"{language}.po"
            with path.open("rb") as file:
                catalogue = read_po(file, locale=language)
            catalogue.update(messages, no_fuzzy_matching=True)
            text = BytesIO()
            write_po(text, catalogue, width=0, ignore_obsolete=True)
            path.write_bytes(PASSING.sub(b"", text.getvalue()))


if __name__ == "__main__":
    update_catalogues()
