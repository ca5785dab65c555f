"""The table of pieces: what each is called, how it is made, and whether it stands on the floor, hangs or stands on a top."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from carrel.scenes.furniture.bookcases import low_bookcase, tall_bookcase
from carrel.scenes.halls.kit import display, seating, standing_lamps, tables
from carrel.scenes.halls.kit.carpet import carpet
from carrel.scenes.halls.kit.furniture import SEAT_HEIGHT, chair
from carrel.scenes.halls.kit.lamps import banker_lamp
from carrel.scenes.halls.kit.model import Model
from carrel.scenes.halls.kit.ornaments import floor_globe, potted_palm

WHOLE_PICTURE = (0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True)
class Piece:
    """`stands` on floor, wall or top; `slots` give the free size (width, height in metres) of each slot by its name."""

    id: str
    en: str
    zh: str
    make: Callable[[Model], None]
    stands: str = "floor"
    slots: dict[str, tuple[float, float]] = field(default_factory=dict)


def _reading_chair(m: Model) -> None:
    chair(m)
    m.place("seat", "chair", (0, SEAT_HEIGHT, 0), 180)


PIECES: tuple[Piece, ...] = (
    Piece("armchair", "Armchair", "扶手椅", seating.armchair),
    Piece("reading-chair", "Reading chair", "阅览椅", _reading_chair),
    Piece("stool", "Stool", "圆凳", seating.stool),
    Piece("bench", "Bench", "长凳", seating.bench),
    Piece("floor-cushion", "Floor cushion", "坐垫", seating.floor_cushion),
    Piece("round-table", "Round table", "圆桌", tables.round_table),
    Piece("side-table", "Side table", "边几", tables.side_table),
    Piece("writing-desk", "Writing desk", "书桌", tables.writing_desk),
    Piece("bookcase-low", "Low bookcase", "矮书柜", low_bookcase),
    Piece("bookcase-tall", "Tall bookcase", "高书柜", tall_bookcase),
    Piece("plinth", "Plinth", "展座", display.plinth, slots={"top": (0.4, 0.4)}),
    Piece("display-case", "Display case", "展柜", display.display_case, slots={"bed": (1.0, 0.5)}),
    Piece("picture-frame", "Picture frame", "画框", display.picture_frame, "wall", {"picture": (0.764, 0.564)}),
    Piece("easel", "Easel", "画架", display.easel, slots={"picture": (0.66, 0.84)}),
    Piece("notice-board", "Notice board", "布告板", display.notice_board, "wall", {"board": (0.6, 0.3)}),
    Piece("folding-screen", "Folding screen", "屏风", display.folding_screen),
    Piece("floor-lamp", "Floor lamp", "落地灯", standing_lamps.floor_lamp),
    Piece("table-lamp", "Reading lamp", "台灯", banker_lamp, "top"),
    Piece("shade-lamp", "Shade lamp", "罩灯", standing_lamps.shade_lamp, "top"),
    Piece("potted-palm", "Potted palm", "盆栽棕榈", lambda m: potted_palm(m, 1.7)),
    Piece("rug", "Rug", "地毯", lambda m: carpet(m, 1.7, 2.55, lift=0.008)),
    Piece("globe", "Floor globe", "地球仪", lambda m: floor_globe(m, WHOLE_PICTURE)),
)
