/** The far picture of each chunk, painted once from its books with the light of its shelves: two triangles each, one draw for all. */
import {
  BufferAttribute,
  BufferGeometry,
  ClampToEdgeWrapping,
  DataTexture,
  LinearFilter,
  LinearMipmapLinearFilter,
  NoColorSpace,
} from "three";
import { type Chunk, PICTURE } from "./chunks";
import type { BookColumns } from "./columns";
import { type Bay, type BooksTable, LIES } from "./table";

const SHEET_PIXELS = { high: 2_000_000, low: 700_000 } as const;
const SHEET_WIDTH = 2048;
const PIXELS_PER_METRE = { least: 20, most: 64 } as const;
const GAP = 2;
/** The picture hangs in front of the case's boards. */
const BEFORE_M = 0.022;
/** Thickness of boards and width of stiles, as the kit builds cases. */
const BOARD_M = 0.028;
const STILE_M = 0.075;
const SHADE_BELOW_M = 0.035;
/** Linear colours; what gloss adds to real books and wood; a part of light that reaches the back. */
const WOOD = [0.216, 0.089, 0.034] as const;
const BACK = [0.089, 0.04, 0.018] as const;
const GILT = [0.82, 0.58, 0.24] as const;
const GLOSS = 0.95;

export interface CasePictures {
  texture: DataTexture;
  geometry: BufferGeometry;
  /** Points at the chunks whose level is PICTURE. */
  show(levels: Uint8Array): void;
}

interface Sheet {
  pixels: Uint8Array;
  width: number;
  height: number;
}

interface Patch {
  x: number;
  y: number;
  w: number;
  h: number;
}

/** `leather` tells of each design whether it has a title piece between bands. */
export function paintCases(
  table: BooksTable,
  columns: BookColumns,
  chunks: readonly Chunk[],
  leather: readonly boolean[],
  range: number,
  quality: "high" | "low",
): CasePictures {
  const tall = ({ bay }: Chunk): number => table.bays[bay]!.height - table.bays[bay]!.base;
  const area = chunks.reduce((sum, chunk) => sum + (chunk.right - chunk.left) * tall(chunk), 0);
  const scale = Math.max(
    PIXELS_PER_METRE.least,
    Math.min(PIXELS_PER_METRE.most, Math.floor(Math.sqrt(SHEET_PIXELS[quality] / Math.max(area, 1)))),
  );
  const patches = packed(chunks.map((chunk) => [(chunk.right - chunk.left) * scale, tall(chunk) * scale]));
  const height = 4 * Math.ceil(Math.max(4, ...patches.map(({ y, h }) => y + h)) / 4);
  const sheet = { pixels: new Uint8Array(SHEET_WIDTH * height * 4).fill(255), width: SHEET_WIDTH, height };
  const painter = new Painter(table, columns, leather, range, scale, sheet);
  for (const [k, chunk] of chunks.entries()) painter.paint(chunk, patches[k]!);
  const texture = new DataTexture(sheet.pixels, sheet.width, sheet.height);
  texture.colorSpace = NoColorSpace;
  texture.wrapS = texture.wrapT = ClampToEdgeWrapping;
  texture.magFilter = LinearFilter;
  texture.minFilter = LinearMipmapLinearFilter;
  texture.generateMipmaps = true;
  texture.anisotropy = quality === "high" ? 4 : 1;
  texture.needsUpdate = true;
  const geometry = quads(table.bays, chunks, patches, height);
  const index = geometry.index!;
  return {
    texture,
    geometry,
    show: (levels) => {
      let count = 0;
      for (let k = 0; k < chunks.length; k++) {
        if (levels[k] !== PICTURE) continue;
        const first = k * 4;
        for (const corner of CORNERS) index.array[count++] = first + corner;
      }
      geometry.setDrawRange(0, count);
      index.needsUpdate = true;
    },
  };
}

const CORNERS = [0, 1, 2, 0, 2, 3] as const;

/** Rows of pictures, the tallest first. */
function packed(sizes: readonly (readonly [number, number])[]): Patch[] {
  const patches: Patch[] = sizes.map(([w, h]) => ({ x: 0, y: 0, w: Math.max(2, Math.round(w)), h: Math.round(h) }));
  let [x, y, row] = [0, 0, 0];
  for (const patch of [...patches].sort((a, b) => b.h - a.h)) {
    if (x + patch.w > SHEET_WIDTH) [x, y, row] = [0, y + row + GAP, 0];
    [patch.x, patch.y] = [x, y];
    [x, row] = [x + patch.w + GAP, Math.max(row, patch.h)];
  }
  return patches;
}

