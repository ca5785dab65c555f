"""Uploads (tus 1.0) and works over HTTP."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from email.utils import formatdate
from typing import Any, Final

from aiohttp import web
from msgspec import Struct

from carrel.server.accounts.model import STAFF, Identity
from carrel.server.accounts.service import Accounts
from carrel.server.errors import BadRequest, NotSignedIn
from carrel.server.publishing.errors import Unsupported, WrongProtocol
from carrel.server.publishing.model import THUMBNAIL, Made, Work
from carrel.server.publishing.service import Works
from carrel.server.publishing.uploads import ALGORITHMS, Upload, Uploads
from carrel.server.publishing.words import message
from carrel.server.requests import body_bytes, json_answer, language_of
from carrel.server.settings import Settings

TUS: Final = "1.0.0"
EXTENSIONS: Final = "creation,expiration,termination,checksum"
OFFSET_TYPE: Final = "application/offset+octet-stream"
THUMBNAIL_BYTES: Final = 2 << 20
POLL_MS: Final = 700
FILE_HEADERS: Final = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, max-age=31536000, immutable",
}


class FileAnswer(Struct, frozen=True):
    """One file of a work and where to fetch it. `facts` are numbers: triangles, width, height."""

    role: str
    url: str
    sha256: str
    content_type: str
    size_bytes: int
    facts: dict[str, int]


class WorkAnswer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """GET /api/works/<id>. `state` is received, checking, accepted or refused; of a refused work `code`, `message` and `where` say why.

    While it is received or checking, `step` says what is being done and `retry_after_ms` when to ask again.
    """

    id: str
    name: str
    state: str
    kind: str
    mine: bool
    size_bytes: int
    created_ms: int
    facts: dict[str, Any]
    files: list[FileAnswer]
    thumbnail: str | None
    code: str = ""
    message: str = ""
    where: str = ""
    step: str = ""
    retry_after_ms: int = 0


class Doors:
    """The handlers; who asks is known by the session's cookie."""

    def __init__(self, works: Works, uploads: Uploads, accounts: Accounts, settings: Settings) -> None:
        self._works = works
        self._uploads = uploads
        self._accounts = accounts
        self._settings = settings

    def routes(self) -> list[web.RouteDef]:
        return [
            web.options("/api/uploads", self.abilities),
            web.post("/api/uploads", self._tus(self.create)),
            web.head("/api/uploads/{upload}", self._tus(self.offset)),
            web.patch("/api/uploads/{upload}", self._tus(self.append)),
            web.delete("/api/uploads/{upload}", self._tus(self.end)),
            web.get("/api/works", self.mine),
            web.get("/api/works/{work}", self.work),
            web.delete("/api/works/{work}", self.take_away),
            web.put("/api/works/{work}/thumbnail", self.thumbnail),
            web.get("/api/works/{work}/files/{sha256}", self.file),
        ]

    # --- uploads ---

    async def abilities(self, request: web.Request) -> web.StreamResponse:
        return self._answer(
            {
                "Tus-Version": TUS,
                "Tus-Extension": EXTENSIONS,
                "Tus-Max-Size": str(self._settings.upload_bytes),
                "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
            }
        )

    async def create(self, request: web.Request) -> web.StreamResponse:
        size = _whole_number(request, "Upload-Length")
        identity = await self._accounts.identify(request)
        made = await self._uploads.create(identity, size, request.headers.get("Upload-Metadata", ""))
        return self._answer(_described(made) | {"Location": f"/api/uploads/{made.id}"}, 201)

    async def offset(self, request: web.Request) -> web.StreamResponse:
        found = await self._uploads.found(request.match_info["upload"], await self._accounts.identify(request))
        return self._answer(_described(found) | {"Upload-Length": str(found.size_bytes)}, 200)

    async def append(self, request: web.Request) -> web.StreamResponse:
        if request.content_type != OFFSET_TYPE:
            raise Unsupported(f"The bytes of an upload come as {OFFSET_TYPE}.")
        found = await self._uploads.append(
            request.match_info["upload"],
            await self._accounts.identify(request),
            _whole_number(request, "Upload-Offset"),
            request.content.iter_any(),
            request.headers.get("Upload-Checksum", ""),
        )
        return self._answer(_described(found))

    async def end(self, request: web.Request) -> web.StreamResponse:
        await self._uploads.end(request.match_info["upload"], await self._accounts.identify(request))
        return self._answer({})

    def _tus(self, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> Any:
        async def checked(request: web.Request) -> web.StreamResponse:
            if request.headers.get("Tus-Resumable") != TUS:
                raise WrongProtocol(f"Uploads speak tus {TUS} here: send `Tus-Resumable: {TUS}`.")
            return await handler(request)

        return checked

    def _answer(self, headers: dict[str, str], status: int = 204) -> web.Response:
        return web.Response(status=status, headers={"Tus-Resumable": TUS, "Cache-Control": "no-store"} | headers)

    # --- works ---

    async def mine(self, request: web.Request) -> web.StreamResponse:
        identity = await self._accounts.identify(request)
        if identity is None:
            raise NotSignedIn("Sign in first; then your works are listed here.")
        found = await self._works.store.works_of(identity.subject)
        files = await self._works.store.files_of(identity.subject)
        language = language_of(request)
        return json_answer(
            {"works": [self._told(work, name, True, files.get(work.id, []), language) for work, name in found]}
        )

    async def work(self, request: web.Request) -> web.StreamResponse:
        identity = await self._accounts.identify(request)
        work = await self._works.shown(request.match_info["work"], identity)
        owners = await self._works.store.owners(work.id)
        mine = next((owner for owner in owners if identity and owner.subject == identity.subject), None)
        name = (mine or owners[0]).name if owners else ""
        files = await self._works.store.files(work.id)
        is_mine = mine is not None or _is_staff(identity)
        return json_answer(self._told(work, name, is_mine, files, language_of(request)))

    async def take_away(self, request: web.Request) -> web.StreamResponse:
        await self._works.take_away(request.match_info["work"], await self._accounts.identify(request))
        return web.Response(status=204)

    async def thumbnail(self, request: web.Request) -> web.StreamResponse:
        data = await body_bytes(request, THUMBNAIL_BYTES)
        identity = await self._accounts.identify(request)
        if identity is not None:
            self._uploads.count(identity)
        await self._works.put_thumbnail(request.match_info["work"], identity, data)
        return await self.work(request)

    async def file(self, request: web.Request) -> web.StreamResponse:
        work, sha256 = request.match_info["work"], request.match_info["sha256"]
        path, content_type, original = await self._works.file(work, sha256, await self._accounts.identify(request))
        headers = FILE_HEADERS | {"Content-Type": content_type}
        if original:
            headers["Content-Disposition"] = "attachment"
        return web.FileResponse(path, headers=headers)

    def _told(self, work: Work, name: str, mine: bool, made: list[Made], language: str) -> WorkAnswer:
        files = [_file(work.id, one) for one in made]
        looking = work.state in ("received", "checking")
        return WorkAnswer(
            id=work.id,
            name=name,
            state=work.state,
            kind=work.kind,
            mine=mine,
            size_bytes=work.size_bytes,
            created_ms=work.created_ms,
            facts=work.facts,
            files=files,
            thumbnail=next((file.url for file in files if file.role == THUMBNAIL), None),
            code=work.code,
            message=message(work.code, work.sentence, language),
            where=work.place,
            step=self._works.steps.get(work.id, ""),
            retry_after_ms=POLL_MS if looking else 0,
        )


def _described(upload: Upload) -> dict[str, str]:
    headers = {"Upload-Offset": str(upload.offset), "Upload-Expires": formatdate(upload.expires_ms / 1000, usegmt=True)}
    return headers | ({"Carrel-Work": upload.work} if upload.work else {})


def _file(work: str, made: Made) -> FileAnswer:
    url = f"/api/works/{work}/files/{made.sha256}"
    return FileAnswer(made.role, url, made.sha256, made.content_type, made.size_bytes, made.facts)


def _is_staff(identity: Identity | None) -> bool:
    return identity is not None and bool(identity.roles & STAFF)


def _whole_number(request: web.Request, name: str) -> int:
    text = request.headers.get(name, "")
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise BadRequest(f"{name} is a whole number of bytes.")
    return int(text)
