"""The catalogue: every competency question of this folder, by its name."""

from __future__ import annotations

from functools import cache
from operator import attrgetter
from pathlib import Path
from types import MappingProxyType
from typing import Final

from queries.question import Question, read_question

FOLDER: Final = Path(__file__).parent


@cache
def catalogue() -> MappingProxyType[str, Question]:
    """Return the questions by name, in the order of their names; raises QuestionFileError."""
    questions = [
        read_question(path) for path in sorted(FOLDER.glob("*.rq"), key=attrgetter("stem"))
    ]
    return MappingProxyType({question.name: question for question in questions})
