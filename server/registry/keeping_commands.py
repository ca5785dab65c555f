"""`carrel ledger init, status, append, rebuild, restore`: for who keeps a log. Exit codes as in `command_line`."""

from __future__ import annotations

import http.client
import re
import time
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

import msgspec
import typer

from carrel.ledger.checkpoint import parse_checkpoint, parse_note
from carrel.ledger.errors import BadEntry, Invalid
from carrel.ledger.policy import Policy
from carrel.server.errors import BadRequest
from carrel.server.registry.command_line import Json, progress, read_file, say, verdict, write_out

Dir = Annotated[Path, typer.Option("--dir", help="The log's folder.")]
PassphraseFile = Annotated[
    Path | None, typer.Option(help="A file whose first line unseals the log's key and the library's.")
]
ANSWER_BYTES: Final = 1 << 20
ANSWER_S: Final = 60.0


def init(
    origin: Annotated[str, typer.Option(help="The log's name for ever: the address of its files without https://.")],
    folder: Dir,
    passphrase_file: PassphraseFile = None,
    recovery: Annotated[
        str | None,
        typer.Option(
            help="Commitment, as `carrel key show` prints it, of an offline key that can take the library's account back."
        ),
    ] = None,
) -> None:
    """Make a log: its key, the library's key, and the first two entries. `carrel serve` does this by itself at its first start."""
    from carrel.server.registry.init import found, make_log, passphrase_in
    from carrel.server.registry.recovery import open_log, read_about

    passphrase = None if passphrase_file is None else passphrase_in(passphrase_file)
    if recovery is not None and not re.fullmatch("[0-9a-f]{64}", recovery):
        raise BadRequest("A commitment has 64 hexadecimal digits, in small letters.")
    try:
        make_log(folder, origin, passphrase)
    except Invalid as error:
        raise BadRequest(str(error)) from error
    log = open_log(folder, passphrase=passphrase)
    try:
        found(log, folder, _now_ms, passphrase, recovery=recovery)
        note = log.seal()
        assert note is not None  # it was founded just now
        log.publish(note)
    finally:
        log.close()
    typer.echo(
        f"{origin} is in {folder}. Whoever verifies it needs its key, which is public:\n{read_about(folder).vkey}"
    )
    typer.echo(
        f"Keep a copy of {folder / 'log.key'} and {folder / 'library.key'} in a safe; leave {folder / 'latest'} out of backups."
    )


