"""Single defects that only the axioms and shapes of the shipped vocabulary find.

Those that any vocabulary finds are in test_defects.py.
"""

from pathlib import Path

import pytest

from graph.build import build
from graph.curating.master import Inputs
from graph.errors import DataError

pytestmark = pytest.mark.long

ARTICLE = "data/articles/inp-wealthpk-2026-04-29.trig"
BACKGROUND = "data/background/country-codes.trig"

DEFECTS = {
    "a plan is a party": (
        ARTICLE,
        "id:HRD_Programme cpec:hasJointParty id:China ~ <s09#3> {|",
        "id:HRD_Programme cpec:hasJointParty id:China ~ <s09#3> {| cpec:modality cpec:Aim ;",
        "say it with cpec:hasPlannedJointParty",
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
    "an event has two places": (
        ARTICLE,
        "cpec:place id:Islamabad",
        'cpec:place id:Beijing ~ <s02#11> {| oa:exact "in" |} , id:Islamabad',
        "gives it two values",
    ),
    "a day that is not in the calendar": (
        ARTICLE,
        '"2026-03-31"^^xsd:date',
        '"2026-02-31"^^xsd:date',
        '"2026-02-31" is not an xsd:date',
    ),
}


def seed(inputs: Inputs, name: str, old: str, new: str) -> None:
    path = inputs.data.parent / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


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
