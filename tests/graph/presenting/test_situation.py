"""Changes of status, roles and amounts as tables on the page of a thing."""

from __future__ import annotations

import pytest
from pyoxigraph import NamedNode, Store

from graph.presenting.line import Line, Mention
from graph.presenting.overview import find_first_line
from graph.presenting.situation import SituationTable
from graph.presenting.thing import ThingPage, view_thing
from graph.wording.display_name import DisplayName
from ontology.namespace import ID


def view(store: Store, name: str) -> ThingPage:
    """Return the page of a thing."""
    thing = view_thing(store, None, NamedNode(ID + name), 1)
    assert thing
    return thing


def read(table: SituationTable) -> list[list[str]]:
    """Return the modality of each row, and the words of its cells."""
    joints = [joint for _, joint in table.columns]
    return [
        [row.modality]
        + [
            joint.join(name.text for _, name in cell)
            for cell, joint in zip(row.cells, joints, strict=True)
        ]
        for row in table.rows
    ]


def test_changes_of_status_are_in_the_order_of_days(store: Store) -> None:
    status, part = view(store, "JCC_Meeting_10").tables
    assert [heading for heading, _ in status.columns] == ["Status", "When", "Set for", "Reason"]
    assert read(status) == [
        ["Reported", "postponed", "2020", "", "COVID-19 pandemic"],
        ["Reported", "planned", "10 July 2021", "16 July 2021", ""],
        ["Reported", "postponed", "16 July 2021", "", ""],
        ["Reported", "planned", "13 September 2021", "23 September 2021", ""],
    ]
    assert status.rows[2].cells[1][0][0] == "latest"
    day = "23 September 2021"
    assert sorted(read(part)) == [
        ["Aim", "attendee", "officials of Pakistan and China", day],
        ["Aim", "co-chair", "Asad Umar", day],
        ["Aim", "co-chair", "Ning Jizhe", day],
        ["Reported", "speaker", "Ning Jizhe", day],
        ["Reported", "speaker", "joint working groups of the Joint Cooperation Committee", day],
    ]


def test_a_person_has_roles_with_the_day_of_the_event_and_its_sources(store: Store) -> None:
    thing = view(store, "Ahsan_Iqbal")
    (part,) = thing.tables
    (amounts,) = view(store, "JCC").tables
    meeting = "14th Joint Cooperation Committee meeting"
    assert ["Reported", "co-chair", meeting, "26 September 2025"] in [row[:4] for row in read(part)]
    assert read(amounts) == [["Reported", "11 meetings co-chaired by Ahsan Iqbal"]]
    numbers = {source.number for source in thing.sources}
    assert all(row.numbers and set(row.numbers) <= numbers for row in part.rows)
    assert all(row.quotes for row in part.rows)


def test_a_situation_alone_names_the_thing_it_is_of(store: Store) -> None:
    thing = view(store, "Solar_Balochistan_2025_Gwadar_5000")
    (amount,) = thing.tables
    assert [heading for heading, _ in amount.columns] == ["Amount", "Of", "For"]
    ((modality, words, of, whose),) = read(amount)
    assert (modality, words, of) == ("Aim", "at least 5000 systems", "solar home systems")
    assert whose == "programme of solar home systems for Balochistan (2025)"
    assert not thing.groups
    assert not thing.pointing
    (part,) = view(store, "HEC_Visit_2022_Nong_Rong").tables
    assert [heading for heading, _ in part.columns][:3] == ["Role", "Who", "In"]


@pytest.mark.parametrize(
    ("name", "words", "latest"),
    [
        (
            "Ahsan_Iqbal",
            ["held the office of"],
            "Xinhua Silk Road, 29 September 2025",
        ),
        (
            "CGS_2022_36",
            ["involved"],
            "The News International, 1 October 2022",
        ),
        (
            "CPEC_Phase_II",
            ["is a phase of", "has", "belongs to"],
            "INP-WealthPk, 29 April 2026",
        ),
        (
            "JCC14_Minutes_Signing",
            ["took place on", "took place in"],
            "INP-WealthPk, 29 April 2026",
        ),
        ("Pakistan", ["cooperates with", "cooperates in"], "INP-WealthPk, 29 April 2026"),
        (
            "JCC_Meeting_14",
            ["took place on", "chaired", "co-chaired"],
            "INP-WealthPk, 29 April 2026",
        ),
        (
            "Phase_II_Roadmap_Agreed",
            ["was known by", "was a part of"],
            "Business Recorder, 27 September 2025",
        ),
        (
            "JCC_Meeting_10_Not_In_2020",
            ["was reported as", "is put down to"],
            "Business Recorder, 16 July 2021",
        ),
        ("Robotics", ["is part of", "is named among"], "INP-WealthPk, 29 April 2026"),
        ("Ayesha_Saba", [], ""),
    ],
)
def test_a_thing_begins_with_what_is_known_of_it_and_not_with_its_own_name(
    store: Store, name: str, words: list[str], latest: str
) -> None:
    thing = view(store, name)
    assert [line.words["en"][0] for line in thing.lead] == words
    assert thing.latest == latest


def test_each_holder_of_an_office_has_the_day_of_the_last_source(store: Store) -> None:
    thing = view(store, "Minister_of_Planning_PK")
    lines = [line for line in thing.pointing if line.words["en"][0] == "held the office of"]
    assert [(line.subjects[0].name.text, line.as_of) for line in lines] == [
        ("Ahsan Iqbal", "2025-09-29"),
        ("Asad Umar", "2021-07-13"),
        ("Makhdum Khusro Bakhtyar", "2018-12-20"),
    ]
    assert thing.lead[-1] == lines[0]


@pytest.mark.parametrize(
    ("subject", "judge", "named"), [("a", "", "Li"), ("b", "", ""), ("b", "Li", "Li")]
)
def test_a_speaker_whom_the_sentence_names_is_told_once(
    subject: str, judge: str, named: str
) -> None:
    account = {"speakers": [{"iri": "a", "name": "Li"}]}
    line = Line("Aim", [Mention(DisplayName(subject, "Li"))], {}, [], judge, account)
    assert line.named == named


def test_the_first_page_tells_no_plan_of_a_meeting_that_was_held(store: Store) -> None:
    lines = {
        name: find_first_line(store, NamedNode(ID + name))
        for name in ("business-recorder-2025-09-26", "xinhua-silk-road-2025-09-29")
    }
    assert [bool(line) for line in lines.values()] == [False, True]


def test_a_class_of_another_vocabulary_is_no_kind_beside_one_of_ours(store: Store) -> None:
    assert [kind.text for kind in view(store, "CGS_2022_36").kinds] == ["Amount"]


@pytest.mark.parametrize(
    ("name", "ended"), [("Solar_Balochistan_2025", False), ("Solar_Gift_2022", True)]
)
def test_a_status_that_ends_a_thing_is_marked(store: Store, name: str, ended: bool) -> None:
    assert [is_final for *_, is_final in view(store, name).statuses] == [ended]
