"""Shipped files over HTTP: the built client under hashed names, and the models."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import mimetypes
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
from aiohttp import web

from carrel.server.errors import ConfigurationError

TYPES: Final = {
    ".bin": "application/octet-stream",
    ".glb": "model/gltf-binary",
    ".js": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".wasm": "application/wasm",
}
COMPRESSED: Final = frozenset({".bin", ".glb", ".js", ".css", ".json", ".svg", ".wasm"})
FOREVER: Final = "public, max-age=31536000, immutable"
CHECKED: Final = "no-cache"
GZIP_LEVEL: Final = 6


class Chunk(msgspec.Struct):
    """What Vite's manifest says of one entry."""

    file: str
    css: list[str] = []
    imports: list[str] = []


@dataclass(frozen=True, slots=True)
class Entry:
    """Addresses of a built entry: its script, its style sheets, and the scripts that it will ask for."""

    script: str
    styles: list[str]
    preloads: list[str]


@dataclass(frozen=True, slots=True)
class Shipped:
    body: bytes
    zipped: bytes | None
    content_type: str
    etag: str


class Folder:
    """Every file of a folder by its path; read when first asked for, and again when it changed on disk."""

    def __init__(self, root: Path, prefix: str, cache_control: str) -> None:
        self.root = root.resolve()
        self.prefix = prefix
        self.cache_control = cache_control
        self._known: dict[Path, tuple[int, Shipped]] = {}

    def route(self) -> web.RouteDef:
        return web.get(self.prefix + "{path:.+}", self.serve)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        path = self._path(request.match_info["path"])
        if path is None:
            raise web.HTTPNotFound
        found = await self._shipped(path)
        named = "v" in request.query
        headers = {
            "ETag": found.etag,
            "Cache-Control": FOREVER if named else self.cache_control,
            "Vary": "Accept-Encoding",
        }
        if request.headers.get("If-None-Match") == found.etag:
            return web.Response(status=304, headers=headers)
        body = found.body
        if found.zipped is not None and "gzip" in request.headers.get("Accept-Encoding", ""):
            body, headers["Content-Encoding"] = found.zipped, "gzip"
            # Pages that show progress count bytes after unpacking.
            headers["X-Uncompressed-Length"] = str(len(found.body))
        return web.Response(body=body, headers={**headers, "Content-Type": found.content_type})

    def _path(self, wanted: str) -> Path | None:
        """A file inside the folder and nowhere else."""
        try:
            path = (self.root / wanted).resolve()
            return path if path.is_relative_to(self.root) and path.is_file() else None
        except (OSError, ValueError):
            return None

    async def _shipped(self, path: Path) -> Shipped:
        """Reading and packing a large model takes its time, off the event loop."""
        changed_ns = os.stat(path).st_mtime_ns  # noqa: PTH116 - a look at the file's card
        known = self._known.get(path)
        if known is None or known[0] != changed_ns:
            known = self._known[path] = (changed_ns, await asyncio.to_thread(_read, path))
        return known[1]


def _read(path: Path) -> Shipped:
    body = path.read_bytes()
    content_type = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if content_type.startswith("text/"):
        content_type += "; charset=utf-8"
    zipped = gzip.compress(body, GZIP_LEVEL, mtime=0) if path.suffix in COMPRESSED else None
    return Shipped(body, zipped, content_type, f'"{hashlib.sha256(body).hexdigest()[:32]}"')


def entry(client: Path, name: str) -> Entry:
    """The built entry `name` (its source's path). Raises ConfigurationError when the client was not built."""
    try:
        manifest = msgspec.json.decode((client / "manifest.json").read_bytes(), type=dict[str, Chunk])
        chunk = manifest[name]
    except (OSError, KeyError, msgspec.MsgspecError) as error:
        raise ConfigurationError("The client is not built: `make run` builds it.") from error
    imports = _imported(manifest, chunk)
    # A sheet that several entries share has a line of its own; it comes first, for the entry's own rules refine it.
    shared = {one.file for one in manifest.values()}
    named = dict.fromkeys(sheet for one in (*imports, chunk) for sheet in one.css)
    sheets = sorted(named, key=lambda sheet: sheet not in shared)
    return Entry(
        f"/static/{chunk.file}",
        [f"/static/{sheet}" for sheet in sheets],
        [f"/static/{one.file}" for one in imports if one.file.endswith(".js")],
    )


def _imported(manifest: dict[str, Chunk], chunk: Chunk) -> list[Chunk]:
    """What an entry asks for at once, whatever asks for it, each once; the deepest first."""
    found: dict[str, Chunk] = {}

    def follow(one: Chunk) -> None:
        for name in one.imports:
            if name not in found and name in manifest:
                follow(manifest[name])
                found[name] = manifest[name]

    follow(chunk)
    return list(found.values())
