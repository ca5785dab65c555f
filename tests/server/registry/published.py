"""A small log as a folder, and over HTTP from a web server that misbehaves on demand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from carrel.server.registry.key_file import encode_key, key_of
from tests.ledger.small_log import SmallLog

from .small_http import Handler, serving


def write_log(log: SmallLog, folder: Path) -> Path:
    """As the writing side lays it out."""
    for path, data in log.files.items():
        target = folder / "public" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    (folder / "log.json").write_bytes(about(log))
    (folder / "log.key").write_bytes(encode_key(key_of(log.signer.seed, None)))
    return folder


def about(log: SmallLog) -> bytes:
    return msgspec.json.encode({"origin": log.state.log, "vkey": vkey(log), "database": None})


def vkey(log: SmallLog) -> str:
    return log.signer.verifier().vkey


class Shelf:
    """What the server shows, by path; `asked` is what was asked for. `answers`: another status and headers for a path; `gone`: requests to drop.
    `connections`: how many were opened."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.asked: list[str] = []
        self.answers: dict[str, tuple[int, dict[str, str]]] = {}
        self.gone = 0
        self.connections = 0
        self.url = ""


@contextmanager
def served(files: dict[str, bytes]) -> Iterator[Shelf]:
    shelf = Shelf(files)

    class ShelfHandler(Handler):
        def setup(self) -> None:
            shelf.connections += 1
            super().setup()

        def do_GET(self) -> None:  # noqa: N802 - http.server's name
            path = self.path.removeprefix("/ledger/")
            shelf.asked.append(path)
            if shelf.gone:
                shelf.gone -= 1
                self.close_connection = True
                return
            status, headers = shelf.answers.get(path, (200 if path in shelf.files else 404, {}))
            data = shelf.files.get(path, b"no")
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if "Content-Length" not in headers:
                self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    with serving(ShelfHandler) as url:
        shelf.url = f"{url}/ledger"
        yield shelf
