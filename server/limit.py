"""A limit of the server that a request is beyond: what is refused says which, and how much."""

from __future__ import annotations

from werkzeug.exceptions import RequestEntityTooLarge


class TooLarge(RequestEntityTooLarge):
    """The request is larger than the server takes; names the limit."""

    def __init__(self, limit: str, value: int) -> None:
        self.limit = limit
        self.value = value
        super().__init__(f"beyond the limit of {value} {limit}")
