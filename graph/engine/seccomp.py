"""A kernel filter that refuses sockets to a process that must open files (seccomp(2))."""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
from typing import Final

PR_SET_NO_NEW_PRIVS: Final = 38
PR_SET_SECCOMP: Final = 22
SECCOMP_MODE_FILTER: Final = 2
ALLOW: Final = 0x7FFF0000
REFUSE: Final = 0x00050000 | errno.EPERM

LOAD: Final = 0x20
JUMP_IF_EQUAL: Final = 0x15
RETURN: Final = 0x06

SOCKET: Final = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
"""The AUDIT_ARCH of each architecture, and its number of the system call socket(2)."""


class Program(ctypes.Structure):
    """`struct sock_fprog`: the length of a filter and its instructions."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def forbid_sockets() -> None:  # pragma: no cover - in workers alone
    """Have the kernel refuse socket(2) to this process; raises OSError if it cannot."""
    if platform.machine() not in SOCKET:
        raise OSError(f"no filter is known for {platform.machine()}")
    architecture, socket = SOCKET[platform.machine()]
    instructions = (
        (LOAD, 0, 0, 4),
        (JUMP_IF_EQUAL, 0, 2, architecture),
        (LOAD, 0, 0, 0),
        (JUMP_IF_EQUAL, 0, 1, socket),
        (RETURN, 0, 0, REFUSE),
        (RETURN, 0, 0, ALLOW),
    )
    code = b"".join(struct.pack("HBBI", *instruction) for instruction in instructions)
    program = Program(len(instructions), code)
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0):
        raise OSError(ctypes.get_errno(), "the kernel has no seccomp filters")
