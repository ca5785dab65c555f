"""`make test`: vitest, the browser tests and beside them all others, whose pytest summary closes the output. `make prove`: the proofs."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parents[1]
VITEST = [sys.executable, "hatch_build.py", "npm", "run", "--silent", "test"]


def main(arguments: list[str]) -> int:
    if "--proofs" in arguments:
        os.environ["PROVE"] = "1"
        return run(pytest("proof", [argument for argument in arguments if argument != "--proofs"]))
    codes = [run(VITEST)]
    # The browser tests mostly wait for a browser, so the others run beside them; theirs is the summary at the end.
    with tempfile.TemporaryDirectory() as folder:
        said = Path(folder) / "said"
        with said.open("wb") as out:
            others = subprocess.Popen(pytest("not proof and not browser", arguments), cwd=ROOT, stdout=out, stderr=out)
        try:
            codes += [run(pytest("browser and not proof", arguments)), follow(others, said)]
        finally:
            others.kill()
    if any(codes[:-1]) and not codes[-1]:
        print("The last pytest passed, but vitest or the browser tests above did not.", flush=True)
    return max(codes, key=abs)


def pytest(marks: str, arguments: list[str]) -> list[str]:
    return [sys.executable, "-m", "pytest", "-m", marks, *arguments]


def run(command: list[str]) -> int:
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def follow(process: subprocess.Popen[bytes], said: Path) -> int:
    """Print what the process has written to its file and goes on to write, until it ends; its exit code."""
    with said.open("rb") as lines:
        while True:
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.2)
            code = process.returncode  # before reading: what it wrote last is read too
            sys.stdout.buffer.write(lines.read())
            sys.stdout.flush()
            if code is not None:
                return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
