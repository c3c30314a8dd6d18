"""The accuracy of reconciliation on names that were listed before its code was written.

python -m tests.graph.reconciling.test_accuracy    prints the figures, by the kind of name
"""

import csv
from collections import Counter
from pathlib import Path
from typing import Final

import pytest
from pyoxigraph import Store

from graph.knowledge_graph import open_graph
from graph.reconciling.matching import Candidate
from graph.reconciling.query import ReconciliationQuery
from graph.reconciling.reconciliation import Reconciliation
from graph.snapshot import Snapshot
from ontology.namespace import ID

FOLDER: Final = Path(__file__).parent


def read_names(file: str) -> list[dict[str, str]]:
    """Return the rows of a list: name, entity if it is one of ours, kind."""
    with (FOLDER / file).open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE))


def find_first(reconciliation: Reconciliation, name: str) -> Candidate | None:
    """Return the first candidate for a name."""
    return next(iter(reconciliation.match("q0", ReconciliationQuery(name))), None)


@pytest.fixture(scope="module")
def reconciliation(snapshot: Snapshot) -> Reconciliation:
    """The names of the shipped graph."""
    store = Store()
    store.extend(snapshot.quads())
    return Reconciliation(store)


def test_the_first_candidate_for_a_variant_is_right_in_95_of_100(
    reconciliation: Reconciliation,
) -> None:
    variants = read_names("variants.tsv")
    first = [find_first(reconciliation, variant["name"]) for variant in variants]
    wrong = [
        (variant["name"], candidate and candidate.thing.iri)
        for variant, candidate in zip(variants, first, strict=True)
        if candidate is None or candidate.thing.iri != ID + variant["entity"]
    ]
    assert len(variants) >= 150
    assert len(wrong) <= 0.05 * len(variants), wrong
    assert not [
        candidate
        for variant, candidate in zip(variants, first, strict=True)
        if candidate and candidate.match and candidate.thing.iri != ID + variant["entity"]
    ]


def test_a_near_name_of_something_else_is_no_match(reconciliation: Reconciliation) -> None:
    near_names = [row["name"] for row in read_names("near_names.tsv")]
    first = {name: find_first(reconciliation, name) for name in near_names}
    assert len(first) >= 150
    assert not {name for name, candidate in first.items() if candidate and candidate.match}


def print_figures() -> None:
    """Print how many first candidates are right and certain, and how many near names match."""
    reconciliation = Reconciliation(open_graph().store)
    total, right, certain = Counter[str](), Counter[str](), Counter[str]()
    for variant in read_names("variants.tsv"):
        candidate = find_first(reconciliation, variant["name"])
        is_right = candidate is not None and candidate.thing.iri == ID + variant["entity"]
        total[variant["kind"]] += 1
        right[variant["kind"]] += is_right
        certain[variant["kind"]] += bool(is_right and candidate and candidate.match)
    for kind, number in sorted(total.items()):
        print(f"{kind}: {right[kind]} of {number} right, {certain[kind]} of these certain")
    share = 100 * right.total() / total.total()
    print(f"variants: {right.total()} of {total.total()} right ({share:.1f} %)")
    near = [find_first(reconciliation, row["name"]) for row in read_names("near_names.tsv")]
    print(f"near names: {sum(bool(own and own.match) for own in near)} of {len(near)} match")


if __name__ == "__main__":
    print_figures()
