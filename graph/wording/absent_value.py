"""An absent value in words: no source gives a reason for the postponement of the meeting."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from pyoxigraph import Literal, NamedNode, Triple

from graph.sparql import syntax
from graph.wording.condition import IN_TIME
from graph.wording.group_reading import GroupReading
from graph.wording.pattern import PatternWords
from graph.wording.sentence import STATUS, STATUS_OF, repeats_name
from ontology.namespace import PREFIXES
from ontology.terms import CPEC, DCTERMS, SCHEMA

GIVEN: Final = {
    CPEC.DATE: "give a date{limit} on which {name} took place",
    NamedNode(CPEC + "latest"): "give a latest date for {name}",
    NamedNode(CPEC + "place"): "say where {name} took place",
    NamedNode(CPEC + "reason"): "give a reason for {name}",
    NamedNode(CPEC + "plannedFor"): "give a planned date with {name}",
    NamedNode(CPEC + "bound"): "put a word such as “about” before {name}",
    NamedNode(CPEC + "recipient"): "name a recipient of {name}",
    NamedNode(CPEC + "hasParty"): "say who is a party to {name}",
    NamedNode(CPEC + "inCountry"): "say in which country {name} {is}",
    NamedNode(CPEC + "jurisdiction"): "say of which country {name} {is} a body",
    CPEC.DERIVED_FROM: "give an origin of its own for {name}",
    DCTERMS.PUBLISHER: "name a publisher of {name}",
}
"""The words for the open object of a property: no source gives a reason for the postponement."""

COUNTED: Final = {
    NamedNode(SCHEMA.IRI + "startDate"): "say from when {name} {is} counted",
    NamedNode(SCHEMA.IRI + "endDate"): "say until when {name} {is} counted",
}
"""The words for the open first or last day of an amount."""

TOLD: Final = {
    STATUS: "give the status after {name}",
    STATUS_OF: "say what {name} changed",
    NamedNode(CPEC + "minutesOf"): "name the meeting behind {name}",
    NamedNode(CPEC + "signs"): "name the document behind {name}",
    NamedNode(CPEC + "issue"): "give a month for {name}",
    NamedNode(CPEC + "inSeries"): "name the series of {name}",
    NamedNode(SCHEMA.IRI + "value"): "count {name}",
    NamedNode(SCHEMA.IRI + "unitText"): "name the unit of {name}",
    NamedNode(CPEC + "amountOf"): "say what is counted as {name}",
}
"""The words for the only object of a property whose subject is named by it: a signing, a count."""

REPEATED: Final = {
    NamedNode(CPEC + "meetingOf"): "name the committee of {name}",
    NamedNode(CPEC + "plansToProvide"): "say what {name} {is} to provide",
    NamedNode(CPEC + "represents"): "say which country {name} represents",
    NamedNode(PREFIXES["org"] + "postIn"): "name the institution of {name}",
    NamedNode(SCHEMA.IRI + "homeLocation"): "name the home of {name}",
}
"""The words for the only object of a property, if the name of the subject tells it too."""

ORDINAL: Final = NamedNode(CPEC + "ordinal")
NUMBERED: Final = re.compile(r"((\d+)(?:st|nd|rd|th)) (.+)", re.DOTALL)
"""A name that begins with its number: 10th Joint Cooperation Committee meeting."""

DENIED: Final = re.compile("(.* )say(s?)", re.DOTALL)
"""The words that deny a statement."""


def write_value(words: PatternWords, reading: GroupReading) -> str:
    """Return that no source gives the value of one property, "" if another sentence says more."""
    match reading.patterns:
        case [(syntax.TriplePattern(subject, predicate, value), None)]:
            thing, path = words.resolve(subject), words.resolve(predicate)
            limit = limit_date(words, value, reading.conditions)
            if words.is_open(subject) or bool(limit) != bool(reading.conditions):
                return ""
            if words.is_open(value):
                text = find_given(words, thing, path)
            else:
                text = find_told(words, thing, path, words.resolve(value))
            return deny_value(words, subject, text, limit)
    return ""


def deny_value(words: PatternWords, subject: syntax.Node, text: str, limit: str) -> str:
    """Return that the speaker does not do what a text says of a thing, "" if no words fit."""
    start = DENIED.fullmatch(words.speaker.deny)
    if not text or start is None or bool(limit) > ("{limit}" in text):
        return ""
    verb, _, rest = text.partition(" ")
    verb_be = "are" if words.is_many(subject) else "is"
    rest = rest.format(limit=limit, name=words.name(subject), **{"is": verb_be})
    return f"{start[1]}{verb}{start[2]} {rest}"


def find_given(words: PatternWords, thing: Any, path: Any) -> str:
    """Return the words for the open object of a property of a known thing, or ""."""
    is_amount = words.names(thing).kind == "Amount"
    return GIVEN.get(path, "") or (COUNTED.get(path, "") if is_amount else "")


def find_told(words: PatternWords, thing: Any, path: Any, value: Any) -> str:
    """Return the words for the object of a property that the name of a thing tells, or "".

    That a source gives no object says the same only where the thing has no other one.
    """
    if not isinstance(thing, NamedNode) or not isinstance(path, NamedNode):
        return ""
    if words.list_values(thing, path) != [value]:
        return ""
    if path == ORDINAL:
        return say_number(words.names(thing).text, value)
    if path in TOLD or not repeats_name(Triple(thing, path, value), words.names):
        return TOLD.get(path, "")
    return REPEATED.get(path) or GIVEN.get(path, "")


def say_number(name: str, number: Literal) -> str:
    """Return the words for the number of a thing whose name begins with it, or "".

    >>> say_number("10th committee meeting", Literal(10))
    'call a committee meeting the 10th'
    """
    match = NUMBERED.fullmatch(name)
    if match is None or match[2] != number.value:
        return ""
    article = "an" if match[3][:1] in {*"aeiouAEIOU"} else "a"
    rest = match[3].replace("{", "{{").replace("}", "}}")
    return f"call {article} {rest} the {match[1]}"


def limit_date(
    words: PatternWords, date: syntax.Node, conditions: Sequence[syntax.Expression]
) -> str:
    """Return the words of the conditions that a date is after a known one, or within it."""
    match conditions:
        case [syntax.Chain(first, ((operator, end),))] if (
            first == date and operator in IN_TIME and isinstance(words.resolve(end), Literal)
        ):
            return words.say_limit(operator, end)
        case [
            syntax.Chain(first, (("!=", period),)),
            syntax.Call("STRSTARTS", (syntax.Call("STR", (second,)), syntax.Call("STR", start))),
        ] if first == second == date and start == (period,):
            return f" more exact than {words.name(words.resolve(period))}"
    return ""
