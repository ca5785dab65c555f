"""Plaques to read in the dark: a title and a text in each of two languages, pale letters on deep blue."""

from __future__ import annotations

from PIL import Image, ImageDraw

from carrel.scenes.halls.paint.lettering import Font, FontFace, font

GROUND, INK, GOLD, RULE = (16, 22, 38), (216, 222, 232), (244, 206, 136), (92, 104, 132)
Words = tuple[str, str]  # a title, a text


def plaque(face: FontFace | None, width: int, height: int, en: Words, zh: Words) -> Image.Image:
    """English on the left, Chinese on the right; the text shrinks until it fits."""
    image = Image.new("RGB", (width, height), GROUND)
    draw = ImageDraw.Draw(image)
    draw.rectangle([5, 5, width - 6, height - 6], outline=RULE, width=2)
    margin, middle = 28, width // 2
    for x, words, by_word in ((margin, en, True), (middle + margin // 2, zh, False)):
        room = middle - round(margin * 1.5)
        draw.text((x, margin), words[0], font=font(face, 30), fill=GOLD)
        size = 24
        while size > 10:
            lines = _lines(draw, words[1], font(face, size), room, by_word)
            if len(lines) * size * 1.42 < height - margin * 2 - 44:
                break
            size -= 1
        for k, line in enumerate(lines):
            draw.text((x, margin + 46 + k * size * 1.42), line, font=font(face, size), fill=INK)
    draw.line([(middle - 4, margin), (middle - 4, height - margin)], fill=RULE, width=1)
    return image


def label(face: FontFace | None, width: int, height: int, lines: tuple[str, ...], size: int) -> Image.Image:
    """A few centred lines, the first in gold."""
    image = Image.new("RGB", (width, height), GROUND)
    draw = ImageDraw.Draw(image)
    step = height / (len(lines) + 0.35)
    for k, line in enumerate(lines):
        fitted = size
        while fitted > 8 and draw.textlength(line, font=font(face, fitted)) > width - 10:
            fitted -= 1
        at = (width / 2, step * (k + 0.68))
        draw.text(at, line, font=font(face, fitted), fill=GOLD if k == 0 else INK, anchor="mm")
    return image


def _lines(draw: ImageDraw.ImageDraw, text: str, letters: Font, room: int, by_word: bool) -> list[str]:
    """Break at words, or for Han after any character but before no closing mark."""
    pieces = [word + " " for word in text.split(" ")] if by_word else list(text)
    lines, line = [], ""
    for piece in pieces:
        if line and draw.textlength((line + piece).rstrip(), font=letters) > room and piece not in "，。、；：）":
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [*lines, line.rstrip()]
