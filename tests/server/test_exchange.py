"""What every exchange has: CORS, request ids, logs, metrics, health."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from bench.client import Client
from graph.snapshot import Snapshot
from tests.server.conftest import serving


@pytest.mark.parametrize("path", ["/sparql", "/query", "/store", "/id/Pakistan", "/nowhere"])
def test_every_origin_may_ask_and_no_credentials_are_taken(client: Client, path: str) -> None:
    reply = client.get(path, Origin="https://example.org", Accept="*/*")
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert reply.headers["Access-Control-Allow-Credentials"] is None
    assert "ETag" in reply.headers["Access-Control-Expose-Headers"]
    assert reply.headers["Set-Cookie"] is None


@pytest.mark.parametrize(
    "path", ["/health", "/id/Pakistan", "/sparql?query=ASK{}", "/data/dumps/cpec-graph.nq"]
)
def test_an_answer_says_each_thing_once(client: Client, path: str) -> None:
    names = [name.lower() for name in client.get(path).headers if name.lower() != "link"]
    assert len(names) == len(set(names))
    assert {"date", "server", "content-length"} <= set(names)


def test_a_preflight_is_told_what_may_be_sent(client: Client) -> None:
    reply = client.send(
        "OPTIONS", "/sparql", Origin="https://example.org", Access_Control_Request_Method="POST"
    )
    assert reply.status == 200
    assert "POST" in reply.headers["Access-Control-Allow-Methods"]
    assert "Authorization" in reply.headers["Access-Control-Allow-Headers"]
    assert {"GET", "HEAD", "OPTIONS", "POST", "QUERY"} <= set(reply.headers["Allow"].split(", "))


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "application/problem+json"),
        ("application/json", "application/problem+json"),
        ("text/plain", "text/plain"),
        ("text/html,*/*;q=0.5", "text/html"),
        ("image/png", "application/problem+json"),
    ],
)
def test_a_problem_is_told_in_what_the_client_reads(
    client: Client, accept: str, media_type: str
) -> None:
    reply = client.get("/nowhere", Accept=accept)
    assert (reply.status, reply.type) == (404, media_type)


def test_health_and_readiness_are_told(client: Client) -> None:
    assert client.get("/health").json == {"status": "alive"}
    assert client.get("/ready").json["status"] == "ready"


def test_metrics_count_what_was_answered(client: Client) -> None:
    def asked() -> int:
        match = re.search(
            r'cpec_requests_total\{route="/sparql",method="GET",status="400"\} (\d+)',
            client.get("/metrics").text,
        )
        return int(match[1]) if match else 0

    before = asked()
    client.query("nonsense")
    assert asked() == before + 1
    text = client.get("/metrics").text
    for name in ("cpec_request_seconds_bucket", "cpec_cache_bytes", "cpec_engine_deadlines"):
        assert name in text
    for line in text.splitlines():
        assert re.fullmatch(r"# (HELP|TYPE) .+|cpec_[a-z_]+(\{[^}]+\})? [0-9.e+-]+", line), line


def test_the_log_has_one_line_of_json_a_request(snapshot: Snapshot, tmp_path: Path) -> None:
    with serving(tmp_path, "--out", str(snapshot.path.parent)) as client:
        reply = client.get('/nowhere/"%0A{', User_Agent="x")
    lines = (tmp_path / "log").read_text().splitlines()
    (line,) = [json.loads(line) for line in lines if line.startswith("{")]
    assert line["id"] == reply.headers["X-Request-Id"] == reply.json["request"]
    assert (line["status"], line["method"], line["client"]) == (404, "GET", "127.0.0.1")
    assert line["path"] == '/nowhere/"\n{'


def test_a_log_that_cannot_be_written_fails_no_request(snapshot: Snapshot, tmp_path: Path) -> None:
    (tmp_path / "log").symlink_to("/dev/full")
    with serving(tmp_path, "--out", str(snapshot.path.parent)) as client:
        for _ in range(3):
            assert client.query("ASK {}").status == 200
            assert client.get("/page/Pakistan").status == 200


def test_only_a_trusted_proxy_is_believed(snapshot: Snapshot, tmp_path: Path) -> None:
    forwarded = "192.0.2.1, 198.51.100.7"
    options = ["--out", str(snapshot.path.parent)]
    for folder, extra in (("without", []), ("with", ["--trusted-proxy", "127.0.0.1"])):
        (tmp_path / folder).mkdir()
        with serving(tmp_path / folder, *options, *extra) as client:
            client.get("/health", X_Forwarded_For=forwarded)
    clients = [
        json.loads((tmp_path / folder / "log").read_text().splitlines()[-1])["client"]
        for folder in ("without", "with")
    ]
    assert clients == ["127.0.0.1", "198.51.100.7"]
