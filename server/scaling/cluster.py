"""A cluster that runs a build: Apache Spark at an address, or in this process."""

from __future__ import annotations

import os
import re
import shutil
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from graph.errors import ClusterError
from server.scaling.tables import Part, Result

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

CLUSTER_ADDRESS: Final = re.compile(r"local(\[(\d+|\*)\])?|spark://([\w.-]+):(\d+)")
NEEDS: Final = "pip install pyspark, and Java 17 or 21: openjdk-21-jre-headless"
WORKER_WAIT: Final = 60.0
"""The seconds that a build waits for a worker, at its start or after it lost the last one."""

SPARK_SETTINGS: Final = {
    "spark.sql.shuffle.partitions": "32",
    "spark.ui.enabled": "false",
    "spark.hadoop.mapreduce.fileoutputcommitter.algorithm.version": "1",
    "spark.network.timeout": "60s",
    "spark.executor.heartbeatInterval": "5s",
}
"""The settings of Spark; with commit algorithm 1, a task lost while it writes leaves no file.

The driver fetches a partition at a time: 32 of ten million lines have some 80 MB each.
"""

NOT_SHARED: Final = "all hosts must mount the folders of data and snapshots under the same paths"

PYTHON_ERROR: Final = re.compile(r"^\w+Error: .*", re.MULTILINE)
"""The error of a task in the traceback that Spark prints."""


@dataclass(frozen=True, slots=True)
class SparkCluster:
    """The address of a cluster, and the seconds that a build waits for a worker."""

    address: str
    wait: float = WORKER_WAIT


