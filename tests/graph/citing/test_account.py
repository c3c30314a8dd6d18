"""Who says so, and what has ended, goes along with each proof."""

import json
from functools import partial

import pytest
from jsonschema import Draft202012Validator
from pyoxigraph import NamedNode, RdfFormat, Store, Triple

from graph.answering.evaluation import UNBOUNDED
from graph.answering.format import RESULTS
from graph.citing.answer import CitedAnswer
from graph.citing.citation import cite
from graph.citing.index import EvidenceIndex
from graph.citing.proof_fingerprint import fingerprint_proofs
from graph.explaining.prov import write_turtle
from graph.explaining.spreadsheet import write_spreadsheet
from graph.explaining.why import explain_triple, explanation_json
from graph.presenting.view import write_view
from graph.publishing.schema import read_schema
from graph.wording.mark import name_modalities
from ontology.namespace import ID, PREFIXES
from ontology.terms import CPEC
from tests.graph.citing.made_news import CARRIED, publish, write_article, write_status

SCHEMA = Draft202012Validator(json.loads(read_schema("citations")))
EXPLANATION = Draft202012Validator(json.loads(read_schema("explanation")))

CONCLUSIONS = {
    "reported": "id:Pakistan cpec:cooperatesIn id:Textiles",
    "going on": "id:Pakistan cpec:jointlyDeploys id:Looms",
    "aimed at": "id:Pakistan cpec:sharesGoal id:Jobs",
}
"""Conclusions from a programme of two countries, by their modality."""

WEAVING = write_article("old", "1985-05-01", ("", CARRIED.format(name="Weaving")))
UNTIL = "(until 1990: Weaving Programme ended, says The Wire, 3 May 1999, sentence 1)"


def cite_query(store: Store, query: str) -> CitedAnswer:
    answer = cite(store, EvidenceIndex(store), query)
    SCHEMA.validate(json.loads(answer.json()))
    return answer


def list_accounts(store: Store, query: str) -> list[list[str]]:
    """Return for each row the words of its modalities, one for each proof."""
    rows = json.loads(cite_query(store, query).json())["citations"]
    return [name_modalities(row).replace("the Weaving", "Weaving").split(" or ") for row in rows]


def report(*changes: tuple[str, str]) -> Store:
    """Return the old programme with later changes of its status, each by its status and day."""
    statuses = [("", write_status("Weaving", *change)) for change in changes]
    return publish(WEAVING, write_article("new", "1999-05-03", *statuses))


@pytest.mark.parametrize(("name", "triple"), CONCLUSIONS.items())
def test_what_follows_through_a_programme_that_ended_says_until_when_and_who_says_so(
    name: str, triple: str
) -> None:
    ended = report(("Ended", "1990"))
    assert list_accounts(ended, f"ASK {{ {triple} }}") == [[f"{name} {UNTIL}"]]
    assert list_accounts(report(), f"ASK {{ {triple} }}") == [[name]]


def test_a_suspended_or_cancelled_programme_says_so_too_and_a_planned_one_does_not() -> None:
    ask = "ASK { id:Pakistan cpec:jointlyDeploys id:Looms }"
    for status, words in (("Suspended", "suspended"), ("Cancelled", "cancelled")):
        ((account,),) = list_accounts(report((status, "1990-07-01")), ask)
        assert f"(until 1 July 1990: Weaving Programme {words}, says The Wire" in account
    for status in ("Planned", "Postponed", "Agreed", "Operating"):
        assert list_accounts(report((status, "1990")), ask) == [["going on"]]


def test_a_later_resumption_lifts_an_end_and_a_plan_of_one_does_not() -> None:
    ask = "ASK { id:Pakistan cpec:cooperatesIn id:Textiles }"
    assert list_accounts(report(("Suspended", "1990"), ("Operating", "1995")), ask) == [
        ["reported"]
    ]
    assert list_accounts(report(("Operating", "1985"), ("Ended", "1990")), ask) != [["reported"]]
    planned = report(("Ended", "1990"), ("Planned", "1995"))
    assert list_accounts(planned, ask) == [[f"reported {UNTIL}"]]
    again = report(("Suspended", "1987"), ("Operating", "1988"), ("Ended", "1990"))
    assert list_accounts(again, ask) == [[f"reported {UNTIL.replace('sentence 1', 'sentence 3')}"]]


def test_an_end_that_nobody_asserts_ends_nothing() -> None:
    change = "id:e cpec:statusOf id:Weaving ; cpec:latest '1990-12-31'^^xsd:date ."
    said = "<< id:e cpec:newStatus cpec:Ended ~ id:said >> cpec:modality cpec:Proposed ."
    store = publish(WEAVING, write_article("new", "1999-05-03", ("", f"{change} {said}")))
    ask = "ASK { id:Pakistan cpec:cooperatesIn id:Textiles }"
    assert list_accounts(store, ask) == [["reported"]]


def test_a_day_a_name_and_the_end_itself_are_not_until_the_end() -> None:
    store = report(("Ended", "1990"))
    for query in (
        "SELECT ?status { ?change cpec:statusOf id:Weaving ; cpec:newStatus ?status }",
        "SELECT ?name { id:Weaving rdfs:label ?name }",
    ):
        assert "until" not in str(list_accounts(store, query))
    tie = "SELECT ?who { id:Weaving cpec:hasParty ?who }"
    assert list_accounts(store, tie) == [[f"reported {UNTIL}"]] * 2


