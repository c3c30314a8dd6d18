"""The patterns of a query in words: any country cooperates in robotics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Triple, Variable

from graph.answering.name import abbreviate, is_known
from graph.sparql import syntax
from graph.sparql.scope import find_variables, replace_variables
from graph.wording.condition import IN_TIME, ConditionWords
from graph.wording.group_reading import GroupReading, read_group
from graph.wording.phrase import PHRASES, Phrase, find_phrase, fit_time
from graph.wording.sentence import (
    AGENT,
    PARTICIPATION,
    ROLE,
    STATUS,
    tell_situation,
    write_clause,
)
from graph.wording.source import Bibliography
from graph.wording.text import add_article
from ontology.terms import CPEC, DCTERMS, OA, OWL, RDF, RDFS, SCHEMA, SKOS, XSD, RdfTerm

OBJECT_LABEL: Final = "https://w3id.org/sssom/object_label"
"""The label of the end of a link."""

STEPS: Final = {"+": "in one or more steps", "*": "in any number of steps", "?": "or is the same"}
"""The words of a path that repeats a step."""


VALUES_OF: Final = {
    **dict.fromkeys((RDFS.LABEL.value, SKOS.PREF_LABEL.value, SKOS.ALT_LABEL.value), "name"),
    CPEC.MODALITY.value: "modality",
    CPEC + "bound": "bound",
    **dict.fromkeys((DCTERMS.DATE.value, SCHEMA.IRI + "startDate", SCHEMA.IRI + "endDate"), "date"),
    **dict.fromkeys((XSD.STRING.value, RDF.LANG_STRING.value), "text"),
    **dict.fromkeys((XSD.INTEGER.value, XSD.DECIMAL.value), "number"),
    XSD.DATE.value: "date",
    XSD.IRI + "dateTime": "time",
    XSD.IRI + "gYear": "year",
    XSD.IRI + "gYearMonth": "month",
    XSD.IRI + "duration": "duration",
    SKOS.IRI + "Concept": "concept",
}
"""The nouns for values, by property or datatype."""

PHRASES_ELSEWHERE: Final = {
    DCTERMS.TITLE: "is|are titled",
    DCTERMS.DATE: "bears",
    DCTERMS.PUBLISHER: "has … as its publisher",
    DCTERMS.CREATOR: "has … as its author",
    DCTERMS.SOURCE: "is found at",
    OA.HAS_SOURCE: "is taken from",
    OA.HAS_SELECTOR: "has … as its passage",
    OA.EXACT: "has … as its quote",
    OWL.ANNOTATED_SOURCE: "is a link of",
    OWL.ANNOTATED_TARGET: "is a link to",
    RDF.SUBJECT: "has … as its subject",
    RDF.PREDICATE: "has … as its property",
    RDF.OBJECT: "has … as its object",
    RDF.REIFIES: "records",
    RDF.TYPE: "is of the kind",
    RDFS.COMMENT: "has … as its description",
    RDFS.SUB_CLASS_OF: "is a kind of",
    RDFS.SUB_PROPERTY_OF: "is a kind of",
    SCHEMA.POSITION: "has … as its position",
    SCHEMA.IN_LANGUAGE: "is in the language",
    SKOS.ALT_LABEL: "is also called",
    NamedNode(OBJECT_LABEL): "leads to a thing called",
}
"""The phrases of properties of other vocabularies, which the ontology gives none."""


CHANGE: Final = Phrase.read("is|are a change of status to")


class Speaker(NamedTuple):
    """The words that deny a statement, that affirm it, and that affirm another after it."""

    deny: str
    affirm: str
    go_on: str


class PatternWords:
    """Puts patterns in words; a variable is `any country` at first, then `the country`.

    Nodes that are `known` have the names of their terms, others those of `nouns`. The speaker
    says what a group states.
    """

    def __init__(
        self, evidence: Bibliography, speaker: Speaker, known: dict[syntax.Node, RdfTerm]
    ) -> None:
        self.evidence, self.names = evidence, evidence.names
        self.speaker, self.known = speaker, known
        self.nouns: dict[syntax.Node, str] = {}
        self.limits: dict[syntax.Node, str] = {}
        self.mentioned: set[syntax.Node] = set()
        self.article = "any"
        self.has_no_like = False
        """Whether no property has a literal that differs from one of its patterns in type alone."""
        self.conditions = ConditionWords(self.name, self.say_exists)

    def resolve(self, node: Any) -> Any:
        """Return the term of a node that has a known value, or else the node."""
        return self.known.get(node, node)

    def is_open(self, node: syntax.Node | syntax.Path) -> bool:
        """Return whether a node may be any term: it is a variable without a value."""
        return isinstance(node, Variable | BlankNode) and node not in self.known

    def choose_nouns(self, reading: GroupReading) -> None:
        """Choose the noun of each open node: its class, else a domain or range; with a letter."""
        patterns = list(reading.list_patterns())
        for pattern, _ in patterns:
            for node, noun in self.find_nouns(pattern):
                if self.is_open(node):
                    self.nouns.setdefault(node, noun)
        # the class that the query asks for says more than a domain or a range
        for pattern, _ in patterns:
            if is_type(pattern) and self.is_open(pattern.subject):
                self.nouns[pattern.subject] = self.name_class(pattern.object)
        things = [n for p, _ in patterns for n in (p.subject, p.object) if self.is_open(n)]
        if len(unnamed := dict.fromkeys(n for n in things if n not in self.nouns)) > 1:
            self.nouns |= dict.fromkeys(unnamed, "thing")
        # two open nodes of one noun are told apart: country A, country B
        alike = Counter(self.nouns.values())
        letters = {noun: iter("ABCDEFGHIJKLMNOPQRSTUVWXYZ") for noun in alike if alike[noun] > 1}
        for node, noun in self.nouns.items():
            if noun in letters:
                self.nouns[node] = f"{noun} {next(letters[noun], '')}".strip()

    def find_nouns(self, pattern: syntax.TriplePattern) -> Iterator[tuple[syntax.Node, str]]:
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

    def name_class(self, kind: syntax.Node | RdfTerm) -> str:
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
        if links := self.list_values(iri, OWL.ANNOTATED_SOURCE):
            return f"the link of {self.names(links[0]).phrase}"
        hint = (
            "" if is_known(self.evidence.store, iri) else " (a name that the graph does not know)"
        )
        return f"{abbreviate(iri.value)}{hint}"

    def list_values(self, subject: NamedNode, predicate: NamedNode) -> list[RdfTerm]:
        """Return the values of a property in the default graph."""
        quads = self.evidence.store.quads_for_pattern(subject, predicate, None, DefaultGraph())
        return [quad.object for quad in quads]

    def name(self, node: syntax.Node) -> str:
        """Return a node in words: its value, or a noun for any value."""
        term = self.known.get(node, node)
        if isinstance(term, Variable | BlankNode):
            return self.name_open(term)
        if isinstance(term, syntax.TripleTerm):
            return f"that {self.say_path(term.subject, term.predicate, term.object)}"
        if isinstance(term, NamedNode) and self.evidence.find_article(term.value):
            return self.evidence.write_reference(term.value)
        if isinstance(term, Literal):
            return self.evidence.literals.write(term, alone=self.has_no_like)
        name = self.names(term)
        if isinstance(term, NamedNode) and not name.texts:
            return VALUES_OF.get(term.value) or self.name_unlabelled(term)
        is_property = isinstance(term, NamedNode) and (term.value, "", "en") in PHRASES
        return f"“{name.text}”" if is_property else name.phrase

    def name_open(self, node: syntax.Node) -> str:
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
        words = add_article(noun) if self.article == "a" else f"{self.article} {noun}"
        return words + self.limits.get(node, "")

    def say_reading(self, reading: GroupReading) -> str:
        """Return the statements of a group within a negation, and the negations within it."""
        denied = (f", and {self.say_statement(inner, holds=False)}" for inner in reading.denied)
        return self.say_parts(reading) + "".join(denied)

    def say_exists(self, group: syntax.Group, holds: bool) -> str:
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
        conditions = [c for c in reading.conditions if any(map(self.is_open, find_variables(c)))]
        conditions = [c for c in conditions if not self.limit_time(c)]
        text = " and that ".join(self.say_pattern(*pair, reading) for pair in patterns)
        known = {v: t for v, t in self.known.items() if isinstance(t, NamedNode | Literal)}
        bound = replace_variables(tuple(conditions), known)  # type: ignore[arg-type]
        written = map(self.conditions.write, bound)
        return f"{text}, where {' and '.join(written)}" if conditions else text

    def limit_time(self, condition: syntax.Expression) -> bool:
        """Tell a time by a condition where it is mentioned first: any date after 29 April 2026."""
        match condition:
            case syntax.Chain(Variable() as time, ((operator, end),)) if (
                operator in IN_TIME
                and self.is_open(time)
                and time not in self.mentioned
                and self.nouns.get(time) == "date"
                and isinstance(self.resolve(end), Literal)
            ):
                self.limits[time] = self.limits.get(time, "") + self.say_limit(operator, end)
                return True
        return False

    def say_limit(self, operator: str, end: Any) -> str:
        """Return the words of a comparison after the noun of a time: after 29 April 2026."""
        return f" {IN_TIME[operator][0].removeprefix('is ')} {self.name(self.resolve(end))}"

    def is_implied(self, pattern: syntax.TriplePattern, reading: GroupReading) -> bool:
        """Return whether the noun of another pattern says the class of an open node."""
        node = pattern.subject
        if not (is_type(pattern) and self.is_open(node)):
            return False
        if strip_letter(self.nouns[node]) != self.name_class(pattern.object):
            return False
        ends = ((p.subject, p.object) for p, _ in reading.patterns if p is not pattern)
        graphs = {graph for _, graph in reading.patterns}
        return node in graphs or any(node in pair for pair in ends)

    def say_pattern(
        self, pattern: syntax.TriplePattern, graph: syntax.Name | None, reading: GroupReading
    ) -> str:
        """Return a triple pattern as a clause."""
        subject, path, value = pattern.subject, pattern.predicate, pattern.object
        if is_type(pattern):
            noun = self.name_class(value)
            is_new = isinstance(subject, Variable | BlankNode) and subject not in self.known
            if is_new and subject not in self.mentioned:
                return f"there is {self.name_open(subject)}"
            return f"{self.name(subject)} is {add_article(noun)}"
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
        self, subject: syntax.Node, path: syntax.Path | Variable, value: syntax.Node
    ) -> str:
        """Return a property or path between two nodes as a clause."""
        if isinstance(path, Variable):
            path = self.known.get(path, path)  # type: ignore[assignment]
        match path:
            case NamedNode():
                return self.say_property(subject, path, value)
            case Variable():
                relation = self.name_open(path)
                return f"{self.name(subject)} has {relation} to {self.name(value)}"
            case syntax.Alternative(branches):
                clauses = [self.say_path(subject, branch, value) for branch in branches]
                start = f"{self.name(subject)} "
                if all(clause.startswith(start) for clause in clauses):
                    return start + " or ".join(clause.removeprefix(start) for clause in clauses)
                return " or that ".join(clauses)
            case syntax.Inverse(inner):
                return self.say_path(value, inner, subject)
            case syntax.Repeat(inner, times):
                return f"{self.say_path(subject, inner, value)} {STEPS[times]}"
            case syntax.NegatedSet(forward, backward):
                names = [f"“{self.name_label(iri)}”" for iri in (*forward, *backward)]
                but = f" but {' and '.join(names)}"
                return f"{self.name(subject)} has a relation{but} to {self.name(value)}"
            case syntax.Sequence(steps):
                ends = [subject, *(BlankNode() for _ in steps[1:]), value]
                pairs = zip(ends, steps, ends[1:], strict=False)
                return " and that ".join(self.say_path(*pair) for pair in pairs)

    def say_property(self, subject: syntax.Node, path: NamedNode, value: syntax.Node) -> str:
        """Return a property between two nodes as a clause."""
        # the phrase of a status has the thing that changes as subject: another event may change it
        phrase = CHANGE if path == STATUS else find_phrase(path.value, "")
        many = self.is_many(subject)
        own = f"has|have … as its {self.name_class(path)}" if self.names(path).texts else ""
        if not phrase and (words := PHRASES_ELSEWHERE.get(path, own)):
            phrase = Phrase.read(words)
        before = phrase.before[many] if phrase else self.name_label(path)
        after = phrase.after[0] if phrase else ""
        start, end = self.name(subject), self.name(value)
        ends = self.resolve(subject), self.resolve(value)
        if path in (*PARTICIPATION, AGENT, ROLE) and all(
            isinstance(node, NamedNode) for node in ends
        ):
            triple, modality = tell_situation(Triple(ends[0], path, ends[1]), self.names)
            agent, event = self.names(triple.subject), self.names(triple.object)
            return write_clause(agent, triple.predicate, event, self.names, modality)
        kind = self.names(ends[0]).kind if isinstance(ends[0], NamedNode) else ""
        before = fit_time(before, [end], kind)
        return " ".join(filter(None, (start, before, end, after)))

    def is_step(self, path: NamedNode) -> bool:
        """Return whether a property is a single step of a transitive one."""
        wider = self.list_values(path, RDFS.SUB_PROPERTY_OF)
        return any(
            NamedNode(OWL + "TransitiveProperty") in self.list_values(own, RDF.TYPE)
            for own in wider
            if isinstance(own, NamedNode)
        )

    def is_many(self, node: syntax.Node) -> bool:
        """Return whether the name of a node is a plural; a sentence of the Daily Times is none."""
        term = self.known.get(node, node)
        is_source = isinstance(term, NamedNode) and bool(self.evidence.find_article(term.value))
        return isinstance(term, NamedNode) and self.names(term).many and not is_source


def is_type(pattern: syntax.TriplePattern) -> bool:
    """Return whether a pattern asks for the class of a node."""
    return pattern.predicate == RDF.TYPE and isinstance(pattern.object, NamedNode)


def strip_letter(noun: str) -> str:
    """Return a noun without the letter that tells it from another.

    >>> strip_letter("country B"), strip_letter("country")
    ('country', 'country')
    """
    return noun[:-2] if noun[-2:-1] == " " else noun
