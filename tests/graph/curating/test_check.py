"""The checks themselves: each is a query that selects the variables of its message."""

from pathlib import Path
from string import Formatter

import pytest
from pyoxigraph import Store

from graph.answering.evaluation import run_select
from graph.build import build
from graph.curating.check import PLACE, read_checks
from graph.curating.master import Inputs, read_master
from graph.errors import DataError, Finding

CHECKS = [check for folder in ("stated", "crossing", "closed") for check in read_checks(folder)]


def test_a_check_selects_what_its_message_speaks_of_and_where_it_stands() -> None:
    for check in CHECKS:
        answer = run_select(Store(), check.query)
        selected = {variable.value for variable in answer.variables}
        spoken = {name for _, name, _, _ in Formatter().parse(check.message) if name}
        assert spoken <= selected, check.name
        assert selected & set(PLACE), check.name
        assert check.message, check.name
        assert list(answer) == [], check.name


def test_the_path_of_a_finding_is_short_where_the_person_stands(
    inputs: Inputs, archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (inputs.data / "entities.ttl").write_text("PREFIX id: <x:>\nid:a id:b .\n")
    with pytest.raises(DataError, match=r"^data/entities\.ttl:2: column 11: "):
        build(inputs, tmp_path / "build", archive)


def test_what_stands_on_no_line_is_placed_in_its_graph(inputs: Inputs) -> None:
    master = read_master(inputs)
    assert master.finding("is odd", "x:graph", "x:s", "x:p") == Finding("x:graph", None, "is odd")
