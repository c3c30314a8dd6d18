"""A plan: the calls of other endpoints in a query, and the template of its text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from pyoxigraph import Literal, Variable

from graph.sparql.printer import print_element
from graph.sparql.syntax import Values


@dataclass(frozen=True, slots=True)
class Template:
    """A text with placeholders; the one between two pieces takes the answer of that number."""

    pieces: tuple[str, ...]
    numbers: tuple[int, ...] = ()

    @classmethod
    def split(cls, written: str, placeholders: Mapping[int, str]) -> Self:
        """Return a text whose placeholders are these substrings, each once at most."""
        places = sorted(
            (written.find(placeholder), number) for number, placeholder in placeholders.items()
        )
        pieces, numbers, end = [], [], 0
        for start, number in places:
            if start >= 0:
                pieces.append(written[end:start])
                numbers.append(number)
                end = start + len(placeholders[number])
        return cls((*pieces, written[end:]), tuple(numbers))

    def fill(self, answers: Sequence[str]) -> str:
        """Return the text with an answer in place of each placeholder."""
        after = zip(self.numbers, self.pieces[1:], strict=True)
        return self.pieces[0] + "".join(answers[number] + piece for number, piece in after)

    @classmethod
    def from_json(cls, members: Mapping[str, Any]) -> Self:
        """Return the text of a plan in JSON."""
        return cls(tuple(members["pieces"]), tuple(members["numbers"]))


@dataclass(frozen=True, slots=True)
class ServiceCall:
    """One SERVICE: the endpoint, the query for it, and the variables of its answer.

    VALUES between `head` and `tail` narrow the query. Each of `binding_queries` asks this dataset
    for such VALUES; if one of them has no row, the endpoint is not called.
    """

    endpoint: str
    head: str
    tail: str
    variables: tuple[str, ...]
    silent: bool
    binding_queries: tuple[Template, ...] = ()

    def text(self, values: Iterable[str] = ()) -> str:
        """Return the query for the endpoint, narrowed by VALUES."""
        return " ".join((self.head, *values, self.tail))

    def unbound_solutions(self, rows: int) -> str:
        """Return solutions without bindings as VALUES: one of them is a failure under SILENT."""
        variables = tuple(map(Variable, self.variables))
        return print_element(Values(variables, ((None,) * len(variables),) * rows))

    def mark(self, answer: str, *, failed: bool) -> str:
        """Return an answer as a group that names its endpoint, for citations (graph/citing)."""
        mark = Literal(f"SERVICE {'SILENT ' if failed else ''}<{self.endpoint}>")
        return f"{{ {answer} FILTER({mark}) }}"

    @classmethod
    def from_json(cls, members: Mapping[str, Any]) -> Self:
        """Return the call of a plan in JSON."""
        binding_queries = tuple(map(Template.from_json, members["binding_queries"]))
        variables = tuple(members["variables"])
        return cls(**{**members, "variables": variables, "binding_queries": binding_queries})


@dataclass(frozen=True, slots=True)
class Plan:
    """The calls of a query in their order, and the template that takes their answers."""

    calls: tuple[ServiceCall, ...]
    text: Template

    def json(self) -> bytes:
        """Return the plan as JSON."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def from_json(cls, body: bytes) -> Self:
        """Return the plan that JSON writes."""
        plan = json.loads(body)
        calls = tuple(map(ServiceCall.from_json, plan["calls"]))
        return cls(calls, Template.from_json(plan["text"]))
