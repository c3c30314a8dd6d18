"""Finds names as people type them."""

from hypothesis import given
from hypothesis import strategies as st

from graph.presenting.name_index import IndexedName, NameIndex, comparison_key

HEC, JCC, CPEC = ("x:HEC", "x:JCC", "x:CPEC")
INDEX = NameIndex(
    [
        IndexedName(HEC, "Higher Education Commission", "en", first=True),
        IndexedName(HEC, "高等教育委员会", "zh", first=True),
        IndexedName(JCC, "Joint Cooperation Committee", "en", first=True),
        IndexedName(CPEC, "سی پیک", "ur", first=False),
    ]
)


def search(text: str) -> list[str]:
    return [match.iri for match in INDEX.find(text, 5)]


def test_a_beginning_a_part_and_a_misspelling_find() -> None:
    assert search("higher ed") == search("educaton commision") == search("commission") == [HEC]
    assert search("教育") == [HEC]


def test_arabic_letters_of_a_keyboard_find_urdu() -> None:
    assert search("سي پيك") == [CPEC]


def test_marks_and_signs_make_no_difference() -> None:
    assert comparison_key("  Hígher—EDUCATION ") == "higher education"
    assert search("!!") == search("") == []


@given(st.text(max_size=400))
def test_no_text_breaks_the_search(text: str) -> None:
    assert len(INDEX.find(text, 2)) <= 2
