"""The ontology keeps its own rules: small, trilingual, aligned, and no modality is strengthened."""

from collections.abc import Iterator

import pytest
from pyoxigraph import NamedNode
from rdflib import DCTERMS, OWL, PROV, RDF, RDFS, SDO, SKOS, XSD, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from ontology.release import (
    UNVERSIONED,
    current_version,
    find_version,
    list_releases,
    packaged_quads,
    read_release,
)
from ontology.terms import CPEC
from ontology.vocabulary import AXIOM_FILES, MODALITIES, ONTOLOGY_FOLDER, SHAPES_FILE, Vocabulary

TERM = Namespace(CPEC)
RL_AXIOMS = {
    OWL.AllDisjointClasses,
    OWL.AnnotationProperty,
    OWL.Class,
    OWL.DatatypeProperty,
    OWL.ObjectProperty,
    OWL.Ontology,
    OWL.SymmetricProperty,
    OWL.TransitiveProperty,
}
CONCEPTS = {PROV.Role, SKOS.Concept, SKOS.ConceptScheme}
"""The classes of the concepts of our schemes: they are typed and have no axioms."""

RL_PREDICATES = {
    OWL.disjointWith,
    OWL.inverseOf,
    OWL.deprecated,
    OWL.members,
    OWL.priorVersion,
    OWL.propertyChainAxiom,
    OWL.versionIRI,
    OWL.versionInfo,
}


def read() -> Graph:
    graph = Graph()
    for name in AXIOM_FILES:
        graph.parse(ONTOLOGY_FOLDER / name)
    return graph


GRAPH = read()


def ours(term: Node) -> bool:
    return term.startswith(CPEC) if isinstance(term, URIRef) else False


RETIRED = sorted(str(term) for term in GRAPH.subjects(OWL.deprecated, Literal(True)))
CLASSES = sorted(
    {str(term) for term in GRAPH.subjects(RDF.type, OWL.Class) if ours(term)} - {*RETIRED}
)
PROPERTIES = sorted(
    {
        str(term)
        for kind in (OWL.ObjectProperty, OWL.DatatypeProperty)
        for term in GRAPH.subjects(RDF.type, kind)
    }
    - {*RETIRED}
)


def inferences(graph: Graph) -> Iterator[tuple[tuple[URIRef, ...], URIRef]]:
    """The premises and the conclusion of every axiom that makes one property follow from others."""
    for conclusion, chain in graph.subject_objects(OWL.propertyChainAxiom):
        yield tuple(URIRef(str(step)) for step in Collection(graph, chain)), URIRef(str(conclusion))
    for premise, conclusion in graph.subject_objects(RDFS.subPropertyOf):
        if ours(conclusion):
            yield (URIRef(str(premise)),), URIRef(str(conclusion))
    for left, right in graph.subject_objects(OWL.inverseOf):
        yield (URIRef(str(left)),), URIRef(str(right))
        yield (URIRef(str(right)),), URIRef(str(left))


def strength(graph: Graph, term: URIRef) -> int:
    """The position of a property's modality, the strongest 0."""
    modality = graph.value(term, TERM.modality)
    assert isinstance(modality, URIRef), f"{term} has no modality"
    return MODALITIES.index(modality.removeprefix(CPEC))


def test_the_vocabulary_stays_small() -> None:
    # 65 classes and 110 properties, and one of each that a recipe of docs/contributing.md adds
    assert len(CLASSES) <= 66
    annotations = {str(term) for term in GRAPH.subjects(RDF.type, OWL.AnnotationProperty)}
    assert len({*PROPERTIES, *annotations} - {*RETIRED}) <= 111


def test_every_term_has_a_comment_and_a_label_in_each_language() -> None:
    for term in (*CLASSES, *PROPERTIES, *RETIRED, *(CPEC + name for name in MODALITIES)):
        labels = GRAPH.objects(URIRef(term), RDFS.label)
        languages = [str(label.language) for label in labels if isinstance(label, Literal)]
        assert sorted(languages) == ["en", "ur", "zh"], term
        assert len(list(GRAPH.objects(URIRef(term), RDFS.comment))) == 1, term


