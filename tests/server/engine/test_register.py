"""The register of the dataset's state, in memory that a supervisor and its fronts share."""

import threading
from collections.abc import Iterator

import pytest

from server.engine.supervision.register import MAX_FAULT, DatasetState, Register
from tests.waiting import join


@pytest.fixture
def register() -> Iterator[Register]:
    register = Register.create()
    yield register
    register.close()


def test_a_front_reads_the_state_that_the_supervisor_published(register: Register) -> None:
    front = Register(register.descriptor)
    assert front.read() == DatasetState()
    register.publish(version="v2", epoch=7, in_memory=False)
    register.publish(fault="the store is away", answers=False)
    assert front.read() == DatasetState("v2", 7, False, "the store is away", False)


def test_the_longest_texts_fit(register: Register) -> None:
    register.publish(version="v" * 255, fault="\U0001f4a3" * MAX_FAULT)
    assert Register(register.descriptor).read() == register.read()


def test_a_read_beside_changes_is_whole_and_no_older_than_the_one_before(
    register: Register,
) -> None:
    last = 3000
    states: list[list[DatasetState]] = [[], [], []]
    fronts = [Register(register.descriptor), Register(register.descriptor)]

    def read(front: Register, seen: list[DatasetState]) -> None:
        while not seen or seen[-1].epoch < last:
            seen.append(front.read())

    readers = [
        threading.Thread(target=read, args=(front, seen))
        for front, seen in zip([fronts[0], *fronts], states, strict=True)
    ]
    for thread in readers:
        thread.start()
    for epoch in range(1, last + 1):
        register.publish(
            version=f"v{epoch}" if epoch % 2 else f"a-longer-name-{epoch}", epoch=epoch
        )
    join(*readers)
    for seen in states:
        epochs = [state.epoch for state in seen]
        assert epochs == sorted(epochs)
        assert all(state.epoch == 0 or state.version.endswith(str(state.epoch)) for state in seen)
