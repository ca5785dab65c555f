"""Shipped files: packed for who takes gzip, with the size that a page's progress counts."""

from __future__ import annotations

import gzip
from pathlib import Path

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from carrel.server.web.files import CHECKED, Folder

BODY = b"a hall's walls " * 400


async def test_progress_knows_the_whole_size(tmp_path: Path) -> None:
    (tmp_path / "hall.glb").write_bytes(BODY)
    app = web.Application()
    app.add_routes([Folder(tmp_path, "/gltf/", CHECKED).route()])
    async with TestClient(TestServer(app), auto_decompress=False) as client:
        packed = await client.get("/gltf/hall.glb", headers={"Accept-Encoding": "gzip"})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert packed.headers["X-Uncompressed-Length"] == str(len(BODY))
        assert gzip.decompress(await packed.read()) == BODY
        plain = await client.get("/gltf/hall.glb", headers={"Accept-Encoding": "identity"})
        assert "X-Uncompressed-Length" not in plain.headers
        assert plain.headers["Content-Length"] == str(len(BODY))
        assert await plain.read() == BODY
