"""What the sandbox does with a work: gate first, then whatever is made of its kind. All it needs is loaded before the walls go up.

A task answers `{"kind", "facts", "made"}`: `made` tells of each file of the answer its role and numbers (`model.Made.facts`).
"""

from __future__ import annotations

import hashlib
import mmap
from typing import Any, BinaryIO

import msgspec

from carrel.scenes.ingest.gate import check_glb
from carrel.server.publishing.optimise import meshopt
from carrel.server.publishing.optimise.build import renditions
from carrel.server.publishing.optimise.unpack import is_packed, unpacked
from carrel.server.sandbox.tasks import Out

meshopt.load()


def prepare(files: list[BinaryIO], parameters: dict[str, Any], out: Out) -> dict[str, Any]:
    """`files[0]` is the work. Parameters: `check_only`, `licence`, `key`. Raises Refused."""
    out.step("checking")
    data = mapped(files[0])
    facts = check_glb(data)
    answer = {"kind": "model", "facts": msgspec.to_builtins(facts), "made": {}}
    whole = bytes(data)
    if is_packed(whole):
        # What was compressed is only now there to be looked at.
        whole = unpacked(whole)
        check_glb(whole)
    if parameters.get("check_only"):
        return answer
    made = {}
    original = hashlib.sha256(data).digest()
    for rendition in renditions(original, whole, parameters.get("licence", ""), parameters.get("key", ""), out.step):
        check_glb(rendition.data)
        name = f"{rendition.level}.glb"
        out.file(name, rendition.data)
        made[name] = {"triangles": rendition.triangles}
    return answer | {"made": made}


def mapped(file: BinaryIO) -> mmap.mmap | bytes:
    """An empty file cannot be mapped."""
    size = file.seek(0, 2)
    return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size else b""
