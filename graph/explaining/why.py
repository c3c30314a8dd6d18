"""Why a triple holds: its proofs, its independent sources, and the values that contradict it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from pyoxigraph import Literal, NamedNode, Store, Triple

from graph.answering.binding import load_questions
from graph.answering.evaluation import run_select
from graph.answering.result_json import term_json
from graph.citing.index import EvidenceIndex
from graph.errors import NotInGraphError
from graph.explaining.corroboration import Corroboration, corroborate
from graph.explaining.status import Status, list_statuses
from graph.explaining.unasserted import (
    Unasserted,
    list_unasserted_of_triple,
    unasserted_json,
    write_unasserted,
)
from graph.reasoning.rule import Term
from graph.reasoning.tree import (
    Explanation,
    Inference,
    Proof,
    Statement,
    Tree,
    explain,
    nearest,
    statements,
)
from graph.wording.display_name import Names
from graph.wording.sentence import (
    read_rule,
    write_name,
    write_rule,
    write_sentence,
    write_sentences,
)
from graph.wording.source import CitedSource, SelectedWords
from graph.wording.statement import Records, Weighing, read_records
from ontology.vocabulary import LANGUAGES

CONTESTED: Final = load_questions()["contested"].text
"""The text of queries/contested.rq, read at import: a worker can open no file."""


@dataclass(frozen=True, slots=True)
class Rival:
    """Another value of a property that allows only one, and the graph that states it."""

    value: Term
    graph: str


@dataclass(frozen=True, slots=True)
class Why:
    """An explanation with the independent sources of its triple, and the rival values."""

    explanation: Explanation
    corroboration: Corroboration
    rivals: tuple[Rival, ...]
    records: Records
    unasserted: tuple[Unasserted, ...] = ()
    statuses: tuple[Status, ...] = ()

    @property
    def graphs(self) -> tuple[str, ...]:
        """The named graphs of all statements, sorted."""
        graphs = {graph for leaf in self.leaves for graph in leaf.graphs}
        graphs.update(self.explanation.stated, (rival.graph for rival in self.rivals))
        graphs.update(statement.source for statement in self.unasserted)
        return tuple(sorted(graphs))

    @property
    def leaves(self) -> list[Statement]:
        """The statements at the leaves of the proofs."""
        return [leaf for proof in self.explanation.proofs for leaf in statements(proof.tree)]

    @property
    def record_names(self) -> list[str]:
        """The names of the records of all statements."""
        stated = Statement(self.explanation.triple, self.explanation.stated)
        keys = dict.fromkeys(
            (leaf.triple, graph) for leaf in (stated, *self.leaves) for graph in leaf.graphs
        )
        names = [self.records[key].name for key in keys if key in self.records]
        return [*names, *(statement.record for statement in self.unasserted)]

    def make_weighing(self, index: EvidenceIndex) -> Weighing:
        """Return the weighing of the proofs, with the modalities of their properties."""
        triples = [self.explanation.triple, *(leaf.triple for leaf in self.leaves)]
        usual = index.modalities.by_predicate
        return Weighing(self.records, {t.predicate: usual[t.predicate.value] for t in triples})


def explain_triple(store: Store, index: EvidenceIndex, triple: Triple) -> Why:
    """Return why a triple holds.

    Raises NotInGraphError if it does not, with the sources that deny it, propose it or the like.
    """
    unasserted = list_unasserted_of_triple(index.evidence, triple)
    try:
        explanation = explain(index.kernel, triple)
    except NotInGraphError:
        denials = [write_unasserted(statement, index) for statement in unasserted]
        raise NotInGraphError(triple, nearest(index.kernel, triple), denials) from None
    stated = [leaf.triple for proof in explanation.proofs for leaf in statements(proof.tree)]
    return Why(
        explanation,
        corroborate(store, triple),
        find_rivals(store, triple),
        read_records(store, [triple, *stated]),
        tuple(unasserted),
        tuple(s for end in (triple.subject, triple.object) for s in list_statuses(store, end)),
    )


def find_rivals(store: Store, triple: Triple) -> tuple[Rival, ...]:
    """Return the other values of a property that allows only one (queries/contested.rq)."""
    if not isinstance(triple.subject, NamedNode):
        return ()
    bindings: dict[str, NamedNode | Literal] = {
        "subject": triple.subject,
        "property": triple.predicate,
    }
    rivals: dict[Rival, None] = {}
    for row in run_select(store, CONTESTED, bindings):
        for value, graph in (("value", "source"), ("otherValue", "otherSource")):
            if row[value] != triple.object:
                rivals[Rival(row[value], row[graph].value)] = None
    return tuple(rivals)


def explanation_json(why: Why, index: EvidenceIndex) -> dict[str, Any]:
    """Return an explanation in the form of explanation.schema.json."""
    return JsonWriter(why, index).write_explanation()


class JsonWriter:
    """Writes an explanation as JSON: proofs with modalities, sources with the quotes in use."""

    def __init__(self, why: Why, index: EvidenceIndex) -> None:
        self.why, self.index, self.evidence = why, index, index.evidence
        self.names, self.modalities = index.evidence.names, index.modalities.named
        self.trees = [proof.tree for proof in why.explanation.proofs]
        self.leaves = why.leaves
        self.weighing = why.make_weighing(index)
        self.sources = {graph: self.find_source(graph) for graph in why.graphs}

    def write_explanation(self) -> dict[str, Any]:
        """Return the explanation."""
        explanation, agreement = self.why.explanation, self.why.corroboration
        triple, modality = explanation.triple, self.weighing.weigh_triple(explanation)
        return {
            **triple_json(triple, self.names, modality),
            "modality": self.modalities[modality].to_json(),
            "citation": self.write_citation(triple, modality),
            "stated": list(explanation.stated),
            "proofs": [self.write_proof(proof) for proof in explanation.proofs],
            "more": explanation.more,
            "corroboration": {
                "articles": list(agreement.articles),
                "publishers": list(agreement.publishers),
                "origins": list(agreement.origins),
                "copies": [{"copy": copy, "of": of} for copy, of in agreement.copies],
            },
            "contested": [self.write_rival(rival) for rival in self.why.rivals],
            "unasserted": [
                unasserted_json(statement, self.index) for statement in self.why.unasserted
            ],
            "statuses": [self.write_status(status) for status in self.why.statuses],
            "sources": {
                graph: {**source.to_json(), "words": self.evidence.write_source(graph, source)}
                for graph, source in self.sources.items()
            },
        }

    def write_citation(self, triple: Triple, modality: str) -> str:
        """Return the triple with its modality, and the sources and premises of its first proof."""
        remark = f" ({self.modalities[modality].name})" if modality else ""
        text = f"{write_sentence(triple, self.names, modality)}{remark}."
        if not self.trees:
            return text
        leaves = list(statements(self.trees[0]))
        graphs = dict.fromkeys(graph for leaf in leaves for graph in leaf.graphs)
        text += "".join(f" {self.evidence.write_source(g, self.sources[g])}." for g in graphs)
        if isinstance(self.trees[0], Inference):
            sentences = (write_sentence(leaf.triple, self.names) for leaf in leaves)
            premises = dict.fromkeys(f"“{sentence}”" for sentence in sentences)
            text += f" Inferred from {' and '.join(premises)}."
        return text

    def write_proof(self, proof: Proof) -> dict[str, Any]:
        """Return a proof: its graphs, the modality of its conclusion, and its tree."""
        modality = self.modalities[self.weighing.weigh_proof(proof.tree)].to_json()
        tree = self.write_tree(proof.tree)
        return {"graphs": list(proof.graphs), "modality": modality, "tree": tree}

    def write_rival(self, rival: Rival) -> dict[str, Any]:
        """Return a rival value with its words and its source."""
        name = self.names(rival.value)
        words = say_in_languages({**name.texts, "en": name.text})
        return {"value": term_json(rival.value), **words, "source": rival.graph}

    def write_status(self, status: Status) -> dict[str, Any]:
        """Return the last status of the subject or the object, with its words."""
        parts = [
            replace(self.names(term), article=False)
            for term in (status.thing, status.status, status.day)
        ]
        return {
            "thing": status.thing.value,
            "status": term_json(status.status),
            "day": term_json(status.day),
            "ended": status.is_final,
            **say_in_languages(
                {
                    language: "{}: {} ({})".format(*(part.translate(language) for part in parts))
                    for language in LANGUAGES
                }
            ),
        }

    def write_tree(self, tree: Tree) -> dict[str, Any]:
        """Return a proof: a statement with its graphs, or an inference with its premises."""
        conclusion = triple_json(tree.triple, self.names, self.weighing.weigh_proof(tree))
        if isinstance(tree, Statement):
            return {**conclusion, **self.write_statement(tree)}
        rule = {
            "name": tree.rule.name,
            "words": write_rule(tree.rule),
            "axiom": [term_json(term) for term in tree.rule.axiom],
            **say_in_languages(read_rule(tree.rule, self.names), "reading"),
        }
        return {**conclusion, "rule": rule, "premises": list(map(self.write_tree, tree.premises))}

    def write_statement(self, leaf: Statement) -> dict[str, Any]:
        """Return the graphs of a statement, its modality, its words and readings by graph."""
        records = {g: r for g in leaf.graphs if (r := self.why.records.get((leaf.triple, g)))}
        members = {
            "quotes": {graph: record.quotes for graph, record in records.items() if record.quotes},
            "anchors": {g: record.anchors for g, record in records.items() if record.anchors},
            "readings": {g: record.readings for g, record in records.items() if record.readings},
        }
        return {
            "graphs": list(leaf.graphs),
            "modality": self.modalities[self.weighing.weigh_statement(leaf)].to_json(),
            **{name: values for name, values in members.items() if values},
        }

    def find_source(self, graph: str) -> CitedSource:
        """Return a source with the quotes that the proofs use, and who says them.

        Without records, as in a graph that was written over HTTP, it has all its quotes.
        """
        source = self.evidence.source(graph)
        used = [r for leaf in self.leaves if (r := self.why.records.get((leaf.triple, graph)))]
        fragments = [fragment for record in used for fragment in record.fragments]
        anchors = [anchor for record in used for anchor in record.anchors]
        agents = {record.attributed_to or source.attributed_to for record in used}
        return source.narrow(SelectedWords(fragments, anchors), agents)


def triple_json(triple: Triple, names: Names, modality: str) -> dict[str, Any]:
    """Return a triple with a modality: its terms, its words, its names as a person types them."""
    ends = ("subject", triple.subject), ("predicate", triple.predicate), ("object", triple.object)
    return {
        "triple": {place: term_json(term) for place, term in ends},
        **say_in_languages(write_sentences(triple, names, modality)),
        "names": " ".join(write_name(term) for _, term in ends),
    }


def say_in_languages(texts: Mapping[str, str], member: str = "words") -> dict[str, Any]:
    """Return the English text, or "", as a member, and the others in `translations`."""
    others = {language: texts[language] for language in LANGUAGES[1:] if language in texts}
    return {member: texts.get("en", ""), **({"translations": others} if others else {})}
