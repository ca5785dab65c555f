"""The ledger over HTTP: its files, which any web server could show, and a JSON API. docs/reference/ledger-api.md is the reference.

What is read is public, and pages of any site may read it: anybody may verify. Entries are taken from our own pages and from tools, not from other sites' pages.
A stopped log answers 503 `log_stopped`; its files stay readable, they are what others look at to see what happened.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import asdict
from typing import Annotated, Any, Final, Literal

import msgspec
import structlog
from aiohttp import web
from msgspec import Meta, Struct

from carrel.ledger.bodies import TYPES, Key
from carrel.ledger.canonical import MOST_BODY_BYTES, plain_form
from carrel.ledger.checkpoint import parse_checkpoint
from carrel.ledger.entry import MOST_SIGNATURES, Signature
from carrel.ledger.errors import BadTile, Refused
from carrel.ledger.policy import Policy
from carrel.ledger.proof import MEDIA_TYPE as TEXT
from carrel.ledger.storage import Files
from carrel.ledger.tiles import CHECKPOINT_PATH, TILE_WIDTH, parse_path
from carrel.server.accounts import Accounts
from carrel.server.accounts.limits import Tries
from carrel.server.clock import Clock
from carrel.server.errors import BadRequest, CarrelError, LocalError, NotFound, PeerError
from carrel.server.registry.cosigning import Standing
from carrel.server.registry.errors import EntryRefused, LogStopped, NoLog
from carrel.server.registry.queries import END, MOST
from carrel.server.registry.recovery import files_of, read_about
from carrel.server.registry.service import Receipt, Registry
from carrel.server.requests import address_of, json_answer, json_body
from carrel.server.settings import Settings

log = structlog.get_logger("carrel.ledger")

PREFIX: Final = "/ledger"
OPEN_TO_ALL: Final = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
FOREVER: Final = "public, max-age=31536000, immutable"
WHILE_PARTIAL: Final = "public, max-age=3600"
"""A partial file never changes, but goes when the full one is there."""
BINARY: Final = "application/octet-stream"
MOST_REQUEST_BYTES: Final = 2 * MOST_BODY_BYTES + 256 * MOST_SIGNATURES
"""Every character of a body may be written as an escape of two."""
SAME_ADDRESS: Final = 10
"""How many sessions' worth of entries one address may send: a classroom sits behind one."""

MOST_ZIPPED_BYTES: Final = 1 << 20
"""Bundles of very long entries would cost too much time to pack at every request."""

STANDS_STILL: Final = "The ledger has stopped: nothing is added until its operator has looked. What was acknowledged stays; send the same entry again later."
BROKEN: Final = "Something broke here. It has been noted; try again in a moment."

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class SignatureGiven(Struct, frozen=True, forbid_unknown_fields=True):
    key: Key
    signature: Annotated[str, Meta(pattern=r"^[0-9a-f]{128}\Z", max_length=128)]


class EntryGiven(Struct, frozen=True, forbid_unknown_fields=True):
    """POST /ledger/api/entries. `body`: the signed text as it is, or its JSON object, whose canonical form was signed."""

    body: str | dict[str, Any]
    signatures: Annotated[list[SignatureGiven], Meta(max_length=MOST_SIGNATURES)]
    wait: Literal["promise", "proof"] = "promise"

    def raw(self) -> bytes:
        """Raises EntryRefused."""
        try:
            return self.body.encode() if isinstance(self.body, str) else plain_form(self.body)
        except Refused as error:
            raise EntryRefused(error) from error


def routes(registry: Registry, accounts: Accounts, settings: Settings, clock: Clock) -> list[web.RouteDef]:
    api = _Api(registry, accounts, settings, clock)
    pages: dict[str, Handler] = {
        f"{PREFIX}/{CHECKPOINT_PATH}": api.checkpoint,
        f"{PREFIX}/log.json": api.about,
        f"{PREFIX}/tile/{{path:.+}}": api.tile,
        f"{PREFIX}/api/status": api.status,
        f"{PREFIX}/api/entries": api.entries,
        f"{PREFIX}/api/entries/{{entry}}": api.entry,
        f"{PREFIX}/api/works/{{work}}": api.work,
        f"{PREFIX}/api/accounts/{{key}}": api.account,
        f"{PREFIX}/api/rules": api.rules,
        f"{PREFIX}/api/supply": api.supply,
        f"{PREFIX}/api/proof/{{index}}": api.proof,
    }
    return [
        *(web.get(path, _readable(handler)) for path, handler in pages.items()),
        web.post(f"{PREFIX}/api/entries", _answered(api.submit)),
    ]


