"""A store whose questions are asked of a remote one: it answers as pyoxigraph's Store does.

The text of a query is judged here, by an engine without data: what is no SPARQL never leaves. It
goes with the prefixes of the project and the terms of its parameters written out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any, Final

from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QuerySolutions,
    QueryTriples,
    Store,
    Triple,
    Variable,
)

from graph.errors import UnreadableQueryError
from graph.remote.publication import ASK_VERSION, PUBLICATION, UNION, Publication, version_in
from graph.remote.store import DEFAULT, NAMED, RemoteStore, form_of
from graph.sparql.parser import parse_query
from graph.sparql.printer import print_query
from graph.sparql.scope import rename_hidden_variables, walk_parts
from graph.sparql.syntax import (
    Bind,
    Chain,
    Filter,
    Group,
    InGraph,
    NamedExpression,
    Node,
    QueryDataset,
    QueryUnit,
    TriplePattern,
    Triples,
    Values,
)
from graph.sparql.token import scan_tokens
from ontology.terms import VOID

Ask = Callable[[bytes, bool], bytes]
"""Asks a form of SPARQL 1.1 Protocol, of which the answer is a graph or else rows."""

Term = NamedNode | BlankNode | Literal | Triple | None
GraphName = NamedNode | BlankNode | DefaultGraph | None

GRAPHS: Final = frozenset({"CONSTRUCT", "DESCRIBE"})
FORMS: Final = GRAPHS | {"SELECT", "ASK"}


class AskedStore:
    """The dataset of a remote store at one version, read through `ask`.

    What it holds `is_held` in memory too, or not. It was `used` if it was asked since its version
    was last looked at.
    """

    def __init__(self, remote: RemoteStore, publication: Publication, *, is_held: bool) -> None:
        self.remote = remote
        self.graphs = publication.graphs
        self.version = publication.version
        self.is_held = is_held
        self.used = False
        self.ask: Ask = lambda form, graph: remote.ask(form, graph=graph)

    def query(
        self,
        query: str,
        *,
        base_iri: str | None = None,
        prefixes: Mapping[str, str] | None = None,
        substitutions: Mapping[Variable, Any] | None = None,
        default_graph: Sequence[Any] | None = None,
        named_graphs: Sequence[Any] | None = None,
        **options: Any,
    ) -> QuerySolutions | QueryBoolean | QueryTriples:
        """Return what the remote store answers to a query, with the options of Store.query.

        Raises SyntaxError as that does, and EndpointError.
        """
        judge = Store()
        judge.query(query, base_iri=base_iri, prefixes=dict(prefixes or {}), **options)
        text = whole(query, base_iri, prefixes or {}, substitutions or {})
        if default_graph is None and named_graphs is None:
            text, dataset = self._of_publication(text)
        else:
            dataset = self._dataset(default_graph, named_graphs)
        form = next(t.text.upper() for t in scan_tokens(query) if t.text.upper() in FORMS)
        if form in GRAPHS:
            return triples(self.remote.read_graph(self._asked(text, dataset, graph=True)))
        body = self._asked(text, dataset)
        return self._truth(body) if form == "ASK" else self.remote.read_rows(body)

    def quads_for_pattern(
        self, subject: Term, predicate: Term, value: Term, graph: GraphName = None
    ) -> Iterator[Quad]:
        """Yield the quads of a pattern; a blank node of theirs has no name here, and gives none."""
        pattern = (subject, predicate, value)
        if any(isinstance(term, BlankNode | Triple) for term in pattern):
            return
        terms = (term or Variable(name) for name, term in zip("spo", pattern, strict=True))
        triple = " ".join(map(str, terms))
        name = Variable("g") if graph is None else graph
        inside = triple if isinstance(name, DefaultGraph) else f"GRAPH {name} {{ {triple} }}"
        where = f"{{ {triple} }} UNION {{ {inside} }}" if graph is None else inside
        rows = self.query(f"SELECT * {{ {where} }}")
        assert isinstance(rows, QuerySolutions)  # noqa: S101 - a SELECT has no other answer
        names = {variable.value for variable in rows.variables}
        for row in rows:
            s, p, o = (row[n] if n in names else t for n, t in zip("spo", pattern, strict=True))
            found = graph or (row["g"] if "g" in names else None) or DefaultGraph()
            yield Quad(s, p, o, found)  # type: ignore[arg-type]

    def named_graphs(self) -> Iterator[NamedNode]:
        """Yield the named graphs."""
        return map(NamedNode, self.graphs)

    def contains_named_graph(self, name: NamedNode) -> bool:
        """Return whether there is a named graph."""
        return name.value in self.graphs

    def __contains__(self, quad: Quad) -> bool:
        found = self.quads_for_pattern(quad.subject, quad.predicate, quad.object, quad.graph_name)
        return any(True for _ in found)

    def __iter__(self) -> Iterator[Quad]:
        return self.quads_for_pattern(None, None, None)

    def is_current(self) -> bool:
        """Return whether the store still has the version; raises EndpointError."""
        version = version_in(self.remote.read_rows(self._asked(ASK_VERSION)))
        self.used = False
        return version == self.version

    def _truth(self, body: bytes) -> QueryBoolean:
        """Return the answer to an ASK; Virtuoso has it as the one value of one row.

        https://github.com/openlink/virtuoso-opensource/issues/464
        """
        found = self.remote.read(body)
        if isinstance(found, QueryBoolean):
            return found
        told = [term.value for row in found for term in row if isinstance(term, Literal)]
        if told not in (["1"], ["0"]):
            raise self.remote.error("answered solutions, where yes or no was asked for")
        answer = Store().query("ASK {}" if told == ["1"] else "ASK { FILTER (false) }")
        assert isinstance(answer, QueryBoolean)  # noqa: S101 - an ASK has no other answer
        return answer

    def _asked(
        self, text: str, dataset: Sequence[tuple[str, str]] = (), *, graph: bool = False
    ) -> bytes:
        """Return the answer to a text."""
        self.used = True
        return self.ask(form_of(text, dataset), graph)

    def _of_publication(self, text: str) -> tuple[str, list[tuple[str, str]]]:
        """Return a query of the whole publication, and the parameters that name its dataset.

        Where the address names the default graph, the store may have graphs of others. The graphs
        that the text reads are named (SPARQL 1.1 Protocol, section 2.1.4). Where it reads any, the
        text is held to those that `graph:version` lists: Virtuoso takes some ninety names at most.
        """
        if not self.remote.union:
            return text, []
        try:
            query = parse_query(text)
        except UnreadableQueryError:
            return text, [*self.remote.default, *((NAMED, name) for name in self.graphs)]
        names = {part.name for part in walk_parts(query) if isinstance(part, InGraph)}
        if any(isinstance(name, Variable) for name in names):
            return print_query(published(query, NamedNode(self.remote.union))), []
        known = [(NAMED, name) for name in self.graphs if NamedNode(name) in names]
        return text, [*self.remote.default, *known]

    def _dataset(
        self, default: Sequence[Any] | None, named: Sequence[Any] | None
    ) -> list[tuple[str, str]]:
        """Return the parameters that name the dataset that a query was given."""
        told: list[tuple[str, str]] = []
        for graph in default or ():
            told += (
                [(DEFAULT, graph.value)] if isinstance(graph, NamedNode) else self.remote.default
            )
        return told + [(NAMED, graph.value) for graph in named or ()]


def published(query: QueryUnit, union: NamedNode) -> QueryUnit:
    """Return a query whose default graph is a named one, and whose graphs are of a publication."""
    form: Any = query.form
    where = Group((InGraph(union, listed(form.where)),))
    return replace(query, form=replace(form, where=where))


def listed(part: Any) -> Any:
    """Return a part of a query in which each graph is one that `graph:version` lists."""
    if isinstance(part, InGraph):
        said = Group((Triples((TriplePattern(part.name, VOID.TRIPLES, BlankNode()),)),))
        others = Filter(Chain(part.name, (("!=", NamedNode(UNION)),)))
        group = InGraph(part.name, listed(part.group))
        return Group((InGraph(PUBLICATION, said), others, group))
    if isinstance(part, tuple):
        return tuple(map(listed, part))
    if is_dataclass(part) and not isinstance(part, type):
        return type(part)(*(listed(getattr(part, field.name)) for field in fields(part)))
    return part


def whole(
    text: str, base: str | None, prefixes: Mapping[str, str], terms: Mapping[Variable, Any]
) -> str:
    """Return a query with its base and prefixes, and with terms in the place of variables.

    FROM is left out of one that has terms: its dataset is told beside it.
    """
    if terms:
        query = rename_hidden_variables(parse_query(text, base))
        return print_query(QueryUnit(bound(query.form, terms), QueryDataset(), query.base))
    head = [f"BASE <{base}>"] if base else []
    head += [f"PREFIX {name}: <{namespace}>" for name, namespace in prefixes.items()]
    return "\n".join([*head, text])


def bound(form: Any, terms: Mapping[Variable, Any]) -> Any:
    """Return a query in which variables are terms where they are used, and bound to these."""
    values = Values(tuple(terms), (tuple(terms.values()),))
    where = replaced(form.where or Group(()), terms)
    return replace(form, where=Group((*where.elements, values)))


def replaced(part: Any, terms: Mapping[Variable, Node]) -> Any:  # noqa: PLR0911 - a case for each
    """Return a part of a query with terms in the place of variables, but where one is named."""
    match part:
        case Variable():
            return terms.get(part, part)
        case Values():
            return part
        case Bind(expression, variable):
            return Bind(replaced(expression, terms), variable)
        case NamedExpression(expression, variable):
            return NamedExpression(replaced(expression, terms), variable)
        case tuple():
            return tuple(replaced(one, terms) for one in part)
    if is_dataclass(part) and not isinstance(part, type):
        return type(part)(*(replaced(getattr(part, field.name), terms) for field in fields(part)))
    return part


def triples(found: Sequence[Triple]) -> QueryTriples:
    """Return triples as the engine answers them."""
    store = Store()
    store.extend(Quad(one.subject, one.predicate, one.object) for one in found)
    answer = store.query("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }")
    assert isinstance(answer, QueryTriples)  # noqa: S101 - a CONSTRUCT has no other answer
    return answer
