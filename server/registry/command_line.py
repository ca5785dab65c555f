"""What the ledger's commands share: their options, how they read and write files, and how they say what they found.

Exit codes: 0 good, 1 verification failed and the first fault is named, 2 wrong use or our own failure.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from carrel.ledger.checkpoint import NoteVerifier
from carrel.ledger.credential import utc
from carrel.ledger.errors import BadNote, BadPolicy, Invalid
from carrel.ledger.policy import Policy, TrustedLog, parse_policy
from carrel.server.errors import BadRequest, StorageError

SourceName = Annotated[
    str, typer.Argument(metavar="SOURCE", help="A folder or an http(s) address with the log's public files.")
]
SourceOption = Annotated[
    str, typer.Option("--source", help="A folder or an http(s) address with the log's public files.")
]
Key = Annotated[str | None, typer.Option("--key", help="The log's key (vkey), as the library publishes it.")]
PolicyFile = Annotated[
    Path | None, typer.Option("--policy", help="A C2SP tlog-policy file: the witnesses that must have seen it.")
]
Out = Annotated[Path | None, typer.Option("-o", "--out", help="The file to write; without it, standard output.")]
Json = Annotated[bool, typer.Option("--json", help="For machines.")]


@contextmanager
def verdict(as_json: bool) -> Iterator[Callable[..., None]]:
    """Gathers what a command found and says it at the end: as lines, or as one JSON object. What is Invalid ends it with 1."""
    sentences: list[str] = []
    found: dict[str, Any] = {}

    def tell(sentence: str, **values: Any) -> None:
        sentences.append(sentence)
        found.update(values)

    try:
        yield tell
    except BadPolicy as error:
        raise BadRequest(str(error)) from error
    except Invalid as error:
        if as_json:
            say({"ok": False, "error": error.code, "sentence": str(error)})
        else:
            typer.secho(f"NOT VALID: {printable(str(error))}", err=True, fg="red")
        raise typer.Exit(1) from error
    if as_json and sentences:
        say({"ok": True, "sentences": sentences, **found})
        return
    for sentence in sentences:
        typer.echo(printable(sentence))
    for name, value in found.items():
        if value not in (None, {}, []):
            typer.echo(f"  {name.replace('_', ' ')}: {_shown(value)}")


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_shown(one)}" for name, one in value.items())
    return "; ".join(map(_shown, value)) if isinstance(value, list) else printable(str(value))


def printable(text: str) -> str:
    """Words of a stranger's log do not steer the terminal."""
    return "".join(mark if mark.isprintable() else "\N{REPLACEMENT CHARACTER}" for mark in text)


def say(value: object) -> None:
    sys.stdout.write(msgspec.json.encode(value).decode() + "\n")


def facts(reading: Any) -> dict[str, Any]:
    return {
        "log": reading.checkpoint.origin,
        "size": reading.checkpoint.size,
        "root": reading.checkpoint.root.hex(),
        "key": reading.key.vkey,
        "seen": {name: utc(at_s * 1000) for name, at_s in reading.seen_s.items()},
    }


@contextmanager
def progress(total: int | None, what: str) -> Iterator[Callable[[int], None]]:
    """On standard error, and only where a person looks at it. Without a `total` it counts."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.completed:,.0f} " + what), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.update(task, completed=done)


def verifier(key: str | None) -> NoteVerifier | None:
    """A key as it was typed. Raises BadRequest."""
    try:
        return NoteVerifier.parse(key.strip()) if key else None
    except BadNote as error:
        raise BadRequest(str(error)) from error


def trusted(file: Path | None) -> Policy:
    """Raises BadRequest."""
    return Policy() if file is None else parse_policy(read_file(file))


def trusting(key: NoteVerifier | None, policy: Policy) -> Policy:
    """The policy with this log. Raises BadRequest when there is then none."""
    if key is not None:
        policy = Policy((TrustedLog(key),), policy.witnesses, policy.groups, policy.quorum)
    if not policy.logs:
        raise BadRequest(
            "Say whom you believe: --key with the log's key as the library publishes it, or a --policy that names it."
        )
    return policy


def read_file(path: Path, limit: int = 16 * 1024 * 1024) -> bytes:
    """Raises StorageError, BadRequest."""
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise StorageError(f"{path} cannot be read: {error.strerror}.") from error
    if len(data) > limit:
        raise BadRequest(f"{path} has more than {limit} bytes: it is no such file.")
    return data


def write_out(path: Path | None, data: bytes) -> None:
    """Raises StorageError."""
    if path is None:
        sys.stdout.buffer.write(data)
        return
    try:
        path.write_bytes(data)
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror}.") from error
