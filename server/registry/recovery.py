"""A log is made, and opened again: everything that is kept has to agree before anything is added.

The latest checkpoint (`latest/`) says what was signed. The database must have at least as many entries and the tiles its very root; what the database has
beyond it was acknowledged before a crash and is integrated next. Lost or damaged tiles are made again from the database; a database that is older than the
checkpoint was rolled back, and is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec

from carrel.ledger.checkpoint import Checkpoint, NoteSigner, open_checkpoint, parse_checkpoint, parse_note
from carrel.ledger.entry import decode_leaf
from carrel.ledger.errors import Invalid
from carrel.ledger.merkle import EMPTY, leaf_hash
from carrel.ledger.sequencer import Sequencer, is_sealed, row_digest, sealed_head
from carrel.ledger.state import State
from carrel.ledger.storage import Files, Head, Place, Record
from carrel.ledger.tiles import CHECKPOINT_PATH, TILE_WIDTH, TileReader, TileWriter, decode_bundle
from carrel.server.errors import BadRequest, StorageError
from carrel.server.registry.databases import DATABASE, open_store, sqlite_url
from carrel.server.registry.errors import Damaged, LogStopped, NoLog, OtherFormat, RolledBack
from carrel.server.registry.files import locked, replace_file, sync_folder, sync_parents
from carrel.server.registry.key_file import encode_key, key_of, read_key
from carrel.server.registry.log import Log
from carrel.server.registry.parts import LOCAL, Addresses, LatestPlace, latest_place, make_folders, public_files
from carrel.server.registry.store import SqlStore

ABOUT: Final = "log.json"
KEY: Final = "log.key"
LOCK: Final = "lock"
_REBUILD_CHUNK: Final = 4096


class About(msgspec.Struct, frozen=True, kw_only=True):
    """`log.json`: what a log is called, by which key it is known, and the addresses of those parts that are not in its folder."""

    origin: str
    vkey: str
    database: str | None = None
    tiles: str | None = None
    latest: str | None = None


def create_log(
    folder: Path, origin: str, seed: bytes, addresses: Addresses = LOCAL, *, passphrase: str | None = None
) -> None:
    """An empty log. `seed` (32,) is its secret. Raises LogStopped when there is one already, Invalid for a name that no checkpoint can have, StorageError."""
    signer = NoteSigner(origin, seed)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with locked(folder / LOCK):
            make_folders(addresses, folder)
            place = latest_place(addresses.latest, folder)
            before = _never_used(folder, place)
            empty = Checkpoint(origin, 0, TileWriter().root()).sign([signer]).encode()
            replace_file(folder / KEY, encode_key(key_of(seed, passphrase)), mode=0o600)
            place.swap(before, empty)
            public_files(addresses.tiles, folder).write({CHECKPOINT_PATH: empty})
            sync_folder(folder)  # whoever finds log.json finds the rest
            about = About(origin=origin, vkey=signer.verifier().vkey, **addresses._asdict())
            replace_file(folder / ABOUT, msgspec.json.encode(about), mode=0o600)  # an address may hold a password
            sync_folder(folder)
            sync_parents(folder)
    except OSError as error:
        raise StorageError(f"The log's folder cannot be made: {error.strerror}.") from error


def _never_used(folder: Path, place: Place) -> bytes | None:
    """What stands in the latest place, if a log can be made here: nothing, or what was left when making one was cut short. Raises LogStopped."""
    if (folder / ABOUT).exists():
        raise LogStopped(f"There is a log in {folder} already.")
    before = place.read()
    try:
        used = before is not None and parse_checkpoint(parse_note(before).text).size > 0
    except Invalid:
        used = True
    if used or (folder / DATABASE).exists():
        raise LogStopped(
            f"There are entries of a log in {folder}, but no {ABOUT}. Put it back, or choose another folder."
        )
    return before


def read_about(folder: Path) -> About:
    """Raises NoLog."""
    try:
        return msgspec.json.decode((folder / ABOUT).read_bytes(), type=About)
    except FileNotFoundError:
        raise NoLog(f"There is no log in {folder}. Make one: carrel ledger init --origin NAME --dir {folder}") from None
    except (OSError, msgspec.DecodeError) as error:
        raise NoLog(f"{folder / ABOUT} cannot be read: {error}") from error


def database_of(about: About, folder: Path) -> str:
    """SQLAlchemy address."""
    return about.database or sqlite_url(folder)


def files_of(about: About, folder: Path) -> Files:
    """The public files. Raises ConfigurationError, StorageError."""
    return public_files(about.tiles, folder)


def place_of(about: About, folder: Path) -> LatestPlace:
    """Where the latest checkpoint stands. Raises ConfigurationError."""
    return latest_place(about.latest, folder)


def open_log(folder: Path, *, passphrase: str | None = None, store: Callable[[str], SqlStore] = open_store) -> Log:
    """`passphrase` of a sealed key. Raises NoLog, AnotherWriter, RolledBack, Damaged, StorageError."""
    about = read_about(folder)
    held = ExitStack()
    try:
        held.enter_context(locked(folder / LOCK))
        signer = read_signer(folder, about, passphrase)
        kept = store(database_of(about, folder))
        held.callback(kept.close)
        # What a killed process wrote is there to see, and may not be on the disk: nothing is built on it before it is.
        kept.claim()
        kept.settle()
        place = place_of(about, folder)
        place.settle()
        sync_folder(folder)
        return assemble(signer, kept, files_of(about, folder), place, held.close)
    except OSError as error:
        held.close()
        raise StorageError(f"The log's folder cannot be opened: {error.strerror}.") from error
    except BaseException:
        held.close()
        raise


def open_sealed(signer: NoteSigner, sealed: bytes | None) -> Checkpoint:
    """What the log signed last, out of its place. Raises RolledBack, Damaged."""
    if sealed is None:
        raise RolledBack(
            "The place of the latest checkpoint is empty, so that nobody here can say what was signed last. "
            "Put the checkpoint there that your readers or witnesses saw last."
        )
    try:
        return open_checkpoint(sealed, signer.verifier(), signer.name)
    except Invalid as error:
        raise Damaged(f"The latest checkpoint is damaged: {error}") from error


def assemble(signer: NoteSigner, store: SqlStore, files: Files, place: Place, close: Callable[[], None]) -> Log:
    """The open log out of its parts. Raises RolledBack, Damaged, StorageError."""
    sealed = place.read()
    checkpoint = open_sealed(signer, sealed)
    assert sealed is not None  # it was opened just now
    seal_key = seal_key_of(signer)
    head = _head(store, checkpoint) or sealed_head(EMPTY, 0, 0, seal_key)
    if head.size < checkpoint.size:
        raise RolledBack(
            f"{checkpoint.size} entries were signed and the database has {head.size}: an old copy was put back. "
            "Put the newest there, or bring back what was signed: carrel ledger restore."
        )
    state = _load_state(signer.name, store, head)
    pending = list(_checked(store, checkpoint.size, head.size))
    writer = _writer(store, files, checkpoint)
    tree = writer.frontier().extend([one.leaf_hash for one in pending])
    if not is_sealed(head, tree, seal_key):
        raise Damaged(
            f"The ledger's head row, or an entry from {checkpoint.size} on, which no checkpoint has yet, was changed by somebody else. "
            "See what differs: carrel ledger rebuild."
        )
    _check_published(files, signer, checkpoint)
    return Log(
        signer,
        store,
        files,
        place,
        Sequencer(state, int.from_bytes(head.digest), seal_key, tree),
        writer,
        sealed,
        pending,
        close,
    )


def _head(store: SqlStore, checkpoint: Checkpoint) -> Head | None:
    """Raises OtherFormat only if a checkpoint vouches for every entry: rows made anew from others would hide that one of them was exchanged."""
    try:
        return store.head()
    except OtherFormat as error:
        newest = store.latest(1 << 62, 1)
        if newest and newest[0].index >= checkpoint.size:
            raise Damaged(
                f"{error} Entries from {checkpoint.size} on have no checkpoint yet: start the Carrel that wrote them once more, so that it signs them."
            ) from error
        raise


def seal_key_of(signer: NoteSigner) -> bytes:
    """With which the log authenticates its rows to itself."""
    return sha256(b"carrel-ledger-seal-v1\n" + signer.seed).digest()


def read_signer(folder: Path, about: About, passphrase: str | None = None) -> NoteSigner:
    """The log's key. Raises NoLog, Damaged."""
    try:
        seed = read_key(folder / KEY).open(passphrase)
    except StorageError as error:
        raise NoLog(f"The log's key: {error}") from error
    except BadRequest as error:
        raise Damaged(f"The log's key {folder / KEY}: {error}") from error
    signer = NoteSigner(about.origin, seed)
    if signer.verifier().vkey != about.vkey:
        raise Damaged(f"{folder / KEY} is not the key of this log, which is known as {about.vkey}.")
    return signer


