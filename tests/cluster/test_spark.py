"""A build on Apache Spark: the same snapshot as on one machine, though a host is killed."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad

from bench.articles import write_articles
from graph.curating.master import DATA, Inputs, read_master
from graph.dataset import sort_n_quads
from graph.reasoning.kernel import Kernel
from graph.snapshot import Snapshot, current_snapshot
from graph.snapshot_folder import describe_contents
from ontology.namespace import EDITORIAL_GRAPH
from ontology.terms import CPEC as CPEC_TERMS
from ontology.terms import RDF
from server.scaling.closing import Closing
from server.scaling.cluster import SparkCluster, open_spark
from tests.cluster.network import Host, kill_all, may_make_hosts, network
from tests.mounting import mounted
from tests.waiting import PATIENCE, wait_until

CPEC = str(Path(sys.executable).with_name("cpec"))
EDITORIAL = NamedNode(EDITORIAL_GRAPH)
MASTER = "org.apache.spark.deploy.master.Master"
LONGEST = 1200
"""The seconds after which a build on Spark, or a round of it, hangs."""

QUICK_JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""Optimising code takes a small build longer than running it."""

WORKER = "org.apache.spark.deploy.worker.Worker"

if importlib.util.find_spec("pyspark") is None or not shutil.which("java"):
    pytest.skip(
        "needs Spark and Java: pip install '.[spark]', apt-get install openjdk-21-jre-headless",
        allow_module_level=True,
    )


def spark_class() -> str:
    """Return the path of Spark's own script in its package."""
    package = importlib.util.find_spec("pyspark")
    assert package is not None
    assert package.origin is not None
    return str(Path(package.origin).with_name("bin") / "spark-class")


@pytest.fixture(scope="module")
def generated_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("data") / "data"
    write_articles(data, 15)
    return data


