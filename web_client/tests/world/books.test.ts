import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Vector3 } from "three";
import { describe, expect, it } from "vitest";
import { paintCases } from "../../src/world/books/case_pictures";
import { BOXES, Levels, OUT_OF_SIGHT, PICTURE, WHOLE } from "../../src/world/books/chunks";
import { takeStock } from "../../src/world/books/columns";
import { BookFinder, spineOf } from "../../src/world/books/finder";
import { BookReading } from "../../src/world/books/reading";
import { LIES, readBooksTable, Titles } from "../../src/world/books/table";
import { bytes } from "../net/vectors";

interface Golden {
  books: string;
  titles: string;
  bays: { name: string; origin: number[]; heading: number; runs: number; zone: number }[];
  runs: { origin: number[]; books: number }[];
  shelved: {
    x_m: number;
    thickness_m: number;
    height_m: number;
    depth_m: number;
    y_m: number;
    lean_degrees: number;
    how: number;
    design: number;
    record: number;
  }[];
  records: string[][];
}

const path = fileURLToPath(new URL("../../../tests/vectors/books-table.json", import.meta.url));
const golden = JSON.parse(readFileSync(path, "utf8")) as Golden;
const buffer = (): ArrayBuffer => bytes(golden.books).buffer as ArrayBuffer;
const table = readBooksTable(buffer());
const light = { runs: golden.runs.length, samples: 5, range: 4, data: btoa("\x80".repeat(golden.runs.length * 30)) };
const stock = takeStock(table, light, 64);
const titles = new Titles(bytes(golden.titles).buffer as ArrayBuffer);

describe("the table of books", () => {
  it("says what the server's own reader says", () => {
    expect(table.bays.map(({ name, runs, zone }) => [name, runs, zone])).toEqual(
      golden.bays.map(({ name, runs, zone }) => [name, runs, zone]),
    );
    for (const [k, { heading }] of golden.bays.entries()) expect(table.bays[k]!.heading).toBeCloseTo(heading, 4);
    for (const [k, { origin, books }] of golden.runs.entries()) {
      const run = table.runs[k]!;
      expect(run.books).toBe(books);
      for (const [c, value] of [run.x, run.y, run.z].entries()) expect(value).toBeCloseTo(origin[c]!, 4);
    }
    expect(table.books.count).toBe(golden.shelved.length);
    for (const [k, book] of golden.shelved.entries()) {
      const { x, thickness, height, depth, y, lean, how, design, record } = table.books;
      expect(x[k]).toBeCloseTo(book.x_m, 5);
      expect(thickness[k]).toBeCloseTo(book.thickness_m, 5);
      expect(height[k]).toBeCloseTo(book.height_m, 5);
      expect(depth[k]).toBeCloseTo(book.depth_m, 5);
      expect(y[k]).toBeCloseTo(book.y_m, 5);
      expect(((lean[k] ?? 0) * 180) / Math.PI).toBeCloseTo(book.lean_degrees, 4);
      expect([how[k], design[k], record[k]]).toEqual([book.how, book.design, book.record]);
    }
  });

  it("gives records by number", () => {
    expect(titles.count).toBe(golden.records.length);
    for (const [k, fields] of golden.records.entries()) {
      const { id, title, creator, year, language, callNumber } = titles.record(k);
      expect([id, title, creator, year, language, callNumber]).toEqual(fields);
    }
  });

  it("refuses what was cut or is something else", () => {
    for (let end = 0; end < 200; end += 7) expect(() => readBooksTable(buffer().slice(0, end))).toThrow();
    expect(() => readBooksTable(bytes(golden.titles).buffer as ArrayBuffer)).toThrow();
    expect(() => new Titles(buffer())).toThrow();
    const other = buffer();
    new DataView(other).setUint32(12, 9, true);
    expect(() => readBooksTable(other)).toThrow();
  });
});

describe("levels of books", () => {
  const levels = new Levels(stock.chunks);
  const budget = { whole_m: 1, boxes_m: 6, whole_books: 500, boxes_books: 500 };
  const sight = (x: number, z: number, towards: number): Parameters<Levels["choose"]>[0] => ({
    eye: new Vector3(x, 1.4, z),
    ahead: new Vector3(0, 0, towards),
    cosine: Math.cos(0.8),
    sine: Math.sin(0.8),
  });
  const never = (): boolean => false;

  it("makes a chunk of each column", () => {
    expect(stock.chunks.map(({ bay, books }) => [bay, books > 0])).toEqual([
      [0, true],
      [0, true],
      [1, true],
      [1, true],
    ]);
  });

  it("goes from whole books to boxes to a picture with distance, and shows nothing behind", () => {
    levels.choose(sight(-0.4, -1, -1), budget, never);
    expect(levels.level[0]).toBe(WHOLE);
    levels.choose(sight(-0.4, 3, -1), budget, never);
    expect(levels.level[0]).toBe(BOXES);
    levels.choose(sight(-0.4, 12, -1), budget, never);
    expect(levels.level[0]).toBe(PICTURE);
    levels.choose(sight(-0.4, 3, 1), budget, never);
    expect(levels.level[0]).toBe(OUT_OF_SIGHT);
  });

  it("never goes over its budget, and gives a picture to cases without boards", () => {
    levels.choose(sight(-0.4, -1, -1), { ...budget, whole_books: 0, boxes_books: stock.chunks[0]!.books }, never);
    const boxes = stock.chunks.filter((_, k) => levels.level[k] === BOXES).reduce((sum, { books }) => sum + books, 0);
    expect(boxes).toBeLessThanOrEqual(stock.chunks[0]!.books);
    levels.choose(sight(-0.4, -1, -1), budget, () => true);
    expect(levels.level[0]).toBe(PICTURE);
    expect(levels.choose(sight(-0.4, -1, -1), budget, () => true)).toBe(false);
  });
});

