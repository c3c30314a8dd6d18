"""Single defects, seeded into a copy of the shipped data: none of them gets through the build."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.build import build
from graph.curating.master import Inputs
from graph.errors import DataError

ARTICLE = "data/articles/inp-wealthpk-2026-04-29.trig"
BACKGROUND = "data/background/country-codes.trig"
ENTITIES = "data/entities.ttl"
WIKIDATA = "data/links/wikidata.trig"

DEFECTS = {
    "a property is misspelt": (
        ARTICLE,
        "id:Pakistan cpec:advances",
        "id:Pakistan cpec:advancse",
        "cpec:advancse is not a property of the ontology; did you mean cpec:advances?",
    ),
    "a class is misspelt": (
        ENTITIES,
        "id:CPEC a cpec:Framework",
        "id:CPEC a cpec:Frameworks",
        "cpec:Frameworks is not a class of the ontology; did you mean cpec:Framework?",
    ),
    "a modality is misspelt": (
        "ontology/cpec.ttl",
        "cpec:modality cpec:Ongoing",
        "cpec:modality cpec:Ongiong",
        "cpec:Ongiong is not a term of the ontology; did you mean cpec:Ongoing?",
    ),
    "an entity is misspelt": (
        ARTICLE,
        "id:AI_Framework cpec:concernsArea id:Artificial_Intelligence",
        "id:AI_Framework cpec:concernsArea id:Artificial_Inteligence",
        "did you mean id:Artificial_Intelligence?",
    ),
    "a sentence is misnumbered": (
        ARTICLE,
        "GRAPH <s08>",
        "GRAPH <s80>",
        "id:inp-wealthpk-2026-04-29/s80 states something",
    ),
    "a statement stands in no sentence": (
        ENTITIES,
        "id:CPEC a cpec:Framework",
        "id:CPEC cpec:hasParty id:China ; a cpec:Framework",
        "cpec:hasParty stands in graph:editorial",
    ),
    "an Urdu label has an Arabic kaf": (
        ENTITIES,
        '"پاکستان"@ur',
        '"پا\u0643ستان"@ur',
        "is Urdu with an Arabic kaf or yeh",
    ),
    "a Chinese label is in Latin letters": (
        ENTITIES,
        '"伊斯兰堡"@zh',
        '"Yisilanbao"@zh',
        "is Chinese without a Chinese character",
    ),
    "a second English label": (
        ENTITIES,
        '"Islamabad"@en',
        '"Islamabad"@en , "Islamabad City"@en',
        "One label a language",
    ),
    "a link points elsewhere than its mapping": (
        WIKIDATA,
        "id:China owl:sameAs wd:Q148",
        "id:China owl:sameAs wd:Q418",
        "the link to wd:Q418 has no sssom:Mapping",
    ),
    "a blank node": (
        ARTICLE,
        "id:HRD_Programme cpec:concernsArea id:Human_Capital_Development",
        "id:HRD_Programme cpec:concernsArea []",
        "a blank node",
    ),
    "a background source has no address": (
        BACKGROUND,
        "dcterms:source <https://github.com/datasets/country-codes> ;",
        "",
        "graph:background/country-codes has no dcterms:source",
    ),
    "nobody says the sentence": (
        ARTICLE,
        "cpec:attributedTo id:MDU_2026_04 ;",
        "",
        "has no cpec:attributedTo",
    ),
    "the corridor is within its own part": (
        ARTICLE,
        "id:Ongoing_Engagements cpec:under id:CPEC_Phase_II",
        "id:CPEC cpec:under id:CPEC_Phase_II",
        "are within each other: a cycle",
    ),
    "a fact is marked stronger than its property": (
        ARTICLE,
        "id:Robotics ~ <s09#8> {|",
        "id:Robotics ~ <s09#8> {| cpec:modality cpec:Reported ;",
        "marked cpec:Reported, and cpec:aimsAlignmentWith is cpec:Aim: a statement may be weaker",
    ),
    "an aim is a deed": (
        ARTICLE,
        "id:Pakistan cpec:cooperatesIn id:Technology ~ <s07#13> {|",
        "id:Pakistan cpec:cooperatesIn id:Technology ~ <s07#13> {| cpec:modality cpec:Aim ;",
        "and cpec:cooperatesIn is cpec:Reported: say it with cpec:intendsCooperationIn",
    ),
    "a plan is a party": (
        ARTICLE,
        "id:HRD_Programme cpec:hasJointParty id:China ~ <s09#3> {|",
        "id:HRD_Programme cpec:hasJointParty id:China ~ <s09#3> {| cpec:modality cpec:Aim ;",
        "say it with cpec:hasPlannedParty",
    ),
    "one joint party alone": (
        ARTICLE,
        "id:HRD_Programme cpec:hasJointParty id:China",
        "id:HRD_Programme cpec:hasParty id:China",
        "has two joint parties at least; a single one is its party (cpec:hasParty)",
    ),
    "a city lies in a province": (
        BACKGROUND,
        "id:Islamabad cpec:inCountry id:Pakistan",
        "id:Islamabad cpec:inCountry id:AI_Framework",
        "in a country (cpec:inCountry): a province is none",
    ),
    "a party is a city": (
        ARTICLE,
        "id:AI_Framework cpec:hasJointParty id:China",
        "id:AI_Framework cpec:hasJointParty id:Islamabad",
        "Disjoint classes cpec:City and cpec:Country have a common individual id:Islamabad",
    ),
    "a party is an area": (
        ARTICLE,
        "id:AI_Framework cpec:hasJointParty id:China",
        "id:AI_Framework cpec:hasJointParty id:Robotics",
        "isjoint",
    ),
    "an event has two places": (
        ARTICLE,
        "cpec:place id:Islamabad",
        'cpec:place id:Pakistan ~ <s02#11> {| oa:exact "in" |} , id:Islamabad',
        "An event has one place at most.",
    ),
    "a day that is not in the calendar": (
        ARTICLE,
        '"2026-03-31"^^xsd:date',
        '"2026-02-31"^^xsd:date',
        '"2026-02-31" is not an xsd:date',
    ),
    "the file is cut off": (ARTICLE, "id:Ongoing_Engagements cpec:under", "", "column"),
}


def seed(inputs: Inputs, name: str, old: str, new: str) -> None:
    path = inputs.data.parent / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "old", "new", "what"), [pytest.param(*case, id=name) for name, case in DEFECTS.items()]
)
def test_a_seeded_defect_is_named_with_its_line(
    shipped_inputs: Inputs, tmp_path: Path, name: str, old: str, new: str, what: str
) -> None:
    seed(shipped_inputs, name, old, new)
    with pytest.raises(DataError) as caught:
        build(shipped_inputs, tmp_path / "build", tmp_path / "no-texts")
    defects = caught.value.findings
    assert any(what in finding.message for finding in defects), defects
    assert all(finding.path.endswith((".ttl", ".trig")) and finding.line for finding in defects), (
        defects
    )
