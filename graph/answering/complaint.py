"""The engine's complaint about a query, in words with which its author can correct it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from graph.errors import QuerySyntaxError, UnreadableQueryError
from graph.sparql.parser import parse_query
from graph.sparql.token import TOKEN, Token, locate, scan_tokens
from ontology.namespace import PREFIXES

POSITION: Final = re.compile(r"error at (\d+):(\d+): expected (?:one of )?(.*)", re.DOTALL)
"""How pyoxigraph says where a query stops being one, and what it expected there."""

MARK: Final = re.compile(r'"[.,;{}()]"')
"""A mark of punctuation among the tokens that were expected."""

REASON: Final = re.compile(r"[A-Z][\w]*(?: [\w]+){2,}|IRI parsing failed|Prefix not found")
"""A reason in words, among the tokens that were expected."""

REASONS: Final = {
    "IRI parsing failed": "an IRI is not valid or is relative, and there is no BASE",
    "Prefix not found": "a prefix is not declared",
}
KNOWN_PREFIXES: Final = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "dct": "http://purl.org/dc/terms/",
    "dbo": "http://dbpedia.org/ontology/",
    "dbr": "http://dbpedia.org/resource/",
    "dbp": "http://dbpedia.org/property/",
    "wdt": "http://www.wikidata.org/prop/direct/",
    "p": "http://www.wikidata.org/prop/",
    "ps": "http://www.wikidata.org/prop/statement/",
    "pq": "http://www.wikidata.org/prop/qualifier/",
    "wikibase": "http://wikiba.se/ontology#",
    "bd": "http://www.bigdata.com/rdf#",
    "geo": "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "geosparql": "http://www.opengis.net/ont/geosparql#",
    "gn": "http://www.geonames.org/ontology#",
    "time": "http://www.w3.org/2006/time#",
    "sosa": "http://www.w3.org/ns/sosa/",
    "qb": "http://purl.org/linked-data/cube#",
    "vann": "http://purl.org/vocab/vann/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "cc": "http://creativecommons.org/ns#",
    "fn": "http://www.w3.org/2005/xpath-functions#",
    "skosxl": "http://www.w3.org/2008/05/skos-xl#",
    "odrl": "http://www.w3.org/ns/odrl/2/",
    "yago": "http://yago-knowledge.org/resource/",
    "eli": "http://data.europa.eu/eli/ontology#",
}
"""Prefixes that people use without a declaration, as https://prefix.cc has them."""

PROLOGUE: Final = {"PREFIX", "BASE", "VERSION"}
QUERIES: Final = {"SELECT", "CONSTRUCT", "ASK", "DESCRIBE"}
UPDATES: Final = {
    *("INSERT", "DELETE", "WITH", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY"),
}
"""The words that an operation of an update begins with (SPARQL 1.1 Query, section 19.8)."""

EXCERPT_CHARACTERS: Final = 24
"""Characters of the query that a message shows before the place."""


def explain_query_error(message: str, text: str) -> QuerySyntaxError:
    """Return the complaint about a text that is not a query; an update is called one."""
    verb = find_verb(text)
    if verb is not None and verb.text.upper() in UPDATES:
        return QuerySyntaxError("this is an update, not a query", *locate(text, verb.start))
    start, words = find_fault(text)
    if start is None:
        return explain_syntax_error(message, text)
    correction = correct_prefix(text, start)
    advice = f"; {correction.words}" if correction else ""
    return QuerySyntaxError(words + advice, *locate(text, start))


def find_fault(text: str) -> tuple[int | None, str]:
    """Return the index of the token at which our own parser stops, None without any, and why.

    The engine names the last place that it tried, often a later one.
    """
    try:
        parse_query(text)
    except UnreadableQueryError as error:
        return error.start, str(error)
    except RecursionError:
        pass
    return None, ""


@dataclass(frozen=True, slots=True)
class Correction:
    """A query in which a mistake is corrected; `words` say how."""

    words: str
    text: str


def correct_query(text: str) -> Correction | None:
    """Return a query with its undeclared prefix declared or spelt as meant, None if none is."""
    start, _ = find_fault(text)
    return None if start is None else correct_prefix(text, start)


def correct_prefix(text: str, start: int) -> Correction | None:
    """Return the correction of a prefix that is not declared at a place, None for another fault."""
    name = TOKEN.match(text, start)
    if name is None or name.lastgroup != "name":
        return None
    prefix = name.group().partition(":")[0]
    if prefix.lower() in KNOWN_PREFIXES:
        declaration = f"PREFIX {prefix}: <{KNOWN_PREFIXES[prefix.lower()]}>"
        return Correction(f"declare it: {declaration}", f"{declaration}\n{text}")
    near = [] if prefix in PREFIXES else get_close_matches(prefix, PREFIXES, 1)
    return replace_names(text, f"{prefix}:", f"{near[0]}:") if near else None


def replace_names(text: str, old: str, new: str) -> Correction:
    """Return a query with one name, or with one prefix with its colon, replaced by another."""
    pieces, end = list[str](), 0
    for token in scan_tokens(text):
        start = token.text[: len(old)] if old.endswith(":") else token.text
        if token.kind in {"name", "iri"} and start == old:
            pieces += [text[end : token.start], new]
            end = token.start + len(old)
    return Correction(f"did you mean {new}?", "".join([*pieces, text[end:]]))


def explain_update_error(message: str, text: str) -> QuerySyntaxError:
    """Return the complaint about a text that is not an update; a query is called one."""
    verb = find_verb(text)
    if verb is not None and verb.text.upper() in QUERIES:
        return QuerySyntaxError("this is a query, not an update", *locate(text, verb.start))
    return explain_syntax_error(message, text)


def find_verb(text: str) -> Token | None:
    """Return the first keyword after the prologue, or None."""
    words = (token for token in scan_tokens(text) if token.kind == "word")
    return next((word for word in words if word.text.upper() not in PROLOGUE), None)


def explain_syntax_error(message: str, text: str) -> QuerySyntaxError:
    """Return the complaint with its reason, line and column, and the text before that place."""
    position = POSITION.fullmatch(message)
    if position is None:
        return QuerySyntaxError(message)
    line, column = int(position[1]), int(position[2])
    return QuerySyntaxError(
        f"{choose_reason(position[3])}{excerpt_before(text, line, column)}", line, column
    )


def choose_reason(expected: str) -> str:
    """Return the reason in words if the engine gives one, else the marks that it expected.

    The keywords that the engine lists are left out: those it names are seldom the ones that lack.
    """
    if words := REASON.search(expected):
        return REASONS.get(words[0], words[0][0].lower() + words[0][1:])
    marks = MARK.findall(expected)
    return f"expected {' or '.join(marks)}" if marks else "this cannot be read as SPARQL"


def excerpt_before(text: str, line: int, column: int) -> str:
    """Return the words of the query before a place."""
    lines = text.split("\n")
    before = lines[line - 1][: column - 1] if line <= len(lines) else ""
    excerpt = before[-EXCERPT_CHARACTERS:].strip()
    return f", after {excerpt!r}" if excerpt else ""
