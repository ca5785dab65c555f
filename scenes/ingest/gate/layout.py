"""Buffers, buffer views and accessors: that every range lies inside what holds it, in whole numbers, before a byte is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from carrel.scenes.ingest.buffers import embedded
from carrel.scenes.ingest.gate.fields import Json, is_number, is_whole, pointer, refuse
from carrel.scenes.ingest.limits import GlbLimits

COMPONENTS = {5120: ("BYTE", "i1"), 5121: ("UNSIGNED_BYTE", "u1"), 5122: ("SHORT", "<i2"), 5123: ("UNSIGNED_SHORT", "<u2"),
              5125: ("UNSIGNED_INT", "<u4"), 5126: ("FLOAT", "<f4")}  # fmt: skip
SIZES = {5120: 1, 5121: 1, 5122: 2, 5123: 2, 5125: 4, 5126: 4}
RANGES = {5120: (-128, 127), 5121: (0, 255), 5122: (-32768, 32767), 5123: (0, 65535), 5125: (0, 2**32 - 1)}
SHAPES = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}
ROWS = {"MAT2": 2, "MAT3": 3, "MAT4": 4}
FLOAT, UNSIGNED_INT = 5126, 5125
ARRAY_BUFFER, ELEMENT_ARRAY_BUFFER = 34962, 34963
MESHOPT = "EXT_meshopt_compression"


@dataclass(slots=True)
class View:
    """A buffer view. `data` is None while its bytes wait for a decoder (meshopt); `use` is what it was first used for."""

    where: str
    length: int
    stride: int | None
    start: int
    data: memoryview | None
    use: str | None
    readers: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Sparse:
    count: int
    component: int
    indices: memoryview | None
    values: memoryview | None


@dataclass(slots=True)
class Accessor:
    """An accessor whose ranges are right. Unknown types have `width` 0: they may stand in a file as long as nothing uses them."""

    index: int
    where: str
    type: str
    component: int
    count: int
    is_normalized: bool
    width: int
    view: View | None
    offset: int
    low: list[float] | None
    high: list[float] | None
    sparse: Sparse | None = None
    use: str | None = None
    checks: set[str] = field(default_factory=set)

    @property
    def item_bytes(self) -> int:
        return SIZES[self.component]

    @property
    def column_bytes(self) -> int:
        """Columns of matrices start at multiples of four bytes; the columns of anything else are its components."""
        rows = ROWS.get(self.type)
        return -(-rows * self.item_bytes // 4) * 4 if rows else self.item_bytes

    @property
    def stride(self) -> int:
        columns = ROWS.get(self.type, self.width)
        return (self.view.stride if self.view else None) or columns * self.column_bytes

    @property
    def element_bytes(self) -> int:
        """From the first byte of an element to its last; the last column of a matrix is not padded."""
        rows = ROWS.get(self.type)
        if rows is None:
            return self.width * self.item_bytes
        return (rows - 1) * self.column_bytes + rows * self.item_bytes

    @property
    def format(self) -> str:
        """As sentences and tables name it: `VEC3 FLOAT`, `VEC4 UNSIGNED_BYTE normalized`."""
        name = COMPONENTS[self.component][0] if self.width else str(self.component)
        return f"{self.type} {name}{' normalized' if self.is_normalized else ''}"

    @property
    def is_readable(self) -> bool:
        """False while bytes wait for a decoder, and when there are none at all (zeros)."""
        has_bytes = self.view is not None and self.view.data is not None
        return bool(self.width) and (has_bytes or (self.view is None and self.sparse is not None))


class Layout:
    """Everything that holds bytes in one document."""

    def __init__(self, document: Json, binary: memoryview | None, limits: GlbLimits) -> None:
        self.document = document
        self.buffers = [
            _buffer(buffer, at, binary, pointer("/buffers", at))
            for at, buffer in enumerate(document.get("buffers", []))
        ]
        self.views = [
            self._view(view, pointer("/bufferViews", at)) for at, view in enumerate(document.get("bufferViews", []))
        ]
        self.accessors = [self._accessor(a, at) for at, a in enumerate(document.get("accessors", []))]
        self.decoded_bytes = sum(a.count * a.width * SIZES.get(a.component, 0) for a in self.accessors)
        if self.decoded_bytes > limits.decoded_bytes:
            text = f"Unpacked, the geometry has {self.decoded_bytes} bytes; at most {limits.decoded_bytes} are allowed."
            raise refuse("decoded_size", f"{text} Use fewer vertices.", "/accessors")

    def use_view(self, view: View, use: str, where: str) -> None:
        """A buffer view serves one purpose only: vertices, indices, an image, matrices of a skin, or anything else."""
        if view.use is None:
            view.use = use
        elif view.use != use:
            text = f"The buffer view {view.where} holds {view.use} and is used for {use} here."
            raise refuse("view_use", text, where)

    def use_accessor(self, index: int, use: str, view_use: str, where: str) -> Accessor:
        """The accessor, marked with what it is used for. Raises Refused when it served something else before."""
        accessor = self.accessors[int(index)]
        if accessor.use not in (None, use):
            text = f"The accessor {index} is used as {accessor.use} elsewhere and as {use} here."
            raise refuse("accessor_use", text, where)
        accessor.use = use
        if accessor.view is not None:
            self.use_view(accessor.view, view_use, where)
        return accessor

    def _view(self, view: Json, where: str) -> View:
        buffer = self.document["buffers"][int(view["buffer"])]
        start, length = int(view.get("byteOffset", 0)), int(view["byteLength"])
        if start + length > int(buffer["byteLength"]):
            text = f"The buffer view reaches to byte {start + length} of a buffer of {buffer['byteLength']}."
            raise refuse("view_range", text, where)
        stride = view.get("byteStride")
        if stride is not None and stride > length:
            raise refuse("view_stride", f"byteStride {stride} is larger than the buffer view, {length} bytes.", where)
        target = view.get("target")
        if stride is not None and target == ELEMENT_ARRAY_BUFFER:
            raise refuse("view_stride", "A buffer view of indices cannot have a byteStride.", where)
        packed = view.get("extensions", {}).get(MESHOPT)
        data = self.buffers[int(view["buffer"])]
        if packed is not None:
            self._check_packed(packed, length, pointer(where, "extensions/" + MESHOPT))
            data = None
        elif data is None:
            raise refuse("missing_bytes", "The buffer view lies in a buffer that has no bytes of its own.", where)
        use = {ARRAY_BUFFER: "vertices", ELEMENT_ARRAY_BUFFER: "indices"}.get(target or 0)
        whole = None if data is None else data[start : start + length]
        return View(where, length, None if stride is None else int(stride), start, whole, use)

    def _check_packed(self, packed: Json, length: int, where: str) -> None:
        source = self.buffers[int(packed["buffer"])]
        start, size = int(packed.get("byteOffset", 0)), int(packed["byteLength"])
        if source is None or start + size > len(source):
            raise refuse("view_range", "The compressed bytes reach beyond their buffer.", where)
        count, stride, mode = int(packed["count"]), int(packed["byteStride"]), packed["mode"]
        if count * stride != length:
            text = f"{count} elements of {stride} bytes do not make the {length} bytes of the buffer view."
            raise refuse("meshopt_size", text, where)
        wrong = stride % 4 if mode == "ATTRIBUTES" else stride not in (2, 4)
        if wrong or (mode == "TRIANGLES" and count % 3):
            raise refuse("meshopt_shape", f"{count} elements of {stride} bytes cannot be {mode.lower()}.", where)
        if source[start] & 0xF0 != {"ATTRIBUTES": 0xA0, "TRIANGLES": 0xE0, "INDICES": 0xD0}[mode]:
            raise refuse("meshopt_header", f"The compressed bytes do not begin as {mode.lower()} do.", where)

    def _accessor(self, raw: Json, index: int) -> Accessor:
        where = pointer("/accessors", index)
        component, kind = int(raw["componentType"]), raw["type"]
        width = SHAPES.get(kind, 0) if component in COMPONENTS else 0
        view = self.views[int(raw["bufferView"])] if "bufferView" in raw else None
        if view is None and "byteOffset" in raw:
            raise refuse("missing_field", "byteOffset needs a bufferView.", where)
        low, high = (_bounds(raw, key, component, width, where) for key in ("min", "max"))
        normalized = raw.get("normalized", False)
        offset = int(raw.get("byteOffset", 0))
        made = Accessor(index, where, kind, component, int(raw["count"]), normalized, width, view, offset, low, high)
        if normalized and component in (FLOAT, UNSIGNED_INT):
            raise refuse("accessor_normalized", "Only 8 and 16 bit numbers can be normalized.", where)
        if kind in ROWS and offset % 4:
            raise refuse("accessor_alignment", "Matrices must begin at multiples of four bytes.", where)
        if width and view is not None:
            if view.stride is not None and view.stride < made.element_bytes:
                text = f"Elements of {made.element_bytes} bytes do not fit a byteStride of {view.stride}."
                raise refuse("accessor_stride", text, where)
            size = made.stride * (made.count - 1) + made.element_bytes
            _check_range(view, offset, size, made.item_bytes, where)
        if "sparse" in raw and width:
            made.sparse = self._sparse(raw["sparse"], made, pointer(where, "sparse"))
        return made

    def _sparse(self, raw: Json, accessor: Accessor, where: str) -> Sparse:
        count = int(raw["count"])
        if count > accessor.count:
            text = f"{count} elements are replaced where there are only {accessor.count}."
            raise refuse("sparse_count", text, pointer(where, "count"))
        found: list[memoryview | None] = []
        sizes = (SIZES[int(raw["indices"]["componentType"])], accessor.item_bytes)
        for part, item, width in (("indices", sizes[0], 1), ("values", sizes[1], accessor.width)):
            here = pointer(where, part)
            view, offset = self.views[int(raw[part]["bufferView"])], int(raw[part].get("byteOffset", 0))
            if view.stride is not None:
                raise refuse("view_stride", "Sparse data cannot lie in a buffer view with a byteStride.", here)
            self.use_view(view, "other data", here)
            _check_range(view, offset, item * width * count, item, here)
            found.append(None if view.data is None else view.data[offset : offset + item * width * count])
        return Sparse(count, int(raw["indices"]["componentType"]), found[0], found[1])


def _buffer(buffer: Json, index: int, binary: memoryview | None, where: str) -> memoryview | None:
    """The bytes of a buffer; None for one that a decoder is to fill."""
    length = int(buffer["byteLength"])
    if "uri" in buffer:
        kind, data = embedded(buffer["uri"], pointer(where, "uri"))
        if kind not in ("application/octet-stream", "application/gltf-buffer"):
            raise refuse("data_uri", f"A buffer cannot be of the type {kind[:60]!r}.", pointer(where, "uri"))
        found = memoryview(data)
    elif index == 0 and binary is not None:
        found = binary
    elif index or MESHOPT in buffer.get("extensions", {}):
        return None  # whoever reads from it is refused
    else:
        raise refuse("missing_binary", "The buffer has no bytes: the file has no binary chunk for it.", where)
    if len(found) < length:
        text = f"The buffer should have {length} bytes and has {len(found)}: export the file again."
        raise refuse("buffer_length", text, pointer(where, "byteLength"))
    return found[:length]


def _check_range(view: View, offset: int, size: int, item: int, where: str) -> None:
    if offset % item:
        raise refuse("accessor_alignment", f"byteOffset {offset} is not a multiple of {item} bytes.", where)
    if (view.start + offset) % item:
        text = f"The data begins at byte {view.start + offset} of its buffer, not a multiple of {item}."
        raise refuse("accessor_alignment", text, where)
    if offset + size > view.length:
        text = f"The data reaches to byte {offset + size} of a buffer view of {view.length}."
        raise refuse("accessor_range", text, where)


def _bounds(raw: Json, key: str, component: int, width: int, where: str) -> list[float] | None:
    if key not in raw or not width:
        return None
    value: Any = raw[key]
    here = pointer(where, key)
    if not isinstance(value, list):
        raise refuse("wrong_type", "A list is expected here.", here)
    if len(value) != width:
        raise refuse("wrong_length", f"{width} numbers are expected here, not {len(value)}.", here)
    for number in value:
        if not is_number(number) or (component != FLOAT and not is_whole(number)):
            raise refuse("wrong_type", "Only numbers of the accessor's own type are expected here.", here)
        low, high = RANGES.get(component, (-3.5e38, 3.5e38))
        if not low <= number <= high:
            raise refuse("out_of_range", f"{number} is not a value of the accessor's type.", here)
    return value
