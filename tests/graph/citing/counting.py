"""Counts what a judge says of generated queries, each of which has some time of a processor."""

import resource
import signal
from collections import Counter, deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection

from tests.waiting import PATIENCE

FORK = get_context("fork")
PROCESSOR_TIME = 10
"""The seconds of the processor that a query may take; most take less than one."""


def count_statuses(judge: Callable[[int], Counter[str]], first: int, number: int) -> Counter[str]:
    """Put queries to the law, by their seeds; return how often each status comes.

    A fork judges them, which ends at a query that takes too long; another one goes on behind it.
    """
    statuses: Counter[str] = Counter()
    seeds = deque(range(first, first + number))
    while seeds:
        receiver, sender = FORK.Pipe(duplex=False)
        process = FORK.Process(target=judge_each, args=(judge, seeds, sender))
        process.start()
        sender.close()
        with suppress(EOFError):
            while seeds:
                statuses.update(receiver.recv())
                seeds.popleft()
        process.join(PATIENCE)
        assert process.exitcode in {0, -signal.SIGXCPU}, seeds[0]
        if seeds:
            seeds.popleft()
            statuses["too long"] += 1
    return statuses


def judge_each(
    judge: Callable[[int], Counter[str]], seeds: Iterable[int], sender: Connection
) -> None:
    """Send the statuses of each query, and end by SIGXCPU in one that takes too long."""
    for seed in seeds:
        used = resource.getrusage(resource.RUSAGE_SELF).ru_utime
        resource.setrlimit(
            resource.RLIMIT_CPU, (int(used) + PROCESSOR_TIME, resource.RLIM_INFINITY)
        )
        sender.send(judge(seed))
