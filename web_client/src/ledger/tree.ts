/**
 * A log's tree as tiles show it. Every tile is checked before it is used: the last ones of all levels against the signed root, each full
 * one against its hash in the tile above. So whatever is read here belongs to the checkpoint it was opened with.
 */
import type { Bytes } from "./bytes";
import { hex, same } from "./bytes";
import { Invalid, LedgerError } from "./errors";
import { decodeBundle } from "./leaf";
import { emptyRoot, leafHash, nodeHash, rootOf, split } from "./merkle";
import { decodeTile, FULL_TILE_BYTES, MOST_BUNDLE_BYTES, TILE_HEIGHT, TILE_WIDTH, tilePath, tileWidth } from "./tiles";

/** Where tiles come from: a path below the log's address, and the most bytes the answer may have. Throws Unable. */
export type Source = (path: string, most_bytes: number) => Promise<Bytes>;

export class Tree {
  readonly #source: Source;
  readonly #tiles = new Map<string, Promise<Bytes[]>>();
  readonly #bundles = new Map<number, Promise<Bytes[]>>();

  private constructor(
    source: Source,
    readonly size: number,
    readonly root: Bytes,
  ) {
    this.#source = source;
  }

  /** Reads the last tiles and throws bad_tile unless they lead to the root. */
  static async open(source: Source, size: number, root: Bytes): Promise<Tree> {
    const tree = new Tree(source, size, root);
    const found = size === 0 ? await emptyRoot() : await tree.#range(0, size);
    if (!same(found, root))
      throw new Invalid(
        "bad_tile",
        `the tiles of size ${size}`,
        `they lead to ${hex(found)}, the signed root is ${hex(root)}.`,
      );
    return tree;
  }

  /** The hash of the leaf at `index`. */
  leaf(index: number): Promise<Bytes> {
    this.#check(index);
    return this.#node(0, index);
  }

  /** The leaf's bytes, whose hash is the one in the tree. Throws bad_entry. */
  async entry(index: number): Promise<Bytes> {
    this.#check(index);
    const bundle = Math.floor(index / TILE_WIDTH);
    const leaves = await once(this.#bundles, bundle, () => this.#readBundle(bundle));
    return leaves[index % TILE_WIDTH] as Bytes;
  }

  /** The hashes from the leaf's neighbour up to below the root. */
  async inclusion(index: number): Promise<Bytes[]> {
    this.#check(index);
    const proof: Promise<Bytes>[] = [];
    let from = 0;
    let to = this.size;
    while (to - from > 1) {
      const middle = from + split(to - from);
      if (index < middle) {
        proof.unshift(this.#range(middle, to));
        to = middle;
      } else {
        proof.unshift(this.#range(from, middle));
        from = middle;
      }
    }
    return Promise.all(proof);
  }

  /** The hashes which show that this tree begins with the one of `oldSize` leaves. */
  async consistency(oldSize: number): Promise<Bytes[]> {
    if (oldSize > this.size) throw new Invalid("bad_proof", `size ${oldSize}`, "a log never becomes shorter.");
    if (oldSize === 0 || oldSize === this.size) return [];
    const proof: Promise<Bytes>[] = [];
    let from = 0;
    let to = this.size;
    while (to !== oldSize) {
      const middle = from + split(to - from);
      if (oldSize <= middle) {
        proof.unshift(this.#range(middle, to));
        to = middle;
      } else {
        proof.unshift(this.#range(from, middle));
        from = middle;
      }
    }
    // What is left is a complete subtree at the old tree's end; from the very beginning it is the old root, which the reader has.
    if (from !== 0) proof.unshift(this.#range(from, to));
    return Promise.all(proof);
  }

  #check(index: number): void {
    if (!(index >= 0 && index < this.size))
      throw new Invalid("bad_proof", `entry ${index}`, `a list of ${this.size} entries has none here.`);
  }

  /** The root over the leaves from `from` to before `to`; `from` is a multiple of the power of two that holds them. */
  async #range(from: number, to: number): Promise<Bytes> {
    const count = to - from;
    let height = 0;
    while (2 ** height < count) height += 1;
    if (2 ** height === count) return this.#node(height, from / count);
    const middle = from + 2 ** (height - 1);
    const [left, right] = await Promise.all([this.#range(from, middle), this.#range(middle, to)]);
    return nodeHash(left, right);
  }

  /** The `index`-th complete subtree of 2^height leaves. */
  async #node(height: number, index: number): Promise<Bytes> {
    const level = Math.floor(height / TILE_HEIGHT);
    const count = 2 ** (height % TILE_HEIGHT);
    const first = index * count;
    const tile = await this.#tile(level, Math.floor(first / TILE_WIDTH));
    return rootOf(tile.slice(first % TILE_WIDTH, (first % TILE_WIDTH) + count));
  }

  #tile(level: number, index: number): Promise<Bytes[]> {
    return once(this.#tiles, `${level}/${index}`, () => this.#readTile(level, index));
  }

  async #readTile(level: number, index: number): Promise<Bytes[]> {
    const width = tileWidth(level, index, this.size);
    const path = tilePath(level, index, width);
    const hashes = decodeTile(await this.#fetch(level, index, width, FULL_TILE_BYTES), width, path);
    // A tile that is not full stands at the tree's edge, where the root settles it.
    if (width < TILE_WIDTH) return hashes;
    const above = await this.#tile(level + 1, Math.floor(index / TILE_WIDTH));
    if (!same(await rootOf(hashes), above[index % TILE_WIDTH] as Bytes))
      throw new Invalid("bad_tile", path, "its hashes do not lead to the one in the tile above it.");
    return hashes;
  }

  async #readBundle(bundle: number): Promise<Bytes[]> {
    const width = tileWidth(0, bundle, this.size);
    const path = tilePath("entries", bundle, width);
    const data = await this.#fetch("entries", bundle, width, MOST_BUNDLE_BYTES);
    const leaves = decodeBundle(data, width, path);
    const hashes = await this.#tile(0, bundle);
    await Promise.all(
      leaves.map(async (leaf, i) => {
        if (!same(await leafHash(leaf), hashes[i] as Bytes))
          throw new Invalid(
            "bad_entry",
            `entry ${bundle * TILE_WIDTH + i}`,
            "its bytes are not those whose hash is in the list.",
          );
      }),
    );
    return leaves;
  }

  /** A log may drop a partial tile once the full one is there; then the beginning of the full one is it. */
  async #fetch(level: number | "entries", index: number, width: number, most_bytes: number): Promise<Bytes> {
    try {
      return await this.#source(tilePath(level, index, width), most_bytes);
    } catch (error) {
      if (width === TILE_WIDTH || !(error instanceof LedgerError) || error.code !== "not_found") throw error;
      const full = await this.#source(tilePath(level, index, TILE_WIDTH), most_bytes);
      if (level !== "entries") return full.slice(0, width * 32);
      let end = 0;
      for (let i = 0; i < width; i += 1) end += 2 + (((full[end] ?? 0) << 8) | (full[end + 1] ?? 0));
      return full.slice(0, end);
    }
  }
}

/** What was read before; a failure is not kept, so that the next call tries again. */
function once<K, V>(known: Map<K, Promise<V>>, key: K, read: () => Promise<V>): Promise<V> {
  let value = known.get(key);
  if (!value) {
    value = read();
    value.catch(() => known.delete(key));
    known.set(key, value);
  }
  return value;
}
