"""An absence in words: no source says that any country cooperates in robotics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Variable

from graph.answering.name import abbreviate, is_known
from graph.sparql.scope import find_variables
from graph.sparql.syntax import (
    Alternative,
    Group,
    Inverse,
    Name,
    NegatedSet,
    Node,
    Path,
    Repeat,
    TriplePattern,
    TripleTerm,
)
from graph.sparql.syntax import Sequence as PathSequence
from graph.wording.condition import ConditionWords
from graph.wording.group_reading import GroupReading, read_group
from graph.wording.phrase import find_phrase
from graph.wording.source import Bibliography
from ontology.terms import RDF, RDFS, SCHEMA, SKOS, XSD, RdfTerm

MOST_CLAUSES: Final = 12
"""The clauses of an absence that a sentence says; it says how many there are."""

NUMBERS: Final = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
]

STEPS: Final = {"+": "in one or more steps", "*": "in any number of steps", "?": "or is the same"}
"""The words of a path that repeats a step."""


VALUES_OF: Final = {
    **dict.fromkeys((RDFS.LABEL.value, SKOS.PREF_LABEL.value, SKOS.ALT_LABEL.value), "name"),
    XSD.STRING.value: "text",
    XSD.INTEGER.value: "number",
    XSD.DATE.value: "date",
    XSD.IRI + "gYearMonth": "month",
}
"""The nouns for values, by property or datatype."""


@dataclass(frozen=True, slots=True)
class Absence:
    """A group that has no solution with some values in a graph, or in the default graph.

    With `least` greater than one it has fewer solutions than that, or fewer values of `counted`.
    """

    group: Group
    values: tuple[tuple[Variable, RdfTerm], ...] = ()
    graph: NamedNode | None = None
    least: int = 1
    counted: Variable | None = None


class Speaker(NamedTuple):
    """The words that deny a statement, that affirm it, and that affirm another after it."""

    deny: str
    affirm: str
    go_on: str


class AbsenceWords:
    """Puts absences in words, with the names of a dataset.

    The default graph of the query is that of all graphs, without some sources if it is `partial`,
    or that of some `graphs`.
    """

    def __init__(
        self, evidence: Bibliography, graphs: Iterable[str] = (), *, partial: bool = False
    ) -> None:
        self.evidence = evidence
        self.speaker = self.choose_speaker([*graphs], partial=partial)

    def choose_speaker(self, graphs: Sequence[str], *, partial: bool = False) -> Speaker:
        """Return the words for the sources of a dataset."""
        names = list(map(self.evidence.write_reference, graphs))
        match names:
            case []:
                left = " that is left" if partial else ""
                return Speaker(f"no source{left} says", "sources say", "they say")
            case [name]:
                return Speaker(f"{name} does not say", f"{name} says", "it says")
            case [first, second]:
                either = f"{first} or {second} says"
                return Speaker(f"neither {first} nor {second} says", either, "they say")
        words = f"the {write_number(len(names))} graphs of the query"
        return Speaker(f"none of {words} says", f"{words} say", "they say")

    def say(self, absence: Absence) -> str:
        """Return an absence as a sentence without its point."""
        speaker = self.speaker
        if absence.graph is not None:
            speaker = self.choose_speaker([absence.graph.value])
        return AbsenceSentence(self.evidence, speaker, absence).write()


class AbsenceSentence:
    """The sentence of one absence; a variable is `any country` at first, then `the country`."""

    def __init__(self, evidence: Bibliography, speaker: Speaker, absence: Absence) -> None:
        self.evidence, self.names, self.absence = evidence, evidence.names, absence
        self.known: dict[Node, RdfTerm] = dict(absence.values)
        self.reading = read_group(absence.group)
        self.speaker = self.narrow_speaker(speaker)
        self.nouns: dict[Node, str] = {}
        self.choose_nouns()
        self.mentioned: set[Node] = set()
        self.article = "any"
        self.conditions = ConditionWords(self.name, self.say_exists)

    def write(self) -> str:
        """Return the sentence."""
        reading, (deny, affirm, go_on) = self.reading, self.speaker
        if self.absence.least > 1:
            self.article = "some"
            return self.write_threshold()
        if not reading.denied:
            return f"{deny} that {self.say_parts(reading)}"
        subjects = dict.fromkeys(pattern.subject for pattern, _ in reading.patterns)
        if all(is_type(p) and self.is_open(p.subject) for p, _ in reading.patterns):
            self.article = "every"
            start = f"of {' and '.join(map(self.name, subjects))} {affirm} that"
        else:
            self.article = "a"
            start = f"in every case in which {affirm} that {self.say_parts(reading)}, {go_on} that"
        self.article = "some"
        return f"{start} {' or that '.join(map(self.say_reading, reading.denied))}"

    def write_threshold(self) -> str:
        """Return the sentence of a threshold."""
        number, counted = write_number(self.absence.least), self.absence.counted
        affirm = self.speaker.affirm
        if counted is None:
            clauses = self.say_parts(self.reading)
            return f"there are fewer than {number} cases in which {affirm} that {clauses}"
        plural = write_plural(self.nouns.get(counted, "thing"))
        self.nouns[counted] = "each"
        return f"{affirm} of fewer than {number} {plural} that {self.say_parts(self.reading)}"

    def narrow_speaker(self, speaker: Speaker) -> Speaker:
        """Return the speaker of patterns that are all in one known graph."""
        names = {
            self.known.get(graph, graph) if graph else None for _, graph in self.reading.patterns
        }
        if len(names) == 1 and isinstance(name := names.pop(), NamedNode):
            self.reading.patterns = [(pattern, None) for pattern, _ in self.reading.patterns]
            return AbsenceWords(self.evidence).choose_speaker([name.value])
        return speaker

    def is_open(self, node: Node | Path) -> bool:
        """Return whether a node may be any term: it is a variable without a value."""
        return isinstance(node, Variable | BlankNode) and node not in self.known

    def choose_nouns(self) -> None:
        """Choose the noun of each open node: its class, else a domain or range; with a letter."""
        patterns = list(self.reading.list_patterns())
        for pattern, _ in patterns:
            for node, noun in self.find_nouns(pattern):
                if self.is_open(node):
                    self.nouns.setdefault(node, noun)
        for pattern, _ in patterns:
            if is_type(pattern) and self.is_open(pattern.subject):
                self.nouns[pattern.subject] = self.name_class(pattern.object)
        alike = Counter(self.nouns.values())
        letters = {noun: iter("ABCDEFGHIJKLMNOPQRSTUVWXYZ") for noun in alike if alike[noun] > 1}
        for node, noun in self.nouns.items():
            if noun in letters:
                self.nouns[node] = f"{noun} {next(letters[noun], '')}".strip()

    def find_nouns(self, pattern: TriplePattern) -> Iterator[tuple[Node, str]]:
        """Yield the nouns of the ends of a pattern, and of a variable for its property."""
        path = pattern.predicate
        predicate = self.known.get(path) if isinstance(path, Variable) else path
        if predicate is None:
            yield path, "relation"  # type: ignore[misc]
        if not isinstance(predicate, NamedNode):
            return
        if predicate.value in VALUES_OF:
            yield pattern.object, VALUES_OF[predicate.value]
        for node, kinds in (
            (pattern.subject, (RDFS.DOMAIN,)),
            (pattern.object, (RDFS.RANGE, SCHEMA.RANGE_INCLUDES)),
        ):
            classes = [c for kind in kinds for c in self.list_values(predicate, kind)]
            nouns = {VALUES_OF.get(c.value) for c in classes if isinstance(c, NamedNode)} - {None}
            if len(classes) == 1:
                yield node, self.name_class(classes[0])
            elif nouns:
                yield node, min(map(str, nouns))

    def name_class(self, kind: Node | RdfTerm) -> str:
        """Return the noun of a class or datatype."""
        if isinstance(kind, NamedNode) and kind.value in VALUES_OF:
            return VALUES_OF[kind.value]
        text = self.name_label(kind)  # type: ignore[arg-type]
        return text[:1].lower() + text[1:]

    def name_label(self, term: RdfTerm) -> str:
        """Return the English label of a class or property, or its local name."""
        name = self.names(term)
        if isinstance(term, NamedNode) and not name.texts:
            return self.name_unlabelled(term)
        return name.text

    def name_unlabelled(self, iri: NamedNode) -> str:
        """Return an IRI without a label with its prefix; whoever misspelt it reads that."""
        hint = (
            "" if is_known(self.evidence.store, iri) else " (a name that the graph does not know)"
        )
        return f"{abbreviate(iri.value)}{hint}"

    def list_values(self, subject: NamedNode, predicate: NamedNode) -> list[RdfTerm]:
        """Return the values of a property in the default graph."""
        quads = self.evidence.store.quads_for_pattern(subject, predicate, None, DefaultGraph())
        return [quad.object for quad in quads]

    def name(self, node: Node) -> str:
        """Return a node in words: its value, or a noun for any value."""
        term = self.known.get(node, node)
        if isinstance(term, Variable | BlankNode):
            return self.name_open(term)
        if isinstance(term, TripleTerm):
            return f"that {self.say_path(term.subject, term.predicate, term.object)}"
        if isinstance(term, NamedNode) and self.evidence.find_article(term.value):
            return self.evidence.write_reference(term.value)
        name = self.names(term)
        if isinstance(term, NamedNode) and not name.texts:
            return self.name_unlabelled(term)
        return f"“{name.text}”" if name.kind == "text" else name.phrase

    def name_open(self, node: Node) -> str:
        """Return an open node in words, at its first mention and later."""
        noun, is_new = self.nouns.get(node, ""), node not in self.mentioned
        self.mentioned.add(node)
        if noun == "each":
            return noun
        if not noun:
            something = {"any": "anything", "every": "everything"}.get(self.article, "something")
            return something if is_new else "that thing"
        if not is_new:
            return f"the {noun}" if noun == strip_letter(noun) else noun
        article = "an" if self.article == "a" and noun[0] in "aeiou" else self.article
        return f"{article} {noun}"

    def say_reading(self, reading: GroupReading) -> str:
        """Return the statements of a group within a negation, and the negations within it."""
        denied = (f", and {self.say_statement(inner, holds=False)}" for inner in reading.denied)
        return self.say_parts(reading) + "".join(denied)

    def say_exists(self, group: Group, holds: bool) -> str:
        """Return the words of an EXISTS that holds or does not hold."""
        return self.say_statement(read_group(group), holds=holds)

    def say_statement(self, reading: GroupReading, *, holds: bool) -> str:
        """Return a clause: sources make some statements, or none makes them."""
        before, self.article = self.article, "some" if holds else "any"
        start = self.speaker.affirm if holds else self.speaker.deny
        text = f"{start} that {self.say_reading(reading)}"
        self.article = before
        return text

    def say_parts(self, reading: GroupReading) -> str:
        """Return the patterns and conditions of a reading as clauses."""
        patterns = [pair for pair in reading.patterns if not self.is_implied(pair[0], reading)]
        clauses = [self.say_pattern(*pair, reading) for pair in patterns[:MOST_CLAUSES]]
        text = " and that ".join(clauses)
        if len(patterns) > MOST_CLAUSES:
            text += f" and so on, {len(patterns)} clauses in all"
        conditions = [c for c in reading.conditions if any(map(self.is_open, find_variables(c)))]
        written = [self.conditions.write(c) for c in conditions[:MOST_CLAUSES]]
        return f"{text}, where {' and '.join(written)}" if written else text

    def is_implied(self, pattern: TriplePattern, reading: GroupReading) -> bool:
        """Return whether the noun of another pattern says the class of an open node."""
        node = pattern.subject
        if not (is_type(pattern) and self.is_open(node)):
            return False
        if strip_letter(self.nouns[node]) != self.name_class(pattern.object):
            return False
        ends = ((p.subject, p.object) for p, _ in reading.patterns if p is not pattern)
        graphs = {graph for _, graph in reading.patterns}
        return node in graphs or any(node in pair for pair in ends)

    def say_pattern(self, pattern: TriplePattern, graph: Name | None, reading: GroupReading) -> str:
        """Return a triple pattern as a clause."""
        subject, path, value = pattern.subject, pattern.predicate, pattern.object
        if is_type(pattern):
            noun = self.name_class(value)
            is_new = isinstance(subject, Variable | BlankNode) and subject not in self.known
            if is_new and subject not in self.mentioned:
                return f"there is {self.name_open(subject)}"
            article = "an" if noun[:1] in {*"aeiou"} else "a"
            return f"{self.name(subject)} is {article} {noun}"
        text = self.say_path(subject, path, value)
        known = self.known.get(graph, graph) if graph else None
        if isinstance(known, NamedNode):
            return f"{text} according to {self.evidence.write_reference(known.value)}"
        if not isinstance(known, Variable):
            return text
        tested = {
            *find_variables((tuple(p for p, _ in reading.patterns), tuple(reading.conditions)))
        }
        return f"{text} in {self.name_open(known)}" if known in tested else text

    def say_path(  # noqa: PLR0911 - a case for each kind
        self, subject: Node, path: Path | Variable, value: Node
    ) -> str:
        """Return a property or path between two nodes as a clause."""
        if isinstance(path, Variable):
            path = self.known.get(path, path)  # type: ignore[assignment]
        match path:
            case NamedNode():
                phrase, many = find_phrase(path.value, ""), self.is_many(subject)
                before = phrase.before[many] if phrase else self.name_label(path)
                after = f" {phrase.after[0]}" if phrase and phrase.after[0] else ""
                return f"{self.name(subject)} {before} {self.name(value)}{after}"
            case Variable():
                relation = self.name_open(path)
                return f"{self.name(subject)} has {relation} to {self.name(value)}"
            case Alternative(branches):
                return " or ".join(self.say_path(subject, branch, value) for branch in branches)
            case Inverse(inner):
                return self.say_path(value, inner, subject)
            case Repeat(inner, times):
                return f"{self.say_path(subject, inner, value)} {STEPS[times]}"
            case NegatedSet(forward, backward):
                names = [f"“{self.name_label(iri)}”" for iri in (*forward, *backward)]
                but = f" but {' and '.join(names)}"
                return f"{self.name(subject)} has a relation{but} to {self.name(value)}"
            case PathSequence(steps):
                ends = [subject, *(BlankNode() for _ in steps[1:]), value]
                pairs = zip(ends, steps, ends[1:], strict=False)
                return " and that ".join(self.say_path(*pair) for pair in pairs)

    def is_many(self, node: Node) -> bool:
        """Return whether the name of a node is a plural."""
        term = self.known.get(node, node)
        return isinstance(term, NamedNode) and self.names(term).many


def is_type(pattern: TriplePattern) -> bool:
    """Return whether a pattern asks for the class of a node."""
    return pattern.predicate == RDF.TYPE and isinstance(pattern.object, NamedNode)


def strip_letter(noun: str) -> str:
    """Return a noun without the letter that tells it from another.

    >>> strip_letter("country B"), strip_letter("country")
    ('country', 'country')
    """
    return noun[:-2] if noun[-2:-1] == " " else noun


def write_number(number: int) -> str:
    """Return a number in words, in digits from thirteen."""
    return NUMBERS[number] if number < len(NUMBERS) else str(number)


def write_plural(noun: str) -> str:
    """Return the plural of a noun.

    >>> write_plural("country"), write_plural("day"), write_plural("business")
    ('countries', 'days', 'businesses')
    """
    if noun.endswith("y") and noun[-2:-1] not in {*"aeiou"}:
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "x", "ch", "sh")) else "s")
