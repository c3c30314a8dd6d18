"""Situations: who took part, how much, in which status. The example of the docs, and its faults."""

import pytest

from graph.curating.master import Inputs
from graph.errors import DataError
from graph.validation import validate
from ontology.namespace import HEAD
from tests.graph.test_data_model import SITUATIONS

NAME = "example-2021-07-11"
HASH = "0" * 64
SENTENCE = """
    <{name}> a cpec:Sentence ; oa:hasSource id:{article} ; schema:position {position} ;
        cpec:attributedTo id:{article} ; schema:sha256 "{hash}" ; oa:hasSelector <{name}#position> .
    <{name}#position> a oa:TextPositionSelector ; oa:start {start} ; oa:end {end} .
"""
EVIDENCE = f"""
GRAPH graph:editorial {{
    id:{NAME} a cpec:NewsArticle . id:Example_Courier a cpec:MediaOutlet .
    id:Asad_Umar a cpec:Person .
    id:Climate_Memorandum a cpec:Memorandum . id:Climate_Goods a cpec:Assistance .
}}
GRAPH graph:evidence {{
    id:{NAME} dcterms:title "An example"@en ; dcterms:date "2021-07-11"^^xsd:date ;
        dcterms:publisher id:Example_Courier ; schema:sha256 "{HASH}" .
"""


def write_article() -> str:
    """Return the example of the docs as an article of two sentences."""
    sentences = "".join(
        SENTENCE.format(
            name=name, article=NAME, position=position, hash=HASH, start=start, end=start + 900
        )
        for position, (name, start) in enumerate([("s01", 0), ("s02", 1000)], 1)
    )
    base = f"BASE <https://w3id.org/cpec-graph/id/{NAME}/>\n"
    return f"{base}{HEAD}{EVIDENCE}{sentences}}}\n{SITUATIONS}"


def put(inputs: Inputs, text: str) -> Inputs:
    """Write the article into a copy of the master copy."""
    (inputs.data / "articles" / f"{NAME}.trig").write_text(text, "utf-8")
    return inputs


AMOUNT = "id:Climate_Goods_Solar_5000"
CHANGE = "id:JCC_Meeting_10_Planned"
UMAR = "id:JCC_Meeting_10_Asad_Umar"
OFFICE = "id:Minister_of_Planning_PK"
AND = '~ <s02#%d> {| oa:exact "sets" |} .'
FAULTS = [
    (f'{AMOUNT} schema:unitText "sets"', f"{AMOUNT} cpec:bound cpec:Over", "has a unit"),
    ("schema:value 5000", 'schema:value "5,000"', "An amount is one number"),
    (
        f'{CHANGE} cpec:date "2021-07-10"^^xsd:date',
        "id:No_Day cpec:statusOf id:JCC_Meeting_10",
        "A change of status has a date",
    ),
    (
        f"{CHANGE} cpec:newStatus cpec:Planned",
        f"{CHANGE} cpec:newStatus cpec:Tasked",
        "brings one status",
    ),
    ("prov:hadRole cpec:CoChair", "prov:hadRole cpec:Planned", "one of the scheme cpec:Roles"),
    (f"{UMAR} prov:agent id:Asad_Umar", f"{UMAR} prov:agent id:Pakistan", "that of one agent"),
    (
        "id:Climate_Memorandum cpec:providesFor id:Climate_Goods",
        f"""id:Early cpec:statusOf id:JCC_Meeting_10 {AND % 40}
    id:Early cpec:newStatus cpec:Planned {AND % 41}
    id:Early cpec:date "2021-07-10"^^xsd:date {AND % 42}
    id:JCC_Meeting_10 cpec:date "2021-07-09"^^xsd:date""",
        "before it was announced",
    ),
    (
        "id:Climate_Memorandum cpec:concludedBy id:China",
        "id:Asad_Umar org:holds id:Nowhere",
        "An office is one in an organisation",
    ),
    (
        "id:Climate_Goods cpec:donor id:China",
        f"""{OFFICE} cpec:represents id:China {AND % 50}
    {OFFICE} cpec:represents id:Pakistan""",
        "represent one country at most",
    ),
    (
        "id:Climate_Goods cpec:recipient id:Pakistan",
        f"""id:Climate_Memorandum schema:startDate "2029"^^xsd:gYear {AND % 60}
    id:Climate_Memorandum schema:endDate "2025"^^xsd:gYear""",
        "ends before it begins",
    ),
]
THINGS = """
GRAPH graph:editorial {
    id:Nowhere a cpec:Office . id:Early a cpec:StatusChange . id:No_Day a cpec:StatusChange .
}
"""


def test_all_faults_of_situations_are_named_at_once_with_their_lines(
    shipped_inputs: Inputs,
) -> None:
    text = write_article() + THINGS
    for old, new, _ in FAULTS:
        assert text.count(old) == 1
        text = text.replace(old, new)
    found = find_faults(put(shipped_inputs, text))
    for _, _, what in FAULTS:
        places = [place for place in found if what in place]
        assert any(f"articles/{NAME}.trig:" in place for place in places), (what, found)


