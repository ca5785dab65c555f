"""The scene document: what a space is made of, as plain values with limits; canonical JSON in and out.

Metres, +Y up. Rotations are unit quaternions in the order x, y, z, w; headings are degrees about y, 0 looks toward -z and
90 toward -x. Positions travel as 16-bit numbers of 2 mm, so every space lies within 65 m of its origin.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from carrel.scenes.errors import DocumentError

SCHEMA_VERSION = 1
REACH_M = 65.0
SIZE_LIMIT_BYTES = 4 << 20
ENTITY_LIMIT = 20_000

Metres = Annotated[float, Meta(ge=-REACH_M, le=REACH_M)]
Length = Annotated[float, Meta(gt=0, le=2 * REACH_M)]
Degrees = Annotated[float, Meta(ge=-360, le=360)]
Unit = Annotated[float, Meta(ge=-1, le=1)]
Vector = tuple[Metres, Metres, Metres]
Size = tuple[Length, Length, Length]
Quaternion = tuple[Unit, Unit, Unit, Unit]
Colour = tuple[
    Annotated[float, Meta(ge=0, le=100)], Annotated[float, Meta(ge=0, le=100)], Annotated[float, Meta(ge=0, le=100)]
]
Id = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")]
Words = Annotated[str, Meta(min_length=1, max_length=200)]
Digest = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
Address = Annotated[str, Meta(min_length=1, max_length=512, pattern=r"^[^\\\s]+$")]


class Value(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Root of every value in a document: unknown fields are refused, defaults are not written."""


class Text(Value, frozen=True, kw_only=True):
    """The same words in the languages the house speaks."""

    en: Words
    zh: Words


class Transform(Value, frozen=True, kw_only=True):
    position: Vector
    rotation: Quaternion = (0.0, 0.0, 0.0, 1.0)
    scale: Annotated[float, Meta(gt=0, le=100)] = 1.0


class Model(Value, frozen=True, kw_only=True):
    """A GLB that stands at the entity's transform; `url` is relative to the origin."""

    url: Address
    sha256: Digest


class Seat(Value, frozen=True, kw_only=True):
    """The transform is where the hips rest; the heading is where a seated person looks."""

    heading_degrees: Degrees


class Portal(Value, frozen=True, kw_only=True):
    """A way to another space; a closed one shows its name and does not lead anywhere yet."""

    target: Id
    label: Text
    is_open: bool
    size: tuple[Length, Length]


class SpawnPoint(Value, frozen=True, kw_only=True):
    """Where people arrive. `is_safe` marks the places one may retreat to."""

    heading_degrees: Degrees
    radius_m: Annotated[float, Meta(ge=0, le=10)] = 0.3
    is_safe: bool = False


class Place(Value, frozen=True, kw_only=True):
    """An entry of the "go to" list; `order` sorts it."""

    name: Text
    heading_degrees: Degrees
    order: Annotated[int, Meta(ge=0, le=9999)] = 0


class Desk(Value, frozen=True, kw_only=True):
    """A reference desk: people who ask stand at the transform, within `reach_m`."""

    label: Text
    reach_m: Annotated[float, Meta(gt=0, le=10)]


class Light(Value, frozen=True, kw_only=True):
    """A light that a dynamic thing may care about: linear colour, reach in metres."""

    colour: Colour
    reach_m: Annotated[float, Meta(gt=0, le=50)]


class Board(Value, frozen=True, kw_only=True):
    """A surface that people write on together; width and height."""

    size: tuple[Length, Length]


class Shelf(Value, frozen=True, kw_only=True):
    """A bookcase: its frame stands at its lower left front corner, x along it, z out of it. Boards from the bottom up."""

    label: Text
    size: Size
    bays: Annotated[int, Meta(ge=1, le=16)]
    base_m: Annotated[float, Meta(ge=0, le=5)]
    boards_m: Annotated[tuple[Annotated[float, Meta(gt=0, le=3)], ...], Meta(min_length=1, max_length=32)]
    zone: Annotated[int, Meta(ge=0, le=255)] = 0


class Panel(Value, frozen=True, kw_only=True):
    """A page of the library shown in the space; `page` is a path on the origin."""

    page: Annotated[str, Meta(pattern=r"^/[^\s\\]{0,255}$")]
    size: tuple[Length, Length]


