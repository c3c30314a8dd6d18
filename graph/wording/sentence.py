"""A sentence: a triple, or a rule, in words."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Final

from pyoxigraph import NamedNode, Triple, Variable

from graph.answering.name import abbreviate
from graph.reasoning.axiom_kind import kind_of
from graph.reasoning.rule import Atom, Rule
from graph.reasoning.tree import SEVERAL_STEPS
from graph.wording.display_name import DisplayName, Names
from graph.wording.phrase import PHRASES, find_phrase, find_phrases, fit_time
from graph.wording.record import Record
from graph.wording.source import Bibliography
from graph.wording.text import add_article
from ontology.namespace import PREFIXES
from ontology.terms import CPEC, RDF, SCHEMA, RdfTerm


@dataclass(frozen=True, slots=True)
class Grammar:
    """How a language joins words, names and clauses, and ends a sentence."""

    space: str = " "
    comma: str = ", "
    colon: str = ": "
    conjunction: str = " and "
    stop: str = "."
    also: str = " and "
    conditional: str = "If {premises}, then {conclusion}."
    opening: str = " ("
    closing: str = ")"


GRAMMARS: Final = {
    "en": Grammar(),
    "ur": Grammar(" ", "، ", ": ", " اور ", "۔", " اور ", "اگر {premises}، تو {conclusion}۔"),
    "zh": Grammar(
        "", "、", "：", "和", "。", "，且", "如果{premises}，则{conclusion}。", "（", "）"
    ),
}


ARTICLE: Final = DisplayName("", "article", {"ur": "مضمون", "zh": "文章"}, article=True)
"""The speaker of what no other one says."""


WORD: Final = re.compile(r"\d+|\b(?!(?:and|for|the|with)\b)\w{3,}")
"""A word of a name; its first five letters are much like its stem."""

BRACKETS: Final = re.compile(r" \([^)]*\)")
"""The end of a name that tells it from its like."""


def name_terms(prefix: str, *names: str) -> tuple[NamedNode, ...]:
    """Return terms of a namespace by their local names."""
    return tuple(NamedNode(PREFIXES[prefix] + name) for name in names)


PARTICIPATION: Final = (
    *name_terms("prov", "qualifiedAssociation"),
    *name_terms("cpec", "hasPlannedParticipation"),
)
"""The properties that tie a thing to those who take part in it."""

AMOUNTS: Final = name_terms("cpec", "hasAmount", "hasPlannedAmount")

TYING: Final = (*AMOUNTS, *PARTICIPATION)
"""The properties by which another thing tells what an amount or a participation is."""

AGENT, ROLE = name_terms("prov", "agent", "hadRole")
STATUS, STATUS_OF = name_terms("cpec", "newStatus", "statusOf")

DETAILS: Final = frozenset(
    {
        *(AGENT, ROLE, STATUS_OF),
        *name_terms("schema", "value", "unitText", "currency", "startDate", "endDate"),
        *name_terms("cpec", "bound", "amountOf"),
    }
)
"""The properties of a situation that its own sentence tells: 13 deaths have the value 13."""


UNQUOTED: Final = frozenset({SCHEMA.IRI + "unitText", SCHEMA.IRI + "currency"})
"""The properties whose texts are our words for a unit, and no quotation."""


def tell_situation(triple: Triple, names: Names, modality: str = "") -> tuple[Triple, str]:
    """Return the triple, and the modality, that tell a triple about a situation in words.

    A participation is told by its role, as what its agent does: chaired the meeting. A change of
    status is told of the thing that changes. Other triples are told as they are.
    """
    subject, predicate, value = triple
    ties = triple if predicate in PARTICIPATION else None
    if predicate in {AGENT, ROLE}:
        found = (names.store.quads_for_pattern(None, tie, subject) for tie in PARTICIPATION)
        known = {quad.triple for quad in chain.from_iterable(found)}
        ties = known.pop() if len(known) == 1 else None
    if ties is not None:
        agent, role = (names.follow(ties.object, end) for end in (AGENT, ROLE))
        if agent and role and find_phrase(role.value, ""):
            is_planned = ties.predicate == PARTICIPATION[1]
            return Triple(agent, role, ties.subject), CPEC + "Aim" if is_planned else modality
    if predicate == STATUS and (changed := names.follow(subject, STATUS_OF)):
        return Triple(changed, STATUS, value), modality
    if predicate == STATUS_OF and (status := names.follow(subject, STATUS)):
        return Triple(value, STATUS, status), modality
    return triple, modality


def repeats_name(triple: Triple, names: Names) -> bool:
    """Return whether a name has the words of the other: the minutes of the meeting."""
    told, _ = tell_situation(triple, names)
    name, other = (BRACKETS.sub("", names(node).text) for node in (told.subject, told.object))
    words, others = ({word[:5].lower() for word in WORD.findall(text)} for text in (name, other))
    return words <= others or others <= words or f"{name.split()[-1]}'s " in other


def write_sentences(triple: Triple, names: Names, modality: str = "") -> dict[str, str]:
    """Return a triple as a sentence in each language that has a phrase for its property."""
    triple, modality = tell_situation(triple, names, modality)
    predicate = triple.predicate
    return {
        language: write_sentence(triple, names, modality, language)
        for language in find_phrases(predicate.value, modality, names.write_label(predicate))
    }


def write_sentence(triple: Triple, names: Names, modality: str = "", language: str = "en") -> str:
    """Return a triple with a modality as a sentence: The signing took place on 31 March 2026."""
    triple, modality = tell_situation(triple, names, modality)
    subject, value = names(triple.subject), names(triple.object)
    text = write_clause(subject, triple.predicate, value, names, modality, language)
    return text if subject.address or language != "en" else text[:1].upper() + text[1:]


def write_unasserted(record: Record, evidence: Bibliography) -> tuple[dict[str, str], str]:
    """Return a statement that is not asserted as a sentence by language, and who says so.

    A property with words for the modality tells it in its tense ("was to be held by video link");
    else the words of the modality tell what the speaker does: denies that ..., asks that .... Then,
    and where the article itself says so, the speaker is "".
    """
    (subject, predicate, value), names = record.triple, evidence.names
    speaker = evidence.name_speaker(record.source, record.attributed_to)
    if record.modality and (predicate.value, record.modality, "en") in PHRASES:
        words = write_sentences(record.triple, names, record.modality)
        return words, speaker.phrase if speaker else ""
    speaker = speaker or ARTICLE
    told = find_phrases(record.modality, "", "speaks of it, without asserting it, that")
    sentences = dict[str, str]()
    for language in find_phrases(predicate.value, "", names.write_label(predicate)):
        if language in told:
            space, verb = GRAMMARS[language].space, told[language].before[speaker.many]
            clause = write_clause(names(subject), predicate, names(value), names, "", language)
            text = f"{speaker.translate(language, verb)}{space}{verb}{space}{clause}"
            sentences[language] = text[:1].upper() + text[1:]
    return sentences, ""


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
        kind = add_article(value.text)
        many = f"are of the kind {kind.partition(' ')[2]}"
        return f"{subject.phrase} {many if subject.many else f'is {kind}'}"
    phrases = find_phrases(predicate.value, modality, names.write_label(predicate))
    language = language if language in phrases else "en"
    phrase = phrases[language]
    before = fit_time(phrase.before[subject.many], [value.text], subject.kind)
    after = phrase.after[value.many]
    is_quoted = value.kind == "text" and predicate.value not in UNQUOTED
    text = f"“{value.text}”" if is_quoted else value.translate(language, after)
    words = subject.translate(language, before), before, text, after
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
    letters: dict[Variable, DisplayName] = {}
    for number, variable in enumerate(list_variables(body)):
        letter = chr(ord("A") + number)
        letters[variable] = DisplayName("", letter, dict.fromkeys(GRAMMARS, letter))
    premises = grammar.also.join(write_atom(atom, letters, names, language) for atom in body)
    conclusion = write_atom(head, letters, names, language)
    return grammar.conditional.format(premises=premises, conclusion=conclusion)


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
