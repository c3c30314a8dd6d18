"""The answer cache: complete answers in memory, least recently used out first."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from graph.answering.evaluation import Answer

OVERHEAD: Final = 1024
"""The bytes of an entry besides its body: key, objects, dictionary slots."""


@dataclass(slots=True)
class AnswerCache:
    """Answers by key, up to `capacity` bytes; a key hashes dataset version, query and format."""

    capacity: int
    used: int = 0
    hits: int = 0
    misses: int = 0
    _answers: OrderedDict[str, Answer] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def get(self, key: str) -> Answer | None:
        """Return the answer of a key, or None."""
        with self._lock:
            answer = self._answers.get(key)
            if answer is None:
                self.misses += 1
                return None
            self.hits += 1
            self._answers.move_to_end(key)
            return answer

    def put(self, key: str, answer: Answer) -> None:
        """Keep an answer unless it would fill more than a quarter of the cache."""
        size = OVERHEAD + len(answer.body)
        if size > self.capacity // 4:
            return
        with self._lock:
            if key in self._answers:
                return
            self._answers[key] = answer
            self.used += size
            while self.used > self.capacity:
                _, oldest = self._answers.popitem(last=False)
                self.used -= OVERHEAD + len(oldest.body)
