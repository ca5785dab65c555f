/**
 * The recovery key: 160 random bits that a person writes down, shown once as nine groups of four characters. The Ed25519 seed is
 * SHA-256("carrel-recovery-key-v1\n" ‖ the 20 bytes); of the key itself only a hash is kept, in the log.
 *
 * The characters are Crockford's: no I, L, O or U; on reading I and L count as 1, O as 0, and case and spaces do not matter. The last group
 * is a checksum: the first 20 bits of SHA-256("carrel-recovery-check-v1\n" ‖ the 20 bytes).
 */
import type { Bytes } from "./bytes";
import { concat, utf8 } from "./bytes";
import { fromSeed } from "./ed25519";
import { Refused } from "./errors";
import { commitment } from "./keys";
import { sha256 } from "./sha256";

const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const SECRET_BYTES = 20;
const SECRET_LETTERS = 32;
const CHECK_LETTERS = 4;
const PLACE = "the recovery key";

export interface RecoveryKey {
  /** Nine groups of four, parted by hyphens: the only copy. */
  words: string;
  /** What the log keeps: the hash of the public key, hex. */
  commitment: string;
}

export async function makeRecovery(
  random: Bytes = crypto.getRandomValues(new Uint8Array(SECRET_BYTES)),
): Promise<RecoveryKey> {
  const { publicKey } = await pair(random);
  const letters = spell(random, SECRET_LETTERS) + (await check(random));
  return { words: (letters.match(/.{4}/g) ?? []).join("-"), commitment: await commitment(publicKey) };
}

/** The key pair of what a person typed. Throws bad_field naming what is wrong: its length, a character, or a slip somewhere. */
export async function readRecovery(typed: string): Promise<{ privateKey: CryptoKey; publicKey: Bytes }> {
  const letters = typed
    .toUpperCase()
    .replaceAll(/[\s\-\u2010-\u2014]/g, "")
    .replaceAll(/[IL]/g, "1")
    .replaceAll("O", "0");
  const strange = [...letters].find((letter) => !LETTERS.includes(letter));
  if (strange) throw new Refused("bad_field", PLACE, `the character ${strange} is in no recovery key.`);
  if (letters.length !== SECRET_LETTERS + CHECK_LETTERS)
    throw new Refused("bad_field", PLACE, `it has nine groups of four characters; here are ${letters.length} in all.`);
  const secret = unspell(letters.slice(0, SECRET_LETTERS));
  if ((await check(secret)) !== letters.slice(SECRET_LETTERS))
    throw new Refused("bad_field", PLACE, "a character is wrong somewhere: compare it with what was written down.");
  return pair(secret);
}

async function pair(secret: Bytes): Promise<{ privateKey: CryptoKey; publicKey: Bytes }> {
  return fromSeed(await sha256(concat(utf8("carrel-recovery-key-v1\n"), secret)));
}

async function check(secret: Bytes): Promise<string> {
  return spell(await sha256(concat(utf8("carrel-recovery-check-v1\n"), secret)), CHECK_LETTERS);
}

/** The first 5 × count bits. */
function spell(data: Bytes, count: number): string {
  let text = "";
  for (let bit = 0; bit < 5 * count; bit += 5) {
    const pair = ((data[bit >> 3] as number) << 8) | (data[(bit >> 3) + 1] ?? 0);
    text += LETTERS[(pair >> (11 - (bit & 7))) & 31];
  }
  return text;
}

function unspell(text: string): Bytes {
  const data = new Uint8Array((text.length * 5) >> 3);
  for (const [i, letter] of [...text].entries()) {
    const value = LETTERS.indexOf(letter);
    for (let bit = 0; bit < 5; bit += 1)
      if (value & (16 >> bit)) {
        const at = 5 * i + bit;
        data[at >> 3] = (data[at >> 3] as number) | (128 >> (at & 7));
      }
  }
  return data;
}
