"""Patterns: the rules of `ontology/patterns.yaml`, compiled.

A sentence is read as a cascade of finite-state steps (Abney 1996, "Partial parsing via finite-state
cascades"): what a step has recognised stands in the sentence as a mark with its classes, and the
patterns of the next step match over words and marks. A pattern is a sequence of

    word|other_word      words as they stand, `_` for a space within; `'s` behind a mark is its own
    {who:Agent|Country}  a mark of one of these classes; `+` behind the class: one or several
    {name:*Name}         raw words: `*Name` of capitals, `*Body` that end in a head of a body's name
    <sign|ink>           a verb in any form, with its auxiliaries; `<be signed>` is the passive
    [ ... ]              what may stand there or not
    …                    up to six other words

What a match covers, and what it skips, are known: whoever asks that a clause be derived whole can
ask for a match without words outside marks and pattern.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Final

from ontology.vocabulary import LANGUAGES, ONTOLOGY_FOLDER
from queries.question import read_yaml

FILE: Final = ONTOLOGY_FOLDER / "patterns.yaml"

OPEN, CLOSE = "\ue000", "\ue001"
"""The signs around a mark, `12: _Class_ _Class_ `; of the private use area, which no text has."""


def write_mark(classes: str) -> str:
    """Return the expression of a mark of some classes."""
    return f"{OPEN}\\d+:[^{CLOSE}]* _(?:{classes})_ [^{CLOSE}]*{CLOSE}"


MARK: Final = re.compile(f"{OPEN}(\\d+):[^{CLOSE}]*{CLOSE}")
ITEM: Final = re.compile(
    r"\{(?P<slot>\w+):(?P<classes>[\w|*]+)(?P<many>\+?)\}|<(?P<verb>[^>]+)>|(?P<open>\[)"
    r"|(?P<close>\])|(?P<gap>…)|(?P<word>[^\s\[\]{}<>…]+)"
)
JOINERS: Final = {"en": r",?\s+", "ur": r"[،,]?\s+", "zh": r"\s*"}
BETWEEN: Final = {
    "en": r"(?:,?\s+(?:and|&|as\s+well\s+as)\s+|,\s*|\s*[-–/]\s*)(?:the\s+|its\s+)?",
    "ur": r"(?:\s*،\s*|\s+اور\s+)",
    "zh": r"(?:[、和与及]|以及)",
}
"""The words and signs between the members of a list."""

ADVERB: Final = (
    r"[a-z]+ly|also|now|already|earlier|soon|still|just|since|both|all|then|further|once|in\s+turn"
)
AUXILIARY: Final = (
    "will|would|shall|may|might|can|could|should|must|has|have|had|is|are|was|were|be|been|being"
    "|do|does|did|not|never|to|going|set|due|about|likely|expected|scheduled|planned|agreed|aims?"
    "|aimed|plans?|intends?|intended|wants?|wanted|seeks?|sought|hopes?|hoped|pledged|vowed|promised|decided"
    "|proposed|offered|asked|requested|refused|failed|yet|continued?|continues|began|started"
    "|no\\s+longer|isn['’]t|aren['’]t|wasn['’]t|weren['’]t|didn['’]t|doesn['’]t|don['’]t"
    "|hasn['’]t|haven['’]t|won['’]t|ready|keen|committed|resolved|need|needs"
)
NAME: Final = (
    r"(?<!\w)(?!Lieutenant|General|Major|Brigadier|Deputy|Professor)[A-Z][\w'’]+"
    r"(?:[ -](?:ul|bin|al|e|[A-Z]\.|[A-Z][\w'’]+)){1,3}(?!\w)"
)
"""The name of a person, which is new: capitals beside a title."""


@dataclass(frozen=True)
class Pattern:
    """A pattern: its expression, and the beginnings of words of which a text must have some.

    `needs` has a set for each verb and word that must stand there. It is compiled when a text has
    them: most patterns never are.
    """

    expression: str
    needs: tuple[frozenset[str], ...]

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The compiled expression."""
        return re.compile(self.expression)

    def may_match(self, text: str) -> bool:
        """Return whether a text in small letters has what the pattern needs."""
        return all(any(stem in text for stem in stems) for stems in self.needs)


