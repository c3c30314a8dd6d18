"""Why a triple holds, in words, in JSON and in RDF, on graphs of several sources."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from jsonschema import Draft202012Validator
from pyoxigraph import BaseDirection, Literal, NamedNode, Quad, RdfFormat, Store, Triple

from graph.citing.index import EvidenceIndex
from graph.dataset import memory_store
from graph.explaining.prov import write_turtle
from graph.explaining.why import explain_triple, explanation_json, find_rivals
from graph.publishing.schema import read_schema
from graph.reasoning.axiom import compile_axioms
from graph.reasoning.axiom_kind import KINDS, kind_of
from graph.wording.sentence import read_rule, write_sentence
from graph.wording.spelling import ProjectIris, read_triple, write_explain_path
from ontology.namespace import HEAD, ID
from ontology.terms import CPEC, RDF, RDFS
from tests.graph import toy
from tests.graph.test_sources import AIMS, INNOVATION, add, build_store, data

__all__ = ["data"]

SCHEMA = Draft202012Validator(json.loads(read_schema("explanation")))
SIGNED = '"2026-04-01"^^xsd:date'


@pytest.mark.long
def test_values_that_contradict_each_other_are_told_with_their_sources(data: Path) -> None:
    add(data, 1, "signed on April 1", f"id:JCC14_Minutes_Signing cpec:date {SIGNED}")
    store = build_store(data)
    index = EvidenceIndex(store)
    triple = read_triple(index.kernel, "JCC14_Minutes_Signing", "date", "2026-03-31")
    explanation = explanation_json(explain_triple(store, index, triple), index)
    (other,) = explanation["contested"]
    assert (other["words"], other["source"]) == ("1 April 2026", f"{ID}article-1/s01")
    assert f"{ID}article-1/s01" in explanation["sources"]


@pytest.mark.parametrize(
    ("part", "rivals"),
    [
        ("Zheng_Shanjie", ["Zhou Haibing as chair of the "]),
        ("Ahsan_Iqbal_CoChair", []),
    ],
    ids=["another chair of his side", "a chair of the other side"],
)
def test_who_presides_for_one_side_is_contested_by_its_other_chairs_alone(
    store: Store, index: EvidenceIndex, part: str, rivals: list[str]
) -> None:
    meeting = f"{ID}JCC_Meeting_14"
    association = NamedNode("http://www.w3.org/ns/prov#qualifiedAssociation")
    triple = Triple(NamedNode(meeting), association, NamedNode(f"{meeting}_{part}"))
    explanation = explanation_json(explain_triple(store, index, triple), index)
    words = [other["words"].partition("14th")[0] for other in explanation["contested"]]
    assert words == rivals


FRAMEWORK = (
    "id:AI_Framework cpec:hasJointParty id:Pakistan",
    "id:AI_Framework cpec:concernsArea id:Artificial_Intelligence",
)


def explain_names(data: Path, *names: str) -> Any:
    store = build_store(data)
    index = EvidenceIndex(store)
    return explanation_json(explain_triple(store, index, read_triple(index.kernel, *names)), index)


@pytest.mark.long
def test_an_inference_is_as_strong_as_the_strongest_of_its_proofs(data: Path) -> None:
    question = ("Pakistan", "cooperatesIn", "Artificial_Intelligence")
    assert explain_names(data, *question)["modality"]["name"] == "going on"
    add(data, 1, "Pakistan has joined the framework on AI", *FRAMEWORK)
    explanation = explain_names(data, *question)
    assert explanation["modality"]["name"] == "reported"
    names = sorted(proof["modality"]["name"] for proof in explanation["proofs"])
    assert names == ["going on", "reported"]


@pytest.mark.long
def test_a_proof_is_as_weak_as_its_weakest_premise(data: Path) -> None:
    add(data, 1, "Italy works on it too", "id:AI_Framework cpec:hasJointParty id:Italy")
    path = data / "articles" / "article-1.trig"
    text = path.read_text("utf-8").replace("{| ", "{| cpec:modality cpec:Ongoing ; ", 1)
    path.write_text(text.replace("id:article-1 a", "id:Italy a cpec:Country . id:article-1 a", 1))
    explanation = explain_names(data, "Italy", "cooperatesIn", "Artificial_Intelligence")
    assert (
        explanation["modality"]["name"]
        == explanation["proofs"][0]["modality"]["name"]
        == "going on"
    )


@pytest.mark.long
def test_a_source_is_quoted_with_the_statements_that_a_proof_uses(data: Path) -> None:
    explanation = explain_names(data, "MDU_2026_04", "issuedBy", "MoPDSI")
    (source,) = explanation["sources"].values()
    own = "Monthly Development Update (April 2026) issued by the Ministry of Planning"
    assert source["quote"] == own
    assert source["attributedTo"] == f"{ID}inp-wealthpk-2026-04-29"  # the report does not say so
    assert "according to" not in source["words"]


def test_a_property_that_may_have_many_values_has_no_rivals(store: Store) -> None:
    assert find_rivals(store, INNOVATION) == ()


@pytest.mark.long
def test_several_articles_corroborate_and_a_copy_is_named(data: Path) -> None:
    for number in (1, 2):
        add(data, number, "Islamabad says that innovation is what the second phase is for", AIMS)
    store = build_store(data)
    index = EvidenceIndex(store)
    explanation = explanation_json(explain_triple(store, index, INNOVATION), index)
    assert len(explanation["proofs"]) == 3
    assert len(explanation["corroboration"]["articles"]) == 2
    assert explanation["corroboration"]["copies"] == [
        {"copy": f"{ID}article-2/s01", "of": f"{ID}article-1/s01"}
    ]


@pytest.mark.long
def test_a_copy_of_a_copy_is_named_beside_the_earliest(data: Path) -> None:
    for number in (1, 2, 3):
        add(data, number, "Islamabad says that innovation is what the second phase is for", AIMS)
    store = build_store(data)
    corroboration = explain_triple(store, EvidenceIndex(store), INNOVATION).corroboration
    assert {of for _, of in corroboration.copies} == {f"{ID}article-1/s01"}
    assert len(corroboration.articles) == 2


def test_a_literal_that_has_a_direction_keeps_to_the_schema() -> None:
    text = Literal("abc", language="ar", direction=BaseDirection.RTL)
    subject, predicate = NamedNode(f"{ID}a"), NamedNode(f"{CPEC}n")
    store = memory_store([Quad(subject, predicate, text, NamedNode(f"{ID}x/s01"))])
    index = EvidenceIndex(store)
    explanation = explanation_json(
        explain_triple(store, index, Triple(subject, predicate, text)), index
    )
    assert explanation["triple"]["object"]["its:dir"] == "rtl"
    SCHEMA.validate(json.loads(json.dumps(explanation)))


def test_an_aim_is_said_to_be_one_and_who_says_so_is_told(
    store: Store, index: EvidenceIndex
) -> None:
    goal = "Goal_Climate_Resilience"
    triple = read_triple(index.kernel, "Climate_Initiatives", "aimsAt", goal)
    text = explanation_json(explain_triple(store, index, triple), index)["citation"]
    said = "aimed at according to the Monthly Development Update (April 2026)"
    assert f"climate resilience ({said}). INP-WealthPk, 29 April " in text
    signing = read_triple(index.kernel, "JCC14_Minutes_Signing", "date", "2026-03-31")
    assert (
        ", according to "
        in explanation_json(explain_triple(store, index, signing), index)["citation"]
    )


def test_the_same_explanation_is_the_same_turtle(store: Store, index: EvidenceIndex) -> None:
    triple = read_triple(index.kernel, "China", "cooperatesIn", "Artificial_Intelligence")
    first, second = (
        write_turtle(explain_triple(store, index, triple), index, store) for _ in range(2)
    )
    assert first == second
    graph = Store()
    graph.load(first, RdfFormat.TURTLE)
    unexplained = HEAD + (
        "ASK { ?s a rdf:Statement FILTER NOT EXISTS { ?s prov:wasGeneratedBy|"
        "prov:hadPrimarySource|oa:hasSource ?x } "
        "FILTER NOT EXISTS { ?y prov:specializationOf ?s } }"
    )
    assert not graph.query(unexplained)


def test_an_explanation_in_turtle_has_the_quotes_that_it_uses(
    store: Store, index: EvidenceIndex
) -> None:
    triple = read_triple(index.kernel, "Climate_Initiatives", "aimsAt", "Goal_Climate_Resilience")
    graph = Store()
    graph.load(write_turtle(explain_triple(store, index, triple), index, store), RdfFormat.TURTLE)
    asked = "SELECT ?quote ?end { ?s oa:hasSelector ?q . ?q oa:exact ?quote . ?s a cpec:Sentence }"
    rows = [row["quote"].value for row in graph.query(HEAD + asked)]  # type: ignore[union-attr]
    assert rows == ["initiatives to strengthen climate resilience"]
    assert graph.query(
        HEAD + "ASK { ?record prov:specializationOf ?leaf ; cpec:modality cpec:Aim ;"
        " oa:hasSelector/oa:exact 'initiatives to strengthen climate resilience' ."
        " ?leaf prov:specializationOf ?whole . ?whole cpec:modality cpec:Aim ."
        " ?sentence oa:hasSelector/oa:start ?start }"
    )


@pytest.mark.long
def test_a_triple_is_as_strong_as_its_strongest_source_beyond_the_proofs_shown(data: Path) -> None:
    for number in range(1, 7):
        add(
            data,
            number,
            f"Italy works on it too, {number}",
            "id:AI_Framework cpec:hasParty id:Italy",
        )
        path = data / "articles" / f"article-{number}.trig"
        text = path.read_text("utf-8")
        if number < 6:
            text = text.replace("{| ", "{| cpec:modality cpec:Ongoing ; ", 1)
        path.write_text(
            text.replace(
                f"id:article-{number} a", f"id:Italy a cpec:Country . id:article-{number} a", 1
            )
        )
    explanation = explain_names(data, "AI_Framework", "hasParty", "Italy")
    assert len(explanation["proofs"]) == 4
    assert explanation["more"]
    assert explanation["modality"]["name"] == "reported"


def test_every_rule_has_words_for_its_conclusion_or_for_what_it_forbids() -> None:
    for kind in KINDS:
        assert kind.example
        for rule in kind.rules:
            assert kind.message if rule.endswith("=>") else kind.words
    every = compile_axioms(quad.triple for quad in toy.EVERY_AXIOM)
    assert {kind_of(rule) for rule in every if rule.head} == {kind for kind in KINDS if kind.words}


def test_a_rule_is_read_as_a_sentence(index: EvidenceIndex) -> None:
    axioms = (quad.triple for quad in toy.EVERY_AXIOM)
    names = index.evidence.names
    sentences = [read_rule(rule, names) for rule in compile_axioms(axioms) if rule.head]
    forms = {
        "en": r"If .*\bA\b.*, then .+\.",
        "ur": "اگر .*A.*، تو .+۔",
        "zh": "如果.*A.*，则.+。",
    }
    for language, form in forms.items():
        texts = [own[language] for own in sentences if language in own]
        assert texts
        assert all(re.fullmatch(form, text) for text in texts), texts
    assert all("en" in own for own in sentences)


def test_a_name_without_a_label_is_said_as_it_is_typed(index: EvidenceIndex) -> None:
    names = index.evidence.names
    assert names(NamedNode(f"{ID}Nowhere")).text == "Nowhere"
    assert names(NamedNode("https://schema.org/name")).text == "schema:name"
    assert names(Literal("2026-03-31")).text == "31 March 2026"
    assert names(Literal("2026-03")).text == "March 2026"
    elsewhere = Triple(NamedNode("http://x/a"), RDFS.LABEL, Literal("b"))
    assert write_sentence(elsewhere, names) == "http://x/a is called “b”"


def test_a_triple_is_said_as_it_is_meant(index: EvidenceIndex) -> None:
    names = index.evidence.names
    advances = Triple(NamedNode(f"{ID}Pakistan"), NamedNode(f"{CPEC}advances"), NamedNode(f"{ID}X"))
    assert write_sentence(advances, names, f"{CPEC}Reported") == "Pakistan has moved forward on X"
    assert write_sentence(advances, names, f"{CPEC}Ongoing") == "Pakistan is moving forward on X"
    kind = Triple(NamedNode(f"{ID}Pakistan"), RDF.TYPE, NamedNode(f"{CPEC}Undertaking"))
    assert write_sentence(kind, names) == "Pakistan is an undertaking"
    assert index.evidence.write_reference("https://w3id.org/cpec-graph/graph/none") == "none"


def test_names_are_known_without_a_copy_of_them(index: EvidenceIndex) -> None:
    known = ProjectIris(index.kernel.lexicon)
    assert f"{ID}Pakistan" in known
    assert "http://[" not in known
    assert CPEC + "aimsAt" in set(known)
    assert len(known) == len(set(known))


@pytest.mark.parametrize(
    "value",
    [
        NamedNode("urn:x:o"),
        NamedNode("id:o"),
        NamedNode("http://x/o"),
        Literal("text", language="en"),
    ],
)
def test_what_a_page_leads_to_is_the_triple_that_it_shows(
    index: EvidenceIndex, value: NamedNode | Literal
) -> None:
    triple = Triple(NamedNode("urn:x:s"), NamedNode("http://x/p"), value)
    given = parse_qs(write_explain_path(*triple).partition("?")[2])
    assert read_triple(index.kernel, *(given[name][0] for name in "spo")) == triple
