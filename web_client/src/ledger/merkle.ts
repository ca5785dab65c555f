/** The Merkle tree of RFC 6962 with SHA-256. Sizes and indexes are integers up to 2^53 - 1, so they are divided, never shifted. */
import type { Bytes } from "./bytes";
import { compare, concat, hex } from "./bytes";
import { Invalid } from "./errors";
import { HASH_BYTES, sha256 } from "./sha256";

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

export function leafHash(data: Uint8Array): Promise<Bytes> {
  return sha256(concat(LEAF, data));
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Promise<Bytes> {
  return sha256(concat(NODE, left, right));
}

/** The root of a log without entries. */
export function emptyRoot(): Promise<Bytes> {
  return sha256(new Uint8Array());
}

/** The largest power of two below `size` (> 1). */
export function split(size: number): number {
  let left = 1;
  while (left * 2 < size) left *= 2;
  return left;
}

/** The root over complete hashes of one height, at least one. */
export async function rootOf(hashes: readonly Bytes[]): Promise<Bytes> {
  if (hashes.length === 1) return hashes[0] as Bytes;
  const left = split(hashes.length);
  const [a, b] = await Promise.all([rootOf(hashes.slice(0, left)), rootOf(hashes.slice(left))]);
  return nodeHash(a, b);
}

/** Throws bad_proof unless `proof` leads from the leaf hash at `index` to the root of a tree of `size` leaves. */
export async function verifyInclusion(
  leaf: Bytes,
  index: number,
  size: number,
  proof: readonly Bytes[],
  root: Bytes,
): Promise<void> {
  const place = `entry ${index}`;
  checkShape(proof, place);
  if (!(index >= 0 && index < size)) throw new Invalid("bad_proof", place, `a list of ${size} entries has none here.`);
  let node = index;
  let last = size - 1;
  let hash = leaf;
  for (const beside of proof) {
    if (last === 0) throw new Invalid("bad_proof", place, "the proof has more hashes than the way up has steps.");
    if (node % 2 === 1 || node === last) {
      hash = await nodeHash(beside, hash);
      while (node % 2 === 0 && node !== 0) {
        node /= 2;
        last = Math.floor(last / 2);
      }
    } else hash = await nodeHash(hash, beside);
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  if (last !== 0) throw new Invalid("bad_proof", place, "the proof ends before the root.");
  if (compare(hash, root) !== 0)
    throw new Invalid(
      "bad_proof",
      place,
      `it is not in the list as signed: expected ${hex(root)}, found ${hex(hash)}.`,
    );
}

/** Throws bad_proof unless `proof` shows that the tree of `newSize` leaves begins with that of `oldSize`; none at all is no beginning. */
export async function verifyConsistency(
  oldSize: number,
  oldRoot: Bytes,
  newSize: number,
  newRoot: Bytes,
  proof: readonly Bytes[],
): Promise<void> {
  const place = `sizes ${oldSize} and ${newSize}`;
  checkShape(proof, place);
  if (!(oldSize > 0 && oldSize <= newSize))
    throw new Invalid("bad_proof", place, "the one cannot be shown to be the beginning of the other.");
  if (oldSize === newSize) {
    if (proof.length > 0) throw new Invalid("bad_proof", place, "nothing is to be proved here, yet there is a proof.");
    if (compare(oldRoot, newRoot) !== 0) throw new Invalid("bad_proof", place, "one size has two roots.");
    return;
  }
  let node = oldSize - 1;
  let last = newSize - 1;
  while (node % 2 === 1) {
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  // A power of two is one complete subtree: its root is the old root itself and is left out of the proof.
  const path = node === 0 ? [oldRoot, ...proof] : [...proof];
  const first = path.shift();
  if (!first) throw new Invalid("bad_proof", place, "the proof ends before the root.");
  let before = first;
  let after = first;
  for (const beside of path) {
    if (last === 0) throw new Invalid("bad_proof", place, "the proof has more hashes than the way up has steps.");
    if (node % 2 === 1 || node === last) {
      before = await nodeHash(beside, before);
      after = await nodeHash(beside, after);
      while (node % 2 === 0 && node !== 0) {
        node /= 2;
        last = Math.floor(last / 2);
      }
    } else after = await nodeHash(after, beside);
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  if (last !== 0) throw new Invalid("bad_proof", place, "the proof ends before the root.");
  if (compare(before, oldRoot) !== 0)
    throw new Invalid("bad_proof", place, "the old list is not the beginning of the new one.");
  if (compare(after, newRoot) !== 0) throw new Invalid("bad_proof", place, "the proof does not lead to the new root.");
}

function checkShape(proof: readonly Bytes[], place: string): void {
  if (proof.length > 64 || proof.some((hash) => hash.length !== HASH_BYTES))
    throw new Invalid("bad_proof", place, "a proof is at most 64 hashes of 32 bytes.");
}
