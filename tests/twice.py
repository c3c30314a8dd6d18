"""Run pytest, and what failed once more, alone: `python tests/twice.py ARGUMENT...`.

Tests of servers and browsers share processors, so a test may fail beside others and pass alone.
Both runs are printed. The last lines name what passed the second time, since it tells of a race,
in the test or in the product. There is no third run.

The very last line is `tests: 12 passed, 0 failed, 1 skipped`. The exit status is pytest's: 0 if
each test passed in one of the runs. Nothing is repeated of a run that ended otherwise (no test, a
usage error, an interrupt).

The script imports nothing of the project: other environments run it too.
"""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree as ET

FAILED = Path(".pytest_cache/v/cache/lastfailed")
"""Where pytest keeps the names of tests that failed."""

PYTEST = str(Path(sys.executable).with_name("pytest"))
PARALLEL = ("--numprocesses", "--maxprocesses", "--dist", "--no-loadscope-reorder")
ALONE = ("--last-failed", "--last-failed-no-failures=none")


def run_pytest(*arguments: str) -> tuple[int, Counter[str]]:
    """Return the exit status of pytest, and how many tests passed, failed and were skipped."""
    with TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        run = subprocess.run([PYTEST, *arguments, f"--junitxml={report}"], check=False)
        return run.returncode, count_outcomes(report) if report.exists() else Counter()


def count_outcomes(report: Path) -> Counter[str]:
    """Count the outcomes of a report in JUnit's form."""
    counts = Counter[str]()
    for case in ET.parse(report).iter("testcase"):  # noqa: S314 - pytest wrote it
        children = {child.tag for child in case}
        failed = bool(children & {"failure", "error"})
        counts["failed" if failed else "skipped" if "skipped" in children else "passed"] += 1
    return counts


def read_failures() -> set[str]:
    """Return the names of the tests that failed last."""
    return set(json.loads(FAILED.read_text("utf-8"))) if FAILED.exists() else set()


def main(arguments: list[str]) -> int:
    """Run the tests that the arguments name, at most twice; return the exit status."""
    FAILED.unlink(missing_ok=True)  # of another run: its failures are not this one's
    status, counts = run_pytest(*arguments)
    retried = set[str]()
    if status == 1 and (failures := read_failures()):
        serial = [argument for argument in arguments if not argument.startswith(PARALLEL)]
        status, again = run_pytest(*serial, *ALONE)
        if status in {0, 1}:
            retried = failures - read_failures()
            counts["passed"] += again["passed"]
            counts["failed"] = again["failed"]
    for name in sorted(retried):
        print(f"passed when retried: {name}")
    print(
        f"tests: {counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped"
    )
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
