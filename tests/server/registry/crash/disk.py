"""What a disk may hold after the power is cut: everything that was synced, and any part of what was not.

POSIX to the letter, which is less than what usual file systems do: a file's bytes are kept by a sync of that file, its name by a sync of the folder that has
it, and between syncs writes become lasting in any order, in part, torn at sectors, or not at all. A rename is whole or did not happen.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from random import Random
from typing import Final, NamedTuple

SECTOR_BYTES: Final = 512
_HEAD: Final = struct.Struct("=ciiqII")


class Op(NamedTuple):
    """A call as recorder.c writes it down."""

    kind: str
    error: int
    descriptor: int
    number: int
    one: bytes
    two: bytes


def read_record(path: Path) -> list[Op]:
    data, at, ops = path.read_bytes(), 0, []
    while at < len(data):
        kind, error, descriptor, number, first, second = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        ops.append(
            Op(kind.decode(), error, descriptor, number, data[at : at + first], data[at + first : at + first + second])
        )
        at += first + second
    return ops


class _Change:
    """Of a file: `apply(bytes)`; of a folder: `apply(names)`. `lasts`: a sync has gone well since."""

    __slots__ = ("apply", "doubtful", "lasts", "torn")

    def __init__(self, apply: Callable[..., None], torn: Callable[[Random], _Change] | None = None) -> None:
        self.apply = apply
        self.torn = torn
        self.lasts = self.doubtful = False


class _Node:
    """A file or a folder. `now`: what a process sees; `synced` and then `changes`: what the disk may have."""

    def __init__(self, empty: bytearray | dict[str, _Node]) -> None:
        self.now, self.synced = empty, empty.copy()
        self.changes: list[_Change] = []

    def change(self, change: _Change) -> None:
        change.apply(self.now)
        self.changes.append(change)

    def sync(self) -> None:
        for change in self.changes:
            change.lasts = not change.doubtful
        while self.changes and self.changes[0].lasts:
            self.changes.pop(0).apply(self.synced)

    def sync_failed(self) -> None:
        """The kernel forgets which pages of a file it did not write: a later sync that goes well does not bring them. A folder's names it remembers."""
        for change in self.changes:
            change.doubtful = not change.lasts and isinstance(self.now, bytearray)


Keep = Callable[[list[_Change]], list[_Change | None]]
"""What the disk has got of each of a node's changes that it need not have."""


class Disk:
    """Follows the record, op by op. Paths are those under `root`."""

    def __init__(self, root: Path) -> None:
        self._root = PurePosixPath(root)
        self.top = _Node({})
        self._descriptors: dict[int, _Node] = {}

    def run(self, op: Op) -> None:
        if op.kind == "!":
            raise AssertionError(f"The recorder does not know this call: {op.one.decode()} {op.two.decode()}")
        if op.error:
            if op.kind == "s":
                self._descriptors[op.descriptor].sync_failed()
            return
        getattr(self, f"_run_{_NAMES[op.kind]}")(op)

    def died(self) -> None:
        """The process; what it wrote stands in the kernel's memory."""
        self._descriptors = {}

    def image(self, keep: Keep) -> Image:
        return _image(self.top, keep, {})

    def _run_open(self, op: Op) -> None:
        path = op.one.decode()
        if path == str(self._root):
            self._descriptors[op.descriptor] = self.top
            return
        folder, name = self._place(path)
        node = folder.now.get(name)
        if node is None:
            node = _Node(bytearray())
            folder.change(_linked(name, node))
        elif op.number & os.O_TRUNC and node.now:
            node.change(_cut(0))
        self._descriptors[op.descriptor] = node

    def _run_close(self, op: Op) -> None:
        del self._descriptors[op.descriptor]

    def _run_write(self, op: Op) -> None:
        self._descriptors[op.descriptor].change(_written(op.number, op.one))

    def _run_truncate(self, op: Op) -> None:
        self._descriptors[op.descriptor].change(_cut(op.number))

    def _run_sync(self, op: Op) -> None:
        self._descriptors[op.descriptor].sync()

    def _run_rename(self, op: Op) -> None:
        folder, old = self._place(op.one.decode())
        other, new = self._place(op.two.decode())
        assert folder is other, "a rename across folders"
        folder.change(_renamed(old, new, folder.now[old]))

    def _run_unlink(self, op: Op) -> None:
        folder, name = self._place(op.one.decode())
        folder.change(_unlinked(name))

    def _run_mkdir(self, op: Op) -> None:
        folder, name = self._place(op.one.decode())
        folder.change(_linked(name, _Node({})))

    def _run_words(self, op: Op) -> None:
        pass

    def _place(self, path: str) -> tuple[_Node, str]:
        *folders, name = PurePosixPath(path).relative_to(self._root).parts
        node = self.top
        for folder in folders:
            node = node.now[folder]
        return node, name


