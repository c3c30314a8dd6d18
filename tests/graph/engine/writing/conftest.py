"""Engines that write: with the union as the default graph, and with one of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from graph.engine import LocalEngine, Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", quick_workers=2)


@pytest.fixture
def engine(settings: Settings) -> Iterator[LocalEngine]:
    with LocalEngine.start(settings) as engine:
        yield engine


@pytest.fixture
def own(settings: Settings) -> Iterator[LocalEngine]:
    with LocalEngine.start(replace(settings, default_graph="own")) as engine:
        yield engine
