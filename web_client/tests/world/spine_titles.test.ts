import type { WebGLRenderer } from "three";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CELL, SHEET, SpineTitles } from "../../src/world/books/spine_titles";

const drawn: string[] = [];
const copied: { x: number; y: number; level: number }[] = [];
const renderer = {
  copyTextureToTexture: (...call: [unknown, unknown, unknown, { x: number; y: number }, number, number]) =>
    copied.push({ x: call[3].x, y: call[3].y, level: call[5] }),
} as unknown as WebGLRenderer;
const pen = {
  canvas: { width: CELL.width, height: CELL.height },
  drawImage: () => undefined,
  setTransform: () => undefined,
  save: () => undefined,
  restore: () => undefined,
  translate: () => undefined,
  rotate: () => undefined,
  scale: () => undefined,
  measureText: (words: string) => ({ width: words.length * 50 }),
  fillText: (words: string) => drawn.push(words),
};
const spine = (title: string, creator = "", thickness_mm = 30): Parameters<SpineTitles["paint"]>[2] => ({
  record: { id: "x", title, creator, year: "", language: "", callNumber: "" },
  design: 3,
  thickness_mm,
  height_mm: 240,
  numbered: false,
});
const painter = (): SpineTitles => new SpineTitles({ width: 2048, height: 1568 } as never, 32, [[0.1, 0.84, 0]], "low");

beforeEach(() => {
  drawn.length = copied.length = 0;
  vi.stubGlobal("document", { createElement: () => ({ getContext: () => pen }) });
});
afterEach(() => vi.unstubAllGlobals());

describe("titles on spines", () => {
  it("are painted into a cell of their own, at every size that is kept", () => {
    const titles = painter();
    titles.tick();
    expect(titles.paint(renderer, 7, spine("Emma"))).toEqual({ slot: 0, lost: -1 });
    expect(titles.paint(renderer, 8, spine("Kim"))).toEqual({ slot: 1, lost: -1 });
    expect(copied.slice(3)).toEqual([
      { x: 64, y: 0, level: 0 },
      { x: 32, y: 0, level: 1 },
      { x: 16, y: 0, level: 2 },
    ]);
    expect(titles.keep(7)).toBe(true);
    expect(titles.keep(9)).toBe(false);
  });

  it("give way to nearer ones, the longest unseen first, and never to one that is seen", () => {
    const titles = painter();
    const { slots } = titles;
    expect(slots).toBe(SHEET.low.columns * SHEET.low.rows);
    titles.tick();
    for (let book = 0; book < slots; book++) titles.paint(renderer, book, spine("Emma"));
    expect(titles.paint(renderer, 1000, spine("Kim"))).toBeNull();
    titles.tick();
    for (let book = 1; book < slots; book++) titles.keep(book);
    expect(titles.paint(renderer, 1000, spine("Kim"))).toEqual({ slot: 0, lost: 0 });
    expect(titles.paint(renderer, 1001, spine("Kim"))).toBeNull();
    expect(titles.keep(0)).toBe(false);
  });

  it("stand upright in Chinese, run down the spine otherwise, and are cut where they do not fit", () => {
    const titles = painter();
    titles.tick();
    titles.paint(renderer, 1, spine("史记", "司马迁"));
    expect(drawn).toEqual(["史", "记", "司", "马", "迁"]);
    drawn.length = 0;
    titles.paint(renderer, 2, spine("Emma", "Austen"));
    expect(drawn).toEqual(["Emma", "Austen"]);
    drawn.length = 0;
    titles.paint(renderer, 3, spine("Le Rouge et le Noir, chronique du dix-neuvième siècle", "", 34));
    expect(drawn).toHaveLength(2);
    drawn.length = 0;
    titles.paint(renderer, 4, spine("x".repeat(300), "", 12));
    expect(drawn[0]?.endsWith("…")).toBe(true);
  });
});
