"""Why a work was refused, in the reader's language: what kind of fault it is and what helps, beside the gate's own exact sentence, which is English."""

from __future__ import annotations

from typing import Final

from carrel.server.web.words import words

FAMILIES: Final = (
    # (how a code begins, the words `refusal.…`); the first that fits
    ("glb_", "container"),
    ("gltf_version", "container"),
    ("texture_image", "picture"),
    ("image_", "picture"),
    ("panorama_", "picture"),
    ("pdf_", "document"),
    ("epub_", "book"),
    ("xml_", "book"),
    ("zip_", "book"),
    ("audio_", "sound"),
    ("box_", "sound"),
    ("avatar_", "avatar"),
    ("external_resource", "outside"),
    ("data_uri", "outside"),
    ("unsupported_extension", "extension"),
    ("file_size", "large"),
    ("too_", "large"),
    ("decoded_size", "large"),
    ("extent", "large"),
    ("skin_", "skeleton"),
    ("joint", "skeleton"),
    ("weight_", "skeleton"),
    ("bind_", "skeleton"),
    ("animat", "movement"),
    ("time_", "movement"),
    ("duplicate_target", "movement"),
    ("node_", "scene"),
    ("scene_", "scene"),
    ("two_parents", "scene"),
    ("matrix", "scene"),
    ("rotation_", "scene"),
    ("light_", "scene"),
    ("camera", "scene"),
    ("json_", "description"),
    ("wrong_t", "description"),
    ("wrong_l", "description"),
    ("unknown_kind", "kind"),
    ("unknown_", "description"),
    ("missing_field", "description"),
    ("misplaced_", "description"),
    ("undeclared_", "description"),
    ("crashed", "crashed"),
    ("internal", "internal"),
)
OTHER: Final = "geometry"
"""What is left is about numbers in buffers."""


def advice(code: str, language: str) -> str:
    """A sentence for whoever brought the file."""
    family = next((family for start, family in FAMILIES if code.startswith(start)), OTHER)
    return words(language)(f"refusal.{family}")


def message(code: str, sentence: str, language: str) -> str:
    """All that is said of a refusal. The exact sentence stays: with it one finds the place."""
    if not code:
        return ""
    return sentence if language == "en" else f"{advice(code, language)}（{sentence}）"
