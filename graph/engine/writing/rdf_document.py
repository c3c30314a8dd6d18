"""A stranger's document of RDF, and how it is read into a store."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, parse

from graph.engine.writing.effect import LONGEST
from graph.errors import BodySyntaxError, LimitError

NO_FETCHING: Final = "LoadDocumentCallback"
"""What pyoxigraph says it lacks where a document wants another one fetched."""

TOO_LONG: Final = "buffer maximal size"
"""What pyoxigraph says of a term that is longer than it reads."""

UNFETCHED: Final = "a @context that stands elsewhere is not fetched: put it into the document"

NO_MARKUP: Final = re.compile(
    rb"""
    <!--.*?(?:-->|\Z) | <!\[CDATA\[.*?(?:\]\]>|\Z) | <\?.*?(?:\?>|\Z)
    | <[^!?>] (?: [^'">]++ | "[^"]*+(?:"|\Z) | '[^']*+(?:'|\Z) )*+ (?:>|\Z)
    """,
    re.DOTALL | re.VERBOSE,
)
"""What no declaration stands in: comments, CDATA sections, processing instructions, and tags.

A sign that begins one of them is only text within another. One that does not end goes on to the end
of the document, so that each byte is looked at once.
"""


@dataclass(frozen=True, slots=True)
class Document:
    """The bytes of a document, their format, and the address that relative IRIs start from."""

    body: bytes
    format: RdfFormat
    base: str | None

    def read_into(self, store: Store, target: NamedNode | DefaultGraph | None = None) -> None:
        """Add its quads to a store, or its triples to one graph; raises BodySyntaxError.

        Its blank nodes get new labels: the same label in two documents is not the same node.
        """
        if self.format == RdfFormat.RDF_XML and declares_type(self.body):
            raise BodySyntaxError(
                "a document type declaration is not taken: it could unfold at will"
            )
        try:
            quads = parse(
                self.body,
                self.format,
                base_iri=self.base,
                rename_blank_nodes=True,
                without_named_graphs=target is not None,
            )
            store.extend(quads if target is None else (into(quad, target) for quad in quads))
        except SyntaxError as error:
            complaint = UNFETCHED if NO_FETCHING in error.msg else error.msg
            message = f"not {self.format.media_type}: {complaint}"
            raise BodySyntaxError(message, error.lineno, error.offset) from None
        except ValueError as error:
            raise BodySyntaxError(f"not {self.format.media_type}: {error}") from None
        except MemoryError as error:
            if TOO_LONG in str(error):
                raise LimitError("bytes in a term", LONGEST) from None
            raise


def declares_type(body: bytes) -> bool:
    """Return whether an XML document has a document type, and so may have entities of its own."""
    declaration = b"<!doctype"
    return declaration in body.lower() and declaration in NO_MARKUP.sub(b"", body).lower()


def into(quad: Quad, target: NamedNode | DefaultGraph) -> Quad:
    """Return the triple of a quad in another graph."""
    return Quad(quad.subject, quad.predicate, quad.object, target)
