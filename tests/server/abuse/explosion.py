"""Short queries with endless work, endless answers, or values beyond all measure."""

from typing import Final

from tests.server.abuse.case import COSTLY, MALFORMED, OK, Case, query, update

EVERY: Final = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l"
MIXED: Final = (
    "VALUES ?v { 1 2.5 1e3 'a' 'a'@en '2020-01-01'^^xsd:date '2020-01-01T00:00:00'^^xsd:dateTime "
    "'2020-01'^^xsd:gYearMonth 'P1D'^^xsd:duration true <x:a> 'x'^^<x:own> 'NaN'^^xsd:double "
    "'PT1S'^^xsd:dayTimeDuration '12:00:00'^^xsd:time UNDEF 'b'@ar--rtl }"
)
CALCULATED: Final = frozenset({200, 400, *COSTLY})
"""Answered if it can be, and stopped if not."""

MIXABLE: Final = frozenset({200, 504})
CAPPED: Final = frozenset({400, *COSTLY})


def double(times: int, made: str = "CONCAT(?v{0}, ?v{0})") -> str:
    """Return a query that doubles a string so many times."""
    binds = " ".join(f"BIND({made.format(n)} AS ?v{n + 1})" for n in range(times))
    return f"SELECT (STRLEN(?v{times}) AS ?n) {{ BIND('aaaaaaaaaaaaaaaa' AS ?v0) {binds} }}"


CROSS: Final[tuple[Case, ...]] = (
    query("a count of a cross product", f"SELECT (COUNT(*) AS ?n) {{ {EVERY} }}", CAPPED),
    query("a cross product", f"SELECT * {{ {EVERY} }}", CAPPED),
    query("a cross product with a limit beyond all",
          f"SELECT * {{ {EVERY} }} LIMIT 18446744073709551615", CAPPED),
    query("a limit beyond 64 bits", "SELECT * { ?s ?p ?o } LIMIT 99999999999999999999999",
          frozenset({200, 400, 413})),
    query("an offset beyond all", f"SELECT * {{ {EVERY} }} OFFSET 9999999999", CAPPED),
    query("distinct rows of a cross product", f"SELECT DISTINCT ?a ?d ?g {{ {EVERY} }}", CAPPED),
    query("a cross product in order", f"SELECT * {{ {EVERY} }} ORDER BY ?a ?d ?g ?j", CAPPED),
    query("a cross product in an order of its own",
          f"SELECT * {{ {EVERY} }} ORDER BY RAND() LIMIT 1", CAPPED),
    query("a cross product by group",
          f"SELECT ?a ?d ?g (COUNT(*) AS ?n) {{ {EVERY} }} GROUP BY ?a ?d ?g", CAPPED),
    query("a cross product without a member",
          f"SELECT (COUNT(*) AS ?n) {{ {EVERY} FILTER(?a = ?d && ?g = 'never') }}", CALCULATED),
    query("an ASK that never finds", f"ASK {{ {EVERY} FILTER(STRLEN(STR(?a)) < 0) }}", CALCULATED),
    query("a graph of a cross product", f"CONSTRUCT {{ ?a ?e ?i }} WHERE {{ {EVERY} }}", CAPPED),
    query("a description of all", "DESCRIBE * { ?s ?p ?o . ?o ?q ?r }", CALCULATED),
    query("a cross product of VALUES",
          "SELECT (COUNT(*) AS ?n) { " + " ".join(
              f"VALUES ?v{n} {{ {' '.join(map(str, range(100)))} }}" for n in range(6)) + " }",
              CAPPED),
    query("a cross product of graphs", "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?a ?b ?c } "
          "GRAPH ?h { ?d ?e ?f } GRAPH ?i { ?j ?k ?l } }", CAPPED),
    query("a cross product of NOT EXISTS",
          "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER NOT EXISTS { ?g ?h ?a "
          "FILTER(STR(?g) > STR(?d) && STR(?h) < STR(?e)) } }", CAPPED),
    query("a cross product of OPTIONAL",
          "SELECT (COUNT(*) AS ?n) { ?a ?b ?c OPTIONAL { ?d ?e ?f } OPTIONAL { ?g ?h ?i } }",
          CAPPED),
    query("a cross product of MINUS", "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?j ?k ?l "
          "MINUS { ?x ?y ?z . ?a ?q ?w } }", CAPPED),
    query("all pairs that a path joins",
          "SELECT (COUNT(*) AS ?n) { ?a (!<x:p>|^!<x:p>)* ?b . ?c (!<x:p>|^!<x:p>)+ ?d }", CAPPED),
    query("paths from everything to everything in order",
          "SELECT * { ?a (!<x:p>|^!<x:p>)* ?b . ?b (!<x:q>|^!<x:q>)+ ?c } ORDER BY ?c", CAPPED),
    query("a product of computed strings",
          f"SELECT (SHA512(CONCAT(STR(?a), STR(?d), STR(?g))) AS ?x) {{ {EVERY} }}", CAPPED),
    query("new names for a cross product", f"SELECT (UUID() AS ?x) (BNODE() AS ?y) {{ {EVERY} }}",
          CAPPED),
    update("an insert of a cross product",
           f"INSERT {{ ?a ?e ?i }} WHERE {{ {EVERY} }}", CAPPED),
    update("a delete that never finds",
           f"DELETE {{ ?a ?e ?i }} WHERE {{ {EVERY} FILTER(STRLEN(STR(?a)) < 0) }}", CALCULATED),
)  # fmt: skip

