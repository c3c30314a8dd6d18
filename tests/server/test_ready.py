"""A server of a large graph answers at once, from disk, and says so until its memory serves."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from bench.graph import quads, write_as_snapshot
from tests.server.conftest import serving

QUERY = "SELECT * { ?country a cpec:Country }"


@pytest.mark.long
def test_until_memory_serves_answers_have_no_entity_tag(tmp_path: Path) -> None:
    write_as_snapshot(tmp_path / "build", quads(40_000))
    with serving(tmp_path, "--out", str(tmp_path / "build")) as client:
        ready, first = client.get("/ready"), client.query(QUERY, "text/csv")
        assert ready.json["store"] == "disk"
        assert (first.status, first.headers["ETag"]) == (200, None)
        assert first.headers["Cache-Control"] == "no-store"
        end = time.monotonic() + 60
        while client.get("/ready").json["store"] == "disk":
            assert time.monotonic() < end
            time.sleep(0.05)
        later = client.query(QUERY, "text/csv")
        assert later.headers["ETag"]
        assert sorted(later.text.split()) == sorted(first.text.split())
