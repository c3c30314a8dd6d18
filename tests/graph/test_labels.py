"""Labels are names that people use."""

import re

import pytest
from pyoxigraph import Literal, Store

from ontology.namespace import EDITORIAL
from ontology.terms import RDFS

STRANGE = re.compile(r'[_<>|]|\(["“]|^\w+: |\b(?:needed|TODO)\b|^[A-Z] ')
"""Slugs, quotation marks, an announcement before the name, a placeholder."""


def is_name(label: str) -> bool:
    """Return whether an English label of a thing may be a name that people use."""
    return not STRANGE.search(label) and len(label) <= 120


@pytest.mark.parametrize(
    "label",
    [
        'scholarship alignment initiative ("the initiative")',
        "mandate: HEC to play a central role",
        "HEC_Mandate",
        "S is needed",
        "x" * 121,
    ],
)
def test_a_strange_label_is_no_name(label: str) -> None:
    assert not is_name(label)


def test_the_things_of_the_shipped_graph_have_names(store: Store) -> None:
    labels = store.quads_for_pattern(None, RDFS.LABEL, None, EDITORIAL)
    names = [quad.object for quad in labels if isinstance(quad.object, Literal)]
    texts = {name.value for name in names if name.language == "en"}
    assert texts
    assert sorted(text for text in texts if not is_name(text)) == []
