"""What a killed run of the tests left on this machine: its folders, and what is mounted in them."""

import getpass
import subprocess
import tempfile
from pathlib import Path


def is_running(process: int) -> bool:
    """Return whether there is a process with this number."""
    return Path(f"/proc/{process}").exists()


def find_folders() -> list[Path]:
    """Return the folders that pytest made for runs of this user which are over."""
    runs = Path(tempfile.gettempdir(), f"pytest-of-{getpass.getuser()}").glob("pytest-*")
    return [run for run in runs if not run.is_symlink() and not is_running(read_owner(run))]


def read_owner(run: Path) -> int:
    """Return the process whose folder it is, 0 after its end: pytest writes it to the lock."""
    lock = run / ".lock"
    return int(lock.read_text("ascii") or "0") if lock.exists() else 0


def unmount_left() -> None:
    """Unmount what runs that were killed have mounted in their folders."""
    left = find_folders()
    lines = Path("/proc/self/mounts").read_text("utf-8").splitlines()
    places = [Path(line.split()[1]) for line in lines]
    for place in reversed(places):
        if any(run in place.parents for run in left):
            subprocess.run(["umount", "--lazy", str(place)], check=True)  # noqa: S607
