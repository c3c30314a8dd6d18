"""Vendored files: each has the version, licence and hash of its list."""

import re
from hashlib import sha256
from pathlib import Path
from typing import Final

VENDOR: Final = Path(__file__).parents[2] / "server" / "static" / "vendor"
ROW: Final = re.compile(r"\| `([^`]+)` \| `([0-9a-f]{64})` \|")


def test_each_vendored_file_is_the_one_that_is_listed() -> None:
    listed = dict(ROW.findall((VENDOR / "README.md").read_text("utf-8")))
    files = [
        file for file in VENDOR.rglob("*") if file.is_file() and file.suffix in {".js", ".css"}
    ]
    assert listed == {
        str(file.relative_to(VENDOR)): sha256(file.read_bytes()).hexdigest() for file in files
    }


def test_each_vendored_folder_has_its_licence() -> None:
    for folder in (path for path in VENDOR.iterdir() if path.is_dir()):
        assert "ermission" in (folder / "LICENSE").read_text("utf-8"), folder
