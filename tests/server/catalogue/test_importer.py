"""A run over files: what comes twice, what has no format, and the command's own words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from carrel.server.cli import app
from tests.server.catalogue.importing.files import CNMARC, DREAM, marc


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    (tmp_path / "a.mrc").write_bytes(marc(DREAM, status="a") + marc(CNMARC, status="a") + marc(DREAM, status="a"))
    other = [(tag, text.replace("1982", "1983")) for tag, text in DREAM]
    (tmp_path / "b.mrc").write_bytes(marc(other, status="a"))
    (tmp_path / "c.txt").write_text("a letter to a friend")
    return tmp_path


def run(shelf: Path, *arguments: str) -> tuple[int, list[dict[str, object]]]:
    done = CliRunner().invoke(app, ["import", "--json", "--data-dir", str(shelf / "data"), *arguments])
    return done.exit_code, [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def test_a_number_with_other_words_is_set_aside_within_a_run_and_a_change_in_the_next(shelf: Path) -> None:
    code, (first, second, third) = run(shelf, *(str(shelf / name) for name in ("a.mrc", "b.mrc", "c.txt")))
    assert code == 1
    assert (first["added"], first["same"]) == (2, 1)
    assert second["aside"] == [
        {
            "number": 1,
            "position": 0,
            "code": "duplicate",
            "sentence": "Another record of this run has the number 'dream-1' too.",
        }
    ]
    assert third["code"] == "format"
    code, (again,) = run(shelf, str(shelf / "b.mrc"))
    assert (code, again["changed"]) == (0, 1)


def test_options_that_make_no_sense_are_refused(shelf: Path) -> None:
    assert run(shelf, "--format", "pdf", str(shelf / "a.mrc"))[0] == 2
    assert run(shelf, "--encoding", "klingon", str(shelf / "a.mrc"))[0] == 2
    told = CliRunner().invoke(app, ["import", "--data-dir", str(shelf / "data"), str(shelf / "a.mrc")])
    assert told.exit_code == 0
    assert "2 new, 0 changed, 1 as before, 0 set aside." in told.stdout
