"""Sentences: the statements of the shipped graph in each language of the ontology."""

import re

import pytest
from pyoxigraph import Literal, NamedNode, Store, Triple

from graph.wording.display_name import Names
from graph.wording.phrase import PHRASES, PLANNED
from graph.wording.record import Record, Records
from graph.wording.sentence import GRAMMARS, write_sentence, write_sentences, write_unasserted
from graph.wording.source import Bibliography
from ontology.namespace import ID
from ontology.terms import CPEC, RDF, XSD
from ontology.vocabulary import LANGUAGES

SENTENCES = [
    ("Pakistan", "cooperatesIn", "Robotics", "ur", "پاکستان کا روبوٹکس میں تعاون ہے"),
    ("Pakistan", "cooperatesIn", "Robotics", "zh", "巴基斯坦在机器人技术方面合作"),
    ("Pakistan", "cooperatesWith", "China", "zh", "巴基斯坦与中国合作"),
    (
        "inp-wealthpk-2026-04-29",
        "basedOn",
        "MDU_2026_04",
        "en",
        (
            "“Pakistan, China advance CPEC Phase II, expand economic cooperation” draws on the"
            " Monthly Development Update (April 2026)"
        ),
    ),
    (
        "Climate_Goods_2023_Solar_5000",
        "amountOf",
        "Solar_Home_Systems",
        "en",
        "5,000 sets of solar home systems are a count of solar home systems",
    ),
]


@pytest.fixture(scope="module")
def names(store: Store) -> Names:
    return Names(store)


@pytest.mark.parametrize(("subject", "predicate", "value", "language", "words"), SENTENCES)
def test_a_statement_is_a_sentence_of_its_language(
    names: Names, subject: str, predicate: str, value: str, language: str, words: str
) -> None:
    triple = Triple(NamedNode(ID + subject), NamedNode(CPEC + predicate), NamedNode(ID + value))
    assert write_sentence(triple, names, language=language) == words
    assert write_sentences(triple, names)[language] == words


def test_an_aim_of_a_property_that_states_aims_is_no_plan_of_an_aim(names: Names) -> None:
    triple = Triple(
        NamedNode(ID + "Scholarship_Alignment_Initiative"),
        NamedNode(CPEC + "targets"),
        NamedNode(ID + "Pakistani_Youth"),
    )
    aim, proposal = (write_sentence(triple, names, CPEC + name) for name in ("Aim", "Proposed"))
    assert aim == "The scholarship alignment initiative is meant for Pakistani youth"
    assert proposal == aim.replace("is meant", "was to be meant")


def test_a_phrase_has_every_language() -> None:
    told = {(iri, modality) for iri, modality, _ in PHRASES}
    missing = {(*key, x) for key in told for x in LANGUAGES if (*key, x) not in PHRASES}
    assert missing == {(RDF.TYPE.value, "", "en")}  # a class has an article in English
    assert GRAMMARS.keys() == set(LANGUAGES)


def test_no_phrase_says_words_twice_in_a_row() -> None:
    texts = [text for phrase in PHRASES.values() for text in (*phrase.before, *phrase.after)]
    assert [text for text in texts if re.search(r"\b(\w+(?: \w+)*) \1\b", text)] == []


def test_a_weaker_statement_is_weaker_in_every_language(names: Names) -> None:
    triple = Triple(
        NamedNode(ID + "Pakistan"), NamedNode(CPEC + "advances"), NamedNode(ID + "CPEC_Phase_II")
    )
    reported = write_sentences(triple, names, CPEC + "Reported")
    ongoing = write_sentences(triple, names, CPEC.ONGOING.value)
    assert all(reported[language] != ongoing[language] for language in LANGUAGES)
    assert ongoing["zh"].startswith("巴基斯坦正在推进")


def test_what_a_source_aims_at_or_proposes_is_told_as_a_plan(names: Names, store: Store) -> None:
    planned = {CPEC + name for name in PLANNED}
    records = [own for own in Records(store).list_unasserted() if own.modality in planned]
    assert len({own.triple.predicate for own in records}) > 5
    for own in records:
        plan, deed = (write_sentences(own.triple, names, m) for m in (own.modality, ""))
        assert all(plan[language] != deed[language] for language in LANGUAGES), plan
    words = {write_sentence(own.triple, names, own.modality) for own in records}
    assert "The 10th Joint Cooperation Committee meeting was to be held by video link" in words


def test_what_has_no_words_for_its_modality_is_told_as_what_its_speaker_does(
    store: Store, names: Names
) -> None:
    evidence = Bibliography(store)
    told = [write_unasserted(own, evidence)[0] for own in evidence.records.list_unasserted()]
    assert all(own.keys() == {*LANGUAGES} for own in told)
    denial = (
        "The article denies that the scheduling of the 10th Joint Cooperation Committee meeting"
    )
    assert f"{denial} set 2020 as the date" in {own["en"] for own in told}
    triple = Triple(
        NamedNode(ID + "Pakistan"), NamedNode(CPEC + "cooperatesIn"), NamedNode(ID + "Robotics")
    )
    asking = names(NamedNode(ID + "MoPDSI"))
    requested = Record("", triple, "urn:s", CPEC + "Requested", asking.iri)
    words, by = write_unasserted(requested, evidence)
    assert by == ""
    assert words == {
        "en": f"The {asking.text} asks that Pakistan cooperates in robotics",
        "ur": f"{asking.texts['ur']} کی جانب سے درخواست ہے کہ پاکستان کا روبوٹکس میں تعاون ہے",
        "zh": "计划发展和特别任务部请求：巴基斯坦在机器人技术方面合作",
    }
    unmeant, _ = write_unasserted(Record("", triple, "urn:s"), evidence)
    speaks = "The article speaks of it, without asserting it, that Pakistan cooperates in robotics"
    assert unmeant == {"en": speaks}


