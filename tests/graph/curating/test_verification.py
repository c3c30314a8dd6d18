"""The verification: the report on a text that is the same, moved, changed or gone."""

from pathlib import Path

import pytest

from graph.build import build
from graph.curating.master import Inputs, read_master
from graph.curating.verification import TextMatch, read_text, sha256, verify
from graph.dataset import memory_store
from graph.errors import DataError

TEXT = "talks-2026-05-02.txt"


def lines(inputs: Inputs, archive: Path) -> list[str]:
    store = memory_store(read_master(inputs).quads())
    return [str(line) for line in verify(store, archive)]


ANOTHER = "the archived text is not the one that was read; its SHA-256 is "


def hash_text(archive: Path) -> str:
    return sha256(read_text(archive / TEXT))


def change(archive: Path, old: str, new: str) -> None:
    path = archive / TEXT
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_an_untouched_text_is_exact(inputs: Inputs, archive: Path) -> None:
    assert lines(inputs, archive) == [
        "talks-2026-05-02 exact",
        "s00 exact",
        "s01 exact",
        "s02 exact",
    ]


def test_a_word_of_the_same_length_changes_its_sentence_alone(
    inputs: Inputs, archive: Path
) -> None:
    change(archive, "in May", "in Jun")
    assert lines(inputs, archive) == [
        f"talks-2026-05-02 changed: {ANOTHER}{hash_text(archive)}",
        "s00 exact",
        "s01 changed: the text at 23 to 82 is another one",
        "s02 exact",
    ]


def test_a_longer_word_moves_what_follows(inputs: Inputs, archive: Path) -> None:
    change(archive, "spoke of", "spoke about")
    lost = (
        's01 changed: the text at 23 to 82 is another one; "spoke of the corridor’s second phase" '
        'changed: "spoke about the corridor’s second ph"'
    )
    assert lines(inputs, archive)[2:] == [lost, "s02 moved: from 83 to 86"]


def test_a_shorter_text_has_lost_its_end(inputs: Inputs, archive: Path) -> None:
    (archive / TEXT).write_text("Talks", "utf-8")
    assert [line.split()[1] for line in lines(inputs, archive)] == ["changed:"] * 2 + ["gone:"] * 2


def test_a_quote_that_is_not_in_its_sentence_is_named(inputs: Inputs, archive: Path) -> None:
    path = inputs.data / "articles/talks-2026-05-02.trig"
    text = path.read_text("utf-8")
    path.write_text(text.replace('"both are parties"', '"Talks on"'), "utf-8")
    assert lines(inputs, archive)[3] == 's02 changed: "Talks on" is not in it (moved)'


def test_without_a_text_nothing_is_claimed(inputs: Inputs, tmp_path: Path) -> None:
    lines = verify(memory_store(read_master(inputs).quads()), tmp_path)
    assert {line.status for line in lines} == {TextMatch.NO_TEXT}
    assert str(lines[1]) == "s00 no text here"


def test_marks_line_ends_and_decomposed_letters_do_not_count(inputs: Inputs, archive: Path) -> None:
    path = archive / TEXT
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert lines(inputs, archive)[0] == "talks-2026-05-02 exact"
    path.write_bytes("e\u0301\r\n\r".encode())
    assert read_text(path) == "\u00e9\n\n"


def test_a_text_that_is_not_utf8_is_named(inputs: Inputs, archive: Path) -> None:
    (archive / TEXT).write_bytes(b"\xff")
    with pytest.raises(DataError, match=r"talks-2026-05-02\.txt: is not UTF-8"):
        lines(inputs, archive)


def test_a_text_that_cannot_be_read_is_named(inputs: Inputs, archive: Path) -> None:
    (archive / TEXT).unlink()
    (archive / TEXT).mkdir()
    with pytest.raises(DataError, match=r"talks-2026-05-02\.txt: Is a directory"):
        lines(inputs, archive)


def test_a_build_refuses_a_changed_text(inputs: Inputs, archive: Path, tmp_path: Path) -> None:
    change(archive, "in May", "in Jun")
    with pytest.raises(DataError, match=r"trig:\d+: s01 changed") as caught:
        build(inputs, tmp_path / "build", archive)
    assert len(caught.value.findings) == 2


def test_words_are_looked_for_between_the_neighbours_of_a_lost_sentence(
    inputs: Inputs, archive: Path
) -> None:
    change(archive, "Both countries spoke of the corridor’s second phase in May.", "Nothing.")
    path = archive / TEXT
    quote = "spoke of the corridor’s second phase"
    assert f'"{quote}" gone' in lines(inputs, archive)[2]
    path.write_text(f"{path.read_text('utf-8')}They {quote}.", "utf-8")
    assert f'"{quote}" moved' in lines(inputs, archive)[2]


def test_a_page_of_html_is_read_as_its_article(inputs: Inputs, archive: Path) -> None:
    pytest.importorskip("trafilatura", reason="pip install 'cpec-graph[html]' runs it")
    lines_of_text = (archive / TEXT).read_text("utf-8").strip().splitlines()
    paragraphs = "".join(f"<p>{line}</p>" for line in lines_of_text[1:] if line)
    (archive / TEXT).unlink()
    page = f"<!DOCTYPE html><title>{lines_of_text[0]}</title><nav>Home</nav><article>{paragraphs}"
    (archive / TEXT).with_suffix(".html").write_text(page, "utf-8")
    report = lines(inputs, archive)
    assert [line.split()[1] for line in report[1:]] == ["exact"] * 3
