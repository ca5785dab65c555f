"""A file whose geometry is compressed (EXT_meshopt_compression), written without the compression: what a gate can look at, and what is optimised."""

from __future__ import annotations

from carrel.scenes.errors import Refused
from carrel.scenes.ingest.container import Bytes
from carrel.scenes.ingest.edit import Glb
from carrel.server.publishing.optimise import meshopt
from carrel.server.publishing.optimise.accessors import COMPRESSION, Json, view_bytes


def is_packed(data: Bytes) -> bool:
    return any(name in Glb.parse(data).json.get("extensionsUsed", ()) for name in COMPRESSION)


def unpacked(data: Bytes) -> bytes:
    """The same document with plain buffer views. Raises Refused for bytes that do not decode."""
    glb = Glb.parse(data)
    for index, view in enumerate(glb.json.get("bufferViews", [])):
        packed = [name for name in COMPRESSION if name in view.get("extensions", {})]
        if not packed:
            continue
        try:
            rows = view_bytes(glb, index)
        except meshopt.Broken as broken:
            raise Refused(
                "meshopt_data",
                f"The compressed geometry ({broken}) does not decode: export the model again, or without compression.",
                f"/bufferViews/{index}/extensions/{packed[0]}",
            ) from broken
        for name in packed:
            del view["extensions"][name]
        if not view["extensions"]:
            del view["extensions"]
        glb.replace_view(index, rows[: view["byteLength"]])
    _forget_empty_buffers(glb.json)
    for member in ("extensionsUsed", "extensionsRequired"):
        kept = [name for name in glb.json.get(member, ()) if name not in COMPRESSION]
        glb.json.pop(member, None)
        if kept:
            glb.json[member] = kept
    glb.compact()
    return glb.to_bytes()


def _forget_empty_buffers(document: Json) -> None:
    """Buffers that only a decoder was to fill; numbers behind them move down."""
    buffers: list[Json] = document["buffers"]
    used = {0} | {view["buffer"] for view in document.get("bufferViews", ())}
    kept = [index for index, buffer in enumerate(buffers) if index in used or "uri" in buffer]
    numbers = {old: new for new, old in enumerate(kept)}
    for view in document.get("bufferViews", ()):
        view["buffer"] = numbers[view["buffer"]]
    document["buffers"] = [buffers[index] for index in kept]
