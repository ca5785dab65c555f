/** C2SP signed notes: text, an empty line, and signature lines. Nothing in a note counts before a known key's signature was checked. */
import type { Bytes } from "./bytes";
import { base64, concat, fromBase64, fromUtf8, hex, same, utf8 } from "./bytes";
import { checkKey, KEY_BYTES, verify } from "./ed25519";
import { Invalid } from "./errors";
import { sha256 } from "./sha256";

export const MOST_NOTE_BYTES = 65_536;
const MOST_SIGNATURES = 64;
const DASH = "\u2014 ";
/** Signature types: plain, and the witness's with its time. */
export const ED25519 = 1;
export const COSIGNATURE = 4;

export interface NoteSignature {
  name: string;
  /** (4,), the first bytes of a hash; a hint, not a proof. */
  id: Bytes;
  signature: Bytes;
}

export interface Note {
  /** With its last newline: the bytes that were signed. */
  text: string;
  signatures: readonly NoteSignature[];
}

/** Who signs notes: a name, a type of signature, and an Ed25519 key (32,). */
export interface Verifier {
  name: string;
  type: number;
  key: Bytes;
  id: Bytes;
}

/** Throws bad_note unless these are the bytes of a signed note. */
export function parseNote(data: Uint8Array, place: string): Note {
  const bad = (sentence: string): Invalid => new Invalid("bad_note", place, sentence);
  if (data.length > MOST_NOTE_BYTES) throw bad(`a note has at most ${MOST_NOTE_BYTES} bytes.`);
  const whole = fromUtf8(data);
  if (whole === null || /[\u0000-\u0009\u000b-\u001f]/.test(whole))
    throw bad("it is not text in UTF-8 without control characters.");
  const cut = whole.lastIndexOf("\n\n");
  if (cut < 0 || !whole.endsWith("\n")) throw bad("no signatures follow an empty line.");
  const lines = whole.slice(cut + 2, -1).split("\n");
  if (lines.length > MOST_SIGNATURES) throw bad(`a note has at most ${MOST_SIGNATURES} signatures.`);
  const signatures = lines.map((line) => {
    const [name, packed, ...rest] = line.startsWith(DASH) ? line.slice(DASH.length).split(" ") : [];
    const decoded = packed === undefined ? null : fromBase64(packed);
    if (!name || !isName(name) || !decoded || decoded.length < 5 || rest.length > 0)
      throw bad("a signature line is not a dash, a name and a base64 signature.");
    return { name, id: decoded.slice(0, 4), signature: decoded.slice(4) };
  });
  return { text: whole.slice(0, cut + 1), signatures };
}

export function formatNote(note: Note): string {
  const lines = note.signatures.map((one) => `${DASH}${one.name} ${base64(concat(one.id, one.signature))}\n`);
  return `${note.text}\n${lines.join("")}`;
}

function isName(name: string): boolean {
  return name.length > 0 && !/[\s\u0085+]/u.test(name);
}

export async function keyId(name: string, type: number, key: Uint8Array): Promise<Bytes> {
  return (await sha256(concat(utf8(`${name}\n`), Uint8Array.of(type), key))).slice(0, 4);
}

/** A verifier key, `name+id+base64(type ‖ key)`. Throws bad_note, or bad_key for a key that not every verifier accepts. */
export async function parseVkey(vkey: string): Promise<Verifier> {
  const place = "the verifier key";
  const first = vkey.indexOf("+");
  const second = vkey.indexOf("+", first + 1);
  const name = vkey.slice(0, Math.max(first, 0));
  const packed = fromBase64(vkey.slice(second + 1));
  const type = packed?.[0];
  if (first < 0 || second < 0 || !isName(name) || packed?.length !== 1 + KEY_BYTES)
    throw new Invalid("bad_note", place, "it is not name+id+base64(type and Ed25519 key).");
  if (type !== ED25519 && type !== COSIGNATURE)
    throw new Invalid("bad_note", place, "it is neither for Ed25519 notes nor for Ed25519 cosignatures.");
  const key = packed.slice(1);
  checkKey(key, place);
  const id = await keyId(name, type, key);
  if (hex(id) !== vkey.slice(first + 1, second))
    throw new Invalid("bad_note", place, "its id does not fit its name and key.");
  return { name, type, key, id };
}

export function formatVkey(verifier: Verifier): string {
  return `${verifier.name}+${hex(verifier.id)}+${base64(concat(Uint8Array.of(verifier.type), verifier.key))}`;
}

/** The signatures that a verifier's name and id are on. */
export function signaturesOf(note: Note, verifier: Verifier): NoteSignature[] {
  return note.signatures.filter((one) => one.name === verifier.name && same(one.id, verifier.id));
}

/** Throws bad_note unless the verifier signed the note, and bad_signature when a line of its is wrong. */
export async function verifyNote(note: Note, verifier: Verifier, place: string): Promise<void> {
  const found = signaturesOf(note, verifier);
  if (found.length === 0) throw new Invalid("bad_note", place, `it has no signature of ${verifier.name}.`);
  for (const one of found) await verify(verifier.key, utf8(note.text), one.signature, place);
}