def _load_state(origin: str, store: SqlStore, head: Head) -> State:
    state, total = State(origin), 0
    for row in store.rows():
        total += row_digest(row)
        state.load(row)
    if total % (1 << 256) != int.from_bytes(head.digest):
        raise Damaged(
            "Rows of the ledger (keys, works or balances) were changed by somebody else. Make them anew: carrel ledger rebuild."
        )
    state.size, state.clock_ms = head.size, head.clock_ms
    state.cool()
    return state


def _checked(store: SqlStore, start: int, end: int) -> Iterable[Record]:
    """Records as the log wrote them. Raises Damaged at the first that is missing or does not fit itself."""
    index = start
    for record in store.records(start, end):
        if record.index != index:
            break
        check_record(record)
        yield record
        index += 1
    if index != end:
        raise Damaged(f"Entry {index} is missing from the database.")


def check_record(record: Record) -> None:
    """Raises Damaged unless every column says what the leaf says."""
    if not all(isinstance(value, bytes) for value in (record.id, record.hash, record.leaf_hash, record.leaf)):
        raise Damaged(f"Entry {record.index} in the database was changed: a column of it holds no bytes.")
    try:
        parts = decode_leaf(record.leaf)
        fits = (
            leaf_hash(record.leaf) == record.leaf_hash
            and sha256(parts.raw).digest() == record.hash
            and parts.logged_ms == record.logged_ms
            and f'"id":"{record.id.hex()}"'.encode() in parts.raw
            and f'"type":"{record.kind}"'.encode() in parts.raw
        )
    except Invalid as error:
        raise Damaged(f"Entry {record.index} in the database: {error}") from error
    if not fits:
        raise Damaged(f"Entry {record.index} in the database was changed: its columns do not fit its leaf.")


