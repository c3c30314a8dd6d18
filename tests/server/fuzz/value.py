"""Strategies for hostile values: numbers, dates and names gone wrong, in texts and in JSON."""

from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from tests.server.fuzz.sparql import letters, numbers, queries

Text = SearchStrategy[str]

NUMBERS: Final = ("18446744073709551616", "99999999999", "-1", "0",
                  "+5", "1e999", "NaN", "Infinity", "0x10", "1_000", " 5", "5 ", "٣", "²", "½",
                  "1.5", "०१", "")  # fmt: skip
DATES: Final = (
    "Fri, 01 Jan 99999999999 00:00:00 GMT",
    "Fri, 01 Jan 10000 00:00:00 GMT",
    "Fri, 31 Feb 2020 99:99:99 GMT",
    "Thu, 01 Jan 1970 00:00:00 +99999999",
    "Fri, 01 Jan 0000 00:00:00 GMT",
    "Friday, 01-Jan-99 00:00:00 GMT",
    "Fri Jan  1 00:00:00 99999999999",
    *("99999999999-01-01", "2026-02-30", "0000-00-00", "-0001-01-01", "20260101", "2026-W01-1"),
    *("2026-01-01T25:61:61Z", "2026-01-01T00:00:00+99:99", "2026", "2026-13", "--01-01"),
)
NAMES: Final = (
    *("Pakistan", "cooperatesIn", "China", "inp-wealthpk-2026-04-29/s08", "id:Pakistan", "id:"),
    *("<>", "<a b>", "://", "http://[", "https://w3id.org/cpec-graph/id/Pakistan", "_:b", "[]"),
    *("self", "path", "name", "__class__", "..", "../../etc/passwd", "%00", "a\x00b", "\u202e"),
    *(
        "x" * 3000,
        "x:" * 1000,
        "\U0010ffff",
        "中巴经济走廊",
        "\u06cc" * 300,
        "'\"><script>",
        "\\u0000",
    ),
    *('"Pakistan"@en', '"x"^^xsd:date', "{{7*7}}", "%s%n"),
)
longest: Text = st.just(100_000).map("n".__mul__)
"""A name that no head has room for."""

long: Text = st.builds(
    lambda sign, length, form: form.format(sign * length),
    st.sampled_from(("1", "-9", "x", "x:", "\u06cc", "%25")),
    st.sampled_from((19, 300, 2001, 4301)),
    st.sampled_from(("{}", '"{}"^^xsd:integer', "id:{}", "<{}>")),
)
values: Text = st.one_of(
    st.sampled_from(NUMBERS), st.sampled_from(DATES), st.sampled_from(NAMES), numbers, letters, long
)
"""Values for a place where a number, a date, a name or a text is expected."""

numerals: SearchStrategy[Any] = st.one_of(
    st.integers(),
    st.floats(),
    st.sampled_from((-(10**30), 1e308, True, None)),
    st.just(4000).map(lambda digits: 10**digits),
)


def members_of(names: tuple[str, ...], inner: SearchStrategy[Any]) -> SearchStrategy[Any]:
    """Return JSON objects with some of these members, and others."""
    return st.dictionaries(st.one_of(st.sampled_from(names), letters), inner, max_size=5)


def documents_of(names: tuple[str, ...]) -> SearchStrategy[Any]:
    """Return values of JSON with objects of members that are known by name."""
    leaves = st.one_of(values, numerals, st.booleans(), queries, longest)
    return st.recursive(
        leaves,
        lambda inner: st.one_of(st.lists(inner, max_size=4), members_of(names, inner)),
        max_leaves=12,
    )
