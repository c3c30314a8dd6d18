"""The name of a thing in three languages, as a sentence or a page shows it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import chain
from typing import Final
from urllib.parse import quote as percent_encoded

from pyoxigraph import Literal, NamedNode, Store, Triple

from graph.wording.label import LABEL_PROPERTIES, Labels
from graph.wording.text import END, ISOLATE, clean_text, web_address, write_date, write_literal
from ontology.namespace import BASE, EDITORIAL, shorten
from ontology.terms import CPEC, RDF, XSD, RdfTerm

TEXTS: Final = frozenset({XSD.STRING.value, RDF.LANG_STRING.value})
"""The datatypes of the literals that a sentence puts in quotes."""

DEFINITE: Final = frozenset(
    {
        *("PublicBody", "Ministry", "JointCommittee", "Framework", "Partnership", "Programme"),
        *("Initiative", "Meeting", "Signing", "Report", "ReportSeries", "Minutes", "Mandate"),
    }
)
"""The classes whose members a sentence names with an article: the Joint Committee."""

HEAD: Final = re.compile(r"^(.*?)(?: (?:of|for|that|to|in|on|with|under|from)\b.*|,.*| \(.*)?$")
SINGULAR: Final = ("ss", "ics", "is", "us", "News")

MOST_KEPT: Final = 20_000
"""The names, and the descriptions of sources, that are kept of one dataset."""


@dataclass(frozen=True, slots=True)
class DisplayName:
    """The name of a thing or a literal.

    `text` is its English name; `texts` its names by language. `path` is its page here,
    percent-encoded, `address` its page elsewhere; a literal has neither. `article` says that a
    sentence puts "the" before the English name, `many` that this name is a plural.
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

    def translate(self, language: str) -> str:
        """Return the name in a sentence of a language, or else the English name, isolated."""
        if language == "en":
            return self.phrase
        return self.texts.get(language) or f"{ISOLATE}{self.text}{END}"


class Names:
    """Finds the names of terms in a store; each is looked up once."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.known = lru_cache(MOST_KEPT)(self.look_up)

    def __call__(self, node: RdfTerm) -> DisplayName:
        """Return the name of a term."""
        return self.known(node)

    def find(self, text: str) -> DisplayName:
        """Return the name of an IRI; a text that is no IRI is its own name."""
        try:
            return self(NamedNode(text))
        except ValueError:
            return DisplayName("", clean_text(text))

    def write_label(self, predicate: NamedNode) -> str:
        """Return the words of a property that has no phrase."""
        return f"– {self(predicate).text}:"

    def look_up(self, node: RdfTerm) -> DisplayName:
        """Return the name of a term from the store."""
        place = make_name(node, {})
        if not isinstance(node, NamedNode):
            is_text = isinstance(node, Literal) and node.datatype.value in TEXTS
            texts = {language: write_date(place.text, language) for language in ("ur", "zh")}
            return replace(
                place,
                text=write_literal(place.text),
                texts={language: text for language, text in texts.items() if text != place.text},
                kind="text" if is_text else "",
            )
        texts = self.read_labels(node)
        label = texts.get("en") or texts.get("") or next(iter(texts.values()), "")
        kind = self.find_kind(node)
        return replace(
            place,
            text=label or clean_text(shorten_name(node.value)),
            texts=texts,
            article=bool(label) and kind in DEFINITE and not label.startswith(("the ", "The ")),
            many=bool(label) and is_plural(label),
            kind=kind,
        )

    def read_labels(self, node: NamedNode) -> dict[str, str]:
        """Return the first name of a thing in each language, in the order of the alphabet."""
        properties = map(NamedNode, LABEL_PROPERTIES)
        quads = (self.store.quads_for_pattern(node, name, None) for name in properties)
        texts = Labels.from_quads(chain.from_iterable(quads)).texts.get(node.value, {})
        return {language: clean_text(text) for language, text in texts.items()}

    def find_kind(self, node: NamedNode) -> str:
        """Return the local name of the thing's class in the editorial graph, or ""."""
        quads = self.store.quads_for_pattern(node, RDF.TYPE, None, EDITORIAL)
        own = (quad.object.value for quad in quads if isinstance(quad.object, NamedNode))
        return min((iri.removeprefix(CPEC) for iri in own if iri.startswith(CPEC)), default="")


def make_name(node: RdfTerm, words: Mapping[str, str]) -> DisplayName:
    """Return a term by its words, or else its short IRI; only addresses of the web are links."""
    if isinstance(node, Literal):
        return DisplayName("", node.value, language=node.language or "")
    if not isinstance(node, NamedNode):
        return DisplayName("", read_text(node))
    name = DisplayName(node.value, words.get(node.value) or shorten(node.value).strip("<>"))
    if node.value.startswith(BASE) and not node.value.startswith(f"{BASE}/"):  # no `//host`
        return replace(name, path=make_path(node.value))
    return replace(name, address=web_address(node.value))


def make_path(iri: str) -> str:
    """Return the path of an IRI of the project, below the root of its host.

    A `#` begins the place in a document; the name of a thing may contain it.
    """
    local = iri.removeprefix(BASE)
    if local.startswith("id/"):
        return percent_encoded(f"page/{local.removeprefix('id/')}")
    document, mark, place = local.partition("#")
    return percent_encoded(document) + mark + percent_encoded(place)


def read_text(node: object) -> str:
    """Return the text of a term, "" for None; a triple term has the prefixes of the project."""
    if isinstance(node, NamedNode | Literal):
        return node.value
    if isinstance(node, Triple):
        ends = (shorten(n.value) if isinstance(n, NamedNode) else read_text(n) for n in node)
        return f"<<( {' '.join(ends)} )>>"
    return "" if node is None else str(node)


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
