"""A stranger walks through docs/operating.md: each command is run as it is written, in containers.

Debian's packages make the images that a registry would give: Python, and HAProxy. The commands run
on a host of their own, a network namespace, but for the build of the image, which needs the package
index.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.network import PREFIX, ip, may_make_hosts, remove_left_hosts
from tests.conftest import ROOT
from tests.leftovers import find_folders, unmount_left
from tests.recipes.recipe import Command, read_recipes

SECTIONS = read_recipes((ROOT / "docs" / "operating.md").read_text("utf-8"))
PROGRAMS = ("podman", "podman-compose", "runc", "mmdebstrap", "nft", "openssl", "curl", "rsync")
IMAGES = ("docker.io/library/python:3.13-slim-trixie", "docker.io/library/haproxy:3.0")
PACKAGES = "ca-certificates,haproxy,python3-venv"
PATIENCE = 600
"""The seconds after which a command hangs, whatever the load of the machine."""

REMOVE = "podman rm --all --force --time 0; podman system reset --force"

CURL = """resolve = graph.example:443:127.0.0.1
resolve = graph.example:80:127.0.0.1
fail
retry = 100
retry-delay = 1
retry-all-errors
"""
"""The name of the host, and patience: on a busy machine no replica may be ready for a moment."""

STORAGE = """[storage]
driver = "overlay"
graphroot = "{0}/root"
runroot = "{0}/run"
"""
CONTAINERS = """[engine]
runtime = "runc"  # crun refuses a hybrid of cgroup versions
tmp_dir = "{0}/tmp"
cgroup_manager = "cgroupfs"
events_logger = "none"
[network]
network_config_dir = "{0}/networks"
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]  # not above those of this process
"""


def environment(folder: Path) -> dict[str, str]:
    """Return the environment in which podman keeps all that is its own below a folder."""
    return {
        **os.environ,
        "BUILDAH_ISOLATION": "chroot",
        "CONTAINERS_CONF": str(folder / "containers.conf"),
        "CONTAINERS_STORAGE_CONF": str(folder / "storage.conf"),
        "PODMAN_IGNORE_CGROUPSV1_WARNING": "1",
    }


def remove_left_containers() -> None:
    """Remove the containers, mounts and hosts of runs that were killed."""
    for run in find_folders():
        for file in (*run.glob("operator*/storage.conf"), *run.glob("*/operator*/storage.conf")):
            subprocess.run(
                ["bash", "-c", REMOVE], env=environment(file.parent), timeout=PATIENCE, check=False
            )
    unmount_left()
    remove_left_hosts()


class Operator:
    """A stranger with a copy of the tree, on a host with podman and a network of its own."""

    def __init__(self, folder: Path, host: str) -> None:
        self.folder = folder / "tree"
        self.host = host
        for name, text in (("storage.conf", STORAGE), ("containers.conf", CONTAINERS)):
            (folder / name).write_text(text.format(folder), "utf-8")
        (folder / ".curlrc").write_text(CURL, "utf-8")
        self.environment = {**environment(folder), "CURL_HOME": str(folder)}
        names = subprocess.run(
            ["git", "ls-files", "-co", "--exclude-standard"],
            cwd=ROOT, check=True, capture_output=True, text=True,
        ).stdout.splitlines()  # fmt: skip
        for name in names:
            if (ROOT / name).is_file():
                (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, self.folder / name)

    def run(self, text: str, *, network: bool = True) -> tuple[int, str]:
        """Run a command of bash; return its status, and its output and errors together."""
        enter = ["nsenter", f"--net=/run/netns/{self.host}"] if network else []
        done = subprocess.run(
            [*enter, "bash", "-o", "pipefail", "-c", text],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        return done.returncode, done.stdout

    def make_images(self) -> None:
        """Make the images that a registry has, with the certificates that this host trusts."""
        first, *others = IMAGES
        trusted = "--customize-hook='copy-in /etc/ssl/certs /etc/ssl'"
        make = f"mmdebstrap --quiet --variant=minbase --include={PACKAGES} {trusted} trixie -"
        status, output = self.run(f"{make} | podman import - {first}", network=False)
        assert status == 0, output
        for image in others:
            assert self.run(f"podman tag {first} {image}", network=False)[0] == 0


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operator]:
    missing = [program for program in PROGRAMS if not shutil.which(program)]
    if missing or not may_make_hosts():
        pytest.skip(f"needs root, and Debian's packages with {', '.join(missing) or 'ip'}")
    remove_left_containers()
    host = f"{PREFIX}-operator"
    stranger = Operator(tmp_path_factory.mktemp("operator"), host)
    ip("netns", "add", host)
    try:
        ip("-n", host, "link", "set", "lo", "up")
        stranger.make_images()
        yield stranger
    finally:
        stranger.run(REMOVE)
        ip("netns", "del", host)


@pytest.mark.parametrize("number", range(len(SECTIONS)), ids=lambda n: SECTIONS[n].title)
def test_a_section_is_walked_and_its_commands_say_what_it_says(
    operator: Operator, number: int
) -> None:
    for step in SECTIONS[number].steps:
        assert isinstance(step, Command)
        status, output = operator.run(step.text, network=not step.text.startswith("podman build"))
        logs = "" if status == 0 else operator.run("podman logs cpec-graph_proxy_1")[1][-3000:]
        assert (status, step.prints(output)) == (0, True), (
            f"$ {step.text}\n{output}\ninstead of\n{step.output}\n{logs}"
        )


def test_an_expired_certificate_is_seen_by_the_check_and_refused_by_clients(
    operator: Operator,
) -> None:
    past = "-not_before 20200101000000Z -not_after 20200201000000Z"
    for command in (
        f"openssl req -x509 -key key.pem -subj /CN=graph.example {past} -out expired.pem",
        "cat expired.pem key.pem > deploy/certificates/graph.example.pem",
        "podman kill --signal USR2 cpec-graph_proxy_1",
    ):
        assert operator.run(command)[0] == 0
    ask = "curl --silent --show-error --retry 0 --cacert expired.pem https://graph.example/health"
    refused = f"until [[ $({ask} 2>&1) = *'certificate has expired'* ]]; do sleep 1; done"
    assert operator.run(refused)[0] == 0
    check = "openssl x509 -checkend 1209600 -noout -in deploy/certificates/graph.example.pem"
    assert operator.run(check) == (1, "Certificate will expire\n")
    assert "SSL handshake failure" in operator.run("podman logs cpec-graph_proxy_1")[1]
