"""The dumps of a dataset that is too large to be arranged for readers."""

from pathlib import Path

import pytest
from pyoxigraph import parse

from bench.graph import quads
from graph.answering.format import GRAPHS
from graph.dataset import canonicalise
from graph.publishing.dump import STEM, write_dumps
from graph.publishing.rdf_export import MOST_ARRANGED

pytestmark = pytest.mark.long


def test_a_large_graph_has_the_dumps_that_no_reader_needs_arranged(tmp_path: Path) -> None:
    stated = sorted(canonicalise(quads(MOST_ARRANGED + 1)), key=str)
    written = write_dumps(tmp_path, stated)
    assert {path.suffix for path in tmp_path.iterdir()} == {".nt", ".nq", ".trig", ".csv"}
    assert {dump.name for dump in written} == {path.name for path in tmp_path.iterdir()}
    for name in ("nq", "trig"):
        read = parse(path=tmp_path / f"{STEM}.{name}", format=GRAPHS[name].reader)
        assert {*read} == {*stated}
