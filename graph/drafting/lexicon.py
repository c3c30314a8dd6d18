"""The lexicon: the names that the graph and the world's countries have, found in a text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, Self

from babel import Locale
from pyoxigraph import Literal, NamedNode, Quad

from graph.curating.skeleton import make_name
from graph.reconciling.folding import UNWEIGHTED, split_words
from ontology.namespace import ID
from ontology.terms import CPEC, RDF, RDFS, SKOS

HOLDS: Final = NamedNode("http://www.w3.org/ns/org#holds")
NAMING: Final = (RDFS.LABEL, SKOS.ALT_LABEL)
TOKEN: Final = re.compile(r"[\u3400-\u9fff]|(?:[^\W_\u3400-\u9fff]|['’.&](?=[^\W_\u3400-\u9fff]))+")
"""A word as a text has it, or an ideograph."""

LOOSE: Final = UNWEIGHTED - {"and", "و", "اور", "和", "与", "及"}
"""Words that a name may have or not; what joins two names is none of them."""

BRACKET: Final = re.compile(r"\s*[（(][^()（）]*[)）]$")
OF_COUNTRY: Final = re.compile(r" (?:of|to) (?:Pakistan|China)$")
BILATERAL: Final = re.compile(r"^(?:Pak(?:istan)?-China|China-Pak(?:istan)?|Sino-Pak) (?=\S+ \S)")
TURNED: Final = frozenset(("Office", "Port", "PublicBody", "Agency", "Ministry"))
"""Classes whose "A of B" is called "B A" too."""

TITLE_OF: Final = re.compile(r"^(.+?) of (.+)$")


@dataclass(frozen=True, slots=True)
class FoundName:
    """A name in a text: its offsets and the things that it means."""

    start: int
    end: int
    things: tuple[str, ...]


@dataclass(slots=True)
class NameLexicon:
    """Names by their folded words; classes of things and of the vocabulary, by local names.

    `modality` and `counterpart` are those of properties, by their IRIs; `numbered` has the meetings
    by their bodies and ordinals, and the reports by their series and months; `plans` has the plans
    by what is planned and its date, and `holdings` the persons with their offices.
    """

    names: dict[tuple[str, ...], set[str]] = field(default_factory=lambda: defaultdict(set))
    labels: dict[str, str] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    above: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    modality: dict[str, str] = field(default_factory=dict)
    counterpart: dict[str, str] = field(default_factory=dict)
    countries: dict[str, str] = field(default_factory=dict)
    numbered: dict[tuple[str, str], str] = field(default_factory=dict)
    plans: dict[tuple[str, str], str] = field(default_factory=dict)
    holdings: set[tuple[str, str]] = field(default_factory=set)
    longest: int = 1

    @classmethod
    def read(cls, quads: Iterable[Quad]) -> Self:
        """Return the lexicon of a master copy."""
        own = cls()
        named: list[tuple[str, str, bool]] = []
        numbers: dict[str, str] = {}
        series: dict[str, str] = {}
        planned: dict[str, str] = {}
        dates: dict[str, str] = {}
        statuses: dict[str, str] = {}
        tables = {
            CPEC + "statusOf": planned,
            CPEC + "plannedFor": dates,
            CPEC + "newStatus": statuses,
            CPEC + "modality": own.modality,
            CPEC + "counterpart": own.counterpart,
            CPEC + "ordinal": numbers,
            CPEC + "issue": numbers,
            CPEC + "meetingOf": series,
            CPEC + "inSeries": series,
        }
        for quad in quads:
            if not isinstance(quad.subject, NamedNode):
                continue
            subject, value = quad.subject.value, getattr(quad.object, "value", "")
            if quad.predicate.value in tables:
                tables[quad.predicate.value][subject] = value
            elif quad.predicate == RDFS.SUB_CLASS_OF and value.startswith(CPEC):
                own.above[subject.removeprefix(CPEC)].add(value.removeprefix(CPEC))
            elif not subject.startswith(ID):
                continue
            elif quad.predicate == RDF.TYPE and value.startswith(CPEC):
                own.types[subject.removeprefix(ID)] = value.removeprefix(CPEC)
            elif quad.predicate == HOLDS:
                own.holdings.add((subject.removeprefix(ID), value.removeprefix(ID)))
            elif quad.predicate in NAMING and isinstance(quad.object, Literal):
                named.append((subject.removeprefix(ID), value, quad.predicate == RDFS.LABEL))
        for thing, name, is_label in named:
            own.add(thing, name, is_label=is_label)
        own.add_countries()
        own.numbered = {
            (series[thing].removeprefix(ID), number): thing.removeprefix(ID)
            for thing, number in numbers.items()
            if thing in series
        }
        own.plans = {
            (planned[change].removeprefix(ID), day): change.removeprefix(ID)
            for change, day in dates.items()
            if change in planned and statuses.get(change) == CPEC + "Planned"
        }
        return own

    def list_classes(self, name: str) -> set[str]:
        """Return a class and those above it."""
        return {name}.union(*(self.list_classes(higher) for higher in self.above.get(name, ())))

    def add(self, thing: str, name: str, *, is_label: bool = True) -> None:
        """Add a name of a thing, and what it is also called: an office without its country."""
        kind = self.types.get(thing, "")
        if kind in SITUATIONS:
            return
        if is_label:
            self.labels.setdefault(thing, name)
        names = {name, BRACKET.sub("", name)} if kind != "Report" else {name}
        names |= {BILATERAL.sub("", own) for own in names}
        if kind in TURNED:
            names |= {OF_COUNTRY.sub("", own) for own in names}
            names |= {TITLE_OF.sub(r"\2 \1", own) for own in names}
        for own in names:
            words = split_words(own)
            is_topic = "Topic" in self.list_classes(kind)
            is_common = len(words) == 1 and own.isascii() and own.islower() and not is_topic
            is_short = len(own) < 3 and not own.isascii() and is_topic
            if words and not is_common and not is_short:
                self.names[tidy(words)].add(thing)
                self.longest = max(self.longest, len(words))

    def add_countries(self) -> None:
        """Add the countries of the world that the graph has not; a new one has its English name."""
        english = Locale("en").territories
        for language in ("en", "ur", "zh"):
            for code, name in Locale(language).territories.items():
                words = tidy(split_words(name))
                if code.isalpha() and len(code) == 2 and words not in self.names:
                    thing = make_name(str(english[code]))
                    self.countries[thing] = str(english[code])
                    self.names[words].add(thing)
                    self.longest = max(self.longest, len(words))

    def find_kind(self, thing: str) -> str:
        """Return the class of a thing, "" if the graph does not have the thing."""
        return self.types.get(thing) or ("Country" if thing in self.countries else "")

    def find(self, text: str) -> Iterator[FoundName]:
        """Yield the names in a text, the longest at each place; a name of two things is none.

        Nor is that of a meeting with an ordinal: a rule reads its parts.
        """
        numbered = {own for own in self.numbered.values() if self.types.get(own) == "Meeting"}
        words = [
            (word, match.start(), match.end())
            for match in TOKEN.finditer(text)
            for word in split_words(match[0])
        ]
        at = 0
        while at < len(words):
            for length in range(min(self.longest, len(words) - at), 0, -1):
                run = words[at : at + length]
                key = tidy(tuple(word for word, *_ in run))
                things = self.names.get(key, set()) if run[0][0] not in UNWEIGHTED else set()
                start, end = run[0][1], run[-1][2]
                is_within = ")" in text[start:end] and "(" not in text[start:end]
                if (
                    len(things) == 1
                    and not things & numbered
                    and run[-1][0] in key
                    and not is_within
                ):
                    yield FoundName(start, find_name_end(text, start, end), tuple(things))
                    at += length - 1
                    break
            at += 1


SITUATIONS: Final = frozenset(
    ("Amount", "Assistance", "Mandate", "NewsArticle", "Participation", "Signing", "StatusChange")
)
"""Classes whose labels are phrases of ours, which no text has."""


def tidy(words: Iterable[str]) -> tuple[str, ...]:
    """Return folded words without those that tell nothing apart."""
    return tuple(word for word in words if word not in LOOSE)


def find_name_end(text: str, start: int, end: int) -> int:
    """Return the end of a name without the ending of a possessive, and with its own bracket."""
    if text[end : end + 1] == ")" and text.count("(", start, end) > text.count(")", start, end):
        return end + 1
    return end - 2 if text[start:end].endswith(("'s", "’s")) else end
