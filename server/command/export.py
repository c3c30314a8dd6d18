"""The command that writes the graph in other formats."""

from __future__ import annotations

import click


@click.command()
def export() -> None:
    """Write the graph, or one named graph, to a file."""
