"""Landlock: the kernel's own list of what this process may still open. Nothing may be written; what it may read is named.

The numbers are those of `linux/landlock.h`; a kernel that knows fewer kinds of access is asked for those it knows.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable
from typing import Final

from carrel.server.sandbox.kernel import PR_SET_NO_NEW_PRIVS, prctl, syscall

_CREATE, _ADD, _RESTRICT = 444, 445, 446
_VERSION_FLAG: Final = 1
_PATH_BENEATH: Final = 1
_EXECUTE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 2, 1 << 3
_FILE_RIGHTS: Final = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}
"""By the kernel's version of Landlock: every right on files that it can take away; from 5 on all sixteen."""
_ALL_FILE_RIGHTS: Final = (1 << 16) - 1
_NET_RIGHTS: Final = 0b11  # bind and connect of TCP, from version 4
_SCOPES: Final = 0b11  # abstract sockets of others, signals to others, from version 6


class _Ruleset(ctypes.Structure):
    _fields_ = (("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def version() -> int:
    """The kernel's; 0 where there is none."""
    try:
        return syscall(_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION_FLAG))
    except OSError:
        return 0


def restrict(readable: Iterable[str]) -> None:
    """From now on only files beneath `readable` can be opened, to be read. Raises OSError where that is not possible."""
    known = version()
    if known < 1:
        raise OSError("no Landlock in this kernel")
    wanted = _Ruleset(
        fs=_FILE_RIGHTS.get(known, _ALL_FILE_RIGHTS),
        net=_NET_RIGHTS if known >= 4 else 0,
        scoped=_SCOPES if known >= 6 else 0,
    )
    size = 24 if known >= 6 else 16 if known >= 4 else 8
    rules = syscall(_CREATE, ctypes.byref(wanted), ctypes.c_size_t(size), ctypes.c_uint32(0))
    try:
        for path in readable:
            _allow(rules, path)
        prctl(PR_SET_NO_NEW_PRIVS, 1)
        syscall(_RESTRICT, ctypes.c_int(rules), ctypes.c_uint32(0))
    finally:
        os.close(rules)


def _allow(rules: int, path: str) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # what is not there needs no permission
    try:
        folder = os.path.isdir(path)  # noqa: PTH112 - a look, not a path to build
        rule = _Beneath(allowed=_READ_FILE | (_READ_DIR if folder else 0), parent=place)
        syscall(_ADD, ctypes.c_int(rules), ctypes.c_int(_PATH_BENEATH), ctypes.byref(rule), ctypes.c_uint32(0))
    finally:
        os.close(place)
