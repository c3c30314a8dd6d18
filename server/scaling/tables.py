"""Tables: what a build beyond memory asks of an engine of SQL, and DuckDB as one.

All statements are in the SQL that DuckDB and Spark share.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from errno import ENOSPC
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from graph.errors import BuildError
from graph.progress import run_in_forks

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Item = TypeVar("Item")
Part = TypeVar("Part")
Result = TypeVar("Result")

MEMORY: Final = "1GB"
"""The memory of DuckDB; what does not fit goes to disk."""

FETCHED: Final = 10_000
"""The rows that are fetched or inserted at a time."""


class Tables(Protocol):
    """An engine of SQL that holds the tables of one build."""

    number: str
    """The expression of a number that no other row of a table has, from 0 on."""

    def resume(self, folder: Path) -> None:
        """Go on with the tables that a build of the same quads left there, where the engine can."""

    def make(self, name: str, select: str) -> None:
        """Make a table of the rows of a SELECT."""

    def view(self, name: str, select: str) -> None:
        """Make a view, or replace it."""

    def fill(self, name: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
        """Make a table of rows; `columns` declares it, such as `s bigint, text string`."""

    def read_lines(self, name: str, files: Sequence[Path]) -> None:
        """Make a view of the lines of files, in the column `line`."""

    def rows(self, select: str) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a SELECT as they are fetched."""

    def spread(self, task: Callable[[Part], Result], parts: Sequence[Part]) -> Iterable[Result]:
        """Return the results of a task on parts of the data, which run side by side."""


class DuckTables:
    """Tables of DuckDB in a file (https://duckdb.org/docs/); forks of this process do the tasks."""

    number = "row_number() OVER ()"

    def __init__(self, connection: DuckDBPyConnection) -> None:
        self.connection = connection

    def resume(self, folder: Path) -> None:
        """Begin anew: DuckDB makes its tables in seconds."""

    def make(self, name: str, select: str) -> None:
        """Make a table of the rows of a SELECT."""
        self.connection.execute(f"CREATE OR REPLACE TABLE {name} AS {select}")

    def view(self, name: str, select: str) -> None:
        """Make a view, or replace it."""
        self.connection.execute(f"CREATE OR REPLACE VIEW {name} AS {select}")

    def fill(self, name: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
        """Make a table of rows: lists of cells, since DuckDB takes a statement for a single row."""
        self.connection.execute(f"CREATE OR REPLACE TABLE {name}({columns})")
        for some in split(rows, FETCHED):
            cells = [list(column) for column in zip(*some, strict=True)]
            lists = ", ".join(["unnest(?)"] * len(cells))
            self.connection.execute(f"INSERT INTO {name} SELECT {lists}", cells)

    def read_lines(self, name: str, files: Sequence[Path]) -> None:
        """Make a view of the lines of files, in the column `line`."""
        listed = ", ".join("'" + str(file).replace("'", "''") + "'" for file in files)
        form = "columns={'line': 'VARCHAR'}, header=false, delim='', quote='', escape=''"
        source = f"read_csv([{listed}], {form}, auto_detect=false)"
        self.view(name, f"SELECT line FROM {source}")

    def rows(self, select: str) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a SELECT as they are fetched."""
        with self.connection.cursor() as cursor:
            cursor.execute(select)
            while some := cursor.fetchmany(FETCHED):
                yield from some

    def spread(self, task: Callable[[Part], Result], parts: Sequence[Part]) -> Iterable[Result]:
        """Return the results of a task on parts of the data, which run side by side."""
        return run_in_forks([partial(task, part) for part in parts], "read")


def split(items: Iterable[Item], most: int) -> Iterator[list[Item]]:
    """Yield lists of at most so many items."""
    waiting = iter(items)
    while some := list(islice(waiting, most)):
        yield some


@contextmanager
def open_duck(folder: Path) -> Iterator[DuckTables]:
    """Open tables in a folder; raises OSError for a full disk, and BuildError without DuckDB."""
    try:
        import duckdb  # noqa: PLC0415 - installed only where it is needed
    except ImportError:
        raise BuildError("a build with DuckDB needs it: pip install 'cpec-graph[scale]'") from None
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": MEMORY,
        "temp_directory": str(folder / "spill"),
        "threads": len(os.sched_getaffinity(0)),
        "preserve_insertion_order": False,
    }
    try:
        with duckdb.connect(str(folder / "work.duckdb"), config=settings) as connection:
            yield DuckTables(connection)
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        words = f"no snapshot was written: {str(error).splitlines()[0]}"
        raise OSError(ENOSPC, words, str(folder.parent)) from None
    except duckdb.Error as error:
        raise BuildError(f"DuckDB: {str(error).splitlines()[0]}") from None
