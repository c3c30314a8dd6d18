"""The page of a thing: its names, the claims about it, and the claims that mention it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Final, TypeAlias

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store, Triple

from graph.citing.index import EvidenceIndex
from graph.dataset import graph_of
from graph.explaining.status import list_statuses
from graph.explaining.unasserted import list_unasserted_of_thing
from graph.presenting.claim import Claim, Claims, Equivalents, Schema
from graph.presenting.elsewhere import Link, list_links
from graph.presenting.line import GROUP_RANK, MOST_SOURCES, Line, Lines, StatementLine
from graph.presenting.situation import Situations, SituationTable
from graph.publishing.dataset_quad import expand
from graph.wording.display_name import DisplayName
from graph.wording.phrase import GROUPS
from graph.wording.sentence import DETAILS, PARTICIPATION, TYING, repeats_name
from graph.wording.source import Bibliography
from graph.wording.source_reference import Reference, References
from graph.wording.text import clean_text
from ontology.namespace import (
    DATASET_GRAPH,
    EDITORIAL_GRAPH,
    EVIDENCE,
    EVIDENCE_GRAPH,
    INFERRED_GRAPH,
    LINKS,
    ONTOLOGY_GRAPH,
)
from ontology.outline import packaged_outline
from ontology.terms import CPEC, DCTERMS, RDF, RDFS, SKOS

ROLES: Final = {
    DCTERMS.CREATOR: "author",
    DCTERMS.PUBLISHER: "publisher",
}
"""The role of an agent for a source, by the property that states it."""

MOST_WORKS: Final = 12
"""The most sources that a role names."""

CODES: Final = frozenset({CPEC + "iso3", CPEC + "m49", SKOS + "notation"})
DRAFTS: Final = {CPEC + "DraftUrduLabel": "ur", CPEC + "DraftChineseLabel": "zh"}
NAMING_PROPERTIES: Final = frozenset(
    {RDF.TYPE, RDFS.LABEL, SKOS.ALT_LABEL, SKOS.EDITORIAL_NOTE, CPEC.LABEL_STATUS}
)
"""The properties for the types, names and notes of a thing."""

RECKONED: Final = frozenset({CPEC + "earliest", CPEC + "latest"})
"""The bounds of a month or a year: a page tells the month itself."""

LEADING: Final = (
    "cpec:phaseOf cpec:inSeries",
    "cpec:committeeOf cpec:providesFor org:postIn",
    "org:holds ^org:holds cpec:concludedBy cpec:donor cpec:hasJointParty cpec:hasParty",
    "cpec:hasPlannedJointParty cpec:issuedBy cpec:jurisdiction",
    "^cpec:cooperatesIn ^cpec:intendsCooperationIn ^cpec:sharesGoal",
    "cpec:date cpec:plannedFor cpec:latest cpec:earliest cpec:newStatus",
    "cpec:place cpec:inCountry cpec:within",
    "prov:qualifiedAssociation",
)
"""What a lead tells of a thing: what it is, who is concerned, when, where, who took part there.

