"""The context: our words for our terms, and no word for two things."""

from ontology.jsonld_context import build_context, single_valued_properties
from ontology.namespace import PREFIXES, shorten
from ontology.terms import CPEC, XSD
from ontology.vocabulary import Vocabulary


def vocabulary(*, objects: frozenset[str], dates: frozenset[str]) -> Vocabulary:
    return Vocabulary(
        classes=frozenset({CPEC + "Country"}),
        properties=objects | dates | {CPEC + "note", "http://example.org/other"},
        object_properties=objects,
        modality={},
        datatype=dict.fromkeys(dates, XSD + "date"),
    )


def test_a_term_says_what_its_values_are() -> None:
    words = build_context(
        vocabulary(objects=frozenset({CPEC + "aimsAt"}), dates=frozenset({CPEC + "earliest"}))
    )
    assert words["Country"] == "cpec:Country"
    assert words["aimsAt"] == {"@id": "cpec:aimsAt", "@type": "@id", "@container": "@set"}
    assert words["earliest"] == {"@id": "cpec:earliest", "@type": "xsd:date"}
    assert words["note"] == {"@id": "cpec:note", "@container": "@set"}
    assert words["label"] == {"@id": "rdfs:label", "@container": "@language"}
    assert words["altLabel"] == {"@id": "skos:altLabel", "@container": ["@language", "@set"]}
    assert words["graph"] == PREFIXES["graph"]
    assert "other" not in words


def test_the_keywords_have_names_without_a_sign() -> None:
    words = build_context(vocabulary(objects=frozenset(), dates=frozenset()))
    assert [words["id"], words["reverse"]] == ["@id", "@reverse"]
    assert words["type"] == {"@id": "@type", "@container": "@set"}


def test_one_value_alone_has_what_the_shapes_allow_no_more_of() -> None:
    assert {
        "cpec:earliest",
        "cpec:place",
        "schema:position",
        "oa:exact",
    } <= single_valued_properties()
    assert single_valued_properties().isdisjoint(
        {"cpec:date", "cpec:hasParty", "rdfs:label", "oa:hasSelector"}
    )


def test_our_word_goes_before_that_of_another_vocabulary() -> None:
    words = build_context(vocabulary(objects=frozenset({CPEC + "closeMatch"}), dates=frozenset()))
    assert words["closeMatch"] == {
        "@id": "cpec:closeMatch",
        "@type": "@id",
        "@container": "@set",
    }


def test_a_name_is_shortened_with_the_longest_prefix() -> None:
    assert shorten(CPEC + "Country") == "cpec:Country"
    assert shorten(PREFIXES["graph"] + "links/wikidata") == "graph:links/wikidata"
    assert shorten("http://example.org/x") == "<http://example.org/x>"
