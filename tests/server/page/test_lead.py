"""A law for what a question says: each number in its lead is counted again from the statements.

The graphs are the shipped one, and the first article with made ones. The counts here are sets in
Python, without SPARQL; what follows by rules is taken from the closure.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Final

import pytest
from flask import Flask
from pyoxigraph import Literal, NamedNode, Quad, Store

from graph.answering.binding import bind_question, load_questions
from graph.answering.evaluation import Answer, evaluate
from graph.answering.name import find_names
from graph.citing.citation import cite
from graph.citing.index import EvidenceIndex
from graph.dataset import graph_of
from graph.presenting.name_index import NAMES, NameIndex
from graph.publishing.resource import JSON
from graph.wording.display_name import OBLIQUE, DisplayName
from ontology.namespace import BACKGROUND, ID, LINKS
from ontology.terms import CPEC
from queries.catalogue import catalogue
from server.page.cited_answer import ShownAnswer, show_answer
from server.page.language import LANGUAGES, first_language, translate_number
from server.page.lead import MEANT, write_cell, write_lead, write_number
from tests.first_article import close_made_articles

MADE_ARTICLES: Final = 4
"""A lead is written of a hundred rows at most."""

Node = NamedNode | Literal
Fact = tuple[str, str, str]
PROVENANCE: Final = "http://www.w3.org/ns/prov#"
ORG: Final = "http://www.w3.org/ns/org#"
SCHEMA: Final = "https://schema.org/"
OA: Final = "http://www.w3.org/ns/oa#"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
OWL: Final = "http://www.w3.org/2002/07/owl#"
DCTERMS: Final = "http://purl.org/dc/terms/"
PREFIXES: Final = {
    "prov": PROVENANCE,
    "org": ORG,
    "schema": SCHEMA,
    "oa": OA,
    "rdf": RDF,
    "rdfs": RDFS,
    "skos": SKOS,
    "owl": OWL,
    "dcterms": DCTERMS,
    "cpec": CPEC,
    "id": ID,
}


def iri(name: str) -> str:
    """Return an IRI by its short name, a term of ours without a prefix."""
    prefix, colon, local = name.partition(":")
    return PREFIXES[prefix] + local if colon else CPEC + name


class Facts:
    """The statements of a graph as sets: what each sentence states, its records, what holds."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        self.quads = [
            (value(q.subject), q.predicate.value, value(q.object), graph_of(q)) for q in quads
        ]
        self.by_property: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self.objects: dict[tuple[str, str], set[str]] = defaultdict(set)
        for subject, predicate, obj, _ in self.quads:
            self.by_property[predicate].add((subject, obj))
            self.objects[subject, predicate].add(obj)
        self.sentences = {s for s, o in self.pairs("rdf:type") if o == iri("Sentence")}
        self.stated = {(s, p, o, g) for s, p, o, g in self.quads if g in self.sentences}

    def pairs(self, *names: str) -> set[tuple[str, str]]:
        """Return the subjects and objects of some properties, as they hold."""
        return {pair for name in names for pair in self.by_property[iri(name)]}

    def said(self, *names: str) -> set[tuple[str, str, str]]:
        """Return the subjects and objects of some properties in sentences, with the sentence."""
        wanted = {iri(name) for name in names}
        return {(s, o, g) for s, p, o, g in self.stated if p in wanted}

    def of(self, subject: str, *names: str) -> set[str]:
        """Return the objects of some properties of a subject."""
        return {o for name in names for o in self.objects.get((subject, iri(name)), ())}

    @cached_property
    def records(self) -> dict[tuple[str, str, str, str], set[str]]:
        """The records of each statement."""
        parts = [dict(self.pairs(n)) for n in ("rdf:subject", "rdf:predicate", "rdf:object")]
        source = defaultdict(set)
        for record, graph in self.pairs("oa:hasSource"):
            source[record].add(graph)
        found: dict[tuple[str, str, str, str], set[str]] = defaultdict(set)
        for record in parts[0]:
            subject, predicate, obj = (part[record] for part in parts)
            for graph in source[record]:
                found[subject, predicate, obj, graph].add(record)
        return found

    def modality(self, statement: tuple[str, str, str, str]) -> set[str]:
        """Return the local names of the modalities of a statement's records."""
        return {
            m.removeprefix(CPEC)
            for record in self.records.get(statement, ())
            for m in self.of_record[record]
        }

    @cached_property
    def of_record(self) -> dict[str, set[str]]:
        """The modalities of each record."""
        found = defaultdict(set)
        for record, modality in self.pairs("modality"):
            found[record].add(modality)
        return found


