"""The pages' words in each language: one flat file a room of words, chosen by the request."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from carrel.server.errors import ConfigurationError
from carrel.server.requests import LANGUAGES

FOLDER: Final = Path(__file__).resolve().parent.parent / "i18n"
FILES: Final = ("pages", "catalogue", "ledger", "certificate", "errors", "refusals")
TAGS: Final = {"en": "en", "zh": "zh-Hans"}
"""The tag for `lang` and `hreflang`. Our `zh` is written in simplified characters."""
OWN_NAMES: Final = {"en": "English", "zh": "简体中文"}
SHORT_NAMES: Final = {"en": "EN", "zh": "中文"}


class Words:
    """`words("login.title")`; parameters are put in as they are, escaping is the template's. An unknown key is a mistake of ours: KeyError."""

    def __init__(self, language: str, patterns: Mapping[str, str]) -> None:
        self.language = language
        self._patterns = patterns

    def __call__(self, key: str, **parameters: object) -> str:
        return self._patterns[key].format_map(parameters)

    def __contains__(self, key: str) -> bool:
        return key in self._patterns


@cache
def words(language: str) -> Words:
    """Raises ConfigurationError naming a file that cannot be read."""
    known = language if language in LANGUAGES else "en"
    patterns: dict[str, str] = {}
    for name in FILES:
        path = FOLDER / known / f"{name}.json"
        try:
            patterns |= msgspec.json.decode(path.read_bytes(), type=dict[str, str])
        except (OSError, msgspec.MsgspecError) as error:
            raise ConfigurationError(f"The words in {known}/{path.name} cannot be read: {error}") from error
    return Words(known, patterns)
