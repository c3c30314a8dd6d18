"""The findings of the shapes about a sentence: it has one place in its article, and a quote."""

import pytest
from pyoxigraph import RdfFormat, parse

from graph.curating.master import Inputs, read_master
from graph.curating.shapes import (
    Result,
    find_violations,
    parse_shapes,
    position_term,
    validate_graph,
)
from graph.dataset import closure_premises
from graph.errors import Finding
from graph.rdflib_bridge import parse_n_triples, to_rdflib, write_n_triples
from graph.reasoning.kernel import Kernel
from ontology.namespace import HEAD
from ontology.vocabulary import ONTOLOGY_FOLDER as ONTOLOGY

POSITION = "<s01#position> a oa:TextPositionSelector ; oa:start 23 ; oa:end 82 ."
ONE = "A sentence has one position selector."

OTHERS = """
PREFIX :     <urn:shapes:>
:Off a sh:NodeShape ; sh:targetClass cpec:Country ; sh:deactivated true ; sh:property :Off2 .
:Off2 sh:path rdfs:comment ; sh:minCount 1 ; sh:message "off" .
:Closed a sh:NodeShape ; sh:targetNode id:China ; sh:closed true ;
  sh:property [ sh:path rdfs:label ; sh:maxCount 1 ; sh:message "closed, with a part" ] .
:Path a sh:PropertyShape ; sh:targetSubjectsOf cpec:attributedTo ; sh:path cpec:attributedTo ;
  sh:property [ sh:path rdfs:comment ; sh:minCount 1 ; sh:message "of a value" ] .
:Used a sh:NodeShape ; sh:targetNode id:Islamabad ;
  sh:property [ sh:path rdfs:comment ; sh:minCount 1 ; sh:message "used" ] .
:User a sh:NodeShape ; sh:targetNode id:China ; sh:node :Used ; sh:message "uses" .
:Both a sh:NodeShape ; sh:targetNode id:China ; sh:targetObjectsOf cpec:attributedTo ;
  sh:property [ sh:path rdfs:comment ; sh:minCount 1 ; sh:message "of two targets" ] .
"""
"""Shapes of all kinds, some of which cannot have their targets anywhere else."""


def test_the_shapes_find_nothing_in_data_that_are_whole(inputs: Inputs) -> None:
    assert validate_inputs(inputs) == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (POSITION, "", ONE),
        (POSITION, f"{POSITION} <s01#position> oa:end 90 .", ONE),
        (POSITION, f"{POSITION} <s01#position> oa:start 25 .", ONE),
    ],
    ids=["no place", "two ends", "two starts"],
)
def test_a_sentence_has_one_place(inputs: Inputs, old: str, new: str, message: str) -> None:
    article = inputs.data / "articles/talks-2026-05-02.trig"
    text = article.read_text("utf-8")
    assert old in text
    article.write_text(text.replace(old, new, 1), "utf-8")
    assert message in {finding.message.partition(": ")[2] for finding in validate_inputs(inputs)}


def test_property_shapes_with_the_targets_of_their_node_shapes_find_the_same(
    inputs: Inputs,
) -> None:
    article = inputs.data / "articles/talks-2026-05-02.trig"
    text = article.read_text("utf-8").replace(POSITION, "")
    article.write_text(text.replace("a oa:TextQuoteSelector", "a id:Other"), "utf-8")
    master = read_master(Inputs(inputs.data, ONTOLOGY))
    data = to_rdflib(master.quads())
    shapes = write_n_triples([*master.shapes.quads, *parse(HEAD + OTHERS, RdfFormat.TURTLE)])
    results = validate_graph(data, parse_shapes(shapes))
    assert len({result.messages[0] for result in results}) > 5
    assert write_results(results) == write_results(validate_graph(data, parse_n_triples(shapes)))


def write_results(results: list[Result]) -> list[str]:
    """Return results in words, sorted; a path of several steps has no name that stays."""
    return sorted(
        f"{r.focus} {position_term(r.path)} {r.value} {r.component} {r.messages}" for r in results
    )


def validate_inputs(inputs: Inputs) -> list[Finding]:
    """Return the findings of the shipped shapes about inputs and their inferences."""
    master = read_master(Inputs(inputs.data, ONTOLOGY))
    stated = list(master.quads())
    quads = [*closure_premises(stated), *Kernel(stated).inferred_quads()]
    return find_violations(quads, master)
