/** C2SP checkpoints: a log's name, size and root, signed. */
import type { Bytes } from "./bytes";
import { decimal, fromBase64, fromUtf8, same } from "./bytes";
import { Invalid } from "./errors";
import { emptyRoot } from "./merkle";
import type { Note, Verifier } from "./note";
import { parseNote, verifyNote } from "./note";
import { HASH_BYTES } from "./sha256";

export interface Checkpoint {
  origin: string;
  size: number;
  root: Bytes;
  /** The signed note itself, to the byte: it is evidence. */
  signed: string;
  note: Note;
}

/** A checkpoint that the log's key has signed under its own name. Throws bad_note or bad_signature. */
export async function openCheckpoint(data: Uint8Array, log: Verifier, place = "checkpoint"): Promise<Checkpoint> {
  const note = parseNote(data, place);
  await verifyNote(note, log, place);
  const [origin, count, packed, ...rest] = note.text.split("\n");
  const size = decimal(count ?? "");
  const root = fromBase64(packed ?? "");
  // What is left of the text after its last newline is nothing; lines before that are the format's extensions.
  if (!origin || size === null || root?.length !== HASH_BYTES || rest.pop() !== "" || rest.includes(""))
    throw new Invalid("bad_note", place, "it is not an origin, a size and a root hash.");
  if (size === 0 && !same(root, await emptyRoot()))
    throw new Invalid("bad_note", place, "the root of an empty log is another one.");
  if (origin !== log.name)
    throw new Invalid("bad_note", place, `it is of ${origin}, and the key belongs to ${log.name}.`);
  return { origin, size, root, signed: fromUtf8(data) ?? "", note };
}
