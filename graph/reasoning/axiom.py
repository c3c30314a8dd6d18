"""The axioms of the ontology that are followed, each compiled into rules; another is refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, Final

from pyoxigraph import Literal, NamedNode, Triple, Variable

from graph.errors import UnfollowedAxiomError
from graph.reasoning.rule import Atom, Rule, Term
from ontology.terms import OWL, RDF, RDFS, XSD

RELATIONS: Final[dict[str, tuple[str, ...]]] = {
    RDFS + "subClassOf": ("cax-sco: x a S => x a O",),
    OWL + "equivalentClass": ("cax-eqc1: x a S => x a O", "cax-eqc2: x a O => x a S"),
    OWL + "disjointWith": ("cax-dw: x a S, x a O =>",),
    OWL + "complementOf": ("cls-com: x a S, x a O =>",),
    OWL + "hasValue": ("cls-hv1: x a S => x P O", "cls-hv2: x P O => x a S"),
    OWL + "someValuesFrom": ("cls-svf1: x P y, y a O => x a S",),
    OWL + "allValuesFrom": ("cls-avf: x a S, x P y => y a O",),
    RDFS + "domain": ("prp-dom: x S y => x a O",),
    RDFS + "range": ("prp-rng: x S y => y a O",),
    RDFS + "subPropertyOf": ("prp-spo1: x S y => x O y",),
    OWL + "equivalentProperty": ("prp-eqp1: x S y => x O y", "prp-eqp2: x O y => x S y"),
    OWL + "inverseOf": ("prp-inv1: x S y => y O x", "prp-inv2: x O y => y S x"),
    OWL + "propertyDisjointWith": ("prp-pdw: x S y, x O y =>",),
}
"""The axioms that are one triple, and their rules (https://www.w3.org/TR/owl2-profiles/).

S and O are the subject and the object of the triple, P is the `owl:onProperty` of its subject;
a rule that concludes nothing is a constraint.
"""

CHARACTERISTICS: Final[dict[str, tuple[str, ...]]] = {
    OWL + "SymmetricProperty": ("prp-symp: x S y => y S x",),
    OWL + "TransitiveProperty": ("prp-trp: x S y, y S z => x S z",),
    OWL + "FunctionalProperty": ("prp-fp: x S y, x S z, y != z =>",),
    OWL + "InverseFunctionalProperty": ("prp-ifp: x S z, y S z, x != y =>",),
    OWL + "IrreflexiveProperty": ("prp-irp: x S x =>",),
    OWL + "AsymmetricProperty": ("prp-asyp: x S y, y S x =>",),
}
"""The axioms that are the type of a property. Two names stand for two things."""

LISTS: Final = frozenset(OWL + name for name in ("propertyChainAxiom", "intersectionOf", "unionOf"))
"""The axioms of which the object is a list."""

GROUPS: Final[dict[str, tuple[str, ...]]] = {
    OWL + "AllDisjointClasses": ("cax-adc: x a S, x a O =>",),
    OWL + "AllDisjointProperties": ("prp-adp: x S y, x O y =>",),
}
"""The axioms that are the type of a node with members, and the rules of each two members."""

DECLARATIONS: Final = frozenset(
    {RDFS + name for name in ("Class", "Datatype")}
    | {OWL + name for name in ("Class", "Restriction", "Ontology", "NamedIndividual", "Thing")}
    | {OWL + name for name in ("ObjectProperty", "DatatypeProperty", "AnnotationProperty")}
    | {OWL + name for name in ("OntologyProperty", "DeprecatedClass", "DeprecatedProperty")}
)
"""The types that declare a term: nothing follows from them."""

ANNOTATIONS: Final = frozenset(
    {RDFS + name for name in ("label", "comment", "seeAlso", "isDefinedBy")}
    | {OWL + name for name in ("versionInfo", "versionIRI", "priorVersion", "deprecated")}
    | {OWL + name for name in ("backwardCompatibleWith", "incompatibleWith", "differentFrom")}
    | {OWL + name for name in ("onProperty", "members")}
)
"""The properties of which nothing follows, and those that belong to an axiom named above."""


@dataclass(slots=True)
class Axioms:
    """The triples of an ontology, looked up by predicate and by subject."""

    pairs: dict[str, list[tuple[Term, Term]]] = field(default_factory=dict)
    objects: dict[tuple[Term, str], Term] = field(default_factory=dict)

    @classmethod
    def of(cls, triples: Iterable[Triple]) -> Axioms:
        """Return the triples of an ontology, looked up; a triple term is no part of an axiom."""
        axioms = cls()
        for triple in triples:
            subject, predicate, value = triple.subject, triple.predicate.value, triple.object
            if not isinstance(subject, Triple) and not isinstance(value, Triple):
                axioms.pairs.setdefault(predicate, []).append((subject, value))
                axioms.objects[subject, predicate] = value
        return axioms

    def types(self, kinds: Iterable[str]) -> Iterator[tuple[Term, str]]:
        """Yield each term of one of some types, with that type."""
        wanted = frozenset(kinds)
        for subject, kind in self.pairs.get(RDF.TYPE.value, ()):
            if isinstance(kind, NamedNode) and kind.value in wanted:
                yield subject, kind.value

    def members(self, node: Term | None) -> tuple[Term, ...]:
        """Return the members of an RDF list; a list that bites its tail ends where it does."""
        members, seen = [], set()
        while node is not None and node not in seen:
            seen.add(node)
            member = self.objects.get((node, RDF + "first"))
            members += [] if member is None else [member]
            node = self.objects.get((node, RDF + "rest"))
        return tuple(members)


def rules(ontology: Iterable[Triple]) -> tuple[Rule, ...]:
    """Return the rules that the triples of an ontology state.

    Raises UnfollowedAxiomError, which names the axioms of which more follows than a rule here says.
    """
    axioms = Axioms.of(ontology)
    refused = list(unfollowed(axioms))
    compiled = [instance("cls-nothing2: x a S =>", {"S": OWL.NOTHING})]
    for stated in stated_axioms(axioms):
        of_axiom = [*compile_axiom(axioms, stated)]
        if None in of_axiom:
            refused.append(stated)
        compiled += of_axiom
    if refused:
        raise UnfollowedAxiomError(sorted(set(refused), key=str))
    return tuple(dict.fromkeys(rule for rule in compiled if rule and rule.head not in rule.body))


def stated_axioms(axioms: Axioms) -> Iterator[Triple]:
    """Yield the axioms of the kinds that are followed."""
    for predicate in (*RELATIONS, *LISTS):
        for subject, value in axioms.pairs.get(predicate, ()):
            yield axiom(subject, predicate, value)
    for subject, kind in axioms.types((*CHARACTERISTICS, *GROUPS)):
        yield axiom(subject, RDF.TYPE.value, NamedNode(kind))


def compile_axiom(axioms: Axioms, stated: Triple) -> Iterator[Rule | None]:
    """Yield the rules of an axiom, None where one of them is beyond what is followed."""
    subject: Any = stated.subject
    value: Any = stated.object
    kind = value.value if stated.predicate == RDF.TYPE else stated.predicate.value
    if kind in GROUPS:
        members = axioms.members(axioms.objects.get((subject, OWL + "members")))
        for left, right in combinations(members, 2):
            yield from (instance(text, {"S": left, "O": right}) for text in GROUPS[kind])
    elif kind in LISTS:
        yield from list_rules(kind, subject, axioms.members(value))
    else:
        on = axioms.objects.get((subject, OWL + "onProperty"))
        names = {"S": subject, "O": value} | ({"P": on} if on else {})
        texts = (*RELATIONS.get(kind, ()), *CHARACTERISTICS.get(kind, ()))
        yield from (instance(text, names) for text in texts)


def list_rules(kind: str, whole: Term, members: tuple[Term, ...]) -> Iterator[Rule | None]:
    """Yield the rules of an axiom of which the object is a list."""
    names = {"S": whole} | {f"M{number}": member for number, member in enumerate(members)}
    numbers = range(len(members))
    if kind == OWL + "propertyChainAxiom":
        steps = ", ".join(f"x{number} M{number} x{number + 1}" for number in numbers)
        yield instance(f"prp-spo2: {steps} => x0 S x{len(members)}", names)
    elif kind == OWL + "intersectionOf":
        parts = ", ".join(f"x a M{number}" for number in numbers)
        yield instance(f"cls-int1: {parts} => x a S", names)
        for number in numbers:
            yield instance(f"cls-int2: x a S => x a M{number}", names)
    else:
        for number in numbers:
            yield instance(f"cls-uni: x a M{number} => x a S", names)


def instance(text: str, names: Mapping[str, Term]) -> Rule | None:
    """Return a rule with the names of an axiom put in; None where it would say too little.

    So it is where a property has no name, and where a class is a datatype, but as a range, or has
    every thing for its member.
    """
    name, _, rest = text.partition(": ")
    body, _, head = rest.partition("=>")
    words = [part.split() for part in body.split(",")]
    different = tuple(Variable(v) for part in words if "!=" in part for v in part[::2])
    atoms = [atom(part, names) for part in words if "!=" not in part]
    conclusion = atom(head.split(), names) if head.split() else None
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


def atom(words: list[str], names: Mapping[str, Term]) -> Atom | None:
    """Return an atom from its three words; None where it is beyond what is followed."""
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


def unfollowed(axioms: Axioms) -> Iterator[Triple]:
    """Yield the triples in the words of RDFS and OWL that are no axiom of a kind named here."""
    known = {*RELATIONS, *LISTS, *ANNOTATIONS}
    for predicate, pairs in axioms.pairs.items():
        if predicate.startswith((RDFS, OWL)) and predicate not in known:
            yield from (axiom(left, predicate, right) for left, right in pairs)
    kinds = {*CHARACTERISTICS, *GROUPS, *DECLARATIONS}
    for subject, kind in axioms.pairs.get(RDF.TYPE.value, ()):
        name = kind.value if isinstance(kind, NamedNode) else ""
        if name.startswith((RDFS, OWL)) and name not in kinds:
            yield axiom(subject, RDF.TYPE.value, kind)


def axiom(subject: Term, predicate: str, value: Term) -> Triple:
    """Return the triple of an axiom."""
    return Triple(subject, NamedNode(predicate), value)  # type: ignore[arg-type]
