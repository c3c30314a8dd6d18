"""`cpec reconcile`, `cpec decide` and `cpec link`, as a person runs them."""

import csv
import sys
from io import StringIO
from pathlib import Path

import pytest

from bench.peer import serve_peer
from graph.reconciling.decision import Decisions
from ontology.namespace import ID
from tests.server.conftest import Run
from tests.waiting import PATIENCE

NAMES = "No,Body\r\n1,MoPD&SI\r\n2,Higher Education Council\r\n3,\x07\r\n4,MoPD&SI\r\n5,سی پیک\r\n"


def read_rows(text: str) -> list[list[str]]:
    """Return the rows of a table below its head."""
    return list(csv.reader(StringIO(text)))[1:]


@pytest.fixture
def names(tmp_path: Path) -> Path:
    """A table with a column of names."""
    file = tmp_path / "names.csv"
    file.write_bytes(NAMES.encode())
    return file


def test_a_column_is_matched_and_a_rejection_is_remembered(run: Run, names: Path) -> None:
    decisions = names.with_suffix(".tsv")
    options = ("reconcile", str(names), "--column", "Body", "--decisions", str(decisions))
    first = run(*options)
    assert (first.returncode, first.stderr) == (
        0,
        "3 names: 2 accepted, 1 unsure, 0 without a candidate\n",
    )
    rows = [row[2:3] + row[5:] for row in read_rows(first.stdout)]
    assert rows[0] == rows[3] == [f"{ID}MoPDSI", "accepted"]
    assert rows[1] == [f"{ID}HEC", "unsure"]
    assert rows[2] == ["", ""]
    assert run(*options).stdout == first.stdout
    run("decide", str(decisions), "Higher Education Council", "HEC", "rejected", "--by", "Saba")
    again = read_rows(run(*options).stdout)[1]
    assert again[2] != f"{ID}HEC"
    kept = [line for line in Decisions.read(decisions).lines if not line.is_proposal]
    assert [(line.object, line.decision, line.by) for line in kept] == [
        (f"{ID}HEC", "rejected", "Saba")
    ]
    run("decide", str(decisions), "Higher Education Council", "HEC", "accepted")
    assert read_rows(run(*options).stdout)[1][2:] == [
        *(f"{ID}HEC", "Higher Education Commission"),
        *(kept[0].score, "accepted"),
    ]


def test_a_column_is_matched_against_a_list_of_others(run: Run, names: Path) -> None:
    others = names.with_name("others.csv")
    others.write_text("id,name\nB1,Higher Education Council\nB2,=Ministry of Planning\n")
    found = run("reconcile", str(names), "--column", "Body", "--against", str(others))
    assert read_rows(found.stdout)[1][2:] == ["B1", "Higher Education Council", "100.0", "accepted"]


def test_what_is_wrong_with_a_table_is_told(run: Run, names: Path) -> None:
    for options, status, words in (
        (["reconcile", str(names), "--column", "Bdy"], 1, "the columns are No, Body"),
        (["reconcile", str(names), "--column", "Body", "--type", "Cuntry"], 1, "mean Country"),
        (["reconcile", "none.csv", "--column", "Body"], 2, "does not exist"),
        (["decide", str(names), "a", "b", "accepted"], 1, "the first line is not subject"),
        (["link", "none.ttl"], 2, "neither a file nor the address"),
        (["link", "http://127.0.0.1:1/sparql"], 1, "127.0.0.1:1"),
    ):
        answer = run(*options)
        assert answer.returncode == status, options
        assert words in answer.stderr
        assert "Traceback" not in answer.stderr


def test_links_to_a_file_and_to_an_endpoint_are_the_same(run: Run, tmp_path: Path) -> None:
    label = "<http://www.w3.org/2004/02/skos/core#prefLabel>"
    theirs = f"""<http://theirs.example/pk> {label} "Pakistan"@en , "巴基斯坦"@zh .
      <http://theirs.example/in> {label} "India"@en .
      <http://theirs.example/ai> {label} "Artificial Intelligence"@en .
      <http://www.wikidata.org/entity/Q843> {label} "Islamic State"@en ."""
    file = tmp_path / "theirs.ttl"
    file.write_text(theirs, "utf-8")
    proposed = run("link", str(file))
    lines = [line.split("\t") for line in proposed.stdout.splitlines()[1:]]
    assert [(line[0], line[2], line[5]) for line in lines] == [
        (f"{ID}Pakistan", "http://theirs.example/pk", "accepted"),
        (f"{ID}Artificial_Intelligence", "http://theirs.example/ai", "unsure"),
    ]
    oxigraph = Path(sys.executable).with_name("oxigraph")
    with serve_peer([str(oxigraph), "serve"], "--bind", "/query") as peer:
        address = "http://{}:{}".format(*peer.address)
        load(f"{address}/store?default", theirs.encode())
        assert run("link", f"{address}/query").stdout == proposed.stdout
    checked = run("link", "--check", str(file))
    assert checked.returncode == 1
    assert f"{ID}Pakistan\thttp://www.wikidata.org/entity/Q843\tPakistan\t" in checked.stdout


def load(address: str, turtle: bytes) -> None:
    """Put triples into a store."""
    from urllib.request import Request, urlopen

    sent = Request(address, turtle, {"Content-Type": "text/turtle"}, method="PUT")
    urlopen(sent, timeout=PATIENCE).close()
