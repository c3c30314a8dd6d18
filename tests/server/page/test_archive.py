"""The texts of articles on their pages: only where they are those that were read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from graph.curating.verification import sha256
from graph.snapshot import Snapshot
from ontology.namespace import ID
from server.page.archive import marked, texts
from tests.server.conftest import serving

TEXT = "A headline\n\nBoth countries have moved forward. Nothing else."


@pytest.fixture
def article() -> dict[str, Any]:
    own = "Both countries have moved forward."
    start = TEXT.index(own)
    lines = [{"quotes": [{"quotes": ["moved forward", "have …"]}]}]
    sentence = {"anchor": "s01", "start": start, "length": len(own), "sha256": sha256(own)}
    return {
        "name": {"iri": f"{ID}a-2026"},
        "sentences": [{**sentence, "quotes": ["Both countries"], "lines": lines}],
    }


def test_a_sentence_is_shown_with_its_quotes_marked(
    tmp_path: Path, article: dict[str, Any]
) -> None:
    (tmp_path / "a-2026.txt").write_text(TEXT, "utf-8")
    assert texts(str(tmp_path), article) == {
        "s01": [("Both countries", True), (" have ", False), ("moved forward", True), (".", False)]
    }


def test_another_text_is_not_shown(tmp_path: Path, article: dict[str, Any]) -> None:
    assert texts(None, article) == texts(str(tmp_path), article) == {}
    (tmp_path / "a-2026.txt").write_text(TEXT.replace("Both", "Some"), "utf-8")
    assert texts(str(tmp_path), article) == {}
    (tmp_path / "a-2026.txt").write_bytes(b"\xff\xfe\xff")
    assert texts(str(tmp_path), article) == {}


def test_no_name_leads_out_of_the_archive(tmp_path: Path, article: dict[str, Any]) -> None:
    (tmp_path / "a-2026.txt").write_text(TEXT, "utf-8")
    (tmp_path / "in").mkdir()
    article["name"]["iri"] = f"{ID}../a-2026"
    assert texts(str(tmp_path / "in"), article) == {}


def test_a_sentence_without_quotes_is_one_piece() -> None:
    assert marked("Nothing else.", []) == [("Nothing else.", False)]


@pytest.mark.long
def test_a_server_with_the_archive_shows_the_text(
    snapshot: Snapshot, shared_article: Path, tmp_path: Path
) -> None:
    options = ("--out", str(snapshot.path.parent), "--archive", str(shared_article))
    with serving(tmp_path, *options) as client:
        page = client.get("/page/inp-wealthpk-2026-04-29", Accept="text/html")
    assert page.status == 200
    assert "<mark>moved forward on CPEC Phase II</mark>" in page.text
    assert len(page.body) < 200_000
