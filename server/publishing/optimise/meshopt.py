"""meshoptimizer, the library itself: its WebAssembly build as npm ships it (1.1.1, MIT), run by wasmtime. No compiler, no Node.

The three files beside this one are the modules inside `meshopt_encoder.js`, `meshopt_simplifier.js` and `meshopt_decoder.mjs`, unpacked; a test compares them.
Arrays go in and out by copy; indices are uint32, positions and attributes float32, rows contiguous.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
import wasmtime

Floats = npt.NDArray[np.float32]
Indices = npt.NDArray[np.uint32]
Bytes = npt.NDArray[np.uint8]
Mode = Literal["ATTRIBUTES", "TRIANGLES", "INDICES"]
Filter = Literal["NONE", "OCTAHEDRAL", "QUATERNION", "EXPONENTIAL"]

UNUSED: Final = 0xFFFFFFFF
VERTEX_VERSION: Final = 0
"""Of the codec; the extension knows no newer one."""
INDEX_VERSION: Final = 1
LEVEL: Final = 2
PERMISSIVE: Final = 1 << 5
_SHARED_COMPONENT: Final = 2
_ROOM: Final = 16


_PROGRAMS: Final = {
    name: (Path(__file__).parent / f"{name}.wasm").read_bytes() for name in ("encoder", "simplifier", "decoder")
}
"""Read while the files can be read; compiled when they are first used, 0.1 s all three."""


class Broken(ValueError):
    """Compressed bytes that are none."""


class _Module:
    """One instance: its exports, and its memory as a stack that `scratch` gives back."""

    def __init__(self, name: str) -> None:
        config = wasmtime.Config()
        config.parallel_compilation = False
        # Memory is bounded by the worker's limits, so none of it is reserved ahead.
        config.memory_reservation = 0
        config.memory_guard_size = 0
        config.memory_reservation_for_growth = 32 << 20
        config.memory_init_cow = False  # that would want a file
        engine = wasmtime.Engine(config)
        self._store = wasmtime.Store(engine)
        module = wasmtime.Module(engine, _PROGRAMS[name])
        self._exports: Any = wasmtime.Instance(self._store, module, []).exports(self._store)
        self.call("__wasm_call_ctors")

    def call(self, name: str, *arguments: float) -> int:
        try:
            result = self._exports[name](self._store, *arguments)
        except wasmtime.Trap as trap:  # its allocator has no other way to say so
            raise MemoryError(str(trap).splitlines()[0]) from trap
        return int(result or 0)

    @contextmanager
    def scratch(self) -> Iterator[None]:
        """What is taken inside is given back after."""
        start = self.call("sbrk", 0)
        try:
            yield
        finally:
            self.call("sbrk", start - self.call("sbrk", 0))

    def take(self, size: int) -> int:
        """Address of `size` new bytes. Raises MemoryError."""
        address = self.call("sbrk", -(-size // _ROOM) * _ROOM)
        if address in (-1, UNUSED):
            raise MemoryError(size)
        return address & UNUSED

    def put(self, array: npt.NDArray[Any]) -> int:
        data = np.ascontiguousarray(array)
        address = self.take(data.nbytes)
        ctypes.memmove(self._base() + address, data.ctypes.data, data.nbytes)
        return address

    def get(self, address: int, count: int, kind: type[np.generic]) -> npt.NDArray[Any]:
        found = np.empty(count, kind)
        ctypes.memmove(found.ctypes.data, self._base() + address, found.nbytes)
        return found

    def _base(self) -> int:
        return ctypes.cast(self._exports["memory"].data_ptr(self._store), ctypes.c_void_p).value or 0


@cache
def _module(name: str) -> _Module:
    module = _Module(name)
    if name == "encoder":
        module.call("meshopt_encodeVertexVersion", VERTEX_VERSION)
        module.call("meshopt_encodeIndexVersion", INDEX_VERSION)
    return module


# --- order ---


def cache_order(indices: Indices, vertices: int) -> Indices:
    """The same triangles in an order that graphics processors and the index codec like."""
    encoder = _module("encoder")
    with encoder.scratch():
        place = encoder.put(indices)
        encoder.call("meshopt_optimizeVertexCache", place, place, len(indices), vertices)
        return encoder.get(place, len(indices), np.uint32)


def fetch_order(indices: Indices, vertices: int) -> tuple[Indices, int]:
    """Old vertex → new one in order of first use, UNUSED for those without; and how many are used."""
    encoder = _module("encoder")
    with encoder.scratch():
        remap, place = encoder.take(vertices * 4), encoder.put(indices)
        unique = encoder.call("meshopt_optimizeVertexFetchRemap", remap, place, len(indices), vertices)
        return encoder.get(remap, vertices, np.uint32), unique


def simplify(
    indices: Indices,
    positions: Floats,
    attributes: Floats,
    weights: Floats,
    target: int,
    error: float,
    options: int = 0,
) -> tuple[Indices, float]:
    """Fewer triangles over the same vertices, at least `target` indices; with the error reached, as a part of the extent."""
    simplifier = _module("simplifier")
    with simplifier.scratch():
        told, out = simplifier.take(4), simplifier.take(indices.nbytes)
        arrays = [simplifier.put(array) for array in (indices, positions, attributes, weights)]
        count = simplifier.call(
            "meshopt_simplifyWithAttributes",
            *(out, arrays[0], len(indices), arrays[1], len(positions), 12),
            *(arrays[2], attributes.shape[1] * 4, arrays[3], len(weights), 0, target, error, options, told),
        )
        return simplifier.get(out, count, np.uint32), float(simplifier.get(told, 1, np.float32)[0])


# --- coding ---


def encode_vertices(rows: Bytes) -> bytes:
    """Rows of 4 to 256 bytes, a multiple of four."""
    encoder = _module("encoder")
    count, size = rows.shape
    with encoder.scratch():
        bound = encoder.call("meshopt_encodeVertexBufferBound", count, size)
        out, place = encoder.take(bound), encoder.put(rows)
        used = encoder.call("meshopt_encodeVertexBufferLevel", out, bound, place, count, size, LEVEL, VERTEX_VERSION)
        return encoder.get(out, used, np.uint8).tobytes()


def encode_triangles(indices: Indices) -> bytes:
    encoder = _module("encoder")
    with encoder.scratch():
        bound = encoder.call("meshopt_encodeIndexBufferBound", len(indices), int(indices.max(initial=0)) + 1)
        out, place = encoder.take(bound), encoder.put(indices)
        used = encoder.call("meshopt_encodeIndexBuffer", out, bound, place, len(indices))
        return encoder.get(out, used, np.uint8).tobytes()


def filter_exponential(values: Floats, bits: int) -> Bytes:
    """Floats as `bits` of mantissa under one exponent for each column: rows of 4 bytes a column."""
    encoder = _module("encoder")
    count, columns = values.shape
    # It takes zero's exponent for that of one, which would leave small models few bits; what is almost zero becomes zero all the same.
    values = np.where(values == 0, np.float32(1e-30), values)
    with encoder.scratch():
        out, place = encoder.take(values.nbytes), encoder.put(values)
        encoder.call("meshopt_encodeFilterExp", out, count, columns * 4, bits, place, _SHARED_COMPONENT)
        return encoder.get(out, values.nbytes, np.uint8).reshape(count, columns * 4)


def filter_octahedral(values: Floats, bits: int) -> Bytes:
    """Unit vectors with a fourth number (zero, or a tangent's sign) as rows of four signed bytes."""
    encoder = _module("encoder")
    count = len(values)
    with encoder.scratch():
        out, place = encoder.take(count * 4), encoder.put(values)
        encoder.call("meshopt_encodeFilterOct", out, count, 4, bits, place)
        return encoder.get(out, count * 4, np.uint8).reshape(count, 4)


_DECODERS: Final = {
    "ATTRIBUTES": "meshopt_decodeVertexBuffer",
    "TRIANGLES": "meshopt_decodeIndexBuffer",
    "INDICES": "meshopt_decodeIndexSequence",
}
_FILTERS: Final = {
    "OCTAHEDRAL": "meshopt_decodeFilterOct",
    "QUATERNION": "meshopt_decodeFilterQuat",
    "EXPONENTIAL": "meshopt_decodeFilterExp",
}


def decode(data: bytes, count: int, size: int, mode: Mode, by: Filter = "NONE") -> Bytes:
    """Rows of `size` bytes. Raises Broken."""
    decoder = _module("decoder")
    with decoder.scratch():
        out = decoder.take(-(-count // 4) * 4 * size)  # filters work on four rows at once
        place = decoder.put(np.frombuffer(data, np.uint8))
        if decoder.call(_DECODERS[mode], out, count, size, place, len(data)):
            raise Broken(mode)
        if by in _FILTERS:
            decoder.call(_FILTERS[by], out, -(-count // 4) * 4, size)
        return decoder.get(out, count * size, np.uint8).reshape(count, size)