class SparkTables:
    """Tables in Parquet files of a folder that all hosts have; the hosts do the tasks.

    A round goes through a file, so that Spark's plan does not grow with the rounds.
    """

    number = "monotonically_increasing_id()"

    def __init__(self, spark: SparkSession, folder: Path) -> None:
        self.spark = spark
        self.folder = folder

    def resume(self, folder: Path) -> None:
        """Keep the tables from now on in a folder, and use those that are finished there."""
        self.folder = folder

    def make(self, name: str, select: str) -> None:
        """Make a table of the rows of a SELECT."""
        self.write(name, self.spark.sql(select))

    def view(self, name: str, select: str) -> None:
        """Make a view, or replace it."""
        self.spark.sql(select).createOrReplaceTempView(name)

    def fill(self, name: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
        """Make a table of rows, in one file, so that Spark knows its size and broadcasts it."""
        self.write(
            name, self.spark.createDataFrame([tuple(row) for row in rows], columns).coalesce(1)
        )

    def write(self, name: str, rows: DataFrame) -> None:
        """Write rows to Parquet unless they are finished there, and make a view of the file.

        A host without the folder writes its rows to a place that no other host sees, and Spark
        does not notice. Raises ClusterError then.
        """
        from pyspark.sql import Observation  # noqa: PLC0415 - installed only where it is needed
        from pyspark.sql.functions import count, lit  # noqa: PLC0415

        path, done = f"file://{self.folder}/{name}", self.folder / name / "_SUCCESS"
        table = self.spark.read.schema(rows.schema)
        if not done.exists():
            seen = Observation()
            rows.observe(seen, count(lit(1)).alias("rows")).write.parquet(path, mode="overwrite")
            if table.parquet(path).count() != seen.get["rows"]:
                done.unlink()
                raise ClusterError(f"rows of {path} are lost: {NOT_SHARED}")
        table.parquet(path).createOrReplaceTempView(name)

    def read_lines(self, name: str, files: Sequence[Path]) -> None:
        """Make a view of the lines of files, in the column `line`."""
        lines = self.spark.read.text([f"file://{file}" for file in files], lineSep="\n")
        lines.withColumnRenamed("value", "line").createOrReplaceTempView(name)

    def rows(self, select: str) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a SELECT as they are fetched."""
        return map(tuple, self.spark.sql(select).toLocalIterator())

    def spread(self, task: Callable[[Part], Result], parts: Sequence[Part]) -> Iterable[Result]:
        """Return the results of a task on parts of the data, which run side by side."""
        context = self.spark.sparkContext
        if not parts:
            return []
        results: list[Result] = context.parallelize(parts, len(parts)).map(task).collect()
        return results


@contextmanager
def open_spark(cluster: SparkCluster, folder: Path) -> Iterator[SparkTables]:
    """Open tables in a folder; raises ClusterError if the cluster does not answer or is lost."""
    with open_session(cluster) as spark:
        yield SparkTables(spark, folder)


@contextmanager
def open_session(cluster: SparkCluster) -> Iterator[SparkSession]:
    """Open a session on a cluster; raises ClusterError if it does not answer or is lost."""
    address = cluster.address
    match = CLUSTER_ADDRESS.fullmatch(address)
    if not match:
        raise ClusterError(f"{address} is no cluster: write local[*] or spark://HOST:PORT")
    require_master(match)
    try:
        from py4j.protocol import Py4JError  # noqa: PLC0415 - installed only where it is needed
        from pyspark.errors import PySparkException  # noqa: PLC0415
    except ImportError:
        raise ClusterError(f"a build on a cluster needs Spark: {NEEDS}") from None
    if not shutil.which("java") and "JAVA_HOME" not in os.environ:
        raise ClusterError(f"a build on a cluster needs Java: {NEEDS}")
    try:
        spark = start_session(address)
    except (Py4JError, PySparkException) as error:
        raise ClusterError(f"{address} gives no session: {first_line(error)}") from None
    watch = Watch(spark, cluster)
    try:
        if not address.startswith("local"):
            watch.start()
        yield spark
    except (Py4JError, PySparkException) as error:
        raise ClusterError(watch.fault or f"{address}: {first_line(error)}") from None
    finally:
        watch.over.set()
        spark.stop()


def require_master(address: re.Match[str]) -> None:
    """Raise ClusterError if no master listens at the address."""
    if host := address[3]:
        try:
            socket.create_connection((host, int(address[4])), timeout=10).close()
        except OSError as error:
            words = error.strerror or str(error)
            raise ClusterError(f"no Spark master answers at {host}:{address[4]}: {words}") from None


def start_session(address: str) -> SparkSession:
    """Return a session; its workers run the Python of this process."""
    from pyspark.sql import SparkSession  # noqa: PLC0415 - installed only where it is needed

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.master(address).appName("cpec-graph")
    for name, value in SPARK_SETTINGS.items():
        builder = builder.config(name, value)
    progress = str(sys.stderr.isatty()).lower()
    spark = builder.config("spark.ui.showConsoleProgress", progress).getOrCreate()
    spark.sparkContext.setLogLevel("FATAL")  # an error of a task ends the build with its words
    return spark


class Watch(threading.Thread):
    """Cancels the build when the cluster has had no worker for `wait` seconds.

    Only a job that runs can be cancelled, and a build may be between two: so each that follows
    is cancelled too, until the session is over.
    """

    def __init__(self, spark: SparkSession, cluster: SparkCluster) -> None:
        super().__init__(daemon=True)
        self.context = spark.sparkContext
        self.cluster = cluster
        self.over = threading.Event()
        self.fault = ""

    def run(self) -> None:
        """Count the workers every second."""
        seen = time.monotonic()
        while not self.over.wait(1):
            if self.fault:
                self.context.cancelAllJobs()
                continue
            status = self.context._jsc.sc().getExecutorMemoryStatus()
            if status.size() > 1:  # the driver is one
                seen = time.monotonic()
            elif time.monotonic() - seen > self.cluster.wait:
                self.fault = (
                    f"{self.cluster.address} has had no worker for {self.cluster.wait:g} seconds"
                )


def first_line(error: Exception) -> str:
    """Return the message of an error of Spark or of a task, without the stack trace."""
    if "FileNotFound" in str(error):
        return f"a host lacks a file: {NOT_SHARED}"
    if match := PYTHON_ERROR.search(str(error)):
        return match[0]
    lines = [line for line in str(error).splitlines() if line.strip()]
    causes = [line for line in lines if line.startswith("Caused by")]
    return (causes or lines or [type(error).__name__])[-1 if causes else 0].strip()
