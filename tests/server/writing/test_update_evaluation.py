"""The changes of an update, against the engine's own evaluation of the same update."""

from pathlib import Path

import pytest
from pyoxigraph import (
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    RdfFormat,
    Store,
    parse,
)

from graph.dataset import move_to_named, with_union
from graph.errors import ConflictError, OnDiskError, QuerySyntaxError
from server.engine.writing.delta import parse_quads
from server.writing.update_evaluation import evaluate_update

DATA = r"""
<x:a> <x:p> "tab\tand \"quote\"\n" , 1 , 1.5 , 1e3 , true , "x"@en , "_:no" , _:b ,
    <x:_:no> , "d"^^<x:d> .
<x:a> <x:q> <<( <x:a> <x:b> _:b )>> . _:b <x:p> <x:a> , _:c .
<x:g> { <x:a> <x:p> 1 , _:b . <x:s> <x:p> <x:g> }
<x:h> { <x:a> <x:p> 1 . <x:g> <x:p> "g" }
_:k { <x:a> <x:p> _:k }
"""
UPDATES = [
    "INSERT DATA { <x:n> <x:p> _:n , 1 GRAPH <x:new> { <x:n> <x:p> _:n } }",
    "DELETE DATA { <x:a> <x:p> 1 , 2 GRAPH <x:g> { <x:a> <x:p> 1 } }",
    "DELETE WHERE { ?s <x:p> ?o }",
    "DELETE WHERE { GRAPH ?g { ?s ?p ?o } }",
    "DELETE WHERE { <x:a> ?p 1 ; <x:q> ?o # a comment }\n }",
    "INSERT { GRAPH ?g { ?o ?p ?s , [ <x:r> ?o ] } } WHERE { GRAPH ?g { ?s ?p ?o } }",
    "INSERT { <x:n> ?p ?o GRAPH ?s { ?s ?p ?o } } WHERE { ?s ?p ?o OPTIONAL { ?o <x:none> ?z } }",
    "INSERT { ?s <x:none> ?z . ?o ?o ?o } WHERE { ?s ?p ?o OPTIONAL { ?o <x:none> ?z } }",
    "INSERT { <x:n> <x:p> [ <x:r> 1 ] } WHERE { VALUES () { () () () } }",
    "INSERT { <x:n> <x:p> 1 } WHERE { <x:a> <x:p> 1 }",
    "INSERT { <x:n> <x:p> 1 } WHERE { <x:a> <x:p> 99 }",
    "DELETE { ?s ?p ?o } INSERT { ?s ?p ?n } WHERE { ?s ?p ?o BIND(?o + 1 AS ?n) FILTER(?o < 9) }",
    "DELETE { ?s ?p ?o } INSERT { ?s ?p ?o } WHERE { ?s ?p ?o }",
    "WITH <x:g> DELETE { ?s ?p ?o } INSERT { ?s <x:r> ?o } WHERE { ?s ?p ?o }",
    "WITH <x:g> INSERT { ?s <x:r> ?o GRAPH <x:n> { ?s ?p ?o } } WHERE { GRAPH <x:h> { ?s ?p ?o } }",
    "WITH <x:g> INSERT { ?s <x:r> ?o } USING <x:h> WHERE { ?s ?p ?o }",
    "INSERT { ?s <x:r> ?o } USING <x:g> USING NAMED <x:h> WHERE { ?s ?p ?o GRAPH ?g { ?s ?p ?o } }",
    "PREFIX e:<x:> WITH e:g DELETE { e:a e:p ?o } WHERE { { SELECT ?o { e:a e:p ?o } LIMIT 1 } }",
    "BASE <x:y> PREFIX : <#> INSERT { <#s> :p ?o } WHERE { ?s <x:q> ?o } ; DROP NAMED",
    "INSERT DATA {<x:a> <x:p> 5} ; DELETE DATA { <x:a> <x:p> 5, 1 } ; INSERT DATA { <x:a> <x:p> 1}",
    "INSERT DATA { <x:a> <x:n> 5 } ; INSERT { ?s <x:m> ?o } WHERE { ?s <x:n> ?o } ; DROP DEFAULT",
    "CREATE GRAPH <x:new> ; DROP GRAPH <x:g> ; INSERT DATA { GRAPH <x:g> { <x:a> <x:p> 1 } }",
    "CREATE GRAPH <x:new> ; DROP GRAPH <x:new> ; CREATE SILENT GRAPH <x:g>",
    *(f"{verb} {what}" for verb in ("CLEAR", "DROP") for what in ("DEFAULT", "NAMED", "ALL")),
    "CLEAR GRAPH <x:g>",
    "DROP GRAPH <x:g> ; DROP SILENT GRAPH <x:g>",
    *(f"{verb} <x:g> TO <x:h>" for verb in ("COPY", "MOVE", "ADD")),
    *(f"{verb} GRAPH <x:g> TO DEFAULT" for verb in ("COPY", "MOVE", "ADD")),
    *(f"{verb} SILENT DEFAULT TO GRAPH <x:new>" for verb in ("COPY", "MOVE", "ADD")),
    "COPY <x:none> TO <x:g> ; MOVE <x:h> TO <x:h> ; MOVE SILENT <x:none> TO <x:h>",
    "",
    "PREFIX e: <x:> # nothing follows",
]


