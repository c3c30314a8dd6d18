"""The table of a cited answer has all that the citation of a row has to say."""

import csv

from pyoxigraph import BlankNode, NamedNode

from graph.answering.evaluation import UNBOUNDED
from graph.answering.format import RESULTS
from graph.citing.answer import Citation, CitedAnswer
from graph.citing.solution import TermRow
from graph.explaining.spreadsheet import write_spreadsheet
from graph.wording.source import CitedSource
from graph.wording.statement import Modality
from ontology.namespace import ID, ONTOLOGY_GRAPH
from ontology.terms import CPEC


def test_all_that_a_citation_has_to_say_is_in_its_row() -> None:
    a, b = graphs = f"{ID}a", f"{ID}b"
    members = "SELECT * { ?s ?p ?o }"
    none, aims = (Modality("", "no modality"),), (Modality(CPEC + "Aim", "aimed at", 2),)
    absent = ("no source says so",)
    citations = [
        Citation("cited", ((), graphs), graphs, more=True, absent=absent, modalities=none * 2),
        Citation("partly", graphs=graphs, reason="too much", members=members),
        Citation("cited", (), graphs[1:], graphs[1:], members=members, modalities=aims),
        Citation("cited", (graphs[:1],), graphs[:1], sufficient=True, modalities=none),
    ]
    rows: list[TermRow] = [(NamedNode(ID + "x"),), (BlankNode("n1"),), (None,), (None,)]
    answer = CitedAnswer(("x",), rows, citations, dict.fromkeys(graphs, CitedSource()))
    table = write_spreadsheet(answer, RESULTS["csv"], UNBOUNDED).decode()
    assert [row["sources"] for row in csv.DictReader(table.splitlines())] == [
        f"{ONTOLOGY_GRAPH} | {a} {b} | (there are other proofs) | (absent: no source says so)",
        f"{a} {b} | (partly: too much) | (it counts the solutions of {members})",
        f"{b} | (it counts the solutions of {members})",
        f"{a} | (the proof suffices; it was not shown to need each of its graphs)",
    ]
