"""Works: brought, looked at in their turn, shown to whom they may be shown, taken away. The database is the queue, so that a restart loses nobody's place."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final, Protocol, TypeVar

import msgspec
import structlog

from carrel.scenes.errors import Refused
from carrel.server.accounts.model import STAFF, Identity
from carrel.server.clock import Clock
from carrel.server.errors import Forbidden, NotFound, NotSignedIn, StorageError, TooManyRequests
from carrel.server.publishing.avatars import WORN
from carrel.server.publishing.errors import DiskFull, NotTaken, QuotaSpent
from carrel.server.publishing.ingest import Ingested, ingest
from carrel.server.publishing.model import THUMBNAIL, Made, Owner, Work
from carrel.server.publishing.store import Store
from carrel.server.sandbox import Worker, WorkerBroke
from carrel.server.settings import Settings
from carrel.server.storage.blobs import Blobs, FolderBlobs
from carrel.server.storage.database import Database

log = structlog.get_logger("carrel.publishing")
T = TypeVar("T")

FOLDER: Final = "works"
QUEUE_PAUSE_MS: Final = 10_000
"""When to ask again while the queue is full."""
ORPHAN_S: Final = 86_400
SOME_NAMES: Final = 500
OF_THE_QUEUE: Final = 5
"""One person's works take at most this part of it."""
LIBRARY: Final = "library"
"""The owner of what came by the command line; only staff see it."""
PICTURE_MS: Final = 10_000
"""For a picture from a browser: whoever brings a slow one makes others with theirs wait no longer."""
OURS: Final = "Something broke here while the file was looked at. It has been noted; bring the file again later."


Waiting = tuple[str, str]
"""A work, and who brought it."""


def next_of(waiting: Iterable[Waiting], busy: Iterable[Waiting]) -> Waiting | None:
    """The oldest work of somebody for whom nothing is being done just now, else the oldest: one person's many never make another wait for all of them."""
    taken = list(busy)
    works, people = {work for work, _ in taken}, {person for _, person in taken}
    left = [one for one in waiting if one[0] not in works]
    return next((one for one in left if one[1] not in people), left[0] if left else None)


class Placed(Protocol):
    """Where works stand: rooms answer this."""

    def is_shown_to(self, session_id: str, work: str) -> bool:
        """True while this session is in a room in whose arrangement the work stands."""


