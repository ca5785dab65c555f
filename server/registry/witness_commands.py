"""`carrel ledger witness`: what another library runs so that nobody can be shown a second history of this one's log unnoticed."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer

from carrel.ledger import ed25519
from carrel.ledger.checkpoint import COSIGNATURE, ED25519, NoteSigner, NoteVerifier
from carrel.ledger.errors import BadNote
from carrel.server.errors import BadRequest, ConfigurationError, StorageError
from carrel.server.registry.command_line import read_file
from carrel.server.registry.files import replace_file, sync_folder

witness = typer.Typer(help="Be a witness of other libraries' logs.", invoke_without_command=True)

ABOUT: Final = "witness.json"
KEY: Final = "witness.key"
MAX_LOGS_BYTES: Final = 256 * 1024
MOST_LOGS: Final = 1024

Folder = Annotated[Path, typer.Option("--dir", help="The witness's folder: its key, and what it remembers.")]


class About(msgspec.Struct, frozen=True):
    """`witness.json`. `vkey` as policies name the witness."""

    name: str
    vkey: str


@witness.callback()
def serve(
    context: typer.Context,
    folder: Folder = Path("witness"),
    logs: Annotated[
        Path | None, typer.Option(help="The logs to witness: a file with one key (vkey) a line; # begins a comment.")
    ] = None,
    host: Annotated[str, typer.Option(help="Address to bind.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="TCP port; 0 takes a free one.")] = 8081,
    tls_cert: Annotated[str, typer.Option(help="PEM certificate chain; `self-signed` makes one.")] = "",
    tls_key: Annotated[str, typer.Option(help="PEM private key of the certificate.")] = "",
    trusted_proxy: Annotated[
        list[str] | None, typer.Option(help="Network of a proxy whose X-Forwarded-For is believed; repeatable.")
    ] = None,
) -> None:
    """Cosign checkpoints that continue what was cosigned before, until told to stop."""
    if context.invoked_subcommand is not None:
        return
    from carrel.server.log import configure
    from carrel.server.registry.witness_server import run
    from carrel.server.settings import Settings

    if logs is None:
        raise BadRequest("Say which logs to witness: --logs FILE, a file with one key (vkey) a line.")
    settings = Settings(
        host=host,
        port=port,
        tls_cert=tls_cert,
        tls_key=tls_key,
        data_dir=str(folder),
        trusted_proxies=tuple(trusted_proxy or ()),
    )
    configure(settings)
    asyncio.run(run(read_signer(folder), read_logs(logs), folder, settings))


@witness.command()
def init(
    name: Annotated[str, typer.Option(help="Its name, of which no other witness has: witness.library.example.")],
    folder: Folder = Path("witness"),
) -> None:
    """Make the witness's key and print its public half, for the policy files of libraries."""
    typer.echo(create_witness(folder, name))


def create_witness(folder: Path, name: str) -> str:
    """Its vkey. Raises BadRequest, StorageError."""
    if (folder / ABOUT).exists() or (folder / KEY).exists():
        raise BadRequest(f"There is a witness in {folder} already.")
    seed = secrets.token_bytes(ed25519.SEED_BYTES)
    try:
        vkey = NoteSigner(name, seed).verifier(COSIGNATURE).vkey
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        replace_file(folder / KEY, seed, mode=0o600)
        replace_file(folder / ABOUT, msgspec.json.encode(About(name, vkey)))
        sync_folder(folder)
    except BadNote as error:
        raise BadRequest(str(error)) from error
    except OSError as error:
        raise StorageError(f"The witness's folder {folder} cannot be made: {error.strerror}.") from error
    return vkey


def read_signer(folder: Path) -> NoteSigner:
    """Raises ConfigurationError."""
    try:
        about = msgspec.json.decode((folder / ABOUT).read_bytes(), type=About)
        signer = NoteSigner(about.name, (folder / KEY).read_bytes())
        vkey = signer.verifier(COSIGNATURE).vkey
    except FileNotFoundError:
        raise ConfigurationError(
            f"There is no witness in {folder}. Make one: carrel ledger witness init --dir {folder} --name NAME"
        ) from None
    except (OSError, msgspec.DecodeError, ValueError, BadNote) as error:
        raise ConfigurationError(f"The witness in {folder} cannot be read: {error}") from error
    if vkey != about.vkey:
        raise ConfigurationError(f"{folder / KEY} is not the key of this witness, which is known as {about.vkey}.")
    return signer


def read_logs(path: Path) -> Mapping[str, Sequence[NoteVerifier]]:
    """Keys by origin. Raises ConfigurationError with the line's number."""
    found: dict[str, list[NoteVerifier]] = {}
    for number, line in enumerate(read_file(path, MAX_LOGS_BYTES).decode("utf-8", "replace").split("\n"), 1):
        vkey = line.strip()
        if not vkey or vkey.startswith("#"):
            continue
        try:
            key = NoteVerifier.parse(vkey)
        except BadNote as error:
            raise ConfigurationError(f"{path}, line {number}: {error}") from error
        if key.kind != ED25519:
            raise ConfigurationError(f"{path}, line {number}: this is a witness's key, not a log's.")
        found.setdefault(key.name, []).append(key)
    if not 0 < len(found) <= MOST_LOGS:
        raise ConfigurationError(f"{path} names {len(found)} logs; one to {MOST_LOGS} are expected.")
    return found
