"""Contradictions: what cannot all be true under the ontology, in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Final, Self

from pyoxigraph import Literal, NamedNode, Triple

from graph.reasoning.axiom import is_datatype
from graph.reasoning.closure import Closure
from graph.reasoning.rule import RDFS, XSD, Term
from graph.reasoning.rulebook import ANY, Binding, Fact, Lexicon, NumberedRule, Trigger
from ontology.namespace import shorten

MESSAGES: Final = {
    "cax-dw": "Disjoint classes {0} and {1} have a common individual {x}",
    "cax-adc": "Disjoint classes {0} and {1} have a common individual {x}",
    "cls-com": "{x} is of {0} and of its complement {1}",
    "cls-nothing2": "{x} is of owl:Nothing, of which nothing is",
    "prp-fp": "{y} and {z} would be the same: {x} has both by the functional property {0}",
    "prp-ifp": "{x} and {y} would be the same: both have {z} by the inverse functional {0}",
    "prp-irp": "{x} has itself by the irreflexive property {0}",
    "prp-asyp": "{x} and {y} have each other by the asymmetric property {0}",
    "prp-pdw": "{x} has {y} by the disjoint properties {0} and {1}",
    "prp-adp": "{x} has {y} by the disjoint properties {0} and {1}",
}
"""The words for a constraint of each kind; the numbers are the names of its axiom."""

BASES: Final = {
    "decimal": "integer long int short byte nonNegativeInteger positiveInteger nonPositiveInteger"
    " negativeInteger unsignedLong unsignedInt unsignedShort unsignedByte",
    "string": "normalizedString token language NMTOKEN Name NCName",
}
"""The datatypes of XSD that others are derived from."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A contradiction in words, and the first entity or else the literal that it is about."""

    message: str
    subject: str | None = None
    literal: str | None = None


@dataclass(frozen=True, slots=True)
class Datatypes:
    """The datatypes that the ontology gives properties as their ranges."""

    ranges: dict[Term, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, ontology: Iterable[Triple]) -> Self:
        """Return the ranges of an ontology that are datatypes."""
        ranges: dict[Term, list[str]] = defaultdict(list)
        for triple in ontology:
            kind = triple.object
            if triple.predicate.value == RDFS + "range" and is_datatype(kind):
                ranges[triple.subject].append(kind.value)  # type: ignore[index, union-attr]
        return cls(dict(ranges))

    def faults(self, triple: Triple) -> Iterator[str]:
        """Yield what is wrong with the datatype of the object of a triple."""
        value = triple.object
        if isinstance(value, Literal) and not is_well_formed(value):
            yield f'"{value.value}" is not an {shorten(value.datatype.value)}'
        for expected in self.ranges.get(triple.predicate, ()):
            if not isinstance(value, Literal):
                wanted = shorten(expected)
                yield f"{text(value)} is no literal: {text(triple.predicate)} takes {wanted}"
            elif expected != RDFS + "Literal" and space(value.datatype.value) != space(expected):
                given, wanted = shorten(value.datatype.value), shorten(expected)
                yield f'"{value.value}" is of {given}: {text(triple.predicate)} takes {wanted}'


def is_well_formed(literal: Literal) -> bool:
    """Return whether the text of a literal is one of its datatype, as far as that is known."""
    if literal.datatype.value in {XSD + "string", XSD + "anyURI"} or literal.language:
        return True
    from owlrl.DatatypeHandling import AltXSDToPYTHON  # noqa: PLC0415 - servers seldom need it
    from rdflib import URIRef  # noqa: PLC0415

    read = AltXSDToPYTHON.get(URIRef(literal.datatype.value))
    try:
        return read is None or read(literal.value) is not ValueError
    except ValueError:
        return False


def space(datatype: str) -> str:
    """Return the datatype of XSD from which one is derived, with which it shares its values."""
    name = datatype.removeprefix(XSD)
    return next((XSD + base for base, names in BASES.items() if name in names.split()), datatype)


def contradictions(
    closure: Closure, lexicon: Lexicon, datatypes: Datatypes, facts: Iterable[Fact] | None
) -> list[Contradiction]:
    """Return the contradictions that some facts take part in, or all of a closure, sorted."""
    whole = chain(closure.base or (), closure) if facts is None else facts
    found: set[Contradiction] = set()
    for fact in whole:
        found.update(violations(closure, lexicon, fact))
        if fact[2] < 0 or datatypes.ranges:
            triple = Triple(*map(lexicon.term, fact))  # type: ignore[arg-type]
            found.update(
                Contradiction(fault, literal=getattr(triple.object, "value", None))
                for fault in datatypes.faults(triple)
            )
    return sorted(found, key=str)


def violations(closure: Closure, lexicon: Lexicon, fact: Fact) -> Iterator[Contradiction]:
    """Yield the constraints that a fact and others violate."""
    constraints = closure.rulebook.constraints
    _, predicate, value = fact
    for taken in ((predicate, ANY), (predicate, value)):
        for trigger in constraints.get(taken, ()):
            for binding in closure.completions(trigger, fact):
                if differ(trigger, binding):
                    yield in_words(trigger.rule, binding, lexicon)


def differ(trigger: Trigger, binding: Binding) -> bool:
    """Return whether the variables that must differ do."""
    different = trigger.rule.different
    return not different or binding[different[0]] != binding[different[1]]


def in_words(rule: NumberedRule, binding: Binding, lexicon: Lexicon) -> Contradiction:
    """Return a violated constraint in words."""
    variables = {str(name): text(lexicon.term(number)) for name, number in binding.items()}
    if rule.different:  # the two may come in either order
        names = sorted(variables[name] for name in rule.different)
        variables |= dict(zip(rule.different, names, strict=True))
    message = MESSAGES[rule.rule.name].format(*map(text, rule.rule.axiom), **variables)
    about = [lexicon.term(number) for _, number in sorted(binding.items(), key=str)]
    return Contradiction(
        message, min((t.value for t in about if isinstance(t, NamedNode)), default=None)
    )


def text(term: Term | Triple) -> str:
    """Return a term as a person reads it."""
    return shorten(term.value) if isinstance(term, NamedNode) else str(term)
