"""Decisions: kept, dated, taken back by a later line, and never proposed against."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from graph.errors import DataError, ParameterError
from graph.reconciling.decision import (
    ACCEPTED,
    REJECTED,
    UNSURE,
    Decisions,
    MatchDecision,
    write_cell,
)

PROPOSAL = MatchDecision(
    "H.E. Council", "names", "id:HEC", "HEC", "81", UNSURE, "2026-11-01", "cpec", "words=81"
)
DAY = date(2026, 11, 29)


def test_a_file_reads_as_it_was_written(tmp_path: Path) -> None:
    file = tmp_path / "decisions.tsv"
    assert Decisions.read(file).lines == []
    decisions = Decisions([PROPOSAL]).decide("H.E. Council", "id:HEC", REJECTED, "A. Saba", DAY)
    file.write_bytes(decisions.write())
    assert Decisions.read(file).lines == decisions.lines
    assert decisions.lines[-1] == replace(
        PROPOSAL, decision=REJECTED, date="2026-11-29", by="A. Saba"
    )


def test_the_last_line_of_a_person_counts_and_the_earlier_ones_stay() -> None:
    decisions = Decisions([PROPOSAL])
    for decision in (REJECTED, ACCEPTED):
        decisions = decisions.decide(*PROPOSAL.pair, decision, "person", DAY)
    assert decisions.last()[PROPOSAL.pair].decision == ACCEPTED
    assert [line.decision for line in decisions.lines] == [UNSURE, REJECTED, ACCEPTED]


def test_proposals_are_written_anew_but_for_pairs_that_a_person_decided() -> None:
    decided = Decisions([PROPOSAL]).decide(*PROPOSAL.pair, REJECTED, "person", DAY)
    other = replace(PROPOSAL, object="id:JCC")
    proposed = decided.propose([replace(PROPOSAL, decision=ACCEPTED), other])
    assert [(line.object, line.decision) for line in proposed.lines] == [
        ("id:HEC", REJECTED),
        ("id:JCC", UNSURE),
    ]


def test_a_decision_on_a_pair_that_is_not_in_the_file_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"no line on .* and 'id:JCC'"):
        Decisions([PROPOSAL]).decide("H.E. Council", "id:JCC", REJECTED, "person", DAY)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", ":1: the first line is not subject predicate"),
        ("a\tb\n", ":1: the first line is not subject predicate"),
        ("{head}\na\tb\n", ":2: has 2 columns, not 9"),
        ("{head}\na\tb\tc\td\te\tmaybe\tg\th\ti\n", ":2: decides none of"),
    ],
)
def test_a_malformed_file_is_named_with_its_line(tmp_path: Path, text: str, fault: str) -> None:
    file = tmp_path / "decisions.tsv"
    head = Decisions().write().decode().rstrip("\n")
    file.write_text(text.replace("{head}", head), "utf-8")
    with pytest.raises(DataError, match=fault):
        Decisions.read(file)


def test_a_cell_has_no_tab_and_no_control_character() -> None:
    assert write_cell(" a\tb\r\n\x00c\u202e ") == "a b c"
