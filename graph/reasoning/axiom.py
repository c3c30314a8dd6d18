"""The compiler of axioms: it turns an ontology into rules, and refuses unsupported axioms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pyoxigraph import Literal, NamedNode, Triple, Variable

from graph.errors import UnfollowedAxiomError
from graph.reasoning.axiom_kind import KIND_BY_IRI, KINDS, NOTHING, AxiomKind, expand_members
from graph.reasoning.rule import Atom, Rule, Term
from ontology.namespace import shorten_triple
from ontology.terms import OWL, RDF, RDFS, XSD

DECLARATIONS: Final = frozenset(
    {RDFS + name for name in ("Class", "Datatype")}
    | {OWL + name for name in ("Class", "Restriction", "Ontology", "NamedIndividual", "Thing")}
    | {OWL + name for name in ("ObjectProperty", "DatatypeProperty", "AnnotationProperty")}
    | {OWL + name for name in ("OntologyProperty", "DeprecatedClass", "DeprecatedProperty")}
)
"""The types that declare a term; they entail nothing."""

ANNOTATIONS: Final = frozenset(
    {RDFS + name for name in ("label", "comment", "seeAlso", "isDefinedBy")}
    | {OWL + name for name in ("versionInfo", "versionIRI", "priorVersion", "deprecated")}
    | {OWL + name for name in ("backwardCompatibleWith", "incompatibleWith", "differentFrom")}
    | {OWL + name for name in ("onProperty", "members")}
)
"""The properties that entail nothing, and the properties that are read with another axiom."""


@dataclass(slots=True)
class Axioms:
    """The triples of an ontology, indexed by predicate and by subject."""

    pairs: dict[str, list[tuple[Term, Term]]] = field(default_factory=dict)
    objects: dict[tuple[Term, str], Term] = field(default_factory=dict)

    @classmethod
    def from_triples(cls, triples: Iterable[Triple]) -> Axioms:
        """Index the triples of an ontology; a triple term is no part of an axiom."""
        axioms = cls()
        for triple in triples:
            subject, predicate, value = triple.subject, triple.predicate.value, triple.object
            if not isinstance(subject, Triple) and not isinstance(value, Triple):
                axioms.pairs.setdefault(predicate, []).append((subject, value))
                axioms.objects[subject, predicate] = value
        return axioms

    def types(self, kinds: Iterable[str]) -> Iterator[tuple[Term, str]]:
        """Yield the terms that have one of some types, each with its type."""
        kinds = frozenset(kinds)
        for subject, kind in self.pairs.get(RDF.TYPE.value, ()):
            if isinstance(kind, NamedNode) and kind.value in kinds:
                yield subject, kind.value

    def members(self, node: Term | None) -> tuple[Term, ...]:
        """Return the members of an RDF list; a cyclic list ends before it repeats a node."""
        members, seen = [], set()
        while node is not None and node not in seen:
            seen.add(node)
            member = self.objects.get((node, RDF + "first"))
            members += [] if member is None else [member]
            node = self.objects.get((node, RDF + "rest"))
        return tuple(members)


def compile_axioms(ontology: Iterable[Triple]) -> tuple[Rule, ...]:
    """Compile the axioms of an ontology into rules, without repetition.

    Raises UnfollowedAxiomError, which names the axioms that the rules do not implement completely.
    """
    axioms = Axioms.from_triples(ontology)
    refused = list(find_unsupported(axioms))
    compiled = [instantiate_rule(text, {"S": NamedNode(NOTHING.iri)}) for text in NOTHING.rules]
    for stated in stated_axioms(axioms):
        of_axiom = [*compile_axiom(axioms, stated)]
        if None in of_axiom:
            refused.append(stated)
        compiled += of_axiom
    if refused:
        unfollowed = sorted(set(refused), key=str)
        raise UnfollowedAxiomError(unfollowed, [*map(shorten_triple, unfollowed)])
    return tuple(dict.fromkeys(rule for rule in compiled if rule and rule.head not in rule.body))


def stated_axioms(axioms: Axioms) -> Iterator[Triple]:
    """Yield the axioms of the supported kinds."""
    for kind in KINDS:
        if not kind.is_type:
            for subject, value in axioms.pairs.get(kind.iri, ()):
                yield write_axiom(subject, kind.iri, value)
    for subject, iri in axioms.types(kind.iri for kind in KINDS if kind.is_type):
        yield write_axiom(subject, RDF.TYPE.value, NamedNode(iri))


def compile_axiom(axioms: Axioms, stated: Triple) -> Iterator[Rule | None]:
    """Yield the rules of an axiom, with None for a rule that the kernel cannot apply."""
    names = axiom_names(axioms, stated)
    for text in axiom_kind(stated).rules:
        yield from (
            instantiate_rule(text, names) for text in expand_members(text, member_count(names))
        )


def axiom_kind(stated: Triple) -> AxiomKind:
    """Return the kind of an axiom."""
    term: Any = stated.object if stated.predicate == RDF.TYPE else stated.predicate
    return KIND_BY_IRI[term.value]


def axiom_names(axioms: Axioms, stated: Triple) -> dict[str, Term]:
    """Return the terms of an axiom by their names in the rules of its kind."""
    subject: Any = stated.subject
    value: Any = stated.object
    kind = axiom_kind(stated)
    names = {"S": subject} if kind.is_type else {"S": subject, "O": value}
    if restricted := axioms.objects.get((subject, OWL + "onProperty")):
        names["P"] = restricted
    if kind.has_members:
        head = axioms.objects.get((subject, OWL + "members")) if kind.is_type else value
        names |= {f"M{number}": member for number, member in enumerate(axioms.members(head))}
    return names


def member_count(names: Mapping[str, Term]) -> int:
    """Return the number of members among the names of an axiom."""
    return sum(name.startswith("M") for name in names)


def instantiate_rule(text: str, names: Mapping[str, Term]) -> Rule | None:
    """Return a rule with its names replaced by the terms of an axiom.

    Return None if the rule would entail less than the axiom: if a property has no IRI, a class is a
    datatype (except as a range), or the body does not bind a variable once `owl:Thing` is dropped.
    """
    name, _, rest = text.partition(": ")
    body, _, head = rest.partition("=>")
    words = [part.split() for part in body.split(",")]
    different = tuple(Variable(v) for part in words if "!=" in part for v in part[::2])
    atoms = [parse_atom(part, names) for part in words if "!=" not in part]
    conclusion = parse_atom(head.split(), names) if head.split() else None
    if None in atoms or (head.split() and conclusion is None):
        return None
    classes = [part[2] for part in (*atoms, conclusion) if part and part[1] == RDF.TYPE]
    if name != "prp-rng" and any(isinstance(c, Literal) or is_datatype(c) for c in classes):
        return None
    kept = tuple(part for part in atoms if part and part[1:] != (RDF.TYPE, OWL.THING))
    bound = {end for part in kept for end in part[::2]}
    if not all(part[0] in bound for part in atoms if part):
        return None
    mentioned = set(rest.replace(",", " ").split())
    related = tuple(term for word, term in names.items() if word in mentioned)
    return Rule(name, related, kept, conclusion, different)


def parse_atom(words: list[str], names: Mapping[str, Term]) -> Atom | None:
    """Return an atom from its three words, or None if its property has no IRI."""
    if len(words) != 3:
        return None
    first, second, third = words
    predicate = RDF.TYPE if second == "a" else names.get(second)
    ends = [names.get(word) or Variable(word) for word in (first, third)]
    return (ends[0], predicate, ends[1]) if isinstance(predicate, NamedNode) else None


def is_datatype(term: Term | Variable | Triple) -> bool:
    """Return whether a term is a datatype of RDF, RDFS or XSD."""
    named = {RDFS + "Literal", RDF + "langString", RDF + "PlainLiteral", RDF + "XMLLiteral"}
    return isinstance(term, NamedNode) and (term.value.startswith(XSD) or term.value in named)


def find_unsupported(axioms: Axioms) -> Iterator[Triple]:
    """Yield the triples with a property or a type of RDFS or OWL that no supported kind has."""
    known = {kind.iri for kind in KINDS if not kind.is_type} | ANNOTATIONS
    for predicate, pairs in axioms.pairs.items():
        if predicate.startswith((RDFS, OWL)) and predicate not in known:
            yield from (write_axiom(left, predicate, right) for left, right in pairs)
    kinds = {kind.iri for kind in KINDS if kind.is_type} | DECLARATIONS
    for subject, kind in axioms.pairs.get(RDF.TYPE.value, ()):
        name = kind.value if isinstance(kind, NamedNode) else ""
        if name.startswith((RDFS, OWL)) and name not in kinds:
            yield write_axiom(subject, RDF.TYPE.value, kind)


def write_axiom(subject: Term, predicate: str, value: Term) -> Triple:
    """Return the triple of an axiom."""
    return Triple(subject, NamedNode(predicate), value)  # type: ignore[arg-type]
