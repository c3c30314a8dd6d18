"""The works behind sources: author, title, publisher, date and address of each cited article."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Literal, NamedNode

from graph.answering.evaluation import Answer, Query, fill_values, own_query, read_query
from graph.publishing.resource import read_rows
from graph.wording.display_name import read_text, shorten_name
from graph.wording.text import clean_text, web_address
from ontology.terms import DCTERMS, SCHEMA, RdfTerm

TITLE_LENGTH: Final = 400
"""The maximum length of a title in a reference, in characters."""

WORKS: Final = read_query(__file__, "works")
"""The values of works, 5,000 at most: an article has some ten."""

DAY: Final = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?)?(?:[TZ+].*)?")
"""A year, a month or a day, with or without a time or a zone (XML Schema 2, 3.3.7 to 3.3.11)."""


@dataclass(frozen=True, slots=True)
class Author:
    """An author: the family and the given name of a person, or a whole name as `family`."""

    family: str
    given: str = ""
    is_person: bool = True


@dataclass(frozen=True, slots=True)
class Work:
    """An article or another source; an unknown field is empty.

    `date` is year, month and day as far as they are known. `title` is in sentence case if the work
    has that as its alternative title; `translation` is the English title of a work in another
    language.
    """

    iri: str
    title: str
    language: str = ""
    translation: str = ""
    date: tuple[int, ...] = ()
    publisher: str = ""
    authors: Sequence[Author] = ()
    address: str = ""


Labels = dict[RdfTerm, list[Literal]]
"""The values of a property of a work, each with its labels."""


def query_works(iris: Iterable[str]) -> Query:
    """Return the query for the description of works; a blank node has none."""
    works = (NamedNode(iri) for iri in iris if ":" in iri)
    return own_query(fill_values(WORKS, "work", works))


def read_works(answer: Answer) -> dict[str, Work]:
    """Return the works by IRI."""
    values: dict[str, dict[str, Labels]] = defaultdict(lambda: defaultdict(dict))
    people: set[RdfTerm] = set()
    for work, name, value, label, person in read_rows(answer):
        if value is not None:
            labels = values[read_text(work)][read_text(name)].setdefault(value, [])
            labels += [label] if isinstance(label, Literal) else []
            if person:
                people.add(value)
    return {iri: read_work(iri, own, people) for iri, own in values.items()}


def read_work(iri: str, values: Mapping[str, Labels], people: set[RdfTerm]) -> Work:
    """Return the work that values by property describe."""
    cases = {case.value.casefold(): case for case in list_texts(values, DCTERMS.ALTERNATIVE)}
    titles = [cases.get(own.value.casefold(), own) for own in list_texts(values, DCTERMS.TITLE)]
    languages = [read_text(code) for code in values.get(SCHEMA.IN_LANGUAGE.value, ())]
    title = select_text(titles, [*languages, "en"])
    english = select_text(titles, ["en"])
    dates = [read_text(day) for day in values.get(DCTERMS.DATE.value, ())]
    match = DAY.fullmatch(min(dates)) if dates else None
    addresses = map(web_address, map(read_text, values.get(DCTERMS.SOURCE.value, ())))
    publishers = values.get(DCTERMS.PUBLISHER.value, {})
    return Work(
        iri,
        title,
        languages[0] if len(languages) == 1 else "",
        english if english != title else "",
        tuple(int(part) for part in match.groups() if part) if match else (),
        ", ".join(name_agent(agent, labels) for agent, labels in publishers.items()),
        [
            split_name(name_agent(agent, labels), is_person=agent in people)
            for agent, labels in values.get(DCTERMS.CREATOR.value, {}).items()
        ],
        next(filter(None, addresses), ""),
    )


def list_texts(values: Mapping[str, Labels], predicate: NamedNode) -> list[Literal]:
    """Return the values of a property that are texts."""
    return [text for text in values.get(predicate.value, ()) if isinstance(text, Literal)]


def select_text(texts: Sequence[Literal], languages: Iterable[str]) -> str:
    """Return the text in the first of the languages that has one, or the first text, or ""."""
    by_language = {text.language or "": text.value for text in reversed(texts)}
    chosen = (by_language[code] for code in languages if code in by_language)
    return clean_text(next(chosen, texts[0].value if texts else ""), TITLE_LENGTH)


def name_agent(agent: RdfTerm, labels: Sequence[Literal]) -> str:
    """Return the English label of an author or a publisher, or another one, or its local name."""
    own = clean_text(
        read_text(agent) if isinstance(agent, Literal) else shorten_name(read_text(agent))
    )
    return select_text(labels, ["en", ""]) or own


def split_name(name: str, *, is_person: bool) -> Author:
    """Return an author; the last word of a person's name in Latin script is the family's.

    >>> split_name("Ayesha Saba", is_person=True)
    Author(family='Saba', given='Ayesha', is_person=True)
    """
    letters = filter(str.isalpha, name)
    is_latin = all(unicodedata.name(letter, "").startswith("LATIN") for letter in letters)
    given, _, family = name.rpartition(" ")
    if is_person and is_latin and given:
        return Author(family, given)
    return Author(name, is_person=is_person)
