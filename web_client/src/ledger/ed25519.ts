/**
 * Ed25519 by WebCrypto, made as strict as libsodium. Browsers agree on honest signatures but not on points of small order and on
 * encodings that are not the shortest; those are refused here before the browser is asked.
 */
import type { Bytes } from "./bytes";
import { concat, hex } from "./bytes";
import { Invalid, Refused, Unable } from "./errors";

export const KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;
export const SEED_BYTES = 32;

const P = 2n ** 255n - 19n;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
/** The y of the two pairs of points of order 8; those of order 1, 2 and 4 have y = 1, -1 and 0. */
const ORDER_8 = 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n;
const SMALL = new Set([0n, 1n, P - 1n, ORDER_8, P - ORDER_8]);
/** DER of a PKCS #8 private key, up to the seed (RFC 8410). */
const PKCS8 = Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20);
const UNABLE =
  "this browser has no Ed25519, so it cannot check signatures. Chrome 137, Firefox 130 and Safari 17 or newer can; or check with the command line.";

function littleEndian(data: Uint8Array): bigint {
  return BigInt(`0x${hex(data.slice().reverse())}`);
}

/** Throws bad_key unless the key is the shortest form of a number below 2^255 - 19 and its point is not of small order. */
export function checkKey(key: Uint8Array, place: string): void {
  const y = key.length === KEY_BYTES ? littleEndian(key) & (2n ** 255n - 1n) : P;
  if (y >= P || SMALL.has(y))
    throw new Refused("bad_key", place, "this is not an Ed25519 public key that every verifier accepts.");
}

/** Throws bad_signature, or bad_key, or unsupported where the browser lacks Ed25519. */
export async function verify(key: Bytes, message: Bytes, signature: Bytes, place: string): Promise<void> {
  const bad = new Invalid("bad_signature", place, "the signature does not fit the bytes and the key.");
  if (signature.length !== SIGNATURE_BYTES) throw bad;
  checkKey(key, place);
  const y = littleEndian(signature.subarray(0, 32)) & (2n ** 255n - 1n);
  if (y >= P || SMALL.has(y) || littleEndian(signature.subarray(32)) >= ORDER) throw bad;
  await supported(place);
  let fits: boolean;
  try {
    const imported = await crypto.subtle.importKey("raw", key, "Ed25519", false, ["verify"]);
    fits = await crypto.subtle.verify("Ed25519", imported, signature, message);
  } catch {
    // A browser may refuse the key when it is imported: no point of the curve has this y.
    throw new Refused("bad_key", place, "this is not an Ed25519 public key that every verifier accepts.");
  }
  if (!fits) throw bad;
}

let able: Promise<boolean> | undefined;

/** Throws unsupported where the browser lacks Ed25519, or where the page did not come by https or from this computer. */
export async function supported(place = "this browser"): Promise<void> {
  able ??= probe();
  if (!(await able)) throw new Unable("unsupported", place, UNABLE);
}

async function probe(): Promise<boolean> {
  try {
    await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
    return true;
  } catch {
    return false;
  }
}

/** A private key that no script can read, and its public key (32,). */
export async function generate(): Promise<{ privateKey: CryptoKey; publicKey: Bytes }> {
  await supported();
  const pair = (await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"])) as CryptoKeyPair;
  return {
    privateKey: pair.privateKey,
    publicKey: new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)),
  };
}

/** The pair of a seed (32,); the private key cannot be read again. */
export async function fromSeed(seed: Bytes): Promise<{ privateKey: CryptoKey; publicKey: Bytes }> {
  await supported();
  const der = concat(PKCS8, seed);
  // The public half is only to be had from an exportable key; that one is gone when this function ends.
  const open = await crypto.subtle.importKey("pkcs8", der, "Ed25519", true, ["sign"]);
  const { x } = await crypto.subtle.exportKey("jwk", open);
  const privateKey = await crypto.subtle.importKey("pkcs8", der, "Ed25519", false, ["sign"]);
  der.fill(0);
  const packed = atob((x as string).replaceAll("-", "+").replaceAll("_", "/"));
  return { privateKey, publicKey: Uint8Array.from(packed, (letter) => letter.charCodeAt(0)) };
}

export async function sign(privateKey: CryptoKey, message: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.sign("Ed25519", privateKey, message));
}
