"""Links to another graph: one name is never enough, and no link is wrong."""

from pathlib import Path
from typing import Final

import pytest
from pyoxigraph import RdfFormat, Store, parse

from graph.errors import DataError, LimitError, ParameterError
from graph.reconciling import table
from graph.reconciling.linking import (
    ProposedLink,
    check_links,
    propose_links,
    read_linkables,
    read_targets,
)
from graph.reconciling.table import name_things, read_list, read_quads, read_table
from ontology.namespace import HEAD, ID, LINKS, PREFIXES

OURS: Final = f"""{HEAD}
GRAPH graph:editorial {{
  id:Pakistan a cpec:Country ; rdfs:label "Pakistan"@en , "巴基斯坦"@zh ; cpec:iso3 "PAK" .
  id:Islamabad a cpec:City ; rdfs:label "Islamabad"@en ; cpec:inCountry id:Pakistan .
  id:Innovation a cpec:PolicyArea ; rdfs:label "innovation"@en .
}}
GRAPH <{LINKS}wikidata> {{
  id:Innovation skos:exactMatch wd:Q1 .
  <x:m> owl:annotatedSource id:Innovation ; owl:annotatedTarget wd:Q1 ;
    sssom:object_label "innovation" .
}}
"""


def propose(theirs: str) -> dict[tuple[str, str], ProposedLink]:
    """Return the proposed links to a graph in Turtle, by the local names of both ends."""
    store = Store()
    store.load(OURS.encode(), RdfFormat.TRIG)
    others = read_targets(list(parse((HEAD + theirs).encode(), RdfFormat.TURTLE)))
    links = propose_links(read_linkables(store), others)
    return {(link.subject.removeprefix(ID), link.target.iri): link for link in links}


@pytest.mark.parametrize(
    ("theirs", "score"),
    [
        ('<x:a> rdfs:label "Pakistan" .', 60),
        ('<x:a> skos:prefLabel "Pakistan"@en ; skos:altLabel "巴基斯坦"@zh .', 80),
        ('<x:a> rdfs:label "Pakistan" ; <x:/iso3code> "PAK" .', 90),
        ('<x:a> rdfs:label "Pakistan" ; <x:/iso3code> "IRN" .', 60),
        ('<x:a> rdfs:label "Pakistan"@ur .', 45),
        ('<x:a> rdfs:label "Pakistan" . <x:b> rdfs:label "Pakistan" .', 20),
        ('<x:a> rdfs:label "Pakistan Railways" .', None),
        ('<x:a> a <x:o/Country> ; rdfs:label "Pakistan" .', 70),
        ('<x:a> a <x:o#City> ; rdfs:label "Pakistan" ; <x:m49> "PAK" .', 60),
        ('<x:a> a <x:o#Ship> ; rdfs:label "Pakistan" .', 60),
    ],
)
def test_a_link_has_the_points_of_its_evidence(theirs: str, score: int | None) -> None:
    link = propose(theirs).get(("Pakistan", "x:a"))
    assert (link and link.score) == score


def test_a_third_identifier_and_a_neighbour_are_evidence() -> None:
    links = propose("""
      <x:i> rdfs:label "innovation" ; skos:exactMatch <https://www.wikidata.org/wiki/Q1> .
      <x:c> rdfs:label "Islamabad" ; <x:in> <x:p> . <x:p> rdfs:label "Pakistan" .
      <x:d> rdfs:label "Karachi" ; <x:in> <x:p> .
    """)
    assert links["Innovation", "x:i"].points == {"label": 60, "identity": 30}
    assert links["Islamabad", "x:c"].points == {"label": 60, "neighbour": 20}


def test_the_identifiers_of_a_sure_target_are_linked_through_it() -> None:
    sure = '<x:a> rdfs:label "Pakistan" ; <x:iso3code> "PAK" ; owl:sameAs wd:Q843 .'
    unsure = '<x:a> rdfs:label "Pakistan" ; owl:sameAs wd:Q843 .'
    through = "Pakistan", f"{PREFIXES['wd']}Q843"
    assert propose(sure)[through].points == {"linked": 90, "through": -10}
    assert through not in propose(unsure)


def test_a_target_with_another_label_is_found() -> None:
    store = Store()
    store.load(OURS.encode(), RdfFormat.TRIG)

    def check(theirs: str) -> list[bool]:
        others = name_things(list(parse((HEAD + theirs).encode(), RdfFormat.TURTLE)))
        return [link.is_same for link in check_links(store, others)]

    assert check('wd:Q1 rdfs:label "Innovations"@en .') == [True]
    assert check('wd:Q1 rdfs:label "invention"@en .') == [False]
    assert check('wd:Q2 rdfs:label "invention"@en .') == [False]  # Q1 is gone
    assert check('<x:Q1> rdfs:label "invention"@en .') == []


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("a.csv", "", "is empty"),
        ("a.csv", "id,name\n1,2,3\n", "row 2 has 3 cells, and there are 2 columns"),
        ("a.csv", b"id\n\xff\n", "is not UTF-8"),
        ("a.csv", 'id,name\n"a"b,c\n', "is no CSV"),
        ("a.ttl", "<a> <b>", "is not ttl"),
        ("a.doc", "", "has none of the suffixes"),
        ("a.tsv", "id\tname\n1\tx\n", "'1' is no IRI"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, name: str, text: str | bytes, fault: str
) -> None:
    file = tmp_path / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises((DataError, ParameterError), match=fault):
        read_quads(file)


def test_a_large_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MOST_TABLE_BYTES", 10)
    file = tmp_path / "a.csv"
    file.write_text("id,name\n1,Pakistan\n")
    with pytest.raises(LimitError, match=r"beyond the limit of 10 bytes in .*a\.csv"):
        read_table(file)


def test_a_list_of_others_is_a_table_or_rdf(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("code,name,other\nPK,Pakistan,Islamic Republic\n")
    (tmp_path / "a.ttl").write_text('<x:a> <http://www.w3.org/2000/01/rdf-schema#label> "A" .')
    (named,) = read_list(tmp_path / "a.csv")
    assert (named.iri, [name.text for name in named.names]) == ("PK", ["Pakistan"])
    (named,) = read_list(tmp_path / "a.csv", "code", ["name", "other"])
    assert [name.kind for name in named.names] == ["label", "alias"]
    assert read_list(tmp_path / "a.ttl")[0].iri == "x:a"
