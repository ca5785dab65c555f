"""Settings: every field has unit or sentence, limits and documentation; sources win in the documented order."""

from __future__ import annotations

from pathlib import Path

import pytest

from carrel.server import settings
from carrel.server.errors import ConfigurationError

ROOT = Path(__file__).parents[2]


def test_every_setting_has_limits_and_a_sentence() -> None:
    for name, _, limits, sentence in settings.describe():
        assert sentence.endswith("."), name
        assert limits, name


def test_every_setting_is_documented() -> None:
    text = (ROOT / "docs/reference/settings.md").read_text("utf-8")
    assert text == settings.markdown(), "docs/reference/settings.md is stale: run `make generate`"


def test_command_line_wins_over_environment_over_file(tmp_path: Path) -> None:
    (tmp_path / "carrel.toml").write_text('port = 1\nlibrary_name = "File"\nroom_capacity = 7\n')
    environ = {
        "CARREL_PORT": "2",
        "CARREL_ROOM_CAPACITY": "8",
        "CARREL_ALLOWED_ORIGINS": "https://a.example, https://b.example",
    }
    found = settings.load({"data_dir": str(tmp_path), "port": 3, "host": None}, environ)
    assert (found.port, found.room_capacity, found.library_name) == (3, 8, "File")
    assert found.allowed_origins == ("https://a.example", "https://b.example")
    assert found.host == "127.0.0.1"


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"port": 70_000}, "port"),
        ({"tick_hz": 0}, "tick_hz"),
        ({"interest": "maybe"}, "interest"),
        ({"nonsense": 1}, "nonsense"),
    ],
)
def test_wrong_values_are_named(values: dict[str, object], word: str) -> None:
    with pytest.raises(ConfigurationError, match=word):
        settings.load(values, {})


def test_unknown_environment_names_are_noticed() -> None:
    with pytest.raises(ConfigurationError, match="prot"):
        settings.load({}, {"CARREL_PROT": "8080"})


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "carrel.toml").write_text("port = \n")
    with pytest.raises(ConfigurationError, match=r"carrel\.toml"):
        settings.load({"data_dir": str(tmp_path)}, {})
