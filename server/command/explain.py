"""The command `cpec explain`."""

from __future__ import annotations

import json

import click

from graph.citing.index import EvidenceIndex
from graph.explaining.prov import write_turtle
from graph.explaining.why import explain_triple, explanation_json
from graph.wording.spelling import read_triple
from server.command.current_snapshot import SnapshotChoice, fresh_snapshot, snapshot_options
from server.command.footnote import format_explanation


@click.command(epilog="Example: cpec explain Pakistan cooperatesIn Artificial_Intelligence")
@click.argument("subject")
@click.argument("predicate")
@click.argument("object_", metavar="OBJECT")
@click.option("--format", "form", type=click.Choice(["text", "json", "ttl"]), default="text")
@snapshot_options
def explain(subject: str, predicate: str, object_: str, form: str, choice: SnapshotChoice) -> None:
    """Explain why a triple holds: its sources, or its proofs.

    Names are local (Pakistan), prefixed (id:Pakistan) or whole. OBJECT may be a literal, bare or as
    in Turtle: '"2026-03-31"^^xsd:date'.
    """
    store = fresh_snapshot(choice).load()
    index = EvidenceIndex(store)
    explanation = explain_triple(
        store, index, read_triple(index.kernel, subject, predicate, object_)
    )
    if form == "ttl":
        click.echo(write_turtle(explanation, index, store), nl=False)
    elif form == "json":
        text = json.dumps(explanation_json(explanation, index), ensure_ascii=False, indent=2)
        click.echo(text.encode())
    else:
        click.echo(format_explanation(explanation_json(explanation, index)))
