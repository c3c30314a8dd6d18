"""Run each part of `make all`, also after one that fails, and print a table of them.

    python tests/everything.py PART...

A part is a target of the Makefile. Its output goes to `build/all/PART.log`; the end of it is
printed where the part failed. The exit status is 1 if any part failed.
"""

import re
import subprocess
import sys
import time
from pathlib import Path

LOGS = Path("build/all")
COUNTS = re.compile(r"^tests: (\d+) passed, (\d+) failed, (\d+) skipped$", re.MULTILINE)
"""The last line of `tests/twice.py`."""

RETRIED = re.compile(r"^passed when retried: .+$", re.MULTILINE)
SHOWN = 60
"""Lines of a failed part that are printed."""


def run_part(part: str) -> tuple[bool, str]:
    """Return whether a part passed, and its line of the table."""
    log, start = LOGS / f"{part}.log", time.monotonic()
    with log.open("w") as output:
        run = subprocess.run(
            ["make", "--no-print-directory", part],  # noqa: S607
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    seconds, text = time.monotonic() - start, log.read_text("utf-8", "replace")
    if run.returncode:
        print(f"--- {log}", *text.splitlines()[-SHOWN:], sep="\n")
    for line in RETRIED.findall(text):
        print(line)
    counts = COUNTS.search(text)
    cells = [part, "red" if run.returncode else "green", *(counts.groups() if counts else [""] * 3)]
    return run.returncode == 0, f"| {' | '.join(cells)} | {seconds:.0f} |"


def main(parts: list[str]) -> int:
    """Run the parts, print the table, and return the exit status."""
    LOGS.mkdir(parents=True, exist_ok=True)
    results = []
    for part in parts:
        results.append(run_part(part))
        print(results[-1][1], flush=True)
    print("\n| part | | passed | failed | skipped | seconds |\n|---|---|---:|---:|---:|---:|")
    print(*(line for _, line in results), sep="\n")
    return 0 if all(passed for passed, _ in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
