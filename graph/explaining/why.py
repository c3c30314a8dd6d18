"""Why a triple holds, whole: its proofs, who else states it, and what contradicts it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from pyoxigraph import Literal, NamedNode, Store, Triple

from graph.asking import questions
from graph.citing.answering.writing import term_json
from graph.citing.citation import EvidenceIndex
from graph.evaluation import solutions
from graph.explaining.corroboration import Corroboration, corroboration
from graph.explaining.wording import Wording, name, statements
from graph.reasoning.proof import Explanation, Statement, Tree, explain
from graph.reasoning.rules.axiom import Term

CONTESTED: Final = questions()["contested"].text
"""Read at once, since a worker can open no file."""


@dataclass(frozen=True, slots=True)
class Rival:
    """Another value of a property that has one, and the graph that states it."""

    value: Term
    graph: str


@dataclass(frozen=True, slots=True)
class Why:
    """An explanation with the independent sources of its triple, and the values beside it."""

    explanation: Explanation
    corroboration: Corroboration
    rivals: tuple[Rival, ...]

    @property
    def graphs(self) -> tuple[str, ...]:
        """The named graphs that are spoken of, sorted."""
        proofs = [proof.tree for proof in self.explanation.proofs]
        found = {graph for tree in proofs for one in statements(tree) for graph in one.graphs}
        found.update(self.explanation.stated, (rival.graph for rival in self.rivals))
        return tuple(sorted(found))


def why(store: Store, index: EvidenceIndex, triple: Triple) -> Why:
    """Return why a triple holds; raises NotInGraphError where it does not."""
    explanation = explain(index.provenance, triple)
    return Why(explanation, corroboration(store, triple), rivals(store, triple))


def rivals(store: Store, triple: Triple) -> tuple[Rival, ...]:
    """Return the other values that sources give where there can be one (queries/contested.rq)."""
    if not isinstance(triple.subject, NamedNode):
        return ()
    bindings: dict[str, NamedNode | Literal] = {
        "subject": triple.subject,
        "property": triple.predicate,
    }
    found: dict[Rival, None] = {}
    for row in solutions(store, CONTESTED, bindings):
        for value, graph in (("value", "source"), ("otherValue", "otherSource")):
            if row[value] != triple.object:
                found[Rival(row[value], row[graph].value)] = None
    return tuple(found)


def as_json(found: Why, index: EvidenceIndex) -> dict[str, Any]:
    """Return an explanation as explanation.schema.json has it."""
    words, explanation = Wording(index), found.explanation
    trees = [proof.tree for proof in explanation.proofs]
    agreement = found.corroboration
    return {
        **triple_json(explanation.triple, words),
        "modality": words.modality(explanation.triple),
        "citation": words.citation(explanation.triple, trees),
        "stated": list(explanation.stated),
        "proofs": [
            {"graphs": list(proof.graphs), "tree": tree_json(proof.tree, words)}
            for proof in explanation.proofs
        ],
        "more": explanation.more,
        "corroboration": {
            "articles": list(agreement.articles),
            "publishers": list(agreement.publishers),
            "copies": [{"copy": copy, "of": of} for copy, of in agreement.copies],
        },
        "contested": [
            {"value": term_json(one.value), "words": words.term(one.value), "source": one.graph}
            for one in found.rivals
        ],
        "sources": {
            graph: {**index.evidence.source(graph).to_json(), "words": words.quoted(graph)}
            for graph in found.graphs
        },
    }


def triple_json(triple: Triple, words: Wording) -> dict[str, Any]:
    """Return a triple: its terms, its words, and its names as a person types them."""
    ends = ("subject", triple.subject), ("predicate", triple.predicate), ("object", triple.object)
    return {
        "triple": {place: term_json(term) for place, term in ends},
        "words": words.triple(triple),
        "names": " ".join(name(term) for _, term in ends),
    }


def tree_json(tree: Tree, words: Wording) -> dict[str, Any]:
    """Return a proof: a statement with its graphs, or an inference with its premises."""
    found = triple_json(tree.triple, words)
    if isinstance(tree, Statement):
        return {**found, "graphs": list(tree.graphs)}
    rule = {
        "name": tree.rule.name,
        "words": words.rule(tree.rule),
        "axiom": [term_json(term) for term in tree.rule.axiom],
    }
    return {**found, "rule": rule, "premises": [tree_json(one, words) for one in tree.premises]}
