"""The parts of a SPARQL query, named as SPARQL 1.1 Query names them.

Terms are pyoxigraph's; prefixes and relative IRIs are resolved. Chains of one precedence
(`a + b - c`, `p / q / r`, branches of a UNION) are flat tuples, so only brackets nest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, Variable


@dataclass(frozen=True, slots=True)
class TripleTerm:
    """`<<( s p o )>>` (SPARQL 1.2 Query, section 4.1.5)."""

    subject: Node
    predicate: Name
    object: Node

    def __str__(self) -> str:
        """Return the text of the term, as the terms of pyoxigraph do."""
        return f"<<( {self.subject} {self.predicate} {self.object} )>>"


Node: TypeAlias = NamedNode | Literal | BlankNode | Variable | TripleTerm
"""What stands at the ends of a triple pattern."""

Name: TypeAlias = NamedNode | Variable
"""What names a graph or a service."""


# --- property paths (section 9) ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Inverse:
    """`^path`."""

    path: Path


@dataclass(frozen=True, slots=True)
class Sequence:
    """`path / path`."""

    steps: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Alternative:
    """`path | path`."""

    branches: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """`path*`, `path+` or `path?`; `times` is the sign."""

    path: Path
    times: str


@dataclass(frozen=True, slots=True)
class NegatedSet:
    """`!(p | ^q)`: a step by any other predicate; `backward` ones go from object to subject."""

    forward: tuple[NamedNode, ...]
    backward: tuple[NamedNode, ...]


Path: TypeAlias = NamedNode | Inverse | Sequence | Alternative | Repeat | NegatedSet


# --- expressions (section 17) -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Chain:
    """Operands of one precedence in a row: `first`, then pairs of operator and operand."""

    first: Expression
    rest: tuple[tuple[str, Expression], ...]


@dataclass(frozen=True, slots=True)
class Unary:
    """`!x`, `-x` or `+x`."""

    operator: str
    operand: Expression


@dataclass(frozen=True, slots=True)
class Membership:
    """`x IN (...)`, or `x NOT IN (...)`."""

    operand: Expression
    choices: tuple[Expression, ...]
    negated: bool


VOLATILE: Final = frozenset({"RAND", "NOW", "UUID", "STRUUID", "BNODE"})
"""The functions that may return another value at each call, or at each run."""


@dataclass(frozen=True, slots=True)
class Call:
    """A built-in, by its name in capitals, or a function, by its IRI."""

    function: str | NamedNode
    arguments: tuple[Expression, ...]
    distinct: bool = False


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A set function; an `argument` of None is the `*` of COUNT(*)."""

    function: str
    argument: Expression | None
    distinct: bool = False
    separator: Literal | None = None


@dataclass(frozen=True, slots=True)
class Exists:
    """`EXISTS { }`, or `NOT EXISTS { }`."""

    group: Group
    negated: bool


Expression: TypeAlias = (
    NamedNode
    | Literal
    | Variable
    | TripleTerm
    | Chain
    | Unary
    | Membership
    | Call
    | Aggregate
    | Exists
)


# --- graph patterns (section 5) ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TriplePattern:
    """A triple pattern, or a path pattern where the predicate is a path."""

    subject: Node
    predicate: Path | Variable
    object: Node


@dataclass(frozen=True, slots=True)
class Triples:
    """Triple patterns in a row."""

    patterns: tuple[TriplePattern, ...]


@dataclass(frozen=True, slots=True)
class OptionalPart:
    """`OPTIONAL { }`."""

    group: Group


@dataclass(frozen=True, slots=True)
class Union:
    """`{ } UNION { }`."""

    branches: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Minus:
    """`MINUS { }`."""

    group: Group


@dataclass(frozen=True, slots=True)
class InGraph:
    """`GRAPH name { }`."""

    name: Name
    group: Group


@dataclass(frozen=True, slots=True)
class Service:
    """`SERVICE name { }`."""

    name: Name
    group: Group
    silent: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """`FILTER expression`."""

    expression: Expression


@dataclass(frozen=True, slots=True)
class Bind:
    """`BIND (expression AS ?variable)`."""

    expression: Expression
    variable: Variable


@dataclass(frozen=True, slots=True)
class Values:
    """`VALUES (?x ?y) { (1 UNDEF) }`; None is UNDEF."""

    variables: tuple[Variable, ...]
    rows: tuple[tuple[NamedNode | Literal | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Group:
    """`{ }`: elements in the order written; a subselect is the one element of its group."""

    elements: tuple[Element, ...]


# --- queries (section 16) ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NamedExpression:
    """`(expression AS ?variable)`; without a variable, where GROUP BY allows it, the expression."""

    expression: Expression
    variable: Variable | None


@dataclass(frozen=True, slots=True)
class Ordering:
    """A condition of ORDER BY."""

    expression: Expression
    descending: bool


@dataclass(frozen=True, slots=True)
class Modifiers:
    """The modifiers after a WHERE clause (sections 11 and 15)."""

    group_by: tuple[NamedExpression, ...] = ()
    having: tuple[Expression, ...] = ()
    order_by: tuple[Ordering, ...] = ()
    limit: int | None = None
    offset: int | None = None
    values: Values | None = None


@dataclass(frozen=True, slots=True)
class Select:
    """A SELECT, outermost or nested; a `projection` of None is `*`, `distinctness` may be ''."""

    projection: tuple[NamedExpression, ...] | None
    where: Group
    modifiers: Modifiers = Modifiers()
    distinctness: str = ""


@dataclass(frozen=True, slots=True)
class Construct:
    """A CONSTRUCT with its template."""

    template: tuple[TriplePattern, ...]
    where: Group
    modifiers: Modifiers


@dataclass(frozen=True, slots=True)
class Describe:
    """A DESCRIBE; `targets` of None is `*`."""

    targets: tuple[Name, ...] | None
    where: Group | None
    modifiers: Modifiers


@dataclass(frozen=True, slots=True)
class Ask:
    """An ASK."""

    where: Group
    modifiers: Modifiers


@dataclass(frozen=True, slots=True)
class QueryDataset:
    """`FROM` (the default graph) and `FROM NAMED` (section 13.2)."""

    default: tuple[NamedNode, ...] = ()
    named: tuple[NamedNode, ...] = ()


Form: TypeAlias = Select | Construct | Describe | Ask


@dataclass(frozen=True, slots=True)
class QueryUnit:
    """A whole query (rule 1); the base is kept for the function IRI, which resolves against it.

    A query whose text asks for triple terms is of `version` 1.2, however its parts are written.
    """

    form: Form
    dataset: QueryDataset = QueryDataset()
    base: str | None = None
    version: str | None = None


Element: TypeAlias = (
    Triples
    | OptionalPart
    | Union
    | Minus
    | InGraph
    | Service
    | Filter
    | Bind
    | Values
    | Select
    | Group
)
"""An element of a group graph pattern."""
