"""`python -m tests.e2e.pictures`: the README's pictures, taken of a real library with real people (reference clients) in it."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from contextlib import AsyncExitStack
from math import cos, pi, sin
from pathlib import Path

from playwright.async_api import Page, async_playwright

from carrel.avatars.codec import FLAG_SEATED
from carrel.server.accounts import Accounts
from carrel.server.client import LibraryClient
from carrel.server.clock import steady_clock
from carrel.server.settings import load
from carrel.server.storage import open_database
from carrel.server.wire.messages import Look
from tests.browser import FLAGS, find
from tests.e2e.conftest import iwer_script
from tests.server_process import ServerProcess

ROOT = Path(__file__).parents[2]
IMAGES = ROOT / "docs" / "images"
LOAD_MS = 240_000
EYES_M = 1.6

# name, look, x, z, heading in degrees (0 looks along −Z, left is positive), flags, roles
PEOPLE = (
    ("林巧", "mei", -0.95, -5.3, 155, 0, ("librarian",)),
    ("Tomas", "tomas", 0.55, -5.9, 205, 0, ("reader",)),
    ("Amara", "amara", 1.05, -7.6, 170, 0, ()),
    ("João", "joao", -0.2, -8.6, 170, 0, ()),
    ("Ruth", "ruth", -1.0, -11.5, 200, 0, ()),
    ("Idris", "idris", 1.0, -12.0, 190, 0, ("creator",)),
    ("Leila", "leila", 0.2, -16.5, 160, 0, ()),
    ("Kenji", "kenji", -0.9, -20.0, 180, 0, ()),
)
HOLD_UP_HANDS = """() => {
  const { right, left } = window.xrDevice.controllers;
  right.position.set(0.22, 1.35, -0.45);
  right.quaternion.set(Math.sin(-Math.PI / 10), 0, 0, Math.cos(-Math.PI / 10));
  left.position.set(-0.25, 1.3, -0.45);
  right.updateAxes("thumbstick", 0, -1);
}"""
LINES = (
    ("Tomas", "Is anyone going to see the gallery?"),
    ("林巧", "楼梯在左边，我带您上去。The stair is on the left."),
)


async def session(accounts: Accounts, name: str, roles: tuple[str, ...]) -> str:
    if not roles:
        return (await accounts.open_guest(name, "en", "127.0.0.1")).token
    await accounts.add_account(f"picture {name}", "only for a picture", roles, name)
    opened = await accounts.sign_in(f"picture {name}", "only for a picture", False, "en", "127.0.0.1", None)
    return opened.token


async def walk_in(page: Page, url: str, name: str, wish: str) -> None:
    page.set_default_timeout(LOAD_MS)
    await page.goto(url + wish)
    await page.get_by_label("Your name").fill(name)
    await page.get_by_role("button", name="Walk in", exact=True).click()
    await page.wait_for_function("() => window.carrelHall?.phase === 'present'")
    later = page.get_by_role("button", name="No, thank you")
    if await later.count():
        await later.click()


async def settled(page: Page, frames: int = 8) -> None:
    drawn = await page.evaluate("() => window.carrelHall.rendered")
    await page.wait_for_function("count => window.carrelHall.rendered > count", arg=drawn + frames)


async def take(server: ServerProcess, out: Path) -> None:
    database = await open_database(load({"data_dir": str(server.data_dir)}, {}))
    accounts = Accounts(database, load({"data_dir": str(server.data_dir)}, {}), steady_clock())
    async with AsyncExitStack() as stack:
        rooms = {}
        for name, look, x, z, degrees, flags, roles in PEOPLE:
            token = await session(accounts, name, roles)
            client = await stack.enter_async_context(LibraryClient(server.url, cookies={"carrel_session": token}))
            room = await stack.enter_async_context(client.room("great-hall", look=Look(id=look)))
            half = degrees * pi / 360
            height = EYES_M if not flags & FLAG_SEATED else 1.2
            await room.send_pose((x, height, z), (0.0, sin(half), 0.0, cos(half)), flags=flags)
            rooms[name] = room
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(executable_path=find(), args=FLAGS)
        desktop = await browser.new_page(viewport={"width": 1440, "height": 900}, locale="en-GB")
        await walk_in(desktop, server.url, "Ada", "/halls/great-hall?quality=high")
        await settled(desktop)
        await desktop.screenshot(path=out / "great-hall.jpg", type="jpeg", quality=88)
        await desktop.keyboard.press("Enter")
        for name, words in LINES:
            await rooms[name].say(words, "nearby")
            await desktop.get_by_role("log").get_by_text(words).wait_for()
        await settled(desktop, 4)
        await desktop.screenshot(path=out / "together.jpg", type="jpeg", quality=88)
        await desktop.close()
        phone = await browser.new_page(
            viewport={"width": 390, "height": 844},
            locale="zh-CN",
            has_touch=True,
            is_mobile=True,
            device_scale_factor=1,
        )
        phone.set_default_timeout(LOAD_MS)
        await phone.goto(server.url + "/halls/great-hall?quality=high&lang=zh")
        await phone.get_by_role("textbox").first.fill("小雨")
        await phone.get_by_role("button", name="走进去", exact=True).first.click()
        await phone.wait_for_function("() => window.carrelHall?.phase === 'present'")
        await settled(phone)
        await phone.screenshot(path=out / "phone.jpg", type="jpeg", quality=88)
        headset = await browser.new_page(viewport={"width": 640, "height": 480}, device_scale_factor=2, locale="en-GB")
        await headset.add_init_script(iwer_script())
        await walk_in(headset, server.url, "Visor", "/halls/great-hall?quality=medium")
        for name in ("More", "Headset", "Enter with this headset"):
            await headset.get_by_role("button", name=name, exact=True).dispatch_event("click")
        await headset.wait_for_function("() => window.carrelHall.headset === 'presenting'")
        await headset.evaluate(HOLD_UP_HANDS)
        await settled(headset)
        await headset.screenshot(path=out / "headset.jpg", type="jpeg", quality=88)
        await browser.close()
    await database.close()


def main() -> None:
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        server = ServerProcess(Path(folder) / "data").start()
        try:
            asyncio.run(take(server, out))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
