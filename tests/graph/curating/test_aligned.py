"""Alignments and links that entail a contradiction: each is found, with file and line."""

from pathlib import Path

import pytest

from graph.curating.aligned import find_misreadings
from graph.curating.master import Inputs, read_master
from graph.errors import DataError
from graph.reasoning.kernel import Kernel
from graph.validation import validate

ALIGNMENTS = "ontology/alignments.ttl"
ONTOLOGY = "ontology/cpec.ttl"
ENTITIES = "data/entities.ttl"
EUROVOC = "data/links/eurovoc.trig"
DBPEDIA = "data/links/dbpedia.trig"
ARTICLE = "data/articles/inp-wealthpk-2026-04-29.trig"

FAULTS = {
    "an initiative is an organisation": (
        ALIGNMENTS,
        "cpec:Topic          rdfs:subClassOf skos:Concept .",
        "cpec:Initiative     rdfs:subClassOf schema:Project .",
        (
            "would be a schema:Organization, which no cpec:Undertaking is: that follows from "
            "cpec:Initiative rdfs:subClassOf schema:Project"
        ),
    ),
    "every undertaking is an organisation": (
        ALIGNMENTS,
        "cpec:Topic          rdfs:subClassOf skos:Concept .",
        "cpec:Undertaking    rdfs:subClassOf org:OrganizationalCollaboration .",
        "that follows from cpec:Undertaking rdfs:subClassOf org:OrganizationalCollaboration",
    ),
    "a technical system is an area": (
        ONTOLOGY,
        "cpec:TechnicalSystem a owl:Class ;",
        "cpec:TechnicalSystem rdfs:subClassOf cpec:Area .",
        (
            "would be a cpec:Topic, which no cpec:TechnicalSystem is: that follows from "
            "cpec:TechnicalSystem rdfs:subClassOf cpec:Area"
        ),
    ),
    "a technical system is a concept": (
        ALIGNMENTS,
        "cpec:Topic          rdfs:subClassOf skos:Concept .",
        "cpec:TechnicalSystem rdfs:subClassOf skos:Concept .",
        (
            "which no cpec:TechnicalSystem is: that follows from "
            "cpec:TechnicalSystem rdfs:subClassOf skos:Concept"
        ),
    ),
    "a country is a concept": (
        EUROVOC,
        "    id:Pakistan schema:sameAs eurovoc:2222 .",
        "    id:Pakistan skos:exactMatch eurovoc:2222 .",
        (
            "id:Pakistan would be a skos:Concept, which no cpec:Place is: that follows from "
            "id:Pakistan skos:exactMatch <http://eurovoc.europa.eu/2222>"
        ),
    ),
    "a system is matched like a concept": (
        DBPEDIA,
        "    id:Intelligent_Met_Stations rdfs:seeAlso dbr:Weather_station .",
        "    id:Intelligent_Met_Stations skos:closeMatch dbr:Weather_station .",
        "id:Intelligent_Met_Stations would be a skos:Concept, which no cpec:TechnicalSystem is",
    ),
    "a month is a period of time": (
        ALIGNMENTS,
        "cpec:basedOn       rdfs:subPropertyOf prov:wasDerivedFrom .",
        "cpec:issue         rdfs:subPropertyOf dcterms:temporal .",
        (
            '"2026-04" would be a dcterms:PeriodOfTime: that follows from '
            "cpec:issue rdfs:subPropertyOf dcterms:temporal"
        ),
    ),
    "a report is an agent": (
        ALIGNMENTS,
        "cpec:basedOn       rdfs:subPropertyOf prov:wasDerivedFrom .",
        "cpec:attributedTo  rdfs:subPropertyOf prov:wasAttributedTo .",
        (
            "would be a prov:Agent, which no cpec:Document is: that follows from "
            "cpec:attributedTo rdfs:subPropertyOf prov:wasAttributedTo"
        ),
    ),
    "a place is a day": (
        ALIGNMENTS,
        "cpec:basedOn       rdfs:subPropertyOf prov:wasDerivedFrom .",
        "cpec:place         rdfs:subPropertyOf sem:hasTimeStamp .",
        (
            "id:Islamabad would be a literal, the value of sem:hasTimeStamp: that follows from "
            "cpec:place rdfs:subPropertyOf sem:hasTimeStamp"
        ),
    ),
    "a country is the title of an article": (
        ARTICLE,
        "        dcterms:creator id:Ayesha_Saba ;",
        "        dcterms:creator id:Ayesha_Saba ; dcterms:title id:Pakistan ;",
        (
            "id:Pakistan would be a literal, a rdfs:Literal: that follows from "
            "id:inp-wealthpk-2026-04-29 dcterms:title id:Pakistan"
        ),
    ),
    "an undertaking publishes": (
        ARTICLE,
        "        dcterms:creator id:Ayesha_Saba ;",
        "        dcterms:creator id:Ayesha_Saba ; dcterms:publisher id:CPEC ;",
        "id:CPEC would be a foaf:Agent, which no cpec:Undertaking is",
    ),
}


