"""The questions about situations, asked of the example of the docs and of a later article."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Store

from graph.curating.master import Inputs, read_master
from graph.dataset import memory_store
from graph.presenting.thing import view_thing
from graph.reasoning.kernel import Kernel
from ontology.namespace import HEAD, ID
from ontology.terms import CPEC
from tests.first_article import copy_first_article
from tests.graph.test_situations import NAME, write_article
from tests.queries.golden_answer import answer

LATER = f"""
GRAPH graph:editorial {{
    id:later a cpec:NewsArticle . id:Zhang a cpec:Person . id:Li a cpec:Person .
    id:JCC_Meeting_10_Postponed a cpec:StatusChange . id:Accident a cpec:Event .
    id:JCC_Meeting_10_Begun a cpec:StatusChange . id:JCC_Meeting_10_Ended a cpec:StatusChange .
}}
GRAPH graph:evidence {{
    id:later dcterms:title "A later article"@en ; dcterms:date "2021-07-17"^^xsd:date ;
        dcterms:publisher id:Example_Courier ; cpec:derivedFrom id:{NAME} .
    <s01> a cpec:Sentence ; oa:hasSource id:later ; cpec:attributedTo id:later ; cpec:unsaid "What the weather was."@en .
}}
GRAPH <s01> {{
    id:JCC_Meeting_10_Postponed cpec:statusOf id:JCC_Meeting_10 ; cpec:newStatus cpec:Postponed ;
        cpec:latest "2021-07-16"^^xsd:date ; cpec:reason id:Accident ; cpec:plannedFor "2021-08"^^xsd:gYearMonth .
    id:Climate_Goods cpec:hasPlannedAmount id:Goods_7000 .
    id:Goods_7000 cpec:amountOf id:Solar_Home_Systems ; schema:value 7000 ; schema:unitText "sets" .
    id:Climate_Memorandum cpec:providesFor id:Climate_Goods .
    id:JCC_Meeting_14 prov:qualifiedAssociation id:Part_Zhang .
    id:Part_Zhang prov:agent id:Zhang ; prov:hadRole cpec:Chair .
}}
"""  # noqa: E501
LAST = """
GRAPH graph:editorial { id:last a cpec:NewsArticle . }
GRAPH graph:evidence {
    id:last dcterms:title "The last article"@en ; dcterms:date "2021-07-18"^^xsd:date .
    <s01> a cpec:Sentence ; oa:hasSource id:last ; cpec:attributedTo id:last .
}
GRAPH <s01> {
    id:JCC_Meeting_14 prov:qualifiedAssociation id:Part_Li .
    id:Part_Li prov:agent id:Li ; prov:hadRole cpec:CoChair .
    %s
}
"""


def head(name: str) -> str:
    return f"BASE <{ID}{name}/>\n{HEAD}"


def build_store(folder: Path, more: str = "") -> Store:
    """Return the closed graph of the first article, the example, and two later articles."""
    data = copy_first_article(folder)
    for name, text in (
        (NAME, write_article()),
        ("later", head("later") + LATER),
        ("last", head("last") + LAST % more),
    ):
        (data / "articles" / f"{name}.trig").write_text(text, "utf-8")
    return memory_store(Kernel(read_master(Inputs(data)).quads()).quads())


@pytest.fixture(scope="module")
def situations(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return build_store(tmp_path_factory.mktemp("situations"))


def ask(store: Store, name: str, *columns: str, **values: str) -> list[tuple[str, ...]]:
    """Return some columns of the answer to a question; names of things are local names."""
    rows = csv.DictReader(answer(store, name, **values).decode().splitlines(), delimiter="\t")
    return [tuple(shorten(row[f"?{column}"]) for column in columns) for row in rows]


def shorten(term: str) -> str:
    for namespace in (ID, CPEC):
        term = term.replace(f"<{namespace}", "")
    return term.partition("^^")[0].partition("@")[0].strip('<>"')


def test_who_is_to_take_part_is_not_who_took_part(situations: Store) -> None:
    row = ("JCC_Meeting_10", "Asad_Umar", "CoChair")
    assert ask(situations, "planned-participants", "thing", "agent", "role") == [row]
    took_part = ask(situations, "participants", "thing", "agent", "role")
    assert took_part == [
        ("JCC_Meeting_14", "Zhang", "Chair"),
        ("JCC_Meeting_14", "Li", "CoChair"),
    ]


def test_an_office_is_given_with_its_body(situations: Store) -> None:
    row = ("Asad_Umar", "Minister_of_Planning_PK", "MoPDSI", f"{NAME}/s01")
    assert ask(situations, "offices", "person", "office", "body", "sentence") == [row]


def test_an_amount_has_its_unit_and_says_whether_it_is_planned(situations: Store) -> None:
    rows = ask(situations, "amounts", "thing", "tie", "value", "unit", "counted")
    amount = ("Climate_Goods", "hasPlannedAmount", "5000", "sets", "Solar_Home_Systems")
    assert amount in rows
    assert len(rows) == 2


def test_what_is_to_be_given_has_donor_and_recipient(situations: Store) -> None:
    row = ("Climate_Goods", "plansToProvide", "Solar_Home_Systems", "China", "Pakistan")
    columns = ("undertaking", "tie", "benefit", "donor", "recipient")
    assert ask(situations, "given", *columns) == [row]


def test_the_last_status_is_the_status_and_the_history_stays(situations: Store) -> None:
    last = ("JCC_Meeting_10", "Postponed", "2021-07-16")
    assert ask(situations, "status", "thing", "status", "day") == [last]
    history = ask(situations, "status-history", "status", "day", "plannedFor", "reason")
    assert history == [
        ("Planned", "2021-07-10", "2021-07-16", ""),
        ("Postponed", "2021-07-16", "2021-08", "Accident"),
    ]
    assert ask(situations, "postponed", "thing", "status") == [("JCC_Meeting_10", "Postponed")]


CHANGE = 'id:JCC_Meeting_10_%s cpec:statusOf id:JCC_Meeting_10 ; cpec:newStatus cpec:%s ; cpec:%s "%s"^^xsd:date .'  # noqa: E501


@pytest.mark.parametrize(
    ("more", "statuses"),
    [
        # of one day the later publication counts
        (CHANGE % ("Begun", "Begun", "date", "2021-07-16"), ["Begun"]),
        # a day before is history, whenever it is published
        (CHANGE % ("Begun", "Begun", "date", "2021-07-15"), ["Postponed"]),
        # two of one day and one publication are contested
        (
            CHANGE % ("Begun", "Begun", "date", "2021-09-01")
            + CHANGE % ("Ended", "Ended", "date", "2021-09-01"),
            ["Begun", "Ended"],
        ),
        # a meeting that took place is completed
        ('id:JCC_Meeting_10 cpec:date "2021-09-23"^^xsd:date .', ["Completed"]),
        # and a plan reported on that day is none any more
        (
            'id:JCC_Meeting_10 cpec:date "2021-09-23"^^xsd:date .'
            + CHANGE % ("Begun", "Planned", "latest", "2021-09-23"),
            ["Completed"],
        ),
    ],
    ids=["later publication", "earlier day", "contested", "held", "planned and held"],
)
def test_the_status_is_that_of_the_last_day_then_of_the_last_publication(
    tmp_path: Path, more: str, statuses: list[str]
) -> None:
    rows = ask(build_store(tmp_path, more), "status", "thing", "status")
    assert rows == [("JCC_Meeting_10", status) for status in statuses]


def test_the_page_of_a_thing_has_its_last_status(situations: Store) -> None:
    page = view_thing(situations, None, NamedNode(ID + "JCC_Meeting_10"), 1)
    assert page is not None
    ((status, is_final),) = page.statuses
    assert (status.text, is_final) == ("postponed", False)
    assert page.tables[0].rows[-1].cells[1][0][1].text == "16 July 2021"
    other = view_thing(situations, None, NamedNode(ID + "JCC"), 1)
    assert other is not None
    assert other.statuses == []


def test_different_numbers_and_chairs_are_both_listed(situations: Store) -> None:
    columns = ("thing", "what", "value", "otherValue")
    assert ask(situations, "differing-accounts", *columns) == [
        ("Climate_Goods", "Solar_Home_Systems", "5000", "7000"),
        ("JCC_Meeting_14", "CoChair", "Li", "Zhang"),
    ]


def test_a_fact_of_two_articles_with_one_origin_is_named(situations: Store) -> None:
    rows = ask(situations, "one-origin", "subject", "property", "origin", "articles")
    assert rows == [("Climate_Memorandum", "providesFor", NAME, "2")]


def test_a_gap_is_listed_with_its_sentence(situations: Store) -> None:
    gaps = ask(situations, "gaps", "sentence", "unsaid")
    assert ("later/s01", "What the weather was.") in gaps
    assert {sentence for sentence, _ in gaps} == {"later/s01", "inp-wealthpk-2026-04-29/s03"}