describe("far pictures", () => {
  const pictures = paintCases(stock.table, stock.columns, stock.chunks, [true, false], 4, "low");

  it("are two triangles for each chunk that is a picture, and none for the others", () => {
    const levels = Uint8Array.from(stock.chunks, (_, k) => (k % 2 ? PICTURE : WHOLE));
    pictures.show(levels);
    expect(pictures.geometry.drawRange.count).toBe(6 * Math.floor(stock.chunks.length / 2));
    expect([...pictures.geometry.index!.array.slice(0, 6)]).toEqual([4, 5, 6, 4, 6, 7]);
  });

  it("show lit books in front of a darker back", () => {
    const { data, width, height } = pictures.texture.image as { data: Uint8Array; width: number; height: number };
    expect(data.length).toBe(width * height * 4);
    expect(new Set(data).size).toBeGreaterThan(20);
  });

  it("hang in front of their cases", () => {
    const position = pictures.geometry.getAttribute("position");
    const { x, z, heading } = table.bays[1]!;
    const out = (position.getX(8) - x) * Math.sin(heading) + (position.getZ(8) - z) * Math.cos(heading);
    expect(out).toBeCloseTo(0.022, 3);
  });
});

describe("finding a book", () => {
  const finder = new BookFinder(stock);
  const at = new Vector3();

  it("finds every standing book by the ray to the middle of its spine", () => {
    for (let book = 0; book < table.books.count; book++) {
      if (table.books.how[book]! & LIES || table.books.lean[book]) continue;
      const { heading } = table.bays[table.runs[table.books.run[book]!]!.bay]!;
      const into = new Vector3(-Math.sin(heading), 0, -Math.cos(heading));
      const from = spineOf(stock, book, at).clone().addScaledVector(into, -1.5);
      expect(finder.under(from, into)).toBe(true);
      expect(finder.book).toBe(book);
      expect(finder.distance).toBeCloseTo(1.5, 1);
    }
  });

  it("finds nothing from behind or beyond reach", () => {
    spineOf(stock, 0, at);
    expect(finder.under(at.clone().add(new Vector3(0, 0, -2)), new Vector3(0, 0, 1))).toBe(false);
    expect(finder.under(at.clone().add(new Vector3(0, 0, 9)), new Vector3(0, 0, -1))).toBe(false);
  });
});

describe("books near by", () => {
  it("are listed, at most twelve works, and chosen with their volume", async () => {
    const chosen: string[] = [];
    const eye = new Vector3(-0.4, 0.6, -1.2);
    const reader = { feet: eye, chose: (book: { title: string }) => chosen.push(book.title) };
    const reading = new BookReading(stock, null, null, () => Promise.resolve(titles), reader);
    const camera = { getWorldDirection: (into: Vector3) => into.set(0, 0, -1) } as never;
    reading.update(1, eye, camera, null);
    await Promise.resolve();
    await Promise.resolve();
    expect(reading.update(1, eye, camera, null)).toBe(true);
    const list = [...reading.list()];
    expect(list.length).toBeGreaterThan(0);
    expect(list.length).toBeLessThanOrEqual(12);
    expect(new Set(list.map((target) => target.id)).size).toBe(list.length);
    list[0]!.act();
    expect(golden.records.map((fields) => fields[1])).toContain(chosen[0]);
    expect(reading.get(list[0]!.id)).toBe(list[0]);
    expect(reading.update(1, eye.clone().setZ(9), camera, null)).toBe(true);
    expect([...reading.list()]).toEqual([]);
  });

  it("asks for titles once an approach, however often that fails", async () => {
    let asked = 0;
    const failing = (): Promise<Titles> => (asked++, Promise.reject(new Error("offline")));
    const eye = new Vector3(-0.4, 0.6, -1.2);
    const reading = new BookReading(stock, null, null, failing, { feet: eye, chose: () => undefined });
    const camera = { getWorldDirection: (into: Vector3) => into.set(0, 0, -1) } as never;
    for (const z of [-1.2, -1.2, 9, -1.2, -1.2]) {
      reading.update(1, eye.setZ(z), camera, null);
      await new Promise((done) => setTimeout(done, 0));
    }
    expect(asked).toBe(2);
  });
});
