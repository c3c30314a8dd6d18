"""The files of deployment: their programs read them, and a roll is run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bench.graph import quads
from graph.snapshot import Snapshot, write_snapshot
from tests.cluster.network import may_make_hosts

DEPLOY = Path(__file__).parents[2] / "deploy"
CPEC = Path(sys.executable).with_name("cpec")

rolls = pytest.mark.skipif(
    not (may_make_hosts() and shutil.which("rsync")),
    reason="needs root, to give the host a network, and rsync: apt-get install rsync",
)

SSH = '#!/bin/sh\nshift\nexec sh -c "$*"\n'
"""Runs the command here: the host is this one, with a network and a /srv of its own."""

SYSTEMCTL = f"""#!/bin/sh
[ "$*" = "restart cpec-serve" ] || exit 2
if pid=$(cat /srv/pid 2>/dev/null); then
    kill "$pid"
    while [ -d "/proc/$pid" ]; do sleep 0.1; done
fi
{CPEC} serve --port 8000 --processes 1 --snapshot /srv/cpec-graph/current >>/srv/log 2>&1 &
echo $! >/srv/pid
"""

HOST = """set -eu
ip link set lo up
mount -t tmpfs tmpfs /srv
mkdir /srv/cpec-graph
"""
ROLLS = f"""{HOST}trap 'kill "$(cat /srv/pid)"' EXIT
for snapshots in "$@"; do {DEPLOY}/roll "$snapshots" localhost; ls -l /srv/cpec-graph/current; done
"""


def test_haproxy_finds_no_fault_with_its_files(tmp_path: Path) -> None:
    make_certificate(tmp_path / "certificates")
    tls = (DEPLOY / "tls.cfg").read_text("utf-8")
    (tmp_path / "tls.cfg").write_text(tls.replace("/etc/haproxy", str(tmp_path)), "utf-8")
    command = ["haproxy", "-c", "-V", "-f", f"{DEPLOY}/haproxy.cfg", "-f", f"{tmp_path}/tls.cfg"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (done.returncode, "ALERT" in done.stderr, "WARNING" in done.stderr) == (0, False, False)


def make_certificate(folder: Path, *options: str) -> Path:
    """Make a self-signed certificate for graph.example; return its file, which has the key too."""
    folder.mkdir()
    command = (
        "openssl req -x509 -newkey rsa:2048 -noenc -subj /CN=graph.example"
        f" -addext subjectAltName=DNS:graph.example -keyout {folder}/key -out {folder}/certificate"
    )
    subprocess.run([*command.split(), *options], check=True, capture_output=True)
    file = folder / "graph.pem"
    file.write_bytes((folder / "certificate").read_bytes() + (folder / "key").read_bytes())
    for part in ("certificate", "key"):
        (folder / part).unlink()
    return file


@pytest.mark.skipif(
    not shutil.which("systemd-analyze"), reason="no systemd-analyze: apt-get install systemd"
)
def test_systemd_finds_no_fault_with_the_unit(tmp_path: Path) -> None:
    text = (DEPLOY / "cpec-serve.service").read_text("utf-8")
    assert "/opt/cpec-graph/bin/cpec" in text
    unit = tmp_path / "cpec-serve.service"
    unit.write_text(text.replace("/opt/cpec-graph/bin/cpec", str(CPEC)), "utf-8")
    command = ["systemd-analyze", "verify", str(unit)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def on_a_host(folder: Path, script: str, systemctl: str, *words: Path) -> Any:
    """Run a script on a host of its own, on which `systemctl` does that."""
    programs = folder / "bin"
    programs.mkdir()
    for name, text in (("ssh", SSH), ("systemctl", systemctl)):
        (programs / name).write_text(text, "utf-8")
        (programs / name).chmod(0o755)
    return subprocess.run(
        ["unshare", "--net", "--mount", "sh", "-c", script, "sh", *words],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"},
        timeout=120,
    )


@rolls
def test_a_roll_copies_a_snapshot_and_waits_until_the_server_has_it(tmp_path: Path) -> None:
    snapshots: list[Snapshot] = [
        write_snapshot(tmp_path / name, quads(size)) for name, size in (("1", 100), ("2", 200))
    ]
    done = on_a_host(tmp_path, ROLLS, SYSTEMCTL, tmp_path / "1", tmp_path / "2")
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stdout.splitlines() if line]
    served = [f"localhost serves {snapshot.version}" for snapshot in snapshots]
    assert lines[::2] == served
    linked = [line.rpartition(" -> ")[2] for line in lines[1::2]]
    assert linked == [snapshot.path.name for snapshot in snapshots]


@rolls
def test_a_host_that_is_never_ready_ends_a_roll_and_those_after_it_are_left(tmp_path: Path) -> None:
    snapshot = write_snapshot(tmp_path / "1", quads(100))
    roll = f'{HOST}{DEPLOY}/roll -w 2 "$1" localhost second third'
    done = on_a_host(tmp_path, roll, "#!/bin/sh\n", tmp_path / "1")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        f"roll: localhost is not ready with {snapshot.version} after 2 seconds: no answer",
        "roll: left as they are: second third",
    ]


@pytest.mark.parametrize("words", [(), ("folder",), ("-w", "soon", "folder", "host"), ("-z",)])
def test_a_roll_that_is_not_understood_says_how_it_is_called(words: tuple[str, ...]) -> None:
    done = subprocess.run([DEPLOY / "roll", *words], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.search(r"usage: deploy/roll|-w takes seconds, not 'soon'|option", done.stderr)


def test_a_roll_tells_what_it_does() -> None:
    done = subprocess.run([DEPLOY / "roll", "-h"], check=True, capture_output=True, text=True)
    assert "-w SECONDS   how long a host may take" in done.stdout
