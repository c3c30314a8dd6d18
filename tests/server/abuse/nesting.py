"""SPARQL nested deep, and SPARQL that goes on for ten thousand items."""

from collections.abc import Callable
from typing import Final

from tests.server.abuse.case import ANY, COSTLY, LIMIT, OK, Case, query, update

DEEP: Final = 5_000
LONG: Final = 10_000


def nest(before: str, core: str, after: str, depth: int = DEEP) -> Callable[[], str]:
    """Return a query whose pattern is nested so deep."""
    return lambda: f"SELECT * {{ {before * depth}{core}{after * depth} }}"


def filtering(before: str, core: str, after: str, depth: int = DEEP) -> Callable[[], str]:
    """Return a query whose filter is nested so deep."""
    return lambda: f"SELECT * {{ ?s ?p ?o FILTER({before * depth}{core}{after * depth}) }}"


NESTED: Final[tuple[Case, ...]] = (
    query("830 nested FILTER EXISTS", nest("?s ?p ?o FILTER EXISTS { ", "", "}", 830), LIMIT),
    query("nested FILTER NOT EXISTS", nest("FILTER NOT EXISTS { ", "?s ?p ?o", "}"), LIMIT),
    query("nested groups", nest("{", "?s ?p ?o", "}"), LIMIT),
    query("groups that never close", lambda: "SELECT * " + "{" * 100_000, LIMIT),
    query("groups that only close", lambda: "SELECT * {" + "}" * 100_000, LIMIT),
    query("nested OPTIONAL", nest("OPTIONAL { ?s ?p ?o ", "", "}"), LIMIT),
    query("nested MINUS", nest("?s ?p ?o MINUS { ", "?s ?p ?o", "}"), LIMIT),
    query("nested UNION", nest("{ ?s ?p ?o } UNION { ", "?s ?p ?o", "}"), LIMIT),
    query("nested GRAPH", nest("GRAPH ?g { ", "?s ?p ?o", "}"), LIMIT),
    query("nested SERVICE", nest("SERVICE ?g { ", "?s ?p ?o", "}"), frozenset({400, 403, 413})),
    query("nested subselects", nest("{ SELECT * { ", "?s ?p ?o", "} }"), LIMIT),
    query("nested subselects that group",
          nest("{ SELECT ?s (COUNT(*) AS ?n) { ", "?s ?p ?o", "} GROUP BY ?s }", 100),
          frozenset({200, 400, 413, 503, 504})),
    query("nested BIND of EXISTS", nest("BIND(EXISTS { ", "?s ?p ?o", "} AS ?x)"), LIMIT),
    query("nested parentheses", filtering("(", "1", ")"), LIMIT),
    query("nested negation", filtering("!", "true", "", 50_000), LIMIT),
    query("nested minus", filtering("-", "1", "", 50_000), LIMIT),
    query("nested minus with parentheses", filtering("-(", "1", ")"), LIMIT),
    query("nested IF", filtering("IF(true, ", "1", ", 2)"), LIMIT),
    query("nested COALESCE", filtering("COALESCE(", "1", ")"), LIMIT),
    query("nested CONCAT", filtering("CONCAT('a', ", "'b'", ")"), LIMIT),
    query("nested IN", filtering("1 IN (", "1", ")"), LIMIT),
    query("nested STR", filtering("STR(", "?s", ")"), LIMIT),
    query("nested REPLACE", filtering("REPLACE(", "'a'", ", 'a', 'aa')"), LIMIT),
    query("nested casts", filtering("<http://www.w3.org/2001/XMLSchema#string>(", "1", ")"), LIMIT),
    query("nested triple terms as values", filtering("TRIPLE(", "?s", ", ?p, ?o)"), LIMIT),
    query("nested blank nodes", nest("[ <http://e/p> ", "1", " ]"), LIMIT),
    query("nested collections", nest("( ", "1", " )"), LIMIT),
    query("nested quoted triples", nest("<< ", "?s", " ?p ?o >>"), LIMIT),
    query("nested triple terms", nest("?s ?p <<( ?s ?p ", "?o", " )>>"), LIMIT),
    query("nested annotations", nest("?s ?p ?o {| ?p ?o ", "", "|}"), LIMIT),
    query("nested paths", nest("?s " + "(" * DEEP, "<http://e/p>", ")" * DEEP + " ?o", 1), LIMIT),
    query("nested stars", nest("?s " + "(" * 400, "<http://e/p>", "*)" * 400 + " ?o", 1), LIMIT),
    query("nested inverses", nest("?s ", "^" * 20_000 + "<http://e/p>", " ?o", 1), LIMIT),
    query("a star of stars of everything",
          "SELECT (COUNT(*) AS ?n) { ?a (((!<x:a>)*)*|(^!<x:b>)*)* ?b }", frozenset({400, 413,
          504})),
    query("nested brackets of all kinds", nest("{[<p:> (", "", ")]}"), LIMIT),
    query("nested aggregates", lambda: "SELECT (" + "SUM(" * DEEP + "1" + ")" * DEEP + " AS ?n) {}",
          LIMIT),
    query("nested brackets in a string", lambda: f"ASK {{ FILTER('{'{([' * 20_000}' = 'x') }}", OK),
    query("nested brackets in a comment", lambda: f"ASK {{ }} #{'{([' * 20_000}", OK),
    query("nested brackets in an IRI", lambda: f"ASK {{ <http://e/{'([' * 9_000}> ?p ?o }}",
          frozenset({200, 400})),
    query("a string that never ends", lambda: "ASK { ?s ?p '" + "a" * 500_000, LIMIT),
    query("a long string that never ends", lambda: "ASK { ?s ?p '''" + "'a" * 50_000, LIMIT),
    query("an IRI that never ends", lambda: "ASK { ?s ?p <http://" + "a" * 500_000, LIMIT),
    query("an escape that never ends", lambda: "ASK { ?s ?p '" + "\\" * 300_000, LIMIT),
    query("half a million less-than signs", lambda: "ASK { ?s ?p " + "<" * 500_000, LIMIT),
    query("half a million quotes", lambda: "ASK { ?s ?p " + "'" * 500_000, LIMIT),
    query("half a million comments", lambda: "#\n" * 250_000 + "ASK {}", OK),
    query("escapes of surrogates", "ASK { ?s ?p '\\uD800\\uDFFF' }", frozenset({200, 400})),
    query("escapes beyond Unicode", "ASK { ?s ?p '\\UFFFFFFFF' }", frozenset({400})),
    query("NUL in a query", "ASK { ?s ?p '\0' }\0", frozenset({400})),
    query("an invisible query", "\ufeff\u200b\u202eASK { }", frozenset({200, 400})),
    update("nested groups in an update", lambda: "DELETE { ?s ?p ?o } WHERE { " + "{" * DEEP,
           LIMIT),
    update("nested blank nodes in data",
           lambda: "INSERT DATA { <x:s> <x:p> " + "[ <x:p> " * DEEP + "1" + "]" * DEEP + " }",
           LIMIT),
    update("nested collections in data",
           lambda: "INSERT DATA { <x:s> <x:p> " + "(" * DEEP + ")" * DEEP + " }", LIMIT),
    update("830 nested FILTER EXISTS in an update",
           lambda: "DELETE WHERE { ?s ?p ?o } ; INSERT { <x:s> <x:p> 1 } WHERE { "
           + "?s ?p ?o FILTER EXISTS { " * 830 + "}" * 831, LIMIT),
)  # fmt: skip


