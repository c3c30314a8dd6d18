"""Phrase rules: the phrases of the ontology's properties, as rules that a clause is read by."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from graph.drafting.pattern import Compiler, DraftRule, Pattern, read_grammar
from graph.wording.phrase import PHRASES, Phrase
from ontology.namespace import PREFIXES, shorten
from ontology.terms import CPEC, SKOS
from ontology.vocabulary import MODALITIES

VOCABULARIES: Final = tuple(PREFIXES[name] for name in ("cpec", "org", "schema", "skos"))
NAMING: Final = {SKOS.PREF_LABEL.value, SKOS.ALT_LABEL.value, SKOS + "note"} | {
    CPEC + name for name in (*MODALITIES, "attributedTo", "hasPlannedAmount", "latest", "earliest")
}
"""Terms whose phrases say how a statement is meant, or what we computed."""

VALUES: Final = {
    **dict.fromkeys(("date", "plannedFor", "startDate", "endDate"), "Date"),
    "hasAmount": "Quantity",
}
"""The class of the value that is none of a thing, by the local name of the property."""

BE: Final = frozenset(("is", "are", "was", "were"))
HAVE: Final = frozenset(("has", "have"))
PREPOSITIONS: Final = frozenset(("by", "in", "through", "to", "under", "with"))
"""The words behind a participle that make a passive of it."""


@lru_cache(maxsize=1)
def read_phrase_rules() -> tuple[DraftRule, ...]:
    """Return a rule for each property with a phrase, with patterns in three languages."""
    compiler = read_grammar().compiler
    patterns: dict[str, dict[str, list[Pattern]]] = {}
    for (iri, modality, language), phrase in PHRASES.items():
        if not modality and iri not in NAMING and iri.startswith(VOCABULARIES):
            value = VALUES.get(re.split("[#/]", iri)[-1], "Thing")
            for text in dict.fromkeys(write_patterns(phrase, language, value, compiler)):
                own = patterns.setdefault(iri, {}).setdefault(language, [])
                own.append(compiler.compile(text, language))
    return tuple(
        DraftRule(
            name=shorten(iri),
            patterns={language: tuple(own) for language, own in by_language.items()},
            says=(f"s {'amount' if iri.endswith('hasAmount') else shorten(iri)} o",),
            confidence=1.0,
        )
        for iri, by_language in patterns.items()
    )


def write_patterns(phrase: Phrase, language: str, value: str, compiler: Compiler) -> Iterator[str]:
    """Yield the patterns of a phrase: its subject, its verb in any form, its objects."""
    for before, after in zip(phrase.before, phrase.after, strict=True):
        words = before.split()
        if language == "en" and words[0] not in {*BE, *HAVE}:
            words = phrase.before[1].split()
        verb = write_verb(words, compiler) if language == "en" else before
        yield " ".join(filter(None, ("{s:Thing+}", verb, f"{{o:{value}+}}", after)))


def write_verb(words: list[str], compiler: Compiler) -> str:
    """Return the verb of a phrase in the notation of patterns: <be tasked> with."""
    first, rest = words[0], words[1:]
    bases = {form: base for base, forms in compiler.verbs.items() for form in forms}
    is_participle = rest and (rest[0].endswith("ed") or rest[0] in bases)
    if first in BE:
        is_passive = is_participle and (not rest[1:] or rest[1] in PREPOSITIONS)
        verb = f"<be {rest.pop(0)}>" if is_passive else "<be>"
        return " ".join((verb, *rest))
    if first in HAVE and is_participle:
        stem = rest[0].removesuffix("ed")
        return "<" + "|".join(" ".join((base, *rest[1:])) for base in (stem + "e", stem)) + ">"
    if first in HAVE:
        return " ".join(("has|have|had", *rest))
    return f"<{' '.join((bases.get(first, first), *rest))}>"
