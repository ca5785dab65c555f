/** C2SP cosignatures: a witness says that, at a time, this was the largest list it had seen of this log, and that nothing before it had changed. */
import { concat, readU64, utf8 } from "./bytes";
import { SIGNATURE_BYTES, verify } from "./ed25519";
import { Invalid } from "./errors";
import type { Note, Verifier } from "./note";
import { signaturesOf } from "./note";

/** The witness's time (Unix seconds); null when the note has no line of this witness. Throws bad_signature when it has a wrong one. */
export async function verifyCosignature(note: Note, witness: Verifier, place: string): Promise<number | null> {
  let latest_s: number | null = null;
  for (const one of signaturesOf(note, witness)) {
    const time_s = one.signature.length === 8 + SIGNATURE_BYTES ? readU64(one.signature, 0) : null;
    if (time_s === null)
      throw new Invalid("bad_signature", place, `the cosignature of ${witness.name} is not a time and a signature.`);
    const message = concat(utf8(`cosignature/v1\ntime ${time_s}\n`), utf8(note.text));
    await verify(witness.key, message, one.signature.slice(8), `${place}, witness ${witness.name}`);
    latest_s = Math.max(latest_s ?? 0, time_s);
  }
  return latest_s;
}
