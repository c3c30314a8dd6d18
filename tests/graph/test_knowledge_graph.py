"""The graph in Python: the page that shows it runs as it is written."""

from __future__ import annotations

import re
from doctest import DocTestParser, DocTestRunner
from pathlib import Path

import pytest

from graph.errors import LimitError, QuerySyntaxError, UnwritableError
from graph.knowledge_graph import KnowledgeGraph, open_graph
from graph.snapshot import Snapshot
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "python.md"


@pytest.fixture(scope="module")
def graph(snapshot: Snapshot) -> KnowledgeGraph:
    return open_graph(snapshot.path.parent)


@pytest.mark.long
def test_the_lines_of_the_page_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (block,) = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    test = DocTestParser().get_doctest(block, {}, PAGE.name, str(PAGE), 0)
    result = DocTestRunner().run(test)
    assert result.attempted == 7
    assert result.failed == 0


def test_yes_or_no_is_a_row(graph: KnowledgeGraph) -> None:
    assert list(graph.ask("ASK { id:Pakistan ?p ?o }")) == [{"boolean": "true"}]
    (row,) = graph.cite("ASK { id:Pakistan cpec:cooperatesIn id:Artificial_Intelligence }")
    assert row["boolean"] == "true"
    assert "inp-wealthpk-2026-04-29/s08" in row["sources"]


def test_a_table_has_its_columns_in_order(graph: KnowledgeGraph) -> None:
    table = graph.ask("SELECT ?b ?a { VALUES (?b ?a) { (1 'x, y\\nz') (2 UNDEF) } }")
    assert table.columns == ["b", "a"]
    assert len(table) == 2
    assert table[0] == {"b": "1", "a": "x, y\nz"}
    assert table.frame()["b"].sum() == 3
    assert table.frame()["a"].isna().tolist() == [False, True]


def test_a_text_that_says_na_stays_one(graph: KnowledgeGraph) -> None:
    assert graph.ask("SELECT ('NA' AS ?code) {}").frame()["code"].tolist() == ["NA"]


def test_a_graph_is_cited_as_rows_and_not_asked_for(graph: KnowledgeGraph) -> None:
    text = "CONSTRUCT WHERE { id:HEC cpec:taskedInArea ?area }"
    added = ["sources", "quotes", "anchors", "modalities"]
    assert graph.cite(text).columns == ["subject", "predicate", "object", *added]
    with pytest.raises(UnwritableError):
        graph.ask(text)


def test_a_graph_that_does_not_exist_is_a_warning(graph: KnowledgeGraph) -> None:
    with pytest.warns(UserWarning, match="there is no graph <urn:no>"):
        assert not graph.ask("SELECT * FROM <urn:no> { ?s ?p ?o }")


def test_a_query_with_triple_terms_sees_the_reifiers(graph: KnowledgeGraph) -> None:
    statement = "id:Climate_Initiatives cpec:hasJointParty id:China"
    asked = f"SELECT ?quote {{ {statement} {{| oa:exact ?quote |}} }}"
    (row,) = graph.cite(asked)
    assert row["quotes"] == row["quote"] == "both countries working on initiatives"
    assert graph.ask(asked)[0]["quote"] == row["quote"]
    assert graph.ask("SELECT ?t { ?r rdf:reifies ?t }") == []
    assert graph.ask("SELECT ?r FROM graph:reifiers { ?r cpec:modality cpec:Ongoing }")
    with pytest.raises(UnwritableError, match="tsv"):
        graph.ask("SELECT ?t FROM graph:reifiers { ?r rdf:reifies ?t }")


def test_other_text_is_refused(graph: KnowledgeGraph) -> None:
    with pytest.raises(QuerySyntaxError):
        graph.ask("SELEC")


def test_a_query_that_would_crash_the_engine_is_refused(graph: KnowledgeGraph) -> None:
    text = f"ASK {{ {'FILTER EXISTS { ' * 3000}{'}' * 3000} }}"
    for ask in (graph.ask, graph.cite):
        with pytest.raises(LimitError):
            ask(text)
