"""What the evaluator is told beside the text of a query."""

from __future__ import annotations

import pytest
from pyoxigraph import QueryBoolean, Store

from graph.evaluator import SHORT, ask, prefixes_for
from ontology.namespace import PREFIXES


@pytest.mark.parametrize("name", PREFIXES)
def test_a_text_is_read_with_the_prefixes_that_it_writes(name: str) -> None:
    assert name in prefixes_for(f"ASK {{ ?s {name}:x ?o }}")
    assert name not in prefixes_for("ASK { ?s ?p ?o }")


def test_a_long_text_is_read_with_all_prefixes() -> None:
    answer = ask(Store(), "ASK { ?s cpec:x ?o }" + "#" * SHORT, None)
    assert isinstance(answer, QueryBoolean)
    assert not answer
