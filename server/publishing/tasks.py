"""What the sandbox does with a work: gate first, then whatever is made of its kind. All it needs is loaded before the walls go up.

A task answers `{"kind", "facts", "made"}`: `made` tells of each file of the answer its numbers (`model.Made.facts`).
"""

from __future__ import annotations

import dataclasses
import hashlib
import mmap
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, Final

import msgspec

from carrel.scenes.errors import Refused
from carrel.scenes.ingest.container import Bytes
from carrel.scenes.ingest.gate import check_glb
from carrel.scenes.ingest.media.gates import GATES, AnyFacts, kind_of
from carrel.server.publishing import avatars, drawing
from carrel.server.publishing.model import SOUNDS, Kind
from carrel.server.publishing.optimise.build import renditions
from carrel.server.publishing.optimise.unpack import is_packed, unpacked
from carrel.server.sandbox.tasks import Out

FACT_TEXT: Final = 300
FACT_LIST: Final = 24
Parameters = dict[str, Any]
File = tuple[str, bytes, dict[str, int]]
"""Name, bytes, numbers."""


def prepare(files: list[BinaryIO], parameters: Parameters, out: Out) -> dict[str, Any]:
    """`files[0]` is the work. Parameters: `name`, `check_only`, `licence`, `key`. Raises Refused."""
    out.step("checking")
    data: Bytes = mapped(files[0])
    kind, facts = checked(data, parameters.get("name", ""))
    answer: dict[str, Any] = {"kind": kind, "facts": told(facts), "made": {}}
    if kind == "model":
        body = avatars.body_of(data, facts)
        if body is not None:
            kind = answer["kind"] = "avatar"
            answer["facts"]["avatar"] = told(msgspec.to_builtins(body))
        data = plain(data)
    if not parameters.get("check_only"):
        for name, content, numbers in MAKERS[kind](files[0], data, facts, parameters, out):
            out.file(name, content)
            answer["made"][name] = numbers
    return answer


def checked(data: Bytes, name: str) -> tuple[Kind, AnyFacts]:
    """A picture twice as wide as high is a panorama; it can be hung as a picture all the same. Raises Refused."""
    kind = kind_of(data, name)
    if kind == "image":
        try:
            return "panorama", GATES["panorama"](data)
        except Refused:
            pass
    return kind, GATES[kind](data)


def plain(data: Bytes) -> Bytes:
    """A model whose geometry came compressed is only after unpacking there to be looked at. Raises Refused."""
    if not is_packed(data):
        return data
    whole = unpacked(data)
    check_glb(whole)
    return whole


def model(file: BinaryIO, data: Bytes, _: AnyFacts, parameters: Parameters, out: Out) -> Iterator[File]:
    original = hashlib.sha256(mapped(file)).digest()
    for made in renditions(original, data, parameters.get("licence", ""), parameters.get("key", ""), out.step):
        if made.difference is not None:
            check_glb(made.data)
        yield made.name, made.data, made.facts


def avatar(file: BinaryIO, data: Bytes, facts: AnyFacts, parameters: Parameters, out: Out) -> Iterator[File]:
    """As a model, which it can be placed as, too."""
    yield from avatars.marked(model(file, data, facts, parameters, out), data)


def image(file: BinaryIO, _: Bytes, __: AnyFacts, ___: Parameters, out: Out) -> Iterator[File]:
    out.step("textures")
    yield from _drawn(drawing.picture(file, drawing.IMAGE))


def panorama(file: BinaryIO, _: Bytes, __: AnyFacts, ___: Parameters, out: Out) -> Iterator[File]:
    out.step("textures")
    yield from _drawn(drawing.picture(file, drawing.PANORAMA))


def pdf(file: BinaryIO, _: Bytes, __: AnyFacts, ___: Parameters, out: Out) -> Iterator[File]:
    out.step("pages")
    yield from _drawn(drawing.pages(file))


def audio(_: BinaryIO, data: Bytes, facts: AnyFacts, __: Parameters, ___: Out) -> Iterator[File]:
    """The sound as it came: its gate has walked through all of it."""
    kind = getattr(facts, "type", "")
    if kind in SOUNDS:
        yield f"sound{SOUNDS[kind]}", bytes(data), {"duration_ms": round(getattr(facts, "duration_s", 0) * 1000)}


def epub(_: BinaryIO, __: Bytes, ___: AnyFacts, ____: Parameters, _____: Out) -> Iterator[File]:
    """Nothing is made of a book yet; it is kept, and its facts are known."""
    yield from ()


Maker = Callable[[BinaryIO, Bytes, AnyFacts, Parameters, Out], Iterator[File]]
MAKERS: Final[dict[Kind, Maker]] = {
    "model": model,
    "avatar": avatar,
    "image": image,
    "panorama": panorama,
    "pdf": pdf,
    "epub": epub,
    "audio": audio,
}


def mapped(file: BinaryIO) -> mmap.mmap | bytes:
    """An empty file cannot be mapped."""
    size = file.seek(0, 2)
    file.seek(0)
    return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size else b""


def told(value: Any) -> Any:
    """Facts as JSON has them, by their names; of long lists and texts the beginning, for everybody who looks is sent them."""
    if isinstance(value, str):
        return value[:FACT_TEXT]
    if isinstance(value, dict):
        return {name: told(member) for name, member in value.items()}
    if dataclasses.is_dataclass(value):
        return {field.name: told(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {name: told(member) for name, member in value._asdict().items()}
    return [told(member) for member in value[:FACT_LIST]] if isinstance(value, (list, tuple)) else value


def _drawn(drawn: Iterator[drawing.Drawn]) -> Iterator[File]:
    for role, content, numbers in drawn:
        yield f"{role}.webp", content, numbers
