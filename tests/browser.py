"""Finding a Chromium for the browser tests: the machine's, else Playwright's, else the system's package."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
ADVICE = "No Chromium was found or could be installed. Install one (Debian: apt-get install chromium) or set CARREL_CHROMIUM to its path."


def find() -> str | None:
    """Path of a Chromium that starts, or None."""
    named = os.environ.get("CARREL_CHROMIUM")
    candidates = [named] if named else [shutil.which(name) for name in NAMES]
    found = next((path for path in candidates if path and _starts(path)), None)
    return found or (None if named else _playwrights())


def _playwrights() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() and _starts(path) else None


def _starts(path: str) -> bool:
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=30, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def install() -> bool:
    """Try Playwright's own download, then the system's package when we may. True when one is there afterwards."""
    print("No Chromium here; trying Playwright's …", flush=True)
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    try:
        subprocess.run(command, check=False, timeout=240, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        print("… it did not answer.", flush=True)
    if find():
        return True
    if shutil.which("apt-get") and os.geteuid() == 0:
        print("… trying the system's package.", flush=True)
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-q"], check=False, env=environment, stdout=subprocess.DEVNULL)
        packages = ["chromium", "fonts-noto-cjk"]
        subprocess.run(
            ["apt-get", "install", "-y", "-q", *packages], check=False, env=environment, stdout=subprocess.DEVNULL
        )
    return find() is not None


if __name__ == "__main__":
    if not find() and not install():
        raise SystemExit(ADVICE)