function quads(
  bays: readonly Bay[],
  chunks: readonly Chunk[],
  patches: readonly Patch[],
  height: number,
): BufferGeometry {
  const positions = new Float32Array(chunks.length * 12);
  const uv = new Float32Array(chunks.length * 8);
  for (const [k, { bay, left, right }] of chunks.entries()) {
    const { x, y, z, heading, base, height: top } = bays[bay]!;
    const [c, s] = [Math.cos(heading), Math.sin(heading)];
    const { x: px, y: py, w, h } = patches[k]!;
    const corners = [
      [left, base, 0, 0],
      [right, base, 1, 0],
      [right, top, 1, 1],
      [left, top, 0, 1],
    ] as const;
    for (const [corner, [along, up, u, v]] of corners.entries()) {
      positions.set([x + along * c + BEFORE_M * s, y + up, z - along * s + BEFORE_M * c], (k * 4 + corner) * 3);
      uv.set([(px + 0.5 + u * (w - 1)) / SHEET_WIDTH, (py + 0.5 + v * (h - 1)) / height], (k * 4 + corner) * 2);
    }
  }
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new BufferAttribute(positions, 3));
  geometry.setAttribute("uv", new BufferAttribute(uv, 2));
  geometry.setIndex(new BufferAttribute(new Uint32Array(chunks.length * 6), 1));
  geometry.setDrawRange(0, 0);
  return geometry;
}

/** Paints radiance, coded by its cube root, with row 0 at the foot of a case. */
class Painter {
  readonly #decoded = new Float32Array(256);
  readonly #roots = new Float32Array(3);

  constructor(
    private readonly table: BooksTable,
    private readonly columns: BookColumns,
    private readonly leather: readonly boolean[],
    range: number,
    private readonly scale: number,
    private readonly sheet: Sheet,
  ) {
    for (let k = 0; k < 256; k++) this.#decoded[k] = (k / 255) ** 3 * range;
  }

  paint(chunk: Chunk, patch: Patch): void {
    const { runs, bays } = this.table;
    const bay = bays[chunk.bay]!;
    const { scale } = this;
    const light = [0.12, 0.1, 0.08];
    this.#fill(patch, 0, patch.w, 0, patch.h, BACK, 0.5, light);
    for (let r = chunk.firstRun; r < chunk.firstRun + chunk.runs; r++) {
      const run = runs[r]!;
      const foot = (run.y - bay.y - bay.base) * scale;
      const along = this.#along(bay, run) - chunk.left;
      this.#meanLight(run.firstBook, run.books, light);
      this.#fill(patch, 0, patch.w, foot, foot + run.clear * scale, BACK, 0.3, light);
      for (let k = run.firstBook; k < run.firstBook + run.books; k++) this.#book(patch, k, along * scale, foot);
      const shade = foot + (run.clear - SHADE_BELOW_M) * scale;
      this.#dim(patch, shade, foot + run.clear * scale, 0.5);
      this.#fill(patch, 0, patch.w, foot - BOARD_M * scale, foot, WOOD, 1, light);
      const top = foot + run.clear * scale;
      this.#fill(patch, 0, patch.w, top, top + BOARD_M * scale, WOOD, 1, light);
      const half = (STILE_M / 2) * scale;
      const [low, high] = [foot - BOARD_M * scale, top + BOARD_M * scale];
      this.#fill(patch, 0, half, low, high, WOOD, 1, light);
      this.#fill(patch, patch.w - half, patch.w, low, high, WOOD, 1, light);
    }
  }

