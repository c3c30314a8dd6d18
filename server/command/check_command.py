"""`cpec check-text`: each clause of a text with its verdict, its reason and its sources."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import wrap

import click

from graph.checking.text_check import TextChecker, list_rows
from graph.citing.index import EvidenceIndex
from graph.excluding.exclusion import Exclusion
from server.command.ask import load_store
from server.command.current_snapshot import (
    SnapshotChoice,
    exclusion_options,
    fresh_snapshot,
    snapshot_options,
)
from server.command.draft_commands import read_input
from server.command.terminal import line_width


@click.command(epilog="Example: echo 'Pakistan is a party to CPEC.' | cpec check-text -")
@click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)
)
@click.option("--format", "form", type=click.Choice(["text", "json", "tsv"]), default="text")
@exclusion_options
@snapshot_options
def check_text(file: Path, form: str, *, exclusion: Exclusion, choice: SnapshotChoice) -> None:
    """Check each clause of a text against the graph.

    A verdict is supported, only-aimed, contradicted, conflicting, ended, unsaid or not-checked; a
    sentence has that of its worst clause. What no rule reads whole is not checked, which says
    nothing of whether it is true. Nothing of the text is kept.
    """
    text = read_input(file, "standard input" if str(file) == "-" else str(file))
    checker = TextChecker(EvidenceIndex(load_store(fresh_snapshot(choice), exclusion, cite=True)))
    report = checker.check_as_json(text)
    rows = list(list_rows(report))
    if form == "json":
        click.echo(json.dumps(report, ensure_ascii=False, indent=2))
        return
    if form == "tsv":
        click.echo("\n".join(map("\t".join, rows)))
        return
    clauses = [row for row in rows if row[0] == "clause"]
    for _, clause, verdict, reason in clauses:
        indent = " " * 14
        lines = wrap(reason, line_width(), initial_indent=indent, subsequent_indent=indent)
        click.echo("\n".join((f"{verdict.upper():13} {clause}", *lines)))
    click.echo(f"\n{report['checked']} of {report['clauses']} clauses could be checked")
