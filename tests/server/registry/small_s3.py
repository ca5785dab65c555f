"""As much of S3 as the ledger uses, over HTTP: objects with versions, conditional writes, and removal of several at once. It checks no signature."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from .small_http import Handler, serving


@contextmanager
def small_s3() -> Iterator[tuple[str, dict[str, bytes]]]:
    """Its address, and its objects by path (`/bucket/key`)."""
    objects: dict[str, bytes] = {}
    turn = threading.Lock()

    class S3Handler(Handler):
        def do_GET(self) -> None:  # noqa: N802 - http.server's name
            with turn:
                found = objects.get(urlsplit(self.path).path)
            self._answer(404 if found is None else 200, found or b"", etag(found))

        def do_PUT(self) -> None:  # noqa: N802 - http.server's name
            path, body = urlsplit(self.path).path, self._body()
            with turn:
                there = objects.get(path)
                wanted = self.headers["If-Match"]
                if (wanted and wanted != etag(there)) or (self.headers["If-None-Match"] == "*" and there is not None):
                    status = 412
                else:
                    status, objects[path] = 200, body
            self._answer(status, b"", etag(body))

        def do_POST(self) -> None:  # noqa: N802 - http.server's name
            bucket = urlsplit(self.path).path.rstrip("/")
            keys = re.findall(rb"<Key>([^<]+)</Key>", self._body())
            with turn:
                for key in keys:
                    objects.pop(f"{bucket}/{key.decode()}", None)
            deleted = b"".join(b"<Deleted><Key>%s</Key></Deleted>" % key for key in keys)
            self._answer(200, b"<DeleteResult>%s</DeleteResult>" % deleted, "")

        def _body(self) -> bytes:
            return self.rfile.read(int(self.headers["Content-Length"] or 0))

        def _answer(self, status: int, body: bytes, tag: str) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("ETag", tag)
            self.send_header("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT")
            self.end_headers()
            self.wfile.write(body)

    with serving(S3Handler) as url:
        yield url, objects


def etag(data: bytes | None) -> str:
    return f'"{hashlib.md5(data or b"", usedforsecurity=False).hexdigest()}"'
