"""What the tests of citing share: the talks in a store, and the index of their evidence."""

from __future__ import annotations

import pytest
from pyoxigraph import Store

from graph.citing.citation import EvidenceIndex
from graph.dataset import memory_store
from tests.graph.citing.talks import QUADS


@pytest.fixture(scope="package")
def store() -> Store:
    return memory_store(QUADS)


@pytest.fixture(scope="package")
def index(store: Store) -> EvidenceIndex:
    return EvidenceIndex(store)
