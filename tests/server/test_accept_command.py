"""`cpec accept` writes a reviewed draft into the data, or says what is wrong and writes nothing."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pyoxigraph import NamedNode

from graph.acceptance import accept_draft
from graph.curating.master import Inputs, read_master
from graph.errors import DataError
from graph.removal import remove_article
from ontology.namespace import ID
from server.command import cpec as main
from tests.draft.corruption import corrupt
from tests.first_article import copy_first_article
from tests.graph.full_disk import bounded_files
from tests.server.test_draft_command import OPTIONS, TEXT, TITLE
from tests.waiting import PATIENCE

NAME = "the-courier-2026-05-01"
OTHER = TEXT.replace(TITLE, "Pakistan leaves the Example Fund").replace("500", "700")


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first article, and two drafts of the next with their texts, all claims accepted."""
    folder = tmp_path_factory.mktemp("drafted")
    copy_first_article(folder)
    for name, text in ((NAME, TEXT), ("other", OTHER)):
        (folder / "text.txt").write_text(text, "utf-8")
        paths = ("--data", folder / "data", "--archive", folder / "archive", "--id", name)
        options = [own.replace("c.example", f"{name}.example") for own in OPTIONS]
        arguments = [folder / "text.txt", *options, *paths, "-o", folder / f"{name}.trig"]
        result = CliRunner().invoke(main, ["draft", *map(str, arguments)])
        assert result.exit_code == 0, result.output
        draft = (folder / f"{name}.trig").read_text("utf-8")
        (folder / f"{name}.trig").write_text(draft.replace("Unreviewed", "Accepted"), "utf-8")
    return folder


@pytest.fixture
def desk(drafted: Path, tmp_path: Path) -> Path:
    """A copy of these that a test may change."""
    return Path(shutil.copytree(drafted, tmp_path / "desk"))


def change(desk: Path, *changes: tuple[str, str]) -> None:
    """Change the text of the draft."""
    draft = desk / f"{NAME}.trig"
    text = draft.read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    draft.write_text(text, "utf-8")


def accept(desk: Path, name: str = NAME) -> Result:
    """Run the command on a draft."""
    paths = ("--data", desk / "data", "--archive", desk / "archive")
    return CliRunner().invoke(main, [str(own) for own in ("accept", desk / f"{name}.trig", *paths)])


