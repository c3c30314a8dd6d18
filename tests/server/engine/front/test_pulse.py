"""A front is replaced if it hangs, and not if the machine is busy."""

import os
import signal
import subprocess
import sys

import pytest

from server.engine.front.pulse import HANG, LOOK, Pulse, thread_states
from tests.waiting import PATIENCE, wait_until

LOOKS = int(HANG / LOOK)
"""The looks after which a sleeping front hangs."""


def start() -> Pulse:
    """Return the pulse of a front that has beaten once, after a second of its processor time."""
    pulse = Pulse()
    assert not pulse.stops(True, {"R"}, 1.0)
    return pulse


def test_a_front_that_sleeps_without_a_beat_hangs() -> None:
    pulse = start()
    assert [pulse.stops(False, {"S"}, 1.0) for _ in range(LOOKS)] == [False] * (LOOKS - 1) + [True]


def test_a_front_that_uses_a_processor_without_a_beat_hangs() -> None:
    pulse = start()
    assert not pulse.stops(False, {"R", "S"}, 1.0 + HANG - 0.1)
    assert pulse.stops(False, {"R", "S"}, 1.0 + HANG)


@pytest.mark.parametrize("state", ["R", "D"])
def test_a_front_that_waits_for_a_processor_or_a_disk_does_not_hang(state: str) -> None:
    pulse = start()
    assert not any(pulse.stops(False, {"S", state}, 1.1) for _ in range(1000))


def test_a_beat_begins_anew() -> None:
    pulse = start()
    for _ in range(100):
        assert not any(pulse.stops(False, {"S"}, 1.0) for _ in range(LOOKS - 1))
        assert not pulse.stops(True, {"R"}, 1.0)


def test_a_front_that_starts_does_not_hang() -> None:
    pulse = Pulse()
    assert not any(pulse.stops(False, {"S"}, 100.0) for _ in range(100))


def test_a_stopped_process_is_seen_at_once() -> None:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"])
    try:
        os.kill(process.pid, signal.SIGSTOP)
        wait_until(lambda: thread_states(process.pid) == {"T"}, "the process is stopped")
        assert Pulse().stops(False, thread_states(process.pid), 0.0)
    finally:
        process.kill()
        process.wait(PATIENCE)
    assert thread_states(process.pid) == set()
