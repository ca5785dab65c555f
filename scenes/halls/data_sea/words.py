"""What the plaques say: every form and the number it shows, in both languages."""

from __future__ import annotations

from carrel.scenes.halls.data_sea import layout as at
from carrel.scenes.halls.data_sea.numbers import SeaNumbers
from carrel.scenes.halls.paint.plaque import Words


def century_label(century: int) -> tuple[str, str]:
    """A short label in English and Chinese: ("8 BC", "前8世纪"), ("19 AD", "19世纪")."""
    if century < 0:
        return f"{-century} BC", f"前{-century}世纪"
    return f"{century} AD", f"{century}世纪"


def plaques(numbers: SeaNumbers) -> dict[str, tuple[Words, Words]]:
    """By name: (English title and text, Chinese title and text)."""
    works, letters, counts = len(numbers.works), numbers.characters, numbers.centuries
    han = sum(work.han for work in numbers.works)
    most = max(counts, key=lambda century: counts[century])
    most_en, most_zh = century_label(most)
    metres = sum(m for _, _, m in numbers.shelves)
    en, zh, longest = numbers.shelves[0]
    step = round(at.RING_PER_WORK * 100, 1)
    tall = round(at.BAR_PER_METRE * 100, 1)
    return {
        "sea": (
            (
                "The sea",
                f"Each stem is one of {works} works. Its sector is the century it is usually dated to; the labels on the rim"
                f" go round from the oldest. Each light on a stem is one letter or character of its title, {letters} in all"
                f" (forty at most a stem). Amber: {han} titles in Han characters. Pale blue: {works - han} in other scripts.",
            ),
            (
                "光之海",
                f"每一茎光代表一部著作，共{works}部。所在扇区是其通常所属的世纪，池边标签从最早者起环绕一周。"
                f"茎上每一点光是书名中的一个字或字母，共{letters}点（每茎至多四十点）。"
                f"琥珀色：汉字书名{han}部；淡蓝色：其他文字{works - han}部。",
            ),
        ),
        "centuries": (
            (
                "The rings",
                f"Each ring is a century that has works here: {len(counts)} of them, the oldest lowest. A ring's radius grows"
                f" by {step} cm a work, and each work is a light on it. The widest is {most_en} with {counts[most]} works.",
            ),
            (
                "世纪之环",
                f"每一环是有著作入藏的一个世纪，共{len(counts)}环，最早者在最下。每多一部著作，环的半径增加{step}厘米，"
                f"环上每点光即一部著作。最大的一环是{most_zh}，有{counts[most]}部。",
            ),
        ),
        "shelves": (
            (
                "The bars on the wall",
                f"Each bar is a subject of the Great Hall; its height is its shelves, {tall} cm for each metre of board."
                f" Together they are {metres:.0f} metres. The longest is {en}: {longest:g} m.",
            ),
            (
                "墙上光柱",
                f"每根光柱是大阅览厅的一个学科，高度对应其书架搁板总长，每米搁板高{tall}厘米。"
                f"总长{metres:.0f}米，最长的是{zh}：{longest:g}米。",
            ),
        ),
    }
