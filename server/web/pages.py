"""The pages everybody may read: the front page, a hall, help."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from carrel.server.requests import language_of
from carrel.server.web.network import network_base, qr_code
from carrel.server.web.view import HALL_ENTRY, View

FEW: Final = 5
"""Counts under this are told as "fewer than": nobody should be found out by a number."""


def routes(view: View) -> list[web.RouteDef]:
    pages = Pages(view)
    return [
        web.get("/", pages.front),
        web.get("/help", pages.help),
        web.get("/halls/{room}", pages.hall),
    ]


class Pages:
    def __init__(self, view: View) -> None:
        self._view = view

    async def front(self, request: web.Request) -> web.StreamResponse:
        view = self._view
        language = language_of(request, view.settings.default_language)
        rooms = [
            {
                "room": one.room,
                "title": one.title.get(language) or one.title.get("en") or one.room,
                "people": people_key(one.people),
                "count": one.people,
                "full": one.people >= one.capacity,
                "main": one.room == view.main_room(),
                "picture": view.rooms.room(one.room).spec.picture,
            }
            for one in view.rooms.summaries()
        ]
        rooms.sort(key=lambda one: not one["main"])
        base = network_base(request, view.settings)
        return await view.page(
            request,
            "front.html",
            rooms=rooms,
            headset_address=f"{base}/h" if base else None,
            headset_qr=qr_code(f"{base}/h") if base else None,
        )

    async def help(self, request: web.Request) -> web.StreamResponse:
        settings = self._view.settings
        return await self._view.page(
            request,
            "help.html",
            guest_hours=settings.guest_session_hours,
            chat_minutes=settings.chat_minutes,
            hearing_metres=f"{settings.hearing_metres:g}",
            pairing_minutes=settings.pairing_minutes,
        )

    async def hall(self, request: web.Request) -> web.StreamResponse:
        """The shell of the 3D page. Raises NotFound."""
        language = language_of(request, self._view.settings.default_language)
        room = self._view.rooms.room(request.match_info["room"])
        title = room.spec.title.get(language) or room.spec.title.get("en") or room.spec.room
        scene = f"{room.spec.scene_url}?v={room.spec.scene_sha256[:16]}" if room.spec.scene_url else ""
        return await self._view.page(
            request,
            "hall.html",
            entry=HALL_ENTRY,
            room=room.spec.room,
            scene=scene,
            picture=room.spec.picture,
            title=title,
        )


def people_key(count: int) -> str:
    """The sentence that says how many are here."""
    return "people.none" if count == 0 else "people.few" if count < FEW else "people.many"
