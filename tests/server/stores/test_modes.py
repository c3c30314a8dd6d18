"""Where there is less, behind a store or in a large dataset, a feature works, or says that not."""

import contextlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from bench.client import Client
from graph.snapshot import Snapshot
from tests.server.conftest import Run, serving
from tests.server.stores.conftest import Theirs, writing

pytestmark = pytest.mark.long

S08 = "inp-wealthpk-2026-04-29/s08"
AREAS = "SELECT ?area { id:Pakistan cpec:cooperatesIn ?area }"
COUNT = "SELECT (COUNT(?area) AS ?n) { id:Pakistan cpec:cooperatesIn ?area }"
ABSENCE = """SELECT ?a { ?a a cpec:TechnologyArea
  FILTER NOT EXISTS { id:Pakistan cpec:cooperatesIn ?a } }"""
MISSPELT = "SELECT ?area { id:Pakistn cpec:cooperatesIn ?area }"
STATEMENTS = "SELECT ?s ?r { ?s ?p ?o ~ ?r } LIMIT 1"
TRIPLE = "s=Pakistan&p=cooperatesIn&o=Artificial_Intelligence"


def query(text: str, **parameters: str) -> str:
    """Return the path of a query."""
    return f"/sparql?{urlencode({'query': text, 'format': 'json', **parameters})}"


FEATURES = {
    "an excluded source": (query(AREAS, without=S08), "results"),
    "an excluded source of a question": (f"/api/queries/aims?without={S08}", "results"),
    "an excluded source of a thing": (f"/data/Pakistan.jsonld?without={S08}", "label"),
    "an excluded source in the list": (f"/sources?format=json&without={S08}", "sources"),
    "the list of the sources": ("/sources?format=json", "sources"),
    "the losses of a source": ("/sources?format=json", "lost"),
    "a cited row": (query(AREAS, cite="true"), "proofs"),
    "a cited count": (query(COUNT, cite="true"), "basis"),
    "an absence": (query(ABSENCE, cite="true"), "absent"),
    "an explanation": (f"/explain?{TRIPLE}&format=json", "proofs"),
    "a receipt of a statement": (f"/cite?{TRIPLE}", "proofs"),
    "a receipt of rows": (f"/cite?{urlencode({'query': AREAS})}", "sha256"),
    "a receipt of rows with proofs": (f"/cite?{urlencode({'query': AREAS})}", "proofs"),
    "a receipt of a thing with proofs": ("/cite?id=HEC", "proofs"),
    "the reason of an empty answer": (query(MISSPELT, cite="true"), "empty"),
    "the reason of an empty answer, looked up": (query(MISSPELT), "empty"),
    "a statement in RDF 1.2": (query(STATEMENTS), "r"),
}
"""The path of each feature, and the member of the answer where it works."""

EXCLUDING = {name for name in FEATURES if name.startswith("an excluded")}
PROVING = {"an explanation", "a receipt of a statement"}
UNCITED = {"a cited row", "a cited count", "an absence"}
UNPROVED = {"a receipt of rows with proofs", "a receipt of a thing with proofs"}
UNCOUNTED = {"the losses of a source"}
STATEMENT = {"a statement in RDF 1.2"}

LARGE, ON_DISK = "(--cite-most)", "the dataset is read from disk"
ASKED = "Reifiers are computed in memory alone"

LESS = {
    "memory": ("", set[str]()),
    "store": ("", STATEMENT),
    "store, large": (LARGE, EXCLUDING | PROVING | STATEMENT),
    "large": (LARGE, EXCLUDING | PROVING),
    "disk": (ON_DISK, EXCLUDING | PROVING | STATEMENT),
}
"""The modes: the reason if nothing is cited in a mode, and the features that it refuses by 501."""

SAID = UNCITED | UNPROVED | UNCOUNTED
"""The features that a mode without an index leaves out of its answer, which says so."""


@pytest.fixture(scope="module")
def modes(
    oxigraph: Theirs, cpec: Run, snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Client]]:
    """A client of a server of the shipped graph in each mode."""
    done = cpec("publish", oxigraph.query, *writing(oxigraph))
    assert done.returncode == 0, done.stderr
    folder = tmp_path_factory.mktemp("modes")
    own, store = ("--out", str(snapshot.path.parent)), ("--store", oxigraph.query)
    options = {
        "memory": own,
        "store": store,
        "store, large": (*store, "--cite-most", "1000"),
        "large": (*own, "--cite-most", "1000"),
        "disk": (*own, "--new", "--data-dir", str(folder / "data"), "--disk-above", "0"),
    }
    with contextlib.ExitStack() as servers:
        clients = {}
        for name, given in options.items():
            (folder / name).mkdir()
            clients[name] = servers.enter_context(serving(folder / name, *given))
        yield clients


def find_members(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the members of a JSON value, at every depth."""
    if isinstance(value, list):
        for each in value:
            yield from find_members(each)
    elif isinstance(value, dict):
        yield from value.items()
        for each in value.values():
            yield from find_members(each)


@pytest.mark.parametrize("mode", LESS)
@pytest.mark.parametrize("feature", FEATURES)
def test_a_feature_works_or_the_answer_says_that_it_does_not(
    modes: dict[str, Client], feature: str, mode: str
) -> None:
    path, member = FEATURES[feature]
    reason, refused = LESS[mode]
    reply = modes[mode].get(path, Accept="application/json")
    if feature in refused:
        assert reply.status == 501, reply.text
        assert (ASKED if feature in STATEMENT else reason) in reply.json["detail"]
        return
    assert reply.status == 200, reply.text
    members = dict(find_members(reply.json))
    if not reason or feature not in SAID:
        assert members[member] not in (None, "", [])
    elif feature in UNCOUNTED:
        assert members[member] is None
    else:
        assert member not in members
        assert reason in members["unproved" if feature in UNPROVED else "reason"]


NOTHING = "/api/queries/outside?undertaking=Climate_Initiatives"


@pytest.mark.parametrize("mode", LESS)
def test_an_answer_of_nothing_has_a_reason_in_every_mode(
    modes: dict[str, Client], mode: str
) -> None:
    assert modes[mode].get(NOTHING).headers["Empty-Reason"]
