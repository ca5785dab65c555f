/** C2SP .tlog-proof files: an index, the hashes up to the root, and the checkpoint, all that one needs to check an entry offline. */
import type { Bytes } from "./bytes";
import { base64, decimal, fromBase64, fromUtf8, utf8 } from "./bytes";
import type { Checkpoint } from "./checkpoint";
import { openCheckpoint } from "./checkpoint";
import { Invalid } from "./errors";
import { verifyInclusion } from "./merkle";
import { MOST_NOTE_BYTES, type Verifier } from "./note";
import { HASH_BYTES } from "./sha256";

const HEADER = "c2sp.org/tlog-proof@v1";
const MOST_HASHES = 63;
export const MOST_PROOF_BYTES = MOST_NOTE_BYTES + 4 * 65_536 + 100 * MOST_HASHES;

export interface TlogProof {
  index: number;
  hashes: readonly Bytes[];
  /** Not covered by anything: never rely on it. */
  extra: Bytes | null;
  /** The signed checkpoint, verbatim. */
  checkpoint: string;
}

export function formatProof(proof: TlogProof): string {
  const extra = proof.extra ? [`extra ${base64(proof.extra)}`] : [];
  return [HEADER, ...extra, `index ${proof.index}`, ...proof.hashes.map(base64), "", proof.checkpoint].join("\n");
}

/** Throws bad_proof unless the bytes have the form of a proof. */
export function parseProof(data: Uint8Array, place: string): TlogProof {
  const bad = (sentence: string): Invalid => new Invalid("bad_proof", place, sentence);
  const text = data.length <= MOST_PROOF_BYTES ? fromUtf8(data) : null;
  if (text === null) throw bad("it is not text in UTF-8 of a proof's length.");
  const cut = text.indexOf("\n\n");
  const lines = text.slice(0, Math.max(cut, 0)).split("\n");
  if (lines.shift() !== HEADER) throw bad(`it does not begin with ${HEADER}, or nothing follows an empty line.`);
  let extra: Bytes | null = null;
  if (lines[0]?.startsWith("extra ")) {
    extra = fromBase64((lines.shift() as string).slice(6));
    if (!extra?.length) throw bad("its extra data are empty or not base64.");
  }
  const first = lines.shift() ?? "";
  const index = first.startsWith("index ") ? decimal(first.slice(6)) : null;
  if (index === null) throw bad("it has no index.");
  if (lines.length > MOST_HASHES) throw bad(`it has more than ${MOST_HASHES} hashes.`);
  const hashes = lines.map((line) => {
    const hash = fromBase64(line);
    if (hash?.length !== HASH_BYTES) throw bad("a line of it is not a hash.");
    return hash;
  });
  return { index, hashes, extra, checkpoint: text.slice(cut + 2) };
}

/** Checks a leaf hash offline: the checkpoint's signature, and the way from the leaf to its root. Throws what those throw. */
export async function verifyProof(proof: TlogProof, leaf: Bytes, log: Verifier): Promise<Checkpoint> {
  const checkpoint = await openCheckpoint(utf8(proof.checkpoint), log, "the proof's checkpoint");
  await verifyInclusion(leaf, proof.index, checkpoint.size, proof.hashes, checkpoint.root);
  return checkpoint;
}
