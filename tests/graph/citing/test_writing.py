"""Terms are written in cited answers as the engine writes them in any other."""

from __future__ import annotations

import json
from io import BytesIO

import pytest
from pyoxigraph import (
    BaseDirection,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QueryResultsFormat,
    QuerySolutions,
    Store,
    Triple,
)

from graph.citing.answering.row import Rows
from graph.citing.following.solution import Numbering
from graph.reasoning.facts.fact import Lexicon
from graph.reasoning.rules.axiom import Term

IRI = NamedNode("http://example.org/é%20")
XSD = "http://www.w3.org/2001/XMLSchema#"


@pytest.mark.parametrize(
    "term",
    [
        IRI,
        Literal(""),
        Literal('a\t"b"\n\\\u0001\u007f\u2028'),
        Literal("\\U \ufffe \U0001fffe \U0001f600"),
        Literal("x", language="en-gb"),
        Literal("x", language="ar", direction=BaseDirection.RTL),
        Literal("1", datatype=NamedNode(XSD + "integer")),
        Literal("x", datatype=IRI),
        Triple(IRI, IRI, Literal("x", language="en", direction=BaseDirection.LTR)),
    ],
    ids=str,
)
def test_a_term_is_written_as_the_engine_writes_it(term: Term) -> None:
    store, sink = Store(), BytesIO()
    store.add(Quad(IRI, IRI, term, DefaultGraph()))
    found = store.query("SELECT ?o { ?s ?p ?o }")
    assert isinstance(found, QuerySolutions)
    found.serialize(sink, QueryResultsFormat.JSON)
    (binding,) = json.loads(sink.getvalue())["results"]["bindings"]
    assert json.loads(b"".join(Rows.of([(term,)]).json(["o"]))) == binding
    if isinstance(term, Triple):
        return  # none is in a lexicon
    lexicon = Lexicon()
    lexicon.number(term)
    lexicon.pack()
    assert json.loads(b"".join(Rows([(0,)], Numbering(lexicon)).json(["o"]))) == binding
