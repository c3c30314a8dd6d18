"""Labels are names that people use."""

import re

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from ontology.namespace import EDITORIAL, ID
from ontology.terms import CPEC, RDF, RDFS

STRANGE = re.compile(r'[_<>|]|\(["“]|^\w+: |\b(?:needed|TODO)\b|^[A-Z] ')
"""Slugs, quotation marks, an announcement before the name, a placeholder."""

ARABIC = re.compile("[\u0643\u064a]")
"""The Arabic letters for which Urdu has its own, U+06A9 and U+06CC."""


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


def list_unnamed(store: Store) -> list[str]:
    """Return the things that lack a name in Urdu or Chinese; an article keeps its own title."""
    kinds = {q.subject: q.object for q in store.quads_for_pattern(None, RDF.TYPE, None, EDITORIAL)}
    languages = {
        (q.subject, q.object.language)
        for q in store.quads_for_pattern(None, RDFS.LABEL, None, EDITORIAL)
        if isinstance(q.object, Literal)
    }
    return sorted(
        thing.value
        for thing, kind in kinds.items()
        if isinstance(thing, NamedNode) and thing.value.startswith(ID)
        if kind != NamedNode(CPEC + "NewsArticle")
        if not {(thing, "ur"), (thing, "zh")} <= languages
    )


def test_each_thing_has_a_name_in_urdu_and_in_chinese(store: Store) -> None:
    assert any(store.quads_for_pattern(None, RDF.TYPE, NamedNode(CPEC + "Meeting"), EDITORIAL))
    assert list_unnamed(store) == []


def test_a_thing_without_a_chinese_name_is_found() -> None:
    store, thing = Store(), NamedNode(ID + "Gwadar")
    store.add(Quad(thing, RDF.TYPE, NamedNode(CPEC + "City"), EDITORIAL))
    store.add(Quad(thing, RDFS.LABEL, Literal("گوادر", language="ur"), EDITORIAL))
    assert list_unnamed(store) == [thing.value]


def test_urdu_names_are_in_urdu_letters(store: Store) -> None:
    labels = store.quads_for_pattern(None, RDFS.LABEL, None, EDITORIAL)
    names = [quad.object for quad in labels if isinstance(quad.object, Literal)]
    urdu = [name.value for name in names if (name.language or "").startswith("ur")]
    assert urdu
    assert [name for name in urdu if ARABIC.search(name)] == []
