"""What a SPARQL update changes, found by running it on a store that is thrown away."""

from __future__ import annotations

import re
from typing import Final

from pyoxigraph import DefaultGraph, NamedNode, Quad, Store

from graph.complaint import syntax_error
from graph.engine.dataset import UNNAMED
from graph.engine.delta import Delta, State
from graph.errors import ConflictError, QuerySyntaxError
from graph.lexer import top_level
from ontology.namespace import PREFIXES

EXISTENCE: Final = re.compile(r"The graph .* (already exists|does not exist)")
"""What pyoxigraph says of CREATE for a graph that is there, and of DROP for one that is not."""


def delta_of_update(store: Store, text: str, *, union: bool, base: str | None = None) -> Delta:
    """Return what an update changes.

    Raises QuerySyntaxError and ConflictError.

    The store is changed as well. An update of ground data alone reads nothing, so it is run on
    those of its quads that the store holds; another is run on all, and the whole compared.
    """
    if (asserted := as_insertions(text)) is not None:
        store = part_of(store, asserted, base)
    before = State.of(store)
    run(store, text, base)
    return before.delta(State.of(store), union=union)


def run(store: Store, text: str, base: str | None = None) -> None:
    """Apply an update to a store; raises QuerySyntaxError and ConflictError."""
    try:
        store.update(text, base_iri=base, prefixes=PREFIXES)
    except SyntaxError as error:
        raise syntax_error(str(error), text) from None
    except ValueError as error:
        raise QuerySyntaxError(str(error)) from None
    except RuntimeError as error:
        if EXISTENCE.match(str(error)):
            raise ConflictError(str(error)) from None
        raise


def as_insertions(text: str) -> str | None:
    """Return an update of ground data alone with INSERT for each DELETE; None for another."""
    top = top_level(text)
    words = [token for token in top if token.kind == "word"]
    verbs = [token for token in words if token.text.upper() in {"INSERT", "DELETE"}]
    others = {token.text.upper() for token in words} - {"INSERT", "DELETE"}
    data = sum(token.text.upper() == "DATA" for token in words)
    if not verbs or not others <= {"DATA", "PREFIX", "BASE"} or len(verbs) != data:
        return None
    for token in reversed(verbs):
        text = text[: token.start] + "INSERT" + text[token.start + len(token.text) :]
    return text


def part_of(store: Store, insertions: str, base: str | None) -> Store:
    """Return a store of those quads that are named in insertions and held by a store."""
    named = Store()
    run(named, insertions, base)
    part = Store()
    for quad in named:
        subject, predicate, term, graph = quad
        both = [quad]
        if isinstance(graph, DefaultGraph):
            both.append(Quad(subject, predicate, term, UNNAMED))
        part.extend(one for one in both if one in store)
        if isinstance(graph, NamedNode) and store.contains_named_graph(graph):
            part.add_graph(graph)
    return part
