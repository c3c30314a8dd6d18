"""A limit of the server that a request is beyond: what is refused says which, and how much."""

from __future__ import annotations

from werkzeug.exceptions import RequestEntityTooLarge, TooManyRequests


class TooLarge(RequestEntityTooLarge):
    """The request is larger than the server takes; names the limit."""

    def __init__(self, limit: str, value: int) -> None:
        self.limit = limit
        self.value = value
        super().__init__(f"beyond the limit of {value} {limit}")


class TooManyAtOnce(TooManyRequests):
    """One client has as many requests under way as it may have."""

    def __init__(self, value: int) -> None:
        self.limit = "requests at once from one client"
        self.value = value
        super().__init__(f"beyond the limit of {value} {self.limit}", retry_after=1)
