"""Near-copies: pairs of texts are proposed, and a person's decisions are kept."""

from pathlib import Path

import pytest

from graph.curating.near_copy import compare_texts, list_undecided, read_decisions
from graph.errors import DataError

NOTE = "The ministry said on Friday that the meeting of the committee will be held on July 16."
PASSED_ON = f"ISLAMABAD: {NOTE} It is the tenth."
OTHER = "Scholarships for students of the north were announced by the commission in Lahore."
HEAD = "first\tsecond\tdecision\treason\n"


def test_a_text_that_passes_on_another_is_proposed_and_others_are_not() -> None:
    (pair,) = compare_texts({"note": NOTE, "paper": PASSED_ON, "else": OTHER})
    assert (pair.first, pair.second, pair.containment) == ("note", "paper", 1)
    assert 0.7 < pair.resemblance < 1


def test_chinese_is_compared_by_its_characters() -> None:
    text = "会议由国家发展和改革委员会副主任周海兵主持"
    assert [pair.containment for pair in compare_texts({"a": text, "b": f"九月{text}"})] == [1]


def test_a_decided_pair_is_not_proposed_again(tmp_path: Path) -> None:
    path = tmp_path / "near-copies.tsv"
    pairs = list(compare_texts({"note": NOTE, "paper": PASSED_ON}))
    assert list_undecided(pairs, read_decisions(path)) == pairs
    path.write_text(f"{HEAD}paper\tnote\tderived\tits second paragraph is the note\n")
    assert list_undecided(pairs, read_decisions(path)) == []


@pytest.mark.parametrize(
    "line", ["a\tb\tperhaps\twhy", "a\tb\tderived", "a\tb", "a\ta\tderived\twhy", ""]
)
def test_a_line_that_decides_nothing_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "near-copies.tsv"
    path.write_text(f"{HEAD}a\tc\tindependent\twhy\n{line}\n")
    with pytest.raises(DataError, match=r"near-copies\.tsv:3: is no decision"):
        read_decisions(path)
