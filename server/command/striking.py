"""The options --without and --only, which strike sources from the graph."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from pyoxigraph import Store

from graph.engine.writing.effect import Effect
from graph.engine.writing.materialisation import Materialisation
from graph.errors import NoKernelError
from graph.striking.strike import Strike


def strike_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options to a command, which gets their values as `strike`."""

    @click.option(
        "--without",
        metavar="IRI",
        multiple=True,
        help="Strike a source: a sentence, an article, a publisher or a background source; can be "
        "given several times.",
    )
    @click.option("--only", metavar="IRI", multiple=True, help="Strike all sources but this one.")
    @wraps(command)
    def with_strike(
        *arguments: Any, without: tuple[str, ...], only: tuple[str, ...], **named: Any
    ) -> None:
        command(*arguments, strike=Strike(without, only), **named)

    return with_strike


def strike_out(store: Store, strike: Strike) -> None:
    """Remove sources from a store in memory, with the inferences that follow from them alone.

    Raises ParameterError for an IRI that is no source, and NoKernelError for an ontology with an
    axiom that no rule follows.
    """
    materialisation = Materialisation.build(store)
    if materialisation.kernel is None:
        raise NoKernelError(f"a source cannot be struck: {materialisation.reason}")
    removed, dropped = strike.removal(store, materialisation.kernel)
    effect, _ = materialisation.extend(Effect(removed=removed, dropped=dropped))
    effect.delta().apply(store, union=True)
