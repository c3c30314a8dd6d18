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

from bench.graph import quads, write_snapshot
from graph.snapshot import Snapshot
from tests.cluster.network import may_make_hosts

DEPLOY = Path(__file__).parents[2] / "deploy"
CPEC = Path(sys.executable).with_name("cpec")

rolls = pytest.mark.skipif(
    not (may_make_hosts() and all(map(shutil.which, ("rsync", "socat")))),
    reason="needs root, to give the host a network, and apt-get install rsync socat",
)

SSH = """#!/bin/sh
host=$1
shift
if [ "$host" = later ]; then
    exec unshare --mount sh -c "mount --bind /srv/later /srv/cpec-graph; $*"
fi
exec sh -c "$*"
"""
"""Runs the command here: the host is this one, with a network and a /srv of its own; `later` has
another folder of snapshots.
"""

SYSTEMCTL = f"""#!/bin/sh
case $1 in
    show) kill -0 "$(cat /srv/pid)" 2>/dev/null; echo $?; exit ;;
    is-failed) exit 1 ;;
    restart) [ "$*" = "restart cpec-serve" ] || exit 2 ;;
esac
if pid=$(cat /srv/pid 2>/dev/null); then
    kill "$pid"
    while grep --quiet --no-messages '^State:[[:space:]]*[^ZX]' "/proc/$pid/status"; do
        sleep 0.1
    done
fi
[ ! -e /srv/proxy-dies ] || kill "$(cat /srv/proxy)"
if [ "$(cat /srv/fails 2>/dev/null)" = "$(readlink /srv/cpec-graph/current)" ]; then
    echo "the unit has failed" >&2
    exit 1
fi
{CPEC} serve --port 8000 --processes 1 --snapshot /srv/cpec-graph/current >>/srv/log 2>&1 &
echo $! >/srv/pid
"""
"""Starts the server again; /srv/fails has the snapshot with which none starts. A server that
has ended counts as restarted, once.
"""

HAPROXY = """global
    stats socket /run/haproxy/admin.sock mode 600 level admin
defaults
    mode http
    timeout connect 1s
    timeout client 9s
    timeout server 9s
    option httpchk GET /ready
backend replicas
    server localhost 127.0.0.1:8000 check inter 200ms
backend pages
    server localhost 127.0.0.1:8000 check inter 200ms
"""

HOST = f"""set -eu
ip link set lo up
mount -t tmpfs tmpfs /srv
mount -t tmpfs tmpfs /run
mkdir /srv/cpec-graph /srv/later /run/haproxy
trap 'kill $(cat /srv/pid /srv/proxy 2>/dev/null) 2>/dev/null || true' EXIT
roll() {{ {DEPLOY}/roll "$@" 2>&1 || echo "status $?"; }}
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


@pytest.mark.skipif(
    not shutil.which("systemd-analyze"), reason="no systemd-analyze: apt-get install systemd"
)
def test_the_unit_leaves_the_server_little_power() -> None:
    unit = DEPLOY / "cpec-serve.service"
    command = ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(unit)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    text = unit.read_text("utf-8")
    for setting in ("MemoryMax", "TasksMax", "SystemCallFilter"):
        assert re.search(rf"^{setting}=\S", text, re.MULTILINE)


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
        timeout=600,
    )


WAYS = "--back returns to the snapshot before, --older rolls this one out"
FAILED = "{0}: FAILED; sha256sum: WARNING: 1 computed checksum did NOT match"
REFUSED = "no answer ([Errno 111] Connection refused)"


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory: pytest.TempPathFactory) -> list[Snapshot]:
    """Three snapshots, each built a day after the one before."""
    folder = tmp_path_factory.mktemp("snapshots")
    written = [write_snapshot(folder / str(n), quads(100 * n)) for n in (1, 2, 3)]
    for day, snapshot in enumerate(written, 1):
        os.utime(snapshot.path / "manifest.json", (day * 86400, day * 86400))
    return written


def folders(snapshots: list[Snapshot]) -> list[Path]:
    """Return the folders of snapshots."""
    return [snapshot.path.parent for snapshot in snapshots]


@rolls
def test_a_roll_brings_the_newer_snapshot_and_the_one_before_back(
    tmp_path: Path, snapshots: list[Snapshot]
) -> None:
    script = f"""{HOST}
