/**
 * Real titles on the spines near by: lettered with the reader's own fonts onto the blank design, into a sheet of cells from
 * which the longest unseen gives way. One or two a frame, so that no frame is late.
 */
import {
  DataTexture,
  LinearFilter,
  LinearMipmapLinearFilter,
  SRGBColorSpace,
  Texture,
  Vector2,
  type WebGLRenderer,
} from "three";
import type { BookRecord } from "./table";

export const CELL = { width: 64, height: 384 } as const;
export const SHEET = { high: { columns: 32, rows: 7 }, low: { columns: 32, rows: 2 } } as const;
/** Sizes of the picture that are kept: finer to coarser. */
const LEVELS = 3;
const LATIN = '600 {px}px "Noto Serif", "Source Serif 4", Georgia, "Times New Roman", serif';
const HAN = '600 {px}px "Noto Serif CJK SC", "Source Han Serif SC", "Songti SC", SimSun, serif';
/** Millimetres on the spine. */
const LARGEST_MM = 15;
const SMALLEST_MM = 3.4;
const EDGE_MM = 3;
/** Of a spine's height: where a volume's number stands, so that no title reaches it. */
const NUMBER_FROM = 0.85;
const AUTHOR_PART = 0.6;
const TWO_LINES_FROM_MM = 24;

/** Where a title may stand on a design: parts of the height from the head, and whether it is written in ink. */
export type Field = readonly [top: number, foot: number, ink: number];

export interface Spine {
  record: BookRecord;
  design: number;
  thickness_mm: number;
  height_mm: number;
  numbered: boolean;
}

export class SpineTitles {
  readonly texture: DataTexture;
  /** Cells across and down. */
  readonly cells: Vector2;
  readonly slots: number;
  readonly #book: Int32Array;
  readonly #seen: Uint32Array;
  readonly #slotOf = new Map<number, number>();
  readonly #canvas: readonly CanvasRenderingContext2D[];
  readonly #sources: readonly Texture[];
  readonly #at = new Vector2();
  #time = 0;

  constructor(
    private readonly atlas: CanvasImageSource & { width: number; height: number },
    private readonly columns: number,
    private readonly fields: readonly Field[],
    quality: "high" | "low",
  ) {
    const { columns: across, rows } = SHEET[quality];
    this.cells = new Vector2(across, rows);
    this.slots = across * rows;
    this.#book = new Int32Array(this.slots).fill(-1);
    this.#seen = new Uint32Array(this.slots);
    this.#canvas = Array.from({ length: LEVELS }, (_, k) => context(CELL.width >> k, CELL.height >> k));
    this.#sources = this.#canvas.map(({ canvas }) => new Texture(canvas));
    const [width, height] = [across * CELL.width, rows * CELL.height];
    this.texture = new DataTexture(null, width, height);
    this.texture.mipmaps = Array.from({ length: LEVELS }, (_, k) => ({
      data: null as unknown as Uint8Array,
      width: width >> k,
      height: height >> k,
    }));
    // Only room is made on the card: every cell is painted before a book uses it.
    this.texture.source.dataReady = false;
    this.texture.colorSpace = SRGBColorSpace;
    this.texture.generateMipmaps = false;
    this.texture.magFilter = LinearFilter;
    this.texture.minFilter = LinearMipmapLinearFilter;
    this.texture.needsUpdate = true;
  }

  /** A moment passes: what is kept from now on counts as seen later than all before. */
  tick(): void {
    this.#time++;
  }

  /** True when the book has its title; it stays longer. */
  keep(book: number): boolean {
    const slot = this.#slotOf.get(book);
    if (slot === undefined) return false;
    this.#seen[slot] = this.#time;
    return true;
  }

