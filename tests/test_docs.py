"""The documents are true where a machine can tell: links resolve, commands exist, codes and settings are described."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import typer

from carrel.server.cli import app
from carrel.server.errors import peer_errors

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted(
    ROOT / name
    for name in subprocess.run(
        ["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
)
LINK = re.compile(r"\]\((?!https?://|mailto:|#)([^)#\s]+)")
MAKE = re.compile(r"`make ([a-z]+)")
COMMAND = re.compile(r"`carrel ((?:[a-z][a-z-]+ ?)+)")


def names(documents: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in documents]


@pytest.mark.parametrize("name", names(DOCUMENTS))
def test_links_and_pictures_resolve(name: str) -> None:
    path = ROOT / name
    missing = [link for link in LINK.findall(path.read_text("utf-8")) if not (path.parent / link).exists()]
    assert not missing


@pytest.mark.parametrize("name", names(DOCUMENTS))
def test_commands_exist(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(MAKE.findall(text)) <= targets
    for words in COMMAND.findall(text):
        assert known(words.split()), f"`carrel {words}` is not a command"


def known(words: list[str]) -> bool:
    """True when the words lead through groups to a command; what follows a command is its arguments."""
    commands: dict[str, object] = dict(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
    for word in words:
        if word not in commands:
            return False
        found = commands[word]
        if not hasattr(found, "commands"):
            return True
        commands = dict(found.commands)
    return True


def test_every_wire_code_is_described() -> None:
    documents = ("docs/design/protocol.md", "docs/reference/ledger-api.md", "docs/reference/works-api.md")
    text = "".join((ROOT / name).read_text("utf-8") for name in documents)
    assert not [kind.code for kind in peer_errors() if f"`{kind.code}`" not in text]


def test_readme_names_the_two_commands() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert "make run" in text
    assert "make test" in text
    assert re.search(r"!\[[^\]]+\]\(docs/images/", text), "the README shows a real picture"
