"""The glossary: the facts of each term, of any ontology."""

from pyoxigraph import RdfFormat, parse

from ontology.glossary import Fact, Glossary, Word
from ontology.namespace import HEAD
from ontology.release import current_version
from ontology.terms import CPEC


def glossary(text: str) -> Glossary:
    return Glossary.from_quads(parse(HEAD + text, format=RdfFormat.TURTLE))


def text(fact: Fact) -> str:
    return "".join(word.text for word in fact)


def test_a_term_is_told_with_its_labels_in_their_languages() -> None:
    packaged = Glossary.read_packaged()
    (entry,) = (term for term in packaged.properties if term.name == "cooperatesIn")
    assert [language for language, _ in entry.labels] == ["en", "ur", "zh"]
    assert list(map(text, entry.facts)) == [
        "modality: Reported",
        "as an aim, a task or a judgement: intendsCooperationIn",
        "Country → Area",
        "follows from cooperatesIn then broader",
        "follows from jointPartyTo then concernsArea",
    ]
    assert (packaged.version, packaged.issued) == (current_version(), "2026-11-30")
    assert text(packaged.drafts) == "DraftChineseLabel, DraftUrduLabel"


def test_our_terms_have_an_anchor_and_others_none() -> None:
    assert Word("Area", CPEC + "Area").anchor == "Area"
    assert Word("schema:Place", "https://schema.org/Place").anchor == Word("then").anchor == ""


def test_every_class_is_told_once_after_a_wider_one() -> None:
    classes = glossary(
        "cpec:B a owl:Class ; rdfs:subClassOf cpec:A . cpec:A a owl:Class ."
        " cpec:C a owl:Class ; rdfs:subClassOf cpec:A, cpec:B, skos:Concept ."
    ).classes
    assert [(term.name, term.depth) for term in classes] == [("A", 0), ("B", 1), ("C", 2)]
    assert text(classes[2].facts[0]) == "Below A, B, skos:Concept"


def test_a_retired_term_is_told_apart_with_its_successor() -> None:
    terms = glossary(
        "cpec:old a owl:ObjectProperty ; owl:deprecated true ; dcterms:isReplacedBy cpec:new ."
        " cpec:gone a owl:Class ; owl:deprecated true . cpec:new a owl:ObjectProperty ."
    )
    assert [entry.name for entry in (*terms.classes, *terms.properties)] == ["new"]
    assert [(entry.name, text(entry.facts[0])) for entry in terms.retired] == [
        ("gone", "retired, without a successor"),
        ("old", "retired: write new"),
    ]


def test_circles_end() -> None:
    terms = glossary(
        "cpec:A a owl:Class ; rdfs:subClassOf cpec:B ."
        " cpec:B a owl:Class ; rdfs:subClassOf cpec:A ."
        " cpec:p a owl:ObjectProperty ; owl:propertyChainAxiom _:l ."
        " _:l rdf:first cpec:p ; rdf:rest _:l ."
    )
    assert [entry.name for entry in terms.classes] == ["A", "B"]
    assert [text(fact) for fact in terms.properties[0].facts] == ["follows from p"]


def test_an_ontology_of_nothing_has_no_terms() -> None:
    terms = glossary("")
    assert (terms.title, terms.classes, terms.properties, terms.modalities) == ("", (), (), ())


def test_every_modality_and_counterpart_is_listed() -> None:
    terms = Glossary.read_packaged()
    assert {entry.name for entry in terms.unasserted} == {
        *("Denied", "Proposed", "Requested", "Conditional")
    }
    facts = {entry.name: [text(fact) for fact in entry.facts] for entry in terms.properties}
    assert "as a fact: cooperatesIn, expandsCooperationInto" in facts["intendsCooperationIn"]
