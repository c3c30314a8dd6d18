"""The fork server: its children, its death and its end."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.engine.child import Child
from server.engine.fork_server import ForkServer
from server.engine.process_tree import read_name
from server.engine.supervision.zygote_process import first_order
from server.graph_settings import GraphSettings


@pytest.fixture
def fork_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ForkServer]:
    """The fork server of this test alone."""
    fork_server = ForkServer()
    monkeypatch.setattr("server.engine.child.FORK_SERVER", fork_server)
    fork_server.hold()
    yield fork_server
    fork_server.release()


def start_zygote() -> Child:
    """Return a zygote that has loaded an empty dataset."""
    settings = GraphSettings()
    child = Child(settings.zygote)
    child.begin(first_order(settings, None, None))
    return child


def find_parent(child: Child) -> int:
    """Return the process that forked a child (proc_pid_stat(5))."""
    return int(Path(f"/proc/{child.pid}/stat").read_text().rpartition(")")[2].split()[1])


@pytest.mark.usefixtures("fork_server")
def test_a_child_has_the_name_of_its_part_and_the_working_directory_of_its_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folders = [tmp_path, tmp_path / "elsewhere"]
    folders[1].mkdir()
    children = []
    for folder in folders:
        monkeypatch.chdir(folder)
        children.append(start_zygote())
    assert [Path(f"/proc/{child.pid}/cwd").readlink() for child in children] == folders
    folders[1].rmdir()
    children.append(start_zygote())
    assert {read_name(child.pid) for child in children} == {"cpec-zygote"}
    assert len({*map(find_parent, children)}) == 1
    for child in children:
        child.end()


@pytest.mark.usefixtures("fork_server")
def test_a_fork_server_that_dies_is_replaced_and_its_children_live_on() -> None:
    first = start_zygote()
    os.kill(killed := find_parent(first), signal.SIGKILL)
    second = start_zygote()
    assert find_parent(second) not in {killed, os.getpid()}
    assert first.alive()
    first.end()
    second.end()


def test_a_fork_server_ends_when_nobody_holds_it(fork_server: ForkServer) -> None:
    child = start_zygote()
    parent = find_parent(child)
    fork_server.hold()
    fork_server.release()
    assert read_name(parent) == "cpec-forkserver"
    fork_server.release()
    assert read_name(parent) == ""
    assert child.alive()
    child.end()
    fork_server.hold()
