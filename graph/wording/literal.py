"""A literal in words, with its type or tag where the graph has its text or value otherwise."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cached_property, lru_cache
from itertools import islice
from typing import Final

from pyoxigraph import DefaultGraph, Literal, NamedNode, Store

from graph.wording.display_name import MOST_KEPT
from graph.wording.text import add_article, clean_text, write_time
from ontology.namespace import shorten
from ontology.terms import RDFS, XSD, RdfTerm
from ontology.vocabulary import LANGUAGES

MOST_SCANNED: Final = 50_000
"""The values of a property, and the labels for their language tags, that are looked through."""

TIMES: Final = frozenset(map(XSD.__add__, ("date", "gYearMonth", "duration")))
"""The datatypes whose literals are worded: 26 September 2025."""

PLAIN: Final = frozenset(map(XSD.__add__, ("integer", "decimal", "boolean", "gYear")))
"""The datatypes that readers understand by the characters of a literal."""

TYPES: Final = (
    *("string", "integer", "decimal", "double", "float", "boolean"),
    *("date", "dateTime", "gYear", "gYearMonth", "time", "duration", "anyURI"),
)
"""The datatypes of XML Schema in which the characters of a literal are looked for."""

NUMBERS: Final = TYPES[1:5]
NUMBER: Final = re.compile(r"[+-]?\d+(\.\d+)?")
VALUE: Final = re.compile(rf"{NUMBER.pattern}|true|false")


class LiteralWords:
    """Words the literals of a dataset."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.find_alike = lru_cache(MOST_KEPT)(self.look_up)
        self.find_values = lru_cache(MOST_KEPT)(self.compare_values)
        self.find_texts = lru_cache(MOST_KEPT)(self.group_values)

    @cached_property
    def tags(self) -> list[str]:
        """The language tags of labels."""
        labels = islice(self.store.quads_for_pattern(None, RDFS.LABEL, None), MOST_SCANNED)
        own = (quad.object.language for quad in labels if isinstance(quad.object, Literal))
        return sorted({*LANGUAGES, *filter(None, own)})

    def look_up(self, literal: Literal) -> tuple[RdfTerm, ...]:
        """Return the other terms of the dataset with the same characters or number."""
        terms = (term for term in list_alike(literal, self.tags) if term != literal)
        found = (term for term in terms if any(self.store.quads_for_pattern(None, None, term)))
        return tuple(dict.fromkeys(found))

    def compare_values(
        self, subject: NamedNode | None, predicate: NamedNode, literal: Literal
    ) -> tuple[Literal, ...]:
        """Return the values of a property that differ from a literal in type, tag or case alone."""
        values, alike = self.find_texts(subject, predicate), self.find_alike(literal)
        texts = dict.fromkeys(term.value.casefold() for term in (literal, *alike))  # type: ignore[union-attr]
        return tuple(
            term
            for text in texts
            for term in values.get(text, ())
            if term != literal and (text == literal.value.casefold() or term in alike)
        )

    def group_values(
        self, subject: NamedNode | None, predicate: NamedNode
    ) -> dict[str, dict[Literal, None]]:
        """Return the literals of a property by their text, in lower case."""
        values: dict[str, dict[Literal, None]] = defaultdict(dict)
        quads = self.store.quads_for_pattern(subject, predicate, None, DefaultGraph())
        for quad in islice(quads, MOST_SCANNED):
            if isinstance(quad.object, Literal):
                values[quad.object.value.casefold()][quad.object] = None
        return values

    def write(self, literal: Literal, *, marked: bool = False, alone: bool = False) -> str:
        """Return a literal in words: “Pakistan”@fr, 26 September 2025, 14 as a decimal.

        It has its type or tag if it is to be `marked`, or if the dataset has another like it; a
        number or a year has none where it is told `alone`.
        """
        text, datatype = clean_text(literal.value), literal.datatype.value
        alike = self.find_alike(literal)
        marked = marked or (bool(alike) and not (alone and datatype in PLAIN))
        if literal.language:
            return f"“{text}”@{literal.language}" if marked else f"“{text}”"
        if datatype == XSD.STRING.value:
            tagged = any(isinstance(term, Literal) and term.language for term in alike)
            mark = " without a language tag" if tagged else " as a text"
            return f"“{text}”{mark if marked else ''}"
        words = write_time(text) if datatype in TIMES else text
        if not marked and (words != text or (datatype in PLAIN and VALUE.fullmatch(text))):
            return words
        words = words if words != text or NUMBER.fullmatch(text) else f"“{text}”"
        return f"{words} as {add_article(shorten(datatype).removeprefix('xsd:'))}"


def list_alike(literal: Literal, tags: Iterable[str]) -> Iterator[RdfTerm]:
    """Yield terms with the characters of a literal, its number, or its day at midnight."""
    text, datatype = literal.value, literal.datatype.value
    yield from (Literal(text, datatype=NamedNode(XSD + name)) for name in TYPES)
    yield from (Literal(text, language=tag) for tag in tags)
    if datatype.startswith(XSD) and NUMBER.fullmatch(text):
        number = text.rstrip("0").rstrip(".") if "." in text else text
        yield from (Literal(number, datatype=NamedNode(XSD + name)) for name in NUMBERS)
    if datatype == XSD + "dateTime":
        yield Literal(text.removesuffix("T00:00:00"), datatype=XSD.DATE)
    if ":" in text:
        with suppress(ValueError):  # the text is no IRI
            yield NamedNode(text)
