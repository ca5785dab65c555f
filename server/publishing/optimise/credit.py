"""What a rendition says of itself, by KHR_xmp_json_ld: which file it was made of, under which licence, by which key. Never a person's name."""

from __future__ import annotations

import base64
from typing import Any, Final

from carrel.scenes.ingest.edit import Glb

Json = dict[str, Any]
EXTENSION: Final = "KHR_xmp_json_ld"
CONTEXT: Final = {"dc": "http://purl.org/dc/elements/1.1/", "xmpRights": "http://ns.adobe.com/xap/1.0/rights/"}


def write(glb: Glb, original: bytes, licence: str, key: str) -> None:
    """A packet of our own beside those that the creator wrote; the file points to it where it points to none of theirs.

    `original` is the SHA-256 of the file as it came, named as RFC 6920 does; `licence` and `key` may be empty.
    """
    name = base64.urlsafe_b64encode(original).rstrip(b"=").decode()
    packet: Json = {
        "@context": CONTEXT,
        "@id": "",
        "dc:source": f"ni:///sha-256;{name}",
        "dc:format": "model/gltf-binary",
    }
    if licence:
        packet["dc:rights"] = {"@type": "rdf:Alt", "rdf:_1": {"@language": "x-default", "@value": licence}}
        packet["@context"] = CONTEXT | {"rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#"}
    if key:
        packet["dc:creator"] = {"@list": [key]}
    document = glb.json
    packets: list[Json] = document.setdefault("extensions", {}).setdefault(EXTENSION, {}).setdefault("packets", [])
    packets.append(packet)
    points = document["asset"].setdefault("extensions", {})
    points.setdefault(EXTENSION, {"packet": len(packets) - 1})
    used = document.setdefault("extensionsUsed", [])
    if EXTENSION not in used:
        used.append(EXTENSION)
