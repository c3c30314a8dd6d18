"""The rows of a question in English words, by the form that the question gives them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pyoxigraph import NamedNode

from graph.presenting.elsewhere import RELATION_WORDS
from graph.wording.display_name import read_text, shorten_name
from graph.wording.text import clean_text, write_literal
from ontology.terms import RdfTerm
from queries.question import LABEL, Question, write_row


def write_rows(
    question: Question, columns: Sequence[str], rows: Iterable[Sequence[RdfTerm | None]]
) -> list[str]:
    """Return each row as a sentence: a thing by its label, a date in words."""
    sentences = []
    for row in rows:
        cells = dict(zip(columns, row, strict=True))
        words = {
            name: write_cell(term, cells.get(name + LABEL))
            for name, term in cells.items()
            if term is not None
        }
        if words.get("value") == "1":  # a unit is a plural: 5 sets
            words["unit"] = words.get("unit", "").removesuffix("s")
        sentences.append(write_row(question.row, words))
    return sentences


def write_cell(term: RdfTerm, label: RdfTerm | None) -> str:
    """Return a cell in words: the label beside it, or else its own name or text."""
    if label is not None:
        return clean_text(read_text(label))
    if isinstance(term, NamedNode):
        return RELATION_WORDS.get(term.value) or clean_text(shorten_name(term.value))
    return write_literal(read_text(term))
