"""The first sentence of a question's page, which answers the question from its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from graph.presenting.name_index import NameIndex
from graph.wording.absence import NUMBERS as ENGLISH_NUMBERS
from graph.wording.display_name import OBLIQUE, DisplayName, has_article
from graph.wording.sentence import GRAMMARS
from graph.wording.text import write_time
from graph.written_value import read_count
from queries.question import Question
from server.page.cited_answer import CitedRow, ShownAnswer
from server.page.language import first_language, translate, translate_number

MOST_NAMES: Final = 3
"""The names of an answer that its sentence lists."""

NUMBERS: Final = ["no", *ENGLISH_NUMBERS[1:11]]

MEANT: Final = {
    "Ongoing": (
        "One of them is said to be going on.",
        "%(number)s of them are said to be going on.",
    ),
    "Tasked": ("One of them is a task.", "%(number)s of them are tasks."),
    "Aim": ("One of them is only aimed at.", "%(number)s of them are only aimed at."),
    "Assessed": ("One of them is a judgement.", "%(number)s of them are judgements."),
}
"""The words for the rows of a modality that is no report, where most of the rows have another."""


def write_lead(question: Question, answer: ShownAnswer, index: NameIndex) -> str:
    """Return the answer to a question in words, "" without rows, or with more than one part.

    The index has what a name needs in a sentence: a class for its article, an oblique form.
    """
    if not answer.lines or answer.more:
        return ""
    values = list_values(question, answer)
    if not values:
        return ""
    columns = dict(zip(answer.columns, answer.lines[0].cells, strict=True))
    last = [row.cells[-1].text for row in answer.lines if row.cells[-1]]
    sentence = question.answer
    text = translate_number(sentence.one, sentence.many, len(values))
    fields = {
        name: write_cell(cell, index, text.partition(f"%({name})s ")[2])
        for name, cell in columns.items()
    } | {
        "number": write_number(len(values)),
        "names": join_names([name for name, _ in values.values()], index),
        "total": write_number(sum(read_count(text) or 0 for text in last)),
    }
    text %= fields
    rows = [row for _, row in values.values()]
    # the modality of a row belongs to the thing that it names, not to one of several columns
    is_meant = len(sentence.columns) > 1 or len(values) == len(answer.lines)
    modalities = list_meant(rows) if is_meant else []
    return GRAMMARS[first_language()].space.join([text[:1].upper() + text[1:], *modalities])


def list_values(
    question: Question, answer: ShownAnswer
) -> dict[tuple[str, ...], tuple[DisplayName, CitedRow]]:
    """Return the things that the answer counts, each with its first name and its first row.

    They are the different values of the columns that the answer counts, or all its rows.
    """
    places = [answer.columns.index(column) for column in question.answer.columns]
    values: dict[tuple[str, ...], tuple[DisplayName, CitedRow]] = {}
    for number, row in enumerate(answer.lines):
        cells = [row.cells[place] for place in places]
        key = tuple((cell.iri or cell.text) if cell else "" for cell in cells) or (str(number),)
        if not cells or any(cells):
            values.setdefault(key, ((cells or row.cells)[0] or DisplayName("", ""), row))
    return values


def write_cell(cell: DisplayName | None, index: NameIndex, following: str = "") -> str:
    """Return a cell in words before others, a foreign name isolated; an empty one has no source."""
    if cell is None:
        return translate("no source says")
    language = first_language()
    if not cell.iri:
        return write_time(cell.text, language)
    kind, is_own = index.kinds.get(cell.iri, ""), cell.language == language
    name = replace(
        cell,
        texts={language: cell.text} if is_own else {},
        article=has_article(cell.text, kind),
        kind=kind,
        oblique=index.labels.get(cell.iri, {}).get(OBLIQUE, "") if is_own else "",
    )
    return name.translate(language, following)


def write_number(number: int) -> str:
    """Return a number, in English words up to ten."""
    return NUMBERS[number] if first_language() == "en" and number < len(NUMBERS) else f"{number:,}"


def join_names(names: list[DisplayName], index: NameIndex) -> str:
    """Return the first names of a list, and how many there are beyond."""
    grammar = GRAMMARS[first_language()]
    texts = [write_cell(name, index) for name in names[:MOST_NAMES]]
    more = len(names) - len(texts)
    if more:
        return f"{grammar.comma.join(texts)}{grammar.conjunction}" + translate_number(
            "one more", "%(number)s more", more
        ) % {"number": write_number(more)}
    *before, last = texts
    return f"{grammar.comma.join(before)}{grammar.conjunction}{last}" if before else last


def list_meant(rows: Iterable[CitedRow]) -> list[str]:
    """Return a sentence for each modality but the most frequent one; a row that counts has none."""
    counts = Counter(row.modality for row in rows if row.modality and not row.counts)
    return [
        translate_number(*MEANT[modality], number) % {"number": write_number(number).capitalize()}
        for modality, number in counts.most_common()[1:]
        if modality in MEANT
    ]
