"""Statements and their sources in words: the graph's own labels, and how a citation is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pyoxigraph import DefaultGraph, Literal, NamedNode, Triple, Variable

from graph.answering.name import abbreviate
from graph.citing.index import EvidenceIndex
from graph.citing.modality import Modality
from graph.citing.source import CitedSource
from graph.curating.reference import isolated, reference, spoken_date
from graph.explaining.display_name import DisplayName, Names
from graph.explaining.phrase import write_clause, write_sentence
from graph.reasoning.axiom_kind import kind_of
from graph.reasoning.rule import Atom, Rule, Term
from graph.reasoning.tree import SEVERAL_STEPS, Inference, Tree, statements
from ontology.terms import CPEC, DCTERMS, RDFS, SCHEMA


class Wording:
    """The words for what a dataset holds; English labels, or else names."""

    def __init__(self, index: EvidenceIndex) -> None:
        self.store = index.store
        self.evidence, self.modalities = index.evidence, index.modalities
        self.names = Names(index.store)

    def term(self, term: Term | Triple) -> str:
        """Return a term in words."""
        if isinstance(term, Literal):
            return spoken_date(term.value)
        if not isinstance(term, NamedNode):
            return str(term)
        labels = [one for one in self.values(term, RDFS.LABEL) if isinstance(one, Literal)]
        labels.sort(key=lambda one: (one.language != "en", one.language or "", one.value))
        return labels[0].value if labels else abbreviate(term.value)

    def triple(self, triple: Triple, modality: str = "") -> str:
        """Return a triple that is meant so in words: Pakistan cooperates in robotics."""
        return write_sentence(triple, self.names, modality)

    def modality(self, iri: str) -> Modality:
        """Return the modality of an IRI, "" where there is none, with its name."""
        return self.modalities.named[iri]

    def of_property(self, predicate: NamedNode) -> str:
        """Return the modality of a property, "" where it has none."""
        found = self.values(predicate, CPEC.MODALITY)
        return str(getattr(found[0], "value", "")) if found else ""

    def rule(self, rule: Rule) -> str:
        """Return a rule in words: a chain of properties (partyTo, concernsArea)."""
        if rule is SEVERAL_STEPS:
            return "several steps"
        names = rule.axiom[1:] if rule.name == "prp-spo2" else rule.axiom
        return f"{kind_of(rule).words} ({', '.join(map(write_name, names))})"

    def reading(self, rule: Rule) -> str:
        """Return a rule as a sentence: If A has B as a party, then B is a party to A."""
        if rule.head is None:
            return ""
        letters = {
            x: DisplayName("", chr(ord("A") + n)) for n, x in enumerate(list_variables(rule.body))
        }
        *others, last = (self.atom(atom, letters) for atom in rule.body)
        premises = f"{', '.join(others)} and {last}" if others else last
        return f"If {premises}, then {self.atom(rule.head, letters)}."

    def atom(self, atom: Atom, letters: Mapping[Variable, DisplayName]) -> str:
        """Return a triple of a rule in words, with letters for variables."""
        subject, predicate, value = atom
        ends = [letters[x] if isinstance(x, Variable) else self.names(x) for x in (subject, value)]
        return write_clause(ends[0], predicate, ends[1], self.names)

    def values(self, subject: Term, predicate: NamedNode) -> list[Term]:
        """Return the values of a property."""
        if not isinstance(subject, NamedNode):
            return []
        quads = self.store.quads_for_pattern(subject, predicate, None, DefaultGraph())
        return [quad.object for quad in quads if not isinstance(quad.object, Triple)]

    def reference(self, graph: str) -> str:
        """Return where a source is found: INP-WealthPk, 29 April 2026, sentence 8."""
        source = self.evidence.source(graph)
        publisher = self.evidence.look_up(source.article or graph).first(DCTERMS.PUBLISHER.value)
        name = self.term(NamedNode(publisher)) if publisher else source.title or ""
        place = self.evidence.look_up(graph).first(SCHEMA.POSITION.value) or ""
        return reference(name, source.published or "", place) or abbreviate(graph)

    def quoted(self, graph: str, source: CitedSource | None = None) -> str:
        """Return a source with its quotes, and who it says that it has them from.

        `source` says which quotes; without it they are all that the graph has.
        """
        source = source or self.evidence.source(graph)
        parts = [self.reference(graph)]
        if source.article and source.attributed_to not in {None, source.article}:
            agent = self.term(NamedNode(str(source.attributed_to)))
            parts.append(f", according to {isolated(agent)}")
        if source.quote:
            parts.append(f": “{isolated(source.quote)}”")
        return "".join(parts)

    def citation(
        self,
        triple: Triple,
        modality: str,
        trees: Sequence[Tree],
        sources: Mapping[str, CitedSource],
    ) -> str:
        """Return a statement, how it is meant and what it rests on, by the first of its proofs."""
        meant = f" ({self.modality(modality).name})" if modality else ""
        text = f"{self.triple(triple, modality)}{meant}."
        if not trees:
            return text
        stated = list(statements(trees[0]))
        graphs = dict.fromkeys(graph for one in stated for graph in one.graphs)
        text += "".join(f" {self.quoted(graph, sources.get(graph))}." for graph in graphs)
        if isinstance(trees[0], Inference):
            premises = dict.fromkeys(f"“{self.triple(one.triple)}”" for one in stated)
            text += f" Inferred from {' and '.join(premises)}."
        return text


def list_variables(body: Iterable[Atom]) -> dict[Variable, None]:
    """Return the variables of a body in their order."""
    ends = (end for subject, _, value in body for end in (subject, value))
    return dict.fromkeys(end for end in ends if isinstance(end, Variable))


def write_name(term: Term | Triple) -> str:
    """Return a term as a person types it."""
    return abbreviate(term.value) if isinstance(term, NamedNode) else str(term)
