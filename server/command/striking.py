"""The options that leave sources out: as if one had never been read, or as if it alone had been."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from pyoxigraph import Store

from graph.engine.writing.delta import apply
from graph.engine.writing.effect import Effect
from graph.engine.writing.materialisation import Materialisation
from graph.errors import NoKernelError
from graph.striking.strike import Strike


def striking(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command with the options, which it is given as `strike`."""

    @click.option(
        "--without",
        metavar="IRI",
        multiple=True,
        help="As if a source had never been read: a sentence, an article, a publisher or a "
        "background source; can be given several times.",
    )
    @click.option("--only", metavar="IRI", multiple=True, help="As if it alone had been read.")
    @wraps(command)
    def struck(
        *arguments: Any, without: tuple[str, ...], only: tuple[str, ...], **named: Any
    ) -> None:
        command(*arguments, strike=Strike(without, only), **named)

    return struck


def strike_out(store: Store, strike: Strike) -> None:
    """Take sources out of a store in memory, and what is inferred from them alone.

    Raises ParameterError for what is no source, and NoKernelError where the ontology has an axiom
    that no rule follows.
    """
    following = Materialisation.of(store)
    if following.kernel is None:
        raise NoKernelError(f"a source cannot be struck: {following.reason}")
    removed, dropped = strike.removal(store, following.kernel)
    whole, _ = following.follow(Effect(removed=removed, dropped=dropped))
    apply(whole.delta(), store, union=True)
