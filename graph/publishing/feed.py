"""The feed of changes: versions of named graphs as members of a Linked Data Event Stream.

The first page names a page of the graphs that no logged write changed, and a page for each logged
write. The name of a member is the graph of its triples, and its cause is the write, with the
inferences that came and went. (https://w3id.org/ldes/specification)

A client reads while others write. A page of graphs names the last write, and the page of a write
names the previous one. So the client meets each write up to its last page of graphs, and has the
dataset as it was then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final
from urllib.parse import quote, urlencode

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Store, Triple, serialize

from graph.dataset import graph_of
from graph.errors import UnknownNameError
from graph.publishing.change_log import ChangeLog, LoggedWrite, Version, read_quads
from graph.publishing.dataset_quad import LICENCE, expand
from ontology.namespace import BASE, INFERRED_GRAPH
from ontology.terms import RDF

FEED: Final = BASE + "feed"
"""The name of the event stream; versions of the dataset have names below it."""

PAGE_MEMBERS: Final = 100
PAGE_TRIPLES: Final = 5000
"""The members of a page of graphs, and the triples after which it takes no other member."""

LDES: Final = "https://w3id.org/ldes#"
TREE: Final = "https://w3id.org/tree#"
CHANGESET: Final = "http://purl.org/vocab/changeset/schema#"
TOMBSTONE: Final = NamedNode("https://www.w3.org/ns/activitystreams#Tombstone")
IS_VERSION_OF: Final = expand("dcterms:isVersionOf")
CREATED: Final = expand("dcterms:created")

RETENTION: Final = (
    "The last version of each named graph is kept, and the versions of the last writes within the "
    "bytes of the change log. A deletion leaves a tombstone; a removal on request leaves it alone."
)


@dataclass(frozen=True, slots=True)
class Member:
    """A version of a graph; a graph without triples was deleted."""

    graph: str
    version: Version
    triples: set[Triple]

    @property
    def iri(self) -> str:
        """The name of the version."""
        return f"{FEED}/{self.version.name}#{quote(self.graph, safe='')}"


@dataclass(frozen=True, slots=True)
class Change:
    """A write with its members, and the triples that newly follow and no longer follow."""

    version: Version
    members: list[Member]
    follows: set[Triple]
    follows_no_longer: set[Triple]


def list_changes(store: Store, writes: Iterable[LoggedWrite]) -> Iterator[Change]:
    """Yield the last writes of a store, the newest first; `writes` has the oldest first.

    Read a change before you ask for the next, which undoes the write in the same sets.
    """
    contents: dict[str, set[Triple]] = {}
    for write in reversed(tuple(writes)):
        added, removed = group_triples(write.added), group_triples(write.removed)
        for graph in write.graphs:
            if graph not in contents:
                contents[graph] = read_triples(store, graph)
        yield Change(
            write.version,
            [Member(graph, write.version, contents[graph]) for graph in write.graphs],
            added[INFERRED_GRAPH],
            removed[INFERRED_GRAPH],
        )
        for graph in write.graphs:
            contents[graph] -= added[graph]
            contents[graph] |= removed[graph]


def group_triples(lines: bytes) -> defaultdict[str, set[Triple]]:
    """Return the triples of N-Quads by their graphs."""
    groups: defaultdict[str, set[Triple]] = defaultdict(set)
    for quad in read_quads(lines):
        groups[graph_of(quad)].add(quad.triple)
    return groups


def read_triples(store: Store, graph: str) -> set[Triple]:
    """Return the triples of a named graph."""
    return {quad.triple for quad in store.quads_for_pattern(None, None, None, NamedNode(graph))}


@dataclass(slots=True)
class FeedPage:
    """A page of the feed at its address, a `tree:Node` of the stream whose view is at `root`."""

    root: str
    address: str
    quads: list[Quad] = field(default_factory=list)
    _nodes: int = 0

    def state(
        self, subject: NamedNode | BlankNode, predicate: str, value: NamedNode | BlankNode | Literal
    ) -> None:
        """Add a triple of the default graph."""
        self.quads.append(Quad(subject, NamedNode(predicate), value))

    def new_node(self) -> BlankNode:
        """Return a blank node; equal pages have equal labels, and no graph has them."""
        self._nodes += 1
        return BlankNode(f"{sha256(self.address.encode()).hexdigest()[:32]}n{self._nodes}")

    def relate(self, address: str) -> None:
        """Name another page."""
        relation = self.new_node()
        self.state(NamedNode(self.address), TREE + "relation", relation)
        self.state(relation, RDF.TYPE.value, NamedNode(TREE + "Relation"))
        self.state(relation, TREE + "node", NamedNode(address))

    def describe_stream(self) -> None:
        """Describe the stream: its properties of time and version, and its retention policy."""
        stream, root, view, policy = (
            NamedNode(FEED),
            NamedNode(self.root),
            self.new_node(),
            self.new_node(),
        )
        self.state(stream, RDF.TYPE.value, NamedNode(LDES + "EventStream"))
        self.state(stream, TREE + "view", root)
        self.state(stream, LDES + "timestampPath", CREATED)
        self.state(stream, LDES + "versionOfPath", IS_VERSION_OF)
        self.state(stream, LDES + "versionDeleteObject", TOMBSTONE)
        self.state(stream, expand("dcterms:license").value, NamedNode(LICENCE))
        self.state(root, RDF.TYPE.value, NamedNode(TREE + "Node"))
        self.state(root, TREE + "viewDescription", view)
        self.state(view, LDES + "retentionPolicy", policy)
        self.state(policy, RDF.TYPE.value, NamedNode(LDES + "LatestVersionSubset"))
        self.state(policy, LDES + "amount", Literal(1))
        self.state(policy, expand("dcterms:description").value, Literal(RETENTION, language="en"))

    def add_member(self, member: Member, cause: BlankNode | None = None) -> None:
        """Add a version of a graph, a tombstone if it has no triples, with its cause."""
        name = NamedNode(member.iri)
        self.state(NamedNode(FEED), TREE + "member", name)
        self.state(name, IS_VERSION_OF.value, NamedNode(member.graph))
        created = Literal(member.version.created, datatype=expand("xsd:dateTime"))
        self.state(name, CREATED.value, created)
        if cause is not None:
            self.state(name, expand("prov:wasGeneratedBy").value, cause)
        if not member.triples:
            self.state(name, RDF.TYPE.value, TOMBSTONE)
        for subject, verb, term in sorted(member.triples, key=str):
            self.quads.append(Quad(subject, verb, term, name))

    def add_change(self, change: Change) -> None:
        """Add a write as the cause of its members, with its inferences as a change set."""
        cause = self.new_node()
        self.state(cause, RDF.TYPE.value, expand("prov:Activity"))
        self.state(cause, RDF.TYPE.value, NamedNode(CHANGESET + "ChangeSet"))
        for predicate, triples in (
            ("addition", change.follows),
            ("removal", change.follows_no_longer),
        ):
            for subject, verb, term in sorted(triples, key=str):
                record = self.new_node()
                self.state(cause, CHANGESET + predicate, record)
                self.state(record, RDF.TYPE.value, RDF.STATEMENT)
                self.quads.append(Quad(record, RDF.SUBJECT, subject))
                self.quads.append(Quad(record, RDF.PREDICATE, verb))
                self.quads.append(Quad(record, RDF.OBJECT, term))
        for member in change.members:
            self.add_member(member, cause)

    def write(self) -> bytes:
        """Return the page as N-Quads."""
        return serialize(self.quads, format=RdfFormat.N_QUADS) or b""


def first_page(log: ChangeLog, root: str) -> bytes:
    """Return the page that describes the stream and names the others."""
    page = FeedPage(root, root)
    page.describe_stream()
    page.relate(graphs_address(root, ""))
    for write in log.writes:
        page.relate(write_address(root, write))
    return page.write()


def write_address(root: str, write: LoggedWrite) -> str:
    """Return the address of the page of a write."""
    return f"{root}/{write.version.name}"


def graphs_address(root: str, after: str) -> str:
    """Return the address of the page of the graphs whose names come after another."""
    return f"{root}?{urlencode({'after': after})}"


def graphs_page(store: Store, log: ChangeLog, root: str, after: str) -> bytes:
    """Return a page of the graphs that no logged write changed, by their names."""
    page = FeedPage(root, graphs_address(root, after))
    changed = {graph for write in log.writes for graph in write.graphs}
    stored = {graph.value for graph in store.named_graphs() if isinstance(graph, NamedNode)}
    names = sorted(name for name in (stored | log.versions.keys()) - changed if name > after)
    triples = 0
    for number, name in enumerate(names):
        if number == PAGE_MEMBERS or triples > PAGE_TRIPLES:
            page.relate(graphs_address(root, names[number - 1]))
            break
        member = Member(name, log.versions.get(name, log.base), read_triples(store, name))
        if member.triples or name in log.versions:
            page.add_member(member)
        triples += len(member.triples)
    if log.writes:
        page.relate(write_address(root, log.writes[-1]))
    return page.write()


def write_page(store: Store, log: ChangeLog, root: str, version: str) -> bytes:
    """Return the page of a logged write; raises UnknownNameError."""
    for change, previous in zip(
        list_changes(store, log.writes), (*log.writes[-2::-1], None), strict=False
    ):
        if change.version.name == version:
            page = FeedPage(root, f"{root}/{version}")
            page.add_change(change)
            if previous is not None:
                page.relate(write_address(root, previous))
            return page.write()
    raise UnknownNameError(f"the feed has no write {version}")
