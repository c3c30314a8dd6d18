"""Laws for the rows of questions: no label decides on one, totals add up, each has a verdict."""

import csv
from collections import Counter
from typing import Final

import pytest
from pyoxigraph import Literal, Quad, Store

from graph.answering.binding import bind_question, load_questions
from graph.answering.evaluation import run_select
from graph.answering.name import find_names
from graph.dataset import graph_of, memory_store
from ontology.terms import CPEC, DCTERMS, RDFS, SKOS
from queries.catalogue import catalogue
from queries.question import COLUMN, LABEL, NO_VALUE, OPTIONAL, Question, write_row
from tests.first_article import close_made_articles
from tests.queries.golden_answer import answer
from tests.queries.verdict import HEADS, Key, list_remarks, list_rows, list_unread, read_verdicts

MADE_ARTICLES: Final = 20

LABELS: Final = {
    RDFS.LABEL.value,
    DCTERMS.TITLE.value,
    CPEC + "phrase",
    *(SKOS + f"{kind}Label" for kind in ("pref", "alt")),
    "https://w3id.org/sssom/object_label",
}
OF_LABELS: Final = {"names", "draft-labels"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return close_made_articles(tmp_path_factory.mktemp("made"), MADE_ARTICLES)


def test_a_title_in_square_brackets_is_no_quotation() -> None:
    shown = {"[Article on JCC 10]": "[Article on JCC 10]", "[Video] Talks": "“[Video] Talks”"}
    assert {by: write_row("“{by}”", {"by": by}) for by in shown} == shown


@pytest.fixture(scope="module", params=["shipped", "made"])
def graph(request: pytest.FixtureRequest) -> Store:
    store = request.getfixturevalue("store" if request.param == "shipped" else "made")
    assert isinstance(store, Store)
    return store


def ask(store: Store, question: Question, **values: str) -> Counter[tuple[str, ...]]:
    """Return the rows of a question without their labels, each with how often it comes."""
    solutions = run_select(store, question.text, bind_question(question, values, find_names(store)))
    columns = [variable.value for variable in solutions.variables]
    own = [name for name in columns if not name.endswith(LABEL)]
    return Counter(tuple(str(solution[name]) for name in own) for solution in solutions)


def is_label(quad: Quad, language: str | None) -> bool:
    """Return whether a quad names something in a language, or in any."""
    name = quad.object
    return (
        quad.predicate.value in LABELS
        and isinstance(name, Literal)
        and (language is None or name.language == language)
    )


def list_members(store: Store, kind: str) -> set[str]:
    """Return the IRIs of the things of a class of ours."""
    rows = run_select(store, f"SELECT ?thing {{ ?thing a cpec:{kind} }}")
    return {row["thing"].value for row in rows}


@pytest.fixture(scope="module")
def asked(graph: Store) -> dict[str, Counter[tuple[str, ...]]]:
    """The rows of each question that does not ask for labels."""
    return {
        name: ask(graph, question)
        for name, question in load_questions().items()
        if name not in OF_LABELS
    }


@pytest.mark.law
@pytest.mark.parametrize("language", ["en", None])
def test_no_label_decides_whether_there_is_a_row(
    graph: Store, asked: dict[str, Counter[tuple[str, ...]]], language: str | None
) -> None:
    quads = [quad for quad in graph if graph_of(quad)]
    unnamed = memory_store([quad for quad in quads if not is_label(quad, language)])
    assert len(unnamed) < len(graph)
    for name, rows in asked.items():
        assert ask(unnamed, load_questions()[name]) == rows, name


def test_totals_over_modalities_and_sources_are_the_statements_of_the_graph(graph: Store) -> None:
    sentences = list_members(graph, "Sentence")
    statements = [quad for quad in graph if graph_of(quad) in sentences]
    for name in ("modalities", "who-says-what"):
        rows = csv.DictReader(answer(graph, name).decode().splitlines(), delimiter="\t")
        assert sum(int(row["?statements"]) for row in rows) == len(statements), name


def test_facts_of_one_sentence_and_of_several_are_all_facts_of_all_articles(graph: Store) -> None:
    questions = load_questions()
    articles = list_members(graph, "NewsArticle")
    single = sum(
        ask(graph, questions["facts-on-one-sentence"], article=article).total()
        for article in articles
    )
    query = "SELECT DISTINCT ?s ?p ?o { ?g a cpec:Sentence . GRAPH ?g { ?s ?p ?o } }"
    facts = len([*run_select(graph, query)])
    assert single + ask(graph, questions["corroborated-facts"]).total() == facts


@pytest.mark.law
@pytest.mark.parametrize("name", catalogue())
def test_a_row_has_a_value_for_each_column_of_its_form_outside_brackets(
    graph: Store, name: str
) -> None:
    question = load_questions()[name]
    needed = COLUMN.findall(OPTIONAL.sub("", question.row))
    for solution in run_select(
        graph, question.text, bind_question(question, {}, find_names(graph))
    ):
        assert all(solution[column] is not None for column in needed)


def test_a_row_of_a_form_lacks_the_parts_without_a_value() -> None:
    form = "{a} is {b}[, in {c}][ of {d}]"
    assert write_row(form, {"a": "1", "b": "2", "c": "3"}) == "1 is 2, in 3"
    assert write_row(form, {"a": "[{b}]", "b": ""}) == f"[{{b}}] is {NO_VALUE}"


def test_a_verdict_is_of_a_row_and_says_why_it_is_not_right() -> None:
    lines = [
        HEADS,
        ("aims", "A aims at B", "right", ""),
        ("aims", "A aims at C", "useless", "nobody asks"),
        ("aims", "A aims at D", "misleading", ""),
        ("aims", "A aims at E", "sure", ""),
        ("aims", "A aims at B", "right", ""),
        ("aims", "short"),
    ]
    verdicts, faults = read_verdicts("\t".join(line) for line in lines)
    assert [fault.partition(":")[0] for fault in faults] == ["line 4", "line 5", "line 6", "line 7"]
    rows = [Key("aims", "A aims at B"), Key("aims", "A aims at C"), Key("aims", "A aims at F")]
    known = {key: verdicts[key] for key in rows[:2]} | {Key("aims", "G"): "right"}
    assert [*list_unread(rows, known)] == ["no verdict: aims: A aims at F"]
    assert [*list_remarks(rows, known)] == [
        "useless: aims: A aims at C",
        "a verdict on no row: aims: G",
    ]


def test_each_question_of_the_shipped_graph_has_its_rows_in_words(store: Store) -> None:
    rows = [*list_rows(store)]
    assert {row.question for row in rows} == {
        name for name, question in load_questions().items() if ask(store, question)
    }
    assert not any("{" in row.row or "\t" in row.row or "\n" in row.row for row in rows)
