"""A real PostgreSQL in a folder that goes away, from the programs that a Debian package or another installs; it never runs as root."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.server_process import free_port

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "50",
    "shared_buffers": "16MB",
    "log_min_messages": "warning",
}


def programs() -> Path | None:
    """The folder of the newest `postgres`, None where there is none."""
    found = [Path(path).parent for path in (shutil.which("postgres"),) if path]
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    return found[-1] if found else None


@contextmanager
def running() -> Iterator[str]:
    """Its SQLAlchemy address, less the database's name."""
    folder = programs()
    assert folder is not None
    data = Path(tempfile.mkdtemp(prefix="carrel-postgresql-"))
    port = free_port()
    as_whom: dict[str, Any] = {}
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(data, nobody.pw_uid, nobody.pw_gid)
        as_whom = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": ()}

    def run(program: str, *options: str) -> None:
        command = [folder / program, "-D", data / "db", *options]
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=data, check=False, **as_whom
        )
        assert done.returncode == 0, done.stdout.decode()

    try:
        run("initdb", "-U", "carrel", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions")
        options = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())
        run("pg_ctl", "-w", "-l", str(data / "out"), "-o", f"-p {port} -k {data} {options}", "start")
        try:
            yield f"postgresql+asyncpg://carrel@127.0.0.1:{port}"
        finally:
            run("pg_ctl", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(data, ignore_errors=True)
