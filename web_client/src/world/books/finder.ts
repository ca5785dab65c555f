/** Which book a ray meets, and which are near: by the cases' planes, never by triangles. */
import type { Vector3 } from "three";
import type { Stock } from "./columns";
import { LIES } from "./table";

/** How far one can point at a book. */
const REACH_M = 4;
/** Spines stand about this far behind a run's front edge. */
const BEHIND_M = 0.01;

/** The book that a ray meets first and how far off, or null. Makes nothing. */
export class BookFinder {
  book = -1;
  chunk = -1;
  distance = Infinity;

  constructor(private readonly stock: Stock) {}

  under(origin: Vector3, direction: Vector3, within_m = REACH_M): boolean {
    this.book = this.chunk = -1;
    this.distance = within_m;
    const { chunks } = this.stock;
    for (let k = 0; k < chunks.length; k++) {
      const { x, y, z, radius } = chunks[k]!;
      if (Math.hypot(x - origin.x, y - origin.y, z - origin.z) - radius < this.distance)
        this.#inChunk(k, origin, direction);
    }
    return this.book >= 0;
  }

  #inChunk(k: number, origin: Vector3, direction: Vector3): void {
    const { chunks, table } = this.stock;
    const { bays, runs, books } = table;
    const chunk = chunks[k]!;
    const { heading } = bays[chunk.bay]!;
    const [c, s] = [Math.cos(heading), Math.sin(heading)];
    const run = runs[chunk.firstRun]!;
    // In the case's frame: x along, z out of it, measured from the first run's front edge.
    const into = direction.x * s + direction.z * c;
    if (into > -1e-4) return;
    const out = (origin.x - run.x) * s + (origin.z - run.z) * c;
    const far = -(out + BEHIND_M) / into;
    if (far < 0 || far >= this.distance) return;
    const [px, py, pz] = [origin.x + direction.x * far, origin.y + direction.y * far, origin.z + direction.z * far];
    for (let r = chunk.firstRun; r < chunk.firstRun + chunk.runs; r++) {
      const { x, y, z, clear, width, firstBook, books: count } = runs[r]!;
      const up = py - y;
      if (up < 0 || up > clear) continue;
      const along = (px - x) * c - (pz - z) * s;
      if (along < 0 || along > width) continue;
      for (let book = firstBook; book < firstBook + count; book++) {
        const lies = books.how[book]! & LIES;
        const wide = lies ? books.height[book]! : books.thickness[book]!;
        const tall = lies ? books.thickness[book]! : books.height[book]!;
        const left = lies ? books.x[book]! - wide : books.x[book]! - Math.tan(books.lean[book]!) * up;
        if (along < left || along > left + wide || up < books.y[book]! || up > books.y[book]! + tall) continue;
        this.book = book;
        this.chunk = k;
        this.distance = far;
        return;
      }
    }
  }
}

/** The middle of a book's spine in the hall. */
export function spineOf({ columns: { matrix } }: Stock, book: number, into: Vector3): Vector3 {
  const at = book * 16;
  return into.set(
    matrix[at + 12]! + (matrix[at]! + matrix[at + 4]!) / 2,
    matrix[at + 13]! + (matrix[at + 1]! + matrix[at + 5]!) / 2,
    matrix[at + 14]! + (matrix[at + 2]! + matrix[at + 6]!) / 2,
  );
}
