"""Strategies for SPARQL: terms, expressions, patterns, queries and updates, after the grammar.

The texts are mostly right, sometimes wrong in a small way, and seldom heavy: variables come
from a short list, so that patterns join.
"""

from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

Text = SearchStrategy[str]

LOCALS: Final = ("Pakistan", "China", "CPEC", "HEC", "Artificial_Intelligence", "nobody")
PROPERTIES: Final = ("a", "cpec:cooperatesIn", "rdfs:label", "cpec:modality", "oa:hasSource", "x:p")
MODALITIES: Final = ("Background", "Ongoing", "Aim", "Assessed", "Denied", "nothing")
VARIABLES: Final = ("?a", "?b", "?c", "$d")
DATATYPES: Final = ("integer", "decimal", "double", "boolean", "date", "dateTime", "gYear",
                    "duration", "string", "hexBinary", "nothing")  # fmt: skip
FUNCTIONS: Final = ("STR", "LANG", "DATATYPE", "ABS", "CEIL", "FLOOR", "ROUND", "STRLEN", "UCASE",
                    "LCASE", "ENCODE_FOR_URI", "YEAR", "MONTH", "DAY", "TIMEZONE", "TZ", "MD5",
                    "SHA256", "isIRI", "isBLANK", "isLITERAL", "isNUMERIC", "IRI", "BNODE",
                    "SUBJECT", "isTRIPLE", "LANGDIR", "BOUND", "!", "-")  # fmt: skip
BINARY: Final = ("=", "!=", "<", ">", "<=", ">=", "+", "-", "*", "/", "&&", "||", "IN", "NOT IN")
TERNARY: Final = ("IF", "REPLACE", "SUBSTR", "REGEX", "COALESCE", "CONCAT", "STRDT", "CONTAINS",
                  "STRBEFORE", "LANGMATCHES", "sameTerm", "TRIPLE", "STRLANGDIR")  # fmt: skip
AGGREGATES: Final = ("COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT")

COUNTS: Final = ("18446744073709551615", "18446744073709551616", "1.5")
ORDERED: Final = ('"10:00:00"^^xsd:time', '"09:00:00Z"^^xsd:time', '"11:00:00+05:00"^^xsd:time',
                  '"P1M"^^xsd:duration', '"P30D"^^xsd:duration', '"2026-01-01"^^xsd:date',
                  '"2026-01-01Z"^^xsd:date', "1", "1.5", "2e0", '"NaN"^^xsd:double', '"1"', "<x:a>",
                  '"a"@en', '"b"^^<x:t>', "true", "UNDEF")  # fmt: skip
"""Terms for which the engine has no order, or not one for any three."""

letters: Text = st.text(max_size=12)
variables: Text = st.sampled_from(VARIABLES)
names: Text = st.sampled_from(LOCALS).map("id:{}".format)
iris: Text = st.one_of(names, letters.map("<http://e/{}>".format), st.just("<>"))
quoted: Text = letters.map(lambda text: '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"')
numbers: Text = st.one_of(st.integers().map(str), st.floats().map(repr), st.decimals().map(str))
literals: Text = st.one_of(
    quoted,
    numbers,
    st.sampled_from(("true", "false", "'x'@en", "'x'@ar--rtl", "'''a'b'''")),
    st.builds('"{}"^^xsd:{}'.format, numbers, st.sampled_from(DATATYPES)),
)
terms: Text = st.one_of(variables, variables, iris, literals)
subjects: Text = st.one_of(variables, names, st.just("[]"), st.just("_:b"))
predicates: Text = st.one_of(variables, st.sampled_from(PROPERTIES), iris)


def paths_of(inner: Text) -> Text:
    """Return property paths over simpler ones."""
    return st.one_of(
        st.builds("{}/{}".format, inner, inner),
        st.builds("({}|{})".format, inner, inner),
        st.builds("({}){}".format, inner, st.sampled_from("*+?")),
        inner.map("^({})".format),
        inner.map("!({})".format),
    )


paths: Text = st.recursive(st.sampled_from(PROPERTIES), paths_of, max_leaves=4)


def expressions_of(inner: Text) -> Text:
    """Return expressions over simpler ones."""
    return st.one_of(
        st.builds("{}({})".format, st.sampled_from(FUNCTIONS), inner),
        st.builds("({1} {0} ({2}))".format, st.sampled_from(BINARY), inner, inner),
        st.builds("{}({}, {}, {})".format, st.sampled_from(TERNARY), inner, inner, inner),
        st.builds("{}({}, {})".format, st.sampled_from(TERNARY), inner, inner),
        st.builds("xsd:{}({})".format, st.sampled_from(DATATYPES), inner),
    )


expressions: Text = st.recursive(terms, expressions_of, max_leaves=6)
triples: Text = st.one_of(
    st.builds("{} {} {} .".format, subjects, predicates, terms),
    st.builds("?a {} {} .".format, paths, terms),
    st.builds("?a {} ({} {}) .".format, predicates, terms, terms),
    st.builds("<< ?a {} {} >> ?b ?c .".format, predicates, terms),
    st.builds("?a {} {} {{| {} {} |}} .".format, predicates, terms, predicates, terms),
)


