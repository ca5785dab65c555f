/** The table of a hall's books, and the table of what is written on them. docs/design/hall-format.md names every byte. */
import { refusal } from "../../net/requests";

const MAGIC = 0x534b4243; // "CBKS"
const TITLES_MAGIC = 0x544b4243; // "CBKT"
const VERSION = 1;
const HEAD_BYTES = 32;
const TITLES_HEAD_BYTES = 16;
const NAME_BYTES = 32;
const BAY_BYTES = 64;
const RUN_BYTES = 24;
const BOOK_BYTES = 16;
const BETWEEN = "\x1f";
export const LIES = 0x80;
export const VOLUME = 0x1f;

/** A bookcase. Its frame stands at its lower left front corner: x along it, y up, z out of it. Metres, radians about y. */
export interface Bay {
  name: string;
  x: number;
  y: number;
  z: number;
  heading: number;
  width: number;
  height: number;
  depth: number;
  base: number;
  zone: number;
  firstRun: number;
  runs: number;
}

/** One board between two stiles; (x, y, z) is the left end of its front edge in the hall. */
export interface Run {
  bay: number;
  x: number;
  y: number;
  z: number;
  firstBook: number;
  books: number;
  width: number;
  clear: number;
  depth: number;
}

/** The books as columns: metres along, over and behind the front edge of their run; `lean` in radians to the left. */
export interface Books {
  count: number;
  run: Uint32Array;
  x: Float32Array;
  y: Float32Array;
  back: Float32Array;
  thickness: Float32Array;
  height: Float32Array;
  depth: Float32Array;
  lean: Float32Array;
  /** Lower five bits: volume; LIES: on its left side. */
  how: Uint8Array;
  design: Uint8Array;
  /** The cloth's colour with its tint, sRGB, three bytes a book. */
  colour: Uint8Array;
  record: Uint32Array;
}

export interface BooksTable {
  bays: Bay[];
  runs: Run[];
  books: Books;
  titlesCrc: number;
}

function refused(why: string): Error {
  return refusal("load_failed", `the table of books ${why}`) as unknown as Error;
}

/** Throws a Refusal `load_failed` for bytes that are no table. */
export function readBooksTable(buffer: ArrayBuffer): BooksTable {
  const view = new DataView(buffer);
  if (buffer.byteLength < HEAD_BYTES || view.getUint32(0, true) !== MAGIC || view.getUint16(4, true) !== VERSION)
    throw refused("is of another kind");
  const bayCount = view.getUint16(6, true);
  const runCount = view.getUint32(8, true);
  const bookCount = view.getUint32(12, true);
  const recordCount = view.getUint32(16, true);
  const clothCount = view.getUint16(20, true);
  const baysAt = HEAD_BYTES + clothCount * 4;
  const runsAt = baysAt + bayCount * BAY_BYTES;
  const booksAt = runsAt + runCount * RUN_BYTES;
  const end = booksAt + bookCount * BOOK_BYTES;
  if (view.getUint32(24, true) !== end || buffer.byteLength !== end) throw refused("was cut");
  const bays: Bay[] = [];
  let next = 0;
  for (let at = baysAt; at < runsAt; at += BAY_BYTES) {
    const bay = readBay(view, at);
    if (bay.firstRun !== next) throw refused("has bays out of order");
    next += bay.runs;
    bays.push(bay);
  }
  if (next !== runCount) throw refused("has bays out of order");
  const runs: Run[] = [];
  const runOf = new Uint32Array(bookCount);
  let bay = 0;
  next = 0;
  for (let k = 0; k < runCount; k++) {
    while (k >= bays[bay]!.firstRun + bays[bay]!.runs) bay++;
    const run = readRun(view, runsAt + k * RUN_BYTES, bay);
    if (run.firstBook !== next || next + run.books > bookCount) throw refused("has runs out of order");
    runOf.fill(k, next, (next += run.books));
    runs.push(run);
  }
  if (next !== bookCount) throw refused("has runs out of order");
  const cloths = new Uint8Array(buffer, HEAD_BYTES, clothCount * 4);
  const books = readBooks(view, booksAt, runOf, cloths);
  for (const record of books.record) if (record >= recordCount) throw refused("names a record it does not have");
  return { bays, runs, books, titlesCrc: view.getUint32(28, true) };
}

