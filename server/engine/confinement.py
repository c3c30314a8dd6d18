"""The limits that a process puts on itself before it reads a client's text (Linux).

System calls are refused by a filter of the kernel: see seccomp(2).
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import platform
import resource
import signal
import struct
from pathlib import Path
from typing import Final

STACK_BYTES: Final = 100 << 20
"""The stack of the main thread: pyoxigraph recurses once per level of nesting. The kernel reserves
128 MiB of addresses below a stack, so it may still grow when the program already runs."""


def widen_stack() -> None:
    """Let the stack of this process and its forks grow to STACK_BYTES."""
    _, hard = resource.getrlimit(resource.RLIMIT_STACK)
    soft = STACK_BYTES if hard == resource.RLIM_INFINITY else min(STACK_BYTES, hard)
    resource.setrlimit(resource.RLIMIT_STACK, (soft, hard))


def confine(memory: int, *, files: bool = False) -> None:  # pragma: no cover - in workers alone
    """Limit this process to so many bytes beyond those it maps now, and to the least power.

    The kernel then refuses it sockets, programs, privileges and, unless RocksDB has to open the
    `files` of a store on disk, any new descriptor. There is no RLIMIT_CPU: it counts over all
    requests of a worker, and a timer bounds each of them. Raises OSError.
    """
    pages = int(Path("/proc/self/statm").read_bytes().split()[0])
    space = pages * resource.getpagesize() + memory
    resource.setrlimit(resource.RLIMIT_AS, (space, space))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
    drop_capabilities(files=files)
    if files:
        forbid_calls()
        return
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    with contextlib.suppress(OSError):  # without a filter, the limit refuses sockets all the same
        forbid_calls()


def ignore_signals() -> None:
    """Ignore the signals of an operator: this process ends when its parent closes the socket.

    SIGALRM, which ends a late fork, is reset and unblocked: a program inherits ignored and blocked
    signals from its starter (execve(2)).
    """
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def child_environment() -> dict[str, str]:
    """Return the variables that Python and the base IRI need, without secrets such as tokens."""
    python = ("PATH", "HOME", "LANG", "LC_", "LD_", "PYTHON", "VIRTUAL_ENV", "TZ", "COV")
    kept = (*python, "CPEC_BASE")
    return {name: value for name, value in os.environ.items() if name.startswith(kept)}


PR_SET_NO_NEW_PRIVS: Final = 38
PR_SET_SECCOMP: Final = 22
SECCOMP_MODE_FILTER: Final = 2
ALLOW: Final = 0x7FFF0000
REFUSE: Final = 0x00050000 | errno.EPERM

BPF_LOAD: Final = 0x20
BPF_JUMP_IF_EQUAL: Final = 0x15
BPF_JUMP_IF_NOT_LESS: Final = 0x35
BPF_RETURN: Final = 0x06

X32: Final = 0x40000000
"""The bit of the numbers of a second table of system calls, on x86_64."""

FORBIDDEN: Final = {
    "x86_64": (0xC000003E, (41, 59, 322, 101)),
    "aarch64": (0xC00000B7, (198, 221, 281, 117)),
}
"""The AUDIT_ARCH of each architecture, and its numbers of socket, execve, execveat and ptrace."""

CAPABILITY_VERSION: Final = 0x20080522
FILE_CAPABILITIES: Final = (1 << 2, 1 << 1)
"""DAC_READ_SEARCH, or else DAC_OVERRIDE: root reads a store of another user with it."""


class Program(ctypes.Structure):
    """`struct sock_fprog`: the length of a filter and its instructions."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def drop_capabilities(*, files: bool) -> None:  # pragma: no cover - in workers alone
    """Give up all capabilities but one for `files` (capabilities(7)); raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    header, sets = struct.pack("Ii", CAPABILITY_VERSION, 0), ctypes.create_string_buffer(24)
    libc.capget(header, sets)
    _, permitted, *_ = struct.unpack("6I", sets.raw)
    kept = next((bit for bit in FILE_CAPABILITIES if files and permitted & bit), 0)
    if libc.capset(header, struct.pack("6I", kept, kept, 0, 0, 0, 0)):
        raise OSError(ctypes.get_errno(), "the capabilities cannot be given up")


def forbid_calls() -> None:  # pragma: no cover - in workers alone
    """Have the kernel refuse FORBIDDEN and new privileges to this process.

    Raises OSError if it cannot.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if platform.machine() not in FORBIDDEN:
        raise OSError(f"no filter is known for {platform.machine()}")
    architecture, numbers = FORBIDDEN[platform.machine()]
    last = len(numbers)
    instructions = (
        (BPF_LOAD, 0, 0, 4),
        (BPF_JUMP_IF_EQUAL, 0, last + 3, architecture),
        (BPF_LOAD, 0, 0, 0),
        (BPF_JUMP_IF_NOT_LESS, last + 1, 0, X32),
        *((BPF_JUMP_IF_EQUAL, last - place, 0, call) for place, call in enumerate(numbers)),
        (BPF_RETURN, 0, 0, ALLOW),
        (BPF_RETURN, 0, 0, REFUSE),
    )
    code = b"".join(struct.pack("HBBI", *instruction) for instruction in instructions)
    program = Program(len(instructions), code)
    if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0):
        raise OSError(ctypes.get_errno(), "the kernel has no seccomp filters")
