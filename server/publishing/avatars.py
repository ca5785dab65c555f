"""Works that can be worn: whether a model is an avatar, and which of the files made of it a crowd can carry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from carrel.avatars.vrm import VRM_0, VRM_1, VrmFacts, check, is_claimed
from carrel.scenes.errors import Refused
from carrel.scenes.ingest.container import Bytes, read_container
from carrel.scenes.ingest.gate import Facts, check_glb
from carrel.scenes.ingest.json_text import read_json
from carrel.scenes.ingest.limits import GLB_LIMITS
from carrel.scenes.ingest.media.gates import AnyFacts

TRIANGLES: Final = 32_000
FILE_BYTES: Final = 10 << 20
MATERIALS: Final = 4
TEXTURE_SIDE: Final = 2048
LEAST_SHARE: Final = 10
"""The coarsest level has a tenth of the triangles: a file with more than ten times what is allowed never gets there."""
WORN: Final = "worn"
"""The fact by which the file to wear is known among those of a work."""


def body_of(data: Bytes, facts: AnyFacts) -> VrmFacts | None:
    """The body in a GLB that has passed the gate; None for one that is no avatar and does not say so. Raises Refused for a VRM that cannot be worn."""
    if not isinstance(facts, Facts) or not (facts.skins or {VRM_0, VRM_1} & set(facts.extensions)):
        return None
    document = read_json(read_container(data).text, GLB_LIMITS)
    claimed = is_claimed(document)
    try:
        body = check(document)
        _check_budget(facts, body)
    except Refused:
        if claimed:
            raise
        return None
    return body


def _check_budget(facts: Facts, body: VrmFacts) -> None:
    if facts.materials > MATERIALS:
        raise Refused(
            "avatar_materials",
            f"This avatar has {facts.materials} materials; at most {MATERIALS} are shown. "
            "Join them where it was made (in VRoid Studio: reduce materials when exporting).",
            "/materials",
        )
    if facts.drawn_triangles > LEAST_SHARE * TRIANGLES:
        raise Refused(
            "avatar_triangles",
            f"This avatar has {facts.drawn_triangles} triangles. The library makes it lighter, but not to {TRIANGLES}: reduce it first.",
        )
    may_change = body.permissions is None or body.permissions.modification
    if not may_change and facts.drawn_triangles > TRIANGLES:
        raise Refused(
            "avatar_unchangeable",
            f"This avatar has {facts.drawn_triangles} triangles, more than {TRIANGLES}, and its author does not allow it to be changed.",
        )


def marked(
    files: Iterator[tuple[str, bytes, dict[str, int]]], data: Bytes
) -> Iterator[tuple[str, bytes, dict[str, int]]]:
    """The files of a model, the finest that can be worn marked so. Raises Refused when there is none of a VRM."""
    found = False
    for name, made, facts in files:
        if not found and name.endswith(".glb") and _is_light(made):
            found = True
            facts = facts | {WORN: 1}
        yield name, made, facts
    if not found and is_claimed(read_json(read_container(data).text, GLB_LIMITS)):
        raise Refused(
            "avatar_heavy",
            f"This avatar stays above {TRIANGLES} triangles or {FILE_BYTES >> 20} MiB however much it is reduced: make it lighter.",
        )


def _is_light(made: bytes) -> bool:
    if len(made) > FILE_BYTES:
        return False
    facts = check_glb(made)
    sides = [max(image.width, image.height) for image in facts.images]
    return facts.drawn_triangles <= TRIANGLES and max(sides, default=0) <= TEXTURE_SIDE