@dataclass(frozen=True, slots=True)
class DraftRule:
    """A rule: its patterns by language, what it makes of a match, and its examples.

    `yields` is the class of the noun that a match is, "" for a rule of clauses. `says` are its
    claims, `aims` those in their place if the clause is an aim. `mood` is that of each match, ""
    if the verb has it. An example has its claims in short, and a counter-example has none.
    """

    name: str
    patterns: Mapping[str, tuple[Pattern, ...]]
    yields: str = ""
    says: Sequence[str] = ()
    aims: Sequence[str] = ()
    new: Mapping[str, str] = field(default_factory=dict)
    mood: str = ""
    both: str = ""
    confidence: float = 0.9
    examples: Mapping[str, list[str]] = field(default_factory=dict)
    counter_examples: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class DraftGrammar:
    """The rules in their order, the cues by language and modality, and the heads of names."""

    nouns: tuple[DraftRule, ...]
    clauses: tuple[DraftRule, ...]
    cues: Mapping[str, Mapping[str, re.Pattern[str]]]
    heads: Mapping[str, str]
    bodies: Mapping[str, str]
    marks: Mapping[str, re.Pattern[str]]
    also: Mapping[str, str]
    body: re.Pattern[str]
    head: re.Pattern[str]
    reporting: re.Pattern[str]
    compiler: Compiler


@lru_cache(maxsize=1)
def read_grammar(path: Path = FILE) -> DraftGrammar:
    """Return the grammar of a file of patterns."""
    content = read_yaml(path.read_text("utf-8"))
    heads, bodies = (
        {word: kind for kind, words in content[name].items() for word in words}
        for name in ("heads", "bodies")
    )
    heads = {word.casefold(): kind for word, kind in heads.items()}
    compiler = Compiler(content["verbs"], bodies)
    cues = {
        language: {mood: re.compile(words, re.IGNORECASE) for mood, words in own.items()}
        for language, own in content["cues"].items()
    }
    nouns, clauses = (
        tuple(read_rule(own, compiler) for own in content[name]) for name in ("nouns", "clauses")
    )
    marks = {own: re.compile(words) for own, words in content["marks"].items()}
    body, head = (
        re.compile(own) for own in (write_body(bodies), write_head(heads, compiler.finite))
    )
    reporting = re.compile(content["reporting"], re.IGNORECASE)
    return DraftGrammar(
        nouns, clauses, cues, heads, bodies, marks, content["also"], body, head, reporting, compiler
    )


def read_rule(written: dict[str, Any], compiler: Compiler) -> DraftRule:
    """Return a rule as the file has it."""
    others = {name.replace("-", "_"): own for name, own in written.items()}
    name = others.pop("rule")
    patterns: dict[str, tuple[Pattern, ...]] = {
        language: tuple(compiler.compile(own, language) for own in others.pop(language))
        for language in LANGUAGES
        if language in others
    }
    return DraftRule(name, patterns, **others)


