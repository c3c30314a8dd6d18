"""The ledger of promises, held to the one that was written down for twenty made articles."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Store

from graph.answering.evaluation import run_select
from graph.curating.master import Inputs, read_master
from graph.dataset import memory_store
from graph.errors import DataError
from graph.presenting.ledger import Ledger, view_ledger
from graph.reasoning.kernel import Kernel
from graph.validation import validate
from ontology.namespace import ID
from ontology.terms import CPEC, RdfTerm
from queries.catalogue import catalogue

MADE = Path(__file__).parents[2] / "promises"
STEP = ("promise", "published", "subject", "step", "object", "modality", "by", "sentence")
SILENCE = ("promise", "first", "last", "later")
DAYS = sorted({path.stem[-10:] for path in (MADE / "data" / "articles").iterdir()})

Row = tuple[str, ...]


def read_rows(name: str, *columns: str) -> list[Row]:
    with (MADE / f"{name}.tsv").open(encoding="utf-8") as lines:
        rows = csv.DictReader(lines, delimiter="\t")
        return list(dict.fromkeys(tuple(row[column] for column in columns) for row in rows))


def close(folder: Path) -> Store:
    return memory_store(Kernel(read_master(Inputs(folder)).quads()).quads())


def ask(store: Store, name: str, *columns: str) -> list[Row]:
    """Return the rows of a question; a speaker who is the article itself is left out."""
    rows = [
        [shorten(row[column]) for column in columns]
        for row in run_select(store, catalogue()[name].text)
    ]
    return [
        tuple(
            "" if cell.startswith("example-") and column == "by" else cell
            for column, cell in zip(columns, row, strict=True)
        )
        for row in rows
    ]


def shorten(term: RdfTerm | None) -> str:
    text = term.value if isinstance(term, NamedNode | Literal) else ""
    return text.removeprefix(ID).removeprefix(CPEC)


@pytest.fixture(scope="module")
def made() -> Store:
    """The graph of the twenty articles, which are sound."""
    validate(Inputs(MADE / "data"))
    return close(MADE / "data")


@pytest.fixture(scope="module")
def ledger(made: Store) -> Ledger:
    return view_ledger(made)


def test_the_steps_are_those_that_were_written_down_in_their_order(made: Store) -> None:
    assert ask(made, "what-became", *STEP) == read_rows("steps", *STEP)


def test_the_silence_is_the_one_that_was_written_down(made: Store) -> None:
    assert sorted(ask(made, "silent-since", *SILENCE)) == sorted(read_rows("silence", *SILENCE))


def test_the_page_has_the_steps_of_the_question_with_what_was_planned(ledger: Ledger) -> None:
    steps = [
        (shorten_iri(promise.name.iri), shorten_iri(step.line.graph), step.modality)
        for promise in ledger.promises
        for step in promise.steps
    ]
    assert sorted(steps) == sorted((r[0], r[7], r[5]) for r in read_rows("steps", *STEP))
    of = {
        (shorten_iri(promise.name.iri), shorten_iri(step.line.graph), shorten_iri(amount.iri))
        for promise in ledger.promises
        for step in promise.steps
        for amount in step.of
    }
    assert of == {row for row in read_rows("steps", "promise", "sentence", "of") if row[2]}


def shorten_iri(iri: str) -> str:
    return iri.removeprefix(ID)


def test_each_step_is_a_phrase_of_its_sentence_by_its_speaker(ledger: Ledger) -> None:
    for promise in ledger.promises:
        for step in promise.steps:
            article, _, position = shorten_iri(step.line.graph).partition("/s")
            title, body = (MADE / "texts" / f"{article}.txt").read_text("utf-8").split("\n\n")
            sentence = [title, *re.split(r"(?<=\.) ", body)][int(position)]
            assert step.line.quotes
            assert all(quote in sentence for quote in step.line.quotes)
            is_told = bool(step.line.by) or step.modality == "Denied"  # the words name who denies
            assert is_told == (" said." in sentence)


def test_a_promise_has_its_last_status_and_both_where_two_articles_of_a_day_differ(
    ledger: Ledger,
) -> None:
    statuses = {
        shorten_iri(promise.name.iri): {status.text for status in promise.keys["status"]}
        for promise in ledger.promises
    }
    assert statuses["Gas_Depot"] == {"begun", "cancelled"}
    assert statuses["East_Line"] == {"planned"}  # it had begun, and is planned again
    assert statuses["Grain_Conference"] == {"completed"}
    assert statuses["Lighthouse_Programme"] == set()


def test_a_curators_reason_stands_beside_the_deed(ledger: Ledger) -> None:
    (promise,) = (p for p in ledger.promises if p.name.iri == f"{ID}Pump_Promise")
    readings = [reading for step in promise.steps for reading in step.line.readings]
    assert readings == [reading for reading in readings if "names no promise" in reading] != []


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return Path(shutil.copytree(MADE / "data", tmp_path / "data"))


@pytest.mark.parametrize("day", DAYS[::4])
def test_the_ledger_of_a_day_is_what_was_published_by_then(data: Path, day: str) -> None:
    for path in (data / "articles").iterdir():
        if path.stem[-10:] > day:
            path.unlink()
    store = close(data)
    steps = ask(store, "what-became", *STEP)
    promises = {row[0] for row in steps}
    later = [row for row in read_rows("steps", *STEP) if row[0] in promises]
    assert steps == [row for row in later if row[1] <= day]
    assert {row[2] for row in ask(store, "silent-since", *SILENCE)} <= set(DAYS)


def test_a_deed_that_only_looks_alike_is_not_joined(data: Path) -> None:
    path = data / "articles" / "example-gazette-2031-07-30.trig"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if "cpec:continues" not in line), "utf-8")
    steps = ask(close(data), "what-became", *STEP)
    assert not any(row[2].startswith("Port_Amber") for row in steps)


def test_a_deed_is_joined_for_a_reason_alone(data: Path) -> None:
    path = data / "articles" / "example-gazette-2031-07-30.trig"
    text = re.sub(r' ; cpec:reading "The sentence names[^"]*"@en', "", path.read_text("utf-8"))
    path.write_text(text, "utf-8")
    with pytest.raises(DataError, match="likeness is no reason"):
        validate(Inputs(data))


HELD = """
GRAPH graph:editorial { id:example-gazette-2032-01-04 a cpec:NewsArticle . }
GRAPH graph:evidence {
    id:example-gazette-2032-01-04 dcterms:title "A line"@en ; dcterms:date "2032-01-04"^^xsd:date .
    <s01> a cpec:Sentence ; oa:hasSource id:example-gazette-2032-01-04 ;
        cpec:attributedTo id:example-gazette-2032-01-04 .
}
GRAPH <s01> { id:%s %s ~ <s01#1> {| oa:exact "words" |} . }
"""


def add_article(data: Path, statement: str) -> list[Row]:
    """Add an article with a statement to the master copy; return its steps."""
    thing, _, rest = statement.partition(" ")
    name = "example-gazette-2032-01-04"
    head = (data / "articles" / "example-courier-2031-01-05.trig").read_text("utf-8")
    prefixes = [line for line in head.splitlines() if line.startswith("PREFIX")]
    text = "\n".join([f"BASE <{ID}{name}/>", *prefixes, HELD % (thing, rest)])
    (data / "articles" / f"{name}.trig").write_text(text, "utf-8")
    return [row for row in ask(close(data), "what-became", *STEP) if row[7] == f"{name}/s01"]


@pytest.mark.parametrize(
    "statement",
    [
        'Grain_Conference cpec:date "2031-06-15"^^xsd:date',
        "Lighthouse_Programme cpec:deploys id:Pumps",
        "Northland cpec:advances id:Coast_Railway",
    ],
)
def test_one_more_article_is_one_more_step(data: Path, statement: str) -> None:
    ((promise, _, *words),) = add_article(data, statement)
    assert promise in statement
    assert words[1] in statement


def test_what_is_no_step_ends_the_silence_all_the_same(data: Path) -> None:
    assert add_article(data, "Lighthouse_Programme schema:about id:Pumps") == []
    silent = {row[0]: row[2:] for row in ask(close(data), "silent-since", *SILENCE)}
    assert silent["Lighthouse_Programme"] == ("2032-01-04", "0")
    assert silent["Safe_Sea_Lanes"] == ("2031-01-12", "19")
