"""A citation as people read it: numbers for sources, one dagger for our own word."""

from typing import Any

import pytest

from graph.wording.mark import join_segments, mark_citation, number_sources

SOURCES = {
    **{f"x/s{number}": {"article": "x"} for number in range(1, 6)},
    "https://w3id.org/cpec-graph/graph/background/b": {},
    "https://w3id.org/cpec-graph/graph/editorial": {},
    "https://w3id.org/cpec-graph/graph/evidence": {},
}
S1, S2, S3, S4, S5, BACKGROUND, EDITORIAL, EVIDENCE = SOURCES


@pytest.mark.parametrize(
    ("citation", "text"),
    [
        ({"proofs": [[S1]], "stated": 1}, "[1]"),
        ({"proofs": [[S1, EDITORIAL, EVIDENCE]]}, "[1]†"),
        ({"proofs": [[BACKGROUND]]}, "[6]"),
        ({"proofs": [[EDITORIAL]]}, "†"),
        ({"proofs": [[]]}, "the vocabulary"),
        ({"proofs": [[S1], [S2], [S3]], "stated": 3}, "stated by [1] to [3]"),
        ({"proofs": [[S1], [S2], [S4]], "stated": 3}, "stated by [1], [2] and [4]"),
        (
            {"proofs": [[EDITORIAL, S1], [EDITORIAL, S2]], "stated": 2, "more": True},
            "stated by [1] and [2]† or others",
        ),
        ({"proofs": [[S1], [S2, S3]], "stated": 1}, "[1]; follows from [2][3]"),
        ({"proofs": [[S1, S2], [S3]]}, "[1][2] or [3]"),
        ({"basis": [S1, S2, S3, S5, EVIDENCE]}, "counted from [1], [2], [3] and [5]†"),
        (
            {"graphs": [S2], "status": "partly", "reason": "too much"},
            "[2] partly: too much",
        ),
        ({"graphs": [], "status": "uncited", "reason": "none"}, "uncited: none"),
    ],
)
def test_a_citation_is_read_as_marks_and_words(citation: dict[str, Any], text: str) -> None:
    assert join_segments(mark_citation({"graphs": [], **citation}, number_sources(SOURCES))) == text