@dataclass(frozen=True, slots=True)
class Compiler:
    """Compiles patterns; knows the forms of irregular verbs and the heads of bodies' names."""

    verbs: Mapping[str, list[str]]
    bodies: Mapping[str, str]
    finite: set[str] = field(default_factory=set)

    def compile(self, pattern: str, language: str) -> Pattern:
        """Return a pattern as its expression, with what a text needs for it."""
        items = list(ITEM.finditer(pattern))
        needs, depth = [], 0
        for item in items:
            depth += bool(item["open"]) - bool(item["close"])
            written = item["verb"] or item["word"]
            if written and not depth and written not in {"be", "'s"}:
                own = written.removeprefix("be ").replace("_", " ").split("|")
                if item["verb"]:
                    forms = (form for word in own for form in self.verbs.get(word.split()[0], ()))
                    own = [word[:3] for word in (*own, *forms)]
                needs.append(frozenset(word.casefold() for word in own))
        return Pattern(self.join(iter(items), language), tuple(needs))

    def join(self, items: Iterator[re.Match[str]], language: str) -> str:
        """Return the expression of items up to the end or to a closing bracket."""
        joiner, written, has_required, pending = JOINERS[language], "", False, ""
        for item in items:
            if item["close"]:
                break
            if item["word"] == "'s":
                written += "['’]s"
                continue
            is_optional = bool(item["open"] or item["gap"])
            if item["open"]:
                own = self.join(items, language)
            elif item["gap"]:
                own = GAPS[language]
            else:
                own = self.write_item(item, language)
            if is_optional and has_required:
                written += f"(?:{joiner}{own})?"
            elif is_optional:
                pending += f"(?:{own}{joiner})?"
            else:
                written += joiner + own if has_required else pending + own
                has_required = True
        return written

    def write_item(self, item: re.Match[str], language: str) -> str:
        """Return the expression of a slot, a verb or words."""
        if item["slot"]:
            return self.write_slot(item["slot"], item["classes"], item["many"], language)
        if item["verb"]:
            return self.write_verb(item["verb"])
        words = "|".join(
            re.escape(word).replace("_", r"\s+")
            for word in sorted(item["word"].split("|"), key=len, reverse=True)
        )
        return f"(?i:(?:{words}))" if language == "zh" else rf"(?i:(?<!\w)(?:{words})(?!\w))"

    def write_slot(self, slot: str, classes: str, many: str, language: str) -> str:
        """Return the expression of marks of some classes, or of raw words."""
        if classes == "*Name":
            return f"(?P<{slot}>{NAME})"
        if classes == "*Body":
            return f"(?P<{slot}>{write_body(self.bodies)})"
        mark = write_mark(classes)
        own = f"{mark}(?:{BETWEEN[language]}{mark})*" if many else mark
        article = r"(?i:(?:the|an?|its|their|his|this|these)\s+)?" if language == "en" else ""
        return f"{article}(?P<{slot}>{own})"

    def write_verb(self, verb: str) -> str:
        """Return the expression of a verb group, with a group for each kind of form."""
        is_passive = verb.startswith("be ")
        forms: dict[str, list[str]] = {"fin": [], "part": [], "ing": []}
        for own in verb.removeprefix("be ").split("|"):
            base, _, particle = own.partition(" ")
            for kind, words in self.list_forms(base, is_participle=is_passive).items():
                forms[kind] += [rf"{word}\s+{particle}" if particle else word for word in words]
        kinds = ("part",) if is_passive else ("fin", "part", "ing")
        groups = "|".join(f"(?P<{kind}>{'|'.join(forms[kind])})" for kind in kinds if forms[kind])
        voice = "(?P<passive>)" if is_passive else ""
        aux = f"(?P<aux>(?:(?:{AUXILIARY}|{ADVERB})\\s+)*)"
        when = rf"(?:(?:on\s+|in\s+)?(?P<when>{write_mark('Date')})\s+)?"
        behind = rf"(?P<post>\s+not(?!\w))?(?:\s+(?:{ADVERB})(?!\w))?"
        return rf"{when}(?i:(?<!\w){voice}{aux}(?:{groups})(?!\w){behind})"

    def list_forms(self, base: str, *, is_participle: bool) -> dict[str, list[str]]:
        """Return the finite forms of a verb, its participle and its form in -ing."""
        if is_participle:
            return {"part": [base]}
        if base == "be":
            return {"fin": ["is", "are", "was", "were", "be", "been"]}
        stem = base.removesuffix("e")
        doubled = stem + stem[-1] if base in DOUBLED else stem
        third = base[:-1] + "ies" if re.search("[^aeiou]y$", base) else base + "s"
        third = base + "es" if re.search("(?:s|sh|ch|x|o)$", base) else third
        past = base[:-1] + "ied" if re.search("[^aeiou]y$", base) else doubled + "ed"
        past, participle = self.verbs.get(base, [past, past])
        finite = [base, third] + ([past] if past != participle else [])
        self.finite.update(finite)
        return {"fin": finite, "part": [participle], "ing": [doubled + "ing"]}