def value(term: object) -> str:
    """Return a term as a string; literals have their type or language."""
    return term.value if isinstance(term, NamedNode) else str(term)


PAKISTAN, CHINA, CPEC_PHASE_II = f"{ID}Pakistan", f"{ID}China", f"{ID}CPEC_Phase_II"
MEETING, FIRST = f"{ID}JCC_Meeting_14", f"{ID}inp-wealthpk-2026-04-29"


def both(facts: Facts, name: str) -> set[str]:
    return facts.of(PAKISTAN, name) & facts.of(CHINA, name)


def count_about(facts: Facts) -> set[tuple[str, str, str, str]]:
    thing = f"{ID}AI_Framework"
    return {
        (s, p, o, g)
        for s, p, o, g in facts.quads
        if thing in (s, o) and (g in facts.sentences or g.startswith(BACKGROUND))
    }


def count_amounts(facts: Facts) -> set[object]:
    def of(amount: str, name: str) -> str:
        return next(iter(facts.of(amount, name)), "")

    names = ("amountOf", "schema:value", "bound", "schema:startDate", "schema:endDate")
    return {
        (thing, *(of(amount, name) for name in names), unit)
        for thing, amount, _ in facts.said("hasAmount", "hasPlannedAmount")
        for unit in facts.of(amount, "schema:unitText", "schema:currency")
    }


def origins(facts: Facts, sentence: str, article: str) -> set[str]:
    """Return the texts and agencies whose words a sentence passes on, or else its article."""
    reached = facts.of(sentence, "derivedFrom") | facts.of(article, "derivedFrom")
    while more := {o for s in reached for o in facts.of(s, "derivedFrom")} - reached:
        reached |= more
    return {text for text in reached if not facts.of(text, "derivedFrom")} or {article}


def count_one_origin(facts: Facts) -> set[Fact]:
    article = dict(pair for pair in facts.pairs("oa:hasSource") if pair[0] in facts.sentences)
    articles: dict[Fact, set[str]] = defaultdict(set)
    sources: dict[Fact, set[str]] = defaultdict(set)
    for s, p, o, g in facts.stated:
        articles[s, p, o].add(article[g])
        sources[s, p, o] |= origins(facts, g, article[g])
    return {fact for fact in articles if len(articles[fact]) > 1 and len(sources[fact]) == 1}


def count_sentences(facts: Facts) -> Counter[Fact]:
    return Counter((s, p, o) for s, p, o, _ in facts.stated)


def count_unsaid(facts: Facts) -> set[tuple[str, str]]:
    expected = [
        *(("Meeting", "date"), ("Meeting", "place"), ("Signing", "date"), ("Signing", "place")),
        *(("PublicBody", "jurisdiction"), ("JointCommittee", "committeeOf"), ("City", "inCountry")),
        *(("Programme", "hasParty"), ("Initiative", "hasParty")),
    ]
    below = facts.pairs("rdfs:subPropertyOf")
    return {
        (thing, detail)
        for kind, detail in expected
        for thing, own in facts.pairs("rdf:type")
        if own == iri(kind)
        and not any(s == thing and p in narrower(below, iri(detail)) for s, p, _, _ in facts.stated)
    }


def narrower(below: set[tuple[str, str]], name: str) -> set[str]:
    found = {name}
    while more := {s for s, o in below if o in found} - found:
        found |= more
    return found


