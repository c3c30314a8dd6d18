"""Engines that write: with the union as the default graph, and with one of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.engine.engine_settings import EngineSettings
from graph.engine.request import Update
from tests.graph.engine.local_engine import LocalEngine


@pytest.fixture
def settings(tmp_path: Path) -> EngineSettings:
    """The settings of an engine that a test starts itself."""
    return EngineSettings(data_dir=tmp_path / "data", quick_workers=2)


@pytest.fixture(scope="module")
def open_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalEngine]:
    data = tmp_path_factory.mktemp("union")
    with LocalEngine.start(EngineSettings(data_dir=data, quick_workers=2)) as engine:
        yield engine


@pytest.fixture(scope="module")
def open_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalEngine]:
    data = tmp_path_factory.mktemp("own")
    settings = EngineSettings(data_dir=data, quick_workers=2, default_graph="own")
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
