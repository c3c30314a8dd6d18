"""A call: what one SERVICE asks, and the queries whose rows it is narrowed by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from pyoxigraph import Variable

from graph.service.text import Text
from graph.sparql.printer import print_element
from graph.sparql.syntax import Values


@dataclass(frozen=True, slots=True)
class ServiceCall:
    """One SERVICE: the endpoint, the query that it is asked, the variables that are wanted of it.

    Between `head` and `tail` there is room for VALUES, which narrow it. Each of `narrowings` is a
    query of this dataset whose rows are such VALUES; where one has no row, nobody need be asked.
    """

    endpoint: str
    head: str
    tail: str
    variables: tuple[str, ...]
    silent: bool
    narrowings: tuple[Text, ...] = ()

    def text(self, values: Iterable[str] = ()) -> str:
        """Return the query that the endpoint is asked, narrowed by VALUES."""
        return " ".join((self.head, *values, self.tail))

    def failed(self) -> str:
        """Return the one solution without a binding that SILENT makes of a failure, as VALUES."""
        return self._values(1)

    def nothing(self) -> str:
        """Return no solution, as VALUES."""
        return self._values(0)

    def _values(self, rows: int) -> str:
        """Return so many solutions without a binding."""
        variables = tuple(map(Variable, self.variables))
        return print_element(Values(variables, ((None,) * len(variables),) * rows))

    @classmethod
    def told(cls, told: Mapping[str, Any]) -> Self:
        """Return the call that JSON tells."""
        narrowings = tuple(map(Text.told, told["narrowings"]))
        return cls(**{**told, "variables": tuple(told["variables"]), "narrowings": narrowings})
