"""Strategies for calls of the tools of `cpec mcp`."""

from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from queries.catalogue import catalogue
from tests.server.fuzz.message import QUESTIONS
from tests.server.fuzz.sparql import queries
from tests.server.fuzz.value import documents_of, longest, numerals, values

names: SearchStrategy[str] = st.one_of(values, longest)
PARAMETERS: Final = sorted({own.name for q in catalogue().values() for own in q.parameters})
MEMBERS: Final = ("subject", "property", "object", "modality", "row", "query", "question",
                  "parameters")  # fmt: skip

triples = st.fixed_dictionaries(
    {"subject": names, "property": names, "object": names},
    optional={"modality": st.one_of(st.sampled_from(("Aim", "Reported")), names)},
)
given_parameters = st.dictionaries(st.one_of(st.sampled_from(PARAMETERS), names), names, max_size=3)
rows = st.fixed_dictionaries(
    {"row": st.dictionaries(names, names, max_size=2)},
    optional={
        "query": queries,
        "question": st.one_of(st.sampled_from(QUESTIONS), names),
        "parameters": given_parameters,
    },
)
ARGUMENTS: Final[dict[str, dict[str, SearchStrategy[Any]]]] = {
    "search": {"text": names},
    "thing": {"name": names, "offset": st.one_of(numerals, values)},
    "question": {
        "name": st.one_of(st.sampled_from(QUESTIONS), names),
        "parameters": given_parameters,
    },
    "sparql": {"query": st.one_of(queries, names)},
    "explain": {"subject": names, "property": names, "object": names},
    "sources": {"part": st.one_of(numerals, values), "without": st.lists(names, max_size=3)},
    "schema": {"term": names},
    "verify": {
        "triples": st.lists(triples, max_size=3),
        "rows": st.lists(rows, max_size=2),
    },
}
"""The arguments of each tool, of its types or nearly so."""


@st.composite
def tool_calls(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """Draw the name of a tool and its arguments, one in eight of any type."""
    name = draw(st.sampled_from(sorted(ARGUMENTS)))
    any_type = documents_of(MEMBERS)
    return name, {
        argument: draw(any_type if not draw(st.integers(0, 7)) else own)
        for argument, own in ARGUMENTS[name].items()
        if draw(st.integers(0, 9))
    }
