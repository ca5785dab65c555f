/** What is shown or left out as one: a column of a bookcase. Near chunks have whole books, far ones boxes, the rest a picture. */
import type { Vector3 } from "three";
import type { BooksTable } from "./table";

export interface Chunk {
  bay: number;
  firstRun: number;
  runs: number;
  firstBook: number;
  books: number;
  /** The chunk's front in its case's frame: metres from the case's corner. */
  left: number;
  right: number;
  /** Middle and reach in the hall. */
  x: number;
  y: number;
  z: number;
  radius: number;
}

export const OUT_OF_SIGHT = 0;
export const PICTURE = 1;
export const BOXES = 2;
export const WHOLE = 3;

/** Metres from the eye to a chunk's sphere, and how many books at most: what is over it is shown more simply. */
export interface Budget {
  whole_m: number;
  boxes_m: number;
  whole_books: number;
  boxes_books: number;
}

export const BUDGETS: Record<"high" | "low", Budget> = {
  high: { whole_m: 1.2, boxes_m: 9, whole_books: 1200, boxes_books: 6000 },
  low: { whole_m: 0.5, boxes_m: 3, whole_books: 600, boxes_books: 2000 },
};

/** A new column begins where a run does not lie lower than the one before it. */
export function chunksOf({ bays, runs }: BooksTable): Chunk[] {
  const chunks: Chunk[] = [];
  for (const [number, bay] of bays.entries()) {
    const starts: number[] = [];
    for (let k = 0; k < bay.runs; k++)
      if (k === 0 || runs[bay.firstRun + k]!.y >= runs[bay.firstRun + k - 1]!.y) starts.push(bay.firstRun + k);
    const wide = bay.width / starts.length;
    for (const [column, first] of starts.entries()) {
      const end = starts[column + 1] ?? bay.firstRun + bay.runs;
      const last = runs[end - 1]!;
      const [left, right] = [column * wide, (column + 1) * wide];
      const middle = (left + right) / 2;
      const [c, s] = [Math.cos(bay.heading), Math.sin(bay.heading)];
      chunks.push({
        bay: number,
        firstRun: first,
        runs: end - first,
        firstBook: runs[first]!.firstBook,
        books: last.firstBook + last.books - runs[first]!.firstBook,
        left,
        right,
        x: bay.x + middle * c - (bay.depth / 2) * s,
        y: bay.y + (bay.base + bay.height) / 2,
        z: bay.z - middle * s - (bay.depth / 2) * c,
        radius: Math.hypot(wide, bay.height - bay.base, bay.depth) / 2,
      });
    }
  }
  return chunks;
}

/** Which way the eye looks, and the cosine and sine of the half angle of what it sees (with a margin for turning). */
export interface Sight {
  eye: Vector3;
  ahead: Vector3;
  cosine: number;
  sine: number;
}

/** Chooses a level for every chunk, nearest first within the budget. Allocates nothing after it was made. */
export class Levels {
  readonly level: Uint8Array;
  readonly #order: Uint32Array;
  readonly #distance: Float32Array;

  constructor(readonly chunks: readonly Chunk[]) {
    this.level = new Uint8Array(chunks.length);
    this.#order = Uint32Array.from(chunks, (_, k) => k);
    this.#distance = new Float32Array(chunks.length);
  }

  /** `simple` tells of a case that is so simplified that only a picture fits it. True when a level changed. */
  choose({ eye, ahead, cosine, sine }: Sight, budget: Budget, simple: (bay: number) => boolean): boolean {
    const { chunks, level } = this;
    for (let k = 0; k < chunks.length; k++) {
      const { x, y, z, radius } = chunks[k]!;
      const dx = x - eye.x;
      const dy = y - eye.y;
      const dz = z - eye.z;
      const far = Math.hypot(dx, dy, dz);
      // A sphere is seen when the cone, widened by its radius, holds its middle.
      const along = dx * ahead.x + dy * ahead.y + dz * ahead.z;
      const aside = Math.sqrt(Math.max(0, far * far - along * along));
      const seen = far < radius || aside * cosine - along * sine < radius;
      this.#distance[k] = seen ? Math.max(0, far - radius) : Infinity;
    }
    this.#order.sort(this.#nearer);
    let whole = budget.whole_books;
    let boxes = budget.boxes_books;
    let changed = false;
    for (let place = 0; place < chunks.length; place++) {
      const k = this.#order[place]!;
      const distance = this.#distance[k]!;
      const { books, bay } = chunks[k]!;
      let next = PICTURE;
      if (distance === Infinity) next = OUT_OF_SIGHT;
      else if (simple(bay)) next = PICTURE;
      else if (distance < budget.whole_m && books <= whole) {
        next = WHOLE;
        whole -= books;
      } else if (distance < budget.boxes_m && books <= boxes) {
        next = BOXES;
        boxes -= books;
      }
      if (level[k] === next) continue;
      level[k] = next;
      changed = true;
    }
    return changed;
  }

  readonly #nearer = (a: number, b: number): number => this.#distance[a]! - this.#distance[b]! || a - b;
}