STRINGS: Final[tuple[Case, ...]] = (
    query("a string doubled 60 times", double(60), CAPPED),
    query("a string replaced 12 times", double(12, "REPLACE(?v{0}, 'a', 'aaaaaaaaaa')"), CAPPED),
    query("a string encoded 40 times", double(40, "ENCODE_FOR_URI(CONCAT(?v{0}, '%%'))"),
          CALCULATED),
    query("GROUP_CONCAT of a cross product",
          f"SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?d))) AS ?n) {{ {EVERY} }}", CAPPED),
    query("GROUP_CONCAT with a separator of 100 kB",
          "SELECT (GROUP_CONCAT(?s; SEPARATOR='" + "x" * 100_000 + "') AS ?n) { ?s ?p ?o }",
          CAPPED | OK),
    query("an answer beyond the cap",
          "SELECT ?s ('" + "x" * 100_000 + "' AS ?x) { ?s ?p ?o }", frozenset({413})),
    query("an expression that backtracks",
          "SELECT * { ?s ?p ?o FILTER(REGEX('" + "a" * 5000 + "!', '^(a+)+$|(a|aa)+$|(.*)*x')) }",
          CALCULATED),
    query("an expression that repeats",
          "ASK { FILTER(REGEX('aaa', '((((a{100}){100}){100}){100}){100}')) }", CALCULATED),
    query("an expression of classes",
          "ASK { FILTER(REGEX('a', '" + "[\\\\pL-\\\\pN]" * 3000 + "')) }", CALCULATED),
    query("an expression of 500 kB", "ASK { FILTER(REGEX('a', '" + "(a|b)?" * 80_000 + "')) }",
          CALCULATED),
    query("an expression for each row",
          "SELECT (COUNT(*) AS ?n) { ?s ?p ?o . ?a ?b ?c FILTER(REGEX(STR(?s), "
          "CONCAT('(', STR(?c), '){0,50}$'))) }", CALCULATED),
    query("an expression with nested groups",
          "ASK { FILTER(REGEX('a', '" + "(" * 5000 + ")" * 5000 + "')) }", CALCULATED),
    query("a replacement with a reference to nothing",
          "SELECT (REPLACE('abc', '(b)', '$9999999999$1\\\\') AS ?x) {}", CALCULATED),
    query("an IRI of 500 kB", "SELECT (IRI('http://e/" + "x" * 500_000 + "') AS ?x) {}",
          CALCULATED),
    query("an IRI of spaces and quotes", "SELECT (IRI('\"> <script>') AS ?x) { }", CALCULATED),
    query("a language tag of 100 kB", "SELECT ('x'@" + "a" * 100_000 + " AS ?x) {}", CALCULATED),
    query("a variable of 200 kB", "SELECT ?" + "v" * 200_000 + " { }", CALCULATED),
    query("a name of 200 kB", "ASK { id:" + "v" * 200_000 + " ?p ?o }", CALCULATED),
    query("substrings beyond the ends",
          "SELECT (SUBSTR('abc', -9223372036854775808, 9223372036854775807) AS ?x) "
          "(SUBSTR('ab', 1e308, -1e308) AS ?y) {}", CALCULATED),
)  # fmt: skip

