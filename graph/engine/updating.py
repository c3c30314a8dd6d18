"""What a SPARQL update changes, found by running it on a store that is thrown away."""

from __future__ import annotations

from collections.abc import Callable

from pyoxigraph import DefaultGraph, NamedNode, Quad, Store

from graph.engine.dataset import UNNAMED
from graph.engine.delta import Delta, State
from graph.errors import QuerySyntaxError
from graph.evaluation import syntax_error
from graph.lexer import top_level
from ontology.namespace import PREFIXES


def delta_of_update(
    store: Store, text: str, derive: Callable[[Store], None] | None, *, union: bool
) -> Delta:
    """Return what an update changes, and what follows from that; raises QuerySyntaxError.

    The store is changed as well. An update of ground data alone reads nothing, so it is run on
    those of its quads that the store holds; another is run on all, and the whole compared.
    """
    if derive is None and (asserted := as_insertions(text)) is not None:
        store = part_of(store, asserted)
    before = State.of(store)
    run(store, text)
    if derive is not None:
        derive(store)
    return before.delta(State.of(store), union=union)


def run(store: Store, text: str) -> None:
    """Apply an update to a store; raises QuerySyntaxError."""
    try:
        store.update(text, prefixes=PREFIXES)
    except SyntaxError as error:
        raise syntax_error(str(error)) from None
    except ValueError as error:
        raise QuerySyntaxError(str(error)) from None


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


def part_of(store: Store, insertions: str) -> Store:
    """Return a store of those quads that are named in insertions and held by a store."""
    named = Store()
    run(named, insertions)
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