def test_an_urdu_name_bends_before_a_postposition(names: Names) -> None:
    phase, within = NamedNode(ID + "CPEC_Phase_II"), NamedNode(CPEC + "within")
    triple = Triple(phase, within, phase)
    label, oblique = names(phase).texts["ur"], names(phase).oblique
    assert label.replace("کا دوسرا مرحلہ", "کے دوسرے مرحلے") == oblique
    assert write_sentence(triple, names, language="ur") == f"{oblique} کا تعلق {oblique} سے ہے"
    party = Triple(NamedNode(ID + "Pakistan"), NamedNode(CPEC + "hasAmount"), phase)
    assert write_sentence(party, names, language="ur") == f"پاکستان کے حوالے سے {label} درج ہے"


def test_a_unit_is_no_quotation(names: Names) -> None:
    unit = NamedNode("https://schema.org/unitText")
    triple = Triple(NamedNode(ID + "Action_Plan_Training_3000"), unit, Literal("opportunities"))
    assert write_sentence(triple, names).endswith("have the unit opportunities")


@pytest.mark.parametrize(
    ("subject", "predicate", "value", "sentence"),
    [
        (
            "JCC_Meeting_14",
            "http://www.w3.org/ns/prov#qualifiedAssociation",
            NamedNode(ID + "JCC_Meeting_14_Zhou_Haibing"),
            {
                "en": "Zhou Haibing chaired the 14th Joint Cooperation Committee meeting",
                "ur": "ژو ہائی بِنگ نے مشترکہ تعاون کمیٹی کے چودھویں اجلاس کی صدارت کی",
                "zh": "周海兵主持了联合合作委员会第十四次会议",
            },
        ),
        (
            "High_Level_Meeting_2026_03",
            CPEC + "date",
            Literal("2026-03", datatype=NamedNode(XSD.IRI + "gYearMonth")),
            {"en": "The high-level meeting (March 2026) took place in March 2026"},
        ),
        (
            "JCC14_Minutes_Signing",
            CPEC + "date",
            Literal("2026-03-31", datatype=XSD.DATE),
            {"en": "The signing of the 14th JCC minutes took place on 31 March 2026"},
        ),
    ],
)
def test_an_event_says_its_day_and_who_took_part_without_saying_itself_again(
    names: Names,
    subject: str,
    predicate: str,
    value: NamedNode | Literal,
    sentence: dict[str, str],
) -> None:
    triple = Triple(NamedNode(ID + subject), NamedNode(predicate), value)
    assert sentence.items() <= write_sentences(triple, names).items()


@pytest.mark.parametrize(
    ("subject", "predicate", "value", "sentence"),
    [
        (
            "JCC_Meeting_10",
            CPEC + "hasPlannedParticipation",
            "JCC_Meeting_10_Asad_Umar",
            "Asad Umar was to co-chair the 10th Joint Cooperation Committee meeting",
        ),
        (
            "JCC_Meeting_10_Asad_Umar",
            "http://www.w3.org/ns/prov#agent",
            "Asad_Umar",
            "Asad Umar was to co-chair the 10th Joint Cooperation Committee meeting",
        ),
        (
            "JCC_Meeting_10_Postponed",
            CPEC + "statusOf",
            "JCC_Meeting_10",
            "The 10th Joint Cooperation Committee meeting was reported as postponed",
        ),
    ],
)
def test_a_statement_of_a_situation_is_told_of_whom_it_concerns(
    names: Names, subject: str, predicate: str, value: str, sentence: str
) -> None:
    triple = Triple(NamedNode(ID + subject), NamedNode(predicate), NamedNode(ID + value))
    assert write_sentence(triple, names) == sentence


def test_a_date_is_in_the_words_of_the_language(names: Names) -> None:
    day = Literal("2026-03-31", datatype=XSD.DATE)
    triple = Triple(NamedNode(ID + "JCC_14_Minutes_Signing"), NamedNode(CPEC + "date"), day)
    sentences = write_sentences(triple, names)
    assert "31 مارچ 2026" in sentences["ur"]
    assert "2026年3月31日" in sentences["zh"]


def test_a_property_without_a_phrase_is_said_in_english(names: Names) -> None:
    triple = Triple(NamedNode(ID + "China"), NamedNode("https://schema.org/name"), Literal("x"))
    assert write_sentences(triple, names) == {"en": "China – schema:name: “x”"}
    assert write_sentence(triple, names, language="ur") == "China – schema:name: “x”"


def test_a_name_without_the_language_is_isolated(names: Names) -> None:
    triple = Triple(NamedNode(ID + "China"), NamedNode(CPEC + "partyTo"), NamedNode("http://x/(a)"))
    assert "\N{FIRST STRONG ISOLATE}http://x/(a)\N{POP DIRECTIONAL ISOLATE}" in write_sentence(
        triple, names, language="ur"
    )
