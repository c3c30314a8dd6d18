"""Every exchange: CORS, request ids, logs, metrics, health."""

import asyncio
import json
import os
import re
import signal
import subprocess
from importlib import metadata
from pathlib import Path

import pytest

from bench.client import Client
from bench.endpoint import CPEC, tune
from graph.snapshot import Snapshot
from server.engine.front.log import Unwaited
from server.engine.front.reply import Reply
from server.engine.front.wsgi import Scope
from server.exchange import Exchanges
from server.graph_settings import GraphSettings
from server.settings import Settings
from server.site import Site
from tests.server.conftest import serving
from tests.server.engine.local_engine import LocalEngine
from tests.server.raw import head
from tests.waiting import PATIENCE


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
    assert client.get("/ready").json.items() >= {"status": "ready", "store": "memory"}.items()


def test_metrics_count_what_was_answered(client: Client) -> None:
    def count_refused() -> int:
        match = re.search(
            r'cpec_requests_total\{route="/sparql",method="GET",status="400"\} (\d+)',
            client.get("/metrics").text,
        )
        return int(match[1]) if match else 0

    before = count_refused()
    client.query("nonsense")
    assert count_refused() == before + 1
    text = client.get("/metrics").text
    for name in ("cpec_request_seconds_bucket", "cpec_cache_bytes", "cpec_engine_deadlines_total"):
        assert name in text
    for line in text.splitlines():
        assert re.fullmatch(r"# (HELP|TYPE) .+|cpec_[a-z_]+(\{[^}]+\})? [0-9.e+-]+", line), line
    kinds = re.findall(r"^# TYPE cpec_(\w+) (\w+)$", text, re.MULTILINE)
    assert {name for name, _ in kinds} == set(re.findall(r"# HELP cpec_(\w+) .", text))
    assert {name.endswith("_total") for name, kind in kinds if kind == "counter"} == {True}


def read_metric(client: Client, metric: str) -> float:
    """Return the value of a metric, given with its labels; 0 if there is none."""
    (*_, line) = [
        "0", *(s for s in client.get("/metrics").text.splitlines() if s.startswith(f"{metric} "))
    ]  # fmt: skip
    return float(line.split()[-1])


def test_metrics_tell_versions_readiness_memory_and_age(client: Client, snapshot: Snapshot) -> None:
    text = client.get("/metrics").text
    version = metadata.version("cpec-graph")
    assert f'\ncpec_build_info{{version="{version}"}} 1\n' in text
    assert f'\ncpec_dataset_info{{version="{snapshot.version}",store="memory"}} 1\n' in text
    assert "\ncpec_ready 1\n" in text
    built = read_metric(client, "cpec_snapshot_timestamp_seconds")
    assert built == pytest.approx(snapshot.quads_file.stat().st_mtime, abs=1)
    for part in ("serve", "front", "zygote", "worker"):
        assert read_metric(client, f'cpec_processes{{part="{part}"}}') >= 1
        own = read_metric(client, f'cpec_private_memory_bytes{{part="{part}"}}')
        assert 0 < own <= read_metric(client, f'cpec_proportional_memory_bytes{{part="{part}"}}')


@pytest.mark.parametrize(
    ("text", "status", "reason"),
    [("SELECT * {" + "{" * 200, 400, "limit"), ("ASK {}" + " " * (1 << 20), 413, "too_large")],
)
def test_a_refusal_is_counted_by_its_reason(
    client: Client, text: str, status: int, reason: str
) -> None:
    metric = f'cpec_refusals_total{{reason="{reason}"}}'
    before = read_metric(client, metric)
    reply = client.send("POST", "/sparql", text.encode(), Content_Type="application/sparql-query")
    assert (reply.status, read_metric(client, metric)) == (status, before + 1)


@pytest.mark.long
def test_probes_that_are_answered_have_no_line_in_the_log(
    snapshot: Snapshot, tmp_path: Path
) -> None:
    with serving(tmp_path, "--out", str(snapshot.path.parent)) as client:
        for path in ("/health", "/ready", "/metrics", "/ready?without=x", "/nowhere"):
            client.get(path)
    lines = (tmp_path / "log").read_text().splitlines()
    logged = [json.loads(line)["status"] for line in lines if line.startswith("{")]
    assert logged == [400, 404]


@pytest.mark.long
def test_the_log_has_one_line_of_json_a_request(snapshot: Snapshot, tmp_path: Path) -> None:
    with serving(tmp_path, "--out", str(snapshot.path.parent)) as client:
        reply = client.get('/nowhere/"%0A{', User_Agent="x")
    lines = (tmp_path / "log").read_text().splitlines()
    (line,) = [json.loads(line) for line in lines if line.startswith("{")]
    assert line["id"] == reply.headers["X-Request-Id"] == reply.json["request"]
    assert (line["status"], line["method"], line["client"]) == (404, "GET", "127.0.0.1")
    assert line["path"] == '/nowhere/"\n{'


@pytest.mark.long
def test_a_log_that_cannot_be_written_fails_no_request(snapshot: Snapshot, tmp_path: Path) -> None:
    (tmp_path / "log").symlink_to("/dev/full")
    with serving(tmp_path, "--out", str(snapshot.path.parent)) as client:
        for _ in range(3):
            assert client.query("ASK {}").status == 200
            assert client.get("/page/Pakistan").status == 200


