"""Finds passages by their words, in three scripts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, Store, parse

from graph.presenting.passage import KINDS, Passage, list_passages
from graph.presenting.passage_index import PassageIndex, write_terms
from ontology.namespace import ID, PREFIXES

CHAIRED = Passage(
    "statement",
    "page/a/s01",
    {
        "en": "The meeting was chaired by Li Chunlin",
        "zh": "会议由李春林主持",
        "ur": "اجلاس کی صدارت",
    },
    ["chaired by Mr Li"],
    names=["NDRC", "国家发展和改革委员会"],
)
AIMED = Passage("statement", "page/a/s02", {"en": "Pakistan aims at cooperation"})
ASKED = Passage("question", "questions/q", {"en": "Who chairs a meeting?"})
INDEX = PassageIndex([AIMED, CHAIRED, ASKED])


@pytest.mark.parametrize(
    "text",
    [
        *("chair", "chairs", "Chairman of the meeting", "meeting Li", "mr li", "chai", "NDRC"),
        *("主持", "主", "由李春林", "改革", "صدارت", "اجلاس كي"),
    ],
)
def test_a_statement_is_found_by_its_words_in_any_script(text: str) -> None:
    assert INDEX.find(text, "statement", 5)[0] == CHAIRED


def test_all_words_come_before_some_and_kinds_are_apart() -> None:
    assert INDEX.find("Pakistan cooperates", "statement", 5) == [AIMED]
    assert set(map(id, INDEX.find("chair Pakistan", "statement", 5))) == {id(CHAIRED), id(AIMED)}
    assert INDEX.find("chair", "question", 5) == [ASKED]
    assert INDEX.find("chair", "source", 5) == INDEX.find("statement", "statement", 5) == []


def test_a_short_word_is_no_beginning_and_a_bound_holds() -> None:
    assert INDEX.find("ai", "statement", 5) == []
    assert len(INDEX.find("chair pakistan", "statement", 1)) == 1


@given(st.text(max_size=300))
def test_no_text_breaks_the_search(text: str) -> None:
    for kind in KINDS:
        INDEX.find(text, kind, 3)


def test_no_sign_of_the_index_is_an_operator() -> None:
    assert write_terms('NOT "a* OR kind:x') == ['"not"*', '"or"', '"kind"*']


DATA = """
GRAPH graph:evidence {
  id:a dcterms:title "Ein Titel" ; dcterms:publisher id:P .
  <%(id)sa/s01> a cpec:Sentence ; oa:hasSource id:a ; schema:position 1 .
  <%(id)sa/s01#1> a rdf:Statement ; oa:hasSource <%(id)sa/s01> ; cpec:modality cpec:Aim ;
    rdf:subject id:X ; rdf:predicate cpec:aimsAt ; rdf:object id:Y ;
    oa:hasSelector <%(id)sa/s01#q> .
  <%(id)sa/s01#q> oa:exact "aims to" .
  <%(id)sa/s01#2> a cpec:UnassertedStatement ; oa:hasSource <%(id)sa/s01> ;
    cpec:modality cpec:Denied ; cpec:saidSubject id:X ; cpec:saidPredicate cpec:aimsAt ;
    cpec:saidObject "z" ; oa:hasSelector <%(id)sa/s01#r> .
  <%(id)sa/s01#r> cpec:anchor "any aim …" .
  <%(id)sa/s01#3> a rdf:Statement ; oa:hasSource <%(id)sa/s01> ; rdf:subject id:X .
  <x:elsewhere> dcterms:title "Not ours" .
}
GRAPH graph:editorial { id:X rdfs:label "X-land"@en ; skos:altLabel "Exland"@en .
  cpec:Denied rdfs:label "denied"@en . id:P rdfs:label "The Courier"@en }
"""


def test_passages_are_the_records_sources_and_questions_of_a_graph() -> None:
    store = Store()
    prologue = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
    store.extend(parse(prologue + DATA % {"id": ID}, RdfFormat.TRIG))
    stated, denied, source, *questions = list_passages(store)
    assert (stated.path, stated.modality, stated.quotes) == ("page/a/s01", "Aim", ["aims to"])
    assert stated.names == ["Exland", "X-land"]
    assert (denied.modality, denied.unasserted) == ("Unasserted", "denied")
    assert (denied.quotes, denied.anchors) == ([], ["any aim …"])
    assert denied.words["en"] == "The article denies that X-land aims at “z”"
    assert (source.path, source.words, source.names) == (
        "page/a",
        {"en": "Ein Titel"},
        ["The Courier"],
    )
    assert {own.kind for own in questions} == {"question"}