def test_every_term_says_what_ontology_defines_it() -> None:
    ontology = URIRef(CPEC.removesuffix("#"))
    assert list(GRAPH.subjects(RDF.type, OWL.Ontology)) == [ontology]
    typed = {term for term in GRAPH.subjects(RDF.type) if ours(term)}
    assert typed.issuperset(map(URIRef, RETIRED))
    assert len(typed) > len(CLASSES) + len(PROPERTIES) + len(MODALITIES)
    assert set(GRAPH.subjects(RDFS.isDefinedBy, ontology)) == typed


def test_the_ontology_says_its_version_and_its_prefix() -> None:
    ontology, vann = URIRef(CPEC.removesuffix("#")), Namespace("http://purl.org/vocab/vann/")
    version = GRAPH.value(ontology, OWL.versionInfo)
    assert str(version) == current_version()
    assert GRAPH.value(ontology, OWL.versionIRI) == ontology + f"/{version}"
    issued = GRAPH.value(ontology, DCTERMS.issued)
    assert isinstance(issued, Literal)
    assert issued.datatype == XSD.date
    assert str(GRAPH.value(ontology, vann.preferredNamespacePrefix)) == "cpec"
    assert str(GRAPH.value(ontology, vann.preferredNamespaceUri)) == CPEC


def test_the_versions_before_this_one_are_kept() -> None:
    ontology = URIRef(CPEC.removesuffix("#"))
    prior = GRAPH.value(ontology, OWL.priorVersion)
    assert list_releases()[-1] == str(prior).removeprefix(f"{ontology}/")
    assert current_version() not in list_releases()
    for version in list_releases():
        assert find_version(read_release(version) or ()) == version
    assert read_release("0.0.9") is None
    assert read_release("../cpec") is None


def test_an_ontology_that_gives_no_version_is_the_first() -> None:
    header = [
        quad for quad in packaged_quads() if quad.subject == NamedNode(CPEC.removesuffix("#"))
    ]
    assert find_version(header) == current_version()
    without = [quad for quad in header if "version" not in quad.predicate.value]
    assert find_version(without) == UNVERSIONED
    assert find_version([]) is None


def test_a_retired_term_has_no_axioms_and_a_successor_that_is_in_use() -> None:
    axioms = {RDFS.domain, RDFS.range, RDFS.subPropertyOf, RDFS.subClassOf, TERM.modality}
    for term in map(URIRef, RETIRED):
        assert not axioms & set(GRAPH.predicates(term)), term
        uses = {predicate for _, predicate in GRAPH.subject_predicates(term)}
        assert uses <= {DCTERMS.isReplacedBy}, term
        newer = {str(own) for own in GRAPH.objects(term, DCTERMS.isReplacedBy)}
        assert newer <= {*CLASSES, *PROPERTIES, *RETIRED}, term


def test_a_retired_term_is_not_of_the_vocabulary() -> None:
    vocabulary = Vocabulary.from_quads(packaged_quads())
    assert CPEC + "coversPeriod" in RETIRED
    assert not vocabulary.properties & {*RETIRED}
    assert set(PROPERTIES) <= vocabulary.properties


def test_every_property_has_one_modality() -> None:
    for term in PROPERTIES:
        assert len(list(GRAPH.objects(URIRef(term), TERM.modality))) == 1, term


def find_strengthened(graph: Graph) -> list[URIRef]:
    """The conclusions that are stronger than their weakest premise."""
    return [
        conclusion
        for premises, conclusion in inferences(graph)
        if strength(graph, conclusion) < max(strength(graph, premise) for premise in premises)
    ]


def test_no_conclusion_is_stronger_than_its_weakest_premise() -> None:
    assert find_strengthened(GRAPH) == []


def test_a_chain_that_strengthens_would_be_seen() -> None:
    graph = read()
    Collection(graph, chain := URIRef("urn:chain"), [TERM.partyTo, TERM.aimsAlignmentWith])
    graph.add((TERM.cooperatesIn, OWL.propertyChainAxiom, chain))
    assert find_strengthened(graph) == [TERM.cooperatesIn]


def test_no_chain_makes_a_country_cooperate_with_itself() -> None:
    chains = [
        premises for premises, conclusion in inferences(GRAPH) if conclusion == TERM.cooperatesWith
    ]
    assert chains == []


