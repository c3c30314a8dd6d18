"""The subjects of the questions: what each is about, as pages list them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from queries.question import Question

SUBJECTS: Final = {
    "Working together": ("cooperation", "structure", "technology"),
    "Aims, tasks and deeds": ("aims", "tasks", "deployment"),
    "When and where": ("events",),
    "How sure, and who says so": ("modality", "corroboration", "sources"),
    "Names and links": ("labels", "links"),
}
"""What the questions are about, each with the tags that it takes in."""


def by_subject(asked: Iterable[Question]) -> dict[str, list[Question]]:
    """Return the questions by what they are about; each stands where its first tag does."""
    found: dict[str, list[Question]] = {subject: [] for subject in SUBJECTS}
    for question in asked:
        found[subject_of(question)].append(question)
    return {subject: own for subject, own in found.items() if own}


def subject_of(question: Question) -> str:
    """Return what a question is about."""
    for tag in question.tags:
        for subject, tags in SUBJECTS.items():
            if tag in tags:
                return subject
    return next(reversed(SUBJECTS))
