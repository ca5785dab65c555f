"""Forms: a bounded body, and a secret that only our own page could have put in."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl

from aiohttp import web

from carrel.server.accounts import Accounts
from carrel.server.accounts.cookies import SESSION_COOKIE
from carrel.server.accounts.model import Identity
from carrel.server.accounts.tokens import new_token, same
from carrel.server.errors import BadRequest, Forbidden
from carrel.server.requests import body_bytes

FORM_COOKIE: Final = "carrel_form"
FORM_FIELD: Final = "form"
FORM_BYTES: Final = 8192
FORM_FIELDS: Final = 16
FORM_MAX_AGE_S: Final = 3600
STALE: Final = "This form was open too long or came from elsewhere. Open the page again and repeat it."


def form_token(accounts: Accounts, request: web.BaseRequest, identity: Identity | None) -> str:
    """What the page's forms carry: bound to the session, or, where there is none, to a cookie of this browser."""
    if identity is not None:
        return accounts.csrf_token(request.cookies[SESSION_COOKIE])
    held = request.cookies.get(FORM_COOKIE, "")
    return held if 40 <= len(held) <= 64 and held.isascii() else new_token()


def keep_form_token(response: web.Response, token: str, secure: bool) -> None:
    response.set_cookie(
        FORM_COOKIE, token, max_age=FORM_MAX_AGE_S, path="/", httponly=True, samesite="Lax", secure=secure
    )


async def read_form(accounts: Accounts, request: web.Request, identity: Identity | None) -> dict[str, str]:
    """The fields, the last of a name counting. Raises TooLarge, BadRequest, Forbidden without the page's secret."""
    body = await body_bytes(request, FORM_BYTES)
    try:
        fields = dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=FORM_FIELDS, errors="strict"))
    except (UnicodeDecodeError, ValueError) as error:
        raise BadRequest("This form cannot be read. Open the page again and repeat it.") from error
    given = fields.pop(FORM_FIELD, "")
    if identity is not None:
        accounts.check_csrf(request.cookies.get(SESSION_COOKIE, ""), given)
    else:
        held = request.cookies.get(FORM_COOKIE, "")
        if not held or not same(held, given):
            raise Forbidden(STALE)
    return fields


def safe_path(wanted: str, otherwise: str) -> str:
    """A path of ours to go on to; anything that could lead elsewhere becomes `otherwise`."""
    plain = wanted.startswith("/") and not wanted.startswith("//") and wanted.isprintable() and "\\" not in wanted
    return wanted if plain and len(wanted) <= 512 else otherwise
