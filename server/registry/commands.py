"""`carrel ledger …`: what anybody can do with a log that they can read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from carrel.ledger.credential import utc
from carrel.ledger.errors import BadProof
from carrel.ledger.merkle import leaf_hash
from carrel.ledger.proof import MAX_PROOF_BYTES, parse_proof
from carrel.server.registry.certificate_commands import certificate, check_certificate
from carrel.server.registry.command_line import (
    Json,
    Key,
    Out,
    PolicyFile,
    SourceName,
    SourceOption,
    facts,
    progress,
    read_file,
    trusted,
    trusting,
    verdict,
    verifier,
    write_out,
)
from carrel.server.registry.entry_file import describe, entry_file, leaf_of, read_entry_file

ledger = typer.Typer(help="Verify a ledger, and prove what stands in it.", no_args_is_help=True)
ledger.command("certificate")(certificate)
ledger.command("check-certificate")(check_certificate)


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
    as_json: Json = False,
) -> None:
    """Write the proof that an entry is in the log, as a C2SP .tlog-proof file that anybody can check offline."""
    from carrel.server.registry.reading import find, read_log
    from carrel.server.registry.reading import prove as make_proof
    from carrel.server.registry.source import open_source

    with verdict(as_json) as told:
        reading = read_log(open_source(source), verifier(key), trusted(policy))
        proof = make_proof(reading, find(reading, entry))
        write_out(out, proof.encode())
        if entry_out is not None:
            write_out(entry_out, entry_file(proof.extra))
        if out is not None:
            told(f"{out} proves entry {proof.index}.", **facts(reading), index=proof.index, **describe(proof.extra))


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
