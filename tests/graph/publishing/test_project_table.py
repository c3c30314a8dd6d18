"""The table with AidData's columns: each cell comes from a statement, and no match is made up."""

from __future__ import annotations

import csv
import re
from io import StringIO

import pytest
from pyoxigraph import Quad, RdfFormat, parse

from graph.publishing.plain_export import PLAIN, export_plain
from graph.publishing.project_table import CELLS, OWN_COLUMNS
from ontology.aiddata import FIELD, map_values, read_field_mappings
from ontology.namespace import ID, PREFIXES
from ontology.vocabulary import AXIOM_FILES
from tests.conftest import ROOT

HEAD = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
TYPES = """
GRAPH graph:editorial {
  id:Line a cpec:Project, cpec:Undertaking ; rdfs:label "Railway line"@en .
  id:Line_Loan a cpec:Loan, cpec:Agreement ; rdfs:label "Loan for the line"@en .
  id:Club a cpec:Initiative, cpec:Undertaking .
  id:Pakistan a cpec:Country ; rdfs:label "Pakistan"@en .
  id:China a cpec:Country ; rdfs:label "China"@en .
  id:Bank a cpec:Company, cpec:Agent ; rdfs:label "Bank"@en .
}
GRAPH id:a-s01 {
  id:Line cpec:donor id:China ; cpec:recipient id:Pakistan ; cpec:hasPlannedAmount id:Line_CNY .
  id:Line_CNY schema:value 1200000000 ; schema:currency "CNY" .
  id:Line_Loan cpec:providesFor id:Line .
  id:Signing cpec:signs id:Line_Loan ; cpec:date "2019-03"^^xsd:gYearMonth .
  id:Line prov:qualifiedAssociation id:Line_Bank .
  id:Line_Bank prov:agent id:Bank ; prov:hadRole cpec:Funder .
}
GRAPH id:b-s01 {
  id:Pakistan cpec:iso3 "PAK" .
  id:Line_Begun cpec:statusOf id:Line ; cpec:newStatus cpec:Begun ; cpec:date "2020"^^xsd:gYear .
}
"""


def export(text: str) -> dict[str, dict[str, str]]:
    """Return the rows of the table of a graph, by the local names of their things."""
    quads: list[Quad] = list(parse(HEAD + TYPES + text, RdfFormat.TRIG))
    rows = csv.DictReader(StringIO(export_plain(quads, PLAIN["aiddata"]).decode()))
    return {row["thing"].removeprefix(ID): row for row in rows}


def test_an_undertaking_and_its_loan_are_one_row_with_the_sentences_that_fill_it() -> None:
    rows = export("")
    assert list(rows) == ["Club", "Line"]
    assert {name: cell for name, cell in rows["Line"].items() if cell} == {
        "Title": "Railway line",
        "Financier Country": "China",
        "Recipient": "Pakistan",
        "Recipient ISO-3": "PAK",
        "Commitment Year": "2019",
        "Implementation Start Year": "2020",
        "Status": "Implementation",
        "Flow Type": "Loan",
        "Amount (Original Currency)": "1200000000",
        "Original Currency": "CNY",
        "Funding Agencies": "Bank",
        "thing": f"{ID}Line",
        "status": "cpec:Begun",
        "sentences": f"{ID}a-s01 {ID}b-s01",
    }
    assert {name for name, cell in rows["Club"].items() if cell} == {"Title", "thing"}


def test_an_undertaking_that_fills_no_field_has_the_sentence_that_mentions_it() -> None:
    row = export("GRAPH id:c-s01 { id:Pakistan cpec:strengthens id:Club }")["Club"]
    filled = {name: cell for name, cell in row.items() if cell}
    assert filled == {"Title": "id:Club", "thing": f"{ID}Club", "sentences": f"{ID}c-s01"}


