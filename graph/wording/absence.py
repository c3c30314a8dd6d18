"""An absence in words: no source says that any country cooperates in robotics."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from pyoxigraph import Literal, NamedNode, Variable

from graph.sparql import syntax
from graph.sparql.printer import print_group
from graph.sparql.scope import find_variables, replace_variables, walk_parts
from graph.wording.absent_status import write_status
from graph.wording.absent_value import GIVEN, write_value
from graph.wording.display_name import LABEL_PROPERTIES
from graph.wording.group_reading import GroupReading, read_group
from graph.wording.pattern import (
    OBJECT_LABEL,
    PatternWords,
    Speaker,
    is_type,
    strip_letter,
)
from graph.wording.source import Bibliography
from graph.wording.text import shorten_iris
from ontology.terms import CPEC, OA, RDF, RdfTerm

MOST_CLAUSES: Final = 5
"""The patterns and conditions that a sentence says; more are shown in SPARQL."""

NUMBERS: Final = (
    *("zero", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)

WORDLESS: Final = ("COALESCE", "IF")
"""The functions that choose a value, which no words make readable."""


@dataclass(frozen=True, slots=True)
class Absence:
    """A group that has no solution with some values in a graph, or in the default graph.

    With `least` greater than one it has fewer solutions than that, or fewer values of `counted`.
    The group may be that of an OPTIONAL.
    """

    group: syntax.Group
    values: tuple[tuple[Variable, RdfTerm], ...] = ()
    graph: NamedNode | None = None
    least: int = 1
    counted: Variable | None = None
    is_optional: bool = False

    @property
    def is_label(self) -> bool:
        """Whether only an OPTIONAL label is absent: an empty cell says that as well.

        The unit of an amount tells what it counts; a name of that is another label of it.
        """
        patterns = [pattern for pattern, _ in read_group(self.group).list_patterns()]
        return self.is_optional and all(
            isinstance(pattern.predicate, NamedNode)
            and pattern.predicate.value in (*LABEL_PROPERTIES, OBJECT_LABEL, CPEC + "amountOf")
            for pattern in patterns
        )


class AbsenceWords:
    """Puts absences in words, with the names of a dataset.

    The default graph of the query is that of all graphs, of which none makes a statement in the
    words of `silence`, or that of some `graphs`.
    """

    def __init__(
        self,
        evidence: Bibliography,
        graphs: Iterable[str] = (),
        silence: str = "no source says",
    ) -> None:
        self.evidence, self.silence = evidence, silence
        self.speaker = self.choose_speaker([*graphs])

    def choose_speaker(self, graphs: Sequence[str]) -> Speaker:
        """Return the words for the sources of a dataset."""
        names = list(map(self.evidence.write_reference, graphs))
        match names:
            case []:
                return Speaker(self.silence, "sources say", "they say")
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
        sentence = AbsenceSentence(self.evidence, speaker, absence)
        if absence.least == 1 and (words := write_status(sentence.words, sentence.reading)):
            return words
        return sentence.write_part() if sentence.is_general else sentence.write()


class AbsenceSentence:
    """The sentence of one absence; a variable is `any country` at first, then `the country`."""

    def __init__(self, evidence: Bibliography, speaker: Speaker, absence: Absence) -> None:
        self.evidence, self.absence = evidence, absence
        self.words = PatternWords(evidence, speaker, dict(absence.values))
        self.reading = self.spare_denials(read_group(absence.group))
        self.reading.condense(self.words.known)
        self.words.speaker = self.narrow_speaker(speaker)
        self.words.choose_nouns(self.reading)
        self.words.has_no_like = not self.say_otherwise()

    def write(self) -> str:
        """Return the sentence."""
        reading, (deny, affirm, go_on) = self.reading, self.words.speaker
        if self.absence.least > 1:
            self.words.article = "some"
            return self.write_threshold()
        if not reading.denied:
            if words := write_value(self.words, reading):
                return words + self.say_otherwise()
            direct = " directly" if self.asks_steps() else ""
            return f"{deny}{direct} that {self.words.say_parts(reading)}{self.say_otherwise()}"
        subjects = dict.fromkeys(pattern.subject for pattern, _ in reading.patterns)
        if not reading.patterns:
            self.words.article = "some"
            return f"{affirm} that {' or that '.join(map(self.words.say_reading, reading.denied))}"
        kinds = [p for p, _ in reading.patterns if is_type(p) and self.words.is_open(p.subject)]
        if len(kinds) == len(reading.patterns) == len(subjects) and not reading.conditions:
            self.words.article = "every"
            start = f"of {' and '.join(map(self.words.name, subjects))} {affirm} that"
        else:
            self.words.article = "a"
            clauses = self.words.say_parts(reading)
            start = f"in every case in which {affirm} that {clauses}, {go_on} that"
        self.words.article = "some"
        return f"{start} {' or that '.join(map(self.words.say_reading, reading.denied))}"

    def asks_steps(self) -> bool:
        """Return whether all is asked of known things: single steps of transitive properties."""
        patterns = [pattern for pattern, _ in self.reading.patterns]
        if any(self.words.is_open(p.subject) or self.words.is_open(p.object) for p in patterns):
            return False
        paths = [pattern.predicate for pattern in patterns]
        steps = [
            s for p in paths for s in (p.branches if isinstance(p, syntax.Alternative) else [p])
        ]
        return bool(steps) and all(
            isinstance(s, NamedNode) and self.words.is_step(s) for s in steps
        )

    @property
    def is_general(self) -> bool:
        """Whether words would say too little, or more than a reader follows.

        Too little is said of several things without a kind, of any relation, and of choices.
        """
        patterns = [pattern for pattern, _ in self.reading.list_patterns()]
        if len(patterns) + len(self.reading.conditions) > MOST_CLAUSES or any(
            isinstance(part, syntax.Call) and part.function in WORDLESS
            for part in walk_parts(self.absence.group)
        ):
            return True
        ends = {node for p in patterns for node in (p.subject, p.object)}
        vague = sum(strip_letter(noun) == "thing" for noun in self.words.nouns.values()) > 1
        return (vague and len(patterns) > 1) or any(
            p.predicate in ends or (self.words.is_open(p.subject) and self.words.is_open(p.object))
            for p in patterns
            if self.words.is_open(p.predicate)
        )

    def write_part(self) -> str:
        """Return the part of the query that has no solution, in SPARQL."""
        terms = {v: t for v, t in self.words.known.items() if isinstance(t, NamedNode | Literal)}
        group = replace_variables(self.absence.group, terms)  # type: ignore[arg-type]
        match group.elements:
            case [syntax.Group() as inner]:
                group = inner
        place = "this part of the query"
        if self.absence.graph is not None:
            place += f", in {self.evidence.write_reference(self.absence.graph.value)},"
        least = self.absence.least
        few = "no solution" if least == 1 else f"fewer than {write_number(least)} solutions"
        return f"{place} has {few}: {shorten_iris(print_group(group))}"

    def say_otherwise(self) -> str:
        """Return the literals that the graph has in the place of those that it does not have."""
        literals, others = self.evidence.literals, dict[Literal, None]()
        for subject, predicate, literal in self.reading.list_literals():
            known = self.words.known.get(subject, subject)
            own = known if isinstance(known, NamedNode) else None
            others |= dict.fromkeys(literals.find_values(own, predicate, literal))
        words = " and ".join(literals.write(other, marked=True) for other in others)
        return f"; the graph has {words}" if words else ""

    def write_threshold(self) -> str:
        """Return the sentence of a threshold."""
        number, counted = write_number(self.absence.least), self.absence.counted
        affirm = self.words.speaker.affirm
        if counted is None:
            clauses = self.words.say_parts(self.reading)
            return f"there are fewer than {number} cases in which {affirm} that {clauses}"
        plural = write_plural(self.words.nouns.get(counted, "thing"))
        self.words.nouns[counted] = "each"
        return f"{affirm} of fewer than {number} {plural} that {self.words.say_parts(self.reading)}"

    def spare_denials(self, reading: GroupReading) -> GroupReading:
        """Return a reading without what it denies, if the one pattern before that has no match.

        Where nothing is derived from a source, a reader need not hear what would derive from it.
        """
        match reading:
            case GroupReading([(pattern, None)], [], [_, *_]):
                path = pattern.predicate
                step = path.path if isinstance(path, syntax.Repeat) and path.times == "+" else path
                subject = self.words.known.get(pattern.subject, pattern.subject)
                if (
                    isinstance(subject, NamedNode)
                    and isinstance(step, NamedNode)
                    and self.words.is_open(pattern.object)
                    and not self.words.list_values(subject, step)
                ):
                    return GroupReading([(replace(pattern, predicate=step), None)])
        return reading

    def narrow_speaker(self, speaker: Speaker) -> Speaker:
        """Return the speaker of patterns that are all in one graph, a known one or any of a kind.

        What the query asks of a graph tells of the speaker: no sentence but the first says that.
        """
        reading = self.reading
        names = {self.words.resolve(graph) if graph else None for _, graph in reading.patterns}
        if len(names) == 1 and isinstance(name := next(iter(names)), NamedNode):
            reading.patterns = [(pattern, None) for pattern, _ in reading.patterns]
            return AbsenceWords(self.evidence).choose_speaker([name.value])
        if reading.denied or self.absence.least > 1 or "no source" not in speaker.deny:
            return speaker
        self.resolve_single_values()
        said = [pattern for pattern, graph in reading.patterns if graph]
        about = [pattern for pattern, graph in reading.patterns if not graph]
        names -= {None, *(node for p in said for node in (p.subject, p.predicate, p.object))}
        tests = [test for test in reading.conditions if names & {*find_variables(test)}]
        words = [self.say_source(part, names) for part in (*about, *tests)]
        if len(names) != 1 or None in words:
            return speaker
        reading.patterns = [(pattern, None) for pattern in said]
        reading.conditions = [test for test in reading.conditions if test not in tests]
        nouns = [word for word in words if word and not word.startswith(" ")]
        clause = "".join(word for word in words if word and word.startswith(" "))
        noun = " and a ".join(nouns) or ("sentence" if " of " in clause[:4] else "source")
        return speaker._replace(deny=speaker.deny.replace("source", noun + clause, 1))

    def say_source(self, part: object, graphs: Collection[object]) -> str | None:
        """Return a noun, or a clause after it, for a pattern or test of a graph; None without."""
        match part:
            case syntax.TriplePattern(graph, RDF.TYPE, kind) if graph in graphs:
                return self.words.name_class(kind)
            case syntax.TriplePattern(graph, OA.HAS_SOURCE, article) if (
                graph in graphs and not self.words.is_open(article)
            ):
                return f" of {self.words.name(article)}"
            case syntax.TriplePattern(graph, syntax.Repeat(CPEC.DERIVED_FROM, "+"), origin) if (
                graph in graphs and (origin in self.words.nouns or not self.words.is_open(origin))
            ):
                return f" that passes on the words of {self.words.name(origin)}"
            case syntax.Chain(graph, (("!=", other),)) if graph in graphs and isinstance(
                self.words.resolve(other), NamedNode
            ):
                return f" but {self.words.name(self.words.resolve(other))},"
        return None

    def resolve_single_values(self) -> None:
        """Put the only value of a property in the place of its variable: the rest has no match.

        Where a source has no publisher, a reader need not hear what that publisher would say.
        """
        tested = {*find_variables(tuple(self.reading.conditions))}
        for pair in [*self.reading.patterns]:
            match pair:
                case (syntax.TriplePattern(start, NamedNode() as path, end), None) if (
                    self.words.is_open(end) and len(self.reading.patterns) > 1 and end not in tested
                ):
                    values, subject = [], self.words.resolve(start)
                    if isinstance(subject, NamedNode):
                        values = self.words.list_values(subject, path)
                    if len(values) == 1:
                        self.words.known[end] = values[0]
                        self.reading.patterns.remove(pair)
                    elif not values and path in GIVEN and isinstance(subject, NamedNode):
                        self.reading.patterns, self.reading.conditions = [pair], []
                        return


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