def count_contested(facts: Facts) -> set[str]:
    """Things with two values of a property that has one, numbers of the same, chairs of a side."""
    graphs = {g for _, _, _, g in facts.quads if g in facts.sentences or g.startswith(BACKGROUND)}
    single = {s for s, o in facts.pairs("schema:multipleValues")}
    values = defaultdict(set)
    for s, p, o, g in facts.quads:
        if p in single and g in graphs:
            values[s, p].add(o)
    near = {frozenset(pair) for pair in facts.pairs("inCountry")}
    found = {
        s
        for (s, p), own in values.items()
        for a in own
        for b in own
        if a < b
        and frozenset((a, b)) not in near
        and not (p == iri("date") and b.strip('"').startswith(a.partition("^")[0].strip('"')))
    }
    return found | differing(facts, strict=True)


def differing(facts: Facts, *, strict: bool) -> set[str]:
    article = dict(pair for pair in facts.pairs("oa:hasSource") if pair[0] in facts.sentences)
    found = set()
    ties = ("hasAmount", "hasPlannedAmount")
    for ours, theirs in ((a, b) for a in ties for b in ties if a == b or not strict):
        for s, a, g in facts.said(ours):
            for other, b, h in facts.said(theirs):
                bounds = facts.of(a, "bound") | facts.of(b, "bound")
                if (
                    (s, article[g] != article[h]) == (other, True)
                    and facts.of(a, "amountOf") & facts.of(b, "amountOf")
                    and facts.of(a, "schema:unitText", "schema:currency")
                    & facts.of(b, "schema:unitText", "schema:currency")
                    and facts.of(a, "schema:startDate") == facts.of(b, "schema:startDate")
                    and facts.of(a, "schema:value") != facts.of(b, "schema:value")
                    and not (strict and bounds)
                ):
                    found.add(s)
    presiding = {iri("Chair"), iri("CoChair")}
    chairs = {
        (s, part, article[g])
        for s, part, g in facts.said("prov:qualifiedAssociation")
        if facts.of(part, "prov:hadRole") & presiding
    }
    for s, a, here in chairs:
        for other, b, there in chairs:
            sides, others = side(facts, a), side(facts, b)
            if (
                s == other
                and here != there
                and facts.of(a, "prov:agent") != facts.of(b, "prov:agent")
                and (s, b, here) not in chairs
                and (s, a, there) not in chairs
                and (sides & others if strict else not (sides and others and sides != others))
            ):
                found.add(s)
    return found


def side(facts: Facts, part: str) -> set[str]:
    offices = {o for agent in facts.of(part, "prov:agent") for o in facts.of(agent, "org:holds")}
    bodies = {body for office in offices for body in facts.of(office, "org:postIn")}
    return {c for office in offices for c in facts.of(office, "represents")} | {
        c for body in bodies for c in facts.of(body, "jurisdiction")
    }


def count_steps(facts: Facts) -> set[str]:
    """Return the sentences of the steps of CPEC Phase II, which no curator joined to a deed."""
    nodes = {CPEC_PHASE_II} | {
        s for s, o in facts.pairs("providesFor", "mandateFor", "statusOf") if o == CPEC_PHASE_II
    }
    nodes |= {s for s, o in facts.pairs("statusOf") if o in nodes}
    deeds = {
        iri(name)
        for name in ("newStatus", "date", "provides", "deploys", "hasAmount", "signs", "announces")
    } | {iri(name) for name in ("advances", "strengthens", "expands")}
    ends = [dict(facts.pairs(name)) for name in ("saidSubject", "saidObject")]
    unasserted = {
        g for record, g in facts.pairs("oa:hasSource") if nodes & {own.get(record) for own in ends}
    }
    return unasserted | {
        g
        for s, p, o, g in facts.stated
        if nodes & {s, o}
        and p != iri("statusOf")
        and (
            p in deeds
            or (p == iri("providesFor") and o == CPEC_PHASE_II)
            or facts.modality((s, p, o, g)) & {"Aim", "Tasked"}
        )
    }