@pytest.fixture(scope="module")
def expected(generated_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The snapshot that this machine alone builds."""
    return build_here(generated_data, tmp_path_factory.mktemp("here"))


def cpec(*words: str) -> subprocess.CompletedProcess[str]:
    """Run the command."""
    return subprocess.run([CPEC, *words], capture_output=True, text=True, check=False)


def build_here(data: Path, folder: Path) -> Snapshot:
    """Build on this machine alone."""
    done = cpec("build", "--data", str(data), "--out", str(folder))
    assert done.returncode == 0, done.stderr
    snapshot = current_snapshot(folder)
    assert snapshot is not None
    return snapshot


def require_same(expected: Snapshot, actual: Snapshot) -> None:
    """Hold that two snapshots have one name, one graph and the same dumps."""
    assert expected.version == actual.version == actual.path.name
    assert describe_contents(expected) == describe_contents(actual)
    assert expected.quads_file.read_bytes() == actual.quads_file.read_bytes()
    dumps = [
        {path.name: path.read_bytes() for path in x.dumps.iterdir()} for x in (expected, actual)
    ]
    assert dumps[0] == dumps[1]


def test_a_build_on_spark_is_the_same_to_the_byte(tmp_path: Path) -> None:
    done = cpec("build", "--data", str(DATA), "--out", str(tmp_path / "s"), "--on", "local[2]")
    assert done.returncode == 0, done.stderr
    built = current_snapshot(tmp_path / "s")
    assert built is not None
    require_same(build_here(DATA, tmp_path / "one"), built)
    names = {path.name for path in (tmp_path / "s").iterdir()}
    assert names == {"current", "fragments", built.path.name}


def test_a_build_whose_driver_was_killed_goes_on_from_the_finished_rounds(
    generated_data: Path, expected: Snapshot, tmp_path: Path
) -> None:
    command = [CPEC, "build", "--data", str(generated_data), "--out", str(tmp_path / "s")]

    def build_until_round(number: int) -> tuple[subprocess.Popen[bytes], Path]:
        """Start a build, wait until a round is finished, and return it and the table of round 1."""
        env = os.environ | {"JAVA_TOOL_OPTIONS": QUICK_JAVA}
        build = subprocess.Popen([*command, "--on", "local[2]"], start_new_session=True, env=env)
        rounds = tmp_path / "s/fragments/tables"

        def find_round() -> list[Path]:
            done = [*rounds.glob(f"*/fact_{number}/_SUCCESS")]
            assert done or build.poll() is None
            return done

        done = wait_until(find_round, f"round {number} is finished", LONGEST)
        return build, done[0].parents[1] / "fact_1/_SUCCESS"

    build, first = build_until_round(1)
    os.killpg(build.pid, signal.SIGKILL)
    build.wait(PATIENCE)
    before = first.stat().st_ino
    build, first = build_until_round(2)
    assert first.stat().st_ino == before
    assert build.wait(LONGEST) == 0
    built = current_snapshot(tmp_path / "s")
    assert built is not None
    require_same(expected, built)
    assert not first.exists()


def test_what_is_wrong_with_an_article_is_told_and_nothing_is_written(
    generated_data: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    shutil.copytree(generated_data, data)
    article = data / "articles" / "article-3.trig"
    article.write_text(article.read_text().replace("cpec:attributedTo", "cpec:atributedTo", 1))
    cut = data / "articles" / "article-4.trig"
    cut.write_bytes(cut.read_bytes()[:-10])
    done = cpec("build", "--data", str(data), "--out", str(tmp_path / "s"), "--on", "local[2]")
    assert done.returncode == 1
    assert "cpec:atributedTo is not a property of the ontology" in done.stderr
    assert "article-4.trig:" in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in (tmp_path / "s").iterdir()] == ["fragments"]


def test_the_constraints_are_joined(tmp_path: Path) -> None:
    named = (NamedNode(CPEC_TERMS + name) for name in ("Place", "Undertaking", "Country"))
    things = zip(("x:odd", "x:odd", "x:fine"), named, strict=True)
    types = [Quad(NamedNode(thing), RDF.TYPE, kind, EDITORIAL) for thing, kind in things]
    kernel = Kernel([*read_master(Inputs(), []).quads(), *types])
    expected_facts = {fact for fault in kernel.contradictions() for fact in fault.facts}
    assert len(expected_facts) > 1
    file = tmp_path / "types.nq"
    file.write_bytes(sort_n_quads(types))
    with open_spark(SparkCluster("local[2]"), tmp_path) as tables:
        closing = Closing(tables, kernel)
        closing.number([file])
        closing.close()
        violating = {quad.triple for quad in closing.find_violating_facts()}
    assert violating == {kernel.triple(fact) for fact in expected_facts}


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("spark://127.0.0.1:9", "no Spark master answers at 127.0.0.1:9: Connection refused"),
        ("yarn", "yarn is no cluster: write local[*] or spark://HOST:PORT"),
    ],
)
def test_a_cluster_that_is_not_there_is_named(tmp_path: Path, address: str, words: str) -> None:
    done = cpec("build", "--out", str(tmp_path), "--on", address)
    assert (done.returncode, done.stderr.strip()) == (1, f"cpec: {words}")


@pytest.mark.parametrize("size", ["200k", "8m"])
def test_a_disk_that_is_full_is_named_and_nothing_is_left(
    generated_data: Path, tmp_path: Path, size: str
) -> None:
    out = tmp_path / "disk"
    with mounted(out, "-t", "tmpfs", "-o", f"size={size}", "tmpfs"):
        done = cpec("build", "--data", str(generated_data), "--out", str(out), "--on", "local[2]")
        left = {path.name for path in out.iterdir()}
    assert done.returncode == 1
    assert "No space left on device" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert left <= {"fragments"}


class SparkHosts:
    """A master with the driver, and two workers, each on a host of its own."""

    def __init__(self, hosts: dict[str, Host], folder: Path) -> None:
        self.hosts = hosts
        self.folder = folder
        self.address = f"spark://{hosts['master'].address}:7077"

    def start(self, name: str, *command: str) -> subprocess.Popen[bytes]:
        """Start a process on a host, and write its output to the log of the host."""
        env = os.environ | {
            "SPARK_LOCAL_IP": self.hosts[name].address,
            "SPARK_WORKER_DIR": str(self.folder / f"work-{name}"),
            "PYSPARK_PYTHON": sys.executable,
            "JAVA_TOOL_OPTIONS": QUICK_JAVA,
        }
        with self.log(name).open("ab") as log:
            return self.hosts[name].start(*command, log=log, env=env)

    def log(self, name: str) -> Path:
        """The file with the output of the processes of a host."""
        return self.folder / f"{name}.log"

    def serve(self, *workers: str, mount: Path | None = None) -> None:
        """Start the master and some workers, which see an empty folder at `mount`."""
        own = ["unshare", "--mount", "sh", "-c", f'mount -t tmpfs tmpfs {mount} && exec "$@"', "sh"]
        master = self.hosts["master"].address
        self.start("master", spark_class(), MASTER, "--host", master, "--port", "7077")
        self.until("master", "I have been elected leader")
        for name in workers:
            self.start(
                name, *(own if mount else ()),
                spark_class(), WORKER, "--host", self.hosts[name].address,
                "--cores", "1", "--memory", "1g", self.address,
            )  # fmt: skip
            self.until(name, "Successfully registered with master")

    def build(self, data: Path, *more: str) -> subprocess.Popen[bytes]:
        """Start a build, its driver on the host of the master."""
        out = str(self.folder / "out")
        return self.start(
            "master", CPEC, "build", "--data", str(data), "--out", out, "--on", self.address, *more
        )

    def until(self, name: str, words: str) -> None:
        """Wait until a host has said something."""
        wait_until(lambda: words in self.log(name).read_text(), f"{name} says {words!r}", 600)

    def until_a_round_is_written(self, build: subprocess.Popen[bytes]) -> None:
        """Wait until a build is in the middle of writing its first round."""

        def is_written() -> bool:
            found = any((self.folder / "out").glob("fragments/tables/*/fact_1/_temporary"))
            assert found or build.poll() is None, self.log("master").read_text()[-2000:]
            return found

        wait_until(is_written, "the first round is being written", LONGEST)


@pytest.fixture
def hosts(tmp_path: Path) -> Iterator[SparkHosts]:
    if not shutil.which("ip") or not may_make_hosts():
        pytest.skip("needs ip(8) and the right to make network namespaces: run it as root")
    with network({"master": 1, "one": 2, "two": 3}) as made:
        yield SparkHosts(made, tmp_path)


def test_a_host_is_killed_in_the_middle_of_a_round_and_the_snapshot_is_the_same(
    hosts: SparkHosts, generated_data: Path, expected: Snapshot
) -> None:
    hosts.serve("one", "two")
    build = hosts.build(generated_data)
    hosts.until_a_round_is_written(build)
    kill_all(hosts.hosts["two"].name)
    assert build.wait(LONGEST) == 0, hosts.log("master").read_text()[-2000:]
    built = current_snapshot(hosts.folder / "out")
    assert built is not None
    require_same(expected, built)


def test_the_only_worker_is_killed_and_never_comes_back(
    hosts: SparkHosts, generated_data: Path
) -> None:
    before = build_here(DATA, hosts.folder / "out")
    hosts.serve("one")
    build = hosts.build(generated_data, "--wait", "5")
    hosts.until_a_round_is_written(build)
    kill_all(hosts.hosts["one"].name)
    assert build.wait(LONGEST) == 1
    log = hosts.log("master").read_text()
    assert f"cpec: {hosts.address} has had no worker for 5 seconds" in log
    assert current_snapshot(hosts.folder / "out") == before
    names = {path.name for path in (hosts.folder / "out").iterdir()}
    assert names == {"current", "fragments", before.path.name}


def test_a_worker_without_the_shared_folder_is_named(
    hosts: SparkHosts, generated_data: Path
) -> None:
    out = hosts.folder / "out"
    out.mkdir()
    hosts.serve("one", mount=out)
    build = hosts.build(generated_data)
    assert build.wait(LONGEST) == 1
    log = hosts.log("master").read_text()
    assert "all hosts must mount the folders of data and snapshots under the same paths" in log
    assert "Traceback" not in log
    assert not current_snapshot(out)


def test_workers_that_never_come_are_waited_for_and_named(
    hosts: SparkHosts, generated_data: Path
) -> None:
    hosts.serve()
    build = hosts.build(generated_data, "--wait", "5")
    assert build.wait(LONGEST) == 1
    log = hosts.log("master").read_text()
    assert f"cpec: {hosts.address} has had no worker for 5 seconds" in log
    assert not current_snapshot(hosts.folder / "out")


def test_a_job_that_begins_after_the_wait_for_workers_is_cancelled_too(hosts: SparkHosts) -> None:
    hosts.serve()
    program = (
        "import sys, time\n"
        "from server.scaling.cluster import SparkCluster, open_session\n"
        "with open_session(SparkCluster(sys.argv[1], wait=1)) as spark:\n"
        "    time.sleep(5)\n"
        "    spark.range(3).count()\n"
    )
    asking = hosts.start("master", sys.executable, "-c", program, hosts.address)
    assert asking.wait(LONGEST) == 1
    log = hosts.log("master").read_text()
    assert f"ClusterError: {hosts.address} has had no worker for 1 seconds" in log
