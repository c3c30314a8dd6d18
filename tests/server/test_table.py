"""The statements with a thing, as a table."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import pytest

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
