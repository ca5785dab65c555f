"""The whole library of furniture as files: a GLB and a thumbnail a piece, and `library.json`, which lists them."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
from PIL import Image

from carrel.scenes.furniture.piece_file import piece_file
from carrel.scenes.furniture.pieces import PIECES, Piece
from carrel.scenes.furniture.surface import surfaces
from carrel.scenes.furniture.thumbnail import thumbnail
from carrel.scenes.halls.glb import Json
from carrel.scenes.halls.kit.model import NEAR, Model
from carrel.scenes.halls.paint import prints
from carrel.scenes.halls.paint.cloth import weave
from carrel.scenes.halls.paint.rug import rug
from carrel.scenes.halls.paint.surfaces import veneer

LIBRARY_JSON, FOLDER_URL = "library.json", "/gltf/furniture/"
TEXTURE_PX = {"veneer": (256, 256), "timber": (256, 256), "weave": (64, 64), "rug": (320, 640), "print": (384, 192)}


@dataclass(frozen=True)
class BuiltPiece:
    """One piece's two files and its row of the library."""

    glb: bytes
    picture: bytes
    row: Json
    triangles: int


def textures() -> dict[str, Image.Image]:
    """The small pictures that pieces share by value: each file holds its own copy."""
    drawn = {
        "veneer": veneer((134, 94, 64)),
        "timber": veneer((190, 152, 108), seed=21),
        "weave": weave(),
        "rug": rug(),
        "print": prints.globe_map(),
    }
    return {name: image.resize(TEXTURE_PX[name], Image.Resampling.LANCZOS) for name, image in drawn.items()}


def build_piece(piece: Piece, pictures: dict[str, Image.Image]) -> BuiltPiece:
    """The same values give the same bytes. Raises BuildError without the build packages."""
    seed = zlib.crc32(piece.id.encode())
    model = Model(seed)
    model.levels = NEAR
    piece.make(model)
    on_floor = piece.stands != "wall"
    made = surfaces(model, on_floor=on_floor, seed=seed + 1)
    places = {p.id: p for p in model.places if p.kind == "slot"}
    slots = [{"name": n, "position": _rounded(places[n].position), "size": list(s)} for n, s in piece.slots.items()]
    glb = piece_file(piece.en, made, pictures, slots)
    picture = thumbnail(made, pictures, on_floor=on_floor)
    points = np.vstack([s.points for s in made])
    row: Json = {"id": piece.id, "name": {"en": piece.en, "zh": piece.zh}, "stands": piece.stands}
    row |= {"url": f"{FOLDER_URL}{piece.id}.glb", "sha256": hashlib.sha256(glb).hexdigest()}
    row |= {"thumbnail": f"{FOLDER_URL}{piece.id}.webp", "size": _rounded(points.max(0) - points.min(0))}
    seats = [p for p in model.places if p.kind == "seat"]
    if seats:
        row["seats"] = [
            {"position": _rounded(p.position), "heading_degrees": _heading(p.heading_degrees)} for p in seats
        ]
    if slots:
        row["slots"] = slots
    return BuiltPiece(glb, picture, row, sum(len(s.faces) for s in made))


def build_library(pieces: Sequence[Piece] = PIECES) -> dict[str, bytes]:
    """Every file by name."""
    pictures, files, rows = textures(), {}, []
    for piece in pieces:
        built = build_piece(piece, pictures)
        files[f"{piece.id}.glb"], files[f"{piece.id}.webp"] = built.glb, built.picture
        rows.append(built.row)
    files[LIBRARY_JSON] = msgspec.json.format(msgspec.json.encode(rows), indent=1) + b"\n"
    return files


def _rounded(values: object) -> list[float]:
    return [round(float(v), 3) + 0.0 for v in np.asarray(values)]


def _heading(degrees: float) -> float:
    return round(float((degrees + 180) % 360 - 180), 2) + 0.0