Each line is told by the first of its properties that is stated; `^` marks one that points here.
"""

LEAST_LINES: Final = 2
MOST_LINES: Final = 4
"""The fewest lines of a lead, where as much is known of the thing, and the most."""

TABLED: Final = (expand("prov:agent"), expand("cpec:statusOf"))
"""The properties by which participations and statuses point at a thing: they have tables."""

NAMING: Final = frozenset(
    {
        *DETAILS,
        *map(expand, ("cpec:minutesOf", "cpec:meetingOf", "cpec:signs", "cpec:issue")),
        *map(expand, ("cpec:ordinal", "cpec:newStatus")),
    }
)
"""What the name of a thing says, or its table: the minutes of a meeting, a launch as begun."""

PLACE, COUNTRY = ((expand(name), False) for name in ("cpec:place", "cpec:inCountry"))

PRESIDING: Final = (expand("cpec:Chair"), expand("cpec:CoChair"))

Direction: TypeAlias = tuple[NamedNode, bool]
"""A property, and whether it points at the thing."""

META_GRAPHS: Final = frozenset({"", ONTOLOGY_GRAPH, DATASET_GRAPH, EVIDENCE_GRAPH})
"""The graphs that are not about the things of the world."""

CLAIMS_A_PAGE: Final = 150
"""The claims on one page; one of several sources counts as one for each that is quoted."""

MOST_QUADS: Final = 50_000
"""The quads at each end of a thing that are looked at."""


@dataclass(slots=True)
class ModalityGroup:
    """The lines of one modality: stated by sources, and only inferred."""

    modality: str
    stated: list[Line]
    inferred: list[Line]


@dataclass(slots=True)
class Role:
    """A role of a thing, author or publisher: the number of its sources, and some of them."""

    name: str
    total: int
    works: list[tuple[DisplayName, str]]
    """The title of each source, and its reference in words."""


@dataclass(slots=True)
class ThingPage:
    """A page of a thing: `counts` are its claims by modality, `follow` the number of inferred ones.

    Of `total` claims, `page` of `pages` has those from `first` to `last`.
    """

    name: DisplayName
    aliases: list[DisplayName]
    drafts: list[str]
    notes: list[str]
    kinds: list[DisplayName]
    classes: list[str]
    counts: dict[str, int]
    stated: int
    follow: int
    groups: list[ModalityGroup]
    pointing: list[Line]
    codes: list[tuple[str, DisplayName]]
    others: list[tuple[DisplayName, DisplayName]]
    links: list[Link]
    roles: list[Role]
    unasserted: list[StatementLine] = field(default_factory=list)
    sources: list[Reference] = field(default_factory=list)
    page: int = 1
    pages: int = 1
    first: int = 1
    last: int = 0
    total: int = 0
    statuses: list[tuple[DisplayName, bool]] = field(default_factory=list)
    """The last status, and whether it ends the thing; two or more are contested."""
    lead: list[Line] = field(default_factory=list)
    """The statements that say what is known of the thing first."""
    latest: str = ""
    """The reference of the latest of its sources."""
    lacks_participants: bool = False
    """Whether the thing is a meeting, and no source says who chairs or takes part."""
    tables: list[SituationTable] = field(default_factory=list)


def view_thing(
    store: Store, index: EvidenceIndex | None, this: NamedNode, page: int
) -> ThingPage | None:
    """Return a page of a thing, None if no quad has it as subject or object."""
    outgoing, incoming = find_quads(store, this)
    if not outgoing and not incoming and not list_unasserted_of_thing(Bibliography(store), this):
        return None
    return Portrait(store, index, this).write_page(outgoing, incoming, page)


def find_quads(store: Store, this: NamedNode) -> tuple[list[Quad], list[Quad]]:
    """Return the quads of named graphs that have a thing as their subject, and as their object."""
    outgoing = list(select_world_quads(store.quads_for_pattern(this, None, None)))
    return outgoing, list(select_world_quads(store.quads_for_pattern(None, None, this)))


def select_world_quads(quads: Iterable[Quad]) -> Iterator[Quad]:
    """Yield the quads of named graphs that are about the world, up to a number."""
    for quad in islice(quads, 2 * MOST_QUADS):
        if not isinstance(quad.graph_name, DefaultGraph) and graph_of(quad) not in META_GRAPHS:
            yield quad


class Portrait:
    """Writes the pages of one thing."""

    def __init__(
        self,
        store: Store,
        index: EvidenceIndex | None,
        this: NamedNode,
        among: Container[Triple] | None = None,
    ) -> None:
        """Prepare the pages of a thing; `among` limits its claims to some triples."""
        self.store, self.this, self.among = store, this, among
        self.schema, self.references = Schema(store), References(store)
        self.names, self.lines = self.references.names, Lines(self.references)
        self.claims = Claims(self.references.evidence.records, index, self.schema)

    def write_page(self, outgoing: list[Quad], incoming: list[Quad], page: int) -> ThingPage:
        """Return the thing with one page of its claims."""
        triples = self.group_triples(outgoing, incoming)
        stated = (
            quad.triple for quad in (*outgoing, *incoming) if graph_of(quad) != INFERRED_GRAPH
        )
        parts = list(split_pages(triples, Counter(stated)))
        page = min(max(page, 1), len(parts))
        first = sum(map(len, parts[: page - 1]))
        claims = self.claims.make_claims(parts[page - 1])
        about = [claim for claim in claims if claim.triple.subject == self.this]
        tables, remaining = self.write_tables(claims)
        own = [claim for claim in remaining if claim.triple.subject == self.this]
        toward = [claim for claim in remaining if claim.triple.subject != self.this]
        groups = group_by_modality(self.lines.write_about(own))
        pointing = self.lines.write_toward(toward)
        follow = sum(claim.follows for claim in about)
        unasserted = list_unasserted_of_thing(self.references.evidence, self.this)
        statuses = list_statuses(self.store, self.this)
        return ThingPage(
            self.names(self.this),
            self.find_texts(outgoing, SKOS.ALT_LABEL),
            self.find_drafts(outgoing),
            [clean_text(note.text) for note in self.find_texts(outgoing, SKOS.EDITORIAL_NOTE)],
            *self.find_types(outgoing),
            count_modalities(about),
            len(about) - follow,
            follow,
            groups,
            pointing,
            self.find_codes(outgoing),
            self.list_alignments(outgoing),
            list(list_links(self.store, self.names, outgoing)),
            list(self.list_roles()),
            list(map(self.lines.write_statement, unasserted)),
            self.references.list_all(),
            page,
            len(parts),
            first + 1,
            first + len(claims),
            len(triples),
            [(self.names(own.status), own.is_final) for own in statuses],
            self.write_lead(triples),
            self.find_latest((*outgoing, *incoming)),
            self.lacks_participants(outgoing),
            tables,
        )

    def write_tables(self, claims: list[Claim]) -> tuple[list[SituationTable], list[Claim]]:
        """Return the tables of situations and the other claims; a retraction has lines alone."""
        if self.among is not None:
            return [], claims
        return Situations(self.claims, self.lines).write_tables(self.this, claims)

    def write_lead(self, triples: Equivalents) -> list[Line]:
        """Return the lines that say what is known of the thing first.

        What fills more than a page is told by the parts alone: a lead would list all of it.
        """
        every: dict[Direction, Equivalents] = defaultdict(dict)
        for triple, same in triples.items():
            every[triple.predicate, triple.subject != self.this][triple] = same
        tabled = {(predicate, True) for predicate in TABLED}
        groups = {
            own: group
            for own, group in every.items()
            if own not in tabled and len(group) <= CLAIMS_A_PAGE
        }
        telling = [
            own
            for own, group in groups.items()
            if not (all if own[0] in TYING else any)(
                repeats_name(triple, self.names) for triple in group
            )
            and (own != COUNTRY or PLACE not in groups)
        ]
        found = ([own for own in map(read_direction, p.split()) if own in telling] for p in LEADING)
        tied = [own for own in telling if own[1] and own[0] in TYING]
        chosen = list(chain.from_iterable(own[:1] for own in found)) or tied[:1]
        known = {*NAMING, *map(NamedNode, RECKONED)}
        rest = [own for own in telling if own not in chosen and own[0] not in known]
        lines = list[Line]()
        for own in (chosen + rest[: max(0, LEAST_LINES - len(chosen))])[:MOST_LINES]:
            write = self.lines.write_toward if own[1] else self.lines.write_about
            claims = self.claims.make_claims(groups[own])
            # sources may name several chairs of one meeting, and none is preferred
            chairs = [c for c in claims if self.lines.tell(c)[0].predicate in PRESIDING]
            lines += write(chairs) if own[0] in PARTICIPATION and chairs else write(claims)[:1]
        return lines

    def find_latest(self, quads: Iterable[Quad]) -> str:
        """Return the reference of the latest article that speaks of the thing, "" without one."""
        evidence = self.references.evidence
        sources = map(evidence.source, sorted({graph_of(quad) for quad in quads}))
        dated = [(own.published, own.article) for own in sources if own.article and own.published]
        return evidence.write_reference(max(dated)[1]) if dated else ""

    def lacks_participants(self, outgoing: list[Quad]) -> bool:
        """Return whether the thing is a meeting, and nobody is said to take part in it."""
        kinds = {quad.object for quad in outgoing if quad.predicate == RDF.TYPE}
        has_parts = any(quad.predicate in PARTICIPATION for quad in outgoing)
        return NamedNode(CPEC + "Meeting") in kinds and not has_parts

    def group_triples(self, outgoing: list[Quad], incoming: list[Quad]) -> Equivalents:
        """Return the claimed triples with the thing as subject or object, in the order of a page.

        A triple with the thing as object is inverted if its property has an inverse.
        """
        groups: Equivalents = {}
        for quad in filter(is_claim, (*outgoing, *incoming)):
            triple = quad.triple
            if triple.subject != self.this or triple.object == self.this:
                triple = self.schema.invert(triple) or triple
            same = groups.setdefault(triple, [])
            if quad.triple not in same:
                same.append(quad.triple)
        groups = self.schema.drop_wider(groups)
        if self.among is not None:
            groups = {t: same for t, same in groups.items() if all(s in self.among for s in same)}
        return dict(sorted(groups.items(), key=self.rank))

    def rank(self, item: tuple[Triple, list[Triple]]) -> tuple[bool, int, int, str, str]:
        """Return the key by which claims are sorted."""
        triple = item[0]
        usual = GROUP_RANK.get(self.schema.default_modality(triple.predicate), len(GROUP_RANK))
        points = triple.subject != self.this
        return points, usual, *packaged_outline().rank(triple.predicate.value), str(triple)

    def find_texts(self, quads: Iterable[Quad], predicate: NamedNode) -> list[DisplayName]:
        """Return the distinct texts of a property of the thing."""
        texts = {q.object: None for q in quads if q.predicate == predicate}
        return [self.names(node) for node in texts if isinstance(node, Literal)]

    def find_drafts(self, quads: Iterable[Quad]) -> list[str]:
        """Return the languages in which the name is a draft."""
        statuses = {str(quad.object) for quad in quads if quad.predicate == CPEC.LABEL_STATUS}
        return sorted(language for name, language in DRAFTS.items() if f"<{name}>" in statuses)

    def find_types(self, quads: Iterable[Quad]) -> tuple[list[DisplayName], list[str]]:
        """Return the names of the stated classes, and the IRIs of all classes."""
        every = [quad for quad in quads if quad.predicate == RDF.TYPE]
        stated = {q.object: None for q in every if graph_of(q) != INFERRED_GRAPH}
        stated = {kind: None for kind in stated if CPEC in str(kind)} or stated
        classes = {q.object.value for q in every if isinstance(q.object, NamedNode)}
        return [self.names(node) for node in stated], sorted(classes)

    def find_codes(self, quads: Iterable[Quad]) -> list[tuple[str, DisplayName]]:
        """Return the codes of the thing, each with the name of its kind."""
        codes = {(q.predicate, q.object): None for q in quads if q.predicate.value in CODES}
        return [(self.names(kind).text, self.names(code)) for kind, code in codes]

    def list_roles(self) -> Iterator[Role]:
        """Yield the roles of the thing, author and publisher, with its sources."""
        for predicate, name in ROLES.items():
            quads = self.store.quads_for_pattern(None, predicate, self.this, EVIDENCE)
            named = {quad.subject for quad in quads if isinstance(quad.subject, NamedNode)}
            sources = sorted(named, key=str)
            if sources:
                works = [
                    (self.names(source), self.references.look_up(source.value, 0).words)
                    for source in sources[-MOST_WORKS:]
                ]
                yield Role(name, len(sources), works)

    def list_alignments(self, quads: Iterable[Quad]) -> list[tuple[DisplayName, DisplayName]]:
        """Return the inferred properties of other vocabularies with their values."""
        pairs = {
            (quad.predicate, quad.object): None
            for quad in quads
            if graph_of(quad) == INFERRED_GRAPH
            and not quad.predicate.value.startswith(CPEC)
            and quad.predicate != RDF.TYPE
        }
        return [
            (self.names(predicate), self.names(value))
            for predicate, value in islice(pairs, CLAIMS_A_PAGE)
        ]


def read_direction(text: str) -> Direction:
    """Return a prefixed name as a property; `^` marks one that points at the thing."""
    return expand(text.removeprefix("^")), text.startswith("^")


def split_pages(triples: Equivalents, sources: Mapping[Triple, int]) -> Iterator[Equivalents]:
    """Yield the claimed triples of each page, at least one; `sources` counts their sources."""
    part: Equivalents = {}
    quoted = 0
    for triple, same in triples.items():
        if quoted >= CLAIMS_A_PAGE:
            yield part
            part, quoted = {}, 0
        part[triple] = same
        quoted += min(max(1, sum(sources[t] for t in same)), MOST_SOURCES)
    yield part


def group_by_modality(lines: Iterable[Line]) -> list[ModalityGroup]:
    """Return lines by their modality, the surest first; those without one come last."""
    every, groups = list(lines), []
    for modality in (*GROUPS, ""):
        own = [line for line in every if line.modality == modality]
        stated = [line for line in own if not line.follows]
        inferred = [line for line in own if line.follows]
        if own:
            groups.append(ModalityGroup(modality, stated, inferred))
    return groups


def count_modalities(claims: Iterable[Claim]) -> dict[str, int]:
    """Return how many claims there are of each modality, the surest first."""
    numbers = Counter(claim.modality.removeprefix(CPEC) for claim in claims)
    return {modality: numbers[modality] for modality in (*GROUPS, "") if numbers[modality]}


def is_claim(quad: Quad) -> bool:
    """Return whether a quad says something of the world that a page tells as a sentence.

    That a country lies in itself is stated for the rules, and tells a reader nothing.
    """
    graph, predicate = graph_of(quad), quad.predicate
    if quad.subject == quad.object:
        return False
    if predicate.value in RECKONED and graph in {INFERRED_GRAPH, EDITORIAL_GRAPH}:
        return False
    if predicate in NAMING_PROPERTIES or predicate.value in CODES or graph.startswith(LINKS):
        return False
    if graph in {INFERRED_GRAPH, EDITORIAL_GRAPH}:
        return predicate.value.startswith(CPEC)
    return True
