"""The `carrel` command. Parts are imported where they are used, so that every command starts at once."""

from __future__ import annotations

import sys
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from carrel.server.bench.command import room as bench_room
from carrel.server.bench.ledger_command import ledger as bench_ledger
from carrel.server.catalogue.command import import_command
from carrel.server.errors import CarrelError
from carrel.server.furniture_command import build_furniture
from carrel.server.halls_command import build_hall, build_openings
from carrel.server.ingest_command import ingest_command
from carrel.server.looks_command import build_looks_command
from carrel.server.registry.commands import ledger
from carrel.server.registry.keeping_commands import append, init, rebuild, restore, status
from carrel.server.registry.key_commands import key
from carrel.server.registry.witness_commands import witness
from carrel.server.rooms.policy_command import room
from carrel.server.settings import Settings, describe, load
from carrel.server.shipped_manifest import write_manifest

app = typer.Typer(
    help="Carrel: the library that people walk into.", no_args_is_help=True, pretty_exceptions_enable=False
)
build = typer.Typer(help="Build the shipped halls and avatars again.", no_args_is_help=True)
bench = typer.Typer(help="Measure this installation.", no_args_is_help=True)
account = typer.Typer(help="Local accounts.", no_args_is_help=True)
app.add_typer(build, name="build")
app.add_typer(bench, name="bench")
app.add_typer(account, name="account")
app.add_typer(room, name="room")
app.add_typer(ledger, name="ledger")
app.add_typer(key, name="key")
ledger.add_typer(witness, name="witness")

Host = Annotated[
    str | None, typer.Option(help="Address to bind; anything but loopback opens the library to the network.")
]
Port = Annotated[int | None, typer.Option(help="TCP port; 0 takes a free one.")]
DataDir = Annotated[str | None, typer.Option("--data-dir", help="Folder of database, keys and certificates.")]
Tls = Annotated[str | None, typer.Option("--tls", help="`self-signed`: HTTPS with a certificate made here.")]
TlsCert = Annotated[str | None, typer.Option("--tls-cert", help="PEM certificate chain.")]
TlsKey = Annotated[str | None, typer.Option("--tls-key", help="PEM private key.")]


def _settings(**overrides: object) -> Settings:
    tls, cert = overrides.pop("tls", None), overrides.pop("tls_cert", None)
    if tls not in (None, "", "self-signed"):
        raise typer.BadParameter("`--tls` takes `self-signed`; for your own certificate use --tls-cert and --tls-key.")
    return load({**overrides, "tls_cert": cert or tls or None})


@app.command()
def serve(
    host: Host = None,
    port: Port = None,
    data_dir: DataDir = None,
    tls: Tls = None,
    tls_cert: TlsCert = None,
    tls_key: TlsKey = None,
) -> None:
    """Open the library."""
    from carrel.server.serve import run

    run(_settings(host=host, port=port, data_dir=data_dir, tls=tls, tls_cert=tls_cert, tls_key=tls_key))


@app.command()
def doctor(
    host: Host = None,
    port: Port = None,
    data_dir: DataDir = None,
    tls: Tls = None,
    tls_cert: TlsCert = None,
    tls_key: TlsKey = None,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Check TLS, ports, disk, fsync, browser reachability and proxies. Exits with 1 when something is bad."""
    import msgspec

    from carrel.server.doctor import examine

    settings = _settings(host=host, port=port, data_dir=data_dir, tls=tls, tls_cert=tls_cert, tls_key=tls_key)
    findings = list(examine(settings))
    if as_json:
        sys.stdout.write(msgspec.json.encode([finding._asdict() for finding in findings]).decode() + "\n")
    else:
        table = Table(box=None, show_header=False, pad_edge=False)
        marks = {"good": "[green]good[/]", "note": "[yellow]note[/]", "bad": "[red]bad[/]"}
        for finding in findings:
            table.add_row(marks[finding.verdict], finding.check, finding.sentence)
        Console().print(table)
    raise typer.Exit(any(finding.verdict == "bad" for finding in findings))


@app.command()
def settings() -> None:
    """List every setting with its default, limits and meaning."""
    table = Table("setting", "default", "limits", "meaning", box=None)
    for row in describe():
        table.add_row(*row)
    Console().print(table)


@account.command("add")
def account_add(
    name: Annotated[str, typer.Argument(help="The name to sign in with.")],
    role: Annotated[
        list[str] | None, typer.Option(help="reader, creator, librarian, moderator or admin; repeatable.")
    ] = None,
    display_name: Annotated[str | None, typer.Option(help="The name that others see.")] = None,
    password_stdin: Annotated[bool, typer.Option(help="Read the password from standard input.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Add a local account. The password is asked for, never an argument."""
    import asyncio

    from carrel.server.accounts.command import add_account

    password = _password(password_stdin)
    made = asyncio.run(add_account(_settings(data_dir=data_dir), name, password, role or ["reader"], display_name))
    typer.echo(f"{made.name} can sign in now as {', '.join(sorted(made.roles))}.")


@account.command("password")
def account_password(
    name: Annotated[str, typer.Argument(help="The name to sign in with.")],
    password_stdin: Annotated[bool, typer.Option(help="Read the password from standard input.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Give an account a new password; its sessions end."""
    import asyncio

    from carrel.server.accounts.command import set_password

    asyncio.run(set_password(_settings(data_dir=data_dir), name, _password(password_stdin)))
    typer.echo(f"{name} signs in with the new password from now on.")


@account.command("roles")
def account_roles(
    name: Annotated[str, typer.Argument(help="The name to sign in with.")],
    role: Annotated[list[str], typer.Option(help="reader, creator, librarian, moderator or admin; repeatable.")],
    data_dir: DataDir = None,
) -> None:
    """Give an account exactly these roles; if it loses one its sessions end."""
    import asyncio

    from carrel.server.accounts.command import set_roles

    asyncio.run(set_roles(_settings(data_dir=data_dir), name, role))
    typer.echo(f"{name} is {', '.join(role)} now.")


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))


app.command("ingest")(ingest_command)
app.command("import")(import_command)
build.command("hall")(build_hall)
build.command("openings")(build_openings)
build.command("furniture")(build_furniture)
build.command("looks")(build_looks_command)
build.command("manifest")(write_manifest)
bench.command("room")(bench_room)
bench.command("ledger")(bench_ledger)
for keeping in (init, status, append, rebuild, restore):
    ledger.command()(keeping)


def main() -> NoReturn:
    """Entry point: our own errors become one sentence and exit code 2."""
    try:
        app()
    except CarrelError as error:
        typer.echo(f"carrel: {error}", err=True)
        sys.exit(2)
    sys.exit(0)
