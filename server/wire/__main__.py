"""`python -m carrel.server.wire`: write what is made from the schema into the repository. Used by `make generate`."""

from __future__ import annotations

from pathlib import Path

from carrel.server.wire.generate import generated

ROOT = Path(__file__).resolve().parents[2]

for name, text in generated().items():
    path = ROOT / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
