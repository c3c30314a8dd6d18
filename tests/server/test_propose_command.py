"""`cpec propose` takes of a proposer what its sentence says, and nothing of a server that lies."""

from __future__ import annotations

import asyncio
import json
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from graph.curating.master import Inputs
from graph.drafting.proposal import MOST
from graph.validation import validate_file
from server.command import cpec as main
from tests.server.test_draft_command import OPTIONS, TEXT

NAME = "the-courier-2026-05-01"
QUOTE = "Pakistan and China signed a memorandum on mining"
SOUND = {
    "sentence": "s01",
    "quote": QUOTE,
    "start": 0,
    "subject": "Pakistan",
    "property": "cpec:intendsCooperationIn",
    "object": "id:Mining",
}
LIES: dict[str, dict[str, Any]] = {
    "the quote is not in the sentence": {"quote": "Pakistan and China signed a treaty on mining"},
    "the quote does not begin at its offset": {"start": 1},
    "the article has no such sentence": {"sentence": "s99"},
    "neither the graph nor the draft has such a thing": {"subject": "Atlantis"},
    "the vocabulary has no such property": {"property": "cpec:conquers"},
    "the vocabulary has no such term": {"object": "cpec:Victory"},
    "a literal is a date": {"object": {"date": "2026-13-99x"}},
    "a modality is left out": {"modality": "Reported"},
    "expected an object with": {},
}
RECORDS = [{**SOUND, **lie} if lie else {"accepted": True} for lie in LIES.values()]
PROPOSER = """
import json, os, urllib.request

def propose(article):
    assert article["sentences"][1]["text"].startswith("Pakistan and China")
    with urllib.request.urlopen(os.environ["LIAR"], timeout=30) as answer:
        return json.load(answer)
"""


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A draft and its text."""
    folder = tmp_path_factory.mktemp("drafted")
    (folder / "text.txt").write_text(TEXT, "utf-8")
    paths = ("-o", folder / f"{NAME}.trig", "--archive", folder / "archive")
    arguments = ("draft", folder / "text.txt", *OPTIONS, *paths)
    assert CliRunner().invoke(main, [str(own) for own in arguments]).exit_code == 0
    return folder


class Recorded(BaseHTTPRequestHandler):
    """A server with one recorded answer a path."""

    answers: dict[str, bytes] = {}  # noqa: RUF012 - a test adds to it

    def do_GET(self) -> None:
        """Send the recorded answer; one is late."""
        if self.path == "/late":
            time.sleep(20)
        self.send_response(200)
        self.end_headers()
        with suppress(BrokenPipeError):  # who asked has been killed
            self.wfile.write(self.answers[self.path])

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@pytest.fixture(scope="module")
def liar() -> Iterator[str]:
    """The address of the server, whose answers are recorded."""
    many = [{**SOUND, "confidence": 1, "accepted": True} for _ in range(10_000)]
    lies = [SOUND, *RECORDS, SOUND]
    short = [[own["sentence"]] for own in many]
    Recorded.answers = {
        "/lies": json.dumps(lies).encode(),
        "/many": json.dumps(short).encode(),
        "/huge": json.dumps(many).encode(),
        "/noise": b"Sure! Here are the claims: [",
        "/object": b'{"claims": []}',
        "/late": b"[]",
    }
    server = ThreadingHTTPServer(("127.0.0.1", 0), Recorded)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def desk(drafted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the draft, and a proposer that is installed."""
    site = tmp_path / "site"
    info = site / "liar-1.0.dist-info"
    info.mkdir(parents=True)
    (site / "liar.py").write_text(PROPOSER, "utf-8")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: liar\nVersion: 1.0\n", "utf-8")
    (info / "entry_points.txt").write_text("[cpec_graph.proposers]\nliar = liar:propose\n", "utf-8")
    monkeypatch.syspath_prepend(str(site))
    return Path(shutil.copytree(drafted, tmp_path / "desk"))


def propose(desk: Path, *options: str) -> Result:
    """Run the command."""
    paths = (desk / f"{NAME}.trig", "--archive", desk / "archive")
    arguments = ("propose", *paths, "--by", "liar", *options)
    return CliRunner().invoke(main, [str(own) for own in arguments])


def test_of_lies_each_is_refused_with_its_reason_and_what_is_said_is_not_reviewed(
    desk: Path, liar: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIAR", f"{liar}/lies")
    before = (desk / f"{NAME}.trig").read_text("utf-8").splitlines()
    result = propose(desk)
    assert result.exit_code == 0, result.output
    assert "1 claims proposed, none of them reviewed" in result.stdout
    for reason in LIES:
        assert reason in result.stdout
    assert "1 refused: the sentence has the claim already" in result.stdout
    after = (desk / f"{NAME}.trig").read_text("utf-8").splitlines()
    (line,) = (own for own in after if own not in before)
    assert 'draft:review draft:Unreviewed ; draft:rule "proposed by liar"' in line
    assert [own for own in after if own in before] == before
    findings = [str(own) for own in validate_file(Inputs(), desk / f"{NAME}.trig")]
    assert not [own for own in findings if "anchor" in own or "oa:" in own]


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("/many", f"liar proposes 10,000 claims, and {MOST} is the most: none is taken"),
        ("/huge", "answered with more than 1,048,576 bytes: none is taken"),
        ("/noise", "failed"),
        ("/object", "answered with no list of claims"),
        ("/late", "gave no answer in 1 seconds"),
    ],
)
def test_a_proposer_without_bounds_changes_nothing(
    desk: Path, liar: str, monkeypatch: pytest.MonkeyPatch, path: str, fault: str
) -> None:
    monkeypatch.setenv("LIAR", liar + path)
    before = (desk / f"{NAME}.trig").read_bytes()
    result = propose(desk, *(["--seconds", "1"] if path == "/late" else []))
    assert (result.exit_code, type(result.exception)) == (1, SystemExit)
    assert fault in result.stderr
    assert (desk / f"{NAME}.trig").read_bytes() == before


def test_an_unknown_proposer_is_named_with_those_that_are_installed(desk: Path) -> None:
    assert (
        "no proposer is named 'oracle' (entry points of cpec_graph.proposers): liar"
        in propose(desk, "--by", "oracle").stderr
    )


def test_the_tools_on_drafts_propose_and_check_and_leave_the_folder_to_no_name(desk: Path) -> None:
    pytest.importorskip("mcp", reason="the extra [mcp] is not installed: `make test` installs it")
    from mcp.server.mcpserver.exceptions import ToolError

    from server.mcp.draft_tools import DraftTools

    tools = DraftTools(desk, desk / "archive")
    read = asyncio.run(tools.read_draft(f"{NAME}.trig"))
    assert read["sentences"][1]["text"].startswith(QUOTE)
    told = asyncio.run(tools.propose_claims(f"{NAME}.trig", [SOUND, *RECORDS]))
    assert (told["taken"], told["reviewed"], len(told["refused"])) == (1, 0, len(LIES))
    assert "proposed by mcp" in (desk / f"{NAME}.trig").read_text("utf-8")
    assert asyncio.run(tools.validate_draft(f"{NAME}.trig"))["defects"] >= 0
    for name in ("../evil.trig", "none.trig", "text.txt", "/etc/passwd"):
        with pytest.raises(ToolError, match=r"name of a \.trig file"):
            asyncio.run(tools.read_draft(name))
