"""Works over HTTP: brought, looked at, shown to some and not to others, taken away."""

from __future__ import annotations

from pathlib import Path

from .glbs import model
from .world import world


async def test_a_model_from_the_first_byte_to_its_last(tmp_path: Path) -> None:
    data = model(30, texture=64).to_bytes()
    async with world(tmp_path) as library:
        lin = await library.person("lin")
        work = await lin.bring(data, "my chair.glb", licence="CC-BY-4.0")
        found = await lin.looked_at(work)
        assert (found["state"], found["kind"], found["name"], found["mine"]) == (
            "accepted",
            "model",
            "my chair.glb",
            True,
        )
        assert found["facts"]["triangles"] == 29 * 29 * 2
        files = {file["role"]: file for file in found["files"]}
        assert files.keys() >= {"view", "half", "quarter", "tenth"}
        assert files["tenth"]["facts"]["triangles"] < files["view"]["facts"]["triangles"] / 5

        view = await lin.ask("GET", files["view"]["url"])
        assert (await view.read())[:4] == b"glTF"
        assert view.headers["Content-Type"] == "model/gltf-binary"
        assert view.headers["X-Content-Type-Options"] == "nosniff"
        assert view.headers["Content-Security-Policy"].startswith("sandbox")
        part = await lin.ask("GET", files["view"]["url"], headers={"Range": "bytes=0-3"})
        assert (part.status, await part.read()) == (206, b"glTF")
        again = await lin.ask("GET", files["view"]["url"], headers={"If-None-Match": view.headers["ETag"]})
        assert again.status == 304
        original = await lin.ask("GET", f"/api/works/{work}/files/{work}")
        assert await original.read() == data
        assert original.headers["Content-Disposition"] == "attachment"


async def test_a_hash_is_not_a_password(tmp_path: Path) -> None:
    async with world(tmp_path) as library:
        lin, ana = await library.person("lin"), await library.person("ana")
        guest, staff = await library.guest(), await library.person("mo", "librarian")
        work = await lin.bring(model().to_bytes())
        url = (await lin.looked_at(work))["files"][0]["url"]
        for other in (ana, guest, library.nobody()):
            for path in (f"/api/works/{work}", url, f"/api/works/{work}/files/{work}"):
                assert (await other.ask("GET", path)).status == 404
            assert (await other.ask("DELETE", f"/api/works/{work}")).status == 404
        assert (await staff.ask("GET", url)).status == 200
        library.rooms.shown.add(work)
        assert (await ana.ask("GET", url)).status == 200
        assert (await guest.ask("GET", f"/api/works/{work}")).status == 200
        assert (await ana.ask("GET", f"/api/works/{work}/files/{work}")).status == 404, "originals are the owner's"
        assert (await ana.ask("DELETE", f"/api/works/{work}")).status == 403


async def test_what_is_refused_says_why(tmp_path: Path) -> None:
    async with world(tmp_path) as library:
        lin = await library.person("lin")
        found = await lin.looked_at(await lin.bring(b"this is no model at all"))
        assert found["state"] == "refused"
        assert found["code"]
        assert found["message"]
        assert not found["files"]


async def test_who_takes_the_last_copy_away_takes_the_bytes(tmp_path: Path) -> None:
    data = model().to_bytes()
    async with world(tmp_path) as library:
        lin, ana = await library.person("lin"), await library.person("ana")
        work = await lin.bring(data)
        assert await ana.bring(data) == work
        assert (await ana.looked_at(work))["mine"]
        assert (await lin.ask("DELETE", f"/api/works/{work}")).status == 204
        assert (await lin.work(work))["status"] == 404
        assert (await ana.work(work))["state"] == "accepted"
        assert (await ana.ask("DELETE", f"/api/works/{work}")).status == 204
        blobs = tmp_path / "works" / "blobs"
        assert not [path for path in blobs.rglob("*") if path.is_file()]


async def test_a_list_of_ones_own(tmp_path: Path) -> None:
    async with world(tmp_path) as library:
        lin = await library.person("lin")
        for index, name in enumerate(("one.glb", "two.glb")):
            library.now_ms += 1000
            await lin.looked_at(await lin.bring(model(4 + index).to_bytes(), name))
        listed = await (await lin.ask("GET", "/api/works")).json()
        assert [work["name"] for work in listed["works"]] == ["two.glb", "one.glb"]
        assert (await library.nobody().ask("GET", "/api/works")).status == 401
