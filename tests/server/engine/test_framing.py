"""Messages between processes, and the server's reaction to a worker that lies."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from server.engine.framing import LENGTHS, FrameError, PeerClosedError, receive, send
from tests.waiting import join

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


@pytest.mark.parametrize("size", [0, 1, 100_000, 5_000_000])
def test_what_is_sent_is_received(pair: Pair, size: int) -> None:
    body = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    sender = threading.Thread(target=send, args=(pair[0], {"kind": "é"}, body))
    sender.start()
    assert receive(pair[1], size) == ({"kind": "é"}, body)
    join(sender)


@pytest.mark.parametrize("pieces", [[], [b"", b"a"], [b"ab", b"c"] * 5000, [b"x" * 300_000] * 3])
def test_what_is_sent_in_pieces_is_received_whole(pair: Pair, pieces: list[bytes]) -> None:
    sender = threading.Thread(target=send, args=(pair[0], {}, pieces))
    sender.start()
    assert receive(pair[1], 1 << 20) == ({}, b"".join(pieces))
    join(sender)


def test_a_length_beyond_its_cap_is_not_read(pair: Pair) -> None:
    pair[0].sendall(LENGTHS.pack(2, 1 << 60) + b"{}")
    with pytest.raises(FrameError):
        receive(pair[1], 1 << 20)


@pytest.mark.parametrize("head", [b"nonsense", b"[]", b"\xff"])
def test_a_header_that_is_no_object_is_refused(pair: Pair, head: bytes) -> None:
    pair[0].sendall(LENGTHS.pack(len(head), 0) + head)
    with pytest.raises(FrameError):
        receive(pair[1], 0)


def test_what_follows_a_message_is_refused(pair: Pair) -> None:
    pair[0].sendall(LENGTHS.pack(2, 1) + b"{}" + b"xy")
    with pytest.raises(FrameError):
        receive(pair[1], 10)


def test_a_peer_that_closes_is_told_from_one_that_is_slow(pair: Pair) -> None:
    pair[0].sendall(LENGTHS.pack(2, 5) + b"{}")
    with pytest.raises(TimeoutError):
        receive(pair[1], 10, time.monotonic() + 0.05)
    pair[0].sendall(LENGTHS.pack(2, 5) + b"{}ab")
    pair[0].close()
    with pytest.raises(PeerClosedError):
        receive(pair[1], 10)


def test_a_header_that_comes_again_is_whole_whatever_was_done_with_the_first(pair: Pair) -> None:
    for _ in range(2):
        send(pair[0], {"last": True})
        header, _ = receive(pair[1], 0)
        assert header.pop("last") is True