def count_days(facts: Facts) -> set[object]:
    return {
        (thing, status, day)
        for change, status, _ in facts.said("newStatus")
        for thing in facts.of(change, "statusOf")
        for day in facts.of(change, "date") or facts.of(change, "latest") or {""}
    }


def participants(facts: Facts, *names: str) -> set[str]:
    return {
        agent
        for _, part, _ in facts.said(*names)
        if facts.of(part, "prov:hadRole")
        for agent in facts.of(part, "prov:agent")
    }


def count_readings(facts: Facts) -> set[object]:
    records = {
        record: key
        for key, own in facts.records.items()
        if key[3] in facts.sentences
        for record in own
    }
    said = [dict(facts.pairs(n)) for n in ("saidSubject", "saidPredicate", "saidObject")]
    source = defaultdict(set)
    for s, o in facts.pairs("oa:hasSource"):
        source[s].add(o)
    found: set[object] = set()
    for subject, _ in facts.pairs("reading"):
        if subject in facts.sentences:
            found.add(subject)
        elif subject in records:
            found.add(records[subject])
        else:
            own = source[subject] & facts.sentences
            found |= {(*(part.get(subject) for part in said), g) for g in own}
    return found


COUNTS: Final[dict[str, Callable[[Facts], Iterable[object]]]] = {
    "about": count_about,
    "aims": lambda f: {o for s, o, _ in f.said("aimsAt") if s == CPEC_PHASE_II},
    "amounts": count_amounts,
    "assessments": lambda f: {q for q in f.stated if "Assessed" in f.modality(q)},
    "background": lambda f: {
        (s, p, o)
        for s, p, o, g in f.quads
        if g.startswith(BACKGROUND) and p in {s for s, _ in f.pairs("modality")}
    },
    "beneficiaries": lambda f: {o for _, o in f.pairs("targets")},
    "contested": count_contested,
    "cooperation-areas": lambda f: both(f, "cooperatesIn"),
    "corroborated-facts": lambda f: {q for q, n in count_sentences(f).items() if n > 1},
    "deployment-goals": lambda f: {
        goal for u, goal in f.pairs("aimsAt") if u in {s for s, _ in f.pairs("deploys")}
    },
    "deployments": lambda f: {
        system
        for u, system in f.pairs("deploys")
        for c, own in f.pairs("jointPartyTo")
        if own == u and (c, system) in f.pairs("jointlyDeploys")
    },
    "differing-accounts": lambda f: differing(f, strict=False),
    "draft-labels": lambda f: {
        thing
        for thing, status in f.pairs("labelStatus")
        for language in f.of(status, "schema:inLanguage")
        if any(label.endswith(f"@{language.strip(chr(34))}") for label in f.of(thing, "rdfs:label"))
    },
    "elsewhere": lambda f: {
        target
        for mapping, thing in f.pairs("owl:annotatedSource")
        if thing == f"{ID}Artificial_Intelligence"
        for target in f.of(mapping, "owl:annotatedTarget")
    },
    "facts-on-one-sentence": lambda f: {
        (s, p, o)
        for s, p, o, g in f.stated
        if g.startswith(f"{FIRST}/") and count_sentences(f)[s, p, o] == 1
    },
    "falls-under": lambda f: {s for s, o in f.pairs("within") if o == f"{ID}CPEC"},
    "focus": lambda f: f.of(f"{ID}Ongoing_Engagements", "focusesOn"),
    "gaps": lambda f: {s for s, _ in f.pairs("unsaid") if s in f.sentences},
    "given": lambda f: {o for _, o, _ in f.said("provides", "plansToProvide")},
    "intended-areas": lambda f: both(f, "intendsCooperationIn") - both(f, "cooperatesIn"),
    "meeting-held": lambda f: {
        (day, place) for day in f.of(MEETING, "date") for place in f.of(MEETING, "place") or {""}
    },
    "minutes-body": lambda f: {
        (minutes, body, country)
        for minutes, body in f.pairs("recordOfBody")
        for signing, own in f.pairs("signs")
        if own == minutes
        for country in f.of(signing, "inCountry")
    },
    "minutes-signed": lambda f: {
        (signing, day, place)
        for minutes, meeting in f.pairs("minutesOf")
        if meeting == MEETING
        for signing, own in f.pairs("signs")
        if own == minutes
        for day in f.of(signing, "date")
        for place in f.of(signing, "place") or {""}
    },
    "modalities": lambda f: {m for q in f.stated for m in f.modality(q)},
    "moved-forward": lambda f: {o for _, o, _ in f.said("advances")},
    "names": lambda f: {
        name for name in f.of(f"{ID}JCC", "rdfs:label", "skos:altLabel") if name.endswith("@ur")
    },
    "not-asserted": lambda f: {
        tuple(
            min(f.of(record, name))
            for name in ("saidSubject", "saidPredicate", "saidObject", "modality", "oa:hasSource")
        )
        for record, kind in f.pairs("rdf:type")
        if kind == iri("UnassertedStatement")
    },
    "offices": lambda f: {s for s, _, _ in f.said("org:holds")},
    "one-origin": count_one_origin,
    "outside": lambda f: {s for s, o, _ in f.said("inAdditionTo") if o == f"{ID}CPEC"},
    "participants": lambda f: participants(
        f, "prov:qualifiedAssociation", "prov:qualifiedAttribution"
    ),
    "parties": lambda f: {o for _, o in f.pairs("hasParty")},
    "planned-participants": lambda f: participants(f, "hasPlannedParticipation"),
    "postponed": lambda f: {
        thing
        for change, status, _ in f.said("newStatus")
        if status in {iri("Postponed"), iri("Suspended"), iri("Cancelled")}
        for thing in f.of(change, "statusOf")
    },
    "readings": count_readings,
    "sentence-states": lambda f: {q for q in f.stated if q[3] == f"{FIRST}/s08"},
    "shared-goals": lambda f: {
        goal
        for u, goal, _ in f.said("aimsAt")
        if {(PAKISTAN, u), (CHINA, u)} <= f.pairs("jointPartyTo")
    },
    "silent-since": lambda _: {CPEC_PHASE_II},
    "status": lambda f: {
        thing for change, _, _ in f.said("newStatus") for thing in f.of(change, "statusOf")
    },
    "status-history": count_days,
    "strengthened": lambda f: {
        o for _, o, _ in f.said("strengthens", "expands", "expandsCooperationInto")
    },
    "sustainable-development-goals": lambda f: {
        o
        for _, p, o, g in f.quads
        if g == f"{LINKS}un-sdg"
        and p in {iri("skos:relatedMatch"), iri("rdfs:seeAlso"), iri("dcterms:subject")}
    },
    "tasks": lambda f: {
        agent
        for _, mandate in f.pairs("assigned")
        if f.of(mandate, "mandateFor")
        for agent in f.of(mandate, "assignedTo")
    },
    "technology-areas": lambda f: {
        o for _, _, o, _ in f.stated if (o, iri("TechnologyArea")) in f.pairs("rdf:type")
    },
    "timeline": lambda f: {s for s, _ in f.pairs("date")},
    "unsaid": count_unsaid,
    "what-became": count_steps,
    "who-says-what": lambda f: {
        by
        for q in f.stated
        for record in f.records.get(q, ())
        for by in f.of(record, "attributedTo")
    },
}
"""The things that the lead of each question counts."""

