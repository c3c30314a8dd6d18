"""The refutation of a sentence about a graph, by the values of the graph's statements.

It reads the sentence as a person does: by the labels of things, the phrases of properties, and the
characters of values. A value without a mark is any literal with these characters, in any type and
language; “Pakistan”@fr is that literal alone. It knows nothing of the query.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from itertools import product
from typing import Final, NamedTuple, TypeAlias

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Store, parse

from graph.wording.phrase import Phrase
from ontology.namespace import HEAD, PREFIXES
from ontology.release import packaged_quads
from ontology.terms import CPEC, DCTERMS, RDF, RDFS, XSD, RdfTerm

OPEN: Final = re.compile(r"(?:any|some|every|an?) (.+)|(any|some|every)thing")
KNOWN: Final = re.compile(r"(?:the|that) (.+)|(.+ [A-Z])")
CLAIM: Final = re.compile(r"(no source says|sources say)(?: directly)? that (.+)", re.DOTALL)
VALUE: Final = re.compile(r"“(.*)”(?:@(\S+)| (without a language tag|as a text))?", re.DOTALL)
TYPED: Final = re.compile(r"(.+) as an? (\S+)", re.DOTALL)
GIVEN: Final = {
    "gives a date on which (.+) took place": "cpec:date",
    "gives a latest date for (.+)": "cpec:latest",
    "says where (.+) took place": "cpec:place",
    "gives a reason for (.+)": "cpec:reason",
    "gives a planned date with (.+)": "cpec:plannedFor",
    "puts a word such as “about” before (.+)": "cpec:bound",
    "names a recipient of (.+)": "cpec:recipient",
    "says from when (.+) (?:is|are) counted": "schema:startDate",
    "says until when (.+) (?:is|are) counted": "schema:endDate",
    "says who is a party to (.+)": "cpec:hasParty",
    "says in which country (.+) (?:is|are)": "cpec:inCountry",
    "says of which country (.+) (?:is|are) a body": "cpec:jurisdiction",
    "gives an origin of its own for (.+)": "cpec:derivedFrom",
    "names a publisher of (.+)": "dcterms:publisher",
    "gives the status after (.+)": "cpec:newStatus",
    "says what (.+) changed": "cpec:statusOf",
    "counts (.+)": "schema:value",
    "names the unit of (.+)": "schema:unitText",
    "says what is counted as (.+)": "cpec:amountOf",
    "names the committee of (.+)": "cpec:meetingOf",
    "names the meeting behind (.+)": "cpec:minutesOf",
    "names the document behind (.+)": "cpec:signs",
    "gives a month for (.+)": "cpec:issue",
    "names the series of (.+)": "cpec:inSeries",
    "says what (.+) (?:is|are) to provide": "cpec:plansToProvide",
    "names the home of (.+)": "schema:homeLocation",
    "says which country (.+) represents": "cpec:represents",
    "names the institution of (.+)": "org:postIn",
}
NUMBERED: Final = re.compile(r"no source calls an? (.+) the (\d+(?:st|nd|rd|th))", re.DOTALL)
DATE: Final = CPEC.DATE
DATE_LIMIT: Final = re.compile(
    r"no source gives a date (not )?(after|before) (\d+ [A-Z][a-z]+ \d{4})"
    r" on which (.+) took place",
    re.DOTALL,
)
"""The properties whose values a source gives, by the words for them."""
VALUE_NOUNS: Final = frozenset({"name", "date", "month", "number", "text", "year", "time", "thing"})

PLANNED: Final = "Planned"
"""After the IRI of a role: the role in which somebody was to take part."""

Solution: TypeAlias = Mapping[str, RdfTerm]
EMPTY: Final[Solution] = {}


class Clause(NamedTuple):
    """A clause: its subject and object in words, and the properties of its phrase."""

    subject: str
    predicate: NamedNode
    value: str


class Refuter:
    """Refutes sentences by the statements of one graph."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.pairs: dict[NamedNode, list[tuple[RdfTerm, RdfTerm]]] = defaultdict(list)
        self.labels: dict[str, set[RdfTerm]] = defaultdict(set)
        for quad in store.quads_for_pattern(None, None, None, DefaultGraph()):
            self.pairs[quad.predicate].append((quad.subject, quad.object))
            if quad.predicate in {RDFS.LABEL, DCTERMS.TITLE} and isinstance(quad.object, Literal):
                self.labels[quad.object.value].add(quad.subject)
        self.types: dict[RdfTerm, set[RdfTerm]] = defaultdict(set)
        for thing, kind in self.pairs[RDF.TYPE]:
            self.types[thing].add(kind)
        for label, things in [*self.labels.items()]:  # a participation is told without its event
            own = {
                thing
                for thing in things
                if NamedNode(PREFIXES["cpec"] + "Participation") in self.types[thing]
            }
            if own and (match := re.match(r"(.+ as [\w-]+) (?:of|at|in) the ", label)):
                self.labels[match[1]] |= own
        status_of, new_status = (
            NamedNode(PREFIXES["cpec"] + local) for local in ("statusOf", "newStatus")
        )
        changes = dict(self.pairs[status_of])  # a change is told of the thing that changes
        self.pairs[new_status] += [
            (changes[change], status)
            for change, status in self.pairs[new_status]
            if change in changes
        ]
        agents, roles = (
            dict(self.pairs[NamedNode(PREFIXES["prov"] + local)]) for local in ("agent", "hadRole")
        )
        for tie, mark in (("hasParticipation", ""), ("hasPlannedParticipation", PLANNED)):
            for event, part in self.pairs[NamedNode(CPEC + tie)]:  # is told as what its agent does
                role = roles.get(part)
                if part in agents and isinstance(role, NamedNode):
                    self.pairs[NamedNode(role.value + mark)].append((agents[part], event))
        self.classes = {kind for kinds in self.types.values() for kind in kinds}
        self.phrases = list(self.read_phrases())

    def read_phrases(self) -> Iterator[tuple[str, str, NamedNode]]:
        """Yield the words before and after the object of each property, the longest first."""
        role = NamedNode(PREFIXES["prov"] + "Role")
        roles = {quad.subject for quad in packaged_quads() if quad.object == role}
        planned = {own: NamedNode(f"{own.value}{PLANNED}") for own in roles}  # type: ignore[union-attr]
        phrases = {
            (
                before,
                after,
                planned.get(quad.subject, quad.subject)
                if quad.predicate == CPEC.PLANNED_PHRASE
                else quad.subject,
            )
            for quad in packaged_quads()
            if quad.predicate in {CPEC.PHRASE, CPEC.ONGOING_PHRASE, CPEC.PLANNED_PHRASE}
            if isinstance(quad.object, Literal) and quad.object.language == "en"
            for phrase in [Phrase.read(quad.object.value)]
            for before, after in product(phrase.before, phrase.after)
        }
        phrases.add(("is of the kind", "", RDF.TYPE))
        phrases.add(("was known by", "", NamedNode(CPEC + "latest")))
        phrases.add(("is a change of status to", "", NamedNode(CPEC + "newStatus")))
        yield from sorted(phrases, key=lambda own: (-len(own[0] + own[1]), str(own)))  # type: ignore[misc]

    # --- reading --------------------------------------------------------------------------------

    def read_clause(self, text: str) -> list[Clause]:
        """Return the readings of a clause whose ends are things, values or nouns; or ValueError."""
        readings = []
        if match := re.fullmatch(r"there is (.+)", text):
            return [Clause(match[1], RDF.TYPE, "any class")]
        if (match := re.fullmatch(r"(.+) is an? (.+)", text)) and self.find_classes(match[2]):
            readings.append(Clause(match[1], RDF.TYPE, f"the class {match[2]}"))
        for before, after, predicate in self.phrases:
            pattern = rf"(.+?) {re.escape(before)} (.+){f' {re.escape(after)}' if after else ''}"
            if match := re.fullmatch(pattern, text, re.DOTALL):
                subject, value = match.groups()
                if self.is_node(subject) and self.is_node(value):
                    readings.append(Clause(subject, predicate, value))
        if not readings:
            raise ValueError(f"this clause is not read: {text}")
        return readings

    def is_node(self, text: str) -> bool:
        """Return whether words may be an end of a clause."""
        return bool(
            OPEN.fullmatch(text)
            or KNOWN.fullmatch(text)
            or text in self.labels
            or VALUE.fullmatch(text)
            or TYPED.fullmatch(text)
            or not re.search(r" (is|are|has|have|in|as) ", text)
        )

    def find_things(self, text: str) -> set[RdfTerm]:
        """Return the things that have a name."""
        text = text.strip("“”")
        return self.labels.get(text, set()) | self.labels.get(text.removeprefix("the "), set())

    def is_meant(self, term: RdfTerm, text: str) -> bool:
        """Return whether words that name a thing or a value are about a term."""
        if text.startswith("the class "):
            return term in self.find_classes(text.removeprefix("the class "))
        if not isinstance(term, Literal):
            local = re.split(r"[/#]", term.value)[-1] if isinstance(term, NamedNode) else ""
            return term in self.find_things(text) or local.replace("_", " ") == text
        if match := VALUE.fullmatch(text):
            characters, tag, mark = match.groups()
            is_string = term.datatype == XSD.STRING
            fits = term.language == tag if tag else is_string if mark else True
            return term.value == characters and fits
        if match := TYPED.fullmatch(text):
            local = re.split(r"[/#:]", term.datatype.value)[-1]
            named = re.split(r"[/#:]", match[2].strip("<>"))[-1]
            return local == named and is_same(term.value, match[1])
        return is_same(term.value, text)

    # --- solving --------------------------------------------------------------------------------

    def has_match(
        self, clauses: list[list[Clause]], conditions: list[str], known: Solution = EMPTY
    ) -> bool:
        """Return whether statements match clauses, each in one of its readings."""
        return any(
            all(self.holds(condition, solution) for condition in conditions)
            for chosen in product(*clauses)
            for solution in self.solve(list(chosen), known)
        )

    def solve(self, clauses: list[Clause], known: Solution) -> Iterator[Solution]:
        """Yield the terms of the nouns for which the graph has all clauses."""
        if not clauses:
            yield known
            return
        first, *rest = clauses
        for subject, value in self.pairs[first.predicate]:
            half = self.bind(first.subject, subject, known)
            solution = None if half is None else self.bind(first.value, value, half)
            if solution is not None:
                yield from self.solve(rest, solution)

    def bind(self, text: str, term: RdfTerm, known: Solution) -> Solution | None:
        """Return the terms of nouns with those of one more end, None if it is another term."""
        noun = self.read_noun(text, known)
        if noun is None:
            return known if self.is_meant(term, text) else None
        if noun in known:
            return known if known[noun] == term else None
        return {**known, noun: term} if self.is_of(term, noun) else None

    def read_noun(self, text: str, known: Solution) -> str | None:
        """Return the noun of an open end, None for a name or a value."""
        if self.find_things(text):
            return None
        if match := OPEN.fullmatch(text):
            return match[1] or "thing"
        match = KNOWN.fullmatch(text)
        noun = match and (match[1] or match[2])
        return noun if noun in known else None

    def is_of(self, term: RdfTerm, noun: str) -> bool:
        """Return whether a term is what a noun says: a member of the class of this name."""
        noun = re.sub(r" [A-Z]$", "", noun)
        classes = set() if noun in VALUE_NOUNS else self.find_classes(noun)
        return not classes or bool(self.types[term] & classes)

    def find_classes(self, noun: str) -> set[RdfTerm]:
        """Return the classes that a noun names."""
        prefix, _, local = noun.partition(":")
        is_name = prefix in PREFIXES and re.fullmatch(r"\w+", local)
        own = {NamedNode(PREFIXES[prefix] + local)} if is_name else set()
        alike = {term for term in self.classes if str(term).lower().endswith(f"#{noun}>")}
        return (self.labels.get(noun[:1].upper() + noun[1:], set()) | own | alike) & self.classes

    def holds(self, condition: str, solution: Solution) -> bool:
        """Return whether a condition in words holds for some terms; raises ValueError."""
        match = re.fullmatch(
            r"(?:the |that )?(.+?) (is(?: not| greater than| less than| after| before)?) (.+)",
            condition,
            re.DOTALL,
        )
        if match is None or match[1] not in solution:
            raise ValueError(f"this condition is not read: {condition}")
        term, verb, texts = solution[match[1]], match[2], split_outside(match[3], " or ")
        if verb in {"is", "is not"}:
            return any(self.is_meant(term, text) for text in texts) == (verb == "is")
        raise ValueError(f"this condition is not read: {condition}")

    # --- sentences ------------------------------------------------------------------------------

    def refute(self, sentence: str) -> str:
        """Return why a sentence is false, "" if the graph does not refute it; raises ValueError."""
        for reader in (
            self.refute_every,
            self.refute_ungiven,
            self.refute_denial,
            self.refute_unknown,
            self.refute_direction,
            self.refute_replacement,
            self.refute_type,
            self.refute_class,
            self.refute_language,
            self.refute_part,
        ):
            if (verdict := reader(sentence)) is not None:
                return verdict
        raise ValueError(f"this sentence is not read: {sentence}")

    def refute_every(self, sentence: str) -> str | None:
        """Refute that in every case in which sources say one thing, they say another too."""
        of_every = re.fullmatch(r"of every (.+?) sources say that (.+)", sentence, re.DOTALL)
        case = r"in every case in which sources say that (.+), they say that (.+)"
        in_case = re.fullmatch(case, sentence, re.DOTALL)
        if of_every:
            start, end = f"there is any {of_every[1]}", of_every[2]
        elif in_case:
            start, end = in_case.groups()
        else:
            return None
        clauses, wheres = self.read_clauses(start)
        then, conditions = self.read_clauses(end)
        for chosen in product(*clauses):
            for solution in self.solve(list(chosen), {}):
                is_case = all(self.holds(where, solution) for where in wheres)
                if is_case and not self.has_match(then, conditions, solution):
                    return f"not of {solution}"
        return ""

    def read_clauses(self, text: str) -> tuple[list[list[Clause]], list[str]]:
        """Return the readings of clauses, and the conditions after them."""
        text, _, conditions = text.partition(", where ")
        clauses = list(map(self.read_clause, split_outside(text, " and that ")))
        return clauses, split_outside(conditions, " and ") if conditions else []

    def refute_ungiven(self, sentence: str) -> str | None:
        """Refute that no source gives a thing the value of a property."""
        for words, name in GIVEN.items():
            if match := re.fullmatch(f"no source {words}", sentence, re.DOTALL):
                prefix, _, local = name.partition(":")
                pairs = self.pairs[NamedNode(PREFIXES[prefix] + local)]
                has = any(self.is_meant(subject, match[1]) for subject, _ in pairs)
                return "it has one" if has else ""
        if found := NUMBERED.fullmatch(sentence):
            noun, number = found.groups()
            pairs = self.pairs[NamedNode(CPEC + "ordinal")]
            has = any(self.is_meant(subject, f"{number} {noun}") for subject, _ in pairs)
            return "it has one" if has else ""
        if found := DATE_LIMIT.fullmatch(sentence):
            is_not, side, day, thing = found.groups()
            limit = str(datetime.strptime(day, "%d %B %Y").date())
            known = [own for subject, own in self.pairs[DATE] if self.is_meant(subject, thing)]
            days = [own.value for own in known if isinstance(own, Literal)]
            later = [day > limit if side == "after" else day < limit for day in days]
            return "it has one" if any(own != bool(is_not) for own in later) else ""
        return None

    def refute_denial(self, sentence: str) -> str | None:
        """Refute that no source says something, or that sources do, and what is said beside it."""
        if unknown := re.findall(r"(\S+) \(a name that the graph does not know\)", sentence):
            iris = {str(term) for pairs in self.pairs.values() for pair in pairs for term in pair}
            ends = tuple(f"{sign}{name}>" for name in unknown for sign in "#/")
            return "it knows the name" if any(iri.endswith(ends) for iri in iris) else ""
        sentence = re.split(r"; \?\w+ is ", sentence)[0]
        main, *others = re.split(r"; (?=the graph has |only |the other way round: )", sentence)
        match = CLAIM.fullmatch(main)
        if match is None:
            return None
        clauses, wheres = self.read_clauses(match[2])
        if self.has_match(clauses, wheres) == (match[1] == "no source says"):
            return "the statements are otherwise"
        for other in others:
            if other.startswith("the graph has "):
                texts = split_outside(other.removeprefix("the graph has "), " and ")
                if lacking := [text for text in texts if not self.has_literal(text)]:
                    return f"the graph has no {lacking}"
            elif not self.has_quoted(other.partition(": ")[2]):
                return f"no statement says {other}"
        return ""

    def has_literal(self, text: str) -> bool:
        """Return whether the graph has a literal that some words mean."""
        values = (value for pairs in self.pairs.values() for _, value in pairs)
        return any(isinstance(value, Literal) and self.is_meant(value, text) for value in values)

    def has_quoted(self, text: str) -> bool:
        """Return whether the graph, or a record of what is said, has statements with sources."""
        return all(self.has_sentence(part) for part in re.split(r"(?<=\)); ", text))

    def has_sentence(self, text: str) -> bool:
        """Return whether the graph has a statement in words, with its sources in brackets."""
        starts = [text, *(text[: match.start()] for match in re.finditer(r" \(", text))]
        for start in starts:
            for option in (start, start[:1].lower() + start[1:]):
                with suppress(ValueError):
                    if self.has_match([self.read_clause(option)], []):
                        return True
        return False

    def refute_unknown(self, sentence: str) -> str | None:
        """Refute that the graph does not know a name, or that it knows the one proposed."""
        match = re.fullmatch(r"the graph does not know (\S+?)(?:; did you mean (\S+)\?)?", sentence)
        if match is None:
            return None
        known = {t for p, pairs in self.pairs.items() for pair in pairs for t in (p, *pair)}
        if read_term(match[1]) in known:
            return "the graph knows it"
        return "" if not match[2] or read_term(match[2]) in known else "it does not know the other"

    def refute_direction(self, sentence: str) -> str | None:
        """Refute that a statement is the other way round."""
        match = re.fullmatch(r"“.+?” is asked the wrong way round: (.+)", sentence)
        return match and ("" if self.has_quoted(match[1]) else "no statement says so")

    def refute_replacement(self, sentence: str) -> str | None:
        """Refute that the graph has one term and not another."""
        match = re.fullmatch(r"the graph has (.+) here, not (.+?); write .+", sentence, re.DOTALL)
        if re.fullmatch(r"\".*\"(@\S+)? matches nothing here; write .+", sentence, re.DOTALL):
            return ""
        if match is None:
            return None
        term = read_term(match[1])
        return "" if any(self.store.quads_for_pattern(None, None, term)) else "it has no such term"

    def refute_type(self, sentence: str) -> str | None:
        """Refute that a literal is compared with values of a type, or that a FILTER is an error."""
        if match := re.fullmatch(
            r".+ is compared with values of (\S+); write .+", sentence, re.DOTALL
        ):
            kind = read_term(match[1])
            literals = (o for pairs in self.pairs.values() for _, o in pairs)
            has = any(isinstance(o, Literal) and o.datatype == kind for o in literals)
            return "" if has else "no value is of this type"
        return "" if "is an error for each solution, so none satisfies it" in sentence else None

    def refute_class(self, sentence: str) -> str | None:
        """Refute that a thing, or nothing, is of a class."""
        match = re.match(r"(.+) is (not )?of the class .+ \((\S+)\)", sentence)
        if match is None:
            return None
        members = {thing for thing, kind in self.pairs[RDF.TYPE] if kind == read_term(match[3])}
        if match[2]:
            return "it is" if self.find_things(match[1]) & members else ""
        return "it has members" if match[1] == "nothing in the graph" and members else ""

    def refute_language(self, sentence: str) -> str | None:
        """Refute that the graph has no text in a language."""
        match = re.fullmatch(r"no \?\w+ is in “(.*)”; the graph has it in .+", sentence)
        if match is None:
            return None
        return ""

    def refute_part(self, sentence: str) -> str | None:
        """Refute that a part of a query, which is written whole, has no solution."""
        start = "this part of the query has no solution: "
        if not sentence.startswith(start) or sentence.endswith("…"):
            return None
        part = sentence.removeprefix(start)
        return "it has one" if self.store.query(f"{HEAD}ASK {part}") else ""


def split_outside(text: str, separator: str) -> list[str]:
    """Return the parts of a text between separators outside of quotes."""
    return re.split(rf"{separator}(?=(?:[^“”]*“[^“”]*”)*[^“”]*$)", text)


def read_term(text: str) -> RdfTerm:
    """Return the term of a text in Turtle."""
    quad: Quad
    (quad,) = parse(f"{HEAD}<urn:s> <urn:p> {text} .".encode(), RdfFormat.TURTLE)
    return quad.object


def is_same(characters: str, words: str) -> bool:
    """Return whether the characters of a value are some words: a number, a day, a month."""
    if characters == words:
        return True
    with suppress(InvalidOperation):
        return Decimal(characters) == Decimal(words)
    day = characters.removesuffix("T00:00:00")
    with suppress(ValueError):
        if re.fullmatch(r"\d{4}-\d\d", day):
            return f"{date.fromisoformat(f'{day}-01'):%B %Y}" == words
        parsed = date.fromisoformat(day)
        return f"{parsed.day} {parsed:%B %Y}" == words
    return False
