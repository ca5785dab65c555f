"""What is made from the schema and the settings, and committed: path in the repository → bytes. A test keeps the files fresh."""

from __future__ import annotations

import json
from typing import Any

from carrel.server import settings
from carrel.server.wire.asyncapi import asyncapi
from carrel.server.wire.typescript import typescript
from carrel.server.wire.vectors import vectors


def generated() -> dict[str, str]:
    files = {
        "web_client/src/net/protocol.gen.ts": typescript(),
        "docs/reference/asyncapi.json": _json(asyncapi()),
        "docs/reference/settings.md": settings.markdown(),
    }
    return files | {f"tests/vectors/{name}.json": _json(entries) for name, entries in vectors().items()}


def _json(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"