TOTALS: Final = {"modalities", "who-says-what"}
"""The questions whose leads have the number of all statements of sentences."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return close_made_articles(tmp_path_factory.mktemp("made"), MADE_ARTICLES)


@pytest.fixture(scope="module", params=["shipped", "made"])
def graph(request: pytest.FixtureRequest) -> tuple[Store, EvidenceIndex, Facts]:
    store = request.getfixturevalue("store" if request.param == "shipped" else "made")
    return store, EvidenceIndex(store), Facts(quad for quad in store if graph_of(quad))


def ask(store: Store, index: EvidenceIndex, name: str) -> ShownAnswer:
    question = load_questions()[name]
    answer = cite(store, index, question.text, bind_question(question, {}, find_names(store)))
    return show_answer(Answer(answer.json(index.evidence.write_source), JSON))


def split_lead(lead: str, one: str, many: str, number: int) -> dict[str, str]:
    """Return the parts of a lead by the placeholders of its text, and the rest as `meant`."""
    text = translate_number(one, many, number)
    pattern = re.sub(r"%\\\((\w+)\\\)s", lambda m: f"(?P<{m[1]}>.+?)", re.escape(text))
    match = re.fullmatch(f"(?i:{pattern})(?P<meant>.*)", lead, re.DOTALL)
    assert match, f"{lead!r} is not of the form {text!r}"
    return match.groupdict()


@pytest.mark.law
@pytest.mark.parametrize("name", catalogue())
def test_each_number_of_a_lead_is_that_of_the_things_that_it_names(
    graph: tuple[Store, EvidenceIndex, Facts], name: str
) -> None:
    store, index, facts = graph
    counted = {*COUNTS[name](facts)}
    answer, names = ask(store, index, name), NameIndex.read(evaluate(store, NAMES))
    assert bool(answer.lines) == bool(counted)
    sentence = load_questions()[name].answer
    for language in LANGUAGES:
        with Flask(__name__).test_request_context(f"/?names={language}"):
            lead = write_lead(load_questions()[name], answer, names)
            assert bool(lead) == (bool(answer.lines) and not answer.more)
            if not lead:
                continue
            parts = split_lead(lead, sentence.one, sentence.many, len(counted))
            if "number" in parts:
                assert parts["number"].casefold() == write_number(len(counted)).casefold()
            if "total" in parts:
                assert name in TOTALS
                assert parts["total"].casefold() == write_number(len(facts.stated))
            if "names" in parts and len(counted) > 3:
                more = translate_number("one more", "%(number)s more", len(counted) - 3)
                assert more % {"number": write_number(len(counted) - 3)} in lead
            check_meant(parts["meant"], name, facts)


def check_meant(meant: str, name: str, facts: Facts) -> None:
    """Hold the sentences on modalities to the records, where the lead counts statements."""
    if not meant.strip():
        return
    assert name not in TOTALS
    if name not in {"about", "sentence-states"}:
        return
    counts = Counter(
        modality
        for statement in facts.records.keys() & {*COUNTS[name](facts)}
        for modality in facts.modality(statement)
    )
    usual = max(counts, key=counts.__getitem__)
    for modality, number in counts.items():
        if modality == usual or modality not in MEANT:
            continue
        text = translate_number(*MEANT[modality], number)
        assert text % {"number": write_number(number).capitalize()} in meant, first_language()


def test_a_name_has_its_article_and_a_headline_its_marks_in_a_lead(store: Store) -> None:
    index, names = EvidenceIndex(store), NameIndex.read(evaluate(store, NAMES))
    leads = {
        name: write_lead(load_questions()[name], ask(store, index, name), names)
        for name in ("tasks", "falls-under", "who-says-what", "meeting-held")
    }
    with Flask(__name__).test_request_context("/?names=ur"):
        phase = DisplayName(CPEC_PHASE_II, "سی پیک کا دوسرا مرحلہ", language="ur")
        assert write_cell(phase, names, "کے مقاصد") == names.labels[CPEC_PHASE_II][OBLIQUE]
        assert write_cell(phase, names) == phase.text
    assert leads["tasks"].endswith(": the Higher Education Commission.")
    assert (
        "fall under the China-Pakistan Economic Corridor: CPEC Phase II, the "
        in leads["falls-under"]
    )
    assert "“China to offer 3,000" in leads["who-says-what"]
    assert leads["meeting-held"].startswith(
        "Date of the 14th Joint Cooperation Committee meeting: 26 "
    )


def test_each_question_is_counted_again() -> None:
    assert COUNTS.keys() == catalogue().keys()
