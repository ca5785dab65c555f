"""The room's books: real works in the four branches of the old catalogues, lying in blue cloth cases with their titles outward."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from carrel.scenes.halls.books.shelving import Book, Shelver
from carrel.scenes.halls.books.spines import (
    CELL_HEIGHT,
    CELL_WIDTH,
    COLUMNS,
    ROWS,
    STRIP_HEIGHT,
    SpineAtlas,
    SpineTitle,
)
from carrel.scenes.halls.kit.arrays import Floats, floats, rotation_z
from carrel.scenes.halls.kit.model import Case, Model
from carrel.scenes.halls.kit.shapes import rect
from carrel.scenes.halls.paint.lettering import FontFace, font
from carrel.scenes.halls.paint.noise import noise, picture

# the four branches: classics, histories, masters, collected works; what is not named here counts as collected works
BRANCHES = (
    "论语 孟子 大学 中庸 周易 诗经 尚书 礼记 春秋左传 说文解字 尔雅 康熙字典 广韵 近思录",
    "史记 汉书 后汉书 三国志 资治通鉴 战国策 国语 列女传 水经注 洛阳伽蓝记 大唐西域记 徐霞客游记 海国图志 四库全书总目",
    "老子 庄子 荀子 韩非子 墨子 孙子兵法 山海经 吕氏春秋 淮南子 颜氏家训 齐民要术 梦溪笔谈 天工开物 本草纲目 农政全书 "
    "九章算术 周髀算经 茶经 营造法式 园冶 长物志 传习录 日知录 明夷待访录 容斋随笔 随园食单 菜根谭",
)
BLUES = (
    ((54, 72, 104), 0.46),
    ((64, 84, 114), 0.28),
    ((46, 60, 88), 0.16),
    ((120, 104, 76), 0.06),
    ((84, 96, 108), 0.04),
)
COLOURS, SHARES = floats([rgb for rgb, _ in BLUES]), floats([part for _, part in BLUES])
LEAST_TITLES = 24  # an import with fewer Chinese titles still fills the racks
CASE_DEPTH = 0.30


def case_atlas(titles: Sequence[SpineTitle], face: FontFace | None, seed: int) -> SpineAtlas:
    """The mask atlas of spines, drawn as ends of cloth cases: a white slip with the title, bone clasps, woven cloth."""
    rng = np.random.default_rng(seed)
    han = [t for t in titles if t.han] or [SpineTitle("")]
    cells = tuple(han[k % len(han)] if han[0].title else None for k in range(COLUMNS * ROWS))
    mask = np.zeros((ROWS * CELL_HEIGHT + STRIP_HEIGHT, COLUMNS * CELL_WIDTH, 3))
    mask[..., 2] = 128
    slip = 172 + 8 * (noise(CELL_HEIGHT, CELL_WIDTH, (20, 6), 5, 2) - 0.5)
    for k, title in enumerate(cells):
        row, column = divmod(k, COLUMNS)
        y, x = row * CELL_HEIGHT, column * CELL_WIDTH
        mask[y : y + CELL_HEIGHT, x : x + CELL_WIDTH] = _case(
            title, face, int(rng.integers(1 << 30)), k // max(1, len(han)), slip
        )
    return SpineAtlas(picture(mask), cells)


def _case(title: SpineTitle | None, face: FontFace | None, seed: int, variant: int, slip: Floats) -> Floats:
    h, w = CELL_HEIGHT, CELL_WIDTH
    weave = 10 * ((np.arange(h)[:, None] + np.arange(w)[None]) % 2 - 0.5)
    shade = 132 + weave + 22 * (noise(h, w, (20, 5), seed, 3) - 0.5)
    y, x = np.mgrid[0:h, 0:w]
    shade -= 34 * np.exp(-np.minimum(x, w - 1 - x) / 2.2) + 26 * np.exp(-np.minimum(y, h - 1 - y) / 3.0)
    label, letters = Image.new("L", (w, h)), Image.new("L", (w, h))
    words = title.title[:9] if title else ""
    if words:
        draw = ImageDraw.Draw(label)
        top = 26 + 14 * (variant % 2)
        foot = min(h - 58, top + 34 + int(len(words) * 44))
        draw.rectangle([9, top, w - 10, foot], fill=255)
        size = int(min(40, (foot - top - 20) / len(words) * 0.90))
        pitch = (foot - top - 20) / len(words)
        for k, ch in enumerate(words):  # turned: a case that lies flat reads upright
            glyph = Image.new("L", (46, 46))
            ImageDraw.Draw(glyph).text((23, 23), ch, font=font(face, size), fill=255, anchor="mm")
            glyph = glyph.rotate(-90)
            letters.paste(glyph, (w // 2 - 23, int(top + 10 + pitch * (k + 0.5) - 23)), glyph)
    clasp = ImageDraw.Draw(label)
    clasp.rectangle([w // 2 - 4, h - 40, w // 2 + 4, h - 18], fill=220)
    paper = np.asarray(label, float)
    shade = np.where(paper > 100, slip, shade)
    shade = shade * (1 - 0.86 * np.asarray(letters, float) / 255)
    return np.stack([0 * shade, paper, np.clip(shade, 0, 255)], -1)


class Librarian:
    """Lays cases on racks, each rack from one branch."""

    def __init__(self, shelver: Shelver) -> None:
        self.shelver, self.rng = shelver, shelver.rng
        named = [set(row.split()) for row in BRANCHES]
        pools: list[list[int]] = [[], [], [], []]
        for cell, title in enumerate(shelver.cells):
            home = next((k for k, words in enumerate(named) if title and title.title in words), 3)
            pools[home].append(cell)
        whole = list(range(len(shelver.cells)))
        self.pools = [pool if len(pool) >= LEAST_TITLES else whole for pool in pools]

    def cloth(self) -> Floats:
        return floats(COLOURS[self.rng.choice(len(COLOURS), p=SHARES)] * self.rng.uniform(0.88, 1.12))

    def fill(self, m: Model, case: Case, branch: int) -> None:
        """Stacks of cases on every board; a work of several cases lies together, its title repeated."""
        rng, board = self.rng, 0.028
        for level, clear in enumerate(case.boards):
            y0 = case.base + board + level * (clear + board)
            for half in range(case.bays):
                span = case.width / case.bays
                x, end = half * span + 0.045, (half + 1) * span - 0.045
                while x < end - 0.19:
                    if rng.random() < 0.07:
                        x += float(rng.uniform(0.10, 0.24))
                        continue
                    x += self._stack(m, case, branch, x, y0, clear) + float(rng.uniform(0.012, 0.035))

    def _stack(self, m: Model, case: Case, branch: int, x: float, y: float, clear: float) -> float:
        rng = self.rng
        pool = self.pools[branch]
        wide, count = float(rng.uniform(0.165, 0.185)), int(rng.integers(2, 6))
        cell, cloth, top = int(rng.choice(pool)), self.cloth(), y + clear - 0.03
        for _ in range(count):
            thick, sway = float(rng.uniform(0.048, 0.066)), float(rng.uniform(-0.006, 0.006))
            if y + thick > top:
                break
            if rng.random() < 0.12:
                cell, cloth = int(rng.choice(pool)), self.cloth()
            corner = m.world((x + wide + sway, y, -0.05 + float(rng.uniform(-0.012, 0.01))))
            frame = m.matrix @ rotation_z(90)
            self.shelver.put(
                case.id, Book(corner, frame, (thick, wide, CASE_DEPTH), cell, cloth * rng.uniform(0.96, 1.04), 0)
            )
            # the book's shape has no foot: here one sees the leaves between the case's boards
            foot = (x + wide + sway - 0.006, y + 0.003, -0.06)
            rect(m, "book_cream", foot, (0, 0, -CASE_DEPTH + 0.02), (0, thick - 0.006, 0), sub=0.3)
            y += thick + 0.0015
        return wide

    def pile(self, m: Model, chunk: str, count: int, turn: float) -> None:
        """A few cases that lie on a table at the local origin, about square to each other."""
        rng, y, pool = self.rng, 0.0, list(range(len(self.shelver.cells)))
        for _ in range(count):
            thick = float(rng.uniform(0.046, 0.062))
            with m.at(turn=turn + float(rng.uniform(-9, 9))):
                corner = m.world((0.087, y, 0.15))
                frame = m.matrix @ rotation_z(90)
                self.shelver.put(
                    chunk, Book(corner, frame, (thick, 0.174, CASE_DEPTH), int(rng.choice(pool)), self.cloth(), 0)
                )
            y += thick + 0.0015
