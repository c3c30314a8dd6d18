"""The reason of an empty answer, on stderr."""

from __future__ import annotations

from contextlib import nullcontext
from textwrap import wrap

import click
from pyoxigraph import Store

from graph.answering.evaluation import Query
from graph.citing.index import EvidenceIndex
from graph.emptiness.explanation import ExcludedSources, explain_emptiness
from graph.excluding.exclusion import Exclusion
from graph.snapshot import Snapshot
from server.command.footnote import line_width


def warn_empty(
    store: Store, query: Query, exclusion: Exclusion, snapshot: Snapshot, unsaid: str = ""
) -> None:
    """Print why the answer of a store is empty; `unsaid` is printed if no source says the thing."""
    whole = ExcludedSources(exclusion, lambda: nullcontext(snapshot.open()))
    emptiness = explain_emptiness(
        store,
        (query.text, query.bindings, None, None),
        EvidenceIndex(store),
        excluded=whole if exclusion else None,
    )
    words = unsaid if unsaid and emptiness.is_unsaid else emptiness.words
    if words:
        click.echo("\n".join(wrap(words[:1].upper() + words[1:], line_width())), err=True)