def test_a_property_that_means_nothing_here_is_named(shipped_inputs: Inputs) -> None:
    text = write_article().replace("schema:unitText", "schema:description")
    (fault,) = find_faults(put(shipped_inputs, text))
    assert "schema:description has no modality" in fault


def find_faults(inputs: Inputs) -> list[str]:
    with pytest.raises(DataError) as caught:
        validate(inputs)
    return [str(finding) for finding in caught.value.findings]


def test_the_example_of_the_docs_is_sound_and_a_person_may_hold_two_offices(
    shipped_inputs: Inputs,
) -> None:
    more = """
GRAPH graph:editorial { id:Chairman_PK a cpec:Office . }
GRAPH <s02> {
    id:Asad_Umar org:holds id:Chairman_PK ~ <s02#20> {| oa:exact "chairman" |} .
    id:Chairman_PK org:postIn id:JCC ~ <s02#21> {| oa:exact "chairman" |} .
    id:Chairman_PK cpec:represents id:Pakistan ~ <s02#22> {| oa:exact "chairman" |} .
}
"""
    validate(put(shipped_inputs, write_article() + more))


ONE_FAULT = {
    "an end before its begin": (
        'id:Climate_Memorandum schema:startDate "2029"^^xsd:gYear',
        'id:Climate_Memorandum schema:endDate "2025"^^xsd:gYear',
        "ends before it begins",
    ),
    "two statuses of one day": (
        "id:Late cpec:statusOf id:JCC_Meeting_10",
        "id:Late cpec:newStatus cpec:Cancelled",
        'id:Late cpec:date "2021-07-10"^^xsd:date',
        "give id:JCC_Meeting_10 two statuses of one day",
    ),
    "a giving without a giver": (
        "id:Stray_Gift cpec:recipient id:Pakistan",
        "A giving has a giver",
    ),
    "a giver that is a province": (
        "id:Stray_Gift cpec:donor id:Punjab",
        "which is a country or an agent",
    ),
    "a giving of two things": (
        "id:Climate_Goods cpec:plansToProvide id:Radars",
        "A giving gives one thing",
    ),
    "an office that nobody holds": (
        "id:Empty_Office org:postIn id:JCC",
        "Nobody holds the office",
    ),
    "a province where a country is due": (
        "id:Climate_Goods cpec:hasParty id:Punjab",
        "isjoint classes",
    ),
    "a province as the country of an office": (
        "id:Minister_of_Planning_PK cpec:represents id:Punjab",
        "isjoint classes",
    ),
    "a province that concludes a memorandum": (
        "id:Climate_Memorandum cpec:concludedBy id:Punjab",
        "The sides of a document are countries or agents",
    ),
    "an area of a meeting": (
        "id:JCC_Meeting_10 cpec:concernsArea id:Artificial_Intelligence",
        "What an event or a mandate is about is schema:about",
    ),
}
STRANGERS = """
GRAPH graph:editorial {
    id:Late a cpec:StatusChange . id:Stray_Gift a cpec:Assistance . id:Empty_Office a cpec:Office .
    id:Punjab a cpec:Province . id:Radars a cpec:TechnicalSystem .
}
"""


FIRST = {"two statuses of one day"}
"""The faults that a check of the stated names; the others wait until these are mended."""

COUNTRIES = {"a province where a country is due", "a province as the country of an office"}
"""The faults by which a province would be a country too, and pass for one elsewhere."""


@pytest.mark.parametrize("names", [FIRST, COUNTRIES, ONE_FAULT.keys() - FIRST - COUNTRIES], ids=len)
def test_bad_input_is_named_with_file_and_line(shipped_inputs: Inputs, names: set[str]) -> None:
    triples = [triple for name in sorted(names) for triple in ONE_FAULT[name][:-1]]
    lines = (f"    {triple} {AND % number}" for number, triple in enumerate(triples, 70))
    more = STRANGERS + "GRAPH <s02> {\n" + "\n".join(lines) + "\n}\n"
    found = find_faults(put(shipped_inputs, write_article() + more))
    for name in names:
        places = [place for place in found if ONE_FAULT[name][-1] in place]
        assert any(f"articles/{NAME}.trig:" in place for place in places), (name, found)


@pytest.mark.parametrize(
    "annotated", ['{| oa:exact "sets" ; cpec:attributedTo id:China |}', '{| oa:exact "sets" |}']
)
def test_a_country_says_nothing_in_an_attribution(shipped_inputs: Inputs, annotated: str) -> None:
    text = write_article()
    if "attributedTo" in annotated:
        text += f"GRAPH <s02> {{ id:China cpec:partyTo id:CPEC ~ <s02#90> {annotated} . }}"
    else:
        text = text.replace(f"cpec:attributedTo id:{NAME}", "cpec:attributedTo id:China", 1)
    found = find_faults(put(shipped_inputs, text))
    places = [place for place in found if "speaks through nobody" in place]
    assert any(f"articles/{NAME}.trig:" in place for place in places)
