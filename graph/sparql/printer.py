"""Writes a query as text: every bracket in place, every IRI in full."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from pyoxigraph import BlankNode, Literal, NamedNode, Variable

from graph.sparql import syntax


def print_query(query: syntax.QueryUnit) -> str:
    """Return the text of a query."""
    base = "" if query.base is None else f"BASE <{query.base}> "
    version = "" if query.version is None else f'VERSION "{query.version}" '
    return version + base + print_form(query.form, print_dataset(query.dataset))


def print_form(form: syntax.Form, dataset: str) -> str:
    """Return a query without its prologue."""
    match form:
        case syntax.Select():
            return print_select(form, dataset)
        case syntax.Construct():
            template = print_triples(form.template)
            head, where = f"CONSTRUCT {{ {template} }}", form.where
        case syntax.Describe():
            targets = "*" if form.targets is None else join_words(form.targets)
            head, where = f"DESCRIBE {targets}", form.where or syntax.Group(())
        case syntax.Ask():
            head, where = "ASK", form.where
        case _:
            assert_never(form)
    if isinstance(form, syntax.Describe) and form.where is None:
        return f"{head} {dataset} {print_modifiers(form.modifiers)}"
    return f"{head} {dataset} WHERE {print_group(where)} {print_modifiers(form.modifiers)}"


def print_select(select: syntax.Select, dataset: str = "") -> str:
    """Return the text of a SELECT."""
    names = "*" if select.projection is None else join_words(map(print_named, select.projection))
    head = f"SELECT {select.distinctness} {names} {dataset}"
    return f"{head} WHERE {print_group(select.where)} {print_modifiers(select.modifiers)}"


def print_dataset(dataset: syntax.QueryDataset) -> str:
    """Return the FROM clauses."""
    default = (f"FROM {iri}" for iri in dataset.default)
    return join_words((*default, *(f"FROM NAMED {iri}" for iri in dataset.named)))


def print_modifiers(modifiers: syntax.Modifiers) -> str:
    """Return the modifiers after a WHERE clause."""
    parts = []
    if modifiers.group_by:
        parts.append("GROUP BY " + join_words(map(print_named, modifiers.group_by)))
    if modifiers.having:
        parts.append("HAVING " + join_words(f"({print_expression(e)})" for e in modifiers.having))
    if modifiers.order_by:
        parts.append("ORDER BY " + join_words(map(print_ordering, modifiers.order_by)))
    if modifiers.limit is not None:
        parts.append(f"LIMIT {modifiers.limit}")
    if modifiers.offset is not None:
        parts.append(f"OFFSET {modifiers.offset}")
    if modifiers.values is not None:
        parts.append(print_element(modifiers.values))
    return join_words(parts)


def print_named(named: syntax.NamedExpression) -> str:
    """Return a variable, or an expression with its name."""
    if named.expression == named.variable:
        return str(named.variable)
    alias = "" if named.variable is None else f" AS {named.variable}"
    return f"({print_expression(named.expression)}{alias})"


def print_ordering(ordering: syntax.Ordering) -> str:
    """Return a condition of ORDER BY."""
    direction = "DESC" if ordering.descending else "ASC"
    return f"{direction}({print_expression(ordering.expression)})"


def print_group(group: syntax.Group) -> str:
    """Return a group in its braces."""
    return "{ " + join_words(map(print_element, group.elements)) + " }"


def print_element(element: syntax.Element) -> str:  # noqa: C901, PLR0911 - a case for each kind
    """Return an element of a group."""
    match element:
        case syntax.Triples(patterns):
            return print_triples(patterns)
        case syntax.OptionalPart(group):
            return f"OPTIONAL {print_group(group)}"
        case syntax.Union(branches):
            return " UNION ".join(map(print_group, branches))
        case syntax.Minus(group):
            return f"MINUS {print_group(group)}"
        case syntax.InGraph(name, group):
            return f"GRAPH {name} {print_group(group)}"
        case syntax.Service(name, group, silent):
            return f"SERVICE {'SILENT ' if silent else ''}{name} {print_group(group)}"
        case syntax.Filter(expression):
            return f"FILTER({print_expression(expression)})"
        case syntax.Bind(expression, variable):
            return f"BIND({print_expression(expression)} AS {variable})"
        case syntax.Values(variables, rows):
            values = join_words(
                f"({join_words('UNDEF' if v is None else v for v in row)})" for row in rows
            )
            return f"VALUES ({join_words(variables)}) {{ {values} }}"
        case syntax.Select():
            return print_select(element)
        case syntax.Group():
            return print_group(element)
        case _:
            assert_never(element)


def print_triples(patterns: Iterable[syntax.TriplePattern]) -> str:
    """Return triple patterns, each with its dot."""
    return join_words(f"{p.subject} {print_path(p.predicate)} {p.object} ." for p in patterns)


def print_path(path: syntax.Path | Variable) -> str:
    """Return a predicate; a path has brackets."""
    match path:
        case NamedNode() | Variable():
            return str(path)
        case syntax.Inverse(inner):
            return f"(^{print_path(inner)})"
        case syntax.Sequence(steps):
            return "(" + "/".join(map(print_path, steps)) + ")"
        case syntax.Alternative(branches):
            return "(" + "|".join(map(print_path, branches)) + ")"
        case syntax.Repeat(inner, times):
            return f"({print_path(inner)}{times})"
        case syntax.NegatedSet(forward, backward):
            return "!(" + "|".join([*map(str, forward), *(f"^{iri}" for iri in backward)]) + ")"
        case _:
            assert_never(path)


def print_expression(expression: syntax.Expression) -> str:  # noqa: PLR0911 - a case for each kind
    """Return an expression; an operation has brackets."""
    match expression:
        case NamedNode() | Literal() | Variable() | syntax.TripleTerm():
            return str(expression)
        case syntax.Chain(first, rest):
            tail = join_words(
                f"{operator} {print_expression(operand)}" for operator, operand in rest
            )
            return f"({print_expression(first)} {tail})"
        case syntax.Unary(operator, operand):
            return f"({operator} {print_expression(operand)})"
        case syntax.Membership(operand, choices, negated):
            listed = ", ".join(map(print_expression, choices))
            return f"({print_expression(operand)} {'NOT IN' if negated else 'IN'} ({listed}))"
        case syntax.Call(function, arguments, distinct):
            listed = ", ".join(map(print_expression, arguments))
            return f"{function}({'DISTINCT ' if distinct else ''}{listed})"
        case syntax.Aggregate():
            return print_aggregate(expression)
        case syntax.Exists(group, negated):
            return f"({'NOT ' if negated else ''}EXISTS {print_group(group)})"
        case _:
            assert_never(expression)


def print_aggregate(aggregate: syntax.Aggregate) -> str:
    """Return a set function."""
    argument = "*" if aggregate.argument is None else print_expression(aggregate.argument)
    distinct = "DISTINCT " if aggregate.distinct else ""
    separator = "" if aggregate.separator is None else f" ; SEPARATOR = {aggregate.separator}"
    return f"{aggregate.function}({distinct}{argument}{separator})"


def join_words(parts: Iterable[str | NamedNode | Variable | Literal | BlankNode]) -> str:
    """Return parts with a space between them."""
    return " ".join(map(str, parts))
