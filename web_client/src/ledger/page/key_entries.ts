/** The entries by which keys come, change and end: their bodies, signed by those whose signatures they need. */
import { hex, type Bytes } from "../bytes";
import { encode, type Members } from "../canonical";
import { sign } from "../ed25519";
import { signedBytes } from "../leaf";
import { uuid7 } from "../uuid";

export interface Signer {
  /** The public key, hex. */
  id: string;
  privateKey: CryptoKey;
}

export interface Prepared {
  /** The canonical text: what is signed and sent. */
  text: string;
  raw: Bytes;
  signers: readonly Signer[];
}

export interface SignedEntry {
  text: string;
  signatures: { key: string; signature: string }[];
}

/** What every entry has is filled in; members without a value are left out. */
export function prepare(
  type: string,
  log: string,
  members: { readonly [name: string]: string | readonly string[] | null },
  signers: readonly Signer[],
  now_ms: number,
): Prepared {
  const by = signers[0]?.id ?? "";
  const given = Object.entries(members).filter(([, value]) => value !== null);
  const body = { type, log, by, id: uuid7(now_ms), ts: now_ms, ...Object.fromEntries(given) } as Members;
  const raw = encode(body);
  return { text: new TextDecoder().decode(raw), raw, signers };
}

export async function signAll(prepared: Prepared): Promise<SignedEntry> {
  const message = signedBytes(prepared.raw);
  const signatures = await Promise.all(
    prepared.signers.map(async (one) => ({ key: one.id, signature: hex(await sign(one.privateKey, message)) })),
  );
  return { text: prepared.text, signatures };
}

/** An entry that another device signed, as text to carry over. */
export function readHalf(text: string): SignedEntry | null {
  try {
    const value = JSON.parse(text) as { text?: unknown; signatures?: unknown };
    return typeof value.text === "string" && Array.isArray(value.signatures) ? (value as SignedEntry) : null;
  } catch {
    return null;
  }
}