def test_it_is_written_in_the_rl_profile() -> None:
    kinds = {kind for _, kind in GRAPH.subject_objects(RDF.type) if not ours(kind)}
    used = {term for term in GRAPH.predicates() if str(term).startswith(str(OWL))}
    assert kinds <= RL_AXIOMS | CONCEPTS
    assert used <= RL_PREDICATES


def test_the_great_classes_are_disjoint() -> None:
    (node,) = GRAPH.subjects(RDF.type, OWL.AllDisjointClasses)
    members = {
        str(member)
        for head in GRAPH.objects(node, OWL.members)
        for member in Collection(GRAPH, head)
    }
    wanted = {"Agent", "Document", "Event", "Place", "TechnicalSystem", "Topic", "Undertaking"}
    assert {CPEC + name for name in wanted} <= members


def test_two_allowed_classes_are_hints_not_domains() -> None:
    for term in GRAPH.subjects(SDO.domainIncludes):
        assert (term, RDFS.domain, None) not in GRAPH


@pytest.mark.parametrize("name", [*AXIOM_FILES, SHAPES_FILE])
def test_no_arabic_kaf_or_yeh_stands_in_its_urdu(name: str) -> None:
    text = (ONTOLOGY_FOLDER / name).read_text("utf-8")
    assert "\u0643" not in text
    assert "\u064a" not in text


def test_parties_flow_along_no_structure() -> None:
    chains = [premises for premises, conclusion in inferences(GRAPH) if conclusion == TERM.hasParty]
    # a joint party is a party, and the inverse property says the same
    assert sorted(chains) == [(TERM.hasJointParty,), (TERM.partyTo,)]


@pytest.mark.parametrize(
    "conclusion", ["cooperatesIn", "intendsCooperationIn", "jointlyDeploys", "sharesGoal"]
)
def test_only_joint_parties_do_or_want_a_thing_together(conclusion: str) -> None:
    chains = [premises for premises, head in inferences(GRAPH) if head == TERM[conclusion]]
    assert chains
    planned = {TERM.plannedJointPartyTo} if conclusion == "intendsCooperationIn" else set()
    assert {premises[0] for premises in chains} <= {TERM.jointPartyTo, TERM[conclusion], *planned}


def test_an_undertaking_says_nothing_of_the_parties_of_one_that_it_helps() -> None:
    assert not [head for premises, head in inferences(GRAPH) if TERM.facilitatedThrough in premises]


def test_no_rule_reads_a_list_a_plan_a_wish_or_what_an_inquiry_is_about() -> None:
    names = (
        *("announces", "derivedFrom", "listedUnder", "plannedUnder", "pledges", "proposes"),
        *("purpose", "requests", "supports", "takesPartIn"),
    )
    read = {premise for premises, _ in inferences(GRAPH) for premise in premises}
    assert read & {SDO.about, *(TERM[name] for name in names)} == set()


def test_from_a_plan_follows_no_deed() -> None:
    plan = {TERM.hasPlannedParty, TERM.hasPlannedJointParty, TERM.plannedJointPartyTo}
    heads = {head for premises, head in inferences(GRAPH) if plan & set(premises)}
    assert heads <= plan | {TERM.intendsCooperationIn}


def test_a_counterpart_says_of_an_aim_what_a_property_says_of_a_fact() -> None:
    pairs = [(URIRef(str(f)), URIRef(str(a))) for f, a in GRAPH.subject_objects(TERM.counterpart)]
    assert pairs
    last = MODALITIES.index("Ongoing")
    for fact, aim in pairs:
        assert strength(GRAPH, fact) <= last < strength(GRAPH, aim)
        assert GRAPH.value(fact, RDFS.domain) == GRAPH.value(aim, RDFS.domain)


def test_a_modality_that_asserts_nothing_has_no_place_in_the_order() -> None:
    modalities = set(GRAPH.subjects(RDF.type, TERM.Modality))
    ordered = set(GRAPH.subjects(SDO.position)) & modalities
    names = {str(term).removeprefix(CPEC) for term in modalities - ordered}
    assert names == {"Denied", "Proposed", "Requested", "Conditional"}


def test_a_facilitator_is_no_whole_and_a_system_is_no_field() -> None:
    assert not list(GRAPH.objects(TERM.facilitatedThrough, RDFS.subPropertyOf))
    assert not list(GRAPH.objects(TERM.TechnicalSystem, RDFS.subClassOf))
