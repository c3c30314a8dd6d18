"""Engines that write: with the union as the default graph, and with one of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.graph_settings import GraphSettings
from server.request import Update
from tests.server.engine.local_engine import LocalEngine


@pytest.fixture
def settings(tmp_path: Path) -> GraphSettings:
    """The settings of an engine that a test starts itself."""
    return GraphSettings(data_dir=tmp_path / "data", quick_workers=2)


@pytest.fixture(scope="module")
def open_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalEngine]:
    data = tmp_path_factory.mktemp("union")
    with LocalEngine.start(GraphSettings(data_dir=data, quick_workers=2)) as engine:
        yield engine


@pytest.fixture(scope="module")
def open_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalEngine]:
    data = tmp_path_factory.mktemp("own")
    settings = GraphSettings(data_dir=data, quick_workers=2, default_graph="own")
    with LocalEngine.start(settings) as engine:
        yield engine


@pytest.fixture
def engine(open_engine: LocalEngine) -> LocalEngine:
    """An engine with nothing in its store."""
    open_engine.update(Update("DROP ALL"))
    return open_engine


@pytest.fixture
def own(open_own: LocalEngine) -> LocalEngine:
    """The same, whose default graph is one of its own."""
    open_own.update(Update("DROP ALL"))
    return open_own
