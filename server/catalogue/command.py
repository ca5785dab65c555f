"""`carrel import`: bring in the records of another system's files."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from carrel.server.settings import load

if TYPE_CHECKING:
    from carrel.server.catalogue.importer import Report
    from carrel.server.catalogue.importing.encoding import Encoding
    from carrel.server.catalogue.importing.formats import Format

ASIDES_TOLD = 40


def import_command(
    paths: Annotated[list[Path], typer.Argument(help="Files of records.", exists=True, dir_okay=False)],
    form: Annotated[str, typer.Option("--format", help="auto, marc, marc21, unimarc, marcxml, dc or csv.")] = "auto",
    encoding: Annotated[str, typer.Option(help="auto, utf-8, marc-8, gb18030, big5 or cp1252.")] = "auto",
    source: Annotated[str, typer.Option(help="Whose numbers these are, where the records do not say.")] = "local",
    as_json: Annotated[bool, typer.Option("--json", help="For machines: one JSON value a file.")] = False,
    data_dir: Annotated[str | None, typer.Option("--data-dir", help="Folder of the database.")] = None,
) -> None:
    """Bring in records; a second run changes only what is other than before. Exits with 1 when something was set aside."""
    from carrel.server.catalogue.importing.encoding import CALLED, ENCODINGS
    from carrel.server.catalogue.importing.formats import FORMATS

    encoding = CALLED.get(encoding.lower(), encoding.lower())
    if form not in ("auto", *FORMATS):
        raise typer.BadParameter(f"--format takes auto, {', '.join(FORMATS)}.")
    if encoding not in ("auto", *ENCODINGS):
        raise typer.BadParameter(f"--encoding takes auto, {', '.join(ENCODINGS)}.")
    if not 1 <= len(source) <= 80:
        raise typer.BadParameter("--source has 1 to 80 characters.")
    reports = asyncio.run(
        _bring(
            paths,
            None if form == "auto" else cast("Format", form),
            None if encoding == "auto" else cast("Encoding", encoding),
            source,
            data_dir,
        )
    )
    for report in reports:
        typer.echo(msgspec.json.encode(report).decode() if as_json else _sentences(report))
    raise typer.Exit(any(report.code or report.aside_count for report in reports))


async def _bring(
    paths: list[Path], form: Format | None, encoding: Encoding | None, source: str, data_dir: str | None
) -> list[Report]:
    from carrel.server.catalogue.importer import Importer
    from carrel.server.catalogue.store import CatalogueStore
    from carrel.server.clock import wall_clock
    from carrel.server.storage import open_database

    database = await open_database(load({"data_dir": data_dir}))
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    try:
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            tasks: dict[Path, TaskID] = {}

            def show(path: Path, read_bytes: int, records: int) -> None:
                if path not in tasks:
                    tasks[path] = progress.add_task(path.name, total=path.stat().st_size)
                progress.update(tasks[path], completed=read_bytes, description=f"{path.name}: {records:,}")

            importer = Importer(CatalogueStore(database), wall_clock()(), show)
            return [await importer.bring(path, form, encoding, source) for path in paths]
    finally:
        await database.close()


def _sentences(report: Report) -> str:
    if report.code:
        return f"{report.file}: not read [{report.code}]. {report.sentence}"
    where = "line" if report.format in ("marcxml", "dc", "csv") else "byte"
    lines = [
        f"{report.file}: {report.format}; {report.added:,} new, {report.changed:,} changed, {report.same:,} as before, {report.aside_count:,} set aside."
    ]
    lines += [
        f"  record {one.number:,} at {where} {one.position:,}: {one.sentence} [{one.code}]"
        for one in report.aside[:ASIDES_TOLD]
    ]
    if report.aside_count > ASIDES_TOLD:
        lines.append(f"  … and {report.aside_count - ASIDES_TOLD:,} more; --json tells of more of them.")
    return "\n".join(lines)
