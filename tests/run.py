"""`make test` and `make prove`: vitest, then pytest with the browser tests, whose summary closes the output."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def main(arguments: list[str]) -> int:
    proofs = "--proofs" in arguments
    rest = [argument for argument in arguments if argument != "--proofs"]
    steps = [[sys.executable, "-m", "pytest", "-m", "proof" if proofs else "not proof", *rest]]
    if not proofs:
        steps.insert(0, [sys.executable, "hatch_build.py", "npm", "run", "--silent", "test"])
    codes = [subprocess.run(step, cwd=ROOT, check=False).returncode for step in steps]
    if codes[0] and not codes[-1]:
        print("pytest passed, but vitest above did not.", flush=True)
    return max(codes, key=abs)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