@pytest.fixture(scope="module")
def acceptance(drafted: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """A copy whose draft was accepted, and the result of the command."""
    desk = Path(shutil.copytree(drafted, tmp_path_factory.mktemp("acceptance") / "desk"))
    return desk, accept(desk)


@pytest.fixture
def accepted(acceptance: tuple[Path, Result], tmp_path: Path) -> Path:
    """A copy of that which a test may change."""
    return Path(shutil.copytree(acceptance[0], tmp_path / "accepted"))


def list_files(desk: Path) -> dict[Path, bytes]:
    """Return the bytes of the data, by their paths within it."""
    files = (path for path in (desk / "data").rglob("*") if path.is_file())
    return {path.relative_to(desk): path.read_bytes() for path in files}


def test_an_accepted_draft_is_an_article_and_the_difference_is_told(
    drafted: Path, acceptance: tuple[Path, Result]
) -> None:
    before = list_files(drafted)
    desk, result = acceptance
    assert result.exit_code == 0, result.output
    assert "  the_courier_2026_05_01_Assistance cpec:donor China" in result.stdout
    assert f"({NAME}/s04)" in result.stdout
    heads = [line.partition(":")[0] for line in result.stdout.splitlines() if line[0] != " "]
    assert heads == ["new", "corroborated", "contested", "inferred", "lost", "questions"]
    assert "  given: +1 -0" in result.stdout
    assert "no accepted claim names it: Iran" in result.stderr
    written = {path: own for path, own in list_files(desk).items() if before.get(path) != own}
    ((path, content),) = written.items()
    assert path.name == f"{NAME}.trig"
    assert b"draft:" not in content
    assert "# ── s04 ──".encode() in content
    assert read_master(Inputs(desk / "data")).find_marks() == []


def test_what_is_not_reviewed_is_counted_and_named(desk: Path) -> None:
    before = list_files(desk)
    change(desk, ('draft:Accepted ; draft:rule "giving"', 'draft:Unreviewed ; draft:rule "giving"'))
    result = accept(desk)
    assert result.exit_code == 1
    assert "6 claims not reviewed" in result.stderr
    assert f"/{NAME}.trig:" in result.stderr
    assert result.stderr.count("is not reviewed") == 6
    assert f"id:{NAME}/s04#1 is not reviewed" in result.stderr
    assert list_files(desk) == before


def test_a_sentence_without_a_claim_is_to_be_read_too(desk: Path) -> None:
    change(
        desk,
        ("draft:review draft:Accepted ;\n", "draft:review draft:Unreviewed ;\n"),
    )
    stderr = accept(desk).stderr
    assert "1 sentence not reviewed" in stderr
    assert f"id:{NAME}/s02 is not reviewed" in stderr


def test_what_is_rejected_leaves_nothing(desk: Path) -> None:
    change(desk, ('draft:Accepted ; draft:rule "giving"', 'draft:Rejected ; draft:rule "giving"'))
    result = accept(desk)
    assert result.exit_code == 0, result.output
    written = (desk / "data" / "articles" / f"{NAME}.trig").read_text("utf-8")
    assert "Assistance" not in written
    assert "Amount" not in written
    assert "<s04> a cpec:Sentence" in written


def test_to_accept_and_to_remove_gives_the_same_bytes(drafted: Path, accepted: Path) -> None:
    before = list_files(drafted)
    assert list_files(accepted) != before
    paths = ("--data", accepted / "data", "--out", accepted / "builds")
    result = CliRunner().invoke(main, [str(own) for own in ("article", "remove", NAME, *paths)])
    assert result.exit_code == 0, result.output
    assert "no snapshot in" in result.stderr
    lost = result.stdout.partition("lost:")[2]
    assert "  the_courier_2026_05_01_Assistance cpec:donor China" in lost
    assert list_files(accepted) == before
    assert list((accepted / "builds").iterdir()) == []


def write_nothing(desk: Path) -> None:
    """Take the text of the article away."""
    (desk / "archive" / f"{NAME}.txt").unlink()


def write_other_text(desk: Path) -> None:
    """Change the text of the article."""
    text = TEXT.replace("scholarships", "seats at colleges")
    (desk / "archive" / f"{NAME}.txt").write_text(text, "utf-8")


def retire(desk: Path) -> None:
    """Retire the name of the article."""
    with (desk / "data" / "retired.ttl").open("a", encoding="utf-8") as file:
        file.write(f"<{ID}{NAME}> <http://www.w3.org/2002/07/owl#deprecated> true .\n")


def name_two_parts(desk: Path) -> None:
    """Name the article as a file in another folder."""
    change(desk, (f"id:{NAME} a cpec:NewsArticle", f"<{ID}up/name> a cpec:NewsArticle"))


def name_no_article(desk: Path) -> None:
    """Describe something else than an article."""
    change(desk, ("cpec:NewsArticle", "cpec:Report"))


def reject_on_two_lines(desk: Path) -> None:
    """Reject a claim that goes on on the next line."""
    mark = 'draft:Accepted ; draft:rule "giving"'
    change(desk, (" ~ <s04#1> {|", " ~ <s04#1>\n{|"), (mark, mark.replace("Accepted", "Rejected")))


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "describes 0 articles"),
        (b"\xff\x00\x80", ":1: is not UTF-8"),
        (b"a" * 10_000_000, ":1: column 1: aaa"),
    ],
    ids=["empty", "binary", "long"],
)
def test_a_file_that_is_no_draft_is_named_in_few_words(
    desk: Path, content: bytes, fault: str
) -> None:
    (desk / f"{NAME}.trig").write_bytes(content)
    result = accept(desk)
    assert (result.exit_code, type(result.exception)) == (1, SystemExit)
    assert fault in result.stderr
    assert len(result.stderr) < 1000


