"""The subjects of the questions, by which pages group them."""

from __future__ import annotations

from collections.abc import Iterable

from queries.question import SUBJECTS, Question


def group_by_subject(questions: Iterable[Question]) -> dict[str, list[Question]]:
    """Return the questions by subject."""
    groups: dict[str, list[Question]] = {subject: [] for subject in SUBJECTS}
    for question in questions:
        groups[find_subject(question)].append(question)
    return {subject: own for subject, own in groups.items() if own}


def find_subject(question: Question) -> str:
    """Return the subject of the first tag that has one, else the last subject."""
    for tag in question.tags:
        for subject, tags in SUBJECTS.items():
            if tag in tags:
                return subject
    return next(reversed(SUBJECTS))
