"""The walnut study: green walls over panelling, a hearth with two armchairs, a desk under a tall window."""

from __future__ import annotations

from PIL import Image

from carrel.scenes.halls.kit.hearth import BREAST_DEPTH, MANTEL_HEIGHT, fireplace
from carrel.scenes.halls.kit.joints import cornice, rafters
from carrel.scenes.halls.kit.lamps import OPAL_LIGHT
from carrel.scenes.halls.kit.shapes import rect
from carrel.scenes.halls.paint import surfaces
from carrel.scenes.halls.paint.cloth import weave
from carrel.scenes.halls.paint.outlooks import park
from carrel.scenes.halls.paint.rug import rug
from carrel.scenes.halls.readers.look import Look, Surfaces, Thing, Window, dimmed, sun
from carrel.scenes.halls.room.facts import GoTo
from carrel.scenes.halls.room.recipe import Room

HALF, DEPTH, HEIGHT = 3.1, 7.4, 3.35
FIRE_Z, MANTEL_X = -3.7, -HALF + BREAST_DEPTH + 0.10
BOARDS = (0.42, 0.36, 0.33, 0.31, 0.29, 0.27)


def body(room: Room, look: Look) -> None:
    """The ceiling with its beams and cornice, the fireplace."""
    m = room.model
    panel = m.panel((-HALF, HEIGHT, -DEPTH), (2 * HALF, 0, 0), (0, 0, DEPTH), (0, -1, 0), 0.08)
    rect(m, "plaster", (-HALF, HEIGHT, -DEPTH), (2 * HALF, 0, 0), (0, 0, DEPTH), panel=panel)
    rafters(m, "walnut", -HALF, HALF, -DEPTH, 0, HEIGHT, along_x=True, count=3, size=(0.20, 0.17))
    cornice(m, "walnut", -HALF, HALF, -DEPTH, 0, HEIGHT)
    with m.at((-HALF, 0, FIRE_Z), turn=90):
        fireplace(m, "wall_green", "marble", 1.9, HEIGHT)
        room.solids.box(m, (-0.95, 0, 0), (0.95, HEIGHT, BREAST_DEPTH + 0.2), "stone")
    for x in (-0.9, 0.5, 1.9):  # for the wall where works hang
        m.lamp((x, 3.0, -DEPTH + 0.75), OPAL_LIGHT * 0.5, 3.6, shaded=True)


def textures() -> dict[str, Image.Image]:
    """The pictures of this look's families."""
    parquet, parquet_rough = surfaces.herringbone()
    return {
        "veneer": surfaces.veneer((128, 86, 58)),
        "timber": surfaces.veneer((190, 152, 108), seed=21),
        "limewash": surfaces.limewash(),
        "parquet": parquet,
        "parquet_rough": parquet_rough,
        "rug": rug(),
        "weave": weave(),
    }


def _curtains(z: float) -> tuple[Thing, ...]:
    """A rod with two curtains at the window whose middle is z."""
    hung = {"cloth": "curtain", "width": 0.48, "height": 2.88}
    rod = Thing("rod", HALF - 0.02, z, -90, 2.93, {"length": 2.5})
    return (rod, *(Thing("curtain", HALF - 0.03, z + s * 0.98, -90, 2.92, hung) for s in (-1, 1)))


THINGS = (
    Thing(
        "bookcase",
        -HALF + 0.05,
        -1.62,
        90,
        0,
        {"name": "L1", "label": ("My books", "我的藏书"), "width": 2.1, "boards": BOARDS, "light": 0.5},
    ),
    Thing(
        "bookcase",
        -HALF + 0.05,
        -5.86,
        90,
        0,
        {"name": "L2", "label": ("My books", "我的藏书"), "width": 2.3, "boards": BOARDS, "light": 0.5},
    ),
    Thing("rug", -1.0, FIRE_Z, 0, 0, {"width": 1.9, "length": 2.9}),
    Thing("armchair", -0.95, -2.85, -112),
    Thing("armchair", -0.95, -4.55, -68),
    Thing("side table", -0.55, FIRE_Z, 10),
    Thing("shade lamp", -0.55, FIRE_Z, 0, 0.56),
    Thing("open book", -0.50, FIRE_Z + 0.155, 80, 0.561),
    Thing("writing desk", 2.52, -5.3, -90),
    Thing("chair", 1.78, -5.22, 82),
    Thing("reading lamp", 2.68, -5.78, 90, 0.76),
    Thing("open book", 2.40, -5.22, -84, 0.762),
    Thing("pile", 2.66, -4.86, 12, 0.76, {"count": 4}),
    Thing("vase", 2.72, -5.28, 0, 0.76),
    Thing("frame", -HALF + BREAST_DEPTH, FIRE_Z, 90, 1.62, {"wide": 1.15, "tall": 0.72, "picture": "map"}),
    Thing("pile", MANTEL_X, FIRE_Z + 0.52, 80, MANTEL_HEIGHT, {"count": 3}),
    Thing("bust", MANTEL_X, FIRE_Z - 0.52, 90, MANTEL_HEIGHT),
    Thing("vase", MANTEL_X, FIRE_Z + 0.25, 0, MANTEL_HEIGHT),
    Thing("globe", 2.42, -0.72, 30),
    Thing("palm", 2.62, -3.72, 0, 0, {"height": 1.6}),
    Thing("plinth", 2.5, -6.95, 0),
    Thing("plinth", -1.45, -6.98, 0),
    Thing("easel", 0.55, -6.75, 8),
    Thing("basket", -2.62, -2.85, 0),
    Thing("pendant", 0.35, FIRE_Z, 0, HEIGHT - 0.02, {"drop": 0.75, "radius": 0.17}),
    *_curtains(-2.1),
    *_curtains(-5.3),
)
WALNUT = Look(
    id="readers-room-walnut",
    stem="readers_room_walnut",
    en="Reader’s Room: walnut study",
    zh="读者小屋：胡桃木书斋",
    half=HALF,
    depth=DEPTH,
    height=HEIGHT,
    surfaces=Surfaces("parquet", "wall_green", "plaster", "walnut", "walnut", "walnut", "walnut", 45.0, "walnut_top"),
    windows=(Window("east", -2.1, 1.5, 0.74, 2.72, 2, 3, 0.007), Window("east", -5.3, 1.5, 0.74, 2.72, 2, 3, 0.007)),
    door=(1.2, 1.15, 2.25),
    wainscot=0.95,
    things=THINGS,
    places=(
        GoTo("entrance", "Entrance", "入口", (1.2, 0.0, -1.1), 0.0),
        GoTo("hearth", "Hearth", "壁炉", (0.2, 0.0, FIRE_Z), 90.0),
        GoTo("desk", "Desk", "书桌", (1.2, 0.0, -5.3), -90.0),
        GoTo("works", "Wall for works", "展示墙", (0.0, 0.0, -4.9), 0.0),
        GoTo("books", "Bookcase", "书柜", (-1.5, 0.0, -1.6), 90.0),
    ),
    frames=(
        ("wall", (-0.4, 1.25, -DEPTH + 0.01), 0.0),
        ("mantel", (MANTEL_X, MANTEL_HEIGHT, FIRE_Z - 0.1), 90.0),
        ("plinth-left", (-1.45, 1.0, -6.98), 0.0),
        ("plinth-right", (2.5, 1.0, -6.95), 0.0),
    ),
    heading=26.0,
    daylight=sun(24, 34),
    exposure=1.75,
    outlook=lambda: dimmed(park(), 0.72),
    textures=textures,
    body=body,
    bare=(("west", FIRE_Z + 0.95, FIRE_Z - 0.95),),
)
