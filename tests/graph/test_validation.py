"""The validation of one file: all defects at once, at lines of that file."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.curating.master import Inputs
from graph.errors import DataError
from graph.validation import validate_file
from ontology.vocabulary import ONTOLOGY_FOLDER as ONTOLOGY

NEXT = """BASE            <https://w3id.org/cpec-graph/id/next-2026-06-01/>
PREFIX cpec:    <https://w3id.org/cpec-graph/ontology#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX graph:   <https://w3id.org/cpec-graph/graph/>
PREFIX id:      <https://w3id.org/cpec-graph/id/>
PREFIX oa:      <http://www.w3.org/ns/oa#>
PREFIX rdfs:    <http://www.w3.org/2000/01/rdf-schema#>
PREFIX schema:  <https://schema.org/>
PREFIX xsd:     <http://www.w3.org/2001/XMLSchema#>

GRAPH graph:editorial {
    id:next-2026-06-01 a cpec:NewsArticle .
    id:Courier a cpec:MediaOutlet ; rdfs:label "Courier"@en .
}

GRAPH graph:evidence {
    id:next-2026-06-01
        dcterms:title "The next article"@en ;
        dcterms:date "2026-06-01"^^xsd:date ;
        dcterms:publisher id:Courier ;
        cpec:quotedBy oa:RangeSelector ;
        schema:sha256 "3e554e2440db8c111f3c02ff0a7d1bb53f8a4f294398e16650d3b91483684ad9" .

    <s01> a cpec:Sentence ;
        oa:hasSource id:next-2026-06-01 ;
        schema:position 1 ;
        cpec:attributedTo id:next-2026-06-01 ;
        schema:sha256 "a63f59eefe053f23ea2d59dd8035989b8fdae01dfb11210f8b85fd0fef2d3995" ;
        oa:hasSelector <s01#position> .
    <s01#position> a oa:TextPositionSelector ; oa:start 23 ; oa:end 82 .
}

GRAPH <s01> {
    id:China cpec:advances id:CPEC ~ <s01#1> {|
        cpec:anchor "Both … corridor" ; oa:start 0 ; oa:end 37 |} .
}
"""
FACT = NEXT.count("\n", 0, NEXT.index("id:China cpec:advances")) + 1
ANCHORED = 'cpec:anchor "Both … corridor" ; oa:start 0 ; oa:end 37'


@pytest.fixture
def shipped(inputs: Inputs) -> Inputs:
    """The small data under the shipped ontology."""
    return Inputs(inputs.data, ONTOLOGY)


def list_defects(inputs: Inputs, *changes: tuple[str, str], name: str = "next.trig") -> list[str]:
    """Return the defects of the next article after some changes, without its path."""
    text = NEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = inputs.data.parent / name
    path.write_text(text, "utf-8")
    findings = validate_file(inputs, path)
    assert all(finding.path.endswith(name) for finding in findings), findings
    return [f"{finding.line}: {finding.message}" for finding in findings]


def test_an_article_that_stands_for_itself_is_valid(shipped: Inputs) -> None:
    assert list_defects(shipped) == []


@pytest.mark.parametrize(
    ("new", "fault"),
    [
        ('cpec:anchor "Both … corridor"', "has no oa:start and oa:end"),
        ('cpec:anchor "Both … corridor" ; oa:start 0 ; oa:end 70', "beyond its sentence of 59"),
        ('cpec:anchor "Both … corridor" ; oa:start 0 ; oa:end 9', "does not fit between"),
        ('cpec:anchor "Both … of … corridor" ; oa:start 0 ; oa:end 37', "first … last"),
        ('cpec:anchor "a b c d … e f g" ; oa:start 0 ; oa:end 37', "has 7 words: six is the most"),
        (
            'cpec:anchor "联合合作委员会第十四 … 召开会" ; oa:start 0 ; oa:end 37',
            "has 13 characters",
        ),
        ('cpec:anchor "Both" , "of" ; oa:start 0 ; oa:end 37', "is one of two"),
        ('oa:exact "Both countries"', "may not be quoted"),
        ("cpec:modality cpec:Ongoing", "the fact has no quote: write `~ <name of its graph"),
    ],
)
def test_an_anchor_has_a_form(shipped: Inputs, new: str, fault: str) -> None:
    defects = list_defects(shipped, (ANCHORED, new))
    assert defects
    assert all(defect.startswith(f"{FACT}: ") for defect in defects), defects
    assert any(fault in defect for defect in defects), defects


def test_a_wrong_value_blames_the_line_that_has_it(shipped: Inputs) -> None:
    defects = list_defects(
        shipped, ("cpec:advances id:CPEC ~", "cpec:cooperatesWith id:Islamabad ~")
    )
    assert any("Disjoint classes" in defect for defect in defects), defects
    assert {defect.partition(":")[0] for defect in defects} == {str(FACT)}


def test_all_kinds_of_defects_are_named_at_once(shipped: Inputs) -> None:
    defects = list_defects(
        shipped,
        ("id:Courier ;", "id:Currier ;"),
        ("schema:position 1", "schema:position -1"),
        ("cpec:advances id:CPEC ~", "cpec:cooperatesWith id:Islamabad ~"),
        (ANCHORED, 'oa:exact "Both countries"'),
    )
    for fault in (
        "20: id:Currier is typed neither",
        "26: id:next-2026-06-01/s01 schema:position",
        f"{FACT}: Disjoint classes",
        f"{FACT}: id:next-2026-06-01 may not be quoted",
    ):
        assert any(defect.startswith(fault) for defect in defects), (fault, defects)


def test_each_block_that_is_not_trig_is_named(shipped: Inputs) -> None:
    path = shipped.data.parent / "next.trig"
    text = NEXT.replace("id:Courier a cpec", "id:Courier a a cpec").replace(
        "cpec:anchor", "xx:anchor"
    )
    path.write_text(text, "utf-8")
    with pytest.raises(DataError) as caught:
        validate_file(shipped, path)
    assert [finding.line for finding in caught.value.findings] == [13, FACT + 1]


def test_a_file_takes_the_place_of_the_one_with_its_name(shipped: Inputs, tmp_path: Path) -> None:
    (shipped.data / "articles" / "next.trig").write_text(NEXT.replace("id:CPEC ~", "id:Cpc ~"))
    assert list_defects(shipped) == []
