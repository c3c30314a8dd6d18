"""The options --without and --only, which exclude sources from the graph."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from pyoxigraph import Store

from graph.engine.writing.materialisation import Materialisation
from graph.errors import NoKernelError
from graph.excluding.exclusion import Exclusion


def exclusion_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options to a command, which gets their values as `exclusion`."""

    @click.option(
        "--without",
        metavar="IRI",
        multiple=True,
        help="Exclude a source: a sentence, an article, a publisher, a background source or "
        "another named graph; can be given several times.",
    )
    @click.option("--only", metavar="IRI", multiple=True, help="Exclude all sources but this one.")
    @wraps(command)
    def with_exclusion(
        *arguments: Any, without: tuple[str, ...], only: tuple[str, ...], **named: Any
    ) -> None:
        command(*arguments, exclusion=Exclusion(without, only), **named)

    return with_exclusion


def exclude_sources(store: Store, exclusion: Exclusion) -> None:
    """Remove sources from a store in memory, with the inferences that follow from them alone.

    Raises ParameterError for an IRI that is no source, and NoKernelError for an ontology with an
    axiom that no rule follows.
    """
    materialisation = Materialisation.build(store)
    if materialisation.kernel is None:
        raise NoKernelError(f"a source cannot be excluded: {materialisation.reason}")
    kernel = materialisation.kernel
    materialisation.exclude(store, kernel, exclusion, union=True).apply(store, union=True)