_NAMES: Final = {
    "o": "open", "c": "close", "w": "write", "t": "truncate", "s": "sync", "r": "rename", "u": "unlink", "m": "mkdir", "x": "words",
}  # fmt: skip

Image = dict[str, "bytes | Image"]
"""A folder: names → a file's bytes or a folder."""


def _image(node: _Node, keep: Keep, seen: dict[int, bytes | Image]) -> Image:
    # Two names of one file, after half a rename, show the same bytes.
    if id(node) not in seen:
        state = node.synced.copy()
        kept = iter(keep([change for change in node.changes if not change.lasts]))
        for change in node.changes:
            got = change if change.lasts else next(kept)
            if got:
                got.apply(state)
        seen[id(node)] = (
            bytes(state)
            if isinstance(state, bytearray)
            else {name: _image(one, keep, seen) for name, one in state.items()}
        )
    return seen[id(node)]


def write_image(image: Image, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for name, content in image.items():
        if isinstance(content, dict):
            write_image(content, folder / name)
        else:
            (folder / name).write_bytes(content)


def _written(offset: int, data: bytes) -> _Change:
    def apply(file: bytearray) -> None:
        if len(file) < offset:
            file.extend(bytes(offset - len(file)))
        file[offset : offset + len(data)] = data

    def torn(random: Random) -> _Change:
        """Some of its sectors; of those that were under way, noise or what a part of it."""
        parts = [_written(at, piece) for at, piece in _sectors(offset, data) if random.random() < 0.5]
        if parts and random.random() < 0.2:
            at, piece = random.choice(list(_sectors(offset, data)))
            parts.append(_written(at, random.randbytes(len(piece))))

        def apply_parts(file: bytearray) -> None:
            for part in parts:
                part.apply(file)

        return _Change(apply_parts)

    return _Change(apply, torn)


def _sectors(offset: int, data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(data):
        end = min(len(data), at + SECTOR_BYTES - (offset + at) % SECTOR_BYTES)
        yield offset + at, data[at:end]
        at = end


def _cut(length: int) -> _Change:
    def apply(file: bytearray) -> None:
        del file[length:]
        file.extend(bytes(length - len(file)))

    return _Change(apply)


def _linked(name: str, node: _Node) -> _Change:
    def apply(names: dict[str, _Node]) -> None:
        names[name] = node

    return _Change(apply)


def _renamed(old: str, new: str, node: _Node) -> _Change:
    def apply(names: dict[str, _Node]) -> None:
        if names.get(old) is node:
            del names[old]
        names[new] = node

    return _Change(apply)


def _unlinked(name: str) -> _Change:
    def apply(names: dict[str, _Node]) -> None:
        names.pop(name, None)

    return _Change(apply)


# --- what a disk may have got ---


def nothing(changes: list[_Change]) -> list[_Change | None]:
    return [None] * len(changes)


def everything(changes: list[_Change]) -> list[_Change | None]:
    """As after a kill: the machine itself goes on."""
    return [*changes]


def some_nodes(random: Random) -> Keep:
    """Of each file and folder all or nothing: what finds an order in which one file relies on another."""
    return lambda changes: random.choice((nothing, everything))(changes)


def some_prefix(random: Random) -> Keep:
    """In order, as a journal keeps them."""

    def keep(changes: list[_Change]) -> list[_Change | None]:
        count = random.randint(0, len(changes))
        return [*changes[:count], *nothing(changes[count:])]

    return keep


def anything(random: Random) -> Keep:
    """Each change by itself, writes torn at sectors."""

    def keep(changes: list[_Change]) -> list[_Change | None]:
        likely = random.choice((0.1, 0.5, 0.9))
        return [_perhaps_torn(one, random) if random.random() < likely else None for one in changes]

    return keep


def _perhaps_torn(change: _Change, random: Random) -> _Change:
    return change.torn(random) if change.torn and random.random() < 0.5 else change


KINDS: Final[tuple[Callable[[Random], Keep], ...]] = (
    lambda _: nothing,
    lambda _: everything,
    some_nodes,
    some_prefix,
    anything,
)
