"""The validation of one file: all defects at once, at lines of that file."""

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
        cpec:anchor "Both" ; oa:start 0 ; oa:end 37 |} .
}
"""
FACT = NEXT.count("\n", 0, NEXT.index("id:China cpec:advances")) + 1
ANCHORED = 'cpec:anchor "Both" ; oa:start 0 ; oa:end 37'


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


ANCHORS = [
    ('cpec:anchor "Both"', "has no oa:start and oa:end"),
    ('cpec:anchor "long" ; oa:start 0 ; oa:end 70', "beyond its sentence of 59"),
    ('cpec:anchor "late" ; oa:start 0 , 36 ; oa:end 37', "does not fit between"),
    ('cpec:anchor "often" ; oa:start 0 , 1 , 2 ; oa:end 37', "is that of two passages"),
    ('cpec:anchor "Both … of" ; oa:start 0 ; oa:end 37', "is not one run of words"),
    ('cpec:anchor "B" ; oa:start 0 ; oa:end 37', "is too short: no reader finds it"),
    ('cpec:anchor "a b c d e f g" ; oa:start 0 ; oa:end 37', "has 7 words: six is the most"),
    (
        'cpec:anchor "联合合作委员会第十四召开会" ; oa:start 0 ; oa:end 37',
        "has 13 characters",
    ),
    ('cpec:anchor "which" , "of" ; oa:start 0 ; oa:end 37', "is one of two"),
    ('oa:exact "Both countries"', "may not be quoted"),
    ("cpec:modality cpec:Ongoing", "the fact has no quote: write `~ <name of its graph"),
]


def test_an_anchor_has_a_form(shipped: Inputs) -> None:
    fact = NEXT[NEXT.index("id:China cpec:advances") : NEXT.rindex("}")]
    types = [f"id:Fund_{number} a cpec:Initiative ." for number, _ in enumerate(ANCHORS)]
    facts = [
        f"id:China cpec:advances id:Fund_{number} ~ <s01#{number}> {{| {new} |}} ."
        for number, (new, _) in enumerate(ANCHORS)
    ]
    kinds = ("id:Courier a cpec", f"{' '.join(types)} id:Courier a cpec")
    defects = list_defects(shipped, kinds, (fact, "\n".join(facts) + "\n"))
    for line, (new, fault) in enumerate(ANCHORS, FACT):
        own = [defect for defect in defects if defect.startswith(f"{line}: ")]
        assert any(fault in defect for defect in own), (new, defects)


def test_two_passages_do_not_share_an_anchor(shipped: Inputs) -> None:
    again = "id:CPEC cpec:within id:CPEC ~ <s01#2> {| cpec:anchor"
    other = f'{ANCHORED} |}} .\n    {again} "Both" ; oa:start 0 ; oa:end 14'
    defects = list_defects(shipped, (ANCHORED, other))
    assert sum("is that of two passages" in defect for defect in defects) == 2, defects
    same = list_defects(shipped, (ANCHORED, other.replace("oa:end 14", "oa:end 37")))
    assert not any("two passages" in defect for defect in same), same


def test_an_anchor_that_the_text_has_elsewhere_too_says_so(shipped: Inputs) -> None:
    assert list_defects(shipped, ('"Both"', '"Both …"')) == []


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ("Both countries", None),
        ("Both countries a", "a quarter, 14, is the most that may be shown"),
        ("Both countries are ad", "01 cover 21 of its 59 characters: a third, 19, is the most"),
    ],
)
def test_anchors_show_a_third_of_a_sentence_and_a_quarter_of_an_article(
    shipped: Inputs, words: str, fault: str | None
) -> None:
    defects = list_defects(shipped, ('"Both"', f'"{words}"'))
    assert bool(defects) == bool(fault)
    assert not fault or any(fault in own and f'shorten "{words}"' in own for own in defects)


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


REVISED = """
GRAPH graph:editorial { id:next-2026-06-02 a cpec:NewsArticle . }
GRAPH graph:evidence {
    id:next-2026-06-02 dcterms:title "Revised"@en ; dcterms:date "2026-06-02"^^xsd:date ;
        dcterms:publisher id:Courier ; dcterms:source <https://example.org/next> ;
        schema:sha256 "3e554e2440db8c111f3c02ff0a7d1bb53f8a4f294398e16650d3b91483684ad7" .
}
"""
PUBLISHER = ("dcterms:publisher id:Courier ;", "dcterms:publisher id:Courier ; %s ;")
ORIGIN = "cpec:derivedFrom id:talks-2026-05-02"


def with_head(more: str) -> tuple[str, str]:
    """Return the change that adds a line to the head of the article."""
    old, new = PUBLISHER
    return old, new % more


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ("cpec:derivedFrom id:next-2026-06-01", "would rest on itself by cpec:derivedFrom"),
        (ORIGIN, "is derived: write cpec:derivationReason"),
        (f'{ORIGIN} ; cpec:derivationReason "hearsay"', 'is derived by "hearsay"'),
        ('cpec:derivationReason "near-copy"', "has a reason to be derived and no"),
        (
            f'{ORIGIN} , id:Courier ; cpec:derivationReason "near-copy"',
            "has two origins: it passes on the words of one",
        ),
        ("cpec:charactersRead 80", "ends at 82, beyond the 80 characters"),
        ("cpec:charactersRead 0", "The characters of an article that were read are one"),
        (f'dcterms:title "{"x" * 400}"@en', "The title of an article has at most 300"),
    ],
)
def test_the_head_of_an_article_has_a_form(shipped: Inputs, more: str, fault: str) -> None:
    defects = list_defects(shipped, with_head(more))
    assert any(fault in defect for defect in defects), defects


def test_a_sentence_passes_on_the_words_of_one_origin(shipped: Inputs) -> None:
    kind, agencies = "<s01> a cpec:Sentence ;", "cpec:derivedFrom id:Courier"
    assert list_defects(shipped, (kind, f"{kind} {agencies} ;")) == []
    (defect, *_) = list_defects(shipped, (kind, f"{kind} {agencies} , id:talks-2026-05-02 ;"))
    assert "has two origins: it passes on the words of one" in defect


@pytest.mark.parametrize("reason", ["agency line", "press release"])
def test_an_article_may_be_derived_from_another(shipped: Inputs, reason: str) -> None:
    more = f'{ORIGIN} ; cpec:derivationReason "{reason}"'
    assert list_defects(shipped, with_head(more)) == []


def test_one_text_is_one_article_unless_it_is_passed_on(shipped: Inputs) -> None:
    same = ("3e554e2440db8c111f3c02ff0a7d1bb53f8a4f294398e16650d3b91483684ad9",) * 2
    same = (same[0], f"{same[0][:-1]}8")
    (defect,) = list_defects(shipped, same)
    assert "has the text of id:talks-2026-05-02, by its hash" in defect
    more = f'{ORIGIN} ; cpec:derivationReason "near-copy"'
    assert list_defects(shipped, same, with_head(more)) == []


def test_a_changed_page_is_a_revision_and_the_older_one_stays(shipped: Inputs) -> None:
    address = with_head("dcterms:source <https://example.org/next>")
    end = ("oa:end 37 |} .\n}\n", "oa:end 37 |} .\n}\n" + REVISED)
    first, _ = list_defects(shipped, address, end)
    assert "were read at one address, with different texts" in first
    title = "id:next-2026-06-02 dcterms:title"
    revision = (title, title.replace("dcterms", "prov:wasRevisionOf id:next-2026-06-01 ; dcterms"))
    prefix = ("PREFIX xsd:", "PREFIX prov:    <http://www.w3.org/ns/prov#>\nPREFIX xsd:")
    assert list_defects(shipped, prefix, address, end, revision) == []


def test_a_denial_says_who_is_denied(shipped: Inputs) -> None:
    fact = "id:China cpec:advances id:CPEC ~ <s01#1> {|"
    denied = "<< id:CPEC cpec:hasParty id:Iran ~ <s01#1> >> cpec:modality cpec:Denied ;"
    iran = ("id:Courier a cpec", "id:Iran a cpec:Country .\n    id:Courier a cpec")
    changes = [(fact, denied), ("oa:end 37 |}", "oa:end 37"), iran]
    (defect,) = list_defects(shipped, *changes)
    assert "is denied, and no source makes it" in defect
    reading = ("oa:end 37", 'oa:end 37 ; cpec:reading "A report of the week before had it."@en')
    assert list_defects(shipped, *changes, reading) == []


STATUS = ("cpec:statusOf id:CPEC", "cpec:newStatus cpec:Planned")


LATE = "is dated after its article was published, on 2026-06-01"
DATES = [
    ('cpec:date "2026-06-02"^^xsd:date', LATE),
    ('cpec:date "2026-07"^^xsd:gYearMonth', LATE),
    ('cpec:date "2026-06-01"^^xsd:date', ""),
    ('cpec:date "2026"^^xsd:gYear', ""),
    (
        'cpec:date "2026-05-31"^^xsd:date ; cpec:plannedFor "2026-05-30"^^xsd:date',
        "is planned for a day before it was announced, on 2026-05-31",
    ),
    ('cpec:date "2026-05-31"^^xsd:date ; cpec:plannedFor "2026-05"^^xsd:gYearMonth', ""),
]


def test_nothing_happens_before_it_is_announced(shipped: Inputs) -> None:
    types, facts = "", ""
    for plan, (dates, _) in enumerate(DATES):
        types += f"id:Plan_{plan} a cpec:StatusChange .\n"
        for number, pair in enumerate([*STATUS, *dates.split(" ; ")], 10 * plan):
            facts += f"id:Plan_{plan} {pair} ~ <s01#{number}> {{| {ANCHORED} |}} .\n"
    old = NEXT[NEXT.index("id:China cpec:advances") : NEXT.rindex("}")]
    defects = list_defects(
        shipped, ("id:Courier a cpec", f"{types}id:Courier a cpec"), (old, facts)
    )
    for plan, (dates, fault) in enumerate(DATES):
        own = [defect for defect in defects if f"id:Plan_{plan} " in defect]
        assert [defect for defect in own if fault and fault in defect] == own, dates
        assert bool(own) == bool(fault), dates
    assert len(defects) == sum(bool(fault) for _, fault in DATES)


COPY = """schema:archivedAt <https://archive.example/next> .
    <https://archive.example/next> schema:dateCreated "2026-06-02"^^xsd:date ;
        schema:sha256 "{}" .
    id:next-2026-06-01"""


@pytest.mark.parametrize(
    ("old", "new", "is_good"),
    [
        ("", "", True),
        ('schema:dateCreated "2026-06-02"^^xsd:date ;', "", False),
        ('"2026-06-02"', '"2026-06-31"', False),
        ("0" * 64, "0" * 63, False),
        ("<https://archive.example/next>", '"archive"', False),
    ],
)
def test_an_archived_copy_has_an_address_a_day_and_a_hash(
    shipped: Inputs, old: str, new: str, is_good: bool
) -> None:
    start = "    id:next-2026-06-01\n"
    copy = COPY.format("0" * 64).replace(old, new, 1)
    defects = list_defects(shipped, (start, f"    id:next-2026-06-01 {copy}\n"))
    assert bool(defects) != is_good, defects
