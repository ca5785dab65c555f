"""A filter on system calls: what starts programs, opens connections, or reaches other processes and the kernel is answered with EPERM.

A deny list, because libraries differ in what else they call; the other walls (Landlock, limits, another uid, an empty network) stand behind it.
"""

from __future__ import annotations

import ctypes
import errno
import struct
from typing import Final

from carrel.server.sandbox.kernel import MACHINE, PR_SET_NO_NEW_PRIVS, prctl, syscall

CLONE_THREAD: Final = 0x00010000
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER_AT, _ARCH_AT, _FIRST_ARGUMENT_AT, _SECOND_ARGUMENT_AT = 0, 4, 16, 24
_ALLOW, _KILL, _ERROR = 0x7FFF0000, 0x80000000, 0x00050000
_X32_CALLS: Final = 0x40000000
ARCHES: Final = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

DENIED: Final[dict[str, tuple[int, int]]] = {
    # name: (number on x86_64, on aarch64), -1 where it does not exist
    "fork": (57, -1),
    "vfork": (58, -1),
    "execve": (59, 221),
    "execveat": (322, 281),
    "socket": (41, 198),
    "socketpair": (53, 199),
    "connect": (42, 203),
    "bind": (49, 200),
    "listen": (50, 201),
    "accept": (43, 202),
    "accept4": (288, 242),
    "kill": (62, 129),
    "tkill": (200, 130),
    "tgkill": (234, 131),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424),
    "pidfd_getfd": (438, 438),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "kcmp": (312, 272),
    "setpriority": (141, 140),
    "sched_setaffinity": (203, 122),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "mount_setattr": (442, 442),
    "open_by_handle_at": (304, 265),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "kexec_load": (246, 104),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "setuid": (105, 146),
    "setgid": (106, 144),
    "msgget": (68, 186),
    "semget": (64, 190),
    "shmget": (29, 194),
    "mq_open": (240, 180),
    "inotify_init": (253, -1),
    "inotify_init1": (294, 26),
    "chmod": (90, -1),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, -1),
    "fchown": (93, 55),
    "fchownat": (260, 54),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
}
SIGNALLING: Final[dict[str, tuple[int, int, tuple[int, ...]]]] = {
    # name: (number on x86_64, on aarch64, second arguments that would have the kernel signal another process)
    "fcntl": (72, 25, (8, 10, 15, 1026)),  # F_SETOWN, F_SETSIG, F_SETOWN_EX, F_NOTIFY
    "ioctl": (16, 29, (0x8901, 0x8902)),  # FIOSETOWN, SIOCSPGRP
}
_SECCOMP: Final = (317, 277)
_SET_FILTER, _ALL_THREADS = 1, 1
_CLONE: Final = (56, 220)
_CLONE3: Final = (435, 435)
_PRLIMIT: Final = (302, 261)


def restrict() -> None:
    """For every thread of this process and all it starts. Raises OSError where the kernel or the machine has no such filter."""
    column = {"x86_64": 0, "aarch64": 1}.get(MACHINE)
    if column is None:
        raise OSError("no list of system calls for this machine")
    code = program(column)
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    buffer = ctypes.create_string_buffer(code, len(code))
    head = _Program(len(code) // 8, ctypes.cast(buffer, ctypes.c_void_p))
    if syscall(_SECCOMP[column], ctypes.c_uint(_SET_FILTER), ctypes.c_uint(_ALL_THREADS), ctypes.byref(head)):
        raise OSError("a thread has walls of its own")


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def program(column: int) -> bytes:
    """The filter for `column` of DENIED as classic BPF."""
    arch = list(ARCHES.values())[column]
    refuse, absent = _ERROR | errno.EPERM, _ERROR | errno.ENOSYS
    lines = [
        (_LOAD, 0, 0, _ARCH_AT),
        (_EQUAL, 1, 0, arch),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER_AT),
        (_AT_LEAST, 0, 1, _X32_CALLS),
        (_RETURN, 0, 0, _KILL),
        # Threads are made, processes are not; the newer call hides its flags from filters, so the library falls back.
        (_EQUAL, 0, 1, _CLONE3[column]),
        (_RETURN, 0, 0, absent),
        (_EQUAL, 0, 4, _CLONE[column]),
        (_LOAD, 0, 0, _FIRST_ARGUMENT_AT),
        (_ANY_BIT, 1, 0, CLONE_THREAD),
        (_RETURN, 0, 0, refuse),
        (_RETURN, 0, 0, _ALLOW),
        # One's own limits may be asked for, those of others not.
        (_EQUAL, 0, 4, _PRLIMIT[column]),
        (_LOAD, 0, 0, _FIRST_ARGUMENT_AT),
        (_EQUAL, 1, 0, 0),
        (_RETURN, 0, 0, refuse),
        (_RETURN, 0, 0, _ALLOW),
    ]
    for *numbered, refused in SIGNALLING.values():
        tests = [line for value in refused for line in ((_EQUAL, 0, 1, value), (_RETURN, 0, 0, refuse))]
        lines += [(_EQUAL, 0, len(tests) + 2, numbered[column]), (_LOAD, 0, 0, _SECOND_ARGUMENT_AT), *tests]
        lines.append((_RETURN, 0, 0, _ALLOW))
    for numbers in DENIED.values():
        if numbers[column] >= 0:
            lines += [(_EQUAL, 0, 1, numbers[column]), (_RETURN, 0, 0, refuse)]
    lines.append((_RETURN, 0, 0, _ALLOW))
    return b"".join(struct.pack("=HBBI", *line) for line in lines)
