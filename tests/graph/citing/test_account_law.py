"""The account of a proof is that of statements of its graphs that suffice, and none is stronger.

All sets of the statements of small datasets are closed, independently of the kernel: the cited
modality is the strongest of the sets that give the triple, and one of those has the cited speakers
and ends.
"""

from itertools import chain, combinations
from random import Random

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Triple

from graph.citing.citation import cite
from graph.citing.index import EvidenceIndex
from graph.dataset import memory_store
from ontology.namespace import EVIDENCE, ID, ONTOLOGY_GRAPH
from ontology.terms import CPEC, DCTERMS, OA, RDF, XSD
from ontology.vocabulary import MODALITIES
from tests.graph import toy
from tests.graph.reclosing import closure

pytestmark = pytest.mark.long

FACTS = MODALITIES[:3]
SPEAKERS = ("Minister", "Critic")
ARTICLES = ("x", "y")
SENTENCES = tuple(f"{ID}{article}/s0{number}" for article in ARTICLES for number in (1, 2))
OVER = NamedNode(ID + "a")
USUAL = {name: FACTS[place % 3] for place, name in enumerate("pqrstuv")}
Account = tuple[str, frozenset[str], bool]


def iri(name: str) -> NamedNode:
    return NamedNode(CPEC + name)


def state_in(triple: Triple, graph: str) -> Quad:
    return Quad(triple.subject, triple.predicate, triple.object, NamedNode(graph))


def describe_world() -> list[Quad]:
    """Return the modality of each property, the articles, and the end of an undertaking."""
    ontology, end = NamedNode(ONTOLOGY_GRAPH), NamedNode(ID + "end")
    day = Literal("1990-12-31", datatype=XSD.DATE)
    says = NamedNode(SENTENCES[0])
    return [
        *(Quad(iri(name), CPEC.MODALITY, iri(usual), ontology) for name, usual in USUAL.items()),
        Quad(OVER, RDF.TYPE, iri("Undertaking"), says),
        Quad(end, iri("statusOf"), OVER, says),
        Quad(end, iri("newStatus"), iri("Ended"), says),
        Quad(end, iri("date"), day, says),
    ]


class World:
    """A few statements, each with its modality and speaker, and what all sets of them give."""

    def __init__(self, seed: int) -> None:
        random = Random(seed)  # noqa: S311 - reproducible
        self.own: dict[tuple[Triple, str], tuple[str, frozenset[str]]] = {}
        self.quads = [*toy.AXIOMS, *describe_world()]
        speakers = {graph: random.choice(("", "", *SPEAKERS)) for graph in SENTENCES}
        for graph in SENTENCES:
            article = ID + graph.removeprefix(ID).partition("/")[0]
            self.add(graph, RDF.TYPE, CPEC.SENTENCE)
            self.add(graph, OA.HAS_SOURCE, NamedNode(article))
            self.add(
                graph,
                CPEC.ATTRIBUTED_TO,
                NamedNode(f"{ID}{speakers[graph]}" if speakers[graph] else article),
            )
            self.add(article, NamedNode(DCTERMS + "date"), Literal("1999-05-03", datatype=XSD.DATE))
        for number in range(6):
            subject, value = random.choices(toy.THINGS, k=2)
            triple = Triple(subject, iri(random.choice("ppqrst")), value)
            graph = random.choice(SENTENCES)
            modality, speaker = random.choice(FACTS), random.choice(("", "article", *SPEAKERS))
            if (triple, graph) not in self.own:
                self.state(f"{graph}#{number}", triple, graph, modality, speaker)
                said = speaker or speakers[graph]
                names = frozenset({ID + said} if said in SPEAKERS else ())
                self.own[triple, graph] = (modality, names)
        keys = list(self.own)
        sizes = (combinations(keys, size) for size in range(1, len(keys) + 1))
        axioms = [*toy.AXIOMS]
        self.closed = {
            frozenset(chosen): closure([*axioms, *(state_in(*own) for own in chosen)])
            for chosen in chain.from_iterable(sizes)
        }

    def add(self, subject: str, predicate: NamedNode, value: NamedNode | Literal) -> None:
        self.quads.append(Quad(NamedNode(subject), predicate, value, EVIDENCE))

    def state(self, record: str, triple: Triple, graph: str, modality: str, speaker: str) -> None:
        """Add a statement with its record."""
        self.quads.append(state_in(triple, graph))
        self.add(record, RDF.TYPE, RDF.STATEMENT)
        self.add(record, OA.HAS_SOURCE, NamedNode(graph))
        self.add(record, CPEC.MODALITY, iri(modality))
        for end, term in zip((RDF.SUBJECT, RDF.PREDICATE, RDF.OBJECT), triple, strict=True):
            self.add(record, end, term)
        if speaker:
            article = graph.removeprefix(ID).partition("/")[0]
            self.add(
                record, CPEC.ATTRIBUTED_TO, NamedNode(ID + speaker.replace("article", article))
            )

    def list_accounts(self, triple: Triple, graphs: set[str]) -> set[Account]:
        """Return the accounts of the sets of statements of some graphs that give a triple."""
        usual = USUAL[triple.predicate.value.removeprefix(CPEC)]
        accounts = set()
        for chosen, closed in self.closed.items():
            if triple in closed and {graph for _, graph in chosen} <= graphs:
                said = [self.own[key] for key in chosen]
                concluded = [] if {t for t, _ in chosen} == {triple} else [usual]
                modality = max((*(m for m, _ in said), *concluded), key=FACTS.index)
                speakers = frozenset().union(*(names for _, names in said))
                over = any(OVER in (t.subject, t.object) for t, _ in chosen)
                accounts.add((modality, speakers, over))
        return accounts


@pytest.mark.parametrize("seed", range(10))
def test_an_account_is_that_of_statements_that_suffice_and_none_is_stronger(seed: int) -> None:
    world = World(seed)
    store = memory_store(toy.close(tuple(q for q in world.quads if q not in toy.AXIOMS)))
    index = EvidenceIndex(store)
    asked = 0
    for triple in set().union(*world.closed.values()):
        if triple.predicate.value.removeprefix(CPEC) not in USUAL:
            continue
        query = f"ASK {{ {triple.subject} {triple.predicate} {triple.object} }}"
        (citation,) = cite(store, index, query).citations
        for proof, modality in zip(citation.proofs, citation.modalities, strict=True):
            possible = world.list_accounts(triple, set(proof))
            ends = {ending.thing for ending in modality.endings}
            speakers = frozenset(speaker.iri for speaker in modality.speakers)
            cited = modality.iri.removeprefix(CPEC), speakers, ends == {OVER.value}
            assert cited in possible, (triple, proof)
            assert FACTS.index(cited[0]) == min(FACTS.index(own[0]) for own in possible)
            asked += 1
    assert asked
