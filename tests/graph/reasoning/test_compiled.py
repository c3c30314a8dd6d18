"""What is compiled is what is here: Python imports it in place of the source."""

import importlib
from pathlib import Path

import pytest

import graph

HERE = Path(next(iter(graph.__path__)))
TYPED = sorted(HERE.rglob("*.pxd"))


@pytest.mark.parametrize("types", TYPED, ids=lambda path: path.stem)
def test_no_module_was_compiled_of_an_older_source(types: Path) -> None:
    name = ".".join(types.relative_to(HERE.parent).with_suffix("").parts)
    file = importlib.import_module(name).__file__
    assert file is not None
    if file.endswith(".py"):
        pytest.skip("not compiled, for want of a C compiler or by -p tests.uncompiled")
    for source in (types, types.with_suffix(".py")):
        assert Path(file).stat().st_mtime >= source.stat().st_mtime, "run make test, or make serve"
