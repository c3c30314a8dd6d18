"""The statements with a thing, as a table."""

from __future__ import annotations

from io import BytesIO, StringIO
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import Literal

from bench.client import Client
from ontology.namespace import ID
from ontology.terms import CPEC
from tests.server.tags import Tags

if TYPE_CHECKING:
    import pandas as pd

BROWSER = "text/html,*/*;q=0.8"


def read_csv(body: bytes) -> pd.DataFrame:
    import pandas as pd  # 0.4 s, and each worker of a run imports every file of tests

    return pd.read_csv(BytesIO(body), dtype=str, keep_default_na=False)


def table(client: Client, name: str) -> pd.DataFrame:
    reply = client.get(f"/data/{name}.csv")
    assert (reply.status, reply.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    return read_csv(reply.body)


@pytest.mark.parametrize("name", ["Pakistan", "JCC14_Minutes_Signing", "HEC"])
def test_the_table_of_a_thing_has_its_rows_of_the_whole(client: Client, name: str) -> None:
    statements = read_csv(client.get("/data/dumps/cpec-graph-statements.csv").body)
    own = statements[(statements.subject == ID + name) | (statements.object == ID + name)]
    assert len(own) > 3
    assert {"stated", "inferred"} == set(own.stated)
    assert table(client, name).to_dict("records") == own.to_dict("records")


def test_the_table_of_a_thing_follows_a_write(writer: Client) -> None:
    update = (
        f"INSERT DATA {{ GRAPH <x:g> {{ <{ID}W> cpec:advances id:CPEC ; rdfs:label '=W'@en }} }}"
    )
    assert writer.update(update).status == 200
    rows = table(writer, "W")
    named = rows[rows.property == CPEC + "advances"]
    assert named[["subject_label", "sentence", "stated"]].to_numpy().tolist() == [
        ["'=W", "x:g", "stated"]
    ]


def test_the_table_of_what_is_not_known_is_not_found(client: Client) -> None:
    assert client.get("/data/Nobody.csv").status == 404


def test_a_page_links_to_the_table_of_its_thing(client: Client) -> None:
    tags = Tags(client.get("/page/Pakistan", Accept=BROWSER).text).found
    assert "/data/Pakistan.csv" in [attributes.get("href") for _, attributes in tags]


MARK = b"\xef\xbb\xbf"


@pytest.mark.parametrize(
    "path",
    ["/data/HEC.csv", "/data/dumps/cpec-graph-statements.csv", "/data/dumps/cpec-graph-nodes.csv"],
)
def test_a_table_has_a_byte_order_mark_when_asked(client: Client, path: str) -> None:
    plain, marked = client.get(path), client.get(f"{path}?bom=1")
    assert marked.body == MARK + plain.body
    assert marked.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert client.send("HEAD", f"{path}?bom=1").headers["Content-Length"] == str(len(marked.body))
    tag = marked.headers["ETag"]
    assert client.get(f"{path}?bom=1", If_None_Match=tag).status == 304
    assert client.get(f"{path}?bom=1", Range="bytes=0-9").body == marked.body


def test_the_answer_of_a_question_becomes_a_table(client: Client) -> None:
    path = "/api/queries/cooperation-areas?format=csv"
    plain, marked = client.get(path), client.get(f"{path}&bom=1")
    assert marked.body.removeprefix(MARK) == plain.body
    cited = client.get(f"{path}&cite=true&bom=1").body
    assert cited.startswith(MARK)
    assert read_csv(cited).columns[-1] == "modalities"
    page = client.get("/questions/cooperation-areas", Accept=BROWSER).text
    assert 'href="/api/queries/cooperation-areas?format=csv&amp;bom=1"' in page


CELLS = ["=1+1", "@SUM(A1)", "-5", "+3.5e2", "-x", "\t=1", 'a,"b', "'=1"]
GUARDED = ["'=1+1", "'@SUM(A1)", "-5", "+3.5e2", "'-x", "'\t=1", 'a,"b', "''=1"]


def test_a_cell_is_no_formula_in_a_table_and_unchanged_in_sparql(writer: Client) -> None:
    labels = " , ".join(f"{Literal(cell, language='ur')}" for cell in CELLS)
    triples = f"id:W rdfs:label {labels}"
    update = f"INSERT DATA {{ {triples} GRAPH <x:g> {{ {triples} }} }}"
    assert writer.update(update).status == 200
    results = writer.query("SELECT ?label { id:W rdfs:label ?label }", "text/csv").body
    assert set(read_csv(results).label) == set(CELLS)
    question = "/api/queries/names?format=csv&language=ur&thing=W"
    assert set(read_csv(writer.get(question).body).name) == set(CELLS)
    marked = writer.get(f"{question}&bom=1").body
    assert set(read_csv(marked.removeprefix(MARK)).name) == set(GUARDED)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/sparql?query=ASK%7B%7D&bom=1", "SPARQL 1.1"),
        ("/query?query=ASK%7B%7D&format=csv&bom=1", "SPARQL 1.1"),
        ("/api/queries/cooperation-areas?format=json&bom=1", "tables in CSV"),
        ("/api/queries/cooperation-areas?format=csv&bom=2", "bom is 1"),
        ("/data/HEC.ttl?bom=1", "tables in CSV"),
        ("/data/dumps/cpec-graph.ttl?bom=1", "tables in CSV"),
    ],
)
def test_a_mark_without_a_table_is_refused(client: Client, path: str, words: str) -> None:
    reply = client.get(path)
    assert (reply.status, words in reply.json["detail"]) == (400, True)


def test_pandas_reads_the_table_of_a_page(client: Client) -> None:
    import pandas as pd

    page = client.get("/questions/minutes-signed", Accept=BROWSER).text
    (table,) = pd.read_html(StringIO(page))
    assert table.columns.tolist()[:4] == ["Meeting", "Signing", "Date", "Place"]
    assert table.loc[0].tolist()[2:4] == ["31 March 2026", "Islamabad"]
    query = "SELECT ?thing ?none { VALUES ?thing { id:HEC } }"
    (table,) = pd.read_html(StringIO(client.query(query, BROWSER).text))
    assert table.columns.tolist()[:2] == ["thing", "none"]
    assert table["none"].isna().all()


def test_pandas_reads_each_cell_as_its_value(client: Client) -> None:
    import pandas as pd

    (table,) = pd.read_html(StringIO(client.get("/questions/amounts", Accept=BROWSER).text))
    assert table["Value"].dtype.kind == "i"
    assert table["Value"].max() == 25_400_000_000
    assert set(table["Cite"]) == {"cite"}
    assert (
        table["Sources"].str.fullmatch(r"(stated by )?\d+( and)?( \d+)*( or( others| \d+)*)?").all()
    )
    modalities = table["How it is meant"].str.partition(" according to ")[0]
    assert set(modalities) == {"aimed at", "aimed at or aimed at", "reported"}
