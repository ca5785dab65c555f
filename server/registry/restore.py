"""A lost or rolled back database is made again from the log's public files, under the checkpoint that was signed last.

The files hold every entry that was signed, and the signed root vouches for them, wherever they come from: the log's own folder or a mirror. What was
acknowledged and not yet signed when the database was lost, a second's worth at most, is in no file: those who hold promises for it can show that it was lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from carrel.ledger.checkpoint import Checkpoint, NoteSigner
from carrel.ledger.entry import Entry, open_leaf
from carrel.ledger.errors import BadEntry, BadTile
from carrel.ledger.merkle import EMPTY_ROOT, leaf_hash
from carrel.ledger.sequencer import Accepted, Sequencer, Verdict
from carrel.ledger.state import State, needs
from carrel.ledger.tiles import TILE_WIDTH, TileReader, read_bundle
from carrel.server.errors import BadRequest, StorageError
from carrel.server.registry.databases import DATABASE, open_store, sqlite_url
from carrel.server.registry.files import locked, sync_folder
from carrel.server.registry.recovery import LOCK, open_sealed, place_of, read_about, read_signer, seal_key_of
from carrel.server.registry.source import Source
from carrel.server.registry.store import SqlStore

ASIDE: Final = "ledger.old"
"""Folder where the database that was there is put."""


def restore(
    folder: Path,
    source: Source,
    *,
    passphrase: str | None = None,
    advance: Callable[[int], None] = lambda done: None,
) -> int:
    """How many entries. Only where entries that were signed are missing. Raises Invalid at a file that is not the log's, BadRequest, and as `open_log`."""
    about = read_about(folder)
    if about.database is not None:
        raise BadRequest("This log's database is not in its folder: restore it there, from its own backups.")
    with ExitStack() as held:
        held.enter_context(locked(folder / LOCK))
        signer = read_signer(folder, about, passphrase)
        checkpoint = open_sealed(signer, place_of(about, folder).read())
        _check_needed(folder, checkpoint)
        tree = TileReader(source.read, checkpoint.size)
        if (tree.root() if checkpoint.size else EMPTY_ROOT) != checkpoint.root:
            raise BadTile(
                f"{source.name}: its files do not lead to the {checkpoint.size} entries that were signed last."
            )
        made = folder / f"{DATABASE}.new"
        made.unlink(missing_ok=True)
        store = open_store(f"sqlite:///{made.absolute()}")
        try:
            _fill(store, signer, checkpoint, source, tree, advance)
            store.settle()
        finally:
            store.close()
        _put_in_place(folder, made)
    return checkpoint.size


def _check_needed(folder: Path, checkpoint: Checkpoint) -> None:
    """Raises BadRequest when the database has all that was signed: then nothing may be thrown away."""
    if not (folder / DATABASE).exists():
        return
    try:
        store = open_store(sqlite_url(folder))
        try:
            newest = store.latest(1 << 62, 1)
        finally:
            store.close()
    except StorageError:
        return  # it cannot even be read
    if newest and newest[0].index + 1 >= checkpoint.size:
        raise BadRequest(
            f"The database has the {checkpoint.size} entries that were signed. For rows that differ: carrel ledger rebuild."
        )


def _fill(
    store: SqlStore,
    signer: NoteSigner,
    checkpoint: Checkpoint,
    source: Source,
    tree: TileReader,
    advance: Callable[[int], None],
) -> None:
    sequencer = Sequencer(State(signer.name), 0, seal_key_of(signer))
    for start in range(0, checkpoint.size, TILE_WIDTH):
        verdicts = []
        for index, leaf in enumerate(_leaves(source, tree, start), start):
            logged_ms, entry = open_leaf(leaf)
            verdict = _admitted(store, sequencer, entry, logged_ms)
            if not isinstance(verdict, Accepted) or verdict.again or verdict.record.leaf != leaf:
                raise BadEntry(f"Entry {index} was signed, and cannot be admitted: {verdict}")
            verdicts.append(verdict)
        batch = sequencer.batch(verdicts)
        assert batch is not None  # a bundle has entries
        store.append(batch)
        advance(sequencer.state.size)


def _admitted(store: SqlStore, sequencer: Sequencer, entry: Entry, logged_ms: int) -> Verdict:
    place = needs(entry.body)
    if place is not None and sequencer.state.get(*place) is None:
        row = store.row(*place)
        if row is not None:
            sequencer.state.load(row)
    return sequencer.admit([entry], {}, logged_ms)[0]


def _leaves(source: Source, tree: TileReader, start: int) -> Iterator[bytes]:
    """Of one bundle, each as the tree has it. Raises BadTile, BadEntry."""
    leaves = read_bundle(source.read, start // TILE_WIDTH, min(TILE_WIDTH, tree.size - start))
    for index, leaf in enumerate(leaves, start):
        if leaf_hash(leaf) != tree.leaf_hash(index):
            raise BadEntry(f"Entry {index} in {source.name} is not the one that was signed.")
        yield leaf


def _put_in_place(folder: Path, made: Path) -> None:
    """The new one gets its name when it is whole; what was there is kept aside. Raises StorageError."""
    try:
        aside = folder / ASIDE
        aside.mkdir(exist_ok=True, mode=0o700)
        for path in (folder / DATABASE, folder / f"{DATABASE}-wal", folder / f"{DATABASE}-shm"):
            if path.exists():
                path.replace(aside / path.name)
        made.replace(folder / DATABASE)
        sync_folder(aside)
        sync_folder(folder)
    except OSError as error:
        raise StorageError(f"The restored database cannot be put in its place: {error.strerror}.") from error
