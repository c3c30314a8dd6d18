"""A rule: its body implies its head; a rule without a head is a constraint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, Triple, Variable

from ontology.namespace import shorten
from ontology.terms import RDF

Term: TypeAlias = NamedNode | BlankNode | Literal
Atom: TypeAlias = tuple[Term | Variable, NamedNode, Term | Variable]
"""A triple whose subject and object may be variables."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A Horn rule compiled from an axiom; `axiom` lists the terms that the axiom relates.

    A rule without a head is a constraint: its body must not hold. The two variables of `different`
    must be bound to different terms.
    """

    name: str
    axiom: tuple[Term, ...]
    body: tuple[Atom, ...]
    head: Atom | None
    different: tuple[Variable, ...] = ()

    @property
    def rewords(self) -> bool:
        """Whether the head restates its only premise by an inverse or a wider property."""
        if self.head is None or len(self.body) != 1:
            return False
        return RDF.TYPE not in {self.head[1], self.body[0][1]}


def text(term: Term | Triple | Variable | str) -> str:
    """Return a term or an IRI as a person reads it, with the prefix of its namespace."""
    if isinstance(term, str):
        return shorten(term)
    return shorten(term.value) if isinstance(term, NamedNode) else str(term)