  /** Paints a title. Tells the book that lost its own to it (-1: none); null when all are in use. */
  paint(renderer: WebGLRenderer, book: number, spine: Spine): { slot: number; lost: number } | null {
    let slot = 0;
    for (let k = 1; k < this.slots; k++) if (this.#seen[k]! < this.#seen[slot]!) slot = k;
    if (this.#seen[slot] === this.#time && this.#book[slot]! >= 0) return null;
    const lost = this.#book[slot]!;
    if (lost >= 0) this.#slotOf.delete(lost);
    this.#book[slot] = book;
    this.#seen[slot] = this.#time;
    this.#slotOf.set(book, slot);
    this.#letter(spine);
    const [column, row] = [slot % this.cells.x, Math.floor(slot / this.cells.x)];
    for (let k = 0; k < LEVELS; k++) {
      if (k) this.#shrink(k);
      this.#at.set((column * CELL.width) >> k, (row * CELL.height) >> k);
      renderer.copyTextureToTexture(this.#sources[k]!, this.texture, null, this.#at, 0, k);
    }
    return { slot, lost };
  }

  #shrink(k: number): void {
    const { canvas } = this.#canvas[k - 1]!;
    this.#canvas[k]!.drawImage(canvas, 0, 0, canvas.width, canvas.height, 0, 0, canvas.width / 2, canvas.height / 2);
  }

  /** The mask: red is gilt, green a paper label, blue the cloth's shade. */
  #letter(spine: Spine): void {
    const pen = this.#canvas[0]!;
    const { design } = spine;
    const [x, y] = [(design % this.columns) * CELL.width, Math.floor(design / this.columns) * CELL.height];
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.globalCompositeOperation = "copy";
    pen.drawImage(this.atlas, x, y, CELL.width, CELL.height, 0, 0, CELL.width, CELL.height);
    const [top, foot, ink] = this.fields[design] ?? [0.1, 0.84, 0];
    // Ink darkens the paper's shade, gold adds to the gilt.
    pen.globalCompositeOperation = ink ? "multiply" : "lighter";
    pen.fillStyle = ink ? "rgb(255 255 40)" : "rgb(235 0 0)";
    // From here on a unit is a millimetre of the real spine, so that letters keep their form on thin and thick books.
    pen.setTransform(CELL.width / spine.thickness_mm, 0, 0, CELL.height / spine.height_mm, 0, 0);
    const from = top * spine.height_mm + EDGE_MM;
    const to = Math.min(foot, spine.numbered ? NUMBER_FROM : 1) * spine.height_mm - EDGE_MM;
    const { title, creator } = spine.record;
    if (isHan(title)) upright(pen, title, creator, spine.thickness_mm, from, to);
    else lying(pen, title, creator, spine.thickness_mm, from, to);
  }

  dispose(): void {
    this.texture.dispose();
  }
}

function context(width: number, height: number): CanvasRenderingContext2D {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const pen = canvas.getContext("2d", { alpha: false });
  if (!pen) throw new Error("this browser has no 2D canvas");
  pen.imageSmoothingQuality = "high";
  pen.textBaseline = "middle";
  return pen;
}

export function isHan(title: string): boolean {
  return /[\u3400-\u9fff]/u.test(title);
}

/** Letters are drawn ten times as large and shrunk: browsers round small sizes. */
function write(pen: CanvasRenderingContext2D, words: string, size: number, x: number, y: number, han: boolean): void {
  pen.save();
  pen.translate(x, y);
  pen.scale(0.1, 0.1);
  pen.font = (han ? HAN : LATIN).replace("{px}", String(Math.round(size * 10)));
  pen.fillText(words, 0, 0);
  pen.restore();
}

function wide(pen: CanvasRenderingContext2D, words: string, size: number): number {
  pen.font = LATIN.replace("{px}", "100");
  return (pen.measureText(words).width * size) / 100;
}

/** Top to bottom, a character under the other. */
function upright(
  pen: CanvasRenderingContext2D,
  title: string,
  creator: string,
  thick: number,
  from: number,
  to: number,
): void {
  const marks = [...title].slice(0, 14);
  const size = Math.max(SMALLEST_MM, Math.min(LARGEST_MM, thick * 0.66, ((to - from) * 0.78) / marks.length / 1.1));
  pen.textAlign = "center";
  let y = from + size * 0.6;
  for (const mark of marks) {
    write(pen, mark, size, thick / 2, y, true);
    y += size * 1.1;
  }
  const small = Math.max(SMALLEST_MM, size * AUTHOR_PART);
  const names = [...creator].slice(0, 5);
  y = Math.max(y + small * 0.4, to - small * 1.1 * names.length);
  if (y + small * 1.1 * names.length > to + small) return;
  for (const mark of names) {
    write(pen, mark, small, thick / 2, y, true);
    y += small * 1.1;
  }
}

/** Along the spine, read with the head to the right; a long title takes two lines where the spine is thick enough. */
function lying(
  pen: CanvasRenderingContext2D,
  title: string,
  creator: string,
  thick: number,
  from: number,
  to: number,
): void {
  const long = to - from;
  const name = creator.length > 28 ? `${creator.slice(0, 27)}…` : creator;
  pen.save();
  pen.translate(thick / 2, from);
  pen.rotate(Math.PI / 2);
  const body = name ? long * 0.7 : long;
  let lines = [title];
  if (thick >= TWO_LINES_FROM_MM && wide(pen, title, thick * 0.4) > body) lines = halves(title);
  const most = Math.min(LARGEST_MM, (thick * 0.62) / lines.length);
  const longest = Math.max(...lines.map((line) => wide(pen, line, most)));
  const size = Math.max(SMALLEST_MM, Math.min(most, (most * body) / longest));
  pen.textAlign = "left";
  for (const [k, line] of lines.entries())
    write(pen, fitting(pen, line, size, body), size, 0, (k - (lines.length - 1) / 2) * size * 1.15, false);
  if (name) {
    const small = Math.max(SMALLEST_MM * 0.8, Math.min(size * AUTHOR_PART, thick * 0.4));
    const taken = Math.max(...lines.map((line) => Math.min(body, wide(pen, line, size))));
    pen.textAlign = "right";
    write(pen, fitting(pen, name, small, long - taken - EDGE_MM), small, long, 0, false);
  }
  pen.restore();
}

/** Cut at the space nearest to the middle. */
function halves(title: string): string[] {
  const middle = title.length / 2;
  let cut = -1;
  for (let at = title.indexOf(" "); at >= 0; at = title.indexOf(" ", at + 1))
    if (cut < 0 || Math.abs(at - middle) < Math.abs(cut - middle)) cut = at;
  return cut < 0 ? [title] : [title.slice(0, cut), title.slice(cut + 1)];
}

function fitting(pen: CanvasRenderingContext2D, words: string, size: number, room: number): string {
  if (wide(pen, words, size) <= room) return words;
  let end = words.length;
  while (end > 1 && wide(pen, `${words.slice(0, end)}…`, size) > room) end--;
  return `${words.slice(0, end).trimEnd()}…`;
}
