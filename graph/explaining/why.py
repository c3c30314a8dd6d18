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
from graph.citing.modality import Account
from graph.errors import NotInGraphError
from graph.explaining.corroboration import Corroboration, corroborate
from graph.explaining.status import Status, list_statuses
from graph.explaining.unasserted import (
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
    explain_absence,
    statements,
)
from graph.wording.display_name import Names
from graph.wording.record import Record, Records, SelectedWords
from graph.wording.sentence import (
    read_rule,
    write_name,
    write_rule,
    write_sentence,
    write_sentences,
)
from graph.wording.source import CitedSource
from graph.wording.statement import write_modality
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
    unasserted: tuple[Record, ...] = ()
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

    def name_records(self, records: Records) -> list[str]:
        """Return the names of the records of all statements."""
        stated = Statement(self.explanation.triple, self.explanation.stated)
        pairs = ((leaf.triple, graph) for leaf in (stated, *self.leaves) for graph in leaf.graphs)
        known = [*(records.find(*pair) for pair in dict.fromkeys(pairs)), *self.unasserted]
        return [record.name for record in known if record.name]


def explain_triple(store: Store, index: EvidenceIndex, triple: Triple) -> Why:
    """Return why a triple holds.

    Raises NotInGraphError if it does not, with the sources that deny it, propose it or the like.
    """
    unasserted = index.evidence.records.list_unasserted_of(triple)
    try:
        explanation = index.explain(triple)
    except NotInGraphError:
        denials = [write_unasserted(statement, index) for statement in unasserted]
        raise explain_absence(index.kernel, triple, denials) from None
    return Why(
        explanation,
        corroborate(store, triple),
        find_rivals(store, triple),
        tuple(unasserted),
        tuple(s for end in (triple.subject, triple.object) for s in list_statuses(store, end)),
    )


def find_rivals(store: Store, triple: Triple) -> tuple[Rival, ...]:
    """Return the values that contradict that of the triple, by queries/contested.rq."""
    if not isinstance(triple.subject, NamedNode):
        return ()
    bindings: dict[str, NamedNode | Literal] = {
        "subject": triple.subject,
        "property": triple.predicate,
    }
    rivals: dict[Rival, None] = {}
    for row in run_select(store, CONTESTED, bindings):
        if row["otherValue"] == triple.object:
            rivals[Rival(row["value"], row["source"].value)] = None
        elif row["value"] == triple.object:
            rivals[Rival(row["otherValue"], row["otherSource"].value)] = None
    return tuple(rivals)


def explanation_json(why: Why, index: EvidenceIndex) -> dict[str, Any]:
    """Return an explanation in the form of explanation.schema.json."""
    return JsonWriter(why, index).write_explanation()


class JsonWriter:
    """Writes an explanation as JSON: proofs with modalities, sources with the quotes in use."""

    def __init__(self, why: Why, index: EvidenceIndex) -> None:
        self.why, self.index, self.evidence = why, index, index.evidence
        self.names, self.modalities = index.evidence.names, index.modalities
        self.trees = [proof.tree for proof in why.explanation.proofs]
        self.leaves = why.leaves
        self.sources = {graph: self.find_source(graph) for graph in why.graphs}

    def write_explanation(self) -> dict[str, Any]:
        """Return the explanation."""
        explanation, agreement = self.why.explanation, self.why.corroboration
        triple, account = explanation.triple, self.modalities.rate_explanation(explanation)
        undated = self.index.list_undated(proof.graphs for proof in explanation.proofs)
        return {
            **triple_json(triple, self.names, account.modality),
            "modality": self.modalities.described[account].to_json(),
            "citation": self.write_citation(triple, account),
            "stated": list(explanation.stated),
            "proofs": [self.write_proof(proof) for proof in explanation.proofs],
            "more": explanation.more,
            **({"undated": undated} if undated else {}),
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

    def write_citation(self, triple: Triple, account: Account) -> str:
        """Return the triple with its account, and the sources and premises of its first proof."""
        words = write_modality(self.modalities.described[account].to_json())
        remark = f" ({words})" if account.modality else ""
        text = f"{write_sentence(triple, self.names, account.modality)}{remark}."
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
        account = self.modalities.rate_proof(self.why.explanation.triple, proof)
        modality = self.modalities.described[account].to_json()
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
        conclusion = triple_json(tree.triple, self.names, self.modalities.rate_tree(tree).modality)
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
        records = [self.evidence.records.find(leaf.triple, graph) for graph in leaf.graphs]
        members = {
            "quotes": {own.source: quotes for own in records if (quotes := own.words.quotes)},
            "anchors": {own.source: own.words.anchors for own in records if own.words.anchors},
            "readings": {own.source: list(own.readings) for own in records if own.readings},
        }
        return {
            "graphs": list(leaf.graphs),
            "modality": self.modalities.described[self.modalities.rate_leaf(leaf)].to_json(),
            **{name: values for name, values in members.items() if values},
        }

    def find_source(self, graph: str) -> CitedSource:
        """Return a source with the quotes that the proofs use, and who says them.

        Without records, as in a graph that was written over HTTP, it has all its quotes.
        """
        find = self.evidence.records.find
        used = (find(leaf.triple, graph) for leaf in self.leaves if graph in leaf.graphs)
        return self.evidence.source(graph).narrow(used, SelectedWords([], []))


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
