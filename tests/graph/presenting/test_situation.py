"""Changes of status, roles and amounts as tables on the page of a thing."""

from __future__ import annotations

import pytest
from pyoxigraph import NamedNode, Store

from graph.presenting.situation import SituationTable
from graph.presenting.thing import ThingPage, view_thing
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
    assert [heading for heading, _ in status.columns] == ["Status", "When", "Set for"]
    assert read(status) == [
        ["Reported", "planned", "10 July 2021", "16 July 2021"],
        ["Reported", "postponed", "16 July 2021", ""],
    ]
    assert status.rows[1].cells[1][0][0] == "latest"
    assert read(part) == [["Aim", "co-chair", "Asad Umar"], ["Aim", "co-chair", "Ning Jizhe"]]


def test_a_person_has_roles_with_the_day_of_the_event_and_its_sources(store: Store) -> None:
    thing = view(store, "Ahsan_Iqbal")
    part, amounts = thing.tables
    assert ["Reported", "co-chair", "14th Joint Cooperation Committee meeting"] in [
        row[:3] for row in read(part)
    ]
    assert {row[3] for row in read(part)} == {"26 September 2025"}
    assert read(amounts) == [["Reported", "11 meetings co-chaired"]]
    numbers = {source.number for source in thing.sources}
    assert all(row.numbers and set(row.numbers) <= numbers for row in (*part.rows, *amounts.rows))
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
    ("name", "words", "names_kind"),
    [
        ("Ahsan_Iqbal", "holds the office of", True),
        ("Climate_Memorandum_2023", "is concluded by", True),
        ("CGS_2022_36", "comes to", True),
        ("Phase_II_Roadmap", "provides for", False),
    ],
)
def test_a_thing_begins_with_the_statement_that_tells_its_kind(
    store: Store, name: str, words: str, names_kind: bool
) -> None:
    thing = view(store, name)
    assert thing.essence
    assert (thing.essence.words["en"][0], thing.names_kind) == (words, names_kind)


def test_a_class_of_another_vocabulary_is_no_kind_beside_one_of_ours(store: Store) -> None:
    assert [kind.text for kind in view(store, "CGS_2022_36").kinds] == ["Amount"]


@pytest.mark.parametrize(("name", "ended"), [("JCC_Meeting_10", False), ("Solar_Gift_2022", True)])
def test_a_status_that_ends_a_thing_is_marked(store: Store, name: str, ended: bool) -> None:
    assert [is_final for *_, is_final in view(store, name).statuses] == [ended]
