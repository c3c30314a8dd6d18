"""The feed of changes as Atom (RFC 4287), for readers of news: an entry for each member."""

from __future__ import annotations

from itertools import islice
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from pyoxigraph import Store

from graph.publishing.change_log import ChangeLog
from graph.publishing.dataset_quad import LICENCE, TITLE
from graph.publishing.feed import FEED, Change, Member, list_changes
from ontology.namespace import shorten

ENTRIES: Final = 100
"""The entries of the document: the newest members."""

NAMED_INFERENCES: Final = 20
"""The inferences that an entry names; it counts the others."""

NAMESPACE: Final = "http://www.w3.org/2005/Atom"


def atom_feed(store: Store, log: ChangeLog, root: str) -> bytes:
    """Return the newest members as an Atom document, whose links begin with `root`."""
    feed = Element("feed", xmlns=NAMESPACE)
    newest = log.writes[-1].version if log.writes else log.base
    add_texts(feed, title=TITLE, id=FEED, updated=newest.created, rights=LICENCE)
    SubElement(SubElement(feed, "author"), "name").text = "cpec-graph"
    SubElement(feed, "link", rel="self", href=f"{root}?format=atom", type="application/atom+xml")
    SubElement(feed, "link", rel="alternate", href=root, type="application/n-quads")
    for change in list_changes(store, log.writes[-ENTRIES:]):
        for member in islice(change.members, ENTRIES):
            add_entry(feed, member, change, root)
        if len(feed) > ENTRIES:
            break
    document: bytes = tostring(feed, encoding="utf-8", xml_declaration=True)
    return document


def add_texts(element: Element, **texts: str) -> None:
    """Add elements with a text; characters that XML cannot have become U+FFFD."""
    for name, text in texts.items():
        plain = "".join(c if c >= " " or c in "\t\n" else "\ufffd" for c in text)
        SubElement(element, name).text = plain


def add_entry(feed: Element, member: Member, change: Change, root: str) -> None:
    """Add the entry of a member."""
    entry = SubElement(feed, "entry")
    number = len(member.triples)
    state = f"{number} statement{'s' * (number != 1)}" if number else "deleted"
    title = f"{shorten(member.graph)}: {state}"
    add_texts(entry, id=member.iri, title=title, updated=member.version.created)
    SubElement(entry, "link", rel="alternate", href=f"{root}/{member.version.name}")
    add_texts(entry, summary="\n".join(describe_inferences(change)) or "No inference changed.")


def describe_inferences(change: Change) -> list[str]:
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
