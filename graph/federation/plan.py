"""What a query asks of other endpoints, and the rest of it with a hole for each answer."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass, fields, is_dataclass
from typing import Any, Self

from pyoxigraph import NamedNode, Variable

from graph.errors import ForbiddenError, UnreadableQueryError
from graph.sparql.parser import parse_query
from graph.sparql.printer import print_element, print_query
from graph.sparql.scope import aggregates, mentioned, parts, visible
from graph.sparql.syntax import (
    Describe,
    Element,
    Group,
    Modifiers,
    Named,
    Query,
    Select,
    Service,
    Values,
)


@dataclass(frozen=True, slots=True)
class Call:
    """One SERVICE: the endpoint, the query it is asked, the variables that are wanted of it."""

    endpoint: str
    text: str
    variables: tuple[str, ...]
    silent: bool

    def nothing(self) -> str:
        """Return the one solution without a binding that SILENT makes of a failure, as VALUES."""
        variables = tuple(map(Variable, self.variables))
        return print_element(Values(variables, ((None,) * len(variables),)))


@dataclass(frozen=True, slots=True)
class Plan:
    """The calls of a query in their order, and the pieces of its text before, between and after."""

    calls: tuple[Call, ...]
    pieces: tuple[str, ...]

    def filled(self, answers: Iterable[str]) -> str:
        """Return the text with an answer in each hole."""
        return self.pieces[0] + "".join(
            answer + piece for answer, piece in zip(answers, self.pieces[1:], strict=True)
        )

    def json(self) -> bytes:
        """Return the plan as JSON."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def of(cls, body: bytes) -> Self:
        """Return the plan that JSON tells."""
        told = json.loads(body)
        calls = (Call(**{**one, "variables": tuple(one["variables"])}) for one in told["calls"])
        return cls(tuple(calls), tuple(told["pieces"]))


def planned(text: str, base: str | None, allowed: Collection[str], most: int) -> Plan:
    """Return what a query asks of other endpoints, `most` rows of each and one more.

    Raises UnreadableQueryError where it is beyond SPARQL 1.1, and ForbiddenError where an endpoint
    is not allowed, is a variable, or would be asked to ask another.
    """
    try:
        query = parse_query(text, base)
    except UnreadableQueryError as error:
        raise UnreadableQueryError(f"with SERVICE, SPARQL 1.1 alone is read: {error}") from None
    planner = Planner(query, allowed, most)
    rest = print_query(planner.without_services(query))
    pieces = []
    for number in range(len(planner.calls)):
        piece, _, rest = rest.partition(print_element(planner.hole(number)))
        pieces.append(piece)
    return Plan(tuple(planner.calls), (*pieces, rest))


class Planner:
    """Takes the SERVICE out of a query."""

    def __init__(self, query: Query, allowed: Collection[str], most: int) -> None:
        self.calls: list[Call] = []
        self._base = query.base
        self._allowed = allowed
        self._most = most
        self._mentions = Counter(mentioned(query))
        self._all = takes_all(query)
        printed, self._stem = print_query(query), "answer"
        while self._stem in printed:
            self._stem += "_"

    def hole(self, number: int) -> Values:
        """Return what stands for an answer: VALUES of a variable that the query has not."""
        return Values((Variable(f"{self._stem}{number}x"),), ())

    def without_services(self, part: Any) -> Any:
        """Return a part of the query with holes, from left to right; notes what is asked."""
        if isinstance(part, Group):
            return Group(tuple(self._elements(part.elements)))
        if isinstance(part, tuple):
            return tuple(map(self.without_services, part))
        if is_dataclass(part):
            inside = (self.without_services(getattr(part, one.name)) for one in fields(part))
            return type(part)(*inside)  # type: ignore[misc]
        return part

    def _elements(self, elements: Sequence[Element]) -> Iterable[Element]:
        """Yield the elements of a group with holes."""
        before: list[Values] = []
        for element in elements:
            if isinstance(element, Service):
                self.calls.append(self._call(element, before))
                yield self.hole(len(self.calls) - 1)
            else:
                if isinstance(element, Values):
                    before.append(element)
                yield self.without_services(element)

    def _call(self, service: Service, before: Iterable[Values]) -> Call:
        """Return what a SERVICE asks, narrowed by the VALUES that stand before it in its group."""
        endpoint = self._endpoint(service)
        inside, own = visible(service.group.elements), Counter(mentioned(service))
        wanted = [one for one in inside if self._all or self._mentions[one] > own[one]]
        given = (narrowed(values, set(inside)) for values in before)
        where = Group((*(values for values in given if values), service.group))
        projection = tuple(Named(one, one) for one in wanted) or None
        select = Select(projection, where, Modifiers(limit=self._most + 1))
        text = print_query(Query(select, base=self._base))
        return Call(endpoint, text, tuple(one.value for one in wanted), service.silent)

    def _endpoint(self, service: Service) -> str:
        """Return the endpoint of a SERVICE; raises ForbiddenError unless it may be asked so."""
        if not isinstance(service.name, NamedNode):
            raise ForbiddenError("SERVICE of a variable is not allowed: name the endpoint")
        if service.name.value not in self._allowed:
            raise ForbiddenError(f"SERVICE {service.name} is not on the list of this server")
        if any(isinstance(one, Service) for one in parts(service.group)):
            raise ForbiddenError("SERVICE inside SERVICE is not allowed: no other asks for us")
        return service.name.value


def takes_all(query: Query) -> bool:
    """Whether a `*` stands somewhere in a query, so that each variable matters."""
    return any(
        (isinstance(one, Select) and one.projection is None)
        or (isinstance(one, Describe) and one.targets is None)
        for one in parts(query)
    ) or any(one.distinct and one.argument is None for one in aggregates(query))


def narrowed(values: Values, variables: AbstractSet[Variable]) -> Values | None:
    """Return the distinct rows of VALUES over those of some variables that they always bind.

    Each solution of the group agrees with exactly one of these rows, so what a SERVICE answers
    joins to the same solutions whether it was joined with them before or not. None where VALUES
    binds none of the variables always.
    """
    kept = [
        number
        for number, variable in enumerate(values.variables)
        if variable in variables and all(row[number] is not None for row in values.rows)
    ]
    rows = dict.fromkeys(tuple(row[number] for number in kept) for row in values.rows)
    return Values(tuple(values.variables[number] for number in kept), tuple(rows)) if kept else None
