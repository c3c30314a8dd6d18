"""The command line: `cpec build`, `cpec serve`, `cpec ask` and the others."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Final

import click

from graph.errors import CpecError
from server.command.stream import discard_output, open_output

COMMANDS: Final = {
    "build": "build",
    "validate": "build",
    "verify": "build",
    "serve": "serve",
    "query": "ask",
    "ask": "ask",
    "explain": "explain",
    "export": "export",
}
"""The commands and the modules that they stand in."""


class Commands(click.Group):
    """The commands, each imported when it is run: a server need not read what builds a graph."""

    def list_commands(self, _context: click.Context) -> list[str]:
        """Return the names of the commands."""
        return list(COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        """Return a command, or None where there is none of that name."""
        if name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"server.command.{COMMANDS[name]}"), name)
        return command


@click.group(
    cls=Commands,
    context_settings={
        "help_option_names": ["-h", "--help"],
        "auto_envvar_prefix": "CPEC",
        "show_default": True,
    },
)
@click.version_option(package_name="cpec-graph")
def cpec() -> None:
    """Ask, build and serve a cited knowledge graph of Pakistan-China cooperation.

    Exit status: 0, 1 (the data or the question is at fault) or 2 (usage).
    """


def main() -> None:
    """Run the command; what goes wrong is said on stderr, without a traceback."""
    open_output()
    try:
        cpec(standalone_mode=True)
    except CpecError as error:
        click.echo(f"cpec: {error}" if "\n" not in str(error) else str(error), err=True)
        sys.exit(1)
    except OSError as error:
        words = error.strerror or str(error)
        click.echo(
            f"cpec: {error.filename}: {words}" if error.filename else f"cpec: {words}", err=True
        )
        discard_output()
        sys.exit(1)
