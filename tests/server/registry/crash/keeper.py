"""Keeps what it reads, line by line, on the disk, and repeats the lines that begin with `?` once everything before them is there: `keeper FILE`."""

from __future__ import annotations

import os
import sys


def main(path: str) -> None:
    with open(path, "ab") as file:  # noqa: PTH123 - a process this small knows no paths
        rest = b""
        while data := os.read(0, 1 << 16):
            *lines, rest = (rest + data).split(b"\n")
            file.writelines(line + b"\n" for line in lines if not line.startswith(b"?"))
            file.flush()
            os.fsync(file.fileno())
            for line in lines:
                if line.startswith(b"?"):
                    sys.stdout.write(line.decode() + "\n")
                    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
