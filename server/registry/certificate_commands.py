"""`carrel ledger certificate` and `check-certificate`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from carrel.ledger.certificate import PROVES, PROVES_NOT, parse_certificate
from carrel.ledger.credential import make_credential, utc, verify_credential
from carrel.ledger.errors import BadCertificate
from carrel.server.errors import BadRequest
from carrel.server.registry.command_line import (
    Json,
    Key,
    Out,
    PolicyFile,
    SourceOption,
    facts,
    read_file,
    trusted,
    trusting,
    verdict,
    verifier,
    write_out,
)


def certificate(
    work: Annotated[str, typer.Argument(help="The work's id, or the index of its registration.")],
    source: SourceOption,
    out: Out = None,
    html: Annotated[bool, typer.Option("--html", help="A page for people, with the certificate inside.")] = False,
    vc: Annotated[
        bool, typer.Option("--vc", help="A W3C Verifiable Credential with the certificate inside; needs --log-key.")
    ] = False,
    log_key: Annotated[Path | None, typer.Option(help="The log's secret key, `log.key` in its folder.")] = None,
    passphrase_file: Annotated[Path | None, typer.Option(help="A file whose first line unseals the log's key.")] = None,
    key: Key = None,
    policy: PolicyFile = None,
    as_json: Json = False,
) -> None:
    """Write a work's certificate: its entries with their proofs in one file that anybody can check offline."""
    from carrel.server.registry.reading import certify, read_log
    from carrel.server.registry.source import open_source

    if vc != (log_key is not None) or (vc and html):
        raise BadRequest("A credential is signed by the log: --vc and --log-key go together, and not with --html.")
    with verdict(as_json) as told:
        witnesses = trusted(policy)
        reading = read_log(open_source(source), verifier(key), witnesses)
        made = certify(reading, work, witnesses)
        proven = made.verify(trusting(reading.key, witnesses))
        data = made.encode()
        if html:
            from carrel.server.registry.certificate_page import certificate_page

            data = certificate_page(made, proven)
        if log_key is not None:
            seed = read_seed(log_key, passphrase_file)
            credential = make_credential(made, proven, seed, time.time_ns() // 1_000_000)
            data = msgspec.json.format(msgspec.json.encode(credential), indent=1) + b"\n"
        write_out(out, data)
        if out is not None:
            told(
                f"{out} shows the history of the work {made.work}.",
                **facts(reading),
                work=made.work,
                entries=len(made.entries),
            )


def check_certificate(
    file: Annotated[Path, typer.Argument(help="A certificate, or a credential (JSON) with one inside.")],
    key: Key = None,
    policy: PolicyFile = None,
    as_json: Json = False,
) -> None:
    """Check a certificate or a credential offline, against the log's key or a policy with it."""
    with verdict(as_json) as told:
        data, believed = read_file(file), trusting(verifier(key), trusted(policy))
        if data.startswith(b"{"):
            credential = parse_credential(data)
            found, proven = verify_credential(credential, believed)
            told(
                "The credential is signed by the log's key and states what its certificate shows.",
                issuer=credential["issuer"],
            )
        else:
            found = parse_certificate(data)
            proven = found.verify(believed)
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


def read_seed(path: Path, passphrase_file: Path | None) -> bytes:
    """The log's secret, (32,). Raises StorageError, BadRequest, ConfigurationError."""
    from carrel.server.registry.init import passphrase_in
    from carrel.server.registry.key_file import read_key

    return read_key(path).open(None if passphrase_file is None else passphrase_in(passphrase_file))


def parse_credential(data: bytes) -> dict[str, Any]:
    """Raises BadCertificate."""
    try:
        return msgspec.json.decode(data, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadCertificate("Credential: it is not JSON.") from None
