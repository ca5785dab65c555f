"""Works as values: their states, what is known of them, and what was made of them."""

from __future__ import annotations

from typing import Any, Final, Literal, get_args

from msgspec import Struct

Kind = Literal["model", "avatar", "image", "panorama", "pdf", "epub", "audio"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
State = Literal["received", "checking", "accepted", "refused"]
STATES: Final[tuple[State, ...]] = get_args(State)
"""received → checking → accepted or refused; a refused work that is brought again is received again."""

THUMBNAIL: Final = "thumbnail"
SOUNDS: Final = {
    "audio/wav": ".wav",
    "audio/flac": ".flac",
    "audio/ogg": ".ogg",
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
}
TYPES: Final = {".glb": "model/gltf-binary", ".webp": "image/webp"} | {end: kind for kind, end in SOUNDS.items()}
"""What comes out of the sandbox, by the end of its name."""


class Made(Struct, frozen=True):
    """One file that was made of a work. `facts` are numbers for who shows it: triangles, width, height, page."""

    role: str
    sha256: str
    content_type: str
    size_bytes: int
    facts: dict[str, int]


class Work(Struct, frozen=True, kw_only=True):
    """A file that somebody brought: `id` is its SHA-256. Of a refused one `code`, `sentence` and `place` say why; times are Unix milliseconds."""

    id: str
    kind: str
    state: State
    code: str = ""
    sentence: str = ""
    place: str = ""
    size_bytes: int
    facts: dict[str, Any]
    created_ms: int
    changed_ms: int


class Owner(Struct, frozen=True, kw_only=True):
    """Who brought it, and what they said of it."""

    subject: str
    name: str
    licence: str = ""
    key: str = ""
