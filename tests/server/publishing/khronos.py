"""The Khronos validator's word on files, many at once."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

import hatch_build

ROOT = Path(__file__).parents[3]
SCRIPT = """
import { createRequire } from 'module';
import fs from 'fs';
const validator = createRequire(process.argv[1] + '/web_client/package.json')('gltf-validator');
const told = [];
for (const path of process.argv.slice(2)) {
  const report = await validator.validateBytes(new Uint8Array(fs.readFileSync(path)));
  told.push(report.issues.messages.filter((one) => one.severity === 0).map((one) => `${one.code} ${one.pointer}: ${one.message}`));
}
console.log(JSON.stringify(told));
"""


def errors(files: Sequence[Path]) -> list[list[str]]:
    """Of each file its errors."""
    folder = hatch_build.node_folder()
    assert folder is not None, "the client's tests need Node too"
    command = [str(folder / "node"), "--input-type=module", "-e", SCRIPT, str(ROOT), *map(str, files)]
    told: list[list[str]] = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return told