def repeat(
    before: str, item: str | Callable[[int], str], by: str, after: str, length: int = LONG
) -> Callable[[], str]:
    """Return a text with so many items, each made from its number, when it is asked for."""

    def text() -> str:
        items = (item(n) if callable(item) else item for n in range(length))
        return before + by.join(items) + after

    return text


MANY: Final = frozenset({200, *COSTLY, 400})
"""A long list is answered, or refused, but never hangs."""

FLAT: Final[tuple[Case, ...]] = (
    query("a pattern of 1,000 triples",
          repeat("SELECT * { ", lambda n: f"?s{n} ?p{n} ?s{n + 1}", " . ", " }", 1000), COSTLY),
    query("a chain of 1,000 triples",
          repeat("SELECT * { ", lambda n: f"?v{n} <x:p> ?v{n + 1}", " . ", " }", 1000), COSTLY),
    query("a list of UNION", repeat("SELECT * { ", "{ ?s ?p ?o }", " UNION ", " }"), MANY),
    query("a list of OPTIONAL",
          repeat("SELECT * { ", lambda n: f"OPTIONAL {{ ?s <x:{n}> ?o{n} }}", " ", " }"), MANY),
    query("a list of MINUS", repeat("SELECT * { ?s ?p ?o ", "MINUS { ?s ?p 1 }", " ", " }"), MANY),
    query("a list of FILTER", repeat("SELECT * { ?s ?p ?o ", "FILTER(?s != ?o)", " ", " }"), MANY),
    query("a list of EXISTS",
          repeat("SELECT * { ?s ?p ?o ", "FILTER EXISTS { ?o ?q ?s }", " ", " }"), MANY),
    query("a list of BIND", repeat("SELECT * { ", lambda n: f"BIND({n} AS ?v{n})", " ", " }"),
          MANY),
    query("a list of subselects", repeat("SELECT * { ", "{ SELECT ?s { ?s ?p ?o } }", " ", " }"),
          MANY),
    query("a list of GRAPH",
          repeat("SELECT * { ", lambda n: f"GRAPH <x:{n}> {{ ?s ?p ?o{n} }}", " ", " }"), MANY),
    query("a list of VALUES blocks",
          repeat("SELECT * { ", lambda n: f"VALUES ?v{n} {{ 1 2 3 4 }}", " ", " }"), MANY),
    query("rows of VALUES", repeat("SELECT * { VALUES ?v { ", str, " ", " } }", 50_000), MANY),
    query("columns of VALUES",
          repeat("SELECT * { VALUES (", lambda n: f"?v{n}", " ", ") { } }"), MANY),
    query("a list of IN", repeat("SELECT * { ?s ?p ?o FILTER(?o IN (", str, ", ", ")) }"), MANY),
    query("a list of ||", repeat("SELECT * { ?s ?p ?o FILTER(", "?s = ?o", " || ", ") }"), MANY),
    query("a list of &&", repeat("SELECT * { ?s ?p ?o FILTER(", "?s != ?o", " && ", ") }"), MANY),
    query("a list of +", repeat("SELECT (", "1", " + ", " AS ?n) { }"), MANY),
    query("a list of *", repeat("SELECT (", "9", " * ", " AS ?n) { }"), MANY),
    query("a list of comparisons", repeat("ASK { FILTER(", "1", " = ", ") }"), MANY),
    query("arguments of CONCAT", repeat("SELECT (CONCAT(", "'a'", ", ", ") AS ?n) { }"), MANY),
    query("arguments of COALESCE", repeat("SELECT (COALESCE(", "1/0", ", ", ") AS ?n) { }"), MANY),
    query("a path of /", repeat("SELECT * { ?s ", "<x:p>", "/", " ?o }"), MANY),
    query("a path of |", repeat("SELECT * { ?s ", "!<x:p>", "|", " ?o }"), MANY),
    query("a negated set", repeat("SELECT * { ?s !(", lambda n: f"<x:{n}>", "|", ") ?o }"), MANY),
    query("a path of ?", repeat("SELECT * { ?s ", "(!<x:p>)?", "/", " ?o }", 500), MANY),
    query("a list of ;", repeat("SELECT * { ?s ", lambda n: f"<x:{n}> ?o{n}", " ; ", " }"), MANY),
    query("a list of ,", repeat("SELECT * { ?s ?p ", lambda n: f"?o{n}", " , ", " }"), MANY),
    query("a collection", repeat("SELECT * { (", lambda n: f"?v{n}", " ", ") ?p ?o }"), MANY),
    query("a list of blank nodes", repeat("SELECT * { ", "[ ?p ?o ]", " . ", " }"), MANY),
    query("columns of SELECT",
          repeat("SELECT ", lambda n: f"?v{n}", " ", " { ?s ?p ?o }", 50_000), MANY),
    query("computed columns",
          repeat("SELECT ", lambda n: f"({n} AS ?v{n})", " ", " { ?s ?p ?o }"), MANY),
    query("aggregates", repeat("SELECT ", lambda n: f"(SUM(?o) AS ?v{n})", " ", " { ?s ?p ?o }"),
          MANY),
    query("keys of GROUP BY",
          repeat("SELECT * { ?s ?p ?o } GROUP BY ", lambda n: f"?v{n}", " ", ""), MANY),
    query("keys of ORDER BY",
          repeat("SELECT * { ?s ?p ?o } ORDER BY ", "DESC(?s)", " ", ""), MANY),
    query("conditions of HAVING",
          repeat("SELECT ?s { ?s ?p ?o } GROUP BY ?s HAVING ", "(COUNT(*) > 0)", " ", ""), MANY),
    query("prefixes", repeat("", lambda n: f"PREFIX p{n}: <x:{n}> ", "\n", "ASK { }"), MANY),
    query("bases", repeat("", lambda n: f"BASE <x:{n}> ", "\n", "ASK { }"), MANY),
    query("graphs of FROM", repeat("SELECT * ", lambda n: f"FROM <x:{n}>", " ", " { ?s ?p ?o }"),
          MANY),
    query("graphs of FROM NAMED",
          repeat("SELECT * ", lambda n: f"FROM NAMED <x:{n}>", " ", " { GRAPH ?g { ?s ?p ?o } }"),
          MANY),
    query("a template", repeat("CONSTRUCT { ", lambda n: f"?s <x:{n}> ?o", " . ",
                               " } WHERE { ?s ?p ?o }"), MANY),
    query("things to DESCRIBE", repeat("DESCRIBE ", lambda n: f"<x:{n}>", " ", ""), MANY),
    query("a list of full stops", lambda: "ASK { " + ". " * 100_000 + "}", LIMIT),
    query("a list of semicolons", lambda: "ASK { ?s ?p ?o " + "; " * 100_000 + "}",
          frozenset({200, 400, 413})),
    update("operations of an update",
           repeat("", lambda n: f"CREATE SILENT GRAPH <x:{n}>", " ; ", ""), MANY),
    update("operations that each find all",
           repeat("", "DELETE { ?s <x:never> ?o } WHERE { ?s ?p ?o . ?o ?q ?r }", " ; ", "", 2000),
           MANY),
    update("a delete of 1,000 patterns",
           repeat("DELETE WHERE { ", lambda n: f"?s{n} <x:never> ?s{n + 1}", " . ", " }", 1000),
           COSTLY),
    update("semicolons in an update", lambda: "; " * 100_000, ANY),
)  # fmt: skip

TEXTS: Final = (*NESTED, *FLAT)
