"""The name of a thing in three languages, as a sentence or a page shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from pyoxigraph import Literal, NamedNode, Store

from graph.wording.reference import MONTHS, write_date
from graph.wording.term import make_term
from ontology.namespace import EDITORIAL, shorten
from ontology.terms import CPEC, DCTERMS, RDF, RDFS, XSD, RdfTerm

TEXTS: Final = frozenset({XSD.STRING.value, RDF.LANG_STRING.value})
"""The datatypes of the literals that a sentence puts in quotes."""

LONGEST: Final = 240
"""The characters of a text that a page shows; an honest label has a tenth of them."""

UNSEEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+"
)
"""Invisible characters, and controls that reorder the text around them (Unicode TR 36, 3.2)."""

DEFINITE: Final = frozenset(
    {
        *("PublicBody", "Ministry", "JointCommittee", "Framework", "Partnership", "Programme"),
        *("Initiative", "Meeting", "Signing", "Report", "ReportSeries", "Minutes", "Mandate"),
    }
)
"""The classes whose members a sentence names with an article: the Joint Committee."""

HEAD: Final = re.compile(r"^(.*?)(?: (?:of|for|that|to|in|on|with|under|from)\b.*|,.*| \(.*)?$")
SINGULAR: Final = ("ss", "ics", "is", "us", "News")


@dataclass(frozen=True, slots=True)
class DisplayName:
    """The name of a thing or a literal.

    `text` is its English name; `texts` its names by language. `path` is its page here, `address`
    its page elsewhere; a literal has neither. `article` says that a sentence puts "the" before the
    English name, `many` that this name is a plural.
    """

    iri: str
    text: str
    texts: dict[str, str] = field(default_factory=dict)
    path: str = ""
    address: str = ""
    language: str = ""
    article: bool = False
    many: bool = False
    kind: str = ""

    @property
    def phrase(self) -> str:
        """The English name with its article."""
        return f"the {self.text}" if self.article else self.text


class Names:
    """Finds the names of terms in a store; each is looked up once."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.known: dict[RdfTerm, DisplayName] = {}

    def __call__(self, node: RdfTerm) -> DisplayName:
        """Return the name of a term."""
        if node not in self.known:
            self.known[node] = self.look_up(node)
        return self.known[node]

    def look_up(self, node: RdfTerm) -> DisplayName:
        """Return the name of a term from the store."""
        if isinstance(node, Literal):
            kind = "text" if node.datatype.value in TEXTS else ""
            return DisplayName(
                "", write_literal(node.value), language=node.language or "", kind=kind
            )
        if not isinstance(node, NamedNode):
            return DisplayName("", clean_text(str(node)))
        texts = self.read_labels(node)
        label = texts.get("en") or texts.get("") or next(iter(texts.values()), "")
        place = make_term(node, {})
        kind = self.find_kind(node)
        text = label or clean_text(shorten_name(node.value))
        return DisplayName(
            node.value,
            text,
            texts,
            place.path,
            place.address,
            article=bool(label) and kind in DEFINITE and not text.startswith(("the ", "The ")),
            many=bool(label) and is_plural(text),
            kind=kind,
        )

    def read_labels(self, node: NamedNode) -> dict[str, str]:
        """Return the first name of a thing in each language, in the order of the alphabet."""
        labels: dict[str, str] = {}
        for predicate in (RDFS.LABEL, DCTERMS.TITLE):
            for label in sorted(self.list_literals(node, predicate), key=str):
                labels.setdefault(label.language or "", clean_text(label.value))
        return labels

    def list_literals(self, node: NamedNode, predicate: NamedNode) -> Iterator[Literal]:
        """Yield the literals of a property of a thing."""
        for quad in self.store.quads_for_pattern(node, predicate, None):
            if isinstance(quad.object, Literal):
                yield quad.object

    def find_kind(self, node: NamedNode) -> str:
        """Return the local name of the thing's class in the editorial graph, or ""."""
        quads = self.store.quads_for_pattern(node, RDF.TYPE, None, EDITORIAL)
        own = (quad.object.value for quad in quads if isinstance(quad.object, NamedNode))
        return min((iri.removeprefix(CPEC) for iri in own if iri.startswith(CPEC)), default="")


def clean_text(text: str) -> str:
    """Return a text bounded, on one line, without invisible characters."""
    clean = UNSEEN.sub(" ", text[: LONGEST * 2]).strip()
    return clean if len(clean) <= LONGEST else clean[:LONGEST].rstrip() + " …"


def write_literal(text: str) -> str:
    """Return the text of a literal, with a date in words.

    >>> write_literal("2026-04"), write_literal("2026-03-31")
    ('April 2026', '31 March 2026')
    """
    month = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text)
    return f"{MONTHS[int(month[2]) - 1]} {month[1]}" if month else clean_text(write_date(text))


def shorten_name(iri: str) -> str:
    """Return the local name of an IRI without a label, with blanks for its underscores."""
    prefixed = shorten(iri).strip("<>")
    return prefixed.removeprefix("id:").replace("_", " ")


def is_plural(text: str) -> bool:
    """Return whether an English name is a plural, by its head noun.

    >>> is_plural("climate resilience initiatives"), is_plural("Robotics")
    (True, False)
    """
    head = HEAD.sub(r"\1", text)
    return head.endswith("s") and not head.endswith(SINGULAR)