@pytest.mark.long
def test_a_log_that_nobody_reads_holds_up_no_request(snapshot: Snapshot, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "log")
    unread = os.open(tmp_path / "log", os.O_RDONLY | os.O_NONBLOCK)
    with serving(tmp_path, "--out", str(snapshot.path.parent)) as client:
        for _ in range(30):
            assert client.get("/nowhere/" + "x" * 10_000).status == 404
    os.close(unread)


def test_text_that_has_no_room_is_dropped() -> None:
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb") as read, os.fdopen(writer, "w") as written:
        unwaited = Unwaited(written)
        for _ in range(10):
            assert unwaited.write("x" * 20_000) == 20_000
        os.set_blocking(reader, False)
        assert 0 < len(read.read()) < 200_000
        unwaited.write("again\n")
        assert read.read() == b"again\n"


@pytest.mark.long
def test_a_refused_request_is_logged_and_counted(snapshot: Snapshot, tmp_path: Path) -> None:
    with serving(tmp_path, "--out", str(snapshot.path.parent)) as client:
        answer = client.raw(head("GET http://x?query= HTTP/1.1"))
        assert client.raw(b"NONSENSE\r\n\r\n").startswith(b"HTTP/1.1 400")
        metrics = client.get("/metrics").text
    assert 'cpec_requests_total{route="none",method="GET",status="400"} 1' in metrics
    assert 'cpec_requests_total{route="none",method="other",status="400"} 1' in metrics
    log = (tmp_path / "log").read_text().splitlines()
    lines = [json.loads(line) for line in log if line.startswith("{")]
    assert [line["status"] for line in lines[:2]] == [400, 400]
    assert (lines[0]["method"], lines[0]["path"]) == ("GET", "http://x?query=")
    assert lines[0]["id"].encode() in answer


def test_an_answer_that_cannot_be_sent_is_logged_and_counted_as_500(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with LocalEngine.start(GraphSettings()) as engine:
        site = Site(engine, Settings())
        with pytest.raises(UnicodeEncodeError):
            asyncio.run(ask(Exchanges(site, unsendable)))
    assert json.loads(capsys.readouterr().err)["status"] == 500
    assert site.metrics.requests == {'route="none",method="GET",status="500"': 1}


async def unsendable(_environ: object) -> Reply:
    """An answer with a header that HTTP cannot write."""
    return Reply(b"", [("Link", "中国")])


async def ask(application: Exchanges) -> None:
    """Ask an application, and never read the answer."""

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(_message: object) -> None:
        return

    scope: Scope = {"method": "GET", "scheme": "http", "http_version": "1.1", "raw_path": b"/"}
    scope |= {"query_string": b"", "headers": [], "server": ("localhost", 80), "client": None}
    await application(scope, receive, send)


@pytest.mark.long
def test_only_a_trusted_proxy_is_believed(snapshot: Snapshot, tmp_path: Path) -> None:
    forwarded = ["192.0.2.1, 198.51.100.7", "198.51.100.7:1234", "[2001:db8::1]:1234", "::1"]
    options = ["--out", str(snapshot.path.parent)]
    for folder, extra in (("without", []), ("with", ["--trusted-proxy", "127.0.0.1"])):
        (tmp_path / folder).mkdir()
        with serving(tmp_path / folder, *options, *extra) as client:
            for addresses in forwarded:
                client.get("/nowhere", X_Forwarded_For=addresses)
            client.raw(b"GET / HTTP/1.1\r\nX-Forwarded-For: 198.51.100.7\r\n\r\n")
    clients = [
        [
            json.loads(line)["client"]
            for line in (tmp_path / folder / "log").read_text().splitlines()
            if line.startswith("{")  # before, the data and the version
        ]
        for folder in ("without", "with")
    ]
    expected = ["198.51.100.7", "198.51.100.7", "2001:db8::1", "::1", "198.51.100.7"]
    assert clients == [["127.0.0.1"] * 5, expected]


@pytest.mark.long
def test_a_person_reads_a_short_line_a_request(snapshot: Snapshot, tmp_path: Path) -> None:
    options, command = ("--out", str(snapshot.path.parent)), tune(log="text")
    with serving(tmp_path, *options, command=command) as client:
        client.get("/page/Pakistan")
        client.get("/nowhere/%1B%5B31m%0A" + "x" * 1000)
        client.raw(b"NONSENSE\r\n\r\n")
    _, page, missing, nonsense = (tmp_path / "log").read_text().splitlines()
    assert re.fullmatch(
        r"\d\d:\d\d:\d\d 127\.0\.0\.1 GET /page/Pakistan 200 \d+ ms \d+ bytes", page
    )
    assert r"/nowhere/\x1b[31m\nxxx" in missing
    assert len(missing) < 200
    assert nonsense.endswith(" 127.0.0.1 - - 400")


@pytest.mark.long
def test_a_terminal_gets_lines_for_a_person(snapshot: Snapshot) -> None:
    ours, theirs = os.openpty()
    command = [str(CPEC), "serve", "--port", "0", "--out", str(snapshot.path.parent)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs) as process:
        assert process.stdout is not None
        Client(process.stdout.readline().decode().split()[2]).get("/page/HEC")
        process.send_signal(signal.SIGHUP)
        assert process.wait(PATIENCE) == 0
    assert b" GET /page/HEC 200 " in os.read(ours, 1000)
    os.close(ours)
    os.close(theirs)
