"""The feed of changes: versions of named graphs as members of a Linked Data Event Stream.

It is also an Atom document (RFC 4287), for readers of news: an entry for each member.

The first page names a page of the graphs that no logged write changed, and a page for each logged
write. The name of a member is the graph of its triples, and its cause is the write, with the
inferences that came and went. (https://w3id.org/ldes/specification)

A client reads while others write. A page of graphs names the last write, and the page of a write
names the previous one. So the client meets each write up to its last page of graphs, and has the
dataset as it was then.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlencode
from xml.etree.ElementTree import Element, SubElement, tostring

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    Quad,
    QuerySolution,
    RdfFormat,
    Store,
    Triple,
    parse,
    serialize,
)

from graph.answering.evaluation import run_select
from graph.dataset import graph_of
from graph.errors import UnknownNameError
from graph.publishing.change_log import ChangeLog, LoggedWrite, Version, read_quads
from graph.publishing.dataset_quad import LICENCE, TITLE, expand
from ontology.namespace import BASE, HEAD, ID, INFERRED_GRAPH, shorten
from ontology.terms import RDF

FEED: Final = BASE + "feed"
"""The name of the event stream; versions of the dataset have names below it."""

PAGE_MEMBERS: Final = 100
PAGE_TRIPLES: Final = 5000
"""The members of a page of graphs, and the triples after which it takes no other member."""

TREE: Final = "https://w3id.org/tree#"
CHANGESET: Final = "http://purl.org/vocab/changeset/schema#"
TOMBSTONE: Final = NamedNode("https://www.w3.org/ns/activitystreams#Tombstone")
IS_VERSION_OF: Final = expand("dcterms:isVersionOf")
CREATED: Final = expand("dcterms:created")

STREAM: Final = HEAD + Path(__file__).with_name("stream.ttl").read_text("utf-8")
"""The description of the stream, read at import: a worker can open no file."""


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
class FeedChange:
    """A write with its members, and the triples that newly follow and no longer follow."""

    version: Version
    members: list[Member]
    follows: set[Triple]
    follows_no_longer: set[Triple]


def list_changes(store: Store, writes: Iterable[LoggedWrite]) -> Iterator[FeedChange]:
    """Yield the last writes of a store, the newest first; `writes` has the oldest first.

    Read a change before you ask for the next, which undoes the write in the same sets.
    """
    contents: dict[str, set[Triple]] = {}
    for write in reversed(tuple(writes)):
        added, removed = group_triples(write.added), group_triples(write.removed)
        for graph in write.graphs:
            if graph not in contents:
                contents[graph] = read_triples(store, graph)
        yield FeedChange(
            write.version,
            [Member(graph, write.version, contents[graph]) for graph in write.graphs],
            added[INFERRED_GRAPH],
            removed[INFERRED_GRAPH],
        )
        for graph in write.graphs:
            # backwards: before the write, what it added was absent, and what it removed was there
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
        nodes = {"view": self.new_node(), "policy": self.new_node()}
        text = STREAM.format(feed=FEED, root=self.root, licence=LICENCE, **nodes)
        self.quads += parse(text, RdfFormat.TURTLE)

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

    def add_change(self, change: FeedChange) -> None:
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


ENTRIES: Final = 100
"""The entries of the document: the newest members."""

NAMED_INFERENCES: Final = 20
"""The inferences that an entry names; it counts the others."""

NAMESPACE: Final = "http://www.w3.org/2005/Atom"


ARTICLES: Final = f"""
SELECT ?article ?title ?date {{
  ?article a cpec:NewsArticle ; dcterms:title ?title OPTIONAL {{ ?article dcterms:date ?date }}
}} ORDER BY DESC(STR(?date)) ?article LIMIT {ENTRIES}
"""
DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")


def atom_feed(store: Store, log: ChangeLog, root: str, contact: str = "") -> bytes:
    """Return the newest members, and below them the articles, as an Atom document.

    Its links begin with `root`; `contact` is the address of its author.
    """
    feed = Element("feed", xmlns=NAMESPACE)
    newest = log.writes[-1].version if log.writes else log.base
    add_texts(feed, title=TITLE, id=FEED, updated=newest.created, rights=LICENCE)
    author = SubElement(feed, "author")
    SubElement(author, "name").text = "cpec-graph"
    if contact:
        is_mail = contact.startswith("mailto:")
        SubElement(author, "email" if is_mail else "uri").text = contact.removeprefix("mailto:")
    SubElement(feed, "link", rel="self", href=f"{root}?format=atom", type="application/atom+xml")
    SubElement(feed, "link", rel="alternate", href=root, type="application/n-quads")
    for change in list_changes(store, log.writes[-ENTRIES:]):
        for member in islice(change.members, ENTRIES):
            add_member(feed, member, change, root)
        if len(feed) > ENTRIES:
            break
    for row in run_select(store, ARTICLES):
        add_article(feed, row, log.base, root)
    document: bytes = tostring(feed, encoding="utf-8", xml_declaration=True)
    return document


def add_texts(element: Element, **texts: str) -> None:
    """Add elements with a text; characters that XML cannot have become U+FFFD."""
    for name, text in texts.items():
        plain = "".join(c if c >= " " or c in "\t\n" else "\ufffd" for c in text)
        SubElement(element, name).text = plain


def add_entry(feed: Element, link: str, summary: str = "", **texts: str) -> None:
    """Add an entry with its name, title and time in `texts`, and its address."""
    entry = SubElement(feed, "entry")
    add_texts(entry, **texts)
    SubElement(entry, "link", rel="alternate", href=link)
    if summary:
        add_texts(entry, summary=summary)


def add_member(feed: Element, member: Member, change: FeedChange, root: str) -> None:
    """Add the entry of a member."""
    number, version = len(member.triples), member.version
    state = f"{number} statement{'s' * (number != 1)}" if number else "deleted"
    add_entry(
        feed,
        f"{root}/{version.name}",
        "\n".join(describe_inferences(change)) or "No inference changed.",
        id=member.iri,
        title=f"{shorten(member.graph)}: {state}",
        updated=version.created,
    )


def add_article(feed: Element, row: QuerySolution, base: Version, root: str) -> None:
    """Add the entry of an article, of the day of its publication where that is known."""
    iri, date = row["article"].value, row["date"]
    is_dated = date is not None and DAY.fullmatch(date.value)
    add_entry(
        feed,
        root.removesuffix("feed") + quote(f"page/{iri.removeprefix(ID)}"),
        id=iri,
        title=row["title"].value,
        updated=f"{date.value}T00:00:00Z" if is_dated else base.created,
    )


def describe_inferences(change: FeedChange) -> list[str]:
    """Return a line for each triple that newly follows or no longer follows."""
    lines = []
    for words, triples in (
        ("Newly follows", change.follows),
        ("No longer follows", change.follows_no_longer),
    ):
        lines += [f"{words}: {triple}" for triple in sorted(map(str, triples))[:NAMED_INFERENCES]]
        if len(triples) > NAMED_INFERENCES:
            lines.append(f"{words}: {len(triples) - NAMED_INFERENCES} more.")
    return lines
