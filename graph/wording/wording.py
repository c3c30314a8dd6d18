"""Statements and their sources in words, from the labels of the graph."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pyoxigraph import DefaultGraph, Literal, NamedNode, Store, Triple, Variable

from graph.answering.name import abbreviate
from graph.reasoning.axiom_kind import kind_of
from graph.reasoning.rule import Atom, Rule, Term
from graph.reasoning.tree import SEVERAL_STEPS, Inference, Tree, statements
from graph.wording.display_name import DisplayName, Names
from graph.wording.phrase import write_clause, write_sentence
from graph.wording.reference import isolate, write_date, write_reference
from graph.wording.source import Bibliography, CitedSource
from graph.wording.statement import Modality, name_modality
from ontology.terms import CPEC, DCTERMS, RDFS, SCHEMA


class Wording:
    """Puts the terms, triples, rules and sources of a dataset into English words."""

    def __init__(self, store: Store, evidence: Bibliography | None = None) -> None:
        self.store, self.names = store, Names(store)
        self.evidence = evidence or Bibliography(store)

    def write_term(self, term: Term | Triple) -> str:
        """Return a term in words: its English label, another label, or its name."""
        if isinstance(term, Literal):
            return write_date(term.value)
        if not isinstance(term, NamedNode):
            return str(term)
        labels = [node for node in self.list_values(term, RDFS.LABEL) if isinstance(node, Literal)]
        labels.sort(key=lambda label: (label.language != "en", label.language or "", label.value))
        return labels[0].value if labels else abbreviate(term.value)

    def write_triple(self, triple: Triple, modality: str = "") -> str:
        """Return a triple with a modality in words: Pakistan cooperates in robotics."""
        return write_sentence(triple, self.names, modality)

    def find_modality(self, iri: str) -> Modality:
        """Return the modality of an IRI with its name; "" is the IRI of no modality."""
        return name_modality(self.store, iri)

    def read_modality(self, predicate: NamedNode) -> str:
        """Return the IRI of the modality of a property, "" if it has none."""
        modalities = self.list_values(predicate, CPEC.MODALITY)
        return str(getattr(modalities[0], "value", "")) if modalities else ""

    def write_rule(self, rule: Rule) -> str:
        """Return a rule in words: a chain of properties (partyTo, concernsArea)."""
        if rule is SEVERAL_STEPS:
            return "several steps"
        names = rule.axiom[1:] if rule.name == "prp-spo2" else rule.axiom
        return f"{kind_of(rule).words} ({', '.join(map(write_name, names))})"

    def read_rule(self, rule: Rule) -> str:
        """Return a rule as a sentence: If A has B as a party, then B is a party to A."""
        if rule.head is None:
            return ""
        letters = {
            x: DisplayName("", chr(ord("A") + n)) for n, x in enumerate(list_variables(rule.body))
        }
        *clauses, last = (self.write_atom(atom, letters) for atom in rule.body)
        premises = f"{', '.join(clauses)} and {last}" if clauses else last
        return f"If {premises}, then {self.write_atom(rule.head, letters)}."

    def write_atom(self, atom: Atom, letters: Mapping[Variable, DisplayName]) -> str:
        """Return a triple of a rule in words, with letters for variables."""
        subject, predicate, value = atom
        ends = [letters[x] if isinstance(x, Variable) else self.names(x) for x in (subject, value)]
        return write_clause(ends[0], predicate, ends[1], self.names)

    def list_values(self, subject: Term, predicate: NamedNode) -> list[Term]:
        """Return the values of a property."""
        if not isinstance(subject, NamedNode):
            return []
        quads = self.store.quads_for_pattern(subject, predicate, None, DefaultGraph())
        return [quad.object for quad in quads if not isinstance(quad.object, Triple)]

    def write_reference(self, graph: str) -> str:
        """Return the reference of a source: INP-WealthPk, 29 April 2026, sentence 8."""
        source = self.evidence.source(graph)
        publisher = self.evidence.look_up(source.article or graph).first(DCTERMS.PUBLISHER.value)
        name = self.write_term(NamedNode(publisher)) if publisher else source.title or ""
        place = self.evidence.look_up(graph).first(SCHEMA.POSITION.value) or ""
        return write_reference(name, source.published or "", place) or abbreviate(graph)

    def quote(self, graph: str, source: CitedSource | None = None) -> str:
        """Return the reference of a source with its quotes, and the agent who said them.

        The quotes are those in `source`; without it, all quotes of the graph.
        """
        source = source or self.evidence.source(graph)
        parts = [self.write_reference(graph)]
        if source.article and source.attributed_to not in {None, source.article}:
            agent = self.write_term(NamedNode(str(source.attributed_to)))
            parts.append(f", according to {isolate(agent)}")
        if source.quote:
            parts.append(f": “{isolate(source.quote)}”")
        return "".join(parts)

    def write_citation(
        self,
        triple: Triple,
        modality: str,
        trees: Sequence[Tree],
        sources: Mapping[str, CitedSource],
    ) -> str:
        """Return a triple with its modality, and the sources and premises of its first proof."""
        remark = f" ({self.find_modality(modality).name})" if modality else ""
        text = f"{self.write_triple(triple, modality)}{remark}."
        if not trees:
            return text
        leaves = list(statements(trees[0]))
        graphs = dict.fromkeys(graph for leaf in leaves for graph in leaf.graphs)
        text += "".join(f" {self.quote(graph, sources.get(graph))}." for graph in graphs)
        if isinstance(trees[0], Inference):
            premises = dict.fromkeys(f"“{self.write_triple(leaf.triple)}”" for leaf in leaves)
            text += f" Inferred from {' and '.join(premises)}."
        return text


def list_variables(body: Iterable[Atom]) -> dict[Variable, None]:
    """Return the variables of a rule's body in their order."""
    ends = (end for subject, _, value in body for end in (subject, value))
    return dict.fromkeys(end for end in ends if isinstance(end, Variable))


def write_name(term: Term | Triple) -> str:
    """Return a term as a person types it."""
    return abbreviate(term.value) if isinstance(term, NamedNode) else str(term)
