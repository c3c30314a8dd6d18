"""The endpoints that an operator allows and maps, by flags and environment."""

from pathlib import Path

import pytest

from tests.server.conftest import Run, serving
from tests.server.service.elsewhere import Elsewhere
from tests.server.test_federation import NOWHERE, asking, rows

pytestmark = pytest.mark.long

IRI = "https://query.wikidata.org/sparql"


def test_an_endpoint_on_the_map_is_asked_elsewhere_and_nobody_is_told_where(
    other: Elsewhere, tmp_path: Path
) -> None:
    options = ["--empty", "--service-map", IRI, f"{other.address}/good"]
    options += ["--service-map", "http://e/broken", f"{other.address}/error"]
    with serving(tmp_path, *options) as client:
        assert len(rows(client.query(asking(IRI)))) == 3
        failed = client.query(asking("http://e/broken"))
        refused = client.query(asking(f"{other.address}/good"))
        description = client.get("/sparql", Accept="text/turtle").text
    assert (failed.status, failed.json["endpoint"]) == (502, "http://e/broken")
    assert refused.status == 403
    assert f"<{IRI}>" in description
    assert "http://e/broken" in description
    log = (tmp_path / "log").read_text()
    for text in (failed.text, description, log):
        assert other.address.removeprefix("http://") not in text


def test_the_map_can_come_from_the_environment(other: Elsewhere, tmp_path: Path) -> None:
    pairs = f"{IRI} {other.address}/good  {NOWHERE} {other.address}/good"
    environment = {"CPEC_SERVE_SERVICE_MAP": pairs, "CPEC_SERVE_SERVICE_ALLOW": NOWHERE}
    with serving(tmp_path, "--empty", **environment) as client:
        assert len(rows(client.query(asking(IRI)))) == 3
        assert len(rows(client.query(asking(NOWHERE)))) == 3


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("http://e/", "ftp://f/"), "<ftp://f/> is no address of http or https"),
        (("http://e/", "http://f/", "--service-map", "http://e/", "http://g/"), "two addresses"),
    ],
)
def test_what_cannot_be_mapped_is_told_at_the_start(
    words: tuple[str, ...], reason: str, run: Run
) -> None:
    done = run("serve", "--port", "0", "--service-map", *words)
    assert done.returncode == 2
    assert reason in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_half_a_pair_in_the_environment_is_told_at_the_start(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CPEC_SERVE_SERVICE_MAP", f"{IRI} http://f/ http://e/")
    done = run("serve", "--port", "0")
    assert done.returncode == 2
    assert "http://e/ has no address" in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_what_cannot_be_allowed_is_told_at_the_start(run: Run) -> None:
    done = run("serve", "--port", "0", "--service-allow", "file:///etc/passwd")
    assert done.returncode == 2
    assert "http or https" in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
