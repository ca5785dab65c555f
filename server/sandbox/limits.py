"""What one job in the sandbox may use."""

from __future__ import annotations

from msgspec import Struct

MIB = 1 << 20


class Limits(Struct, frozen=True, kw_only=True):
    """Memory is address space, so that libraries alone take about 400 MiB of it."""

    memory_bytes: int = 2048 * MIB
    cpu_s: int = 60
    wall_ms: int = 90_000
    """From the moment the job is handed over until its last byte is here."""
    output_bytes: int = 256 * MIB
    """All files of the answer together."""
    output_files: int = 64
    threads: int = 16
    """Processes there are none but the worker itself."""
    open_files: int = 64
