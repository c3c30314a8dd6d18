"""The command line: `cpec build`, `cpec serve`, `cpec ask` and the others."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any, Final

import click

from ontology.base import PUBLISHED, VARIABLE, BaseAddressError, checked
from server.command.stream import discard_output, open_output

COMMANDS: Final = {
    "build": ("build", "Validate, verify, close, and write the snapshot."),
    "validate": ("build", "Hold the master copy and what follows from it to checks and shapes."),
    "verify": ("build", "Hold each sentence and quote to the archived text, a line a sentence."),
    "serve": ("serve", "Serve the graph, building it first where that is needed."),
    "migrate": ("migrate", "Carry a writable store over to this version of the vocabulary."),
    "publish": ("publish", "Make the snapshot the content of another store, and verify it."),
    "query": ("ask", "Run a SPARQL query from a FILE, or from standard input with `-`."),
    "ask": ("ask", "Ask a question of the catalogue; without a name, list them."),
    "explain": ("explain", "Say why a triple holds: who states it, or what it is inferred from."),
    "export": ("export", "Write the graph, or one named graph."),
}
"""The commands: the module of each, and the sentence that its help begins with."""


class Commands(click.Group):
    """The commands, each imported when it is run: a server need not read what builds a graph."""

    def list_commands(self, _context: click.Context) -> list[str]:
        """Return the names of the commands."""
        return list(COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        """Return a command, or None where there is none of that name."""
        if name not in COMMANDS:
            return None
        module, _ = COMMANDS[name]
        command: click.Command = getattr(import_module(f"server.command.{module}"), name)
        return command

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what each command does; none is imported for that."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_, words) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was asked for; an error of ours is said on stderr."""
        from graph.errors import CpecError  # noqa: PLC0415 - it reads the base, which is known now
        from queries.question import QuestionFileError  # noqa: PLC0415 - help needs no YAML

        try:
            return super().invoke(ctx)
        except (CpecError, QuestionFileError) as error:
            click.echo(f"cpec: {error}" if "\n" not in str(error) else str(error), err=True)
            ctx.exit(1)


def choose_base(_context: click.Context, _parameter: click.Parameter, address: str) -> None:
    """Have the modules that are imported from now on, and children, read that base.

    Raises click.BadParameter.
    """
    try:
        os.environ[VARIABLE] = checked(address)
    except BaseAddressError as error:
        raise click.BadParameter(str(error)) from None


@click.group(
    cls=Commands,
    context_settings={
        "help_option_names": ["-h", "--help"],
        "auto_envvar_prefix": "CPEC",
        "show_default": True,
    },
)
@click.version_option(package_name="cpec-graph")
@click.option(
    "--base",
    metavar="ADDRESS",
    default=PUBLISHED,
    envvar=VARIABLE,
    show_envvar=True,
    callback=choose_base,
    expose_value=False,
    help="The address under which every IRI of the project stands.",
)
def cpec() -> None:
    """Ask, build and serve a cited knowledge graph of Pakistan-China cooperation.

    Exit status: 0, 1 (the data or the question is at fault) or 2 (usage).
    """


def main() -> None:
    """Run the command; what goes wrong is said on stderr, without a traceback."""
    open_output()
    try:
        cpec(standalone_mode=True)
    except OSError as error:
        words = error.strerror or str(error)
        click.echo(
            f"cpec: {error.filename}: {words}" if error.filename else f"cpec: {words}", err=True
        )
        discard_output()
        sys.exit(1)
