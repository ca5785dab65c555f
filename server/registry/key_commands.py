"""`carrel key …`: keys and signatures without a browser and without a server. Exit codes: 0 good, 2 wrong use or our own failure."""

from __future__ import annotations

import secrets
import sys
import time
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from carrel.ledger import canonical, ed25519
from carrel.ledger.credential import did_key, utc
from carrel.ledger.entry import DOMAIN, Signature, signers, uuid7
from carrel.ledger.errors import BadSignature, Refused
from carrel.ledger.keys import commitment
from carrel.server.errors import BadRequest
from carrel.server.registry.command_line import Json, read_file, say, write_out
from carrel.server.registry.entry_file import MAX_ENTRY_FILE_BYTES, EntryFile, read_entry_file, write_entry_file
from carrel.server.registry.key_file import new_key, read_key, write_key
from carrel.server.registry.plain_words import plainly

key = typer.Typer(help="Keys that sign entries of a ledger, kept by yourself.", no_args_is_help=True)

KeyPath = Annotated[Path, typer.Argument(metavar="FILE", help="The key file.")]
PassphraseStdin = Annotated[bool, typer.Option("--passphrase-stdin", help="Read the passphrase from standard input.")]


@key.command("new")
def new(
    file: KeyPath,
    plain: Annotated[
        bool, typer.Option(help="Do not seal it with a passphrase; its file is readable by you alone.")
    ] = False,
    passphrase_stdin: PassphraseStdin = False,
    as_json: Json = False,
) -> None:
    """Make a key. Nobody can make a lost one again: keep a copy, and name a recovery key when you register it."""
    passphrase = None if plain else _passphrase(passphrase_stdin, confirm=True)
    made = new_key(passphrase)
    write_key(file, made)
    if as_json:
        say({"file": str(file), "public": made.public})
    else:
        typer.echo(f"{file} holds the secret half of {made.public}.")


@key.command("show")
def show(file: KeyPath, as_json: Json = False) -> None:
    """Print the public half: what may be told to everybody."""
    public = read_key(file).public
    shown = {"public": public, "did": did_key(bytes.fromhex(public)), "commitment": commitment(public)}
    if as_json:
        say(shown)
        return
    typer.echo(f"public key  {shown['public']}")
    typer.echo(f"did         {shown['did']}")
    typer.echo(
        f"commitment  {shown['commitment']}   (how this key is named beforehand, as `next` or `recovery` of another)"
    )


@key.command("sign")
def sign(
    file: KeyPath,
    body: Annotated[
        Path, typer.Argument(metavar="BODY", help="A body as JSON, or an entry that others have signed already.")
    ],
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="The entry file to write; without it, standard output.")
    ] = None,
    log: Annotated[str | None, typer.Option(help="The log's name, when the body does not say it.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before signing.")] = False,
    passphrase_stdin: PassphraseStdin = False,
    as_json: Json = False,
) -> None:
    """Sign an entry, after saying in plain words what it does. Missing `by`, `id` and `ts` are filled in; run it again for each further signer."""
    kept = read_key(file)
    raw, signatures = _parts(body, kept.public, log)
    typed = _decode(raw)
    wanted = signers(typed)
    if kept.public not in wanted:
        raise BadRequest(f"This entry is signed by {', '.join(sorted(wanted))}, and not by {kept.public}.")
    if any(one.key.hex() == kept.public for one in signatures):
        raise BadRequest("This key has signed the entry already.")
    _check(raw, signatures, wanted)
    typer.echo(
        f"{plainly(typed)}\nIn the log {typed.log}, dated {utc(typed.ts)}, entry {sha256(raw).hexdigest()}.", err=True
    )
    if not yes and not typer.confirm("Sign this?", err=True):
        raise BadRequest("Nothing was signed.")
    passphrase = None if kept.seed is not None else _passphrase(passphrase_stdin)
    seed = kept.open(passphrase)
    signatures.append(Signature(ed25519.public_key(seed), ed25519.sign(seed, DOMAIN + raw)))
    write_out(out, write_entry_file(raw, signatures))
    missing = sorted(wanted - {one.key.hex() for one in signatures})
    if as_json and out is not None:
        say({"entry": sha256(raw).hexdigest(), "file": str(out), "missing": missing})
    typer.echo(
        f"Still to sign: {', '.join(missing)}" if missing else "The entry is signed by everybody it needs.",
        err=True,
    )


def _parts(path: Path, public: str, log: str | None) -> tuple[bytes, list[Signature]]:
    data = read_file(path, MAX_ENTRY_FILE_BYTES)
    try:
        given = msgspec.json.decode(data, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest(f"{path} is not a JSON object: {error}.") from None
    if "body" in given:
        return read_entry_file(data).parts()  # signed already: nothing can be filled in
    now_ms = time.time_ns() // 1_000_000
    filled = {"by": public, "id": uuid7(now_ms, secrets.token_bytes(10)), "ts": now_ms, **given}
    if log is not None and filled.setdefault("log", log) != log:
        raise BadRequest(f"The body is for the log {filled['log']}, not for {log}.")
    if "log" not in filled:
        raise BadRequest("The body does not say for which log it is. Add --log with the log's name.")
    return EntryFile(filled).parts()


def _decode(raw: bytes) -> Any:
    try:
        return canonical.decode(raw)
    except Refused as error:
        raise BadRequest(f"This is not the body of an entry: {error}") from error


def _check(raw: bytes, signatures: list[Signature], wanted: set[str]) -> None:
    for one in signatures:
        if one.key.hex() not in wanted:
            raise BadRequest(f"There is a signature by {one.key.hex()}, who does not sign this entry.")
        try:
            ed25519.verify(one.key, DOMAIN + raw, one.signature)
        except BadSignature as error:
            raise BadRequest(
                f"The signature by {one.key.hex()} does not fit: the body was changed after it was made."
            ) from error


def _passphrase(from_stdin: bool, *, confirm: bool = False) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    return str(typer.prompt("Passphrase", hide_input=True, confirmation_prompt=confirm, err=True))
