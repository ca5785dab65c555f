"""A library's log comes into being: at the first start by itself, or by `carrel ledger init`."""

from __future__ import annotations

import secrets
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import structlog

from carrel.ledger import ed25519
from carrel.ledger.bodies import Origin
from carrel.ledger.errors import BadNote
from carrel.server.clock import Clock
from carrel.server.errors import ConfigurationError
from carrel.server.registry.errors import OtherFormat
from carrel.server.registry.key_file import SHORTEST_PASSPHRASE
from carrel.server.registry.library_key import make_key, read_key
from carrel.server.registry.log import Log
from carrel.server.registry.parts import LOCAL, Addresses
from carrel.server.registry.rebuild import rebuild
from carrel.server.registry.recovery import ABOUT, create_log, open_log, read_about
from carrel.server.settings import Settings


def log_folder(settings: Settings) -> Path:
    return Path(settings.data_dir) / "ledger"


def open_library_log(settings: Settings, clock: Clock) -> Log:
    """The library's log, made if there is none. Raises ConfigurationError when the setting names another log, and as `open_log`."""
    folder, wanted, passphrase = log_folder(settings), settings.ledger_origin, read_passphrase(settings)
    if not (folder / ABOUT).exists():
        make_log(folder, wanted or default_origin(settings), passphrase, _addresses(settings))
    about = read_about(folder)
    if wanted and wanted != about.origin:
        raise ConfigurationError(
            f"`ledger_origin` is {wanted}, and the log in {folder} is called {about.origin}. A log keeps its name: take the setting out."
        )
    for name, address in _addresses(settings)._asdict().items():
        if address and address != getattr(about, name):
            raise ConfigurationError(
                f"`ledger_{name}` is not the address that {folder / ABOUT} gives for the log's {name}. "
                "Move them and write the new address there, or take the setting out."
            )
    log = _open(folder, passphrase)
    try:
        found(log, folder, clock, passphrase)
    except BaseException:
        log.close()
        raise
    return log


def _open(folder: Path, passphrase: str | None) -> Log:
    """After a change of Carrel's version the rows are made anew, with every check."""
    try:
        return open_log(folder, passphrase=passphrase)
    except OtherFormat:
        structlog.get_logger("carrel.ledger").warning("ledger_rows_made_anew", folder=str(folder))
        rebuild(folder, passphrase=passphrase, write=True)
        return open_log(folder, passphrase=passphrase)


def make_log(folder: Path, origin: str, passphrase: str | None = None, addresses: Addresses = LOCAL) -> None:
    """An empty log, and the library's key beside it. Raises LogStopped when there is one already, Invalid for a name that cannot be, StorageError."""
    try:
        msgspec.convert(origin, Origin)  # it stands in every entry, which a checkpoint's wider names could not
    except msgspec.ValidationError:
        raise BadNote(
            f"{origin[:140]!r} is no name of a log: 1 to 128 characters of ASCII, no space or plus."
        ) from None
    make_key(folder, passphrase)
    create_log(folder, origin, secrets.token_bytes(ed25519.SEED_BYTES), addresses, passphrase=passphrase)


def _addresses(settings: Settings) -> Addresses:
    return Addresses(settings.ledger_database or None, settings.ledger_tiles or None, settings.ledger_latest or None)


def found(log: Log, folder: Path, clock: Clock, passphrase: str | None = None, *, recovery: str | None = None) -> None:
    """Its first two entries, where they are missing: who the library is, and its rules. `recovery`: commitment to the key that may take the library's
    account back. Raises LogStopped.
    """
    key = read_key(folder, log.origin, clock, passphrase)
    if key is not None:
        key.found(log, recovery)


def read_passphrase(settings: Settings) -> str | None:
    """Of the log's key and the library's, from the file that the settings name. Raises ConfigurationError."""
    if not settings.ledger_passphrase_file:
        return None
    return passphrase_in(Path(settings.ledger_passphrase_file))


def passphrase_in(path: Path) -> str:
    """The file's first line. Raises ConfigurationError."""
    try:
        line = path.read_text("utf-8").partition("\n")[0]
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"The passphrase file {path} cannot be read: {error}") from error
    if len(line) < SHORTEST_PASSPHRASE:
        raise ConfigurationError(
            f"The first line of {path} is no passphrase: it has fewer than {SHORTEST_PASSPHRASE} characters."
        )
    return line


def default_origin(settings: Settings) -> str:
    """Where the log's files can be read, less the scheme, as C2SP tlog-tiles wants it. Without an address of its own the log gets a name that no other has."""
    try:
        host = urlsplit(settings.public_url).netloc.encode("idna").decode()
    except ValueError as error:
        raise ConfigurationError("`public_url` has no host to name the log by. Set `ledger_origin`.") from error
    return f"{host or f'carrel-{secrets.token_hex(8)}.local'}/ledger"