def _writer(store: SqlStore, files: Files, checkpoint: Checkpoint) -> TileWriter:
    """The right edge, from the files if they have the signed root and the entries under it, else from the database, and the files with it."""
    try:
        writer = TileWriter.resume(checkpoint.size, files.read)
        part = checkpoint.size % TILE_WIDTH
        leaves = b"".join(map(leaf_hash, decode_bundle(writer.bundle, part)))
        if writer.root() == checkpoint.root and leaves == (writer.tiles[0] if part else b""):
            return writer
    except (Invalid, OSError):
        pass
    return rebuild_tiles(store, files, checkpoint)


def _check_published(files: Files, signer: NoteSigner, checkpoint: Checkpoint) -> None:
    """What everybody reads comes from here: it is never ahead of what was signed last, and never another history. Raises RolledBack, Damaged."""
    try:
        published = open_checkpoint(files.read(CHECKPOINT_PATH), signer.verifier(), signer.name)
    except (Invalid, OSError):
        return  # it is published anew
    if published.size > checkpoint.size:
        raise RolledBack(
            f"{published.size} entries are published and {checkpoint.size} were signed, as it seems here: old copies were put back. "
            "Put the newest there, or bring back what was signed: carrel ledger restore."
        )
    try:
        root = TileReader(files.read, published.size).root()
    except (Invalid, OSError):
        return  # its own right edge is gone: it was published long ago
    if root != published.root:
        raise Damaged(
            f"The published checkpoint of {published.size} entries is signed by this log's key and is of another history."
        )


def rebuild_tiles(store: SqlStore, files: Files, checkpoint: Checkpoint) -> TileWriter:
    """Every tile under the checkpoint written again from the database. Raises Damaged when the database has another history than was signed."""
    writer = TileWriter()
    for start in range(0, checkpoint.size, _REBUILD_CHUNK):
        some = list(_checked(store, start, min(start + _REBUILD_CHUNK, checkpoint.size)))
        writer, made = writer.grow([one.leaf for one in some], [one.leaf_hash for one in some])
        files.write(made)
    if writer.root() != checkpoint.root:
        raise Damaged(
            f"The database's first {checkpoint.size} entries are not those that were signed. Put the right database back."
        )
    return writer
