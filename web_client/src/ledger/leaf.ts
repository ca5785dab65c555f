/**
 * Leaves and entry bundles: what the tree's hashes are taken over.
 *
 *     signed bytes = "carrel-ledger-entry-v1\n" ‖ body
 *     leaf         = u64 logged_ms ‖ u16 body length ‖ body ‖ u8 count ‖ count × (key 32 ‖ signature 64), keys ascending; integers big-endian
 *     entry id     = SHA-256(body)
 */
import type { Bytes } from "./bytes";
import { compare, concat, hex, readU64, u64, utf8 } from "./bytes";
import type { Members } from "./canonical";
import { decode } from "./canonical";
import { KEY_BYTES, SIGNATURE_BYTES, verify } from "./ed25519";
import { Invalid, LedgerError } from "./errors";

export const DOMAIN = utf8("carrel-ledger-entry-v1\n");
export const MOST_LEAF_BYTES = 65_535;
const HEAD_BYTES = 10;
const ONE_BYTES = KEY_BYTES + SIGNATURE_BYTES;
/** Types whose entry brings a key, which signs to show that somebody has it. */
const BRINGS_KEY = new Set(["key.register", "key.rotate", "key.recover"]);

export interface Signature {
  key: Bytes;
  signature: Bytes;
}

export interface Leaf {
  logged_ms: number;
  raw: Bytes;
  signatures: readonly Signature[];
}

export interface Entry extends Leaf {
  body: Members;
}

export function signedBytes(raw: Uint8Array): Bytes {
  return concat(DOMAIN, raw);
}

export function encodeLeaf(leaf: Leaf): Bytes {
  const length = Uint8Array.of(leaf.raw.length >> 8, leaf.raw.length & 255);
  const signatures = leaf.signatures.flatMap((one) => [one.key, one.signature]);
  return concat(u64(leaf.logged_ms), length, leaf.raw, Uint8Array.of(leaf.signatures.length), ...signatures);
}

/** The parts, not yet checked. Throws bad_entry unless every byte has its place. */
export function decodeLeaf(data: Bytes, place: string): Leaf {
  if (data.length < HEAD_BYTES + 1) throw new Invalid("bad_entry", place, "the leaf is cut short.");
  const logged_ms = readU64(data, 0);
  const end = HEAD_BYTES + (((data[8] as number) << 8) | (data[9] as number));
  const count = data[end];
  if (logged_ms === null || count === undefined || data.length !== end + 1 + count * ONE_BYTES)
    throw new Invalid("bad_entry", place, "the leaf's lengths do not fit its parts.");
  const signatures: Signature[] = [];
  for (let at = end + 1; at < data.length; at += ONE_BYTES) {
    const key = data.slice(at, at + KEY_BYTES);
    const before = signatures.at(-1);
    if (before && compare(before.key, key) >= 0)
      throw new Invalid("bad_entry", place, "the leaf's signatures are not in the order of their keys.");
    signatures.push({ key, signature: data.slice(at + KEY_BYTES, at + ONE_BYTES) });
  }
  return { logged_ms, raw: data.slice(HEAD_BYTES, end), signatures };
}

/** The keys whose signatures an entry bears: exactly these, ascending, in hex. */
export function signers(body: Members): string[] {
  const also = Array.isArray(body["also"]) ? (body["also"] as readonly unknown[]) : [];
  const keys = [body["by"], ...also];
  if (BRINGS_KEY.has(String(body["type"]))) keys.push(body["key"]);
  return [...new Set(keys.map(String))].sort();
}

/** Reads a body, and checks that exactly its signers signed it. Throws bad_entry or bad_signature naming `place`. */
export async function verifyEntry(leaf: Leaf, place: string): Promise<Entry> {
  let body: Members;
  try {
    body = decode(leaf.raw);
  } catch (error) {
    throw new Invalid("bad_entry", place, error instanceof LedgerError ? error.message : String(error));
  }
  const wanted = signers(body).join();
  if (leaf.signatures.map((one) => hex(one.key)).join() !== wanted)
    throw new Invalid("bad_entry", place, "it is not signed by exactly the keys that it names.");
  const message = signedBytes(leaf.raw);
  for (const one of leaf.signatures)
    await verify(one.key, message, one.signature, `${place}, key ${hex(one.key).slice(0, 12)}`);
  return { ...leaf, body };
}

/** The leaves of an entry bundle: each prefixed with its length (u16). Throws bad_entry unless there are `count`, to the last byte. */
export function decodeBundle(data: Bytes, count: number, place: string): Bytes[] {
  const leaves: Bytes[] = [];
  let at = 0;
  while (at < data.length) {
    const length = ((data[at] as number) << 8) | (data[at + 1] ?? 0);
    if (at + 2 + length > data.length) throw new Invalid("bad_entry", place, "the bundle is cut short.");
    leaves.push(data.slice(at + 2, at + 2 + length));
    at += 2 + length;
  }
  if (leaves.length !== count)
    throw new Invalid("bad_entry", place, `the bundle has ${leaves.length} entries and not ${count}.`);
  return leaves;
}
