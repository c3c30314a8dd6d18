"""A client's RDF document, parsed into a store, and the change of one graph by it.

It runs in a worker, which it may crash.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, parse

from graph.dataset import UNNAMED_GRAPH
from graph.errors import BodySyntaxError, LimitError, UnknownNameError
from server.engine.writing.delta import MAX_TERM_BYTES, Effect
from server.request import Verb

NO_FETCHING: Final = "LoadDocumentCallback"
"""The name in pyoxigraph's error about a JSON-LD document that refers to a remote @context."""

TOO_LONG: Final = "buffer maximal size"
"""The words in pyoxigraph's error about a term longer than its buffer."""

UNFETCHED: Final = "a remote @context is not fetched: put it into the document"

NO_DECLARATION: Final = re.compile(
    rb"""
    <!--.*?(?:-->|\Z) | <!\[CDATA\[.*?(?:\]\]>|\Z) | <\?.*?(?:\?>|\Z)
    | <[^!?>] (?: [^'">]++ | "[^"]*+(?:"|\Z) | '[^']*+(?:'|\Z) )*+ (?:>|\Z)
    """,
    re.DOTALL | re.VERBOSE,
)
"""The markup that contains no declaration: comments, CDATA, processing instructions, and tags.

The start of such markup is plain text within another. Markup without an end extends to the end of
the document, so that the scan reads each byte once.
"""


@dataclass(frozen=True, slots=True)
class RdfDocument:
    """The bytes of a document, their format, and the base of its relative IRIs."""

    body: bytes
    format: RdfFormat
    base: str | None

    def read_into(self, store: Store, target: NamedNode | DefaultGraph | None = None) -> None:
        """Add its quads to a store, or its triples to one graph.

        Its blank nodes get new labels: the same label in two documents is not the same node.
        Raises BodySyntaxError, and LimitError for a term that is too long.
        """
        if self.format == RdfFormat.RDF_XML and declares_type(self.body):
            raise BodySyntaxError(
                "a document type declaration is not taken: its entities could expand without bound"
            )
        try:
            quads: Iterable[Quad] = parse(
                self.body,
                self.format,
                base_iri=self.base,
                rename_blank_nodes=True,
                without_named_graphs=target is not None,
            )
            if target is not None:
                quads = (Quad(q.subject, q.predicate, q.object, target) for q in quads)
            store.extend(quads)
        except SyntaxError as error:
            complaint = UNFETCHED if NO_FETCHING in error.msg else error.msg
            message = f"not {self.format.media_type}: {complaint}"
            raise BodySyntaxError(message, error.lineno, error.offset) from None
        except ValueError as error:
            raise BodySyntaxError(f"not {self.format.media_type}: {error}") from None
        except MemoryError as error:
            if TOO_LONG in str(error):
                raise LimitError("bytes in a term", MAX_TERM_BYTES) from None
            raise


def declares_type(body: bytes) -> bool:
    """Return whether an XML document has a DOCTYPE, and so may define entities."""
    declaration = b"<!doctype"
    return declaration in body.lower() and declaration in NO_DECLARATION.sub(b"", body).lower()


def evaluate_change(
    store: Store,
    verb: Verb,
    graph: NamedNode | DefaultGraph,
    document: RdfDocument | None,
    *,
    union: bool,
) -> tuple[Effect, bool]:
    """Return the effect of a change, and whether the graph existed; the store is not changed.

    "drop" has no document. Raises UnknownNameError if it names no graph, and BodySyntaxError.
    """
    target = UNNAMED_GRAPH if union and isinstance(graph, DefaultGraph) else graph
    names = {target.value} if isinstance(target, NamedNode) else set()
    missing = set() if store.contains_named_graph(target) else names
    existed = isinstance(graph, DefaultGraph) or not missing
    if verb == "drop" and not existed:
        raise UnknownNameError(f"no graph {', '.join(missing)}")
    effect = Effect()
    if document is None:
        effect.dropped = names - missing
    else:
        contents = Store()
        document.read_into(contents, target)
        effect.added = set(contents)
        effect.created = missing
    if verb != "merge":
        effect.removed = set(store.quads_for_pattern(None, None, None, target)) - effect.added
    effect.added = {quad for quad in effect.added if quad not in store}
    return effect, existed