VALUES: Final[tuple[Case, ...]] = (
    query("an order of everything", f"SELECT ?v {{ {MIXED} }} ORDER BY ?v", MIXABLE),
    query("an order of everything, often", f"SELECT ?v {{ {MIXED} ?s ?p ?o }} ORDER BY DESC(?v)",
          MIXABLE | {413}),
    query("an order of the graph's own objects", "SELECT ?o { ?s ?p ?o } ORDER BY ?o",
          MIXABLE),
    query("the least of everything", f"SELECT (MIN(?v) AS ?a) (MAX(?v) AS ?b) {{ {MIXED} }}",
          MIXABLE),
    query("the sum of everything", f"SELECT (SUM(?v) AS ?a) (AVG(?v) AS ?b) {{ {MIXED} }}",
          MIXABLE),
    query("everything compared with everything",
          f"SELECT * {{ {MIXED} {MIXED.replace('?v', '?w')} FILTER(?v < ?w || ?v = ?w) }}",
          MIXABLE),
    query("an integer of 100,000 digits", "SELECT (" + "9" * 100_000 + " AS ?x) {}", CALCULATED),
    query("integers that overflow",
          "SELECT (9223372036854775807 + 1 AS ?a) (-9223372036854775808 - 1 AS ?b) "
          "(9223372036854775807 * 9223372036854775807 AS ?c) (-(-9223372036854775808) AS ?d) "
          "(ABS(-9223372036854775808) AS ?e) {}", OK),
    query("a division of the least by minus one",
          "SELECT (-9223372036854775808 / -1 AS ?a) (1 / 0 AS ?b) (0.0 / 0.0 AS ?c) "
          "(1e308 * 1e308 AS ?d) {}", OK),
    query("a decimal of 10,000 digits", "SELECT (0." + "1" * 10_000 + " * 3.0 AS ?x) {}",
          CALCULATED),
    query("a double of 10,000 digits", "SELECT (1e" + "9" * 10_000 + " AS ?x) {}", CALCULATED),
    query("casts of giants",
          "SELECT (xsd:integer('" + "9" * 50_000 + "') AS ?a) (xsd:integer(1e308) AS ?b) "
          "(xsd:decimal('1e999') AS ?c) (xsd:dateTime('x') AS ?d) {}", CALCULATED),
    query("a sum that overflows", "SELECT (SUM(?v) AS ?n) { VALUES ?v { 9223372036854775807 1 } }",
          OK),
    query("dates beyond the calendar",
          "SELECT (YEAR('999999999999999999-01-01T00:00:00'^^xsd:dateTime) AS ?a) "
          "('-99999999-01-01'^^xsd:date + 'P999999999Y'^^xsd:yearMonthDuration AS ?b) "
          "(xsd:date('2026-02-31') AS ?c) {}", CALCULATED),
    query("durations beyond time",
          "SELECT ('2026-01-01T00:00:00Z'^^xsd:dateTime + "
          "'P99999999999999999999D'^^xsd:dayTimeDuration AS ?a) "
          "('P9223372036854775807M'^^xsd:yearMonthDuration * 2 AS ?b) {}", CALCULATED),
    query("a zone that is none", "SELECT (TZ('2026-01-01T00:00:00+99:99'^^xsd:dateTime) AS ?a) "
          "(ADJUST('2026-01-01T00:00:00'^^xsd:dateTime, 'PT999H'^^xsd:dayTimeDuration) AS ?b) {}",
          CALCULATED),
    query("a datatype of script", "SELECT (STRDT('x', <javascript:alert(1)>) AS ?x) "
          "(STRLANG('x', '\"><script>') AS ?y) {}", CALCULATED),
    query("a function that is none", "SELECT (<http://e/system>('id') AS ?x) {}", CALCULATED),
    query("a sleep that is none",
          "SELECT (<java:java.lang.Thread.sleep>(100000) AS ?x) "
          "(<http://jena.apache.org/ARQ/function#wait>(100000) AS ?y) {}", CALCULATED),
    query("a variable bound twice", "SELECT (1 AS ?x) (2 AS ?x) {}", MALFORMED),
    query("a star with groups", "SELECT * { ?s ?p ?o } GROUP BY ?s", CALCULATED),
)  # fmt: skip

EXPLOSIONS: Final = (*CROSS, *STRINGS, *VALUES)
