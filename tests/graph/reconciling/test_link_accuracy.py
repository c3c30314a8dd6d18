"""The proposed links to open data, held to the links that persons verified.

python -m tests.graph.reconciling.test_link_accuracy    prints precision, and recall by property
"""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

import pytest
from pyoxigraph import NamedNode, Quad, Store

from graph.knowledge_graph import open_graph
from graph.reconciling.linking import (
    THRESHOLD,
    Linkable,
    propose_links,
    read_linkables,
    read_targets,
    unify,
)
from graph.reconciling.table import read_quads
from ontology.namespace import ID, LINKS, shorten
from tests.conftest import SHARED

Links: TypeAlias = dict[tuple[str, str], str]
"""The property of each link, by the local name of our thing and the target in its one form."""

OPEN_DATA: Final = SHARED / "open-data"
NAMES: Final = ["UNTERM English Short", "UNTERM Chinese Short"]
CODES: Final = ["M49", "ISO3166-1-Alpha-3"]
IDENTITIES: Final = ("owl:sameAs", "schema:sameAs", "skos:exactMatch")
"""The properties of which a label can be evidence; links of others are a person's judgement."""


def read_open_data() -> Iterator[list[Linkable]]:
    """Yield the things of each file of open data: codes, goals and series of the UN, countries."""
    for path in sorted(OPEN_DATA.glob("sdg-*.ttl")):
        yield read_targets(read_quads(path))
    yield read_targets(read_quads(OPEN_DATA / "country-codes.csv", "wikidata_id", NAMES, CODES))


def read_verified_links() -> Links:
    """Return the links that were verified before the code was written."""
    with (SHARED / "model" / "links.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return {(row["entity"], unify(row["target"])): row["predicate"] for row in rows}


def select_links(quads: Iterable[Quad]) -> Links:
    """Return the links of a graph from our things."""
    return {
        (quad.subject.value.removeprefix(ID), unify(quad.object.value)): shorten(
            quad.predicate.value
        )
        for quad in quads
        if is_link(quad)
        and isinstance(quad.subject, NamedNode)
        and isinstance(quad.object, NamedNode)
        and quad.subject.value.startswith(ID)
    }


def is_link(quad: Quad) -> bool:
    """Return whether a quad is in a graph of links."""
    return isinstance(quad.graph_name, NamedNode) and quad.graph_name.value.startswith(LINKS)


def accept_links(store: Store) -> tuple[Links, set[str]]:
    """Return the accepted links to open data, proposed without the links of the graph.

    With them, the identifiers of all things of the open data.
    """
    unlinked = Store()
    unlinked.extend(quad for quad in store if not is_link(quad))
    ours = read_linkables(unlinked)
    accepted: Links = {}
    identifiers: set[str] = set()
    for targets in read_open_data():
        identifiers.update(*(target.identities for target in targets))
        for link in propose_links(ours, targets):
            if link.score >= THRESHOLD:
                ends = link.subject.removeprefix(ID), unify(link.target.iri)
                accepted[ends] = shorten(link.predicate)
    return accepted, identifiers


@pytest.mark.long
def test_all_accepted_links_to_open_data_are_verified_and_no_identity_is_missing(
    store: Store,
) -> None:
    if not OPEN_DATA.is_dir():
        pytest.skip(f"no {OPEN_DATA}: set CPEC_SHARED to the folder that holds open-data/")
    accepted, identifiers = accept_links(store)
    verified = read_verified_links()
    areas = "http://metadata.un.org/sdg/codes/geoArea/"
    assert accepted.keys() == {
        *(("Pakistan", f"{areas}586"), ("China", f"{areas}156")),
        *(("Pakistan", "wd:Q843"), ("China", "wd:Q148")),
        *(("Pakistan", "geonames:1168579"), ("China", "geonames:1814991")),
    }
    for links in (verified, select_links(store)):
        assert accepted.keys() <= links.keys()
        assert {
            ends
            for ends, property_ in links.items()
            if ends[1] in identifiers and property_ in IDENTITIES
        } <= accepted.keys()


def print_figures() -> None:
    """Print the precision of the accepted links, and their recall by the property of the link."""
    store = open_graph().store
    accepted, identifiers = accept_links(store)
    verified, shipped = read_verified_links(), select_links(store)
    right = accepted.keys() & verified.keys()
    print(f"precision: {len(right)} of {len(accepted)} accepted links are verified")
    for name, links in (("the verified links", verified), ("the links of the graph", shipped)):
        reachable = {ends: property_ for ends, property_ in links.items() if ends[1] in identifiers}
        total = Counter(reachable.values())
        hits = Counter(reachable[ends] for ends in reachable.keys() & accepted.keys())
        print(f"recall of {name} to open data: {hits.total()} of {total.total()}")
        for property_, number in sorted(total.items()):
            judged = "" if property_ in IDENTITIES else " (judged by a person)"
            print(f"  {property_}: {hits[property_]} of {number}{judged}")


if __name__ == "__main__":
    print_figures()