roll "$1" localhost; roll "$2" localhost; roll "$2" localhost; roll "$1" localhost
roll --older "$1" localhost; roll --back localhost; roll "$3" localhost; ls /srv/cpec-graph
"""
    done = on_a_host(tmp_path, script, SYSTEMCTL, *folders(snapshots))
    first, second, third = (snapshot.version for snapshot in snapshots)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[:8] == [
        f"localhost serves {first}",
        f"localhost serves {second}",
        f"localhost serves {second} already",
        f"roll: localhost has {second}, which was built after {first}: {WAYS}",
        "status 1",
        f"localhost serves {first}",
        f"localhost serves {second}",
        f"localhost serves {third}",
    ]
    assert set(lines[8:]) == {second, third, "current", "previous"}


@rolls
def test_a_roll_that_cannot_begin_says_why_and_changes_nothing(
    tmp_path: Path, snapshots: list[Snapshot]
) -> None:
    script = f"""{HOST}
roll "$0" localhost
roll --back localhost
mount -t tmpfs -o size=40k tmpfs /srv/cpec-graph; roll "$1" localhost; umount /srv/cpec-graph
flock --no-fork /srv/cpec-graph sleep 100 & echo $! >/srv/pid
while flock --nonblock /srv/cpec-graph true; do sleep 0.1; done
roll "$1" localhost
kill "$(cat /srv/pid)"; wait
roll -p localhost "$1" localhost
ls /srv/cpec-graph
"""
    done = on_a_host(tmp_path, script, SYSTEMCTL, *folders(snapshots))
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[1:10:2] == ["status 1"] * 5
    assert lines[0] == "roll: sh has no snapshot: `cpec build --out sh` writes one"
    assert lines[2] == "roll: localhost has no snapshot of before"
    assert re.fullmatch(
        r"roll: localhost has room for [\d,]+ bytes in /srv/cpec-graph, "
        r"and the snapshot has [\d,]+",
        lines[4],
    )
    assert lines[6] == "roll: localhost: another rollout is under way"
    assert lines[8].startswith("roll: the proxy localhost does not answer: ")
    assert lines[10:] == [snapshots[0].version], "copied, and not linked"


@rolls
def test_a_host_that_fails_goes_back_and_those_after_it_are_left(
    tmp_path: Path, snapshots: list[Snapshot]
) -> None:
    script = f"""{HOST}
roll "$1" localhost
echo {snapshots[1].version} >/srv/fails
roll "$2" localhost later
readlink /srv/cpec-graph/current
"""
    done = on_a_host(tmp_path, script, SYSTEMCTL, *folders(snapshots))
    first = snapshots[0].version
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        f"localhost serves {first}",
        "roll: localhost: the unit has failed",
        f"roll: localhost serves {first} again",
        "roll: left as they are: later",
        "status 1",
        first,
    ]


@rolls
def test_a_host_that_is_never_ready_ends_a_roll(tmp_path: Path, snapshots: list[Snapshot]) -> None:
    script = f'{HOST}roll -w 2 "$1" localhost later'
    done = on_a_host(tmp_path, script, "#!/bin/sh\n[ $1 != is-failed ]\n", *folders(snapshots))
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        f"roll: localhost is not ready with {snapshots[0].version} after 2 seconds: {REFUSED}",
        "roll: left as they are: later",
        "status 1",
    ]


@rolls
def test_a_damaged_snapshot_is_not_copied_and_replaces_none(
    tmp_path: Path, snapshots: list[Snapshot]
) -> None:
    script = f"""{HOST}
