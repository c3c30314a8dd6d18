"""The first sentence of a question's page, which answers the question from its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from graph.wording.absence import NUMBERS as ENGLISH_NUMBERS
from graph.wording.display_name import DisplayName
from graph.wording.sentence import GRAMMARS
from graph.wording.text import write_date
from queries.question import Question
from server.page.cited_answer import CitedRow, ShownAnswer
from server.page.language import first_language, translate, translate_number

MOST_NAMES: Final = 3
"""The names of an answer that its sentence lists."""

NUMBERS: Final = ["no", *ENGLISH_NUMBERS[1:11]]

MEANT: Final = {
    "Reported": ("One of them is reported.", "%(number)s of them are reported."),
    "Ongoing": (
        "One of them is said to be going on.",
        "%(number)s of them are said to be going on.",
    ),
    "Tasked": ("One of them is a task.", "%(number)s of them are tasks."),
    "Aim": ("One of them is only aimed at.", "%(number)s of them are only aimed at."),
    "Assessed": ("One of them is a judgement.", "%(number)s of them are judgements."),
    "Background": (
        "One of them is taken for granted.",
        "%(number)s of them are taken for granted.",
    ),
}
"""The words for the rows of a modality, where most of the rows have another one."""


def write_lead(question: Question, answer: ShownAnswer) -> str:
    """Return the answer to a question in words, "" without rows, or with more than one part."""
    if not answer.lines or answer.more:
        return ""
    values = list_values(question, answer)
    if not values:
        return ""
    columns = dict(zip(answer.columns, answer.lines[0].cells, strict=True))
    fields = {name: write_cell(cell) for name, cell in columns.items()} | {
        "number": write_number(len(values)),
        "names": join_names(list(values.values())),
        "total": str(add_last_column(answer.lines)),
    }
    sentence = question.answer
    text = translate_number(sentence.one, sentence.many, len(values)) % fields
    modalities = list_meant(answer.lines) if len(values) == len(answer.lines) else []
    return GRAMMARS[first_language()].space.join([text[:1].upper() + text[1:], *modalities])


def list_values(question: Question, answer: ShownAnswer) -> dict[str, DisplayName]:
    """Return the distinct values of the column that the answer counts, or all its rows."""
    if not question.answer.column:
        firsts = [row.cells[0] for row in answer.lines]
        return {str(number): cell or DisplayName("", "") for number, cell in enumerate(firsts)}
    place = answer.columns.index(question.answer.column)
    cells = [row.cells[place] for row in answer.lines]
    return {cell.iri or cell.text: cell for cell in cells if cell is not None}


def write_cell(cell: DisplayName | None) -> str:
    """Return a cell in words; an empty one has no source."""
    return translate("no source says") if cell is None else write_date(cell.text, first_language())


def write_number(number: int) -> str:
    """Return a number, in English words up to ten."""
    return NUMBERS[number] if first_language() == "en" and number < len(NUMBERS) else f"{number:,}"


def join_names(names: list[DisplayName]) -> str:
    """Return the first names of a list, and how many there are beyond."""
    grammar, texts = GRAMMARS[first_language()], [name.text for name in names[:MOST_NAMES]]
    more = len(names) - len(texts)
    if more:
        return f"{grammar.comma.join(texts)}{grammar.conjunction}" + translate_number(
            "one more", "%(number)s more", more
        ) % {"number": write_number(more)}
    *before, last = texts
    return f"{grammar.comma.join(before)}{grammar.conjunction}{last}" if before else last


def add_last_column(rows: Iterable[CitedRow]) -> int:
    """Return the sum of the numbers in the last column."""
    texts = (row.cells[-1].text for row in rows if row.cells[-1])
    return sum(int(text) for text in texts if text.isdecimal())


def list_meant(rows: Iterable[CitedRow]) -> list[str]:
    """Return a sentence for each modality but the most frequent one."""
    counts = Counter(row.modality for row in rows if row.modality in MEANT)
    return [
        translate_number(*MEANT[modality], number) % {"number": write_number(number).capitalize()}
        for modality, number in counts.most_common()[1:]
    ]
