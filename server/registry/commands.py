"""`carrel ledger …`: what anybody can do with a log that they can read.

Exit codes: 0 good, 1 verification failed and the first fault is named, 2 wrong use or our own failure.
"""

from __future__ import annotations

import base64
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from carrel.ledger.certificate import PROVES, PROVES_NOT, parse_certificate
from carrel.ledger.checkpoint import NoteVerifier
from carrel.ledger.credential import issuer_key, make_credential, utc, verify_proof
from carrel.ledger.ed25519 import SEED_BYTES
from carrel.ledger.errors import BadCertificate, BadNote, BadPolicy, BadProof, Invalid
from carrel.ledger.merkle import leaf_hash
from carrel.ledger.policy import Policy, TrustedLog, parse_policy
from carrel.ledger.proof import MAX_PROOF_BYTES, parse_proof
from carrel.server.errors import BadRequest, StorageError
from carrel.server.registry.entry_file import describe, entry_file, leaf_of, read_entry_file

ledger = typer.Typer(help="Verify a ledger, and prove what stands in it.", no_args_is_help=True)

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


@ledger.command()
def verify(
    source: SourceName,
    key: Key = None,
    policy: PolicyFile = None,
    since: Annotated[
        Path | None, typer.Option(help="A checkpoint kept from earlier: the log must still hold all of it.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Check the signed checkpoint and that the files lead to it; with --since, that nothing of an earlier one was changed."""
    from carrel.server.registry.reading import check_since, read_log
    from carrel.server.registry.source import open_source

    with verdict(as_json) as told:
        reading = read_log(open_source(source), verifier(key), trusted(policy))
        told(
            f"The checkpoint of {reading.checkpoint.origin} is signed, and the files lead to it.",
            **facts(reading),
        )
        if since is not None:
            earlier = check_since(reading, read_file(since))
            told(f"All {earlier.size} entries of the earlier checkpoint are in it unchanged.", since=earlier.size)
        if reading.key_stated:
            told("The key is the one that the source states. Compare it with the one the library publishes.")


@ledger.command()
def audit(
    source: SourceName,
    key: Key = None,
    policy: PolicyFile = None,
    processes: Annotated[
        int, typer.Option(min=0, max=256, help="Processes that check signatures; 0: one for each core.")
    ] = 0,
    as_json: Json = False,
) -> None:
    """Check everything: every signature, every hash, and every rule, replayed from the first entry on."""
    from carrel.server.registry.audit import audit_log
    from carrel.server.registry.reading import read_log
    from carrel.server.registry.source import open_source

    with verdict(as_json) as told:
        reading = read_log(open_source(source), verifier(key), trusted(policy))
        with progress(reading.checkpoint.size, "entries") as advance:
            report = audit_log(reading, processes or len(os.sched_getaffinity(0)), advance)
        told(
            f"All {report.size} entries of {report.origin} are in order: signatures, form, tree, rules, books.",
            **facts(reading),
            signatures=report.signatures,
            types=report.types,
            accounts=report.accounts,
            works=report.works,
            supply=report.supply,
            last_entry=utc(report.clock_ms),
        )
        if reading.key_stated:
            told("The key is the one that the source states. Compare it with the one the library publishes.")


@ledger.command()
def prove(
    entry: Annotated[str, typer.Argument(help="Its index, or its id.")],
    source: SourceOption,
    out: Out = None,
    entry_out: Annotated[Path | None, typer.Option(help="Write the entry as well, as JSON.")] = None,
    key: Key = None,
    policy: PolicyFile = None,
) -> None:
    """Write the proof that an entry is in the log, as a C2SP .tlog-proof file that anybody can check offline."""
    from carrel.server.registry.reading import find, read_log
    from carrel.server.registry.reading import prove as make_proof
    from carrel.server.registry.source import open_source

    with verdict(False):
        reading = read_log(open_source(source), verifier(key), trusted(policy))
        proof = make_proof(reading, find(reading, entry))
        write_out(out, proof.encode())
        if entry_out is not None:
            write_out(entry_out, entry_file(proof.extra))


@ledger.command("check-proof")
def check_proof(
    file: Annotated[Path, typer.Argument(help="A .tlog-proof file.")],
    entry: Annotated[
        Path | None,
        typer.Option(help="The entry that it is to prove, as JSON; without it, the one that the file carries."),
    ] = None,
    key: Key = None,
    policy: PolicyFile = None,
    as_json: Json = False,
) -> None:
    """Check a proof offline, against the log's key or a policy with it."""
    with verdict(as_json) as told:
        proof = parse_proof(read_file(file, MAX_PROOF_BYTES))
        if not proof.extra:
            raise BadProof("Proof: it does not carry the leaf, so that the time of logging is unknown.")
        leaf = proof.extra if entry is None else leaf_of(read_entry_file(read_file(entry)), proof.extra)
        witnessed = proof.verify(leaf_hash(leaf), trusting(verifier(key), trusted(policy)))
        told(
            f"This entry is number {proof.index} of {witnessed.checkpoint.size} in {witnessed.checkpoint.origin}.",
            index=proof.index,
            log=witnessed.checkpoint.origin,
            size=witnessed.checkpoint.size,
            seen={name: utc(at_s * 1000) for name, at_s in witnessed.seen_s.items()},
            **describe(leaf),
        )


@ledger.command()
def certificate(
    work: Annotated[str, typer.Argument(help="The work's id, or the index of its registration.")],
    source: SourceOption,
    out: Out = None,
    html: Annotated[bool, typer.Option("--html", help="A page for people, with the certificate inside.")] = False,
    vc: Annotated[
        bool, typer.Option("--vc", help="A W3C Verifiable Credential with the certificate inside; needs --log-key.")
    ] = False,
    log_key: Annotated[Path | None, typer.Option(help="The log's secret key, `log.key` in its folder.")] = None,
    key: Key = None,
    policy: PolicyFile = None,
) -> None:
    """Write a work's certificate: its entries with their proofs in one file that anybody can check offline."""
    from carrel.server.registry.reading import certify, read_log
    from carrel.server.registry.source import open_source

    if vc != (log_key is not None) or (vc and html):
        raise BadRequest("A credential is signed by the log: --vc and --log-key go together, and not with --html.")
    with verdict(False):
        witnesses = trusted(policy)
        reading = read_log(open_source(source), verifier(key), witnesses)
        made = certify(reading, work, witnesses)
        proven = made.verify(trusting(reading.key, witnesses))
        data = made.encode()
        if html:
            from carrel.server.registry.certificate_page import certificate_page

            data = certificate_page(made, proven)
        if log_key is not None:
            credential = make_credential(made, proven, read_seed(log_key), time.time_ns() // 1_000_000)
            data = msgspec.json.format(msgspec.json.encode(credential), indent=1) + b"\n"
        write_out(out, data)


@ledger.command("check-certificate")
def check_certificate(
    file: Annotated[Path, typer.Argument(help="A certificate, or a credential (JSON) with one inside.")],
    key: Key = None,
    policy: PolicyFile = None,
    as_json: Json = False,
) -> None:
    """Check a certificate or a credential offline, against the log's key or a policy with it."""
    with verdict(as_json) as told:
        data = read_file(file)
        if data.startswith(b"{"):
            data, log = open_credential(data)
            told("The credential is signed by the log's key.", issuer=log)
        found = parse_certificate(data)
        proven = found.verify(trusting(verifier(key), trusted(policy)))
        last = proven.history[-1]
        told(
            f"The work {found.work} stands in {proven.checkpoint.origin} since {utc(proven.history[0].logged_ms)}.",
            work=found.work,
            log=proven.checkpoint.origin,
            size=proven.checkpoint.size,
            seen={name: utc(at_s * 1000) for name, at_s in proven.seen_s.items()},
            history=[
                {"index": step.index, "type": str(step.entry.body.__struct_config__.tag), "logged": utc(step.logged_ms)}
                for step in proven.history
            ],
            last_entry=last.index,
            proves=list(PROVES),
            proves_not=list(PROVES_NOT),
        )


@ledger.command()
def mirror(
    source: SourceName,
    folder: Annotated[Path, typer.Argument(help="The folder of the copy.")],
    key: Key = None,
    policy: PolicyFile = None,
    as_json: Json = False,
) -> None:
    """Copy a log's public files, or bring a copy up to date, verifying each; any web server can then show it."""
    from carrel.server.registry.mirror import mirror as copy
    from carrel.server.registry.source import open_source

    with verdict(as_json) as told:
        with progress(None, "entries") as advance:
            done = copy(open_source(source), folder, verifier(key), trusted(policy), advance)
        size = done.reading.checkpoint.size
        told(
            f"{folder} holds {size} entries, {size - done.old_size} of them new.",
            **facts(done.reading),
            new=size - done.old_size,
        )
        if done.reading.key_stated:
            told("The key is the one that the source states. Compare it with the one the library publishes.")


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
            typer.secho(f"NOT VALID: {error}", err=True, fg="red")
        raise typer.Exit(1) from error
    if as_json and sentences:
        say({"ok": True, "sentences": sentences, **found})
        return
    for sentence in sentences:
        typer.echo(sentence)
    for name, value in found.items():
        if value not in (None, {}, []):
            typer.echo(f"  {name.replace('_', ' ')}: {_shown(value)}")


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_shown(one)}" for name, one in value.items())
    return "; ".join(map(_shown, value)) if isinstance(value, list) else str(value)


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


def read_seed(path: Path) -> bytes:
    """The log's secret, (32,). Raises StorageError, BadRequest."""
    seed = read_file(path, 64)
    if len(seed) != SEED_BYTES:
        raise BadRequest(f"{path} is not a log's key.")
    return seed


def open_credential(data: bytes) -> tuple[bytes, str]:
    """(the certificate inside, issuer) of a credential whose signature is by the key of its certificate's log. Raises BadCertificate."""
    try:
        found = msgspec.json.decode(data, type=dict[str, Any])
        inside = base64.b64decode(found["evidence"][0]["certificate"], validate=True)
    except (msgspec.DecodeError, LookupError, TypeError, ValueError):
        raise BadCertificate("Credential: there is no certificate in it.") from None
    issuer = issuer_key(found)
    verify_proof(found, issuer)
    if parse_certificate(inside).log.key != issuer:
        raise BadCertificate("Credential: its issuer is not the log of its certificate.")
    return inside, str(found["issuer"])


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