def test_ends_of_one_day_that_differ_are_all_told() -> None:
    store = report(("Ended", "1990-12-31"), ("Suspended", "1990-12-31"))
    ((account,),) = list_accounts(store, "ASK { id:Pakistan cpec:cooperatesIn id:Textiles }")
    assert "Programme ended" in account
    assert "Programme suspended" in account


def test_an_aim_that_a_critic_speaks_of_is_shared_according_to_the_critic() -> None:
    first = CARRIED.format(name="Weaving").replace("; cpec:aimsAt id:Jobs", "")
    store = publish(
        write_article(
            "news", "2020-01-01", ("", first), ("Critic", "id:Weaving cpec:aimsAt id:Jobs")
        )
    )
    assert list_accounts(store, "ASK { id:Pakistan cpec:sharesGoal id:Jobs }") == [
        ["aimed at according to A. Critic"]
    ]
    assert list_accounts(store, "ASK { id:Pakistan cpec:cooperatesIn id:Textiles }") == [
        ["reported"]
    ]


def test_a_proof_has_the_union_of_its_speakers_and_two_proofs_are_two_accounts() -> None:
    parties = "id:Weaving cpec:hasJointParty id:Pakistan"
    area = "id:Weaving cpec:concernsArea id:Textiles"
    store = publish(
        write_article("news", "2020-01-01", ("Critic", parties), ("Minister", area)),
        write_article("more", "2020-01-02", ("Critic", f"{parties} . {area}")),
    )
    ((*accounts,),) = list_accounts(store, "ASK { id:Pakistan cpec:cooperatesIn id:Textiles }")
    assert accounts == [
        "reported according to A. Critic",
        "reported according to A. Critic and B. Minister",
    ]


def test_a_statement_may_be_the_articles_own_within_the_sentence_of_a_speaker() -> None:
    bare = "~ <https://w3id.org/cpec-graph/id/r1> {| cpec:attributedTo id:news |}"
    facts = f"id:Pakistan cpec:partyTo id:Weaving {bare} . id:China cpec:partyTo id:Weaving ."
    store = publish(write_article("news", "2020-01-01", ("Minister", facts)))
    query = "SELECT ?who { VALUES ?who { id:Pakistan id:China } ?who cpec:partyTo id:Weaving }"
    assert list_accounts(store, query) == [["reported"], ["reported according to B. Minister"]]


def test_a_basis_counts_the_members_of_each_speaker() -> None:
    store = publish(
        write_article(
            "news",
            "2020-01-01",
            ("", "id:Weaving cpec:aimsAt id:Jobs , id:Rest"),
            ("Critic", "id:Weaving cpec:aimsAt id:Fame"),
        )
    )
    query = "SELECT (COUNT(?goal) AS ?n) { id:Weaving cpec:aimsAt ?goal }"
    (row,) = json.loads(cite_query(store, query).json())["citations"]
    assert name_modalities(row) == "2 aimed at, 1 aimed at according to A. Critic"


def test_tables_and_graphs_have_speakers_and_ends_too() -> None:
    ended = write_article("new", "1999-05-03", ("", write_status("Weaving", "Ended", "1990")))
    said = write_article("old", "1985-05-01", ("Minister", CARRIED.format(name="Weaving")))
    store = publish(said, ended)
    answer = cite_query(store, "SELECT ?c { ?c cpec:cooperatesIn id:Textiles }")
    words = "reported according to B. Minister (until 1990: the Weaving Programme ended"
    assert write_spreadsheet(answer, RESULTS["csv"], UNBOUNDED).decode().count(words) == 2
    index = EvidenceIndex(store)
    triple = Triple(
        *(NamedNode(iri) for iri in (ID + "China", CPEC + "cooperatesIn", ID + "Textiles"))
    )
    why = explain_triple(store, index, triple)
    explanation = explanation_json(why, index)
    EXPLANATION.validate(explanation)
    assert words in explanation["citation"]
    assert explanation["proofs"][0]["modality"] == explanation["modality"]
    graph = Store()
    graph.load(write_turtle(why, index, store), RdfFormat.TURTLE)
    proof = (
        "ASK { ?proof prov:specializationOf ?statement ; cpec:modality cpec:Reported ;"
        " cpec:attributedTo id:Minister ; rdfs:comment ?until FILTER (CONTAINS(?until, '1990')) }"
    )
    assert graph.query(proof, prefixes=PREFIXES)


def test_the_page_of_a_country_says_who_says_so_and_what_has_ended() -> None:
    store = report(("Ended", "1990"))
    page = json.loads(write_view(store, EvidenceIndex(store), "thing", ID + "Pakistan", 1))
    groups = page["thing"]["groups"]
    lines = [line for group in groups for line in (*group["stated"], *group["inferred"])]
    ends = {line["words"]["en"][0]: line["account"].get("ended", []) for line in lines}
    assert [end["day"] for end in ends["cooperates in"]] == ["1990"]


def test_the_words_of_a_proof_have_a_fingerprint_of_their_own() -> None:
    query = "SELECT ?c { ?c cpec:cooperatesIn id:Textiles }"
    prints = []
    for status in ("Operating", "Ended"):
        store = report((status, "1990"))
        prints.append(fingerprint_proofs(EvidenceIndex(store), partial(cite, store, text=query)))
    running, ended = prints
    assert running.hash == ended.hash
    assert running.words != ended.words
