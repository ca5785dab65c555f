/** C2SP tlog-tiles: where hashes and entries stand, and how wide the last tile of each level is. */
import { Invalid } from "./errors";
import { HASH_BYTES } from "./sha256";
import type { Bytes } from "./bytes";

export const TILE_HEIGHT = 8;
export const TILE_WIDTH = 256;
export const FULL_TILE_BYTES = TILE_WIDTH * HASH_BYTES;
/** 256 leaves under 65,536 bytes, each with its length. */
export const MOST_BUNDLE_BYTES = TILE_WIDTH * (2 + 65_535);

/** How many hashes tile `index` of `level` holds in a tree of `size` leaves: 0 to 256. */
export function tileWidth(level: number, index: number, size: number): number {
  const hashes = Math.floor(size / TILE_WIDTH ** level);
  return Math.min(TILE_WIDTH, Math.max(0, hashes - index * TILE_WIDTH));
}

/** `tile/<level>/<index>[.p/<width>]`; level "entries" is for bundles. */
export function tilePath(level: number | "entries", index: number, width: number): string {
  const parts = [String(index % 1000).padStart(3, "0")];
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000))
    parts.unshift(`x${String(rest % 1000).padStart(3, "0")}`);
  return `tile/${level}/${parts.join("/")}${width === TILE_WIDTH ? "" : `.p/${width}`}`;
}

/** The hashes of a tile. Throws bad_tile unless there are exactly `width`. */
export function decodeTile(data: Bytes, width: number, place: string): Bytes[] {
  if (data.length !== width * HASH_BYTES)
    throw new Invalid("bad_tile", place, `it has ${data.length} bytes and not ${width * HASH_BYTES}.`);
  return Array.from({ length: width }, (_, i) => data.slice(i * HASH_BYTES, (i + 1) * HASH_BYTES));
}
