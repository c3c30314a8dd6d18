"""A remote store with the interface of pyoxigraph's Store.

An engine without data judges each query first, so that no syntax error is sent. The query is sent
with the prefixes of the project, and with the terms of its parameters in place of variables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
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
from graph.sparql import syntax
from graph.sparql.parser import parse_query
from graph.sparql.printer import print_query
from graph.sparql.scope import change_parts, rename_hidden_variables, walk_parts
from graph.sparql.token import scan_tokens
from ontology.terms import VOID
from server.remote.publication import (
    ASK_VERSION,
    PUBLICATION,
    UNION,
    Publication,
    read_version_rows,
)
from server.remote.store import DEFAULT, NAMED, RemoteStore, encode_form

Ask = Callable[[bytes, bool], bytes]
"""Sends a form of SPARQL 1.1 Protocol; returns the body of a graph if the flag is set, or rows."""

Term = NamedNode | BlankNode | Literal | Triple | None
GraphName = NamedNode | BlankNode | DefaultGraph | None

GRAPHS: Final = frozenset({"CONSTRUCT", "DESCRIBE"})
FORMS: Final = GRAPHS | {"SELECT", "ASK"}


class AskedStore:
    """The dataset of a remote store at one version, read through `ask`.

    If it `is_held`, its quads are in memory too. A task sets `was_used` to false, and the first
    question to the store to true.
    """

    def __init__(self, remote: RemoteStore, publication: Publication, *, is_held: bool) -> None:
        self.remote = remote
        self.graphs = publication.graphs
        self.version = publication.version
        self.is_held = is_held
        self.was_used = False
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
        """Return the answer of the remote store to a query, with the options of Store.query.

        Raises SyntaxError and EndpointError.
        """
        judge = Store()
        judge.query(query, base_iri=base_iri, prefixes=dict(prefixes or {}), **options)
        text = write_out(query, base_iri, prefixes or {}, substitutions or {})
        if default_graph is None and named_graphs is None:
            text, dataset = self._restrict(text)
        else:
            dataset = self._dataset(default_graph, named_graphs)
        form = next(t.text.upper() for t in scan_tokens(query) if t.text.upper() in FORMS)
        if form in GRAPHS:
            return answer_triples(self.remote.read_graph(self._send(text, dataset, graph=True)))
        body = self._send(text, dataset)
        return self._read_boolean(body) if form == "ASK" else self.remote.read_rows(body)

    def quads_for_pattern(
        self, subject: Term, predicate: Term, value: Term, graph: GraphName = None
    ) -> Iterator[Quad]:
        """Yield the quads of a pattern; a blank node, local to the store, has none."""
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
            name = graph or (row["g"] if "g" in names else None) or DefaultGraph()
            yield Quad(s, p, o, name)  # type: ignore[arg-type]

    def named_graphs(self) -> Iterator[NamedNode]:
        """Yield the named graphs."""
        return map(NamedNode, self.graphs)

    def contains_named_graph(self, name: NamedNode) -> bool:
        """Return whether there is a named graph."""
        return name.value in self.graphs

    def __contains__(self, quad: Quad) -> bool:
        quads = self.quads_for_pattern(quad.subject, quad.predicate, quad.object, quad.graph_name)
        return any(True for _ in quads)

    def __iter__(self) -> Iterator[Quad]:
        return self.quads_for_pattern(None, None, None)

    def is_current(self) -> bool:
        """Return whether the store still has the version; raises EndpointError."""
        return read_version_rows(self.remote.read_rows(self._send(ASK_VERSION))) == self.version

    def _read_boolean(self, body: bytes) -> QueryBoolean:
        """Return the answer to an ASK; Virtuoso has it as the one value of one row.

        https://github.com/openlink/virtuoso-opensource/issues/464
        """
        results = self.remote.parse_results(body)
        if isinstance(results, QueryBoolean):
            return results
        values = [term.value for row in results for term in row if isinstance(term, Literal)]
        if values not in (["1"], ["0"]):
            raise self.remote.error("answered solutions, where yes or no was asked for")
        answer = Store().query("ASK {}" if values == ["1"] else "ASK { FILTER (false) }")
        assert isinstance(answer, QueryBoolean)  # noqa: S101 - an ASK has no other answer
        return answer

    def _send(
        self, text: str, dataset: Sequence[tuple[str, str]] = (), *, graph: bool = False
    ) -> bytes:
        """Return the answer to a text."""
        self.was_used = True
        return self.ask(encode_form(text, dataset), graph)

    def _restrict(self, text: str) -> tuple[str, list[tuple[str, str]]]:
        """Return a query of the whole publication, and the parameters that name its dataset.

        If the address names a default graph, the store may hold other people's graphs. Parameters
        name the graphs of the text (SPARQL 1.1 Protocol, section 2.1.4). A GRAPH with a variable is
        restricted in the text to the graphs in `graph:version`: Virtuoso takes some ninety names.
        """
        if not self.remote.union:
            return text, []
        try:
            query = parse_query(text)
        except UnreadableQueryError:
            return text, [*self.remote.default, *((NAMED, name) for name in self.graphs)]
        names = {part.name for part in walk_parts(query) if isinstance(part, syntax.InGraph)}
        if any(isinstance(name, Variable) for name in names):
            return print_query(restrict_to_publication(query, NamedNode(self.remote.union))), []
        known = [(NAMED, name) for name in self.graphs if NamedNode(name) in names]
        return text, [*self.remote.default, *known]

    def _dataset(
        self, default: Sequence[Any] | None, named: Sequence[Any] | None
    ) -> list[tuple[str, str]]:
        """Return the parameters that name the dataset of a query."""
        parameters: list[tuple[str, str]] = []
        for graph in default or ():
            parameters += (
                [(DEFAULT, graph.value)] if isinstance(graph, NamedNode) else self.remote.default
            )
        return parameters + [(NAMED, graph.value) for graph in named or ()]


def restrict_to_publication(query: syntax.QueryUnit, union: NamedNode) -> syntax.QueryUnit:
    """Return a query over the graphs of a publication, with a named graph as its default graph.

    Its GRAPH patterns match the graphs in `graph:version` alone.
    """

    def restrict(part: object) -> syntax.Group | None:
        if not isinstance(part, syntax.InGraph):
            return None
        counted = syntax.TriplePattern(part.name, VOID.TRIPLES, BlankNode())
        listed = syntax.InGraph(PUBLICATION, syntax.Group((syntax.Triples((counted,)),)))
        named = syntax.Filter(syntax.Chain(part.name, (("!=", NamedNode(UNION)),)))
        group = syntax.InGraph(part.name, change_parts(part.group, restrict))
        return syntax.Group((listed, named, group))

    form: Any = query.form
    where = syntax.Group((syntax.InGraph(union, change_parts(form.where, restrict)),))
    return replace(query, form=replace(form, where=where))


def write_out(
    text: str, base: str | None, prefixes: Mapping[str, str], terms: Mapping[Variable, Any]
) -> str:
    """Return a query with its base and prefixes, and with terms in place of variables.

    A query with terms loses its FROM: parameters of the request name its dataset.
    """
    if terms:
        query = rename_hidden_variables(parse_query(text, base))
        return print_query(
            syntax.QueryUnit(bind_terms(query.form, terms), syntax.QueryDataset(), query.base)
        )
    head = [f"BASE <{base}>"] if base else []
    head += [f"PREFIX {name}: <{namespace}>" for name, namespace in prefixes.items()]
    return "\n".join([*head, text])


def bind_terms(form: Any, terms: Mapping[Variable, Any]) -> Any:
    """Return a query with terms in place of variables, and with VALUES that bind these."""
    values = syntax.Values(tuple(terms), (tuple(terms.values()),))
    where = replace_terms(form.where or syntax.Group(()), terms)
    return replace(form, where=syntax.Group((*where.elements, values)))


def replace_terms(part: Any, terms: Mapping[Any, Any]) -> Any:
    """Return a part of a query with terms in place of variables, except after AS and VALUES."""

    def change(inner: object) -> object | None:
        match inner:
            case Variable():
                return terms.get(inner)
            case syntax.Values():
                return inner
            case syntax.Bind(expression) | syntax.NamedExpression(expression):
                return replace(inner, expression=change_parts(expression, change))
            case syntax.Modifiers(keys) if any(key.expression in terms for key in keys):
                # SELECT (<x> AS ?v) names the variable: GROUP BY (<x> AS ?v) would do so twice
                group_by = tuple(
                    replace(key, expression=terms[key.expression], variable=None)
                    if key.expression in terms
                    else key
                    for key in keys
                )
                return change_parts(replace(inner, group_by=group_by), change)
        return None

    return change_parts(part, change)


def answer_triples(triples: Sequence[Triple]) -> QueryTriples:
    """Return triples as an answer of the engine."""
    store = Store()
    store.extend(Quad(t.subject, t.predicate, t.object) for t in triples)
    answer = store.query("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }")
    assert isinstance(answer, QueryTriples)  # noqa: S101 - a CONSTRUCT has no other answer
    return answer
