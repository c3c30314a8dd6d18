"""The texts of articles on their pages, if they are the texts that were read."""

from pathlib import Path

import pytest

from graph.curating.verification import sha256
from graph.presenting.article import AnnotatedSentence, ArticlePage
from graph.presenting.line import Line, Quote
from graph.snapshot import Snapshot
from graph.wording.display_name import DisplayName
from ontology.namespace import ID
from server.page.thing_page import mark_quotes, read_sentences
from tests.server.conftest import serving

TEXT = "A headline\n\nBoth countries have moved forward. Nothing else."


@pytest.fixture
def article() -> ArticlePage:
    own = "Both countries have moved forward."
    start, length, digest = TEXT.index(own), len(own), sha256(own)
    line = Line("", [], {}, [], quotes=[Quote(1, "", ["moved forward", "have …"], [])])
    sentence = AnnotatedSentence(
        *("Sentence 1", "1", "", "s01", "", start, length, digest, ""),
        *([], ["Both countries"], "", [], [line], [], [], 0),
    )
    name = DisplayName(f"{ID}a-2026", "A headline")
    return ArticlePage(name, "", "", None, [], "", {}, {}, [sentence], [], 1, 1, 1, 1, 1)


def test_a_sentence_is_shown_with_its_quotes_marked(tmp_path: Path, article: ArticlePage) -> None:
    (tmp_path / "a-2026.txt").write_text(TEXT, "utf-8")
    assert read_sentences(str(tmp_path), article) == {
        "s01": [("Both countries", True), (" have ", False), ("moved forward", True), (".", False)]
    }


def test_another_text_is_not_shown(tmp_path: Path, article: ArticlePage) -> None:
    assert read_sentences(None, article) == read_sentences(str(tmp_path), article) == {}
    (tmp_path / "a-2026.txt").write_text(TEXT.replace("Both", "Some"), "utf-8")
    assert read_sentences(str(tmp_path), article) == {}
    (tmp_path / "a-2026.txt").write_bytes(b"\xff\xfe\xff")
    assert read_sentences(str(tmp_path), article) == {}


def test_no_name_leads_out_of_the_archive(tmp_path: Path, article: ArticlePage) -> None:
    (tmp_path / "a-2026.txt").write_text(TEXT, "utf-8")
    (tmp_path / "in").mkdir()
    article.name = DisplayName(f"{ID}../a-2026", "")
    assert read_sentences(str(tmp_path / "in"), article) == {}


def test_a_sentence_without_quotes_is_one_piece() -> None:
    assert mark_quotes("Nothing else.", []) == [("Nothing else.", False)]


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
