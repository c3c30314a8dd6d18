"""The command line: `cpec build`, `cpec serve`, `cpec ask` and the others."""

from __future__ import annotations

import os
import sys

import click

from graph.errors import CpecError
from server.command.ask import ask, query
from server.command.build import build, validate, verify
from server.command.explain import explain
from server.command.export import export
from server.command.serve import serve


@click.group(
    context_settings={
        "help_option_names": ["-h", "--help"],
        "auto_envvar_prefix": "CPEC",
        "show_default": True,
    }
)
@click.version_option(package_name="cpec-graph")
def cpec() -> None:
    """Ask, build and serve a cited knowledge graph of Pakistan-China cooperation.

    Exit status: 0, 1 (the data or the question is at fault) or 2 (usage).
    """


for command in (build, validate, verify, serve, query, ask, explain, export):
    cpec.add_command(command)


def main() -> None:
    """Run the command; what goes wrong is said on stderr, without a traceback."""
    try:
        cpec(standalone_mode=True)
    except CpecError as error:
        click.echo(f"cpec: {error}" if "\n" not in str(error) else str(error), err=True)
        sys.exit(1)
    except BrokenPipeError:  # the reader, `head` perhaps, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        click.echo(f"cpec: {error.filename or 'the system'}: {error.strerror or error}", err=True)
        sys.exit(1)
