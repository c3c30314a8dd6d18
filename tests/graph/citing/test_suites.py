"""The queries of the W3C suites, cited: each has its rows."""

from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pyoxigraph import NamedNode, Quad, QuerySolutions, parse

from graph.citing.citation import cite
from graph.citing.index import EvidenceIndex
from graph.dataset import memory_store
from ontology.namespace import EDITORIAL_GRAPH
from tests.graph.sparql.test_roundtrip import actions, path

pytestmark = pytest.mark.long


def test_every_query_of_the_w3c_suites_has_its_rows_when_cited(conformance: Path) -> None:
    cited = asked = 0
    for query, files, graphs in actions(conformance):
        folder = urlsplit(query).path.split("/")[-2]
        if folder in {"entailment", "service"} or folder.startswith("syntax"):
            continue
        store = memory_store([*load_quads(files, None), *load_quads(graphs, "")])
        text = f"BASE <{query}> " + path(query).read_text("utf-8")
        try:
            plain = store.query(text)
        except (SyntaxError, RuntimeError, OSError):
            continue
        answer = cite(store, EvidenceIndex(store), text)
        assert len(answer.citations) == (1 if answer.boolean is not None else len(answer.rows))
        if isinstance(plain, QuerySolutions):
            assert len(list(plain)) == len(answer.rows), query
        asked += 1
        cited += all(citation.status == "cited" for citation in answer.citations)
    assert asked > 450
    assert cited > 0.9 * asked


def load_quads(files: Iterable[str], graph: str | None) -> list[Quad]:
    """Return the quads of files; graph "" names each after its file, None is our own word."""
    return [
        Quad(
            q.subject, q.predicate, q.object, NamedNode(EDITORIAL_GRAPH if graph is None else file)
        )
        for file in files
        for q in parse(path=path(file), base_iri=file)
    ]
