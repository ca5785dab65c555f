"""Turning a template into an answer: language, who asks, the form's secret, and the client's hashed files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from carrel.server.accounts import Accounts
from carrel.server.accounts.model import STAFF, Identity
from carrel.server.requests import LANGUAGE_COOKIE, LANGUAGES, is_secure, language_of
from carrel.server.rooms import Rooms
from carrel.server.settings import Settings
from carrel.server.web.files import Entry, entry
from carrel.server.web.forms import form_token, keep_form_token
from carrel.server.web.icons import icon
from carrel.server.web.words import OWN_NAMES, SHORT_NAMES, TAGS, words

TEMPLATES: Final = Path(__file__).resolve().parent / "templates"
LANGUAGE_MAX_AGE_S: Final = 365 * 24 * 3600
MAIN_ROOM: Final = "great-hall"
PAGES_ENTRY: Final = "src/pages/main.ts"
HALL_ENTRY: Final = "src/hall/main.ts"


@dataclass(frozen=True, slots=True)
class Language:
    code: str
    tag: str
    own: str
    short: str
    href: str
    current: bool


class View:
    """One for the process. `client` finds the built entry of a source path; it raises ConfigurationError when nothing was built."""

    def __init__(self, settings: Settings, rooms: Rooms, accounts: Accounts, client: ClientFiles) -> None:
        self.settings = settings
        self.rooms = rooms
        self.accounts = accounts
        self.client = client
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals.update(icon=icon)
        self._templates.filters.update(moment=moment)

    async def page(self, request: web.Request, template: str, *, status: int = 200, **values: Any) -> web.Response:
        """The page for whoever asks."""
        return self.render(request, template, await self.accounts.identify(request), status=status, **values)

    def render(
        self, request: web.Request, template: str, identity: Identity | None, *, status: int = 200, **values: Any
    ) -> web.Response:
        language = language_of(request, self.settings.default_language)
        token = form_token(self.accounts, request, identity)
        text = self._templates.get_template(template).render(
            t=words(language),
            language=language,
            tag=TAGS[words(language).language],
            languages=_languages(request, language),
            library=self.library_name(language),
            identity=identity,
            staff=identity is not None and bool(identity.roles & STAFF),
            form=Markup('<input type="hidden" name="form" value="{}">').format(token),
            path=request.path,
            client=self.client.entry(values.pop("entry", PAGES_ENTRY)),
            main_room=self.main_room(),
            **values,
        )
        response = web.Response(text=text, content_type="text/html", status=status)
        response.headers["Cache-Control"] = "private, no-cache"
        response.headers["Content-Language"] = TAGS[words(language).language]
        secure = is_secure(request, self.settings)
        if request.query.get("lang") == language:
            response.set_cookie(
                LANGUAGE_COOKIE, language, max_age=LANGUAGE_MAX_AGE_S, path="/", samesite="Lax", secure=secure
            )
        if identity is None and token in text:
            keep_form_token(response, token, secure)
        return response

    def library_name(self, language: str) -> str:
        return self.settings.library_name_zh if language == "zh" else self.settings.library_name

    def main_room(self) -> str:
        """The room behind the doorway: the Great Hall where there is one, else the first."""
        known = [one.room for one in self.rooms.summaries()]
        return MAIN_ROOM if MAIN_ROOM in known else known[0] if known else MAIN_ROOM


class ClientFiles:
    """The built client's entries, read again when a build has changed them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, tuple[int, Entry]] = {}

    def entry(self, source: str) -> Entry:
        """Raises ConfigurationError when nothing was built."""
        manifest = self._folder / "manifest.json"
        changed_ns = manifest.stat().st_mtime_ns if manifest.exists() else 0
        known = self._known.get(source)
        if known is None or known[0] != changed_ns:
            known = self._known[source] = (changed_ns, entry(self._folder, source))
        return known[1]


def moment(unix_ms: int) -> Markup:
    """A point in time: UTC in the page, the reader's own time once the page's script runs."""
    at = datetime.fromtimestamp(unix_ms / 1000, UTC)
    return Markup('<time datetime="{}">{} UTC</time>').format(at.isoformat(timespec="seconds"), f"{at:%Y-%m-%d %H:%M}")


def _languages(request: web.Request, current: str) -> list[Language]:
    query = {name: value for name, value in request.query.items() if re.fullmatch(r"[a-z_]{1,16}", name)}
    return [
        Language(
            code,
            TAGS[code],
            OWN_NAMES[code],
            SHORT_NAMES[code],
            str(request.rel_url.with_query({**query, "lang": code}).with_fragment(None))
            if request.method == "GET"
            else f"/?lang={code}",
            code == current,
        )
        for code in LANGUAGES
    ]
