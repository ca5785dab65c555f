"""All that is made of one model: `view`, the levels of detail that are worth having, and a small picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from carrel.scenes.ingest.container import Bytes
from carrel.scenes.ingest.edit import Glb
from carrel.server.publishing.model import THUMBNAIL
from carrel.server.publishing.optimise import compare, credit, geometry, packing, portrait, textures
from carrel.server.publishing.optimise.pools import Pool, find

LEVELS: Final = ("view", *geometry.SHARES)
DRAWN_TRIANGLES: Final = 60_000
"""The finest level with no more than this is what the picture is drawn of."""


@dataclass(frozen=True, slots=True)
class Rendition:
    """A file ready to be shown: a GLB named by its level of LEVELS, or a picture. `facts` of a GLB are the triangles that could be compressed."""

    name: str
    data: bytes
    facts: dict[str, int]
    difference: compare.Difference | None = None


def renditions(
    original: bytes,
    data: Bytes,
    licence: str = "",
    key: str = "",
    on_step: Callable[[str], None] = lambda _: None,
) -> Iterator[Rendition]:
    """Of a file that has passed the gate, whose SHA-256 was `original` before it was unpacked. Raises compare.Differs when an encoder failed."""
    glb = Glb.parse(data)
    pictures = list(textures.pictures(glb))
    with ThreadPoolExecutor(1) as beside:
        # Pillow and the WebAssembly both let others work: a core each.
        shrunk = beside.submit(textures.shrink, pictures, LEVELS)
        on_step("geometry")
        levels = list(_levels(find(glb)))
        on_step("textures")
        yield from (_rendition(data, level, pools, shrunk, original, licence, key) for level, pools in levels)
    on_step("picture")
    drawn = portrait.draw(
        glb, next((pools for _, pools in levels if _triangles(pools) <= DRAWN_TRIANGLES), levels[-1][1])
    )
    if drawn is not None:
        yield Rendition(f"{THUMBNAIL}.webp", drawn, {"width": portrait.SIDE, "height": portrait.SIDE})


def _levels(pools: list[Pool]) -> Iterator[tuple[str, list[Pool]]]:
    """Each made of the one before it."""
    current = [geometry.ordered(pool) for pool in pools]
    yield "view", current
    before, whole = 1.0, _triangles(current)
    for level, (share, error, options) in geometry.SHARES.items():
        fewer = [geometry.simplified(pool, share / before, error, options) for pool in current]
        if _triangles(fewer) <= geometry.WORTH * _triangles(current):
            yield level, fewer
            current, before = fewer, max(_triangles(fewer), 1) / max(whole, 1)


def _rendition(
    data: Bytes,
    level: str,
    pools: list[Pool],
    shrunk: Future[textures.Shrunk],
    original: bytes,
    licence: str,
    key: str,
) -> Rendition:
    glb = Glb.parse(data)
    packing.write(glb, pools)
    textures.write(glb, shrunk.result()[level])
    credit.write(glb, original, licence, key)
    made = glb.to_bytes()
    return Rendition(f"{level}.glb", made, {"triangles": _triangles(pools)}, compare.compare(made, pools))


def _triangles(pools: list[Pool]) -> int:
    return sum(pool.triangles for pool in pools)
