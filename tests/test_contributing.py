"""The recipes of docs/contributing.md: the files that they name are there, and one is followed."""

from __future__ import annotations

import re
from pathlib import Path

from pyoxigraph import Store

from graph.answering.binding import bind_question
from graph.answering.evaluation import Query, evaluate
from graph.answering.format import RESULTS
from graph.answering.name import find_names
from queries.question import read_question
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "contributing.md").read_text("utf-8")


def test_every_file_that_a_recipe_names_is_there() -> None:
    named = re.findall(r"`((?:graph|ontology|server|bench|tests|docs)/[\w/.-]+)`", PAGE)
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_recipe_of_a_question_makes_one_that_is_answered(store: Store, tmp_path: Path) -> None:
    (text,) = re.findall(r"```sparql\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "undertakings.rq").write_text(text)
    question = read_question(tmp_path / "undertakings.rq")
    terms = bind_question(question, {"country": "China"}, find_names(store))
    answer = evaluate(store, Query(question.text, RESULTS["csv"], None, terms)).body.decode()
    assert "CPEC_Phase_II" in answer
    assert question.view == "table"
