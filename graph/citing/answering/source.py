"""The sources behind named graphs: who says it, where, when, and in which words."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote as percent_encoded

from pyoxigraph import NamedNode

from graph.citing.answering.writing import Pieces, quoted, woven
from graph.reasoning.facts.columns import taken
from graph.reasoning.facts.rulebook import SUBJECT
from graph.reasoning.facts.terms import NOWHERE
from graph.reasoning.facts.texts import Texts
from graph.reasoning.provenance import Provenance
from ontology.namespace import CPEC, EVIDENCE_GRAPH, PREFIXES

DCTERMS: Final = PREFIXES["dcterms"]
OA: Final = PREFIXES["oa"]
ARTICLE: Final = OA + "hasSource"
SELECTOR: Final = OA + "hasSelector"
EXACT: Final = OA + "exact"
TITLE: Final = DCTERMS + "title"
DATE: Final = DCTERMS + "date"
ADDRESS: Final = DCTERMS + "source"
CREATOR: Final = DCTERMS + "creator"
ATTRIBUTED: Final = CPEC + "attributedTo"

BARE: Final = b'":{'
"""What stands behind the name of a graph of which no article says anything."""


@dataclass(frozen=True, slots=True)
class Source:
    """What `graph:evidence` says of a graph; an article's fields stand for its sentence."""

    article: str | None = None
    title: str | None = None
    published: str | None = None
    attributed_to: str | None = None
    quote: str | None = None
    href: str | None = None

    def to_json(self) -> dict[str, str]:
        """Return the fields that are known, named as in citations.schema.json."""
        fields = {
            "article": self.article,
            "title": self.title,
            "published": self.published,
            "attributedTo": self.attributed_to,
            "quote": self.quote,
            "href": self.href,
        }
        return {name: value for name, value in fields.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Work:
    """What is said of an article once for all its sentences, and that as JSON, left open."""

    article: str | None
    title: str | None
    published: str | None
    address: str | None
    opening: str


class Evidence:
    """What `graph:evidence` says, looked up by subject and predicate.

    Subjects and values are numbers of the lexicon.
    """

    def __init__(self, provenance: Provenance) -> None:
        self.provenance = provenance
        self.stated = provenance.names.number(EVIDENCE_GRAPH) << 1 | 1
        self.places: dict[str, int] = {}
        self.terms = provenance.names.terms
        article_of = self.column(ARTICLE)
        articles = list({*article_of} - {NOWHERE})
        works = list(map(self.work, articles))
        places = {article: place for place, article in enumerate(articles)}
        self.openings = Texts((*(f'":{{{work.opening}' for work in works), BARE.decode()))
        self.opening_of = array("I", (places.get(one, len(works)) for one in article_of))
        self.rests = Texts(self.rest(works))

    def place(self, predicate: str) -> int:
        """Return the place of a predicate, or NOWHERE; there are few, so it is kept."""
        found = self.places.get(predicate)
        if found is None:
            found = self.provenance.union.places.get(self.number(predicate), NOWHERE)
            self.places[predicate] = found
        return found

    def objects(self, subject: int, predicate: str) -> list[int]:
        """Return the values of a predicate, in the order of their text; no blank nodes."""
        place = self.place(predicate)
        if NOWHERE in {place, subject}:
            return []
        union, terms = self.provenance.union, self.provenance.lexicon.terms
        row = union.row(place << SUBJECT | subject)
        found = [union.object(one) for one in row if self.stated in union.holders(one)]
        if len(found) > 1:
            found.sort(key=lambda number: terms[number].value)
        return [number for number in found if not terms.written(number).startswith(b"_:")]

    def column(self, *predicates: str) -> array[int]:
        """Return for each graph the first value of the first of some predicates, or NOWHERE."""
        found = array("i", [NOWHERE]) * len(self.terms)
        for graph, number in enumerate(self.terms):
            for predicate in predicates:
                values = self.objects(number, predicate)
                if values:
                    found[graph] = values[0]
                    break
        return found

    def text(self, subject: int, predicate: str) -> str | None:
        """Return the first value of a predicate, in the order of their text."""
        found = self.objects(subject, predicate)
        return self.provenance.lexicon.terms[found[0]].value if found else None

    def value(self, subject: str, predicate: str) -> str | None:
        """Return the first value of a predicate of an IRI."""
        return self.text(self.number(subject), predicate)

    def number(self, name: str) -> int:
        """Return the number of an IRI, or NOWHERE."""
        try:
            return self.provenance.lexicon.numbers.get(NamedNode(name), NOWHERE)
        except ValueError:  # a source that is named by a text
            return NOWHERE

    def quotes(self, graph: int) -> list[str]:
        """Return the quotes of a sentence in their order; one within another is left out."""
        terms = self.provenance.lexicon.terms
        selectors = self.objects(graph, SELECTOR)
        selectors.sort(key=lambda number: (len(terms[number].value), terms[number].value))
        found = [terms[one].value for each in selectors for one in self.objects(each, EXACT)]
        return outermost(found)

    def work(self, described: int, *, is_article: bool = True) -> Work:
        """Return what is said of an article, or of a graph that is of none."""
        title, date = self.text(described, TITLE), self.text(described, DATE)
        iri = self.provenance.lexicon.terms[described].value if is_article else None
        fields = Source(iri, title, date).to_json()
        opening = ",".join(f'"{name}":{quoted(text)}' for name, text in fields.items())
        return Work(iri, title, date, self.text(described, ADDRESS), opening)

    def source(self, graph: str) -> Source:
        """Return the source of a graph; empty fields are those of which nothing is said."""
        number = self.number(graph)
        article = next(iter(self.objects(number, ARTICLE)), NOWHERE)
        described = number if article == NOWHERE else article
        work = self.work(described, is_article=article != NOWHERE)
        quotes = self.quotes(number)
        return Source(
            work.article,
            work.title,
            work.published,
            self.text(number, ATTRIBUTED) or self.text(number, CREATOR),
            " … ".join(quotes) or None,
            work.address and highlighted(work.address, quotes),
        )

    def names(self, graphs: Sequence[int]) -> dict[int, bytes]:
        """Return the names of graphs."""
        return dict(zip(graphs, self.provenance.names.several(graphs), strict=True))

    def members(
        self, names: Mapping[int, bytes], worded: Callable[[str], str] | None = None
    ) -> Pieces:
        """Return the sources of graphs, beside their names, as members of an object of JSON.

        Each is `Source.to_json` of `source`, for those that are named by the thousand; with its
        words where it is told how a graph is put in words. Nothing is escaped in a name: it is an
        IRI.
        """
        graphs = list(names)
        works = taken(self.opening_of, graphs)
        different = list({*works})
        opening = dict(zip(different, self.openings.several(different), strict=True))
        openings, rests = list(map(opening.__getitem__, works)), self.rests.several(graphs)
        columns = [list(names.values()), openings, rests]
        if worded is not None:
            said = zip(openings, rests, strict=True)
            columns.append([b"," if first != BARE or rest else b"" for first, rest in said])
            called = map(self.provenance.names.__getitem__, graphs)
            columns.append([f'"words":{quoted(worded(name))}'.encode() for name in called])
        return [b'"', *woven(b'},"', *columns), b"}"] if names else []

    def rest(self, works: Sequence[Work]) -> Iterator[str]:
        """Yield for each graph what is said after the opening of its article, as members."""
        agents = self.column(ATTRIBUTED, CREATOR)
        said = {agent: self.attribution(agent) for agent in {*agents} - {NOWHERE}}
        columns = self.terms, self.opening_of, agents, self.column(SELECTOR)
        for number, place, agent, selector in zip(*columns, strict=True):
            work = works[place] if place < len(works) else self.work(number, is_article=False)
            quotes = self.quotes(number) if selector != NOWHERE else []
            fields = [work.opening, said.get(agent, "")]
            if quotes:
                fields.append(f'"quote":{quoted(" … ".join(quotes))}')
            if work.address:
                fields.append(f'"href":{quoted(highlighted(work.address, quotes))}')
            written = ",".join(filter(None, fields))
            yield written.removeprefix(work.opening) if place < len(works) else written

    def attribution(self, agent: int) -> str:
        """Return who says so as a member of an object of JSON."""
        return f'"attributedTo":{quoted(self.provenance.lexicon.terms[agent].value)}'


def outermost(quotes: Sequence[str]) -> list[str]:
    """Return the quotes that stand within no other one, each once.

    >>> outermost(["the 14th meeting", "14th", "in Islamabad"])
    ['the 14th meeting', 'in Islamabad']
    """
    different = dict.fromkeys(quotes)
    return [one for one in different if not any(one in o and one != o for o in different)]


def highlighted(address: str, quotes: list[str]) -> str:
    """Return an address that takes a browser to the quotes in the page.

    https://wicg.github.io/scroll-to-text-fragment/
    """
    if not quotes or not address.startswith(("http://", "https://")) or "#" in address:
        return address
    # a hyphen parts the fragment's prefix and suffix from its text, so it is encoded too
    texts = (percent_encoded(words, safe="").replace("-", "%2D") for words in quotes)
    return f"{address}#:~:" + "&".join(f"text={text}" for text in texts)