def crowd(desk: Path) -> None:
    """Give a sentence more claims than anybody reviews."""
    draft = desk / f"{NAME}.trig"
    text = draft.read_text("utf-8")
    (line,) = re.findall(r".* ~ <s04#1> .*\n", text)
    more = "".join(line.replace("s04#1>", f"s04#{number}>") for number in range(900, 1201))
    draft.write_text(text.replace(line, line + more), "utf-8")


@pytest.mark.parametrize(
    ("prepare", "fault"),
    [
        (retire, "its name is retired"),
        (write_nothing, "does not exist: expected the text (--archive)"),
        (write_other_text, "s04 changed"),
        (name_two_parts, "describes 1 articles: expected one, with a name of letters and digits"),
        (name_no_article, "describes 0 articles"),
        (crowd, f"id:{NAME}/s04 has 307 claims, and 300 is the most"),
        (reject_on_two_lines, "expected each statement and each new thing on a line of its own"),
    ],
    ids=["retired", "no text", "another text", "two parts", "no article", "crowd", "two lines"],
)
def test_a_draft_that_cannot_be_an_article_is_named_and_nothing_is_written(
    desk: Path, prepare: Callable[[Path], object], fault: str
) -> None:
    prepare(desk)
    before = list_files(desk)
    result = accept(desk)
    assert (result.exit_code, type(result.exception)) == (1, SystemExit)
    assert fault in result.stderr
    assert list_files(desk) == before


def test_one_text_is_one_article_under_its_name_or_another(accepted: Path) -> None:
    before = list_files(accepted)
    advice = f"{NAME} is accepted already: remove it with `cpec article remove {NAME}`"
    result = accept(accepted)
    assert (result.exit_code, type(result.exception)) == (1, SystemExit)
    assert advice in result.stderr
    draft = (accepted / f"{NAME}.trig").read_text("utf-8")
    (accepted / "again.trig").write_text(draft.replace(NAME, "again"), "utf-8")
    shutil.copy(accepted / "archive" / f"{NAME}.txt", accepted / "archive" / "again.txt")
    assert "one text is one article" in accept(accepted, "again").stderr
    assert list_files(accepted) == before


def test_a_full_disk_writes_nothing(desk: Path) -> None:
    before = list_files(desk)
    with bounded_files(2000), pytest.raises(OSError, match="File too large"):
        accept_draft(Inputs(desk / "data"), desk / f"{NAME}.trig", desk / "archive")
    assert list_files(desk) == before


def test_two_curators_at_once_lose_nothing(desk: Path) -> None:
    inputs = Inputs(desk / "data")
    drafts = [desk / f"{name}.trig" for name in (NAME, "other")]
    with ThreadPoolExecutor(2) as pool:
        futures = [pool.submit(accept_draft, inputs, own, desk / "archive") for own in drafts]
    first, second = sorted(
        (own.result(PATIENCE) for own in futures), key=lambda change: len(change.before.stated)
    )
    told = [{q for q in own.stated if ID in str(q)} for own in (first.after, second.before)]
    assert told[0] == told[1]
    for name in (NAME, "other"):
        assert (desk / "data" / "articles" / f"{name}.trig").exists()
        assert any(quad.subject == NamedNode(ID + name) for quad in second.after.stated)
    remove_article(inputs, desk / "builds", NAME)
    assert (desk / "data" / "articles" / "other.trig").exists()


@pytest.mark.long
@pytest.mark.law
@pytest.mark.parametrize("first", range(0, 500, 10))
def test_no_corrupted_draft_is_accepted(desk: Path, first: int) -> None:
    draft = desk / f"{NAME}.trig"
    sound = draft.read_text("utf-8")
    before = list_files(desk)
    for number in range(first, first + 10):
        what, text = corrupt(sound, number)
        assert text != sound
        draft.write_text(text, "utf-8")
        with pytest.raises(DataError) as error:
            accept_draft(Inputs(desk / "data"), draft, desk / "archive")
        assert f"{NAME}.trig" in str(error.value), what
        assert list_files(desk) == before, what
