/**
 * The log's signed word that an entry is kept, and by when it will be in the published list. Whoever holds it can show that a log broke it.
 *
 *     signed bytes = "carrel-ledger-promise-v1\n" ‖ canonical JSON of {count, index, integrate_by_ms, log, logged_ms, root}
 */
import { compare, concat, fromHex, hex, utf8, type Bytes } from "./bytes";
import { encode } from "./canonical";
import { verify } from "./ed25519";
import { Invalid } from "./errors";
import { encodeLeaf, type Signature } from "./leaf";
import { leafHash } from "./merkle";
import type { Verifier } from "./note";

const DOMAIN = utf8("carrel-ledger-promise-v1\n");
const PLACE = "the promise";

export interface Promised {
  count: number;
  index: number;
  integrate_by_ms: number;
  log: string;
  logged_ms: number;
  /** The leaf's hash, of a promise about one entry. */
  root: string;
}

export interface SignedPromise {
  promise: Promised;
  /** Hex. */
  signature: string;
}

/** Throws bad_note unless the log promised exactly this entry, bad_signature unless it is the log that did. */
export async function verifyPromise(
  signed: SignedPromise,
  log: Verifier,
  raw: Bytes,
  signatures: readonly Signature[],
): Promise<void> {
  const { count, index, integrate_by_ms, logged_ms, root } = signed.promise;
  const numbers = [count, index, integrate_by_ms, logged_ms];
  const signature = fromHex(signed.signature, 64);
  if (!numbers.every((one) => Number.isSafeInteger(one) && one >= 0) || typeof root !== "string" || !signature)
    throw new Invalid("bad_note", PLACE, "it is not in order.");
  const sorted = [...signatures].sort((a, b) => compare(a.key, b.key));
  const leaf = hex(await leafHash(encodeLeaf({ logged_ms, raw, signatures: sorted })));
  if (count !== 1 || root !== leaf || signed.promise.log !== log.name)
    throw new Invalid("bad_note", PLACE, "it is about another entry.");
  const given = { count, index, integrate_by_ms, log: log.name, logged_ms, root };
  await verify(log.key, concat(DOMAIN, encode(given)), signature, PLACE);
}
