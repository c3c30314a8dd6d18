"""The command line: `cpec build`, `cpec serve`, `cpec ask` and the others."""

from __future__ import annotations

import os
import signal
import sys
from importlib import import_module
from typing import Any, Final

import click

from ontology.base import BASE_VARIABLE, PUBLISHED, BaseAddressError, check_base
from server.command.output import discard_output, open_output

COMMANDS: Final = {
    "build": ("build_commands", "Validate, verify, close, and write the snapshot."),
    "article": ("article", "Write the file of an article: its skeleton, its anchors."),
    "draft": ("draft_commands", "Draft the file of an article from its text or its HTML page."),
    "review": ("review_commands", "Review the claims of a draft in the browser, one at a time."),
    "accept": (
        "review_commands",
        "Write the article of a reviewed DRAFT into the data, and print what changes.",
    ),
    "propose": (
        "draft_commands",
        "Add the claims of a proposer to a DRAFT, none of them reviewed.",
    ),
    "find": (
        "draft_commands",
        "Look a NAME up as a draft does, in English, Urdu or Chinese, and list near names.",
    ),
    "check-text": ("check_command", "Check each clause of a text against the graph."),
    "validate": ("build_commands", "Check the master copy, or a FILE of it, and name all defects."),
    "verify": ("build_commands", "Compare each sentence, quote and anchor with the archived text."),
    "snapshot": ("build_commands", "Check the files of a snapshot."),
    "serve": ("serve", "Serve the graph over HTTP, building it first if need be."),
    "migrate": ("store_commands", "Carry a writable store over to this version of the vocabulary."),
    "backup": ("store_commands", "Copy a writable store, while a server writes to it."),
    "restore": ("store_commands", "Make a writable store of a backup."),
    "publish": ("build_commands", "Copy the snapshot into another store, and verify the copy."),
    "query": ("ask", "Run a SPARQL query from a FILE, or from standard input with `-`."),
    "ask": ("ask", "Ask a question of the catalogue; without a name, list them."),
    "explain": ("ask", "Explain why a triple holds: its sources, or its proofs."),
    "mcp": ("mcp_command", "Give a language model the tools of the graph (MCP)."),
    "reconcile": (
        "reconcile",
        "Match a column of names with the things of the graph, or of any list.",
    ),
    "decide": (
        "reconcile",
        "Add a decision of today to a FILE of decisions, on a pair that is in it.",
    ),
    "link": (
        "reconcile",
        "Propose links from our things to another graph, as a file of decisions.",
    ),
    "export": ("export_command", "Write the graph, or one named graph."),
}
"""The commands: the module and the summary of each, which is the first line of its help."""


class Commands(click.Group):
    """The commands; only running one imports its module, since pyshacl is slow to load."""

    def list_commands(self, _context: click.Context) -> list[str]:
        """Return the names of the commands."""
        return list(COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        """Return the command of that name, or None."""
        if name not in COMMANDS:
            return None
        module, _ = COMMANDS[name]
        command: click.Command = getattr(
            import_module(f"server.command.{module}"), name.replace("-", "_")
        )
        if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:  # of server/entry.py: not before,
            signal.signal(signal.SIGINT, signal.default_int_handler)  # an import may swallow it
        return command

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the summaries of the commands."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; print a CpecError on stderr and exit with 1."""
        from graph.errors import CpecError  # noqa: PLC0415 - its imports read --base
        from queries.question import QuestionFileError  # noqa: PLC0415 - help needs no YAML

        try:
            return super().invoke(ctx)
        except (CpecError, QuestionFileError) as error:
            click.echo(f"cpec: {error}" if "\n" not in str(error) else str(error), err=True)
            ctx.exit(1)


def choose_base(_context: click.Context, _parameter: click.Parameter, address: str) -> None:
    """Set the base for modules that are imported later, and for child processes.

    Raises click.BadParameter.
    """
    try:
        os.environ[BASE_VARIABLE] = check_base(address)
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
    envvar=BASE_VARIABLE,
    show_envvar=True,
    callback=choose_base,
    expose_value=False,
    help="The address that begins every IRI of the project.",
)
def cpec() -> None:
    """Ask, build and serve a cited knowledge graph of Pakistan-China cooperation.

    Exit status: 0, 1 (the data or the question is at fault) or 2 (usage).
    """


def main() -> None:
    """Run the command; print an OSError on stderr, without a traceback."""
    open_output()
    try:
        cpec(standalone_mode=True)
    except OSError as error:
        fault = error.strerror or str(error)
        where = f"{error.filename}: " if error.filename else ""
        click.echo(f"cpec: {where}{fault}", err=True)
        discard_output()
        sys.exit(1)
