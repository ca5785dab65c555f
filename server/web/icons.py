"""The pages' icons, drawn into the page: nothing more to fetch, and they take the colour of the text."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

from markupsafe import Markup

SHEET: Final = Path(__file__).resolve().parent / "icons.svg"
FRAME: Final = (
    '<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-linecap="round"'
    ' stroke-linejoin="round" aria-hidden="true">{}</svg>'
)


def icon(name: str) -> Markup:
    """A decorative picture beside a word. Raises KeyError for one that the sheet lacks."""
    return Markup(FRAME.format(_shapes()[name]))  # noqa: S704 - our own drawing


@cache
def _shapes() -> dict[str, str]:
    found = re.findall(r'<symbol id="i-([a-z]+)"[^>]*>(.*?)</symbol>', SHEET.read_text("utf-8"), re.DOTALL)
    return dict(found)
