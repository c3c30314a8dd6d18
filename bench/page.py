"""The page of the measurements: each command prints its numbers, and keeps them there if asked."""

import argparse
import os
import platform
import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

PAGE: Final = Path(__file__).parents[1] / "docs" / "benchmarks.md"


def arguments(doc: str | None) -> argparse.ArgumentParser:
    """Return the parser of a command, which every command has `--keep` of."""
    parser = argparse.ArgumentParser(description=(doc or "").partition("\n")[0])
    parser.add_argument("--keep", action="store_true", help="write the numbers into the page")
    return parser


def publish(name: str, text: str, *, keep: bool, page: Path = PAGE) -> None:
    """Print the numbers, and put them into the section of that name if they are to be kept."""
    sys.stdout.write(text + "\n")
    if keep:
        page.write_text(with_section(page.read_text("utf-8"), name, text), "utf-8")


def exit_with(faults: Sequence[str]) -> None:
    """End the program with status 1 and its faults on stderr, if there are any."""
    if faults:
        sys.exit("broken:\n" + "\n".join(faults))


def with_section(page: str, name: str, text: str) -> str:
    """Return the page with another text between the marks of a section; KeyError without it."""
    marked = re.compile(rf"(?<=<!-- {name} -->\n).*?(?=<!-- end -->)", re.DOTALL)
    if not marked.search(page):
        raise KeyError(name)
    cores = f"{os.cpu_count()} cores"
    preamble = f"On {datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {cores}:\n\n"
    return marked.sub(lambda _: preamble + text.rstrip() + "\n", page, count=1)
