"""A sentence: a triple, or a rule, in words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
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
    """How a language joins words, names and clauses, and ends a sentence."""

    space: str = " "
    comma: str = ", "
    conjunction: str = " and "
    stop: str = "."
    also: str = " and "
    conditional: str = "If {premises}, then {conclusion}."


GRAMMARS: Final = {
    "en": Grammar(),
    "ur": Grammar(" ", "، ", " اور ", "۔", " اور ", "اگر {premises}، تو {conclusion}۔"),
    "zh": Grammar("", "、", "和", "。", "，且", "如果{premises}，则{conclusion}。"),
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


def read_rule(rule: Rule, names: Names) -> dict[str, str]:
    """Return a rule as a sentence: If A has B as a party, then B is a party to A.

    It is there in each language that has a phrase for its properties.
    """
    if rule.head is None:
        return {}
    known = [find_phrases(p.value, "", "") for _, p, _ in (*rule.body, rule.head)]
    spoken = [language for language in GRAMMARS if all(language in phrases for phrases in known)]
    return {
        language: write_conditional(rule.body, rule.head, names, language) for language in spoken
    }


def write_conditional(body: Collection[Atom], head: Atom, names: Names, language: str) -> str:
    """Return the sentence of a rule in a language, with letters for its variables."""
    grammar = GRAMMARS[language]
    variables = enumerate(list_variables(body))
    letters = {x: name_letter(chr(ord("A") + number)) for number, x in variables}
    premises = grammar.also.join(write_atom(atom, letters, names, language) for atom in body)
    conclusion = write_atom(head, letters, names, language)
    return grammar.conditional.format(premises=premises, conclusion=conclusion)


def name_letter(letter: str) -> DisplayName:
    """Return the name of a variable, which is the same in each language."""
    return DisplayName("", letter, dict.fromkeys(GRAMMARS, letter))


def write_atom(
    atom: Atom, letters: Mapping[Variable, DisplayName], names: Names, language: str
) -> str:
    """Return a triple of a rule as a clause in a language, with letters for variables."""
    subject, predicate, value = atom
    ends = [letters[x] if isinstance(x, Variable) else names(x) for x in (subject, value)]
    return write_clause(ends[0], predicate, ends[1], names, language=language)


def list_variables(body: Iterable[Atom]) -> dict[Variable, None]:
    """Return the variables of a rule's body in their order."""
    ends = (end for subject, _, value in body for end in (subject, value))
    return dict.fromkeys(end for end in ends if isinstance(end, Variable))


def write_name(term: RdfTerm) -> str:
    """Return a term as a person types it."""
    return abbreviate(term.value) if isinstance(term, NamedNode) else str(term)
