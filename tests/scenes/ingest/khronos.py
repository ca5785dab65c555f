"""The Khronos validator as a process that stays: bytes in, its errors out. What it calls an error our gate must refuse."""

from __future__ import annotations

import json
import select
import shutil
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[3]
SCRIPT = """
import { createRequire } from "node:module"; import fs from "node:fs";
const validator = createRequire(process.argv[1] + "/")("gltf-validator");
const take = (size) => { const b = Buffer.alloc(size); let at = 0;
  while (at < size) { const got = fs.readSync(0, b, at, size - at, null); if (!got) process.exit(0); at += got; } return b; };
for (;;) {
  const data = new Uint8Array(take(take(4).readUInt32LE(0)));
  let found;
  try {
    const report = await validator.validateBytes(data, { maxIssues: 400, externalResourceFunction: () => Promise.reject("none") });
    found = report.issues.messages.filter((m) => m.severity === 0).map((m) => `${m.code} ${m.pointer ?? m.offset}`);
  } catch (fault) { found = [`THROWN ${fault}`]; }
  fs.writeSync(1, JSON.stringify(found) + "\\n");
}
"""


PATIENCE_S = 3.0


class Validator:
    """It counts to the end of any count, and some pictures end it: when it does not answer it is started again."""

    def __init__(self) -> None:
        self._process = self._start()

    def errors(self, data: bytes) -> list[str] | None:
        """`CODE pointer` of everything that the validator calls an error; None when it does not answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(struct.pack("<I", len(data)) + data)
        self._process.stdin.flush()
        ready = select.select([self._process.stdout], [], [], PATIENCE_S)[0]
        line = self._process.stdout.readline() if ready else b""
        if not line:
            self.close()
            self._process = self._start()
            return None
        found: list[str] = json.loads(line)
        return found

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()

    def _start(self) -> subprocess.Popen[bytes]:
        node = shutil.which("node")
        assert node is not None, "the validator needs Node on the PATH"
        command = [node, "--input-type=module", "-e", SCRIPT, str(ROOT / "web_client")]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


@contextmanager
def validator() -> Iterator[Validator]:
    made = Validator()
    try:
        yield made
    finally:
        made.close()
