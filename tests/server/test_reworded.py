"""Laws: a receipt tells each change of what the sources say of its rows, and no other change."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from random import Random

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse

from graph.answering.binding import bind_question
from graph.answering.evaluation import UNBOUNDED, Query
from graph.answering.fingerprint import fingerprint
from graph.answering.name import find_names
from graph.citing.citation import cite
from graph.citing.index import EvidenceIndex
from graph.citing.proof_fingerprint import fingerprint_proofs
from graph.curating.annotation import replace_annotations
from graph.dataset import graph_of, memory_store
from graph.reasoning.kernel import Kernel
from ontology.namespace import EVIDENCE, HEAD, ID, INFERRED_GRAPH
from ontology.terms import CPEC
from queries.catalogue import catalogue
from server.engine.writing.delta import Effect
from server.receipt import OTHER_SOURCES, OTHER_WORDS, Receipt
from tests.graph.citing.made_news import NAMES, read_ontology

RUNS, CHANGES = 20, 50
"""A thousand changes in all."""

TEXTS = (
    """SELECT ?x ?p ?y { VALUES ?p { cpec:concernsArea cpec:deploys cpec:cooperatesIn } ?x ?p ?y
    FILTER (?x IN (id:Weaving, id:Spinning, id:Pakistan)) }""",
    """SELECT ?x ?y ?z { ?x cpec:concernsArea ?y . id:Pakistan cpec:cooperatesIn ?y
    OPTIONAL { ?x cpec:deploys ?z OPTIONAL { ?z rdfs:label ?name } FILTER (BOUND(?name)) }
    FILTER NOT EXISTS { ?y cpec:under ?w FILTER NOT EXISTS { ?w cpec:hasParty id:Pakistan } } }""",
    """SELECT (COUNT(*) AS ?n) { VALUES ?p { cpec:concernsArea cpec:deploys cpec:hasJointParty }
    ?x ?p ?y FILTER (?y != id:China) OPTIONAL { ?y rdfs:label ?n2 FILTER (LANG(?n2) = "zh") } }""",
)
"""Rows of one statement, rows that depend on absences, and a row that counts."""

STRENGTHS = ("Background", "Reported", "Ongoing")
STATUSES = ("Ended", "Suspended", "Cancelled")
SPEAKERS = ("", "Critic", "Minister")
GRAPHS = tuple(f"{article}/s0{number}" for article in ("news", "more") for number in (1, 2))
STATED = (
    *(("Weaving", "hasJointParty", "Pakistan"), ("Spinning", "hasJointParty", "Pakistan")),
    *(("Weaving", "concernsArea", "Textiles"), ("Spinning", "concernsArea", "Jobs")),
    *(("Weaving", "deploys", "Looms"), ("Spinning", "deploys", "Looms")),
)
INFERRED = tuple(("Pakistan", "cooperatesIn", area) for area in ("Textiles", "Jobs"))
TRIPLES = (*STATED, *INFERRED)
Said = tuple[str, str, str]
MATCHED: tuple[frozenset[Said], ...] = (
    frozenset(triple for triple in TRIPLES if triple[1] != "hasJointParty"),
    frozenset(triple for triple in TRIPLES if triple[1] != "hasJointParty"),
    frozenset(STATED),
)
"""The statements that each query matches."""

Place = tuple[Said, str]
Account = tuple[int, frozenset[str], frozenset[object]]


@dataclass
class News:
    """Sentences with their speaker and text, and what they state, deny, and say has ended."""

    sentences: dict[str, dict[str, str]] = field(default_factory=dict)
    stated: dict[Place, dict[str, str]] = field(default_factory=dict)
    denied: dict[Place, dict[str, str]] = field(default_factory=dict)
    ends: dict[str, tuple[str, ...]] = field(default_factory=dict)
    label: str = "looms"

    def quads(self) -> set[Quad]:
        """Return the statements with their records."""
        lines = [f'GRAPH graph:editorial {{ id:Looms rdfs:label "{self.label}"@zh }}']
        for graph, own in self.sentences.items():
            article, _, number = graph.partition("/s0")
            lines.append(
                f"GRAPH graph:evidence {{ id:{article} a cpec:NewsArticle ; dcterms:date "
                f'"2020-01-01"^^xsd:date . <{graph}> a cpec:Sentence ; oa:hasSource id:{article} ; '
                f"schema:position {number} ; cpec:attributedTo id:{own['by'] or article} ; "
                f'schema:sha256 "{own["text"]}" }}'
            )
        for kind, records in (("is", self.stated), ("no", self.denied)):
            for (triple, graph), own in records.items():
                subject, predicate, value = triple
                record = f"<{graph}#{kind}-{predicate}-{subject}-{value}>"
                said = f"id:{subject} cpec:{predicate} id:{value} ~ {record}"
                by = f"; cpec:attributedTo id:{own['by']}" if own["by"] else ""
                more = f'oa:exact "{own["quote"]}" ; cpec:modality cpec:{own["modality"]} {by}'
                line = f"{said} {{| {more} |}}" if kind == "is" else f"<< {said} >> {more}"
                lines.append(f"GRAPH <{graph}> {{ {line} }}")
        for thing, (status, day, graph) in self.ends.items():
            lines.append(
                f"GRAPH <{graph}> {{ id:end_{thing} cpec:statusOf id:{thing} ; "
                f'cpec:newStatus cpec:{status} ; cpec:date "{day}"^^xsd:date }}'
            )
        text = f"BASE <https://w3id.org/cpec-graph/id/>\n{HEAD}{NAMES}" + "\n".join(lines)
        return {*replace_annotations(parse(text, RdfFormat.TRIG))}

    def rate(self, triple: Said, graph: str) -> Account:
        """Return how a sentence means a statement, who says so, and what of it has ended."""
        own = self.stated[triple, graph]
        by = own["by"] or self.sentences[graph]["by"]
        over = {(t, *end) for t, end in self.ends.items() if t in {triple[0], triple[2]}}
        speakers = {by} - {"", graph.partition("/")[0]}
        return STRENGTHS.index(own["modality"]), frozenset(speakers), frozenset(over)

    def prove(self, triple: Said) -> dict[frozenset[str], Account]:
        """Return the proofs of a row, each with its account: the weakest of its premises."""
        if triple in STATED:
            return {frozenset((g,)): self.rate(t, g) for t, g in self.stated if t == triple}
        thing = next(t[0] for t in STATED if t[1:] == ("concernsArea", triple[2]))
        premises = (thing, "hasJointParty", "Pakistan"), (thing, "concernsArea", triple[2])
        pairs = product(*([g for t, g in self.stated if t == premise] for premise in premises))
        proofs: dict[frozenset[str], Account] = {}
        for pair in pairs:
            parts = [self.rate(*part) for part in zip(premises, pair, strict=True)]
            weakest = max(1, *(part[0] for part in parts))  # cooperatesIn is reported
            proofs[frozenset(pair)] = (
                weakest,
                parts[0][1] | parts[1][1],
                parts[0][2] | parts[1][2],
            )
        return {g: account for g, account in proofs.items() if not any(p < g for p in proofs)}

    def say(self, matched: frozenset[Said]) -> tuple[object, object]:
        """Return the proofs of the statements of all rows, and what is said of them."""
        proofs = {triple: self.prove(triple) for triple in matched}
        denials = {
            (triple, g, own["modality"], own["by"] or self.sentences[g]["by"])
            for (triple, g), own in self.denied.items()
            if triple in matched
        }
        cited = {graph for own in proofs.values() for graphs in own for graph in graphs}
        texts = {graph: self.sentences[graph]["text"] for graph in cited}
        return {triple: {*own} for triple, own in proofs.items()}, (proofs, denials, texts)


def begin(random: Random) -> News:
    """Return news in which each triple is stated once or twice."""
    news = News({graph: {"by": "", "text": "t"} for graph in GRAPHS})
    for triple in STATED:
        for graph in random.sample(GRAPHS, random.choice((1, 1, 2))):
            news.stated[triple, graph] = {"modality": "Reported", "by": "", "quote": "q"}
    return news


def change(news: News, random: Random) -> None:
    """Make one change at random."""
    random.choice((change_record, change_record, change_sentence, deny, end, state))(news, random)


def change_record(news: News, random: Random) -> None:
    """Change how a statement is meant, who says it, or its quotation."""
    own = random.choice([*news.stated.values()])
    part, values = random.choice(
        (("modality", STRENGTHS), ("by", SPEAKERS), ("quote", ("q", "r", "longer by far")))
    )
    own[part] = random.choice(values)


def change_sentence(news: News, random: Random) -> None:
    """Change the speaker or the text of a sentence, or the label of a thing."""
    own = news.sentences[random.choice(GRAPHS)]
    part, values = random.choice((("by", SPEAKERS), ("text", ("t", "u", "v")), ("", ("x", "y"))))
    if part:
        own[part] = random.choice(values)
    else:
        news.label = random.choice(values)


def deny(news: News, random: Random) -> None:
    """Have a sentence deny or propose a triple, no longer do so, or in other words."""
    parts = ("by", SPEAKERS), ("modality", ("Denied", "Proposed")), ("quote", ("q", "r"))
    place = random.choice([*news.denied] or [(random.choice(TRIPLES), random.choice(GRAPHS))])
    if place not in news.denied or random.random() < 0.2:
        place = random.choice(TRIPLES), random.choice(GRAPHS)
        if place not in news.stated:
            news.denied[place] = {part: random.choice(values) for part, values in parts}
    elif random.random() < 0.2:
        del news.denied[place]
    else:
        part, values = random.choice(parts)
        news.denied[place][part] = random.choice(values)


def end(news: News, random: Random) -> None:
    """Have a programme end, no longer, or otherwise."""
    thing = random.choice(("Weaving", "Spinning"))
    parts = (STATUSES, [f"2019-0{month}-01" for month in (1, 2, 3)], GRAPHS)
    own = news.ends.pop(thing, None)
    if own is None:
        news.ends[thing] = tuple(map(random.choice, parts))
    elif random.random() < 0.7:  # one part alone
        part = random.randrange(len(parts))
        news.ends[thing] = (*own[:part], random.choice(parts[part]), *own[part + 1 :])


def state(news: News, random: Random) -> None:
    """Have a sentence state a triple, or no longer if another one does."""
    place = random.choice(STATED), random.choice(GRAPHS)
    if place in news.stated:
        if sum(triple == place[0] for triple, _ in news.stated) > 1:
            del news.stated[place]
    elif place not in news.denied:
        news.stated[place] = {"modality": random.choice(STRENGTHS), "by": "", "quote": "q"}


class Served:
    """The news in a store that follows their changes, as a server does."""

    def __init__(self, quads: set[Quad], ontology: Iterable[Quad] = ()) -> None:
        self.quads = quads
        stated = [*ontology, *quads]
        self.kernel = Kernel(stated)
        self.store = memory_store([*stated, *self.kernel.inferred_quads()])

    def follow(self, quads: set[Quad]) -> None:
        """Change the store to other quads."""
        gone, come = self.quads - quads, quads - self.quads
        change = self.kernel.write(come, gone)
        effect = Effect(gone | {*change.removed}, come | {*change.added})
        effect.delta().apply(self.store, union=True)
        self.quads = quads

    def receive(self, version: int, *queries: Query) -> list[Receipt]:
        """Return the receipts of answers, each with three hashes."""
        index, receipts = EvidenceIndex(self.store, self.kernel), []
        for query in queries or map(Query, TEXTS):
            rows = fingerprint(self.store, query, UNBOUNDED)
            ask = partial(cite, self.store, text=query.text, bindings=query.bindings)
            proofs = fingerprint_proofs(index, ask)
            assert (rows.reason, proofs.reason) == ("", "")
            receipts.append(Receipt(str(version), rows.hash, 0, "", proofs.hash, proofs.words))
        return receipts


def expect(before: News, after: News, matched: frozenset[Said]) -> str:
    """Return the status that an answer of the earlier news has after the later ones."""
    pairs = zip(before.say(matched), after.say(matched), (OTHER_SOURCES, OTHER_WORDS), strict=True)
    return next((status for was, now, status in pairs if was != now), "same")


@pytest.mark.law
@pytest.mark.parametrize("seed", range(RUNS))
def test_each_change_of_words_is_told_and_no_other(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - no secret
    news = begin(random)
    served = Served(news.quads(), read_ontology())
    receipts, told = served.receive(0), set[str]()
    for version in range(1, CHANGES + 1):
        before = deepcopy(news)
        change(news, random)
        served.follow(news.quads())
        today = served.receive(version)
        statuses = [old.status(new) for old, new in zip(receipts, today, strict=True)]
        assert statuses == [expect(before, news, own) for own in MATCHED], (before, news)
        told.update(statuses)
        receipts = today
    assert told == {"same", OTHER_SOURCES, OTHER_WORDS}
    rebuilt = Served(news.quads(), read_ontology())  # of another store, which follows no writes
    assert rebuilt.receive(CHANGES) == receipts


DRAWS = 2
"""The changes that each question is asked about."""

NOBODY = NamedNode(f"{ID}Nobody")


@pytest.fixture(scope="module")
def served(store: Store) -> Served:
    """The shipped graph, which follows changes."""
    return Served({quad for quad in store if graph_of(quad) not in {"", INFERRED_GRAPH}})


def bind_defaults(name: str, store: Store) -> Query:
    """Return a question of the catalogue with its default parameters."""
    question = catalogue()[name]
    return Query(question.text, bindings=bind_question(question, {}, find_names(store)))


@pytest.mark.long
def test_each_question_has_a_receipt_of_three_hashes(served: Served, store: Store) -> None:
    queries = [bind_defaults(name, store) for name in catalogue()]
    receipts = served.receive(0, *queries)
    assert len(receipts) == len(queries)
    assert all(receipt.hash and receipt.proofs and receipt.words for receipt in receipts)


@pytest.mark.long
@pytest.mark.law
@pytest.mark.parametrize("seed", range(DRAWS))
@pytest.mark.parametrize("name", sorted(catalogue()))
def test_a_question_tells_who_says_what_it_would_miss(
    served: Served, store: Store, name: str, seed: int
) -> None:
    """Another speaker of a statement is told if its loss is, or if a row names the speaker.

    A row may lose one of its statements and keep its sentences and speakers, as others have them.
    """
    random, whole = Random(seed), served.quads  # noqa: S311 - no secret
    query, index = bind_defaults(name, store), EvidenceIndex(served.store, served.kernel)
    sources = cite(served.store, index, query.text, query.bindings).sources
    records = [own for own in index.evidence.records.walk() if own.is_asserted and own.name]
    own = [record for record in records if record.source in sources]
    record = random.choice(sorted(own or records, key=lambda record: record.name))
    subject, predicate, value = record.triple
    about = NamedNode(record.name)
    statement = Quad(subject, predicate, value, NamedNode(record.source))
    described = {quad for quad in whole if quad.subject == about}
    spoken = {quad for quad in described if quad.predicate == CPEC.ATTRIBUTED_TO}
    (before,) = served.receive(0, query)
    served.follow(whole - described - {statement})
    missed = before.status(*served.receive(1, query))
    served.follow(whole - spoken | {Quad(about, CPEC.ATTRIBUTED_TO, NOBODY, EVIDENCE)})
    told = before.status(*served.receive(2, query))
    index = EvidenceIndex(served.store, served.kernel)
    rows = cite(served.store, index, query.text, query.bindings).citations
    speakers = {by.iri for row in rows for meant in row.modalities for by in meant.speakers}
    served.follow(whole)
    assert served.receive(0, query) == [before]
    assert told == "same" or missed != "same" or NOBODY.value in speakers, record
    assert told != "same" or missed != OTHER_SOURCES, record