class Caption(Value, frozen=True, kw_only=True):
    """Words that somebody has put up, in one language (a tag like `en` or `zh-Hans`)."""

    text: Annotated[str, Meta(min_length=1, max_length=300)]
    language: Annotated[str, Meta(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$(?!\n)", max_length=35)]


class Media(Value, frozen=True, kw_only=True):
    """A reader's work on a surface: `work` is the SHA-256 of the accepted original, `size` width and height, `page` counts from 1."""

    kind: Literal["image", "panorama", "pdf", "epub", "audio"]
    work: Digest
    size: tuple[Length, Length]
    page: Annotated[int, Meta(ge=1, le=100_000)] = 1


class Components(Value, frozen=True, kw_only=True):
    """What an entity may be. In a change of one, those that are given replace those that are there."""

    transform: Transform | None = None
    model: Model | None = None
    seat: Seat | None = None
    portal: Portal | None = None
    spawn_point: SpawnPoint | None = None
    place: Place | None = None
    desk: Desk | None = None
    light: Light | None = None
    board: Board | None = None
    shelf: Shelf | None = None
    panel: Panel | None = None
    caption: Caption | None = None
    media: Media | None = None


class Entity(Components, frozen=True, kw_only=True):
    """A thing with a name and what it is: any component may be there or not; the transform must."""

    id: Id
    transform: Transform


class Bounds(Value, frozen=True, kw_only=True):
    low: Vector
    high: Vector


class Environment(Value, frozen=True, kw_only=True):
    """The hall itself: its GLB, the collider and plan beside it, the books on its shelves and what is written on them."""

    model: Model
    collider: Model | None = None
    plan: Model | None = None
    books: Model | None = None
    titles: Model | None = None


class SceneDocument(Value, frozen=True, kw_only=True):
    """A whole space. Make it with `decode` or check it with `validate`."""

    id: Id
    title: Text
    environment: Environment
    bounds: Bounds
    entities: Annotated[tuple[Entity, ...], Meta(max_length=ENTITY_LIMIT)]
    origin: Vector = (0.0, 0.0, 0.0)
    schema_version: Annotated[int, Meta(ge=SCHEMA_VERSION, le=SCHEMA_VERSION)] = SCHEMA_VERSION

    def having(self, component: str) -> Iterator[Entity]:
        """The entities that have a component, by its field's name."""
        return (entity for entity in self.entities if getattr(entity, component) is not None)


_ENCODER = msgspec.json.Encoder(order="sorted")
_DECODER = msgspec.json.Decoder(SceneDocument)


def encode(document: SceneDocument) -> bytes:
    """Canonical JSON: sorted keys, no spaces, UTF-8, defaults left out except the version. Raises DocumentError."""
    plain = msgspec.to_builtins(validate(document))
    plain["schema_version"] = document.schema_version
    return _ENCODER.encode(plain) + b"\n"


def decode(data: bytes) -> SceneDocument:
    """A checked document. Raises DocumentError with a sentence that names the fault and where it is."""
    if len(data) > SIZE_LIMIT_BYTES:
        raise DocumentError(f"The scene document has {len(data)} bytes; at most {SIZE_LIMIT_BYTES} are allowed.")
    try:
        document = _DECODER.decode(data)
    except msgspec.DecodeError as fault:  # ValidationError is one of these
        raise DocumentError(f"The scene document was refused: {fault}.") from fault
    _check(document)
    return document


def validate(document: SceneDocument) -> SceneDocument:
    """Check types, limits and references of a document made in code; whole numbers become floats. Raises DocumentError."""
    try:
        checked = msgspec.convert(msgspec.to_builtins(document), SceneDocument)
    except msgspec.ValidationError as fault:
        raise DocumentError(f"The scene document was refused: {fault}.") from fault
    _check(checked)
    return checked


def _check(document: SceneDocument) -> None:
    low, high = document.bounds.low, document.bounds.high
    if any(a >= b for a, b in zip(low, high, strict=True)):
        raise DocumentError("The scene's bounds are empty: `low` must lie below `high` on every axis.")
    seen: set[str] = set()
    for entity in document.entities:
        if entity.id in seen:
            raise DocumentError(f"Two entities are called {entity.id!r}: every id must be its own.")
        seen.add(entity.id)
        if abs(math.hypot(*entity.transform.rotation) - 1) > 1e-3:
            raise DocumentError(f"The rotation of {entity.id!r} is not a unit quaternion.")
        inside = all(a <= p <= b for a, p, b in zip(low, entity.transform.position, high, strict=True))
        if not inside:
            raise DocumentError(f"The entity {entity.id!r} stands outside the scene's bounds.")
    if not any(document.having("spawn_point")):
        raise DocumentError("The scene has no spawn point: nobody could enter it.")
