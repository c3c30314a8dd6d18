"""Updates: with the token alone, all or nothing, and seen by the next query."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

import pytest

from bench.client import FORM, UPDATE, Client
from bench.endpoint import CPEC, TOKEN
from bench.wire import Reply
from graph.snapshot import Snapshot
from tests.server.conftest import serving

INSERT = "INSERT DATA { <http://x/s> <http://x/p> 'v' }"
THERE = "ASK { <http://x/s> <http://x/p> 'v' }"


def test_an_update_is_seen_by_the_next_query(writer: Client) -> None:
    assert writer.query(THERE).json["boolean"] is False
    reply = writer.update(INSERT)
    assert (reply.status, reply.json["added"], reply.json["removed"]) == (200, 1, 0)
    assert writer.query(THERE).json["boolean"] is True


@pytest.mark.parametrize("path", ["/sparql", "/update", "/update/"])
def test_an_update_is_taken_as_the_body_and_as_a_form(writer: Client, path: str) -> None:
    assert writer.update(INSERT, path).status == 200
    form = urlencode({"update": "DELETE WHERE { ?s ?p ?o }"})
    assert writer.send("POST", path, form, Content_Type=FORM).status == 200
    assert writer.query(THERE).json["boolean"] is False


STRANGERS = (
    *("", "Bearer", "Bearer ", "Bearer wrong", "Bearer \xe9"),
    *(f"Basic {TOKEN}", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", TOKEN),
)
"""What stands in Authorization without being the token."""


@pytest.mark.long
@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("POST", "/update", UPDATE),
        ("POST", "/sparql", UPDATE),
        ("POST", "/sparql", FORM),
        ("PUT", "/store?default", "text/turtle"),
        ("POST", "/store", "text/turtle"),
        ("DELETE", "/store?default", "text/turtle"),
    ],
)
def test_a_write_without_the_token_is_refused(
    open_store: Client, method: str, path: str, kind: str
) -> None:
    stranger = Client(open_store.address)
    body = urlencode({"update": "CLEAR ALL"}) if kind == FORM else "CLEAR ALL"

    def reply_to(authorization: str) -> Reply:
        headers = {"Authorization": authorization} if authorization else {}
        return stranger.send(method, path, body, Content_Type=kind, **headers)

    with ThreadPoolExecutor(len(STRANGERS)) as threads:  # each is answered after a second
        for reply in threads.map(reply_to, STRANGERS):
            assert reply.status == 401
            assert reply.headers["WWW-Authenticate"].lower().startswith("bearer")
            assert TOKEN not in reply.text


def test_a_server_without_a_token_takes_no_writes(client: Client) -> None:
    for reply in (client.update(INSERT), client.send("DELETE", "/store?default")):
        assert reply.status == 403
        assert "not configured" in reply.json["detail"]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("INSERT DATA {", 400),
        ("CLEAR XYZ", 400),
        ("SELECT * {}", 400),
        ("LOAD ;", 400),
        ("LOAD <http://127.0.0.1/>", 403),
        ("LOAD <https://127.0.0.1/>", 403),
        ("LOAD <file:///etc/hostname>", 403),
        ("INSERT {} WHERE { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }", 403),
        ("DROP GRAPH <http://x/none>", 409),
        ("CREATE GRAPH <http://x/g> ; CREATE GRAPH <http://x/g>", 409),
        ("DELETE WHERE {" + "?s ?p ?o ." * 1000 + "}", 413),
    ],
)
def test_an_update_that_fails_changes_nothing(writer: Client, text: str, status: int) -> None:
    writer.update(INSERT)
    version = writer.get("/ready").json["version"]
    reply = writer.update(f"{INSERT.replace('/s', '/other')} ; {text}")
    assert reply.status == status, reply.text
    assert writer.get("/ready").json["version"] == version
    assert writer.query("SELECT * { ?s ?p ?o }").text.count('"value":"v"') == 1


def test_a_query_where_an_update_is_wanted_is_called_one(writer: Client) -> None:
    reply = writer.update("PREFIX x: <x:> select * {}")
    assert (reply.status, reply.json["column"]) == (400, 16)
    assert reply.json["detail"] == "line 1, column 16: this is a query, not an update"


def test_silent_forgives_what_cannot_be_loaded(writer: Client) -> None:
    for address in ("http://127.0.0.1/", "https://127.0.0.1/", "file:///etc/hostname"):
        reply = writer.update(f"LOAD SILENT <{address}> INTO GRAPH <x:g>")
        assert (reply.status, reply.json["added"]) == (200, 0)


def test_the_graphs_of_the_request_are_what_an_update_reads(writer: Client) -> None:
    writer.update("INSERT DATA { GRAPH <http://x/g> { <x:a> <x:p> 1 } <x:b> <x:p> 2 }")
    text = "INSERT { <x:found> <x:is> ?s } WHERE { ?s <x:p> ?o }"
    assert writer.update(text, "/update?using-graph-uri=http://x/g").status == 200
    answer = writer.query("SELECT ?s { <x:found> <x:is> ?s }", "text/csv").text
    assert answer.split() == ["s", "x:a"]


def test_an_update_that_names_its_dataset_twice_is_refused(writer: Client) -> None:
    text = "WITH <http://x/a> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }"
    assert writer.update(text, "/update?using-named-graph-uri=http://x/g").status == 400


@pytest.mark.parametrize("parameter", ["cite=true", "cite=false", "default-graph-uri=http://x/g"])
def test_a_parameter_of_queries_is_refused_with_an_update(writer: Client, parameter: str) -> None:
    form = urlencode({"update": INSERT}) + "&" + parameter
    for reply in (
        writer.update(INSERT, f"/update?{parameter}"),
        writer.send("POST", "/sparql", form, Content_Type=FORM),
    ):
        assert reply.status == 400
        name = parameter.partition("=")[0]
        assert reply.json["detail"] == f"{name} is not a parameter of an update"
    assert writer.query(THERE).json["boolean"] is False


def test_a_relative_iri_in_an_update_starts_from_the_address_of_the_endpoint(
    writer: Client,
) -> None:
    writer.update("INSERT DATA { <x:s> <x:p> <test> }")
    answer = writer.query("SELECT ?o { ?s ?p ?o }", "text/csv").text
    assert answer.split() == ["o", f"{writer.address}/test"]


def test_an_answer_is_never_older_than_a_write_that_was_acknowledged(writer: Client) -> None:
    for turn in range(10):
        writer.update(f"DELETE WHERE {{ ?s ?p ?o }} ; INSERT DATA {{ <x:s> <x:p> {turn} }}")
        reply = writer.query("SELECT ?o { <x:s> <x:p> ?o }", "text/csv")
        assert reply.text.split() == ["o", str(turn)]


PARTY = "id:Climate_Initiatives cpec:hasJointParty id:Pakistan"
PARTIES = f"GRAPH id:inp-wealthpk-2026-04-29\\/s11 {{ {PARTY} }}"
DEPLOYS = "ASK { GRAPH ?g { id:Pakistan cpec:jointlyDeploys id:Solar_Home_Systems } }"


def test_what_is_inferred_follows_a_write_and_what_the_build_counted_does_not(
    snapshot: Snapshot, tmp_path: Path
) -> None:
    options = ["--out", str(snapshot.path.parent), "--new", "--data-dir", str(tmp_path / "data")]
    with serving(tmp_path, *options, CPEC_TOKEN=TOKEN) as client:
        writer = Client(client.address, TOKEN)
        comment = "Data were written since the build"
        assert comment not in writer.get("/sparql").text
        assert writer.query(DEPLOYS).json["boolean"] is True
        change = writer.update(f"DELETE DATA {{ {PARTIES} }}").json
        assert change["removed"] == 1 <= change["inferred"]["removed"]
        assert writer.query(DEPLOYS).json["boolean"] is False
        change = writer.update(f"INSERT DATA {{ {PARTIES} }}").json
        assert change["added"] == 1 <= change["inferred"]["added"]
        assert change["contradictions"] == []
        assert writer.query(DEPLOYS).json["boolean"] is True
        axiom = "GRAPH graph:ontology { cpec:partyTo owl:hasKey cpec:date }"
        owl = "PREFIX owl: <http://www.w3.org/2002/07/owl#>"
        assert writer.update(f"{owl} INSERT DATA {{ {axiom} }}").status == 422
        assert comment in writer.get("/sparql").text


@pytest.mark.long
def test_a_full_disk_is_named_in_the_log_and_nothing_is_lost(tmp_path: Path) -> None:
    (tmp_path / "token").touch(mode=0o600)
    (tmp_path / "token").write_text(TOKEN)
    options = (
        "--empty",
        "--new",
        "--data-dir",
        str(tmp_path / "d"),
        "--token-file",
        f"{tmp_path}/token",
    )
    shell = ("/bin/sh", "-c", 'ulimit -f 4000; exec "$0" "$@"', str(CPEC))
    with serving(tmp_path, *options, command=shell) as server:
        client = Client(server.address, TOKEN)
        assert client.update("INSERT DATA { GRAPH <x:g> { <x:s> <x:p> 'kept' } }").status == 200
        lines = "".join(f"<x:{number}> <x:p> '{number:0200}' .\n" for number in range(16000))
        refused = client.send("PUT", "/store/g", lines, Content_Type="text/turtle")
        assert refused.status == 503
        assert refused.json["detail"].startswith("nothing was written: ")
        assert refused.json["detail"].endswith(": File too large")
        assert client.query("SELECT ?o { ?s ?p ?o }").text.count("value") == 1
        assert client.update("INSERT DATA { GRAPH <x:g> { <x:s> <x:p> 'too' } }").status == 200
    log = (tmp_path / "log").read_text()
    assert re.search("^the writer failed: .*: File too large$", log, re.MULTILINE)
    assert "Traceback" not in log
