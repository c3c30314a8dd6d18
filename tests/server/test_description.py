"""The service description of the endpoint."""

import re
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, RdfFormat, Store

from bench.client import Client
from bench.endpoint import TOKEN
from graph.answering.format import GRAPH_FORMATS, INPUT_FORMATS, RESULT_FORMATS
from graph.snapshot import Snapshot
from ontology.namespace import PREFIXES
from ontology.terms import SCHEMA
from server.command.serve import BOUNDS, ENGINE, SERVER, serve
from server.engine.front.bearer_token import TokenError, read_token
from tests.conftest import ROOT
from tests.server.conftest import Run, serving
from tests.server.tags import Tags, scripts

PAGE = (ROOT / "docs" / "http.md").read_text("utf-8")
UNITS = {"": 1, "MiB": 1 << 20, "GiB": 1 << 30}
SPARQL_RESULTS = "http://www.w3.org/ns/formats/SPARQL_Results_"
SD = PREFIXES["sd"]


def read_description(client: Client, path: str = "/sparql") -> Store:
    store = Store()
    store.load(client.get(path, Accept="text/turtle").body, RdfFormat.TURTLE)
    return store


def values(store: Store, name: str) -> set[str]:
    quads = store.quads_for_pattern(None, NamedNode(name), None)
    return {quad.object.value for quad in quads if isinstance(quad.object, NamedNode)}


@pytest.mark.parametrize("path", ["/sparql", "/query"])
def test_the_endpoint_is_the_address_that_was_asked(client: Client, path: str) -> None:
    assert values(read_description(client, path), SD + "endpoint") == {client.address + path}


def test_a_server_says_what_it_can_do(client: Client, writer: Client) -> None:
    reads, writes = read_description(client), read_description(writer)
    assert values(reads, SD + "supportedLanguage") == {SD + "SPARQL11Query"}
    assert SD + "SPARQL11Update" in values(writes, SD + "supportedLanguage")
    assert SD + "UnionDefaultGraph" in values(reads, SD + "feature")
    assert SD + "UnionDefaultGraph" not in values(writes, SD + "feature")
    known = {form.iri for form in (*RESULT_FORMATS, *GRAPH_FORMATS)}
    assert values(reads, SD + "resultFormat") == known
    assert {SPARQL_RESULTS + name for name in ("JSON", "XML", "CSV", "TSV")} <= known
    assert len([iri for iri in known if iri.startswith("http://www.w3.org/ns/formats/")]) == 10
    assert values(writes, SD + "inputFormat") == {form.iri for form in INPUT_FORMATS}


def test_the_limits_in_force_are_published(client: Client) -> None:
    description = client.get("/sparql", Accept="text/turtle").text
    for name in ("deadline_seconds", "write_deadline_seconds", "query_bytes", "nesting"):
        assert f'schema:name "{name}"' in description
    store = read_description(client)
    limit = NamedNode(f"{client.address}/sparql#limit-deadline-seconds")
    (quad,) = store.quads_for_pattern(limit, NamedNode(SCHEMA + "value"), None)
    assert float(quad.object.value) == 10  # type: ignore[union-attr]


def test_the_named_graphs_are_listed(client: Client) -> None:
    names = values(read_description(client), SD + "name")
    assert "https://w3id.org/cpec-graph/graph/dataset" in names


def test_a_browser_gets_a_form_that_works_without_scripts(client: Client) -> None:
    reply = client.get("/sparql", Accept="text/html,*/*;q=0.8")
    assert reply.type == "text/html"
    forms = [fields["action"] for tag, fields in Tags(reply.text).found if tag == "form"]
    assert "/sparql" in forms
    assert all(name and name.startswith("/static/") for name in scripts(Tags(reply.text).found))


def test_an_empty_store_is_described_by_its_endpoint(writer: Client) -> None:
    assert SD.encode() in writer.get("/.well-known/void", Accept="application/n-triples").body


@pytest.mark.long
def test_settings_are_taken_from_the_environment(snapshot: Snapshot, tmp_path: Path) -> None:
    out = str(snapshot.path.parent)
    with serving(tmp_path, "--out", out, CPEC_SERVE_DEADLINE="1.5") as client:
        assert '"deadline_seconds"' in client.get("/sparql").text
        assert "schema:value 1.5" in client.get("/sparql").text


@pytest.mark.long
def test_a_token_may_come_from_the_environment(tmp_path: Path) -> None:
    options = ["--empty", "--new", "--data-dir", str(tmp_path / "data")]
    with serving(tmp_path, *options, CPEC_TOKEN=TOKEN) as client:
        assert client.update("CLEAR ALL").status == 401
        assert Client(client.address, TOKEN).update("CLEAR ALL").status == 200


@pytest.mark.parametrize(
    "token", ["", "short", "x" * 31, "with a space in the middle of the token"]
)
def test_a_token_that_is_too_short_or_none_is_refused(tmp_path: Path, token: str) -> None:
    path = tmp_path / "token"
    path.touch(mode=0o600)
    path.write_text(token)
    with pytest.raises(TokenError, match="a token has") as caught:
        read_token(path)
    assert token == "" or token not in str(caught.value)


def test_a_server_with_a_token_that_is_refused_does_not_start(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.touch(mode=0o640)
    path.write_text("short")
    done = run("serve", "--port", "0", "--token-file", str(path))
    assert done.returncode == 2
    assert "a token has" in done.stderr


def test_a_token_file_that_others_can_read_is_refused_by_name(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.touch()
    path.chmod(0o644)
    path.write_text(TOKEN)
    done = run("serve", "--port", "0", "--token-file", str(path))
    assert done.returncode == 2
    assert done.stderr.endswith(f"Error: {path}: every user can read it; chmod o-r {path}\n")


def test_every_setting_is_documented() -> None:
    options = {option for parameter in serve.params for option in parameter.opts}
    assert {"--deadline", "--token-file", "--trusted-proxy", "--empty"} <= options
    assert {option for option in options if f"`{option}`" not in PAGE} == set()


def read_defaults() -> dict[str, float]:
    """The numbers that the page says are the defaults, by the names of the settings."""
    defaults = {}
    for options, values in re.findall(r"^\| (`--[^|]+) \| (\d[^|.]*) \|", PAGE, re.MULTILINE):
        names = (option.replace("-", "_") for option in re.findall("--([a-z-]+)", options))
        for name, value in zip(names, values.split(", "), strict=True):
            number, _, unit = value.replace(",", "").partition(" ")
            defaults[name] = float(number) * UNITS[unit]
    return defaults


def test_the_defaults_are_those_of_the_page() -> None:
    names = [name for name, _, _ in BOUNDS]
    defaults = read_defaults()
    assert ENGINE.memory_budget <= defaults["memory_budget"]  # half of the memory if that is less
    assert defaults | {"memory_budget": ENGINE.memory_budget} == {
        name: getattr(SERVER if hasattr(SERVER, name) else ENGINE, name) for name in names
    }
