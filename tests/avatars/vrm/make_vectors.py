"""Writes `tests/vectors/avatars.json`: the generated figures and which node is which bone, for the readers of both languages."""

from __future__ import annotations

import base64
import json
from pathlib import Path

from carrel.avatars.vrm import check
from tests.avatars.vrm.figures import mixamo, vrm_0, vrm_1

VECTORS = Path(__file__).parents[2] / "vectors" / "avatars.json"
FIGURES = {"vrm1": vrm_1, "vrm0": vrm_0, "humanoid": mixamo}


def text() -> str:
    made = {
        name: {"bones": dict(check(make().json).bones), "glb": base64.b64encode(make().to_bytes()).decode()}
        for name, make in FIGURES.items()
    }
    return json.dumps(made, indent=1) + "\n"


if __name__ == "__main__":
    VECTORS.write_text(text())
