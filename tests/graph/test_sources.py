"""Several sources of one fact: a copy is no witness, and a contradiction is kept and listed."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Store, Triple
from rdflib import Graph, Literal
from rdflib.namespace import SH

from graph.answering.evaluation import Query, evaluate
from graph.answering.format import RESULT_FORMATS
from graph.build import build
from graph.curating.master import Inputs
from graph.curating.near_copy import measure_containment, split_shingles
from graph.errors import DataError
from graph.explaining.corroboration import corroborate
from graph.validation import validate
from ontology.namespace import ID
from ontology.terms import CPEC
from ontology.vocabulary import ONTOLOGY_FOLDER, SHAPES_FILE
from queries.catalogue import catalogue
from tests.first_article import copy_first_article

ARTICLE = """
BASE <https://w3id.org/cpec-graph/id/{name}/>
PREFIX cpec: <https://w3id.org/cpec-graph/ontology#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX graph: <https://w3id.org/cpec-graph/graph/>
PREFIX id: <https://w3id.org/cpec-graph/id/>
PREFIX oa: <http://www.w3.org/ns/oa#>
PREFIX schema: <https://schema.org/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>

GRAPH graph:editorial {{
    id:{name} a cpec:NewsArticle .
    id:{name}-press a cpec:MediaOutlet .
}}
GRAPH graph:evidence {{
    id:{name} dcterms:title "{name}" ; dcterms:date "2026-05-0{number}"^^xsd:date ;
        dcterms:publisher id:{publisher} ; schema:sha256 "{number:064}" .
    <s01> a cpec:Sentence ; oa:hasSource id:{name} ; schema:position 1 ;
        cpec:attributedTo id:{name} ; schema:sha256 "{sha256}" ;
        oa:hasSelector <s01#position> .
    <s01#position> a oa:TextPositionSelector ; oa:start 0 ; oa:end 400 .
}}
GRAPH <s01> {{ {facts} }}
"""
AIMS = "id:CPEC_Phase_II cpec:aimsAt id:Innovation"


def add(data: Path, number: int, quote: str, *facts: str, publisher: str = "") -> None:
    name = f"article-{number}"
    text = ARTICLE.format(
        name=name,
        number=number,
        facts=" ".join(
            f'{fact} ~ <s01#{n}> {{| oa:exact "{quote}" |}} .' for n, fact in enumerate(facts, 1)
        ),
        publisher=publisher or f"{name}-press",
        sha256=hashlib.sha256(quote.encode()).hexdigest(),
    )
    (data / "articles" / f"{name}.trig").write_text(text, "utf-8")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return copy_first_article(tmp_path)


def build_store(data: Path) -> Store:
    return build(Inputs(data), data.parent / "builds", data.parent / "no-archive").snapshot.load()


def fact(subject: str, predicate: str, value: str) -> Triple:
    return Triple(NamedNode(ID + subject), NamedNode(CPEC + predicate), NamedNode(ID + value))


INNOVATION = fact("CPEC_Phase_II", "aimsAt", "Innovation")


def test_the_sentences_of_one_article_are_one_source(store: Store) -> None:
    article = ID + "inp-wealthpk-2026-04-29"
    sources = corroborate(store, fact("Pakistan", "cooperatesWith", "China"))
    assert len([name for name in sources.sentences if name.startswith(f"{article}/")]) == 7
    assert set(sources.articles) == {name.rpartition("/")[0] for name in sources.sentences}
    assert len(sources.articles) == len(set(sources.articles)) > 1
    innovation = corroborate(store, INNOVATION)
    assert innovation.articles == (article,)
    assert innovation.publishers == (ID + "INP_WealthPk",)
    assert innovation.copies == ()


def test_what_no_sentence_states_has_no_source(store: Store) -> None:
    sources = corroborate(store, fact("China", "cooperatesWith", "Pakistan"))
    assert (sources.sentences, sources.articles, sources.publishers) == ((), (), ())


@pytest.mark.long
def test_a_copied_sentence_is_no_source_of_its_own(data: Path) -> None:
    add(data, 1, "Islamabad says that innovation is what the second phase is for", AIMS)
    add(data, 2, "Islamabad says that innovation is what the second phase is for", AIMS)
    add(
        data,
        3,
        "Islamabad says innovation is what the second phase is for now, as it happens",
        AIMS,
    )
    sources = corroborate(build_store(data), INNOVATION)
    assert len(sources.sentences) == 4
    assert sources.copies == ((ID + "article-2/s01", ID + "article-1/s01"),)
    assert len(sources.articles) == len(sources.publishers) == 3


@pytest.mark.long
def test_a_nearly_copied_sentence_is_a_copy_too(data: Path) -> None:
    quote = "CPEC Phase II aims to promote industrial development, and inclusive economic growth"
    add(data, 1, quote, AIMS)
    sources = corroborate(build_store(data), INNOVATION)
    assert sources.copies == ((ID + "article-1/s01", ID + "inp-wealthpk-2026-04-29/s04"),)
    assert len(sources.articles) == 1


@pytest.mark.long
def test_two_articles_of_one_publisher_are_one_publisher(data: Path) -> None:
    add(data, 1, "Innovation is the aim of the second phase", AIMS, publisher="INP_WealthPk")
    sources = corroborate(build_store(data), INNOVATION)
    assert (len(sources.articles), len(sources.publishers)) == (2, 1)


def ask_contested(store: Store) -> list[str]:
    query = Query(catalogue()["contested"].text, RESULT_FORMATS[2])
    return evaluate(store, query).body.decode().splitlines()


@pytest.mark.long
def test_values_that_differ_between_articles_are_kept_and_listed(data: Path) -> None:
    add(data, 1, "signed on April 1", state_signing("2026-04-01"))
    (row,) = csv.DictReader(ask_contested(build_store(data)))
    assert (row["subject"], row["property"]) == (ID + "JCC14_Minutes_Signing", CPEC + "date")
    assert (row["value"], row["source"]) == ("2026-03-31", ID + "inp-wealthpk-2026-04-29/s02")
    assert (row["otherValue"], row["otherSource"]) == ("2026-04-01", ID + "article-1/s01")


@pytest.mark.long
def test_a_month_and_a_day_in_it_agree(data: Path) -> None:
    add(
        data,
        1,
        "a meeting on March 26",
        state_meeting("2026-03-26", "date"),
        state_meeting("2026-03", "gYearMonth"),
    )
    store = build_store(data)
    assert ask_contested(store)[1:] == []
    query = (
        "SELECT ?from ?to { id:High_Level_Meeting_2026_03 cpec:earliest ?from ; cpec:latest ?to }"
    )
    assert not evaluate(store, Query(query, RESULT_FORMATS[2])).body.splitlines()[1:]
    timeline = evaluate(store, Query(catalogue()["timeline"].text, RESULT_FORMATS[2])).body
    assert timeline.count(b"High_Level_Meeting") == 1
    assert b"2026-03-26,2026-03-26" in timeline


@pytest.mark.long
def test_a_month_and_a_day_in_another_month_do_not(data: Path) -> None:
    add(data, 1, "a meeting on April 2", state_meeting("2026-04-02", "date"))
    assert len(ask_contested(build_store(data))[1:]) == 1
    add(
        data,
        1,
        "a meeting on April 2",
        state_meeting("2026-04-02", "date"),
        state_meeting("2026-03", "gYearMonth"),
    )
    with pytest.raises(DataError, match="The day of an event lies in its month"):
        build_store(data)


@pytest.mark.long
def test_months_that_differ_bound_the_event_together(data: Path) -> None:
    add(data, 1, "a meeting in May", state_meeting("2026-05", "gYearMonth"))
    store = build_store(data)
    query = (
        "SELECT ?from ?to { id:High_Level_Meeting_2026_03 cpec:earliest ?from ; cpec:latest ?to }"
    )
    (row,) = evaluate(store, Query(query, RESULT_FORMATS[2])).body.splitlines()[1:]
    assert row == b"2026-03-01,2026-05-31"


@pytest.mark.long
def test_a_month_that_has_no_days_is_named_with_its_form(data: Path) -> None:
    months = {"id:Year_0": "0000-01", "id:Month_13": "2026-13", "id:With_Zone": "2026-03Z"}
    facts = [f'{event} cpec:date "{month}"^^xsd:gYearMonth' for event, month in months.items()]
    add(data, 1, "meetings in a month", *facts)
    with (data / "articles" / "article-1.trig").open("a", encoding="utf-8") as article:
        article.writelines(
            f"GRAPH graph:editorial {{ {finding} a cpec:Meeting }}\n" for finding in months
        )
    with pytest.raises(DataError) as caught:
        build_store(data)
    assert all(finding.line for finding in caught.value.findings)
    named = {
        finding.message.split()[0]
        for finding in caught.value.findings
        if "a month written like 2026-03" in finding.message
    }
    assert named == {*months}


def state_signing(day: str) -> str:
    return f'id:JCC14_Minutes_Signing cpec:date "{day}"^^xsd:date'


def state_meeting(date: str, kind: str) -> str:
    return f'id:High_Level_Meeting_2026_03 cpec:date "{date}"^^xsd:{kind}'


def test_an_article_that_contradicts_itself_is_a_defect(data: Path) -> None:
    add(data, 1, "signed on April 1 or 2", state_signing("2026-04-01"), state_signing("2026-04-02"))
    with pytest.raises(DataError, match="An event is on one day"):
        validate(Inputs(data))


def test_the_properties_that_can_be_contested_are_those_that_the_shapes_give_one_value() -> None:
    shapes = Graph().parse(ONTOLOGY_FOLDER / SHAPES_FILE)
    paths = [shapes.value(shape, SH.path) for shape in shapes.subjects(SH.maxCount, Literal(1))]
    single = {str(path).removeprefix(CPEC) for path in paths if str(path).startswith(CPEC)}
    single -= {"earliest", "latest"}  # bounds of one day may differ
    assert single == {name for name in single if f"cpec:{name}" in catalogue()["contested"].text}
    assert "cpec:date" in catalogue()["contested"].text


@pytest.mark.parametrize(
    ("text", "other", "expected"),
    [
        ("the same words here", "The same words, here!", 1.0),
        ("the same words here", "and in the same words here too", 1.0),
        ("nothing of this", "is in the other", 0.0),
        ("a b c d", "a b c e", 0.5),
        ("two words", "two words", 0.0),
        ("中巴双方同意修建铁路", "中巴双方同意修建铁路。", 1.0),
        ("中巴双方同意修建铁路", "会议在伊斯兰堡举行", 0.0),
        ("سی پیک کا دوسرا مرحلہ", "سی پیک کا دوسرا مرحلہ۔", 1.0),
        ("", "", 0.0),
    ],
)
def test_containment_is_the_share_of_the_shorter_text(
    text: str, other: str, expected: float
) -> None:
    assert measure_containment(split_shingles(text), split_shingles(other)) == expected
