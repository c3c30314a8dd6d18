"""Several sources of one fact: a copy is no witness, and a contradiction is kept and listed."""

import csv
import hashlib
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, RdfFormat, Store, Triple
from rdflib import Graph, Literal
from rdflib.namespace import SH

from graph.answering.evaluation import Query, evaluate
from graph.answering.format import RESULT_FORMATS
from graph.build import build
from graph.curating.master import Inputs, read_master
from graph.curating.near_copy import measure_containment, split_shingles
from graph.dataset import memory_store
from graph.errors import DataError
from graph.explaining.corroboration import corroborate
from graph.validation import validate
from ontology.namespace import EVIDENCE_GRAPH, HEAD, ID
from ontology.terms import CPEC, SCHEMA
from ontology.vocabulary import ONTOLOGY_FOLDER, SHAPES_FILE
from queries.catalogue import catalogue
from tests.first_article import copy_first_article

ARTICLE = """
BASE <https://w3id.org/cpec-graph/id/{name}/>

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
    text = HEAD + ARTICLE.format(
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
    alone = corroborate(store, fact("Climate_Initiatives", "aimsAt", "Goal_Climate_Resilience"))
    assert alone.articles == (article,)
    assert alone.publishers == (ID + "INP_WealthPk",)
    assert alone.copies == ()


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


def test_one_speaker_of_one_article_who_says_two_days_is_named_with_both_lines(data: Path) -> None:
    add(data, 1, "signed on April 1 or 2", state_signing("2026-04-01"), state_signing("2026-04-02"))
    path = data / "articles" / "article-1.trig"
    path.write_text(path.read_text().replace("|} . id:", "|} .\nid:"))
    lines = find_lines(path, "JCC14_Minutes_Signing")
    with pytest.raises(DataError) as caught:
        validate(Inputs(data))
    findings = {finding.line: finding.message for finding in caught.value.findings}
    assert findings.keys() == set(lines)
    for line, day in lines.items():
        (other,) = {*lines.values()} - {day}
        assert f"id:JCC14_Minutes_Signing has cpec:date {day}, and {other} in" in findings[line]
        assert "id:article-1 gives it two values" in findings[line]


def find_lines(path: Path, subject: str) -> dict[int, str]:
    """Return the lines that date a subject, with their days."""
    numbered = enumerate(path.read_text("utf-8").splitlines(), 1)
    return {
        number: line.split('cpec:date "')[1].split('"')[0]
        for number, line in numbered
        if f"id:{subject} cpec:date" in line
    }


@pytest.mark.long
def test_two_speakers_of_one_article_may_differ_and_one_may_not(data: Path) -> None:
    both = {
        "JCC_Meeting_14": ("cpec:place id:Islamabad", "cpec:place id:Beijing"),
        "JCC14_Minutes": ("cpec:minutesOf id:JCC_Meeting_14", "cpec:minutesOf id:JCC_Meeting_15"),
        "JCC_Meeting_15": ("cpec:ordinal 15", "cpec:ordinal 16"),
        "High_Level_Meeting_2026_03": (state_date("2026-03"), state_date("2026-04-02")),
    }
    facts = [f"id:{subject} {fact}" for subject, own in both.items() for fact in own]
    add(data, 1, "the one or the other", *facts)
    path = data / "articles" / "article-1.trig"
    text = path.read_text("utf-8")
    path.write_text(text + "GRAPH graph:editorial { id:JCC_Meeting_15 a cpec:Meeting }\n", "utf-8")
    with pytest.raises(DataError) as caught:
        validate(Inputs(data))
    messages = [finding.message for finding in caught.value.findings]
    assert all("gives it two values" in message for message in messages)
    assert {message.split()[0].removeprefix("id:") for message in messages} == both.keys()
    other = '"the one or the other" ; cpec:attributedTo id:HEC |} .'
    for subject, (_, fact) in both.items():
        before, found, after = text.partition(f"id:{subject} {fact}")
        assert found
        text = before + found + after.replace('"the one or the other" |} .', other, 1)
    path.write_text(text + "GRAPH graph:editorial { id:JCC_Meeting_15 a cpec:Meeting }\n", "utf-8")
    rows = csv.DictReader(ask_contested(build_store(data)))
    own = [row["subject"] for row in rows if row["source"] == row["otherSource"]]
    assert sorted(own) == sorted(ID + subject for subject in both)


def state_date(day: str) -> str:
    return f'cpec:date "{day}"^^xsd:{"date" if len(day) > 7 else "gYearMonth"}'


@pytest.mark.long
def test_a_city_and_its_country_agree(data: Path) -> None:
    add(data, 1, "in Pakistan", "id:JCC14_Minutes_Signing cpec:place id:Pakistan")
    assert ask_contested(build_store(data))[1:] == []


PRESIDES = """
    id:JCC_Meeting_15 prov:qualifiedAssociation id:Part_{name} .
    id:Part_{name} prov:agent id:{name} ; prov:hadRole cpec:{role} .
    id:{name} org:holds id:Office_{name} . id:Office_{name} cpec:represents id:{country} .
"""


@pytest.mark.parametrize(
    ("first", "second", "number"),
    [
        (("Zhang", "CoChair", "China"), ("Li", "CoChair", "China"), 1),
        (("Zhang", "Chair", "China"), ("Li", "CoChair", "China"), 1),
        (("Zhang", "CoChair", "China"), ("Khan", "CoChair", "Pakistan"), 0),
        (("Zhang", "Speaker", "China"), ("Li", "Speaker", "China"), 0),
    ],
    ids=["one side", "a chair and a co-chair", "a co-chair of each side", "speakers"],
)
def test_who_presides_is_contested_for_one_side_alone(
    first: tuple[str, str, str], second: tuple[str, str, str], number: int
) -> None:
    store = memory_store([])
    for place, (name, role, country) in enumerate([first, second], 1):
        text = PRESIDES.format(name=name, role=role, country=country)
        store.load(HEAD + f"GRAPH <{ID}a{place}/s01> {{ {text} }}", RdfFormat.TRIG)
        evidence = f"<{ID}a{place}/s01> a cpec:Sentence ; oa:hasSource <{ID}a{place}> ."
        store.load(HEAD + f"GRAPH <{EVIDENCE_GRAPH}> {{ {evidence} }}", RdfFormat.TRIG)
    quads = [*store]
    store = memory_store(quads)
    for name in ("contested", "differing-accounts"):
        query = Query(catalogue()[name].text, RESULT_FORMATS[2])
        assert len(evaluate(store, query).body.splitlines()[1:]) == number, name


def test_what_has_one_value_is_declared_for_each_property_that_the_questions_compare() -> None:
    master = read_master(Inputs())
    single = {
        str(quad.subject).strip("<>")
        for quad in master.quads()
        if quad.predicate.value == SCHEMA + "multipleValues"
    }
    shapes = Graph().parse(ONTOLOGY_FOLDER / SHAPES_FILE)
    paths = {
        str(shapes.value(shape, SH.path)) for shape in shapes.subjects(SH.maxCount, Literal(1))
    }
    modalities = {
        str(quad.subject).strip("<>")
        for quad in master.quads()
        if quad.predicate.value == CPEC + "modality"
    }
    assert {CPEC + "date", CPEC + "place", CPEC + "ordinal", SCHEMA + "value"} <= single
    assert single <= modalities  # a sentence states them
    assert paths & modalities == set()  # no shape forbids a second source
    assert "VALUES ?property { cpec:bound" not in catalogue()["contested"].text


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
