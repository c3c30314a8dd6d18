"""An independent closure: the rules of OWL 2 RL as INSERT operations of the engine."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from pyoxigraph import NamedNode, Quad, Store, Triple

from graph.dataset import closure_premises, graph_of, memory_store
from graph.reasoning.tbox import is_about_the_domain
from ontology.namespace import EVIDENCE_GRAPH, INFERRED_GRAPH, ONTOLOGY_GRAPH, PREFIXES
from ontology.terms import CPEC, OA, RDF

RULES = """
INSERT { ?x a ?d } WHERE {
  ?c rdfs:subClassOf|owl:equivalentClass|^owl:equivalentClass ?d . ?x a ?c }
INSERT { ?x ?q ?y } WHERE {
  ?p rdfs:subPropertyOf|owl:equivalentProperty|^owl:equivalentProperty ?q . ?x ?p ?y }
INSERT { ?x a ?c } WHERE { ?p rdfs:domain ?c . ?x ?p ?y }
INSERT { ?y a ?c } WHERE { ?p rdfs:range ?c . ?x ?p ?y }
INSERT { ?y ?q ?x } WHERE { ?p owl:inverseOf|^owl:inverseOf ?q . ?x ?p ?y }
INSERT { ?y ?p ?x } WHERE { ?p a owl:SymmetricProperty . ?x ?p ?y }
INSERT { ?x ?p ?z } WHERE { ?p a owl:TransitiveProperty . ?x ?p ?y . ?y ?p ?z }
INSERT { ?x ?p ?z } WHERE { ?p owl:propertyChainAxiom (?a ?b) . ?x ?a ?y . ?y ?b ?z }
INSERT { ?x ?p ?w } WHERE { ?p owl:propertyChainAxiom (?a ?b ?c) . ?x ?a ?y . ?y ?b ?z . ?z ?c ?w }
INSERT { ?x ?p ?v } WHERE { ?r owl:hasValue ?v ; owl:onProperty ?p . ?x a ?r }
INSERT { ?x a ?r } WHERE { ?r owl:hasValue ?v ; owl:onProperty ?p . ?x ?p ?v }
INSERT { ?x a ?r } WHERE {
  ?r owl:someValuesFrom ?c ; owl:onProperty ?p . ?x ?p ?y
  FILTER (?c = owl:Thing || EXISTS { ?y a ?c }) }
INSERT { ?y a ?c } WHERE { ?r owl:allValuesFrom ?c ; owl:onProperty ?p . ?x a ?r ; ?p ?y }
INSERT { ?x a ?c } WHERE { ?c owl:unionOf/rdf:rest*/rdf:first ?d . ?x a ?d }
INSERT { ?x a ?d } WHERE { ?c owl:intersectionOf/rdf:rest*/rdf:first ?d . ?x a ?c }
INSERT { ?x a ?c } WHERE {
  ?c owl:intersectionOf ?l . ?x a []
  FILTER NOT EXISTS { ?l rdf:rest*/rdf:first ?d FILTER NOT EXISTS { ?x a ?d } } }
"""
UPDATE = RULES.strip().replace("\nINSERT", ";\nINSERT")


def closure(given: Iterable[Quad]) -> set[Triple]:
    """Return the triples of quads with all their inferences."""
    store = Store()
    store.extend(Quad(quad.subject, quad.predicate, quad.object) for quad in given)
    size = -1
    while size != len(store):
        size = len(store)
        store.update(UPDATE, prefixes=PREFIXES)
    return {quad.triple for quad in store}


RECORDS = {RDF.STATEMENT, CPEC.UNASSERTED_STATEMENT}
SOURCES = {CPEC.SENTENCE, CPEC.BACKGROUND_SOURCE}
QUOTES = {OA.TEXT_QUOTE_SELECTOR, OA.RANGE_SELECTOR}


def sources_of_records(quads: Iterable[Quad]) -> dict[object, set[str]]:
    """Return the sources that records, quotes and anchors of `graph:evidence` belong to."""
    types, named, selectors = (defaultdict[object, set[object]](set) for _ in range(3))
    by_predicate = {RDF.TYPE: types, OA.HAS_SOURCE: named, OA.HAS_SELECTOR: selectors}
    for quad in quads:
        if graph_of(quad) == EVIDENCE_GRAPH and quad.predicate in by_predicate:
            by_predicate[quad.predicate][quad.subject].add(quad.object)
    belongs: dict[object, set[str]] = defaultdict(set)
    for subject, classes in types.items():
        if classes & RECORDS:
            belongs[subject] = {iri.value for iri in named[subject] if isinstance(iri, NamedNode)}
            belongs[subject] -= {ONTOLOGY_GRAPH, INFERRED_GRAPH}
    for holder, several in selectors.items():
        own = {holder.value} if isinstance(holder, NamedNode) and types[holder] & SOURCES else set()
        for selector in several:
            if types[selector] & QUOTES:
                is_record = bool(types[holder] & RECORDS)
                if not types[selector] & RECORDS:
                    belongs[selector] |= belongs[holder] if is_record else own
                if own and not is_record:
                    belongs[holder, selector] = own
    return belongs


def sources(quad: Quad, records: Mapping[object, set[str]]) -> Iterable[str]:
    """Return the sources that a quad belongs to: its graph, unless it is a record."""
    if graph_of(quad) == EVIDENCE_GRAPH:
        if quad.predicate == OA.HAS_SELECTOR and (own := records.get((quad.subject, quad.object))):
            return own
        if belongs := records.get(quad.subject):
            return belongs
    return {graph_of(quad)}


MOST_KEPT = 500
"""The size of the cache of stores: a long test must not fill the memory."""


class Reclosing:
    """Rebuilds a dataset from some of its graphs, their records, and the ontology."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        self.by_graph: dict[str, list[Quad]] = defaultdict(list)
        quads = list(quads)
        records = sources_of_records(quads)
        for quad in quads:
            for source in sources(quad, records):
                self.by_graph[source].append(quad)
        self.vocabulary = {quad.subject for quad in self.by_graph[ONTOLOGY_GRAPH]}
        self.axioms = closure(self.by_graph[ONTOLOGY_GRAPH])
        self.stores: dict[frozenset[str], Store] = {}

    def store(self, graphs: Iterable[str]) -> Store:
        """Return the dataset of some graphs, their records and the ontology."""
        names = frozenset(graphs) - {INFERRED_GRAPH}  # it is rebuilt, never kept
        if names not in self.stores:
            while len(self.stores) >= MOST_KEPT:
                del self.stores[next(iter(self.stores))]
            stated = [q for name in {*names, ONTOLOGY_GRAPH} for q in self.by_graph[name]]
            self.stores[names] = memory_store([*stated, *self.infer(stated)])
        return self.stores[names]

    def infer(self, stated: list[Quad]) -> list[Quad]:
        """Return the inferred quads, as the build would write them."""
        given = closure_premises(stated)
        return [
            Quad(triple.subject, triple.predicate, triple.object, NamedNode(INFERRED_GRAPH))
            for triple in closure(given) - {quad.triple for quad in given}
            if triple.subject not in self.vocabulary and is_about_the_domain(*triple)
        ]