def report_misreadings(inputs: Inputs) -> list[str]:
    """Return the findings of the master copy when it is read together with its neighbours."""
    master = read_master(inputs)
    return [str(finding) for finding in find_misreadings(master.quads(), master)]


def put(inputs: Inputs, name: str, old: str, new: str) -> str:
    """Put a statement in the place of another or before it; return its place, `file:line`."""
    path = inputs.data.parent / name
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    kept = old if new.endswith(" .") and name.startswith("ontology") else ""
    path.write_text(text.replace(old, f"{new}\n{kept}"), "utf-8")
    return f"{name}:{text[: text.index(old)].count(chr(10)) + 1}: "


def test_the_shipped_graph_agrees_with_the_vocabularies_it_is_aligned_to(
    shipped_inputs: Inputs,
) -> None:
    master = read_master(shipped_inputs)
    stated = list(master.quads())
    assert find_misreadings([*stated, *Kernel(stated).inferred_quads()], master) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_an_alignment_that_entails_a_contradiction_is_named(
    shipped_inputs: Inputs, fault: str
) -> None:
    name, old, new, message = FAULTS[fault]
    where = put(shipped_inputs, name, old, new)
    findings = report_misreadings(shipped_inputs)
    assert any(where in text and message in text for text in findings), findings


def test_only_what_is_at_fault_is_named(shipped_inputs: Inputs) -> None:
    name, old, new, _ = FAULTS["an initiative is an organisation"]
    where = put(shipped_inputs, name, old, new)
    assert all(where in text for text in report_misreadings(shipped_inputs))


def test_each_of_several_statements_is_named(shipped_inputs: Inputs) -> None:
    put(shipped_inputs, *FAULTS["a country is a concept"][:3])
    old = "    id:China schema:sameAs eurovoc:5969 ."
    put(shipped_inputs, EUROVOC, old, old.replace("schema:sameAs", "skos:closeMatch"))
    lines = [
        text.partition(": ")[0].rpartition(":")[2] for text in report_misreadings(shipped_inputs)
    ]
    assert lines == [str(line) for line in sorted(map(int, lines))]
    assert len(lines) == 2


def test_the_build_refuses_it(inputs: Inputs) -> None:
    path = inputs.ontology / "alignments.ttl"
    text = path.read_text("utf-8") + "\ncpec:Framework rdfs:subClassOf schema:Country .\n"
    path.write_text(text, "utf-8")
    with pytest.raises(DataError) as caught:
        validate(inputs)
    at = f"alignments.ttl:{text.rstrip().count(chr(10)) + 1}"
    what = "id:CPEC would be a schema:Place, which no cpec:Framework is"
    why = "that follows from cpec:Framework rdfs:subClassOf schema:Country"
    findings = [str(finding).partition("ontology/")[2] for finding in caught.value.findings]
    assert findings == [f"{at}: {what}: {why}"]


def test_the_axioms_of_others_stay_out_of_the_graph(shipped_inputs: Inputs) -> None:
    master = read_master(shipped_inputs)
    assert {quad.triple for quad in master.quads()}.isdisjoint(
        quad.triple for quad in master.aligned.quads
    )


def test_an_axiom_file_that_is_missing_is_named(inputs: Inputs, tmp_path: Path) -> None:
    (inputs.ontology / "aligned.ttl").unlink()
    with pytest.raises(DataError, match=r"aligned\.ttl"):
        validate(Inputs(inputs.data, tmp_path / "ontology"))
