"""Names: what things are called in three languages, and how a sentence speaks of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Store, Triple

from graph.curating.reference import MONTHS, spoken_date
from graph.explaining.term import make_term
from ontology.namespace import EDITORIAL_GRAPH, shorten
from ontology.terms import CPEC, DCTERMS, RDF, RDFS, XSD

Node = NamedNode | BlankNode | Literal | Triple

EDITORIAL: Final = NamedNode(EDITORIAL_GRAPH)

TEXTS: Final = frozenset({XSD.STRING.value, RDF.LANG_STRING.value})
"""The datatypes of what is quoted when a sentence says it."""

LONGEST: Final = 240
"""The characters of a text that a page shows; an honest label has a tenth of them."""

UNSEEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+"
)
"""What changes how the text around it is read, or is not seen at all (Unicode TR 36, 3.2)."""

DEFINITE: Final = frozenset(
    {
        *("PublicBody", "Ministry", "JointCommittee", "Framework", "Partnership", "Programme"),
        *("Initiative", "Meeting", "Signing", "Report", "ReportSeries", "Minutes", "Mandate"),
    }
)
"""The classes of things whose names have an article in a sentence: the Joint Committee."""

HEAD: Final = re.compile(r"^(.*?)(?: (?:of|for|that|to|in|on|with|under|from)\b.*|,.*| \(.*)?$")
SINGULAR: Final = ("ss", "ics", "is", "us", "News")


@dataclass(frozen=True, slots=True)
class DisplayName:
    """The name of a thing or a value, as a sentence or a page shows it.

    `text` is its English name; `texts` its names by language. `path` is where it is read about
    here, `address` where it is elsewhere; a literal has neither. `article` stands before the
    English name, `many` tells whether it is a plural.
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
    def worded(self) -> str:
        """The English name with its article."""
        return f"the {self.text}" if self.article else self.text


class Names:
    """Finds the names of terms in a store; each is looked up once."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.known: dict[Node, DisplayName] = {}

    def __call__(self, node: Node) -> DisplayName:
        """Return the name of a term."""
        found = self.known.get(node)
        if found is None:
            found = self.known[node] = self.named(node)
        return found

    def named(self, node: Node) -> DisplayName:
        """Return the name of a term, looked up."""
        if isinstance(node, Literal):
            kind = "text" if node.datatype.value in TEXTS else ""
            return DisplayName(
                "", write_literal(node.value), language=node.language or "", kind=kind
            )
        if not isinstance(node, NamedNode):
            return DisplayName("", clean_text(str(node)))
        texts = self.texts(node)
        shown_text = texts.get("en") or texts.get("") or next(iter(texts.values()), "")
        place = make_term(node, {})
        kind = self.kind(node)
        text = shown_text or clean_text(shorten_name(node.value))
        return DisplayName(
            node.value,
            text,
            texts,
            place.path,
            place.address,
            article=bool(shown_text) and kind in DEFINITE and not text.startswith(("the ", "The ")),
            many=bool(shown_text) and is_plural(text),
            kind=kind,
        )

    def texts(self, node: NamedNode) -> dict[str, str]:
        """Return the first name of a thing in each language, in the order of the alphabet."""
        found: dict[str, str] = {}
        for predicate in (RDFS.LABEL, DCTERMS.TITLE):
            for label in sorted(self.literals(node, predicate), key=str):
                found.setdefault(label.language or "", clean_text(label.value))
        return found

    def literals(self, node: NamedNode, predicate: NamedNode) -> Iterator[Literal]:
        """Yield the texts that a property of a thing has."""
        for quad in self.store.quads_for_pattern(node, predicate, None):
            if isinstance(quad.object, Literal):
                yield quad.object

    def kind(self, node: NamedNode) -> str:
        """Return the local name of the class that the project says a thing to be of, or ""."""
        quads = self.store.quads_for_pattern(node, RDF.TYPE, None, EDITORIAL)
        own = (quad.object.value for quad in quads if isinstance(quad.object, NamedNode))
        return min((iri.removeprefix(CPEC) for iri in own if iri.startswith(CPEC)), default="")


def clean_text(text: str) -> str:
    """Return a text as a page can show it: bounded, on one line, with nothing that hides in it."""
    clean = UNSEEN.sub(" ", text[: LONGEST * 2]).strip()
    return clean if len(clean) <= LONGEST else clean[:LONGEST].rstrip() + " …"


def write_literal(text: str) -> str:
    """Return the text of a literal as it is said: a day and a month by their names.

    >>> write_literal("2026-04"), write_literal("2026-03-31")
    ('April 2026', '31 March 2026')
    """
    month = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text)
    return f"{MONTHS[int(month[2]) - 1]} {month[1]}" if month else clean_text(spoken_date(text))


def shorten_name(iri: str) -> str:
    """Return the local part of a name that has no label, its underscores as blanks."""
    prefixed = shorten(iri).strip("<>")
    return prefixed.removeprefix("id:").replace("_", " ")


def is_plural(text: str) -> bool:
    """Return whether an English name is a plural, as its head tells.

    >>> is_plural("climate resilience initiatives"), is_plural("Robotics")
    (True, False)
    """
    head = HEAD.sub(r"\1", text)
    return head.endswith("s") and not head.endswith(SINGULAR)
