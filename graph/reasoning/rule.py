"""A rule: when these triples hold, that one does, or else nothing may hold them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, Triple, Variable

from ontology.namespace import shorten
from ontology.terms import RDF

Term: TypeAlias = NamedNode | BlankNode | Literal
Atom: TypeAlias = tuple[Term | Variable, NamedNode, Term | Variable]
"""A triple in which variables may stand at the ends."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One axiom at work; `axiom` holds the names that it relates, in order.

    A rule without a head is a constraint: its body must not hold. Where `different` are two
    variables, they must stand for two terms.
    """

    name: str
    axiom: tuple[Term, ...]
    body: tuple[Atom, ...]
    head: Atom | None
    different: tuple[Variable, ...] = ()

    @property
    def rewords(self) -> bool:
        """Whether it says its one premise by another property: an inverse, a wider one."""
        if self.head is None or len(self.body) != 1:
            return False
        return RDF.TYPE not in {self.head[1], self.body[0][1]}


def text(term: Term | Triple | Variable | str) -> str:
    """Return a term, or the IRI of one, as a person reads it."""
    if isinstance(term, str):
        return shorten(term)
    return shorten(term.value) if isinstance(term, NamedNode) else str(term)