DOUBLED: Final = frozenset(("set", "begin", "put", "plan", "cut", "commit"))
GAPS: Final = {
    "en": rf"(?:(?!(?:and|but|which|that|who)\b)[\w'’-]+\s+|{OPEN}[^{CLOSE}]*{CLOSE}\s+)"
    r"{0,5}?[\w'’-]+",
    "ur": rf"(?:[^\s،۔{OPEN}]+\s+|{OPEN}[^{CLOSE}]*{CLOSE}\s+){{0,5}}?[^\s،۔{OPEN}]+",
    "zh": rf"(?:[^，。；！？{OPEN}{CLOSE}]|{OPEN}[^{CLOSE}]*{CLOSE}){{1,8}}?",
}


DAY: Final = (
    r"(?:\w+day|January|February|March|April|May|June|July|August|September|October|November"
    r"|December)\b"
)


def write_body(bodies: Mapping[str, str]) -> str:
    """Return the expression of the name of a body: capitals that end or begin with a head."""
    heads = "|".join(sorted(map(re.escape, bodies), key=len, reverse=True))
    capital = r"[A-Z][\w'’&-]*"
    tail = (
        rf"(?:\s+(?:of|for|on)\s+(?:the\s+)?(?!{DAY}){capital}(?:(?:,?\s+and\s+|,?\s+){capital})*)"
    )
    return (
        rf"(?<!\w)(?:{capital}\s+(?:(?:of|&)\s+(?={capital}\s))?){{1,5}}?(?:{heads})(?!\w){tail}?"
        rf"|(?<!\w)(?:{heads}){tail}"
    )


MODIFIER: Final = (
    r"(?!(?:of|to|for|from|in|on|at|by|and|or|but|with|under|over|will|would|is|are|was|were|has|have"
    r"|had|be|been|that|which|who|as|its|the|an?|this|it|said|also|not|no|such|any|next|last)\b)"
    r"(?![a-z]+(?:ed|s)\b)[\w'’-]+"
)
LIGHT: Final = "joint|new|national|local|technical|financial|medical|solar|doctoral"


OPENERS: Final = "No|Any|Such|The|An?|This|Its|Their|In|On|At|Under|Work|If|For|With|By|After"


def write_head(heads: Mapping[str, str], verbs: set[str]) -> str:
    """Return the expression of a common noun: a head and its modifiers.

    Without an article only capitals, marks and a few adjectives modify it.
    """
    words = "|".join(sorted(map(re.escape, heads), key=len, reverse=True))
    unlike = write_mark("Date|Ordinal|Quantity|Person|Office|Title|Envoy")
    mark = f"(?!{unlike}){OPEN}[^{CLOSE}]*{CLOSE}"
    capital = rf"(?!(?:{OPENERS})\b)[A-Z][\w-]*"
    modifier = rf"(?!(?:{'|'.join(sorted(verbs - {*heads}))})\b){MODIFIER}"
    return (
        rf"(?<![\w-])(?:(?P<det>(?i:the|an?|its|their|this))\s+(?P<mods>(?:(?:{mark}|{modifier})\s+){{0,4}}?)"
        rf"|(?P<caps>(?:(?:(?:{mark}|{capital}|{LIGHT})\s+){{1,3}}(?:(?=[a-z]){modifier}\s+){{0,2}})?))"
        rf"(?P<head>(?i:{words}))(?![\w-])"
    )
