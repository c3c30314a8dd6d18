"""Names and figures in a sentence: those of the graph, new ones by their form, dates, amounts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from graph.curating.anchor import IDEOGRAPH
from graph.drafting.discourse import COUNTRIES
from graph.drafting.figure import QUANTITY, Figure, find_figures
from graph.drafting.lexicon import BILATERAL, FoundName, tidy
from graph.drafting.marked_sentence import MarkedSentence, Node, doubt
from graph.drafting.pattern import CLOSE, NAME, OPEN, write_mark
from graph.reconciling.folding import LETTERS, split_words

DATELINE: Final = re.compile(
    r"[A-Z][A-Za-z]+(?: [A-Z][A-Za-z]+)?(?:\s*\([^)]*\))?(?:,[^:–—-]{1,25})?\s*(?:[:–—]| -)\s+"
    r"|[^\s،۔:]{2,12}(?: [^\s،۔:]{2,12})?:\s+|.{2,20}?电\s*"
)
"""The place, agency and day before the first sentence of a report."""

ACRONYM: Final = re.compile(
    f'{OPEN}[^{CLOSE}]*{CLOSE}\\s*[(（](?:以下简称)?[“"]?{OPEN}[^{CLOSE}]*{CLOSE}[”"]?[)）]'
)
"""A name and its short form in brackets."""

OFFICER: Final = re.compile(
    r"\b[Tt]he ((?i:minister|ambassador|secretary|chairman|governor|president))\b(?! (?:of|for)\b)"
)
POSSESSOR: Final = re.compile(r"^(?:[Tt]he )?(?:[A-Z]\w+['’]s )?")
PRONOUN: Final = re.compile(r"(?<!\w)(?:[Hh]e|[Ss]he)(?!\w)")
TITLES: Final = r"(?:Mr|Ms|Mrs|Dr)\.?\s+"
COUNTED: Final = frozenset(("TechnicalSystem", "PopulationGroup", "Benefit"))
BEHIND_NUMBER: Final = re.compile(r"[^,;]*\d[\d.,]*\s*(?:(?!to |for )[^,;]){0,12}")
"""What stands between the beginning of an amount and the name of what it counts."""


@dataclass(frozen=True, slots=True)
class NameFinder:
    """Finds the names and figures of a sentence, and puts marks in their places."""

    own: MarkedSentence
    text: str
    names: tuple[FoundName, ...]

    @classmethod
    def start(cls, own: MarkedSentence) -> NameFinder:
        """Return a finder with the names of the graph."""
        text = own.text.translate(LETTERS)
        return cls(own, text, tuple(own.discourse.lexicon.find(text)))

    def mark(self) -> None:
        """Mark names and figures, the longest at each place.

        Shorter ones within are mentions, but for those in the name of a new body.
        """
        own = self.own
        dateline = None if own.is_headline else DATELINE.match(own.text)
        begin = dateline.end() if dateline else 0
        own.marked = " " * begin + own.marked[begin:]
        chosen: list[Node] = []
        for node in sorted(self.find(), key=lambda node: (node.start - node.end, node.start)):
            if node.start < begin:
                continue
            if all(node.end <= other.start or other.end <= node.start for other in chosen):
                chosen.append(node)
            elif any(
                other.start <= node.start
                and node.end <= other.end
                and not {*other.things} & own.discourse.new.keys()
                for other in chosen
            ):
                own.nodes.append(node)
        for node in sorted(chosen, key=lambda node: -node.start):
            own.put(node.start, node.end, node)
        self.join_acronyms()
        self.mark_persons()

    def find(self) -> Iterator[Node]:
        """Yield the nodes that names and figures give; they may overlap."""
        own, discourse, marks = self.own, self.own.discourse, self.own.discourse.grammar.marks
        for name in self.names:
            thing = name.things[0]
            if thing not in discourse.lexicon.types:
                discourse.new.setdefault(thing, ("Country", discourse.lexicon.countries[thing]))
            yield own.make((name.start, name.end), discourse.find_kind(thing), thing)
        for figure in find_figures(self.text, discourse.day):
            if not any(name.start < figure.start < name.end for name in self.names):
                yield self.make_figure(figure)
        for match in marks["joint"].finditer(self.text):
            if self.means_both(match[0]):
                yield doubt(own.make(match.span(), "Country", *COUNTRIES), 0.85)
        yield from self.find_described()
        yield from self.find_titles()
        yield from self.find_bodies()
        for match in marks["people"].finditer(self.text):
            if not any(name.start <= match.start() < name.end for name in self.names):
                people = discourse.add("UnnamedPeople", match[0].lower())
                yield own.make(match.span(), "UnnamedPeople", people)

    def find_described(self) -> Iterator[Node]:
        """Yield what texts call things, beside their names, if the graph has these."""
        for words, thing in self.own.discourse.grammar.also.items():
            kind = self.own.discourse.find_kind(thing)
            for start in find_words(words, self.text) if kind else ():
                yield self.own.make((start, start + len(words)), kind, thing)

    def make_figure(self, figure: Figure) -> Node:
        """Return the node of a figure; an amount of a thing of the graph takes that along."""
        own = self.own
        node = replace(
            own.make((figure.start, figure.end), figure.kind),
            value=figure.value,
            unit=figure.unit,
            bound=figure.bound,
        )
        if figure.is_money:
            return replace(node, classes=node.classes | {"Money"})
        for name in self.names:
            kind = own.discourse.find_kind(name.things[0])
            is_behind = BEHIND_NUMBER.fullmatch(self.text[figure.start : name.start])
            if figure.kind != QUANTITY or kind not in COUNTED or not is_behind:
                continue
            words, end = own.text[name.start : name.end], max(figure.end, name.end)
            unit = words if kind != "PopulationGroup" and words.isascii() else figure.unit
            text = own.text[figure.start : end]
            return replace(node, end=end, text=text, unit=unit, counted=name.things[0])
        return node

    def means_both(self, words: str) -> bool:
        """Return whether "both sides" are Pakistan and China: named so far, or no other country."""
        discourse = self.own.discourse
        named = {name.things[0] for name in self.names} | discourse.named
        others = named & discourse.lexicon.countries.keys()
        is_told = {*COUNTRIES} <= named or ("countries" in words and not others)
        return is_told or discourse.language != "en"

    def find_titles(self) -> Iterator[Node]:
        """Yield titles of offices without the names in them, and "the minister" who was named."""
        own, discourse = self.own, self.own.discourse
        for kind, group in (("Title", "titles"), ("Envoy", "envoys")):
            for match in discourse.grammar.marks[group].finditer(self.text):
                within = (name.end + 1 for name in self.names if match.start() <= name.start)
                start = max([match.start(), *(end for end in within if end <= match.end())])
                yield own.make((start, match.end()), kind)
        for match in OFFICER.finditer(self.text):
            for thing in reversed(discourse.recent):
                label = discourse.find_label(thing).casefold()
                if discourse.find_kind(thing) == "Office" and match[1].casefold() in label:
                    yield doubt(own.make(match.span(), "Office", thing), 0.8)
                    break

    def find_bodies(self) -> Iterator[Node]:
        """Yield the bodies that no name of the graph is, by the heads of their names."""
        own, discourse = self.own, self.own.discourse
        bodies = discourse.grammar.bodies
        for match in discourse.grammar.body.finditer(own.text):
            people = (n.start for n in self.names if discourse.find_kind(n.things[0]) == "Person")
            end = min([own for own in people if match.start() < own < match.end()] or [match.end()])
            words = own.text[match.start() : end].rstrip(" ,")
            end, label = match.start() + len(words), POSSESSOR.sub("", words)
            if title := discourse.grammar.marks["titles"].match(label):
                label = re.sub("^ *(?:of )?(?:the )?", "", label[title.end() :])
            heads = [head for head in bodies if head in label]
            start = end - len(label)
            known = discourse.lexicon.names.get(tidy(split_words(BILATERAL.sub("", label))), ())
            if not heads or any(n.start <= start and end <= n.end for n in self.names):
                continue
            if len(known) == 1:  # a name of the graph behind "Pakistan-China"
                yield own.make((start, end), discourse.find_kind(*known), *known)
                continue
            kind = bodies[max(heads, key=lambda head: (label.endswith(head), len(head)))]
            if label not in bodies or " " in label:
                yield doubt(own.make((start, end), kind, discourse.add(kind, label)), 0.8)

    def join_acronyms(self) -> None:
        """Make one mark of a name and its short form in brackets."""
        while match := ACRONYM.search(self.own.marked):
            first, second = self.own.read_marks(match[0])
            if first.things != second.things and "Office" not in first.classes:
                break
            self.own.mark(*match.span(), self.own.nodes.index(first))

    def mark_persons(self) -> None:
        """Mark new names beside a title, and the short forms of persons who were named."""
        own, discourse = self.own, self.own.discourse
        honorific = discourse.grammar.marks["honorifics"].pattern
        title = f"(?:{write_mark('Office|Title|Envoy')}|(?P<honorific>{honorific}))"
        before = re.compile(rf"{title}\s+(?P<name>{NAME})")
        behind = re.compile(rf"(?P<name>{NAME})(?=,\s+(?:the\s+)?{title})")
        if discourse.language == "zh":
            before = re.compile(
                f"{title}(?P<name>[\u3400-\u9fff]{{2,4}}?)(?=指出|表示|强调|称|说|主持|出席)"
            )
        while match := before.search(own.marked) or behind.search(own.marked):
            start, end = match.span("name")
            at = own.locate(start, end)
            person = own.make(at, "Person", discourse.add("Person", own.text[slice(*at)]))
            first = match.start("honorific")
            own.put(first if 0 <= first < start else start, end, doubt(person, 0.85))
        speaker = discourse.speaker
        kind = "Office" if speaker is None else discourse.find_kind(speaker)
        last = discourse.find_recent("Person") if kind not in {"Person", "Office"} else speaker
        person_before = last if kind != "Office" else ""  # nobody knows who holds it
        while person_before and (match := PRONOUN.search(own.marked)):
            at = own.locate(*match.span())
            node = doubt(own.make(at, "Person", person_before), 0.6)
            own.put(*match.span(), node, is_hidden=True)
        self.mark_short_names()

    def mark_short_names(self) -> None:
        """Mark the first or the last names of persons who were named, each of one of them alone."""
        own, discourse = self.own, self.own.discourse
        people: dict[str, set[str]] = {}
        for thing in discourse.recent:
            if discourse.find_kind(thing) == "Person":
                words = discourse.find_label(thing).split()
                for word in (words[0], words[-1]):
                    people.setdefault(word, set()).add(thing)
        shorts = {word: things for word, things in people.items() if len(things) == 1}
        start, names = 0, "|".join(map(re.escape, shorts))
        short = re.compile(rf"(?<!\w)(?:{TITLES})?(?P<name>{names})(?!\w| [A-Z])")
        while names and (match := short.search(own.marked, start)):
            at = own.locate(*match.span())
            start = match.end()
            if not re.search(r"[A-Z]\w+ $", own.text[: at[0]]):
                person = own.make(at, "Person", *shorts[match["name"]])
                start = own.put(*match.span(), doubt(person, 0.8))


def find_words(words: str, text: str) -> list[int]:
    """Return where a text has some words, as whole words of a script with spaces."""
    own = re.escape(words)
    pattern = own if IDEOGRAPH.match(words) else rf"(?<!\w){own}(?!\w)"
    return [match.start() for match in re.finditer(pattern, text, re.IGNORECASE)]
