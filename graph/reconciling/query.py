"""The queries of the Reconciliation API, read from JSON within limits.

https://reconciliation-api.github.io/specs/0.2/#reconciliation-queries; batches of 0.1 are the same
but for a list of several types.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from graph.errors import LimitError, ParameterError

MOST_QUERIES: Final = 200
"""The most queries of a batch, and entities of a data extension; OpenRefine sends ten at a time."""

MOST_BYTES: Final = 1 << 20
"""The most bytes of a batch."""

MOST_PROPERTIES: Final = 20
"""The most properties of a query or of a data extension, types of a query, values of a property."""

QUERY_LENGTH: Final = 1000
"""The most characters of a text in a query; its first 200 are compared."""

LISTED: Final = 10
"""The candidates of a query without a limit."""

MOST_LISTED: Final = 50
"""The most candidates of a query; a higher limit is this one."""

NAMES: Final = {"query", "type", "limit", "properties", "type_strict"}


@dataclass(frozen=True, slots=True)
class ReconciliationQuery:
    """A name to reconcile, with the classes and the properties of its thing.

    `properties` are pairs of a property and its values, each an identifier or a text. The thing
    has one of the `types`, or all of them if `every_type`.
    """

    text: str
    types: tuple[str, ...] = ()
    limit: int = LISTED
    properties: tuple[tuple[str, tuple[str, ...]], ...] = ()
    every_type: bool = False

    @classmethod
    def read(cls, name: str, record: Any) -> Self:
        """Return the query of a JSON object; raises ParameterError and LimitError."""
        record = require_object(f"query {name}", record)
        if unknown := record.keys() - NAMES:
            raise ParameterError(f"query {name} has the unknown member {min(unknown)!r}")
        text = require_text(f"query {name}: query", record.get("query", ""))
        properties = require_list(f"query {name}: properties", record.get("properties", []))
        if not text and not properties:
            raise ParameterError(f"query {name} has neither a query nor properties")
        types = record.get("type", [])
        types = require_list(f"query {name}: type", [types] if isinstance(types, str) else types)
        return cls(
            text,
            tuple(require_text(f"query {name}: type", own) for own in types),
            read_limit(name, record.get("limit", LISTED)),
            tuple(read_property(name, pair) for pair in properties),
            record.get("type_strict") == "all",
        )


def read_batch(body: str) -> dict[str, ReconciliationQuery]:
    """Return the queries of a batch; raises ParameterError and LimitError."""
    batch = require_object("the batch", parse_json("queries", body))
    if len(batch) > MOST_QUERIES:
        raise LimitError("queries in a batch", MOST_QUERIES)
    return {name: ReconciliationQuery.read(name, record) for name, record in batch.items()}


@dataclass(frozen=True, slots=True)
class ExtensionQuery:
    """The entities and the properties of a data extension, each with its most values."""

    ids: tuple[str, ...]
    properties: tuple[tuple[str, int], ...]

    @classmethod
    def read(cls, body: str) -> Self:
        """Return the query of a text in JSON; raises ParameterError and LimitError."""
        record = require_object("extend", parse_json("extend", body))
        ids, properties = record.get("ids"), record.get("properties")
        if not isinstance(ids, list) or not isinstance(properties, list):
            raise ParameterError("extend needs ids and properties, both lists")
        if len(ids) > MOST_QUERIES:
            raise LimitError("ids in a data extension", MOST_QUERIES)
        return cls(
            tuple(require_text("extend: an id", own) for own in ids),
            tuple(map(read_extended, require_list("extend: properties", properties))),
        )


def read_extended(record: Any) -> tuple[str, int]:
    """Return a property and its most values; raises ParameterError."""
    record = require_object("extend: a property", record)
    settings = require_object("extend: settings", record.get("settings") or {})
    limit = read_limit("extend", settings.get("limit") or MOST_LISTED)
    return require_text("extend: the id of a property", record.get("id")), limit


def parse_json(name: str, body: str) -> Any:
    """Return the value of a parameter in JSON; raises ParameterError."""
    try:
        value = json.loads(body)
        json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise ParameterError(f"{name} is not JSON: {error.msg} ({where})") from None
    except RecursionError:
        raise ParameterError(f"{name} is nested too deep") from None
    except UnicodeEncodeError:
        raise ParameterError(f"{name} has half of a surrogate pair, which is no text") from None
    except ValueError:  # of Python's reader of whole numbers
        raise ParameterError(f"{name} has a number of more than 4,300 digits") from None
    return value


def read_limit(name: str, value: Any) -> int:
    """Return the most candidates or values; raises ParameterError."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 1 <= value < 1e9:
        raise ParameterError(f"{name}: the limit is not a number from 1")
    return min(int(value), MOST_LISTED)


def read_property(name: str, record: Any) -> tuple[str, tuple[str, ...]]:
    """Return a property and the values that its thing may have; raises ParameterError."""
    record = require_object(f"query {name}: a property", record)
    if "pid" not in record or "v" not in record:
        raise ParameterError(f"query {name}: a property has pid and v")
    values = record["v"] if isinstance(record["v"], list) else [record["v"]]
    values = require_list(f"query {name}: v", values)
    pid = require_text(f"query {name}: pid", record["pid"])
    return pid, tuple(read_value(name, value) for value in values)


def read_value(name: str, value: Any) -> str:
    """Return a value as text: the id of an entity, a number or a Boolean in JSON."""
    if isinstance(value, Mapping):
        value = value.get("id")
    if isinstance(value, bool | int | float):
        value = json.dumps(value)
    return require_text(f"query {name}: v", value)


def require_object(name: str, value: Any) -> Mapping[str, Any]:
    """Return a JSON object; raises ParameterError for another value."""
    if not isinstance(value, Mapping):
        raise ParameterError(f"{name} is not an object of JSON")
    return value


def require_list(name: str, value: Any) -> list[Any]:
    """Return a short JSON array; raises ParameterError, and LimitError for a long one."""
    if not isinstance(value, list):
        raise ParameterError(f"{name} is not a list")
    if len(value) > MOST_PROPERTIES:
        raise LimitError(f"members in {name}", MOST_PROPERTIES)
    return value


def require_text(name: str, value: Any) -> str:
    """Return a text; raises ParameterError for another value, and LimitError for a long text."""
    if not isinstance(value, str):
        raise ParameterError(f"{name} is not a text")
    if len(value) > QUERY_LENGTH:
        raise LimitError(f"characters in {name}", QUERY_LENGTH)
    return value
