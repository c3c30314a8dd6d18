"""The writer of the graph: the opening of its store, with the log of its last writes."""

from __future__ import annotations

from pathlib import Path

from server.engine.framing import Header
from server.engine.location import Location
from server.engine.writing import writer
from server.engine.writing.generation import Generations
from server.graph_settings import GraphSettings
from server.writing.change_folder import ChangeFolder
from server.writing.store import open_generations, require_vocabulary


def main(descriptor: int, _lock: int, directory: int) -> None:
    """Run the writer at one end of a socket pair; its copy of the lock ends with it."""
    writer.run(descriptor, directory, open_with_log)


def open_with_log(order: Header, directory: Path) -> tuple[Generations, ChangeFolder]:
    """Return the store at a path, and its log.

    Raises MigrationError for a store of another version of the vocabulary, and ValueError.
    """
    settings = GraphSettings.from_json(order)
    source = Location(settings.source, store=settings.store) if settings.source else None
    generations = open_generations(directory, source, union=settings.union, new=settings.new)
    require_vocabulary(generations)
    return generations, ChangeFolder(directory, settings.log_bytes, generations.current.name)