def patterns_of(inner: Text) -> Text:
    """Return group graph patterns over simpler ones."""
    return st.one_of(
        st.builds("{} {}".format, inner, inner),
        inner.map("{{ {} }}".format),
        st.builds("{{ {} }} UNION {{ {} }}".format, inner, inner),
        st.builds("{} OPTIONAL {{ {} }}".format, inner, inner),
        st.builds("{} MINUS {{ {} }}".format, inner, inner),
        st.builds(
            "{} FILTER {}EXISTS {{ {} }}".format, inner, st.sampled_from(("", "NOT ")), inner
        ),
        st.builds("{} FILTER({})".format, inner, expressions),
        st.builds("{} BIND({} AS ?e)".format, inner, expressions),
        st.builds("GRAPH {} {{ {} }}".format, st.one_of(variables, iris), inner),
        st.builds("VALUES ?a {{ {} UNDEF }} {}".format, st.one_of(iris, literals), inner),
        inner.map("{{ SELECT ?a {{ {} }} LIMIT 5 }}".format),
        st.builds("SERVICE {} {{ {} }}".format, iris, inner),
    )


patterns: Text = st.recursive(triples, patterns_of, max_leaves=4)
columns: Text = st.one_of(
    st.just("*"),
    variables,
    st.builds("({} AS ?x)".format, expressions),
    st.builds("({}({} {}) AS ?x)".format, st.sampled_from(AGGREGATES),
              st.sampled_from(("", "DISTINCT")), expressions),
)  # fmt: skip
counts: Text = st.one_of(
    st.integers(-1, 99).map(str),
    st.sampled_from(COUNTS),
    st.sampled_from((0, 30, 4301)).map("1".__mul__),
)
ends: Text = st.one_of(
    st.just(""),
    st.builds("ORDER BY {}({})".format, st.sampled_from(("", "DESC")), expressions),
    variables.map("GROUP BY {}".format),
    st.builds("GROUP BY ?a HAVING ({})".format, expressions),
    st.builds("LIMIT {} OFFSET {}".format, counts, counts),
)
datasets: Text = st.one_of(
    st.just(""),
    st.builds("FROM {}{}".format, st.sampled_from(("", "NAMED ")), iris),
)
many_terms: Text = st.lists(st.sampled_from(ORDERED), min_size=21, max_size=60).map(" ".join)
sound_queries: Text = st.one_of(
    st.builds("SELECT ?a {{ VALUES ?a {{ {} }} }} ORDER BY {}(?a)".format, many_terms,
              st.sampled_from(("", "DESC"))),
    st.builds("SELECT {} {} {{ {} }} {}".format, columns, datasets, patterns, ends),
    st.builds("SELECT DISTINCT ?a {} {{ {} }} {}".format, datasets, patterns, ends),
    st.builds("ASK {} {{ {} }}".format, datasets, patterns),
    st.builds("DESCRIBE {} {} {{ {} }} LIMIT 3".format, st.one_of(variables, iris), datasets,
              patterns),
    st.builds("CONSTRUCT {{ {} }} {} WHERE {{ {} }} LIMIT 9".format, triples, datasets, patterns),
)  # fmt: skip
RECORD: Final = """INSERT DATA {{ GRAPH graph:evidence {{ <x:r> a rdf:Statement ;
  rdf:subject {} ; rdf:predicate {} ; rdf:object {} ; cpec:modality cpec:{} }} }}"""
sound_updates: Text = st.one_of(
    st.builds("INSERT DATA {{ GRAPH {} {{ {} {} {} }} }}".format, iris, names, iris, literals),
    st.builds("DELETE DATA {{ {} {} {} }}".format, names, iris, literals),
    st.builds("INSERT DATA {{ GRAPH <x:g> {{ {} {} {} {{| cpec:modality cpec:{} |}} }} }}".format,
              names, st.sampled_from(PROPERTIES), names, st.sampled_from(MODALITIES)),
    st.builds(RECORD.format, names, st.sampled_from(PROPERTIES), names,
              st.sampled_from(MODALITIES)),
    st.builds("DELETE {{ {} }} INSERT {{ {} }} WHERE {{ {} }}".format, triples, triples, patterns),
    st.builds("DELETE WHERE {{ GRAPH <x:g> {{ {} }} }}".format, triples),
    st.builds("{} {}GRAPH {}".format, st.sampled_from(("CLEAR", "DROP", "CREATE", "LOAD")),
              st.sampled_from(("", "SILENT ")), letters.map("<http://e/{}>".format)),
    st.builds("{} <x:g> TO <x:h>".format, st.sampled_from(("COPY", "MOVE", "ADD"))),
)  # fmt: skip


@st.composite
def mutate_text(draw: st.DrawFn, texts: Text) -> str:
    """Draw a text, one in three with a piece taken out, put in, or said twice."""
    text = draw(texts)
    if draw(st.integers(0, 2)):
        return text
    start, length = draw(st.integers(0, len(text))), draw(st.integers(0, 9))
    piece = text[start : start + length]
    put = draw(
        st.one_of(st.just(""), st.just(piece * 2), letters, st.sampled_from("{}()[]<>\"'\\#."))
    )
    return text[:start] + put + text[start + length :]


queries: Text = mutate_text(sound_queries)
updates: Text = mutate_text(sound_updates)