def status(
    source: Annotated[
        str | None,
        typer.Argument(metavar="[SOURCE]", help="A folder or an http(s) address with the log's public files."),
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("--dir", help="The log's own folder: says what is not published yet, too.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Say where a log stands: its name, key, size and root, and in its own folder what is kept beyond them."""
    from carrel.server.registry.reading import read_log
    from carrel.server.registry.source import open_source

    if (source is None) == (folder is None):
        raise BadRequest("Name a source, or the log's own folder with --dir.")
    with verdict(as_json) as told:
        reading = read_log(open_source(source or str(folder)), None, Policy())
        told(
            f"{reading.checkpoint.origin} has {reading.checkpoint.size} published entries.",
            log=reading.checkpoint.origin,
            key=reading.key.vkey,
            size=reading.checkpoint.size,
            root=reading.checkpoint.root.hex(),
            **({} if folder is None else _kept(folder)),
        )


def append(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A signed entry, as `carrel key sign` writes it.")],
    folder: Annotated[Path | None, typer.Option("--dir", help="The log's folder, while nobody serves it.")] = None,
    url: Annotated[str | None, typer.Option(help="The library's address, https://… or http://…")] = None,
    wait: Annotated[
        str, typer.Option(help="`promise`: until it is kept; `proof`: until it is under a published checkpoint.")
    ] = "promise",
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Write the proof here.")] = None,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Add an entry. The very same entry again is answered with the same receipt."""
    if wait not in ("promise", "proof"):
        raise BadRequest("--wait is `promise` or `proof`.")
    if (folder is None) == (url is None):
        raise BadRequest("Say where: --dir with the log's folder, or --url with the library's address.")
    receipt = _send(url, file, wait) if url is not None else _append(folder or Path(), file, wait, passphrase_file)
    proof = receipt.get("proof")
    if out is not None and proof is not None:
        write_out(out, str(proof).encode())
    if as_json:
        say(receipt)
        return
    already = " It was there already." if receipt["again"] else ""
    typer.echo(f"It is entry {receipt['index']}, {receipt['entry']}.{already}")


def rebuild(
    folder: Dir,
    write: Annotated[bool, typer.Option(help="Make anew what differs: rows, subjects, public files.")] = False,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Replay every entry with all checks, and compare what they amount to with every row and every public file. The library must not be running."""
    from carrel.server.registry.errors import Damaged, RolledBack
    from carrel.server.registry.init import passphrase_in
    from carrel.server.registry.rebuild import rebuild as replay
    from carrel.server.registry.rebuild import summed_up

    passphrase = None if passphrase_file is None else passphrase_in(passphrase_file)
    with verdict(as_json) as told:
        try:
            with progress(_kept(folder)["entries"], "entries") as advance:
                found = replay(folder, passphrase=passphrase, write=write, advance=advance)
        except (Damaged, RolledBack) as error:
            raise BadEntry(str(error)) from error
        told(
            "\n".join(summed_up(found)),
            entries=found.entries,
            rows=found.rows,
            files=found.files,
            **({"differences": [one._asdict() for one in found.differences]} if as_json else {}),
            written=write and bool(found.differences),
        )
    if found.differences and not write:
        raise typer.Exit(1)


def restore(
    folder: Dir,
    source: Annotated[
        str | None,
        typer.Option(help="A mirror, when the log's own public files are lost too: a folder or an http(s) address."),
    ] = None,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Make a lost or rolled back database again from the public files: every entry that was signed. What was there is put into `ledger.old`."""
    from carrel.server.registry.init import passphrase_in
    from carrel.server.registry.restore import restore as bring_back
    from carrel.server.registry.source import open_source

    passphrase = None if passphrase_file is None else passphrase_in(passphrase_file)
    with verdict(as_json) as told, progress(0, "entries") as advance:
        count = bring_back(folder, open_source(source or str(folder)), passphrase=passphrase, advance=advance)
        told(f"All {count} entries that were signed are back.", entries=count)


def _kept(folder: Path) -> dict[str, Any]:
    """What a log's own folder says without opening it for writing."""
    from carrel.server.registry.databases import open_store
    from carrel.server.registry.recovery import database_of, place_of, read_about

    about = read_about(folder)
    sealed = place_of(about, folder).read()
    store = open_store(database_of(about, folder))
    try:
        head = store.head()
    finally:
        store.close()
    return {
        "entries": head.size if head else 0,
        "signed": parse_checkpoint(parse_note(sealed).text).size if sealed else None,
    }


def _append(folder: Path, file: Path, wait: str, passphrase_file: Path | None) -> dict[str, Any]:
    """Raises EntryRefused, and BadRequest when the checkpoint is its server's to publish."""
    from carrel.ledger.entry import parse
    from carrel.ledger.errors import Refused
    from carrel.server.registry.entry_file import read_entry_file
    from carrel.server.registry.errors import EntryRefused
    from carrel.server.registry.init import passphrase_in
    from carrel.server.registry.recovery import open_log
    from carrel.server.registry.routes import receipt_values
    from carrel.server.registry.service import Receipt

    raw, signatures = read_entry_file(read_file(file)).parts()
    log = open_log(folder, passphrase=None if passphrase_file is None else passphrase_in(passphrase_file))
    try:
        verdict = log.append([parse(raw, signatures)], _now_ms())[0]
        if isinstance(verdict, Refused):
            raise verdict
        promise = log.promise([verdict])
        assert promise is not None  # of what was accepted
        receipt = Receipt(verdict.record, verdict.again, promise)
        log.seal()
        try:
            witnessed = len(log.published().signatures) > 1
        except OSError:
            witnessed = True  # for all that is known here
        if not witnessed:
            log.publish(parse_note(log.sealed))
        elif wait == "proof":
            raise BadRequest(
                f"It is entry {receipt.record.index}. This log has witnesses: its server asks them at its next start."
            )
        values = receipt_values(receipt)
        return values if wait == "promise" else {**values, "proof": _proof(folder, receipt.record.index)}
    except Refused as refused:
        raise EntryRefused(refused) from refused
    finally:
        log.close()


def _proof(folder: Path, index: int) -> str:
    from carrel.server.registry.reading import prove, read_log
    from carrel.server.registry.source import open_source

    return prove(read_log(open_source(str(folder)), None, Policy()), index).encode().decode()


def _send(url: str, file: Path, wait: str) -> dict[str, Any]:
    """Raises BadRequest with the library's own words when it does not take the entry."""
    from carrel.server.registry.entry_file import read_entry_file
    from carrel.server.registry.source import SourceError

    given = read_entry_file(read_file(file))
    raw, signatures = given.parts()
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise BadRequest(f"{url} is no address of a library.")
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    lines = [{"key": one.key.hex(), "signature": one.signature.hex()} for one in signatures]
    body = msgspec.json.encode({"body": raw.decode(), "signatures": lines, "wait": wait})
    path = f"{parts.path.rstrip('/').removesuffix('/ledger')}/ledger/api/entries"
    connection = kind(parts.hostname, parts.port, timeout=ANSWER_S)
    try:
        connection.request("POST", path, body, {"Content-Type": "application/json", "User-Agent": "carrel"})
        answer = connection.getresponse()
        data = answer.read(ANSWER_BYTES)
        found: dict[str, Any] = msgspec.json.decode(data, type=dict[str, Any])
    except (OSError, http.client.HTTPException, msgspec.DecodeError) as error:
        raise SourceError(f"{url} did not answer as a library does: {error}") from error
    finally:
        connection.close()
    if answer.status not in (200, 202):
        refused = found.get("error")
        raise BadRequest(str(refused["message"]) if isinstance(refused, dict) else f"{url} answers {answer.status}.")
    return found


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
