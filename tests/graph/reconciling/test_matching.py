"""Candidates: ranked, explained by their features, certain where nothing speaks against them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, RdfFormat, Store

from graph.errors import LimitError, ParameterError
from graph.reconciling.folding import split_words
from graph.reconciling.likeness import LETTERS_SHARE, compare_words
from graph.reconciling.matching import PROPERTIES_SHARE, Candidate
from graph.reconciling.query import MOST_QUERIES, QUERY_LENGTH, ReconciliationQuery, read_batch
from graph.reconciling.reconciliation import Reconciliation
from ontology.namespace import GRAPH, HEAD, ID
from ontology.terms import XSD

DATA = f"""{HEAD}
GRAPH graph:ontology {{
  cpec:City a owl:Class ; rdfs:label "City"@en ; rdfs:comment "A city."@en .
  cpec:Country a owl:Class ; rdfs:label "Country"@en ; rdfs:comment "A state."@en .
  cpec:inCountry a owl:ObjectProperty ; rdfs:label "in country"@en ; rdfs:comment "Where."@en .
}}
GRAPH graph:editorial {{
  id:Pakistan a cpec:Country ; rdfs:label "Pakistan"@en ; cpec:iso3 "PAK" .
  id:India a cpec:Country ; rdfs:label "India"@en .
  id:Hyderabad a cpec:City ; rdfs:label "Hyderabad"@en ; cpec:inCountry id:Pakistan .
  id:Hyderabad_Deccan a cpec:City ; rdfs:label "Hyderabad"@en ; cpec:inCountry id:India .
  id:Gwadar a cpec:City ; rdfs:label "Gwadar"@en , "گوادر"@ur , "瓜达尔"@zh ;
    owl:sameAs <http://www.wikidata.org/entity/Q185474> ;
    schema:sameAs <https://sws.geonames.org/1177446/> .
  id:Karachi a cpec:City ; rdfs:label "Karachi"@en , "کراچی"@ur , "卡拉奇"@zh ;
    cpec:labelStatus cpec:DraftChineseLabel .
  cpec:DraftChineseLabel schema:inLanguage "zh" .
}}
"""


@pytest.fixture(scope="module")
def reconciliation() -> Reconciliation:
    store = Store()
    store.load(DATA.encode(), RdfFormat.TRIG)
    return Reconciliation(store)


def match(reconciliation: Reconciliation, text: str, **members: object) -> list[Candidate]:
    batch = read_batch(json.dumps({"q0": {"query": text, **members}}))
    return reconciliation.match("q0", batch["q0"])


def test_a_thing_is_found_by_each_of_its_scripts(reconciliation: Reconciliation) -> None:
    for name in ("GWADAR", "Gwader", "گوادر", "瓜達爾", "瓜达尔"):
        assert match(reconciliation, name)[0].thing.iri == f"{ID}Gwadar", name


def test_two_things_of_one_name_are_no_match_until_a_property_tells_them_apart(
    reconciliation: Reconciliation,
) -> None:
    assert [own.match for own in match(reconciliation, "Hyderabad")] == [False, False]
    for value in ("India", {"id": "India", "name": "Bharat"}, f"{ID}India"):
        properties = [{"pid": "inCountry", "v": value}]
        first, second = match(reconciliation, "Hyderabad", properties=properties)
        assert (first.thing.iri, first.match) == (f"{ID}Hyderabad_Deccan", True)
        assert first.score > second.score
        assert not second.match


def test_a_draft_is_a_candidate_and_no_match(reconciliation: Reconciliation) -> None:
    (first,) = match(reconciliation, "卡拉奇")
    assert (first.thing.iri, first.name.kind, first.match) == (f"{ID}Karachi", "draft", False)
    assert match(reconciliation, "کراچی")[0].match
    assert match(reconciliation, "Karachi")[0].match


def test_an_extension_has_the_links_and_the_labels_of_a_thing(
    reconciliation: Reconciliation,
) -> None:
    ids = [{"id": own} for own in ("sameAs", "label@zh", "label", "altLabel@ur")]
    asked = json.dumps({"ids": ["Gwadar"], "properties": ids})
    extended = reconciliation.ask("extend", asked)
    assert extended["meta"][0] == {"id": "sameAs", "name": "sameAs"}
    assert extended["rows"]["Gwadar"] == {
        "sameAs": [
            {"str": "http://www.wikidata.org/entity/Q185474"},
            {"str": "https://sws.geonames.org/1177446/"},
        ],
        "label@zh": [{"str": "瓜达尔"}],
        "label": [{"str": "Gwadar"}, {"str": "گوادر"}, {"str": "瓜达尔"}],
        "altLabel@ur": [],
    }
    proposed = {own["id"] for own in reconciliation.ask("properties", "City")["properties"]}
    assert {"sameAs", "label", "label@ur"} < proposed


def test_a_property_alone_finds_its_things(reconciliation: Reconciliation) -> None:
    (only,) = match(reconciliation, "", properties=[{"pid": "iso3", "v": "PAK"}])
    assert (only.thing.iri, only.match, only.score) == (f"{ID}Pakistan", True, 100)


def test_a_type_leaves_out_things_of_others(reconciliation: Reconciliation) -> None:
    assert match(reconciliation, "Pakistan", type="City") == []
    assert match(reconciliation, "Pakistan", type=["City", "Country"])[0].match
    assert match(reconciliation, "Pakistan", type=["City", "Country"], type_strict="all") == []


def test_a_score_is_made_of_its_features(reconciliation: Reconciliation) -> None:
    properties = [{"pid": "inCountry", "v": "India"}]
    for name in ("Hyderabed", "Deccan Hyderabad", "Pakistan", "PAK"):
        for candidate in match(reconciliation, name, properties=properties):
            features = candidate.list_features()
            own = LETTERS_SHARE * features["letters"] + (1 - LETTERS_SHARE) * features["words"]
            score = own * features["kind"] / 100
            if "property:inCountry" in features:
                score = (1 - PROPERTIES_SHARE) * score
                score += PROPERTIES_SHARE * features["property:inCountry"]
            assert candidate.score == pytest.approx(score, abs=0.1)


@pytest.mark.parametrize(
    ("left", "right", "is_certain"),
    [
        ("Higher Education Commision", "Higher Education Commission", True),
        ("Commission, Higher Education", "Higher Education Commission", True),
        ("Higher Education Council", "Higher Education Commission", False),
        ("Chiba", "China", False),
        ("14th meeting", "15th meeting", False),
        ("国中", "中国", False),
        ("CPEC Phase-II", "CPEC phase 2.0", True),
        ("", "", False),
    ],
)
def test_a_match_is_certain_but_for_order_and_a_letter_of_a_long_word(
    left: str, right: str, is_certain: bool
) -> None:
    likeness = compare_words(split_words(left), split_words(right), lambda _: 1.0)
    assert likeness.is_certain == is_certain


@given(st.text(max_size=300))
def test_any_text_is_like_itself_or_has_no_words(text: str) -> None:
    words = split_words(text)
    assert not words or compare_words(words, words, lambda _: 1.0).score == 100


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_likeness_is_symmetric_and_bounded(left: str, right: str) -> None:
    names = split_words(left), split_words(right)
    there = compare_words(*names, lambda _: 1.0)
    back = compare_words(*names[::-1], lambda _: 1.0)
    assert 0 <= there.score <= 100
    assert there.is_certain == back.is_certain


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "nested too deep"),
        ("[]", "the batch is not an object"),
        ('{"q0": {}}', "q0 has neither"),
        ('{"q0": {"query": 1}}', "q0: query is not a text"),
        ('{"q0": {"query": "a", "props": []}}', "unknown member 'props'"),
        ('{"q0": {"query": "a", "limit": 0}}', "limit is not a number from 1"),
        ('{"q0": {"query": "a", "limit": Infinity}}', "limit is not a number from 1"),
        ('{"q0": {"query": "a", "properties": [{"pid": "x"}]}}', "a property has pid and v"),
        ('{"\\ud800": {"query": "a"}}', "half of a surrogate pair"),
    ],
)
def test_a_malformed_batch_is_the_clients_fault(body: str, fault: str) -> None:
    with pytest.raises(ParameterError, match=fault):
        read_batch(body)


def test_a_batch_is_bounded() -> None:
    long_batch = {f"q{n}": {"query": "a"} for n in range(MOST_QUERIES + 1)}
    long_name = {"q0": {"query": "a" * (QUERY_LENGTH + 1)}}
    long_list = {"q0": {"query": "a", "properties": [{"pid": "x", "v": list(range(21))}]}}
    for batch in (long_batch, long_name, long_list):
        with pytest.raises(LimitError, match="beyond the limit of"):
            read_batch(json.dumps(batch))


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        (ReconciliationQuery("a", types=("Cuntry",)), "no class 'Cuntry'; did you mean Country"),
        (ReconciliationQuery("a", types=("<>",)), "no class"),
        (ReconciliationQuery("a", properties=(("a b", ("c",)),)), "'a b' is no property"),
        (ReconciliationQuery("a", properties=(("inCuntry", ("c",)),)), "did you mean inCountry"),
    ],
)
def test_an_unknown_term_is_named_with_the_nearest(
    reconciliation: Reconciliation, query: ReconciliationQuery, fault: str
) -> None:
    with pytest.raises(ParameterError, match=fault):
        reconciliation.match("q0", query)


def test_a_value_is_a_cell_of_its_kind(reconciliation: Reconciliation) -> None:
    moment = Literal("2026-03-31T10:00:00Z", datatype=NamedNode(XSD + "dateTime"))
    values = (NamedNode(ID + "Pakistan"), Literal("14", datatype=XSD.INTEGER), moment, Literal("a"))
    assert [reconciliation.write_value(value) for value in values] == [
        {"id": "Pakistan", "name": "Pakistan"},
        {"int": 14},
        {"date": "2026-03-31T10:00:00Z"},
        {"str": "a"},
    ]


def test_the_vocabulary_of_a_store_without_ontology_is_empty() -> None:
    store = Store()
    assert Reconciliation(store).ask("type", "a") == {"result": []}
    assert Reconciliation(store).ask("batch", '{"q0": {"query": "a"}}') == {"q0": {"result": []}}
    assert GRAPH
