"""The page of an article: its archived copies, by day."""

from __future__ import annotations

from pyoxigraph import NamedNode, RdfFormat, parse

from graph.curating.annotation import replace_annotations
from graph.dataset import memory_store
from graph.presenting.article import view_article
from ontology.namespace import ID
from tests.graph.test_validation import COPY, NEXT

HASH = "3e554e2440db8c111f3c02ff0a7d1bb53f8a4f294398e16650d3b91483684ad9"


def test_a_copy_is_what_was_read_if_its_hash_is_and_another_text_else() -> None:
    first = COPY.format(HASH)
    later = COPY.format("0" * 64).replace("/next", "/later").replace("06-02", "07-03")
    text = NEXT.replace("    id:next-2026-06-01\n", f"    id:next-2026-06-01 {later} {first}\n", 1)
    store = memory_store(replace_annotations(list(parse(text, RdfFormat.TRIG))))
    page = view_article(store, None, NamedNode(f"{ID}next-2026-06-01"), 1)
    assert page is not None
    assert [(copy.address, copy.day, copy.is_same) for copy in page.copies] == [
        ("https://archive.example/next", "2 June 2026", True),
        ("https://archive.example/later", "3 July 2026", False),
    ]
