"""The supported kinds of axioms: each has its rules, its words and its example.

A rule is written as in the tables of OWL 2 RL (https://www.w3.org/TR/owl2-profiles/), its name
first. S and O are the subject and the object of the axiom's triple, P is the `owl:onProperty` of
its subject, and M# is a member of the axiom's list. A part in brackets is repeated for each member,
with the member's number for #, the next number for #+ and the number of members for *. A rule with
# outside of brackets is repeated for each member, one with & for each two members.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from graph.reasoning.rule import Rule
from ontology.terms import OWL, RDFS

TWO_CLASSES: Final = "i a O, j a S, k a O, k a S"
MEMBER_CLASSES: Final = "[i# a M#], [k a M#]"
SOME_VALUE: Final = "h P v, x P w, x a S, v a O, j a S, k a O, k a S"
ONE_PROPERTY: Final = "p0 S p1"
TWO_PROPERTIES: Final = "p0 O p1, p1 S p2, f0 O t0, f1 S t1, f O t, f S t"
MEMBER_PROPERTIES: Final = "[p# M# p#+], [f# M# t#], [f M# t]"
CHARACTERISTIC: Final = "p0 S p1, b S a, a S b, a S c, d S c, e S e"
"""Two facts that meet at either end, in both orders, and one whose ends are the same."""


@dataclass(frozen=True, slots=True)
class AxiomKind:
    """A kind of axiom.

    `iri` is the predicate of its triple, or the type if `is_type`. A rule without a conclusion is a
    constraint. The axiom entails a triple from `example`, or forbids it: owlrl checks the kernel
    with it. `words` name the axiom as the reason of an inference. `message` reports a violated
    constraint: {0} and {1} are the terms of the axiom in the rule, {x} is a variable.
    """

    iri: str
    rules: tuple[str, ...]
    example: str
    words: str = ""
    message: str = ""
    is_type: bool = False

    @property
    def has_members(self) -> bool:
        """Whether an axiom of this kind has a list of members."""
        return "#" in "".join((*self.rules, self.example))


DISJOINT_CLASSES: Final = "Disjoint classes {0} and {1} have a common individual {x}"
DISJOINT_PROPERTIES: Final = "{x} has {y} by the disjoint properties {0} and {1}"

NOTHING: Final = AxiomKind(
    OWL + "Nothing",
    ("cls-nothing2: x a S =>",),
    "",
    message="{x} is of owl:Nothing, of which nothing is",
)
"""The constraint that needs no axiom: owl:Nothing is empty."""

KINDS: Final = (
    AxiomKind(RDFS + "subClassOf", ("cax-sco: x a S => x a O",), "i a O, j a S", "a subclass"),
    AxiomKind(
        OWL + "equivalentClass",
        ("cax-eqc1: x a S => x a O", "cax-eqc2: x a O => x a S"),
        TWO_CLASSES,
        "equivalent classes",
    ),
    AxiomKind(
        OWL + "disjointWith", ("cax-dw: x a S, x a O =>",), TWO_CLASSES, message=DISJOINT_CLASSES
    ),
    AxiomKind(
        OWL + "complementOf",
        ("cls-com: x a S, x a O =>",),
        TWO_CLASSES,
        message="{x} is of {0} and of its complement {1}",
    ),
    AxiomKind(
        OWL + "AllDisjointClasses",
        ("cax-adc: x a M#, x a M& =>",),
        MEMBER_CLASSES,
        message=DISJOINT_CLASSES,
        is_type=True,
    ),
    AxiomKind(
        OWL + "intersectionOf",
        ("cls-int1: [x a M#] => x a S", "cls-int2: x a S => x a M#"),
        f"{MEMBER_CLASSES}, j a S",
        "an intersection of classes",
    ),
    AxiomKind(
        OWL + "unionOf",
        ("cls-uni: x a M# => x a S",),
        f"{MEMBER_CLASSES}, j a S",
        "a union of classes",
    ),
    AxiomKind(
        OWL + "hasValue",
        ("cls-hv1: x a S => x P O", "cls-hv2: x P O => x a S"),
        "h P v, x P w, x a S, j a S, y P O",
        "a class with a fixed value",
    ),
    AxiomKind(
        OWL + "someValuesFrom",
        ("cls-svf1: x P y, y a O => x a S",),
        SOME_VALUE,
        "a class with some value of another",
    ),
    AxiomKind(
        OWL + "allValuesFrom",
        ("cls-avf: x a S, x P y => y a O",),
        SOME_VALUE,
        "a class all values of which are of another",
    ),
    AxiomKind(
        RDFS + "domain", ("prp-dom: x S y => x a O",), ONE_PROPERTY, "the domain of a property"
    ),
    AxiomKind(
        RDFS + "range", ("prp-rng: x S y => y a O",), ONE_PROPERTY, "the range of a property"
    ),
    AxiomKind(
        RDFS + "subPropertyOf", ("prp-spo1: x S y => x O y",), TWO_PROPERTIES, "a sub-property"
    ),
    AxiomKind(
        OWL + "equivalentProperty",
        ("prp-eqp1: x S y => x O y", "prp-eqp2: x O y => x S y"),
        TWO_PROPERTIES,
        "equivalent properties",
    ),
    AxiomKind(
        OWL + "inverseOf",
        ("prp-inv1: x S y => y O x", "prp-inv2: x O y => y S x"),
        TWO_PROPERTIES,
        "an inverse property",
    ),
    AxiomKind(
        OWL + "propertyChainAxiom",
        ("prp-spo2: [x# M# x#+] => x0 S x*",),
        f"{MEMBER_PROPERTIES}, p* S q, g S u, f S t",
        "a chain of properties",
    ),
    AxiomKind(
        OWL + "propertyDisjointWith",
        ("prp-pdw: x S y, x O y =>",),
        TWO_PROPERTIES,
        message=DISJOINT_PROPERTIES,
    ),
    AxiomKind(
        OWL + "AllDisjointProperties",
        ("prp-adp: x M# y, x M& y =>",),
        MEMBER_PROPERTIES,
        message=DISJOINT_PROPERTIES,
        is_type=True,
    ),
    AxiomKind(
        OWL + "SymmetricProperty",
        ("prp-symp: x S y => y S x",),
        CHARACTERISTIC,
        "a symmetric property",
        is_type=True,
    ),
    AxiomKind(
        OWL + "TransitiveProperty",
        ("prp-trp: x S y, y S z => x S z",),
        CHARACTERISTIC,
        "a transitive property",
        is_type=True,
    ),
    AxiomKind(
        OWL + "FunctionalProperty",
        ("prp-fp: x S y, x S z, y != z =>",),
        CHARACTERISTIC,
        message="{y} and {z} would be the same: {x} has both by the functional property {0}",
        is_type=True,
    ),
    AxiomKind(
        OWL + "InverseFunctionalProperty",
        ("prp-ifp: x S z, y S z, x != y =>",),
        CHARACTERISTIC,
        message="{x} and {y} would be the same: both have {z} by the inverse functional {0}",
        is_type=True,
    ),
    AxiomKind(
        OWL + "IrreflexiveProperty",
        ("prp-irp: x S x =>",),
        CHARACTERISTIC,
        message="{x} has itself by the irreflexive property {0}",
        is_type=True,
    ),
    AxiomKind(
        OWL + "AsymmetricProperty",
        ("prp-asyp: x S y, y S x =>",),
        CHARACTERISTIC,
        message="{x} and {y} have each other by the asymmetric property {0}",
        is_type=True,
    ),
)

KIND_BY_IRI: Final = {kind.iri: kind for kind in KINDS}

KIND_BY_RULE: Final = {
    text.partition(":")[0]: kind for kind in (NOTHING, *KINDS) for text in kind.rules
}
"""The kind of axiom of each rule, by the name of the rule."""


def kind_of(rule: Rule) -> AxiomKind:
    """Return the kind of axiom that a rule implements."""
    return KIND_BY_RULE[rule.name]


def expand_members(text: str, members: int) -> Iterator[str]:
    """Yield the rules or examples that a text expands to for a number of members.

    >>> list(expand_members("prp-spo2: [x# M# x#+] => x0 S x*", 2))
    ['prp-spo2: x0 M0 x1, x1 M1 x2 => x0 S x2']
    >>> list(expand_members("cax-adc: x a M#, x a M& =>", 2))
    ['cax-adc: x a M0, x a M1 =>']
    """

    def repeat(part: re.Match[str]) -> str:
        return ", ".join(insert_number(part[1], number) for number in range(members))

    text = re.sub(r"\[(.*?)\]", repeat, text).replace("*", str(members))
    if "&" in text:
        for number, other in combinations(range(members), 2):
            yield insert_number(text, number).replace("&", str(other))
    elif "#" in text:
        yield from (insert_number(text, number) for number in range(members))
    else:
        yield text


def insert_number(text: str, number: int) -> str:
    """Replace # by the number of a member, and #+ by the next number."""
    return text.replace("#+", str(number + 1)).replace("#", str(number))
