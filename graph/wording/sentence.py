"""A sentence: a triple, or a rule, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from pyoxigraph import NamedNode, Triple, Variable

from graph.answering.name import abbreviate
from graph.reasoning.axiom_kind import kind_of
from graph.reasoning.rule import Atom, Rule
from graph.reasoning.tree import SEVERAL_STEPS
from graph.wording.display_name import DisplayName, Names
from graph.wording.phrase import find_phrases
from ontology.terms import RDF, RdfTerm


@dataclass(frozen=True, slots=True)
class Grammar:
    """How a language joins words and names, and ends a sentence."""

    space: str = " "
    comma: str = ", "
    conjunction: str = " and "
    stop: str = "."


GRAMMARS: Final = {
    "en": Grammar(),
    "ur": Grammar(comma="، ", conjunction=" اور ", stop="۔"),
    "zh": Grammar(space="", comma="、", conjunction="和", stop="。"),
}


def write_sentences(triple: Triple, names: Names, modality: str = "") -> dict[str, str]:
    """Return a triple as a sentence in each language that has a phrase for its property."""
    predicate = triple.predicate
    return {
        language: write_sentence(triple, names, modality, language)
        for language in find_phrases(predicate.value, modality, names.write_label(predicate))
    }


def write_sentence(triple: Triple, names: Names, modality: str = "", language: str = "en") -> str:
    """Return a triple with a modality as a sentence: The minutes are dated 31 March 2026."""
    subject, value = names(triple.subject), names(triple.object)
    text = write_clause(subject, triple.predicate, value, names, modality, language)
    return text if subject.address or language != "en" else text[:1].upper() + text[1:]


def write_clause(
    subject: DisplayName,
    predicate: NamedNode,
    value: DisplayName,
    names: Names,
    modality: str = "",
    language: str = "en",
) -> str:
    """Return a subject, a property and a value as a clause, in their names in a language.

    A thing without a name in the language, or a property without a phrase, is in English.
    """
    if predicate == RDF.TYPE and language == "en":
        kind = value.text[:1].lower() + value.text[1:]
        article = "an" if kind[:1] in {*"aeiou"} else "a"
        return f"{subject.phrase} {'are of the kind' if subject.many else f'is {article}'} {kind}"
    phrases = find_phrases(predicate.value, modality, names.write_label(predicate))
    language = language if language in phrases else "en"
    phrase = phrases[language]
    text = f"“{value.text}”" if value.kind == "text" else value.translate(language)
    words = subject.translate(language), phrase.before[subject.many], text, phrase.after[0]
    return GRAMMARS[language].space.join(filter(None, words))


def write_rule(rule: Rule) -> str:
    """Return a rule in words: a chain of properties (partyTo, concernsArea)."""
    if rule is SEVERAL_STEPS:
        return "several steps"
    names = rule.axiom[1:] if rule.name == "prp-spo2" else rule.axiom
    return f"{kind_of(rule).words} ({', '.join(map(write_name, names))})"


def read_rule(rule: Rule, names: Names) -> str:
    """Return a rule as a sentence: If A has B as a party, then B is a party to A."""
    if rule.head is None:
        return ""
    variables = enumerate(list_variables(rule.body))
    letters = {x: DisplayName("", chr(ord("A") + number)) for number, x in variables}
    *clauses, last = (write_atom(atom, letters, names) for atom in rule.body)
    premises = f"{', '.join(clauses)} and {last}" if clauses else last
    return f"If {premises}, then {write_atom(rule.head, letters, names)}."


def write_atom(atom: Atom, letters: Mapping[Variable, DisplayName], names: Names) -> str:
    """Return a triple of a rule in words, with letters for variables."""
    subject, predicate, value = atom
    ends = [letters[x] if isinstance(x, Variable) else names(x) for x in (subject, value)]
    return write_clause(ends[0], predicate, ends[1], names)


def list_variables(body: Iterable[Atom]) -> dict[Variable, None]:
    """Return the variables of a rule's body in their order."""
    ends = (end for subject, _, value in body for end in (subject, value))
    return dict.fromkeys(end for end in ends if isinstance(end, Variable))


def write_name(term: RdfTerm) -> str:
    """Return a term as a person types it."""
    return abbreviate(term.value) if isinstance(term, NamedNode) else str(term)
