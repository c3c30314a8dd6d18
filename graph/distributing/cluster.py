"""A cluster that runs a build: Apache Spark at an address, or in this process."""

from __future__ import annotations

import os
import re
import shutil
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from graph.errors import ClusterError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

CLUSTER_ADDRESS: Final = re.compile(r"local(\[(\d+|\*)\])?|spark://([\w.-]+):(\d+)")
NEEDS: Final = "pip install 'cpec-graph[spark]', and Java 17 or 21: openjdk-21-jre-headless"
WORKER_WAIT: Final = 60.0
"""The seconds that a build waits for a worker, at its start or after it lost the last one."""

SPARK_SETTINGS: Final = {
    "spark.sql.shuffle.partitions": "4",
    "spark.ui.enabled": "false",
    "spark.sql.adaptive.enabled": "true",
    "spark.hadoop.mapreduce.fileoutputcommitter.algorithm.version": "1",
    "spark.network.timeout": "60s",
    "spark.executor.heartbeatInterval": "5s",
}
"""The settings of Spark; with commit algorithm 1, a task lost while it writes leaves no file."""


@dataclass(frozen=True, slots=True)
class SparkCluster:
    """The address of a cluster, and the seconds that a build waits for a worker."""

    address: str
    wait: float = WORKER_WAIT


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
    spark.sparkContext.setLogLevel("ERROR")
    return spark


class Watch(threading.Thread):
    """Cancels the build when the cluster has had no worker for `wait` seconds."""

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
            status = self.context._jsc.sc().getExecutorMemoryStatus()
            if status.size() > 1:  # the driver is one
                seen = time.monotonic()
            elif time.monotonic() - seen > self.cluster.wait:
                self.fault = (
                    f"{self.cluster.address} has had no worker for {self.cluster.wait:g} seconds"
                )
                self.context.cancelAllJobs()
                return


def first_line(error: Exception) -> str:
    """Return the message of an error of Spark, without the JVM's stack trace."""
    lines = [line for line in str(error).splitlines() if line.strip()]
    causes = [line for line in lines if line.startswith("Caused by")]
    return (causes or lines or [type(error).__name__])[-1 if causes else 0].strip()