class Works:
    """Blobs, and everything under way, lie in one folder of the data folder, on one disk."""

    def __init__(self, database: Database, settings: Settings, clock: Clock) -> None:
        folder = self.folder = Path(settings.data_dir) / FOLDER
        self.blobs: Blobs = FolderBlobs(folder / "blobs")
        self.store = Store(database)
        self.placed: Placed | None = None
        """The rooms, once there are any; they ask `may_show` of this in turn."""
        self._settings = settings
        self._now_ms = clock
        self.half = folder / "half"
        """What is under way; swept at a start."""
        self._news = asyncio.Event()
        self._turn = asyncio.Lock()
        """Held while blobs and what refers to them change together."""
        self._drawing = asyncio.Lock()
        """One picture from a browser at a time: a worker each, beside those of the queue."""
        self.steps: dict[str, str] = {}
        """Work → what is being done with it just now."""

    # --- the queue ---

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Works are looked at while this is open."""
        await self.store.take_up_again()
        await asyncio.to_thread(self._sweep)
        await self._forget_orphans()
        self._news.set()
        task = asyncio.create_task(self._work())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _work(self) -> None:
        """One look at the queue at every news; `ingest_at_once` works beside each other."""
        busy: dict[asyncio.Task[None], Waiting] = {}
        try:
            while True:
                self._news.clear()
                try:
                    waiting = await self.store.waiting()
                except StorageError as error:
                    log.error("works_queue", error=str(error))
                    waiting = []
                while len(busy) < self._settings.ingest_at_once and (one := next_of(waiting, busy.values())):
                    busy[asyncio.create_task(self._one(one[0]))] = one
                news = asyncio.create_task(self._news.wait())
                await asyncio.wait({news, *busy}, return_when=asyncio.FIRST_COMPLETED)
                news.cancel()
                for task in [task for task in busy if task.done()]:
                    work, _ = busy.pop(task)
                    if not task.cancelled() and (failure := task.exception()):
                        log.error("work_failed", work=work, exc_info=failure)
        finally:
            for task in busy:
                task.cancel()
            await asyncio.gather(*busy, return_exceptions=True)

    async def _one(self, work: str) -> None:
        try:
            await self.look_at(work, lambda step: self.steps.__setitem__(work, step))
        finally:
            self.steps.pop(work, None)

    async def look_at(self, work: str, on_step: Callable[[str], None]) -> None:
        """Whatever comes of it is written to the work. Raises StorageError when it cannot be."""
        original, owners = self.blobs.path(work), await self.store.owners(work)
        await self.store.set_state(work, "checking", self._now_ms())
        try:
            if original is None or not owners:
                raise StorageError("The original is gone.")
            done = await self._in_thread(original, owners[0], on_step)
        except Refused as refused:
            log.info("work_refused", work=work, code=refused.code)
            said = (refused.code, refused.sentence[:1000], refused.where[:1000])
            await self._refuse(work, *said)
        except (WorkerBroke, StorageError) as error:
            log.error("work_broke", work=work, error=str(error))
            await self._refuse(work, "internal", OURS)
        except Exception:
            # Nobody foresaw it; its person is told all the same, and the queue goes on.
            log.exception("work_broke", work=work)
            await self._refuse(work, "internal", OURS)
        else:
            await self._accept(work, done)

    async def _refuse(self, work: str, code: str, sentence: str, place: str = "") -> None:
        """Its bytes are not kept; who brings it again is looked at again."""
        async with self._turn:
            await self.store.set_state(work, "refused", self._now_ms(), code, sentence, place)
            # The very same bytes may be a file that was made of another work.
            await asyncio.to_thread(self._remove, await self.store.unused([work]))

    async def _accept(self, work: str, done: Ingested) -> None:
        names = [one.sha256 for one in done.made]
        async with self._turn:
            kept = await self.store.accept(work, done.kind, done.facts, done.made, self._now_ms())
            if not kept:
                await asyncio.to_thread(self._remove, await self.store.unused(names))
            elif any(self.blobs.path(name) is None for name in names):
                # Another work that was taken away meanwhile had the very same file: make it again.
                await self.store.set_state(work, "received", self._now_ms())
                self._news.set()
        log.info("work_accepted", work=work, cpu_ms=done.cpu_ms, peak_bytes=done.peak_bytes)

    async def _in_thread(self, original: Path, owner: Owner, on_step: Callable[[str], None]) -> Ingested:
        started: list[Worker] = []

        def whole() -> Ingested:
            with temporary(self.half) as folder:
                return ingest(
                    original,
                    folder,
                    self._settings,
                    name=owner.name,
                    blobs=self.blobs,
                    licence=owner.licence,
                    key=owner.key,
                    on_step=on_step,
                    on_start=started.append,
                )

        return await _with_workers(asyncio.to_thread(whole), started)

    # --- bringing ---

    async def admit(self, identity: Identity | None, size_bytes: int) -> Identity:
        """Whether this person may bring so much just now. Raises NotSignedIn, QuotaSpent, DiskFull, TooManyRequests."""
        if identity is None or identity.account_id is None:
            raise NotSignedIn("Sign in first: what you bring is kept under your name.")
        settings = self._settings
        used_bytes, count = await self.store.used(identity.subject)
        if count >= settings.upload_quota_works:
            raise QuotaSpent(f"You have {count} works here, as many as one person may. Take one away first.")
        if used_bytes + size_bytes > settings.upload_quota_bytes:
            left = max(0, settings.upload_quota_bytes - used_bytes) >> 20
            raise QuotaSpent(f"This file is larger than the {left} MiB that you have left. Take a work away first.")
        self.check_room(size_bytes)
        waiting = await self.store.waiting()
        own = sum(person == identity.subject for _, person in waiting)
        if len(waiting) >= settings.ingest_queue or own >= max(1, settings.ingest_queue // OF_THE_QUEUE):
            raise TooManyRequests(
                "Many works are waiting to be looked at. Try again in a moment.", retry_after_ms=QUEUE_PAUSE_MS
            )
        return identity

    def check_room(self, size_bytes: int) -> None:
        """Raises DiskFull. What is made of a file takes room too: as much again."""
        self._make_folders()
        if shutil.disk_usage(self.half).free < self._settings.upload_free_bytes + 2 * size_bytes:
            raise DiskFull("The library's disk is nearly full. Nothing was kept; tell its staff.")

    async def bring(self, file: Path, owner: Owner) -> str:
        """Take over a whole file of our disk; its work is looked at in its turn. Returns the work's id. Raises StorageError."""
        async with self._turn:
            work, size = await asyncio.to_thread(self._adopt, file)
            new = await self.store.add(work, size, owner, self._now_ms())
        if new:
            self._news.set()
        return work

    async def put_thumbnail(self, work: str, identity: Identity | None, data: bytes) -> None:
        """A picture that the owner's browser drew, while there is none. Raises NotTaken, NotFound, Forbidden."""
        found = await self.shown(work, identity)
        if not await self._is_owner(work, identity):
            raise Forbidden("Only who brought this work gives it a picture.")
        if found.state != "accepted" or any(one.role == THUMBNAIL for one in await self.store.files(work)):
            raise Forbidden("This work needs no picture.")

        started: list[Worker] = []
        brief = msgspec.structs.replace(self._settings, ingest_ms=min(PICTURE_MS, self._settings.ingest_ms))

        def whole() -> list[Made]:
            with temporary(self.half) as folder:
                file = folder / "picture"
                file.write_bytes(data)
                (folder / "made").mkdir()
                done = ingest(file, folder / "made", brief, name="thumbnail", blobs=self.blobs, on_start=started.append)
                return done.made

        try:
            async with self._drawing:
                made = await _with_workers(asyncio.to_thread(whole), started)
        except Refused as refused:
            raise NotTaken(refused.sentence) from refused
        async with self._turn:
            for one in made:
                if one.role == THUMBNAIL:
                    await self.store.put_file(work, one)
            await asyncio.to_thread(self._remove, await self.store.unused([one.sha256 for one in made]))

    # --- showing ---

    async def shown(self, work: str, identity: Identity | None) -> Work:
        """The work, to whom it may be shown: its owners, staff, and who stands in a room with it. Raises NotFound to everybody else."""
        found = await self.store.work(work)
        if (
            found is None
            or identity is None
            or not (await self._is_owner(work, identity) or self._is_placed(identity, work))
        ):
            raise NotFound("There is no such work, or it is not open to you.")
        return found

    async def file(self, work: str, sha256: str, identity: Identity | None) -> tuple[Path, str, bool]:
        """(where it is, its type, whether it is the original). Originals are for owners and staff. Raises NotFound."""
        await self.shown(work, identity)
        path = self.blobs.path(sha256)
        if path is not None:
            for made in await self.store.files(work):
                if made.sha256 == sha256:
                    return path, made.content_type, False
            if sha256 == work and await self._is_owner(work, identity):
                return path, "application/octet-stream", True
        raise NotFound("There is no such file of this work.")

    async def may_show(self, identity: Identity, work: str, rendition: str | None) -> bool:
        """Whether this person may stand the work, or one file that was made of it, in a room."""
        found = await self.store.work(work)
        if found is None or found.state != "accepted" or not await self._is_owner(work, identity):
            return False
        return rendition is None or any(made.sha256 == rendition for made in await self.store.files(work))

    async def may_wear(self, identity: Identity, work: str, rendition: str) -> bool:
        """Whether this person may go about in this file of the work: who brought an avatar wears it, and nobody else, staff neither."""
        found = await self.store.work(work)
        if found is None or found.state != "accepted" or found.kind != "avatar":
            return False
        if identity.subject not in {owner.subject for owner in await self.store.owners(work)}:
            return False
        return any(made.sha256 == rendition and WORN in made.facts for made in await self.store.files(work))

    def _is_placed(self, identity: Identity, work: str) -> bool:
        return self.placed is not None and self.placed.is_shown_to(identity.session_id, work)

    async def _is_owner(self, work: str, identity: Identity | None) -> bool:
        if identity is None:
            return False
        return bool(identity.roles & STAFF) or identity.subject in {
            owner.subject for owner in await self.store.owners(work)
        }

    # --- taking away ---

    async def take_away(self, work: str, identity: Identity | None) -> None:
        """One's own; staff take it from everybody. Raises NotFound, Forbidden."""
        await self.shown(work, identity)
        if identity is None or not await self._is_owner(work, identity):
            raise Forbidden("Only who brought this work, or staff, may take it away.")
        staff = bool(identity.roles & STAFF)
        subjects = [
            owner.subject for owner in await self.store.owners(work) if staff or owner.subject == identity.subject
        ]
        async with self._turn:
            for subject in subjects:
                await asyncio.to_thread(self._remove, await self.store.disown(work, subject))

    def _adopt(self, file: Path) -> tuple[str, int]:
        size = file.stat().st_size
        return self.blobs.adopt(file), size

    def _remove(self, names: list[str]) -> None:
        for name in names:
            self.blobs.remove(name)

    async def _forget_orphans(self) -> None:
        """Blobs that came long ago and that nothing refers to: a process ended between keeping them and saying so."""
        old = await asyncio.to_thread(self.blobs.older_than, self._now_ms() / 1000 - ORPHAN_S)
        for start in range(0, len(old), SOME_NAMES):
            await asyncio.to_thread(self._remove, await self.store.unused(old[start : start + SOME_NAMES]))

    def _sweep(self) -> None:
        """What a process that was killed left half done."""
        shutil.rmtree(self.half, ignore_errors=True)
        self._make_folders()

    def _make_folders(self) -> None:
        """Closed to everybody else on this machine, the workers that look at other people's files among them."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        self.half.mkdir(exist_ok=True)


async def _with_workers(work: Awaitable[T], started: list[Worker]) -> T:
    """When the waiting is given up, for the server stops, the workers end at once."""
    try:
        return await work
    except asyncio.CancelledError:
        for worker in started:
            worker.kill()
        raise


@contextmanager
def temporary(parent: Path | None) -> Iterator[Path]:
    """A folder for one job, gone with all it holds when the job ends; without `parent` where the system has such."""
    if parent is not None:
        parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=parent, ignore_cleanup_errors=True) as folder:
        yield Path(folder)
