"""The master copy that is generated: the same files each time, and valid."""

from pathlib import Path

from bench.articles import write_articles
from graph.curating.master import Inputs
from graph.validation import validate


def test_articles_are_valid_and_the_same_each_time(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_articles(tmp_path / name, 5)
    files = [
        {path.name: path.read_bytes() for path in (tmp_path / name).rglob("*.*")}
        for name in ("one", "two")
    ]
    assert files[0] == files[1]
    assert len(files[0]) == 6
    validate(Inputs(tmp_path / "one"))