@pytest.mark.parametrize("status", ["Planned", "Operating", "Postponed", "Ended"])
def test_a_status_without_a_match_leaves_theirs_empty_and_is_told(status: str) -> None:
    later = f"""GRAPH id:c-s01 {{
      id:Later cpec:statusOf id:Line ; cpec:newStatus cpec:{status} ;
        cpec:latest "2024-01-01"^^xsd:date .
    }}"""
    row = export(later)["Line"]
    assert (row["Status"], row["status"]) == ("", f"cpec:{status}")


def test_two_last_statuses_of_one_day_are_both_told() -> None:
    later = """GRAPH id:c-s01 {
      id:Done cpec:statusOf id:Line ; cpec:newStatus cpec:Completed ;
        cpec:date "2024-01-01"^^xsd:date .
      id:Off cpec:statusOf id:Line ; cpec:newStatus cpec:Cancelled ;
        cpec:date "2024-01-01"^^xsd:date .
    }"""
    row = export(later)["Line"]
    assert (row["Status"], row["Completion Year"]) == ("Cancelled | Completion", "2024")


def test_an_agreement_by_itself_is_a_row_without_a_year_that_nobody_states() -> None:
    own = """GRAPH id:c-s01 {
      id:Gift a cpec:Grant, cpec:Agreement ; cpec:concludedBy id:China .
      id:Gift_Agreed cpec:statusOf id:Gift ; cpec:newStatus cpec:Agreed ;
        cpec:latest "2024-01-01"^^xsd:date .
    }"""
    row = export(own)["Gift"]
    assert (row["Flow Type"], row["Status"]) == ("Grant", "Pipeline: Commitment")
    assert (row["Commitment Year"], row["Flow Class"]) == ("", "")


def test_blank_nodes_and_texts_in_the_place_of_things_are_no_fault() -> None:
    odd = """GRAPH id:c-s01 {
      [] a cpec:Undertaking ; cpec:donor [] .
      id:Club cpec:donor "China" ; cpec:hasAmount "5" ; prov:qualifiedAssociation id:Part .
      id:Part prov:hadRole cpec:Funder ; prov:agent "a bank" , [] .
      [] cpec:statusOf id:Club ; cpec:newStatus cpec:Agreed , "begun" ; cpec:date "soon" .
    }"""
    row = export(odd)["Club"]
    assert (row["Financier Country"], row["status"]) == ("", "begun | cpec:Agreed")
    assert (row["Commitment Year"], row["Status"]) == ("", "Pipeline: Commitment")
    assert row["Funding Agencies"].startswith(("a bank | _:", "_:"))


def test_a_denied_donor_fills_no_cell() -> None:
    denied = f"""GRAPH graph:evidence {{
      <{ID}c-s01#1> a cpec:UnassertedStatement ; oa:hasSource id:c-s01 ; cpec:modality cpec:Denied ;
        cpec:saidSubject id:Club ; cpec:saidPredicate cpec:donor ; cpec:saidObject id:China .
    }}"""
    assert export(denied)["Club"]["Financier Country"] == ""


def test_the_columns_are_the_fields_that_the_mapping_exports() -> None:
    fields = [mapping for mapping in read_field_mappings() if mapping.object_category == FIELD]
    matched = [m.object_label for m in fields if m.subject_id != "sssom:NoTermFound"]
    assert [*(name for name in CELLS if name != "Flow Class"), "Source URLs"] == matched
    unmatched = {m.object_label for m in fields} - set(matched)
    assert "Flow Class" in unmatched
    assert not (unmatched - {"Flow Class"}) & set(CELLS)
    assert not set(OWN_COLUMNS) & {m.object_label for m in fields}


def test_every_status_and_our_terms_of_the_mapping_are_in_the_vocabulary() -> None:
    mappings = read_field_mappings()
    ours = {
        m.subject_id.removeprefix("cpec:") for m in mappings if m.subject_id.startswith("cpec:")
    }
    text = (ROOT / "ontology" / AXIOM_FILES[0]).read_text("utf-8")
    assert {
        name for name in ours if not re.search(rf"^cpec:{name} a ", text, re.MULTILINE)
    } == set()
    assert set(map_values("Status").values()) == {
        *("Pipeline: Commitment", "Implementation", "Completion", "Suspended", "Cancelled"),
    }
