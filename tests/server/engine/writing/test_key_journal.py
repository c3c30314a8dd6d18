"""The journal of idempotency keys: on disk with the write, and nothing of an unpublished one."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from graph.errors import ConflictError, EngineError, KeyReuseError, OverloadedError
from server.engine.request import WriteKey, WriteResult
from server.engine.writing import key_journal
from server.engine.writing.key_journal import FILE, KeyJournal, KeyRecord

FIRST, SECOND, THIRD = "000000001-aaaaaaaa", "000000002-bbbbbbbb", "000000003-cccccccc"
RESULT = WriteResult(SECOND, 0, 1, existed=True, report={"kept": 0})
KEY = WriteKey("k", "body")


def record(journal: KeyJournal, key: WriteKey = KEY, result: WriteResult = RESULT) -> None:
    """Record a write that is published."""
    with journal.record(key, result):
        pass


def test_a_write_is_done_after_a_start_if_it_was_published(tmp_path: Path) -> None:
    record(KeyJournal(tmp_path, FIRST))
    assert KeyJournal(tmp_path, SECOND).settle("k", SECOND) == RESULT
    assert KeyJournal(tmp_path, FIRST).settle("k", FIRST) is None


def test_a_failed_write_leaves_no_record(tmp_path: Path) -> None:
    (tmp_path / "generations" / FIRST).mkdir(parents=True)
    (tmp_path / "current").symlink_to(tmp_path / "generations" / FIRST)
    journal = KeyJournal(tmp_path, FIRST)
    with pytest.raises(EngineError, match="full"), journal.record(KEY, RESULT):
        raise EngineError("the disk is full")
    assert journal.find("k") is None
    assert (tmp_path / FILE).read_bytes() == b""


def test_a_record_is_kept_where_the_disk_does_not_say_what_became_of_its_write(
    tmp_path: Path,
) -> None:
    journal = KeyJournal(tmp_path, FIRST)
    with pytest.raises(EngineError, match="gone"), journal.record(KEY, RESULT):
        raise EngineError("the folder is gone")
    assert journal.find("k") is None
    assert KeyJournal(tmp_path, SECOND).settle("k", SECOND) == RESULT


def test_a_line_without_an_end_was_not_written(tmp_path: Path) -> None:
    journal = KeyJournal(tmp_path, FIRST)
    record(journal)
    record(journal, WriteKey("later", "body"), replace(RESULT, version=THIRD))
    (tmp_path / FILE).write_bytes((tmp_path / FILE).read_bytes()[:-9])
    again = KeyJournal(tmp_path, THIRD)
    assert (again.find("k") is not None, again.find("later")) == (True, None)


def test_a_record_tells_its_body_and_a_closed_one_refuses_all(tmp_path: Path) -> None:
    journal = KeyJournal(tmp_path, FIRST)
    record(journal)
    kept, closed = journal.find("k"), journal.settle("closed", SECOND)
    assert kept is not None
    assert kept.repeat("body") == RESULT
    with pytest.raises(KeyReuseError):
        kept.repeat("another body")
    refusing = KeyJournal(tmp_path, SECOND).find("closed")
    assert (closed, refusing is not None) == (None, True)
    assert refusing is not None
    with pytest.raises(ConflictError, match="closed"):
        refusing.repeat("body")


def test_a_key_is_forgotten_after_a_day(tmp_path: Path) -> None:
    journal = KeyJournal(tmp_path, FIRST)
    now = time.time()
    for name, age in (("young", 23.9), ("old", 24.1)):
        record = KeyRecord(name, now - age * 3600, FIRST, "body", {})
        with (tmp_path / FILE).open("ab") as file:
            file.write(record.encode() + b"\n")
    journal = KeyJournal(tmp_path, FIRST)
    assert (journal.find("young") is not None, journal.find("old")) == (True, None)
    assert b"old" not in (tmp_path / FILE).read_bytes()


def test_keys_beyond_the_most_of_a_day_are_refused_until_others_are_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_journal, "MAX_KEYS", 2)
    journal = KeyJournal(tmp_path, FIRST)
    record(journal, WriteKey("a", "body"))
    record(journal, WriteKey("b", "body"))
    with pytest.raises(OverloadedError, match="2 Idempotency-Keys"):
        record(journal, WriteKey("c", "body"))
    monkeypatch.setattr(key_journal, "LIFETIME", -1.0)
    record(journal, WriteKey("c", "body"))
    assert len((tmp_path / FILE).read_bytes().splitlines()) == 1
