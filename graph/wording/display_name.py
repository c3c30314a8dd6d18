"""The names of things: their labels, and how a sentence or a page shows them in a language."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import chain
from typing import Final, Self
from urllib.parse import quote as percent_encoded

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store, Triple

from graph.wording.text import END, ISOLATE, clean_text, web_address, write_literal, write_time
from ontology.namespace import BASE, EDITORIAL, shorten
from ontology.terms import CPEC, DCTERMS, RDF, RDFS, XSD, RdfTerm

LABEL_PROPERTIES: Final = (RDFS.LABEL.value, DCTERMS.TITLE.value)
"""The properties whose values are labels, by preference."""

ENGLISH: Final = ("en", "")
"""The language tags of an English label, by preference; "" is a text without a tag."""

TEXTS: Final = frozenset({XSD.STRING.value, RDF.LANG_STRING.value})
"""The datatypes of the literals that a sentence puts in quotes."""

OBLIQUE: Final = "ur-x-oblique"
"""The language tag of an Urdu label as it stands before a postposition."""

POSTPOSITIONS: Final = frozenset(["کا", "کی", "کے", "کو", "میں", "پر", "سے", "تک", "نے"])

NUMBERS: Final = frozenset({XSD.INTEGER, XSD.DECIMAL})
"""The datatypes of the literals whose thousands a page sets apart."""

DEFINITE: Final = frozenset(
    {
        *("PublicBody", "Ministry", "JointCommittee", "Framework", "Partnership", "Programme"),
        *("Initiative", "Meeting", "Signing", "Report", "ReportSeries", "Minutes", "Mandate"),
        *("Agency", "Agreement", "Office"),
    }
)
"""The classes whose members a sentence names with an article: the Joint Committee."""

COMMON: Final = frozenset(
    {
        *("Event", "StatusChange", "Ceremony", "Visit", "Undertaking", "Document", "Memorandum"),
        *("Grant", "Assistance", "Project", "Site", "Port"),
    }
)
"""The classes whose members have one where their name is no proper name: the gift of systems."""

NAMED: Final = frozenset({"Benefit"})
"""The classes whose members have one where their name is a proper name: the Scholarship."""

# the words before the first preposition, comma or bracket end with the head noun; 5,000 has none
HEAD: Final = re.compile(
    r"^(?:as many as )?(.*?)"
    r"(?: (?:of|for|that|to|in|on|with|under|from|as|at|about)\b.*|, .*| \(.*)?$"
)
PAIR: Final = re.compile(r" and [a-z]+$")
"""The end of a head noun of two common nouns."""

OWNED: Final = re.compile(r"[Tt]he |access |\S+['’]s ")
"""The beginning of a name that takes no article: it has one, whose it is, or a mass noun."""

SINGULAR: Final = ("ss", "ics", "is", "us", "News")

MOST_KEPT: Final = 20_000
"""The names, and the descriptions of sources, that are kept of one dataset."""


@dataclass(frozen=True, slots=True)
class Labels:
    """The label of each IRI, by language."""

    texts: Mapping[str, Mapping[str, str]]

    @classmethod
    def from_quads(cls, quads: Iterable[Quad]) -> Self:
        """Return the labels in the quads: the first in code-point order of each language."""
        texts: dict[str, dict[str, str]] = defaultdict(dict)
        named = [quad for quad in quads if quad.predicate.value in LABEL_PROPERTIES]
        rank = LABEL_PROPERTIES.index
        for quad in sorted(named, key=lambda quad: (rank(quad.predicate.value), str(quad))):
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, Literal):
                language = quad.object.language or ""
                texts[quad.subject.value].setdefault(language, quad.object.value)
        return cls(texts)

    def find(self, iri: str, language: str) -> str:
        """Return the label of an IRI in a language, "" if it has none."""
        return self.texts.get(iri, {}).get(language, "")

    def name_in_english(self, node: NamedNode | BlankNode | Literal | Triple) -> str:
        """Return a term for readers: its label, the lexical form of a literal, or a short name."""
        if isinstance(node, Literal):
            return node.value
        if not isinstance(node, NamedNode):
            return str(node)
        labels = (self.find(node.value, language) for language in ENGLISH)
        return next(filter(None, labels), "") or shorten(node.value).strip("<>")


@dataclass(frozen=True, slots=True)
class DisplayName:
    """The name of a thing or a literal.

    `text` is its English name; `texts` its names by language, and `oblique` the Urdu one before a
    postposition, where that is another. `path` is its page here,
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
    oblique: str = ""

    @property
    def phrase(self) -> str:
        """The English name with its article; a headline, which has a verb, in quotation marks."""
        if self.kind == "NewsArticle" and not self.text.startswith("["):
            return f"“{self.text}”"
        return f"the {self.text}" if self.article else self.text

    def inflect(self, language: str, following: str) -> str:
        """Return the name in a language before the following words, "" if it has none there."""
        is_oblique = language == "ur" and following.partition(" ")[0] in POSTPOSITIONS
        return (is_oblique and self.oblique) or self.texts.get(language, "")

    def translate(self, language: str, following: str = "") -> str:
        """Return the name in a sentence of a language, or else the English name, isolated."""
        if language == "en":
            return self.phrase
        return self.inflect(language, following) or f"{ISOLATE}{self.text}{END}"


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
            texts = {language: write_time(place.text, language) for language in ("ur", "zh")}
            return replace(
                place,
                text=write_literal(place.text),
                texts={language: text for language, text in texts.items() if text != place.text},
                kind="text" if is_text else place.kind,
            )
        texts = self.read_labels(node)
        oblique = texts.pop(OBLIQUE, "")
        label = texts.get("en") or texts.get("") or next(iter(texts.values()), "")
        kind = self.find_kind(node)
        return replace(
            place,
            text=label or clean_text(shorten_name(node.value)),
            texts=texts,
            article=has_article(label, kind),
            many=bool(label) and kind != "NewsArticle" and is_plural(label),
            kind=kind,
            oblique=oblique,
        )

    def read_labels(self, node: NamedNode) -> dict[str, str]:
        """Return the first name of a thing in each language, in the order of the alphabet."""
        properties = map(NamedNode, LABEL_PROPERTIES)
        quads = (self.store.quads_for_pattern(node, name, None) for name in properties)
        texts = Labels.from_quads(chain.from_iterable(quads)).texts.get(node.value, {})
        return {language: clean_text(text) for language, text in texts.items()}

    def follow(self, node: RdfTerm, predicate: NamedNode) -> NamedNode | None:
        """Return the only thing to which a property leads, None without one or of several."""
        if not isinstance(node, NamedNode):
            return None
        nodes = {quad.object for quad in self.store.quads_for_pattern(node, predicate, None)}
        only = nodes.pop() if len(nodes) == 1 else None
        return only if isinstance(only, NamedNode) else None

    def find_kind(self, node: NamedNode) -> str:
        """Return the local name of the thing's class in the editorial graph, or ""."""
        quads = self.store.quads_for_pattern(node, RDF.TYPE, None, EDITORIAL)
        own = (quad.object.value for quad in quads if isinstance(quad.object, NamedNode))
        return min((iri.removeprefix(CPEC) for iri in own if iri.startswith(CPEC)), default="")


def has_article(label: str, kind: str) -> bool:
    """Return whether a sentence puts "the" before an English name of a class.

    >>> has_article("COVID-19 pandemic", "Event"), has_article("Eid-ul-Azha 2021", "Event")
    (True, False)
    """
    is_common = label[:1].islower() or label.rpartition(" ")[2].islower()
    has = kind in DEFINITE or (kind in COMMON and is_common) or (kind in NAMED and not is_common)
    is_owned = kind == "Development" and " of " in label
    return bool(label) and (has or is_owned) and not OWNED.match(label)


def make_name(node: RdfTerm, words: Mapping[str, str]) -> DisplayName:
    """Return a term by its words, or else its short IRI; only addresses of the web are links."""
    if isinstance(node, Literal):
        kind = "number" if node.datatype in NUMBERS else ""
        return DisplayName("", node.value, language=node.language or "", kind=kind)
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

    >>> [is_plural(text) for text in ("5,000 sets of systems", "peace and stability", "Robotics")]
    [True, True, False]
    """
    head = HEAD.sub(r"\1", text)
    is_pair = bool(PAIR.search(head)) or head.endswith("people")
    return is_pair or (head.endswith("s") and not head.endswith(SINGULAR))