flip() {{ printf X | dd of="$1" bs=1 seek=99 conv=notrunc status=none; }}
roll "$1" localhost; roll "$2" localhost
cp -r "$1" /srv/bad; flip /srv/bad/current/graph.nq
roll --older /srv/bad localhost; roll --back localhost
flip /srv/cpec-graph/{snapshots[1].version}/store/CURRENT; roll --back localhost
roll "$2" localhost
flip "/srv/cpec-graph/{snapshots[0].version}/manifest.json"; roll --older "$1" localhost
"""
    done = on_a_host(tmp_path, script, SYSTEMCTL, *folders(snapshots))
    first, second = (snapshot.version for snapshot in snapshots[:2])
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines.pop(2).endswith(f"{first} is damaged, build it again: {FAILED.format('graph.nq')}")
    damaged = FAILED.format("store/CURRENT")
    assert lines == [
        f"localhost serves {first}",
        f"localhost serves {second}",
        "status 1",
        f"localhost serves {first}",
        f"roll: localhost: {second} is damaged: localhost: {damaged}",
        "status 1",
        f"localhost serves {second}",
        f"localhost serves {first}",
    ]


@rolls
def test_a_server_that_does_not_start_ends_a_roll_at_once(
    tmp_path: Path, snapshots: list[Snapshot]
) -> None:
    """The file is damaged between the check and the start, as by a failing disk."""
    file = f"/srv/cpec-graph/{snapshots[1].version}/graph.nq"
    start = f"{CPEC} serve"
    damage = SYSTEMCTL.replace(start, f"[ ! -e /srv/rots ] || echo >>{file}\n{start}")
    script = f"""{HOST}
roll "$1" localhost
touch /srv/rots; timeout 60 {DEPLOY}/roll "$2" localhost 2>&1 || echo "status $?"
"""
    done = on_a_host(tmp_path, script, damage, *folders(snapshots))
    first, second = (snapshot.version for snapshot in snapshots[:2])
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        f"localhost serves {first}",
        f"roll: localhost does not start with {second}: `journalctl --unit cpec-serve` says why",
        f"roll: localhost serves {first} again",
        "status 1",
    ]


@rolls
def test_a_proxy_that_dies_ends_a_roll_which_can_be_repeated(
    tmp_path: Path, snapshots: list[Snapshot]
) -> None:
    (tmp_path / "haproxy.cfg").write_text(HAPROXY, "utf-8")
    script = f"""{HOST}
proxy() {{ haproxy -f {tmp_path}/haproxy.cfg >>/srv/log 2>&1 & echo $! >/srv/proxy; }}
roll "$1" localhost
proxy; until [ -e /run/haproxy/admin.sock ]; do sleep 0.1; done
touch /srv/proxy-dies; roll -p localhost "$2" localhost; rm /srv/proxy-dies
proxy; roll -p localhost "$2" localhost
"""
    done = on_a_host(tmp_path, script, SYSTEMCTL, *folders(snapshots))
    first, second = snapshots[0].version, snapshots[1].version
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    fault = lines.pop(2)
    assert fault.startswith("roll: the proxy localhost does not answer: ")
    assert lines == [
        f"localhost serves {first}",
        f"localhost serves {second}",
        "status 1",
        f"localhost serves {second} already",
    ]


@pytest.mark.parametrize(
    "words", [(), ("folder",), ("-w", "soon", "f", "h"), ("-w", "0", "f", "h"), ("-z",)]
)
def test_a_roll_that_is_not_understood_says_how_it_is_called(words: tuple[str, ...]) -> None:
    done = subprocess.run([DEPLOY / "roll", *words], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("usage: deploy/roll [-p PROXY]... [-w SECONDS]")


def test_a_roll_tells_what_it_does() -> None:
    done = subprocess.run([DEPLOY / "roll", "-h"], check=True, capture_output=True, text=True)
    assert "-w SECONDS  how long a host may take" in done.stdout