function readBay(view: DataView, at: number): Bay {
  const name = new TextDecoder().decode(new Uint8Array(view.buffer, at, NAME_BYTES)).replace(/\0+$/, "");
  const metres = (offset: number): number => view.getUint16(at + offset, true) / 1000;
  return {
    name,
    x: view.getFloat32(at + 32, true),
    y: view.getFloat32(at + 36, true),
    z: view.getFloat32(at + 40, true),
    heading: view.getFloat32(at + 44, true),
    width: metres(48),
    height: metres(50),
    depth: metres(52),
    zone: view.getUint16(at + 54, true),
    firstRun: view.getUint32(at + 56, true),
    runs: view.getUint16(at + 60, true),
    base: metres(62),
  };
}

function readRun(view: DataView, at: number, bay: number): Run {
  const metres = (offset: number): number => view.getUint16(at + offset, true) / 1000;
  return {
    bay,
    x: view.getFloat32(at, true),
    y: view.getFloat32(at + 4, true),
    z: view.getFloat32(at + 8, true),
    firstBook: view.getUint32(at + 12, true),
    books: view.getUint16(at + 16, true),
    width: metres(18),
    clear: metres(20),
    depth: metres(22),
  };
}

function readBooks(view: DataView, from: number, run: Uint32Array, cloths: Uint8Array): Books {
  const count = run.length;
  const column = (): Float32Array => new Float32Array(count);
  const books: Books = {
    count,
    run,
    x: column(),
    y: column(),
    back: column(),
    thickness: column(),
    height: column(),
    depth: column(),
    lean: column(),
    how: new Uint8Array(count),
    design: new Uint8Array(count),
    colour: new Uint8Array(count * 3),
    record: new Uint32Array(count),
  };
  for (let k = 0; k < count; k++) {
    const at = from + k * BOOK_BYTES;
    books.x[k] = view.getUint16(at, true) * 1e-4;
    books.height[k] = view.getUint16(at + 2, true) * 1e-4;
    books.thickness[k] = view.getUint8(at + 4) * 5e-4;
    books.depth[k] = view.getUint8(at + 5) * 2e-3;
    books.y[k] = view.getUint8(at + 6) * 2e-3;
    books.back[k] = view.getUint8(at + 7) * 5e-4;
    books.lean[k] = (view.getInt8(at + 8) * Math.PI) / 720;
    books.how[k] = view.getUint8(at + 9);
    books.design[k] = view.getUint8(at + 10);
    const cloth = view.getUint8(at + 11) * 4;
    if (cloth >= cloths.length) throw refused("names a cloth it does not have");
    const record = view.getUint32(at + 12, true);
    books.record[k] = record & 0xffffff;
    const tint = (record >>> 24) / 128;
    for (let c = 0; c < 3; c++) books.colour[k * 3 + c] = Math.min(255, cloths[cloth + c]! * tint);
  }
  return books;
}

/** What a spine and a card say. */
export interface BookRecord {
  id: string;
  title: string;
  creator: string;
  year: string;
  language: string;
  callNumber: string;
}

/** Records by their numbers; one is taken apart when it is asked for. */
export class Titles {
  readonly count: number;
  readonly #ends: Uint32Array;
  readonly #text: Uint8Array;
  readonly #decoder = new TextDecoder();

  /** Throws a Refusal `load_failed` for bytes that are no table of titles. */
  constructor(buffer: ArrayBuffer) {
    const view = new DataView(buffer);
    const isOurs = buffer.byteLength >= TITLES_HEAD_BYTES && view.getUint32(0, true) === TITLES_MAGIC;
    if (!isOurs || view.getUint16(4, true) !== VERSION) throw refused("has titles of another kind");
    this.count = view.getUint32(8, true);
    const textBytes = view.getUint32(12, true);
    const textAt = TITLES_HEAD_BYTES + this.count * 4;
    if (buffer.byteLength !== textAt + textBytes) throw refused("has titles that were cut");
    this.#ends = new Uint32Array(this.count);
    let last = 0;
    for (let k = 0; k < this.count; k++) {
      const end = view.getUint32(TITLES_HEAD_BYTES + k * 4, true);
      if (end < last || end > textBytes) throw refused("has titles out of order");
      last = this.#ends[k] = end;
    }
    this.#text = new Uint8Array(buffer, textAt, textBytes);
  }

  /** `number` is less than `count`. */
  record(number: number): BookRecord {
    const from = number ? this.#ends[number - 1]! : 0;
    const fields = this.#decoder.decode(this.#text.subarray(from, this.#ends[number])).split(BETWEEN);
    const [id = "", title = "", creator = "", year = "", language = "", callNumber = ""] = fields;
    return { id, title, creator, year, language, callNumber };
  }
}
