/** What the graphics card is told of each book, made once from the table and the light of the shelves. */
import { type Chunk, chunksOf } from "./chunks";
import { type BooksTable, LIES, VOLUME } from "./table";

/** `scenes[0].extras.carrel.shelf_light` of a hall: coded H at foot and head, at the middles of equal parts of each run. */
export interface ShelfLight {
  runs: number;
  samples: number;
  range: number;
  data: string;
}

export interface BookColumns {
  count: number;
  /** Column-major 4 × 4, in the hall's frame. */
  matrix: Float32Array;
  /** Design + 256 × volume; the written design until a title of its own is painted. */
  cell: Uint16Array;
  cloth: Uint8Array;
  foot: Uint8Array;
  head: Uint8Array;
  /** 0, or 1 + the slot of the title painted for this book. */
  title: Uint8Array;
}

export function readShelfLight(light: ShelfLight): Uint8Array {
  const coded = atob(light.data);
  const expected = light.runs * 2 * light.samples * 3;
  if (coded.length !== expected) throw new Error(`the shelves' light holds ${coded.length} bytes, not ${expected}`);
  return Uint8Array.from(coded, (c) => c.charCodeAt(0));
}

/** Books as they stand: the table, what is shown or left out as one, and each book in the hall's frame. */
export interface Stock {
  table: BooksTable;
  chunks: readonly Chunk[];
  columns: BookColumns;
}

/** `light` is null where nothing is drawn; `designs`: how many cells of the atlas are blank, as many written ones follow. */
export function takeStock(table: BooksTable, light: ShelfLight | null, designs: number): Stock {
  return { table, chunks: chunksOf(table), columns: makeColumns(table, light, designs) };
}

export function makeColumns({ bays, runs, books }: BooksTable, light: ShelfLight | null, designs: number): BookColumns {
  if (light && light.runs !== runs.length) throw new Error(`the hall has ${light.runs} runs, its table ${runs.length}`);
  const { count } = books;
  const coded = light && readShelfLight(light);
  const columns: BookColumns = {
    count,
    matrix: new Float32Array(count * 16),
    cell: new Uint16Array(count),
    cloth: new Uint8Array(count * 4),
    foot: new Uint8Array(count * 4),
    head: new Uint8Array(count * 4),
    title: new Uint8Array(count),
  };
  for (let k = 0; k < count; k++) {
    const run = runs[books.run[k]!]!;
    const { heading } = bays[run.bay]!;
    writeMatrix(columns.matrix, k * 16, run, heading, books, k);
    columns.cell[k] = (books.design[k]! % designs) + designs + 256 * (books.how[k]! & VOLUME);
    columns.cloth.set(books.colour.subarray(k * 3, k * 3 + 3), k * 4);
    columns.cloth[k * 4 + 3] = columns.foot[k * 4 + 3] = columns.head[k * 4 + 3] = 255;
    if (!light || !coded) continue;
    const middle = books.how[k]! & LIES ? books.x[k]! - books.height[k]! / 2 : books.x[k]! + books.thickness[k]! / 2;
    const along = (middle / run.width) * light.samples - 0.5;
    writeLight(coded, books.run[k]! * 2, light.samples, along, columns.foot, k * 4);
    writeLight(coded, books.run[k]! * 2 + 1, light.samples, along, columns.head, k * 4);
  }
  return columns;
}

interface Placed {
  x: Float32Array;
  y: Float32Array;
  back: Float32Array;
  thickness: Float32Array;
  height: Float32Array;
  depth: Float32Array;
  lean: Float32Array;
  how: Uint8Array;
}

/** The unit book (x thickness, y height, z depth) turned to the left by its lean, then by its case's heading. */
function writeMatrix(
  out: Float32Array,
  at: number,
  run: { x: number; y: number; z: number },
  heading: number,
  books: Placed,
  k: number,
): void {
  const turn = books.how[k]! & LIES ? Math.PI / 2 : books.lean[k]!;
  const [c, s] = [Math.cos(turn), Math.sin(turn)];
  const [ch, sh] = [Math.cos(heading), Math.sin(heading)];
  const [thickness, height, depth] = [books.thickness[k]!, books.height[k]!, books.depth[k]!];
  const [x, y, back] = [books.x[k]!, books.y[k]!, books.back[k]!];
  out[at] = thickness * c * ch;
  out[at + 1] = thickness * s;
  out[at + 2] = -thickness * c * sh;
  out[at + 4] = -height * s * ch;
  out[at + 5] = height * c;
  out[at + 6] = height * s * sh;
  out[at + 8] = depth * sh;
  out[at + 10] = depth * ch;
  out[at + 12] = run.x + x * ch - back * sh;
  out[at + 13] = run.y + y;
  out[at + 14] = run.z - x * sh - back * ch;
  out[at + 15] = 1;
}

/** Between two samples the coded values are mixed as they are: they are even to the eye. */
function writeLight(coded: Uint8Array, row: number, samples: number, along: number, out: Uint8Array, at: number): void {
  const left = Math.max(0, Math.min(samples - 1, Math.floor(along)));
  const right = Math.min(samples - 1, left + 1);
  const part = Math.max(0, Math.min(1, along - left));
  for (let c = 0; c < 3; c++) {
    const a = coded[(row * samples + left) * 3 + c]!;
    const b = coded[(row * samples + right) * 3 + c]!;
    out[at + c] = Math.round(a + (b - a) * part);
  }
}
