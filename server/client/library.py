"""A person's way into the library: the session, rooms to enter, and the library channel with its inbox."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable
from typing import Any, Final

import aiohttp
import msgspec
import socketio
from yarl import URL

from carrel.server.client.errors import Closed, Refused, TimedOut
from carrel.server.client.room import RoomClient
from carrel.server.wire import messages as m

CALL_S: Final = 10.0
LETTERS_KEPT: Final = 1024


class LibraryClient:
    """One session at one library. Use as `async with LibraryClient(url, name="Ada") as library`; cookies live and die with it."""

    def __init__(self, url: str, name: str | None = None, *, cookies: dict[str, str] | None = None) -> None:
        self.base = URL(url)
        self.name = name
        # "unsafe": a test server's address is a number, and cookies must work there too.
        self._http = aiohttp.ClientSession(
            headers={"Origin": str(self.base.origin())}, cookies=cookies, cookie_jar=aiohttp.CookieJar(unsafe=True)
        )
        self._has_session = cookies is not None
        self._channel: socketio.AsyncClient | None = None
        self._letters: asyncio.Queue[m.Letter] = asyncio.Queue(LETTERS_KEPT)
        self._last_letter = 0

    async def __aenter__(self) -> LibraryClient:
        try:
            if not self._has_session:
                await self.open_session()
        except BaseException:
            await self._http.close()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the channel and every connection; the session itself lives on at the server."""
        if self._channel is not None:
            await self._channel.disconnect()
        await self._http.close()

    # --- HTTP ---

    async def open_session(self) -> None:
        """Become a guest. Raises Refused."""
        await self._post("/api/session", {"name": self.name} if self.name else {})
        self._has_session = True

    async def end_session(self) -> None:
        """Log out: rooms and channels of this session close. Raises Refused."""
        await self._post("/api/session/end", {})

    @property
    def cookies(self) -> dict[str, str]:
        """To be given to another client of the same session, or put into a request by hand."""
        return {key: morsel.value for key, morsel in self._http.cookie_jar.filter_cookies(self.base).items()}

    async def rooms(self) -> list[m.RoomSummary]:
        async with self._http.get(self.base / "api" / "rooms") as answer:
            return msgspec.json.decode(await self._checked(answer), type=list[m.RoomSummary])

    async def enter(
        self, room: str, *, look: m.Look | None = None, spawn: str | None = None, resume: str | None = None
    ) -> m.EnterAnswer:
        """Keep a place in a room: a ticket to say hello with. `resume`, an old token, keeps the participant id. Raises Refused."""
        wishes = {"look": look, "spawn": spawn, "resume": resume}
        body = {key: value for key, value in wishes.items() if value is not None}
        return msgspec.json.decode(await self._post(f"/api/rooms/{room}/enter", body), type=m.EnterAnswer)

    def room(
        self, room: str, *, look: m.Look | None = None, spawn: str | None = None, come_back: bool = True
    ) -> RoomClient:
        """A presence in `room`, not opened yet: `async with library.room("great-hall") as room`."""

        def enter(resume: str | None) -> Awaitable[m.EnterAnswer]:
            return self.enter(room, look=look, spawn=spawn, resume=resume)

        return RoomClient(self._http, self.base, enter, come_back=come_back)

    async def _post(self, path: str, body: object) -> bytes:
        try:
            async with self._http.post(
                self.base.join(URL(path)),
                data=msgspec.json.encode(body),
                headers={"Content-Type": "application/json"},
            ) as answer:
                return await self._checked(answer)
        except aiohttp.ClientConnectionError as error:
            raise Closed(1006, str(error)) from error

    async def _checked(self, answer: aiohttp.ClientResponse) -> bytes:
        body = await answer.read()
        if answer.status < 400:
            return body
        said: dict[str, Any] = {}
        with contextlib.suppress(msgspec.MsgspecError):
            said = msgspec.json.decode(body, type=dict[str, Any])
        raise Refused(
            str(said.get("code", f"http_{answer.status}")), str(said.get("message", "")), said.get("retry_after_ms")
        )

    # --- the library channel ---

    async def open_channel(self, transports: tuple[str, ...] = ("websocket",)) -> None:
        """Connect the Socket.IO channel; it reconnects by itself and then asks for the letters it missed. Raises Closed."""
        channel = socketio.AsyncClient(http_session=self._http, reconnection_delay=0.2, reconnection_delay_max=5)
        channel.on("connect", self._connected)
        channel.on("letter", self._letter)
        self._channel = channel
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Origin": str(self.base.origin()), "Cookie": cookie}
        try:
            await channel.connect(str(self.base), headers=headers, transports=list(transports))
        except socketio.exceptions.ConnectionError as error:
            raise Closed(1006, str(error)) from error

    async def direct(self, to: str, text: str) -> m.Acknowledgement:
        """A letter to one person anywhere in the library. Raises Refused, TimedOut, Closed."""
        return await self._call("direct", m.DirectMessage(to=to, text=text))

    async def invite(self, to: str) -> m.Acknowledgement:
        return await self._call("invite", m.Invitation(to=to))

    async def letters(self) -> AsyncIterator[m.Letter]:
        """Letters as they come, each once; never ends by itself."""
        while True:
            yield await self._letters.get()

    async def _call(self, event: str, payload: msgspec.Struct) -> m.Acknowledgement:
        if self._channel is None or not self._channel.connected:
            raise Closed(1006, "the library channel is not open")
        try:
            answer = await self._channel.call(event, msgspec.to_builtins(payload), timeout=CALL_S)
        except socketio.exceptions.TimeoutError:
            raise TimedOut(f"no answer to {event} in {CALL_S:.0f} s") from None
        said = msgspec.convert(answer, m.Acknowledgement)
        if not said.ok:
            raise Refused(said.code or "unknown", said.message or "", said.retry_after_ms)
        return said

    async def _connected(self) -> None:
        with contextlib.suppress(Refused, TimedOut, Closed):
            await self._call("inbox", m.InboxRequest(since=self._last_letter))

    def _letter(self, payload: object) -> None:
        letter = msgspec.convert(payload, m.Letter)
        if letter.number <= self._last_letter:
            return
        self._last_letter = letter.number
        if self._letters.full():
            self._letters.get_nowait()
        self._letters.put_nowait(letter)
