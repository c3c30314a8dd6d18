"""A small master copy that each test may break."""

import shutil
from pathlib import Path

import pytest
from pyoxigraph import Quad, Store

from graph.build import Summary, build
from graph.citing.index import EvidenceIndex
from graph.curating.master import Inputs
from graph.snapshot import Snapshot
from ontology.vocabulary import ONTOLOGY_FOLDER as ONTOLOGY
from tests.first_article import copy_first_article

SMALL = Path(__file__).parent / "small"


@pytest.fixture
def inputs(tmp_path: Path) -> Inputs:
    """A copy of the small master copy: one article of three sentences with its entities."""
    for folder in ("data", "ontology"):
        shutil.copytree(SMALL / folder, tmp_path / folder)
    return Inputs(tmp_path / "data", tmp_path / "ontology")


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A copy of the text of its article."""
    return Path(shutil.copytree(SMALL / "text", tmp_path / "text"))


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Summary:
    """The small master copy, built; nobody changes it."""
    inputs = Inputs(SMALL / "data", SMALL / "ontology")
    return build(inputs, tmp_path_factory.mktemp("small"), SMALL / "text")


@pytest.fixture
def shipped_inputs(tmp_path: Path) -> Inputs:
    """A copy of the master copy that is shipped, of the articles the first alone."""
    data = copy_first_article(tmp_path)
    (tmp_path / "ontology").mkdir()
    for path in ONTOLOGY.glob("*.ttl"):
        shutil.copy(path, tmp_path / "ontology")
    return Inputs(data, tmp_path / "ontology")


@pytest.fixture(scope="session")
def shipped_quads(snapshot: Snapshot) -> list[Quad]:
    """The quads of the shipped graph, as the build wrote them."""
    return snapshot.quads()


@pytest.fixture(scope="module")
def index(store: Store) -> EvidenceIndex:
    """The index of the evidence in the store of a module: the shipped graph, or its own."""
    return EvidenceIndex(store)