  /** Metres from a case's corner to where a run begins. */
  #along(bay: Bay, run: { x: number; z: number }): number {
    return (run.x - bay.x) * Math.cos(bay.heading) - (run.z - bay.z) * Math.sin(bay.heading);
  }

  #meanLight(first: number, count: number, out: number[]): void {
    if (count === 0) return;
    const { foot, head } = this.columns;
    const middle = (first + (count >> 1)) * 4;
    for (let c = 0; c < 3; c++) out[c] = (this.#decoded[foot[middle + c]!]! + this.#decoded[head[middle + c]!]!) * 0.5;
  }

  #book(patch: Patch, k: number, left: number, foot: number): void {
    const { books } = this.table;
    const { scale } = this;
    const lies = (books.how[k]! & LIES) !== 0;
    const wide = (lies ? books.height[k]! : books.thickness[k]!) * scale;
    const tall = (lies ? books.thickness[k]! : books.height[k]!) * scale;
    const x0 = left + books.x[k]! * scale - (lies ? wide : 0);
    const y0 = foot + books.y[k]! * scale;
    const from_x = Math.max(0, Math.round(x0));
    const to_x = Math.min(patch.w, Math.max(from_x + 1, Math.round(x0 + wide)));
    const from_y = Math.max(0, Math.round(y0));
    const to_y = Math.min(patch.h, Math.round(y0 + tall));
    const banded = !lies && this.leather[books.design[k]! % this.leather.length] === true;
    const { pixels, width } = this.sheet;
    const roots = this.#roots;
    for (let y = from_y; y < to_y; y++) {
      this.#cloth(k, (y + 0.5 - y0) / tall, banded);
      let at = ((patch.y + y) * width + patch.x + from_x) * 4;
      for (let x = from_x; x < to_x; x++, at += 4) {
        const across = Math.min(1, Math.abs(((x + 0.5 - x0) / wide) * 2 - 1));
        const round = ROUND[Math.floor(across * (ROUND.length - 1))]!;
        pixels[at] = Math.min(255, roots[0]! * round);
        pixels[at + 1] = Math.min(255, roots[1]! * round);
        pixels[at + 2] = Math.min(255, roots[2]! * round);
      }
    }
  }

  /** Cloth under the light between foot and head, coded; a title piece between gilt lines on leather. */
  #cloth(k: number, up: number, banded: boolean): void {
    const { cloth, foot, head } = this.columns;
    const piece = banded && up > 0.22 && up < 0.78;
    const line = banded && (Math.abs(up - 0.785) < 0.02 || Math.abs(up - 0.215) < 0.02);
    const shade = (piece ? 0.55 : 1) * Math.min(1, 0.62 + 3.8 * up) * 1.3;
    for (let c = 0; c < 3; c++) {
      const plain = (cloth[k * 4 + c]! / 255) ** 1.7 * 1.35;
      const colour = line ? plain * 0.6 + GILT[c]! * 0.4 : plain;
      const light = this.#decoded[foot[k * 4 + c]!]! * (1 - up) + this.#decoded[head[k * 4 + c]!]! * up;
      this.#roots[c] = coded(colour * shade * light);
    }
  }

  #fill(
    patch: Patch,
    x0: number,
    x1: number,
    y0: number,
    y1: number,
    colour: readonly number[],
    part: number,
    light: readonly number[],
  ): void {
    const { pixels, width } = this.sheet;
    const [from, to] = [Math.max(0, Math.round(y0)), Math.min(patch.h, Math.max(Math.round(y0) + 1, Math.round(y1)))];
    const [left, right] = [
      Math.max(0, Math.round(x0)),
      Math.min(patch.w, Math.max(Math.round(x0) + 1, Math.round(x1))),
    ];
    for (let c = 0; c < 3; c++) {
      const value = Math.min(255, coded(colour[c]! * light[c]! * part));
      for (let y = from; y < to; y++) {
        const row = ((patch.y + y) * width + patch.x) * 4 + c;
        for (let x = left; x < right; x++) pixels[row + x * 4] = value;
      }
    }
  }

  #dim(patch: Patch, y0: number, y1: number, part: number): void {
    const root = Math.cbrt(part);
    const { pixels, width } = this.sheet;
    for (let y = Math.max(0, Math.round(y0)); y < Math.min(patch.h, Math.round(y1)); y++)
      for (let x = 0; x < patch.w; x++) {
        const at = ((patch.y + y) * width + patch.x + x) * 4;
        for (let c = 0; c < 3; c++) pixels[at + c] = pixels[at + c]! * root;
      }
  }
}

/** The cube root of a product is the product of the roots: rows and columns of a spine are coded apart. */
function coded(radiance: number): number {
  return Math.cbrt(radiance * GLOSS) * 255;
}

/** How a round spine darkens from its middle to its edge. */
const ROUND = Float32Array.from({ length: 16 }, (_, k) => Math.cbrt(1 - 0.28 * (k / 15) ** 3));
