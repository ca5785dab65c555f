"""Pages in HTML, shipped files, and what every answer goes through."""

from __future__ import annotations

from aiohttp import web

from carrel.server.accounts import Accounts
from carrel.server.moderation import Moderation
from carrel.server.rooms import Rooms
from carrel.server.settings import Settings
from carrel.server.shipped import CLIENT, GLTF
from carrel.server.web import account_pages, pages, staff_pages
from carrel.server.web.errors import error_page
from carrel.server.web.files import CHECKED, FOREVER, Folder
from carrel.server.web.look import look_routes
from carrel.server.web.middleware import add_headers, middlewares
from carrel.server.web.view import ClientFiles, View

__all__ = ["setup_web"]


def setup_web(
    app: web.Application, settings: Settings, rooms: Rooms, accounts: Accounts, moderation: Moderation
) -> View:
    """Add the pages, the shipped files and the middlewares to `app`. The View makes other parts' pages. Without a built client they say that it is missing."""
    view = View(settings, rooms, accounts, ClientFiles(CLIENT))
    app.middlewares.extend(middlewares(settings, error_page(view)))
    add_headers(app, settings)
    app.add_routes(pages.routes(view))
    app.add_routes(account_pages.routes(view))
    app.add_routes(staff_pages.routes(view, moderation))
    app.add_routes([Folder(CLIENT, "/static/", FOREVER).route(), Folder(GLTF, "/gltf/", CHECKED).route()])
    app.add_routes(look_routes(settings))
    return view
