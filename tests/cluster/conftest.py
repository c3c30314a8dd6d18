"""The cluster that the tests share, and the table of what clients met."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from bench.graph import quads, write_snapshot
from graph.build import build
from graph.curating.master import Inputs
from graph.snapshot import Snapshot
from tests.cluster.cluster import NUMBERS, REPLICAS, Cluster
from tests.cluster.network import may_make_hosts, network

ROWS: list[tuple[str, int, int, float]] = []
"""A case, its requests, the failed ones, and the seconds of the slowest."""


@pytest.fixture(scope="session")
def first(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The shipped graph."""
    return build(Inputs(), tmp_path_factory.mktemp("first")).snapshot


@pytest.fixture(scope="session")
def second(first: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The same and some more."""
    folder = tmp_path_factory.mktemp("second")
    return write_snapshot(folder, [*first.quads(), *quads(200)], first.manifest)


@pytest.fixture(scope="session")
def cluster(first: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    if not all(map(shutil.which, ("haproxy", "ip", "rsync", "socat"))):
        pytest.skip("needs programs: apt-get install haproxy iproute2 rsync socat")
    if not may_make_hosts():
        pytest.skip("needs the right to make network namespaces: run it as root, in no container")
    with network(NUMBERS) as hosts:
        replicas = Cluster(hosts, tmp_path_factory.mktemp("cluster"))
        for name in REPLICAS:
            replicas.copy(name, first)
            replicas.restart(name)
        replicas.start_proxy()
        replicas.until_up(*REPLICAS)
        yield replicas


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Send the rows of a worker of xdist to the process that prints them."""
    if (output := getattr(session.config, "workeroutput", None)) is not None:
        output["rows"] = ROWS


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take the rows of a worker of xdist."""
    ROWS.extend(getattr(node, "workeroutput", {}).get("rows", []))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table."""
    if ROWS:
        terminalreporter.write_sep("=", "what clients met")
        terminalreporter.write_line("| case | requests | failed | worst |\n|---|---:|---:|---:|")
    for case, requests, failed, worst in ROWS:
        terminalreporter.write_line(f"| {case} | {requests:,} | {failed} | {worst:.1f} s |")
