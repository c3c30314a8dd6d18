"""The examples of docs/data-model.md are statements of the graph."""

from __future__ import annotations

import re

import pytest
from pyoxigraph import RdfFormat, Store, parse

from ontology.namespace import ID, LINKS, PREFIXES
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "data-model.md").read_text("utf-8")
EVIDENCE, LINK = re.findall(r"```turtle\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize(
    ("example", "base"), [(EVIDENCE, f"{ID}inp-wealthpk-2026-04-29/"), (LINK, LINKS)]
)
def test_an_example_is_in_the_graph(store: Store, example: str, base: str) -> None:
    prefixes = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
    said = list(parse(prefixes + example, RdfFormat.TURTLE, base_iri=base))
    assert said
    assert [quad for quad in said if quad not in store] == []


def test_the_properties_of_the_text_are_those_of_the_graph(store: Store) -> None:
    names = set(re.findall(r"`((?:cpec|oa|schema|sssom):[a-z]\w+)`", PAGE))
    missing = [
        name
        for name in names
        if not store.query(f"ASK {{ ?s ?p ?o FILTER ({name} IN (?p, ?s)) }}", prefixes=PREFIXES)
    ]
    assert missing == []
