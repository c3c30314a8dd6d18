"""One defect of the master copy: what is wrong, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A defect; `path` names a file, or a graph where no file does; `line` counts from 1."""

    path: str
    line: int | None
    message: str

    def __str__(self) -> str:
        """Return `path:line: message`, the form that editors jump to."""
        where = self.path if self.line is None else f"{self.path}:{self.line}"
        return f"{where}: {self.message}"
