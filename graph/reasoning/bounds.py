"""The bounds of searching for supports: how far one search goes before it says that it stopped."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much is looked at for one triple."""

    derivations: int = 64
    """The derivations of a fact by one rule that a search follows."""

    in_all: int = 512
    """The derivations that a search follows."""

    alternatives: int = 16
    """The sets of several graphs that are kept of a fact while supports are combined."""

    first: int = 8
    """How many times less far the first search for supports goes; it is mostly enough."""

    graphs: int = 32
    """The graphs up to which a support is shown minimal; past that it only suffices."""

    closed: int = 4096
    """The triples of graphs up to which these are closed by themselves to settle a search."""

    def nearer(self) -> Bounds:
        """Return the bounds of the first search for supports."""
        return replace(
            self,
            derivations=max(1, self.derivations // self.first),
            in_all=max(1, self.in_all // self.first),
            alternatives=max(1, self.alternatives // 2),
        )


BOUNDS: Final = Bounds()
