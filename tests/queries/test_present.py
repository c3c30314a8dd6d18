"""Questions about the present leave out what has ended, and say once how much that is."""

import json
from random import Random

import pytest
from pyoxigraph import NamedNode, QuerySolutions, Store

from graph.answering.evaluation import query_store
from graph.citing.citation import cite
from graph.citing.index import EvidenceIndex
from graph.explaining.left_out import count_rows, left_out_words
from ontology.namespace import ID
from queries.catalogue import catalogue
from tests.graph.citing.made_news import CARRIED, publish, write_article, write_status

PRESENT = ("cooperation-areas", "deployments", "parties")
WEAVING, SPINNING = (CARRIED.format(name=name) for name in ("Weaving", "Spinning"))
ENDED = write_status("Weaving", "Ended", "1990")


def ask(store: Store, name: str) -> list[tuple[str, ...]]:
    """Return the rows of a question, each as the local names of its things."""
    answer = query_store(store, catalogue()[name].text)
    assert isinstance(answer, QuerySolutions)
    return [
        tuple(term.value.rpartition("/")[2] for term in row if isinstance(term, NamedNode))
        for row in answer
    ]


def say_left_out(store: Store, name: str) -> str:
    """Return the note on the rows that a question leaves out."""
    answer = cite(store, EvidenceIndex(store), catalogue()[name].left_out_text)
    return left_out_words(count_rows(json.loads(answer.json())["citations"]))


@pytest.mark.parametrize(
    ("name", "rows", "words"),
    [
        ("cooperation-areas", 1, "1 row is left out: ended"),
        ("deployments", 2, "2 rows are left out: ended"),
        ("parties", 2, "2 rows are left out: ended"),
    ],
)
def test_what_has_ended_is_left_out_and_counted_once(name: str, rows: int, words: str) -> None:
    going_on = publish(write_article("old", "1985-05-01", ("", WEAVING)))
    assert (len(ask(going_on, name)), say_left_out(going_on, name)) == (rows, "")
    over = publish(write_article("old", "1999-05-03", ("", f"{WEAVING} {ENDED}")))
    assert (ask(over, name), say_left_out(over, name)) == ([], words)


@pytest.mark.parametrize("name", PRESENT)
def test_a_row_stays_where_another_undertaking_goes_on_and_names_that(name: str) -> None:
    store = publish(write_article("old", "1999-05-03", ("", f"{WEAVING} {ENDED} {SPINNING}")))
    rows = ask(store, name)
    assert rows
    assert all("Spinning" in row and "Weaving" not in row for row in rows)
    answer = cite(store, EvidenceIndex(store), catalogue()[name].text)
    assert {citation.status for citation in answer.citations} == {"cited"}
    assert not any(citation.absent for citation in answer.citations)


def test_a_cooperation_that_is_stated_itself_does_not_end_with_a_programme() -> None:
    stated = "id:Pakistan cpec:cooperatesIn id:Textiles . id:China cpec:cooperatesIn id:Textiles ."
    store = publish(write_article("old", "1999-05-03", ("", f"{WEAVING} {ENDED} {stated}")))
    assert ask(store, "cooperation-areas") == [("Textiles",)]
    assert say_left_out(store, "cooperation-areas") == ""


def test_a_resumed_programme_is_named_with_its_last_status() -> None:
    resumed = write_status("Weaving", "Operating", "1995")
    store = publish(write_article("old", "1999-05-03", ("", f"{WEAVING} {ENDED} {resumed}")))
    assert ask(store, "cooperation-areas") == [("Textiles", "Weaving", "ontology#Operating")]


@pytest.mark.parametrize("seed", range(12))
def test_the_questions_and_the_proofs_agree_on_what_has_ended(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - reproducible
    statuses = ("Begun", "Operating", "Ended", "Suspended", "Cancelled", "Completed", "Planned")
    things = ("Weaving", "Spinning", "Dyeing", "Sewing")
    sentences = [
        ("", f"{CARRIED.format(name=name)} id:{name} a cpec:Programme .") for name in things
    ]
    for _ in range(random.randrange(2, 9)):
        day = random.choice(("1990", "1990-12-31", "1991-05-01", "1992"))
        sentences.append(("", write_status(random.choice(things), random.choice(statuses), day)))
    half = len(sentences) // 2
    store = publish(
        write_article("first", "1999-05-03", *sentences[:half]),
        write_article("last", "2000-05-03", *sentences[half:]),
    )
    endings = EvidenceIndex(store).modalities.endings
    going_on = {name for name in things if not endings.find(NamedNode(ID + name))}
    assert {row[0] for row in ask(store, "parties")} == going_on
    assert {row[2] for row in ask(store, "deployments")} == going_on
    assert {row[1] for row in ask(store, "cooperation-areas")} == going_on


def test_an_office_has_the_day_of_its_source(store: Store) -> None:
    answer = query_store(store, catalogue()["offices"].text)
    assert isinstance(answer, QuerySolutions)
    days = {(row["sentence"].value.rpartition("/")[0], row["day"].value) for row in answer}
    assert len(days) > 5
    assert all(article.endswith(day) for article, day in days)