def names(store: Store) -> set[NamedNode]:
    return {graph for graph in store.named_graphs() if isinstance(graph, NamedNode)}


def canonical(store: Store) -> Dataset:
    dataset = Dataset(store)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


@pytest.mark.parametrize("text", UPDATES)
def test_an_update_changes_what_the_engine_itself_would(text: str) -> None:
    given = list(parse(DATA, RdfFormat.TRIG))
    expected, changed, copy = Store(), Store(), Store()
    for store in (expected, changed, copy):
        store.extend(given)
    expected.update(text)
    evaluate_update(copy, text, union=False).delta().apply(changed, union=False)
    assert canonical(changed) == canonical(expected)
    assert names(changed) == names(expected)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("CREATE GRAPH <x:g>", ConflictError),
        ("DROP GRAPH <x:none>", ConflictError),
        ("CLEAR GRAPH <x:none>", ConflictError),
        ("MOVE <x:none> TO <x:g>", ConflictError),
        ("INSERT DATA { <x:s> <x:p> 1 } ; CREATE GRAPH <x:n> ; CREATE GRAPH <x:n>", ConflictError),
        ("DELETE DATA { <x:s> <x:p> _:b }", QuerySyntaxError),
        ("INSERT DATA { <x:s> <x:p> 1 } ; PREFIX e:", QuerySyntaxError),
        ("DELETE { ?s ?p ?o } WHERE { ?s ?p ?o } ; nonsense", QuerySyntaxError),
        ("DELETE { ?s ?p _:b } WHERE { ?s ?p ?o }", QuerySyntaxError),
    ],
)
def test_an_update_that_cannot_be_done_is_an_error(text: str, error: type[Exception]) -> None:
    store = Store()
    store.extend(parse(DATA, RdfFormat.TRIG))
    with pytest.raises(error):
        evaluate_update(store, text, union=False)


@pytest.mark.parametrize("graph", ["", "WITH <x:g>"])
def test_an_update_that_calls_an_unknown_function_goes_on_without_its_value(graph: str) -> None:
    text = f"""{graph} INSERT {{ <x:n> <x:p> ?o ; <x:q> ?f }}
        WHERE {{ ?s <x:p> ?o BIND(<x:f>(?o) AS ?f) FILTER(<x:f>(?o) || ?o = 1) }}"""
    store = Store()
    store.extend(parse(DATA, RdfFormat.TRIG))
    (added,) = evaluate_update(store, text, union=False).added
    assert (added.predicate, added.object) == (NamedNode("x:p"), Literal(1))


def test_in_the_union_too_an_operation_sees_what_those_before_it_did() -> None:
    text = """INSERT DATA { <x:s> <x:p> 1 GRAPH <x:g> { <x:s> <x:p> 1 , 2 } } ;
        INSERT { GRAPH <x:h> { ?s ?p 3 } } WHERE { ?s ?p 2 } ;
        DELETE { GRAPH <x:g> { ?s ?p ?o } } WHERE { ?s ?p 3 , ?o } ;
        COPY DEFAULT TO <x:i> ; CLEAR DEFAULT"""
    delta = evaluate_update(Store(), text, union=True).delta()
    added = {(str(quad.object)[:3], str(quad.graph_name)) for quad in parse_quads(delta.added)}
    assert added == {('"3"', "<x:h>"), ('"3"', "<x:i>"), ('"1"', "<x:i>")}
    assert delta.removed == b""


def test_on_disk_what_needs_no_change_of_the_store_is_done(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    store.extend(with_union(map(move_to_named, parse(DATA, RdfFormat.TRIG))))
    store.flush()
    disk = Store.read_only(str(tmp_path / "store"))
    data = "INSERT DATA { <x:n> <x:p> 1 } ; DELETE DATA { GRAPH <x:g> { <x:a> <x:p> 1 } }"
    for text in (data, "DELETE WHERE { GRAPH <x:g> { ?s ?p ?o } }", "DROP ALL"):
        assert evaluate_update(disk, text, union=True) == evaluate_update(store, text, union=True)
    with pytest.raises(OnDiskError):
        evaluate_update(disk, f"{data} ; CLEAR GRAPH <x:g>", union=True)
