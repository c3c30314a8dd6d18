"""The strongest proof comes first: answers and explanations agree, whatever they leave out."""

from dataclasses import replace
from random import Random
from typing import Final

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, parse

from graph.citing.citation import cite
from graph.citing.index import EvidenceIndex
from graph.dataset import memory_store
from graph.explaining.why import explain_triple, explanation_json
from ontology.namespace import HEAD, ID, PREFIXES
from ontology.terms import CPEC
from ontology.vocabulary import MODALITIES
from tests.graph import toy
from tests.graph.reclosing import closure

MOST: Final = 20
"""The ways to infer the triple, and so its proofs, at least half of which are cut."""

GOAL: Final = Triple(NamedNode(f"{ID}a"), NamedNode(f"{CPEC}t"), NamedNode(f"{ID}c"))
STATEMENT: Final = """
<{graph}> {{ {triple} }}
graph:evidence {{ <{graph}> a cpec:Sentence ; oa:hasSource id:x ; cpec:attributedTo id:{speaker} .
  <{graph}#{number}> a rdf:Statement ; oa:hasSource <{graph}> ; cpec:modality cpec:{modality} ;
    rdf:subject {subject} ; rdf:predicate {predicate} ; rdf:object {value} }}
"""


class World:
    """Statements from which one triple follows in up to twenty ways, each with a modality.

    If it is `crowded`, a sentence makes several statements.
    """

    def __init__(self, seed: int, *, crowded: bool = False) -> None:
        self.random, self.crowded = Random(seed), crowded  # noqa: S311 - reproducible
        self.text, self.levels = HEAD, dict[Triple, int]()
        self.usual = self.random.randrange(3)
        self.text += f"graph:ontology {{ cpec:t cpec:modality cpec:{MODALITIES[self.usual]} }}\n"
        for number in range(self.random.randint(1, MOST)):
            step = f"id:b{number}"
            self.state("id:a", "cpec:p", step)
            self.state(step, "cpec:r", "id:c")
        for _ in range(self.random.choice((0, 0, 1, 8))):
            self.state("id:a", self.random.choice(("cpec:t", "cpec:v")), "id:c")
        quads = tuple(parse(self.text, RdfFormat.TRIG))
        self.store = memory_store(toy.close(tuple(q for q in quads if q not in toy.AXIOMS)))

    def state(self, *names: str) -> None:
        """Add a statement to a sentence, with its record."""
        level, number = self.random.randrange(len(MODALITIES)), self.text.count("a rdf:Statement")
        place = self.random.randrange(MOST) if self.crowded else number
        subject, predicate, value = names
        self.text += STATEMENT.format(
            graph=f"{ID}x/s{place:02d}",
            speaker=self.random.choice(("x", "Minister", "Critic")) if not self.crowded else "x",
            modality=MODALITIES[level],
            number=number,
            triple=" ".join(names),
            subject=subject,
            predicate=predicate,
            value=value,
        )
        triple = Triple(*(NamedNode(PREFIXES[n.split(":")[0]] + n.split(":")[1]) for n in names))
        self.levels[triple] = min(level, self.levels.get(triple, level))

    def find_level(self) -> int:
        """Return the level of the triple: the first at which the statements up to it give it."""
        inferred = (
            level
            for level in range(len(MODALITIES))
            if GOAL in closure([*toy.AXIOMS, *self.list_quads(level)])
        )
        first = max(self.usual, next(inferred, len(MODALITIES)))
        return min(first, self.levels.get(GOAL, first))

    def list_quads(self, level: int) -> list[Quad]:
        """Return the statements up to a level, without the triple itself."""
        return [Quad(*t) for t, own in self.levels.items() if own <= level and t != GOAL]


@pytest.mark.law
@pytest.mark.parametrize("seed", range(200))
def test_a_row_is_as_strong_as_the_strongest_of_all_its_proofs(seed: int) -> None:
    world = World(seed)
    index = EvidenceIndex(world.store)
    expected = CPEC + MODALITIES[world.find_level()]
    agree(world, index)
    for few in (index, single(index)):
        (citation,) = cite(
            world.store,
            few,
            f"SELECT * {{ {GOAL.subject} ?p {GOAL.object} FILTER(?p = {GOAL.predicate}) }}",
        ).citations
        assert citation.modalities[0].iri == expected
        assert len(citation.proofs) <= few.thresholds.proofs


@pytest.mark.law
@pytest.mark.parametrize("seed", range(200))
def test_rows_and_explanations_agree_where_a_sentence_makes_many_statements(seed: int) -> None:
    world = World(seed, crowded=True)
    agree(world, EvidenceIndex(world.store))


def single(index: EvidenceIndex) -> EvidenceIndex:
    """Return the index for answers of so many rows that each has one proof."""
    few = index.deepen(1)
    few.thresholds = replace(few.thresholds, rows_with_proofs=0)
    return few


def agree(world: World, index: EvidenceIndex) -> None:
    """Hold the answer to an ASK to the explanation of its triple."""
    text = f"ASK {{ {GOAL.subject} {GOAL.predicate} {GOAL.object} }}"
    (citation,) = cite(world.store, index, text).citations
    why = explain_triple(world.store, index, GOAL)
    explanation = explanation_json(why, index)
    assert [list(proof) for proof in citation.proofs] == [
        p["graphs"] for p in explanation["proofs"]
    ]
    cited = [modality.to_json() for modality in citation.modalities]
    assert cited == [proof["modality"] for proof in explanation["proofs"]]
    assert explanation["modality"] in cited
    assert cited[0]["iri"] == explanation["modality"]["iri"]
    for proof in why.explanation.proofs:
        account = index.modalities.rate_proof(GOAL, proof)
        assert index.modalities.rate_tree(proof.tree).strength == account.strength


@pytest.mark.law
@pytest.mark.parametrize("seed", range(100))
def test_a_joined_row_has_the_strongest_proof_of_each_of_its_triples(seed: int) -> None:
    world = World(seed)
    step = NamedNode(f"{ID}b0")
    text = f"SELECT ?x {{ ?x cpec:t {GOAL.object} ; cpec:p {step} }}"
    (citation,) = cite(world.store, EvidenceIndex(world.store), text).citations
    level = max(world.find_level(), world.levels[Triple(GOAL.subject, NamedNode(f"{CPEC}p"), step)])
    assert citation.modalities[0].iri == CPEC + MODALITIES[level]
