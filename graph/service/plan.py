"""A plan: what a query asks of other endpoints, and its text with a hole for each answer."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Self

from graph.service.call import ServiceCall
from graph.service.text import Text


@dataclass(frozen=True, slots=True)
class Plan:
    """The calls of a query in their order, and its text with a hole for the answer to each."""

    calls: tuple[ServiceCall, ...]
    text: Text

    def json(self) -> bytes:
        """Return the plan as JSON."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def of(cls, body: bytes) -> Self:
        """Return the plan that JSON tells."""
        told = json.loads(body)
        return cls(tuple(map(ServiceCall.told, told["calls"])), Text.told(told["text"]))