class _Api:
    def __init__(self, registry: Registry, accounts: Accounts, settings: Settings, clock: Clock) -> None:
        self._registry = registry
        self._accounts = accounts
        self._settings = settings
        self._tries = Tries(clock)
        self._files: Files | None = None

    # --- files ---

    async def checkpoint(self, request: web.Request) -> web.StreamResponse:
        return _file(request, await self._read(CHECKPOINT_PATH), TEXT, "no-cache")

    async def about(self, request: web.Request) -> web.StreamResponse:
        """By which name and key the log is known. A stranger should have it from elsewhere too."""
        known = await asyncio.to_thread(read_about, self._registry.folder)
        data = msgspec.json.encode({"origin": known.origin, "vkey": known.vkey})
        return _file(request, data, "application/json", "no-cache")

    async def tile(self, request: web.Request) -> web.StreamResponse:
        path = f"tile/{request.match_info['path']}"
        try:
            address = parse_path(path)
        except BadTile as error:
            raise NotFound(str(error)) from error
        data = await self._read(path)
        answer = _file(request, data, BINARY, FOREVER if address.width == TILE_WIDTH else WHILE_PARTIAL)
        if address.level is None:  # hashes do not grow smaller, entries do
            answer.headers["Vary"] = "Accept-Encoding"
            if (
                answer.status == 200
                and len(data) <= MOST_ZIPPED_BYTES
                and "gzip" in request.headers.get("Accept-Encoding", "")
            ):
                answer.body = await asyncio.to_thread(gzip.compress, data, 6, mtime=0)
                answer.headers["Content-Encoding"] = "gzip"
        return answer

    async def _read(self, path: str) -> bytes:
        try:
            return await asyncio.to_thread(self._read_file, path)
        except (FileNotFoundError, NotADirectoryError, NoLog):
            raise NotFound(f"The log has no file {path}.") from None

    def _read_file(self, path: str) -> bytes:
        if self._files is None:
            self._files = files_of(read_about(self._registry.folder), self._registry.folder)
        return self._files.read(path)

    # --- what is known ---

    async def status(self, _: web.Request) -> web.StreamResponse:
        """Answers for a stopped log too."""
        registry = self._registry
        if registry.stopped is not None:
            return json_answer({"stopped": True})
        published, policy = parse_checkpoint(registry.published.text), registry.policy
        supply, library = await registry.read(lambda queries: (queries.supply(), queries.library()))
        return json_answer(
            {
                "stopped": False,
                "origin": registry.log.origin,
                "vkey": registry.log.signer.verifier().vkey,
                "size": published.size,
                "root": published.root.hex(),
                "pending": registry.size - published.size,
                "late_ms": await registry.late_ms(),
                "witnesses": _witnesses(policy, registry.standings()),
                "policy": policy.encode().decode("utf-8", "replace"),
                "quorum": policy.quorum,
                "issuer": library,
                "supply": supply["supply"],
                "rule": supply["rule"],
            }
        )

    async def entries(self, request: web.Request) -> web.StreamResponse:
        kind = request.query.get("type")
        if kind is not None and kind not in TYPES:
            raise BadRequest(f"There is no entry of the type {kind[:40]!r}.")
        before, limit = _number(request, "before", END), _limit(request)
        return json_answer(await self._registry.read(lambda queries: queries.entries(before, limit, kind)))

    async def entry(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["entry"]
        if not re.fullmatch(r"[0-9a-f]{64}|[0-9]{1,18}", name):
            raise BadRequest("An entry is named by its index, or by its id of 64 hex digits.")
        return json_answer(await self._registry.read(lambda queries: queries.entry(name)))

    async def work(self, request: web.Request) -> web.StreamResponse:
        work, limit = _hex(request, "work"), _limit(request)
        before, derived_before = _number(request, "before", END), _number(request, "derived_before", END)
        return json_answer(await self._registry.read(lambda queries: queries.work(work, before, limit, derived_before)))

    async def account(self, request: web.Request) -> web.StreamResponse:
        key, limit = _hex(request, "key"), _limit(request)
        before, works_before = _number(request, "before", END), _number(request, "works_before", END)
        return json_answer(await self._registry.read(lambda queries: queries.account(key, before, limit, works_before)))

    async def rules(self, _: web.Request) -> web.StreamResponse:
        return json_answer(await self._registry.read(lambda queries: queries.rules()))

    async def supply(self, _: web.Request) -> web.StreamResponse:
        return json_answer(await self._registry.read(lambda queries: queries.supply()))

    async def proof(self, request: web.Request) -> web.StreamResponse:
        text = request.match_info["index"]
        if not re.fullmatch(r"[0-9]{1,18}", text):
            raise BadRequest("A proof is asked for by the entry's index.")
        note = self._registry.published
        data = await self._registry.read(lambda queries: queries.proof(note, int(text)))
        return web.Response(
            body=data,
            headers={
                "Content-Type": TEXT,
                "Cache-Control": "no-store",
                "Content-Disposition": f'attachment; filename="entry-{int(text)}.tlog-proof"',
            },
        )

    # --- entries from people ---

    async def submit(self, request: web.Request) -> web.StreamResponse:
        identity = await self._accounts.identify(request)
        address, most = address_of(request, self._settings), self._settings.ledger_entries_per_minute
        if identity is not None:
            self._tries.spend(("session", identity.session_id), most)
        self._tries.spend(("address", address), most * SAME_ADDRESS)
        given = await json_body(request, EntryGiven, MOST_REQUEST_BYTES)
        signatures = [Signature(bytes.fromhex(one.key), bytes.fromhex(one.signature)) for one in given.signatures]
        receipt = await self._registry.submit(given.raw(), signatures, given.wait)
        return json_answer(receipt_values(receipt), 200 if receipt.proof is not None else 202)


def receipt_values(receipt: Receipt) -> dict[str, Any]:
    record = receipt.record
    found: dict[str, Any] = {
        "index": record.index,
        "entry": record.hash.hex(),
        "logged_ms": record.logged_ms,
        "leaf_hash": record.leaf_hash.hex(),
        "again": receipt.again,
        **msgspec.to_builtins(receipt.promise),
    }
    return found if receipt.proof is None else {**found, "proof": receipt.proof.decode()}


def _file(request: web.Request, data: bytes, content_type: str, cache: str) -> web.Response:
    headers = {"ETag": f'W/"{hashlib.sha256(data).hexdigest()[:32]}"', "Cache-Control": cache}
    if request.headers.get("If-None-Match") == headers["ETag"]:
        return web.Response(status=304, headers=headers)
    return web.Response(body=data, headers={**headers, "Content-Type": content_type})


def _readable(handler: Handler) -> Handler:
    """For pages of any site, errors too."""
    inner = _answered(handler)

    async def answer(request: web.Request) -> web.StreamResponse:
        response = await inner(request)
        response.headers.update(OPEN_TO_ALL)
        return response

    return answer


def _answered(handler: Handler) -> Handler:
    """Errors as JSON: `{"error": {"code", "message", …}}`."""

    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except (PeerError, LogStopped) as error:
            return _error(error)
        except LocalError as error:
            log.error("request_failed", path=request.path[:200], error=str(error))
            return _error(error)

    return answer


def _error(error: CarrelError) -> web.Response:
    assert isinstance(error, PeerError | LocalError)
    # What broke here is told to the operator alone, in the server's log.
    ours = STANDS_STILL if isinstance(error, LogStopped) else BROKEN if isinstance(error, LocalError) else None
    found: dict[str, Any] = {"code": error.code, "message": ours or str(error)}
    if isinstance(error, EntryRefused):
        found["reason"] = error.reason
    answer = json_answer({"error": found}, error.status)
    if isinstance(error, PeerError) and error.retry_after_ms is not None:
        found["retry_after_ms"] = error.retry_after_ms
        answer = json_answer({"error": found}, error.status)
        answer.headers["Retry-After"] = str(-(-error.retry_after_ms // 1000))
    return answer


def _hex(request: web.Request, name: str) -> str:
    text = request.match_info[name]
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        raise BadRequest("Works and keys are named by 64 hex digits, in small letters.")
    return text


def _number(request: web.Request, name: str, default: int) -> int:
    text = request.query.get(name)
    if text is None:
        return default
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise BadRequest(f"`{name}` is an index.")
    return int(text)


def _limit(request: web.Request) -> int:
    return max(1, min(_number(request, "limit", 50), MOST))


def _witnesses(policy: Policy, standings: Iterable[Standing]) -> list[dict[str, object]]:
    """Each witness of the policy: its key, and how it stands where it is asked."""
    known = {one.name: asdict(one) for one in standings}
    return [
        {"name": one.name, "vkey": one.key.vkey, "url": one.url, **known.get(one.name, {})} for one in policy.witnesses
    ]
